"""Choosing the questions of a paper: by objective, near the difficulty asked for, often used ones last. Pure functions of a seed."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Protocol, Self, TypeVar

WHOLE: Final = 1000


class Level(StrEnum):
    """How hard a question is: by its statistics where there are enough answers, else as its author guessed."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


EASY_FROM: Final = 800
MEDIUM_FROM: Final = 600
"""From which share of right answers, in thousandths, a question counts as easy or medium."""
GUESSED: Final = {Level.EASY: 850, Level.MEDIUM: 700, Level.HARD: 550}
"""The share of right answers to expect of a question that has too few answers yet, by its author's guess."""
OTHERWISE: Final = Level.MEDIUM
"""The guess where an author gave none."""


class Pooled(Protocol):
    """What choosing asks of a question."""

    @property
    def hash(self) -> str: ...
    @property
    def objective(self) -> str: ...
    @property
    def difficulty(self) -> str: ...
    @property
    def pilot(self) -> bool: ...
    @property
    def group(self) -> str: ...
    @property
    def part(self) -> int: ...


Question = TypeVar("Question", bound=Pooled)


Unit = tuple[Question, ...]
"""What is drawn together or not at all: the questions of one group, in the order of their parts; every other question by itself."""


class TooFewQuestions(ValueError):
    """The bank cannot fill the specification."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a paper is drawn from, beside the bank's questions and the seed. Shares are in thousandths.

    What the exam asks for: `objectives` (how many questions of each), `difficulty` (the share of each level), `right_share` (the share
    of right answers that the paper is drawn to), `pilots` (questions mixed in to be tried out, never scored), `shared_share` (R-09), and
    `most_exposure`: in which share of the newest `exposure_papers` papers a question may stand while others suffice.

    What was so when it was drawn: `avoided` questions of papers already sat, those `worn` by exposure, those `withheld` because the law
    changed, and the share of right answers `measured` of questions with enough of them.
    """

    objectives: Mapping[str, int]
    difficulty: Mapping[str, int] = field(default_factory=dict)
    right_share: int | None = None
    pilots: int = 0
    shared_share: int = 0
    exposure_papers: int = 0
    most_exposure: int = WHOLE
    avoided: frozenset[str] = frozenset()
    worn: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    measured: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many questions are scored."""
        return sum(self.objectives.values())

    @property
    def asked(self) -> Self:
        """What is asked for, without what was so when it was drawn; `avoided` belongs to the officer and stays."""
        return replace(self, worn=frozenset(), withheld=frozenset(), measured={})

    @property
    def aims(self) -> bool:
        """Whether the exam asks for a difficulty."""
        return bool(self.difficulty) or self.right_share is not None

    def expected(self, one: Pooled) -> int:
        """The share of right answers to expect of a question."""
        return self.measured.get(one.hash, GUESSED.get(Level(one.difficulty or OTHERWISE), 0))

    def content(self) -> dict[str, Any]:
        """The recipe as it is kept with the paper."""
        plain = {"objectives": dict(self.objectives), "avoided": sorted(self.avoided), "shared_share": self.shared_share}
        aims = {"difficulty": dict(self.difficulty), "right_share": self.right_share} if self.aims else {}
        exposure = {"exposure_papers": self.exposure_papers, "most_exposure": self.most_exposure} if self.exposure_papers else {}
        seen = {"worn": sorted(self.worn), "withheld": sorted(self.withheld), "measured": dict(self.measured), "pilots": self.pilots}
        return plain | aims | exposure | {name: value for name, value in seen.items() if value}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """The recipe that was kept with a paper."""
        known: dict[str, Any] = {**content, **{name: frozenset(content.get(name, ())) for name in ("avoided", "worn", "withheld")}}
        return cls(**known)


def level(share: int) -> Level:
    """The level that a share of right answers says."""
    return Level.EASY if share >= EASY_FROM else Level.MEDIUM if share >= MEDIUM_FROM else Level.HARD


def rank(seed: str, purpose: str, subject: str) -> str:
    """The place that chance gives `subject`: the same for the same seed, and foreseeable by nobody who does not have it."""
    return hmac.new(bytes.fromhex(seed), f"{purpose}\0{subject}".encode(), hashlib.sha256).hexdigest()


def chosen(recipe: Recipe, pool: Iterable[Question], *, seed: str) -> list[Question]:
    """The questions of a paper, in its order: the same for the same recipe, questions and seed, whatever order they come in.

    Of each objective's questions at most `shared_share` may be among the `avoided`, and only where the others do not suffice (R-09); those
    `worn` come after the others too. Those of one group are drawn together and follow each other. Raises TooFewQuestions.
    """
    open_ones = [one for one in pool if one.objective in recipe.objectives and one.hash not in recipe.withheld]
    units = _scored(recipe, [one for one in open_ones if not one.pilot], seed)
    units += _tried_out(recipe, [one for one in open_ones if one.pilot], seed)
    return [one for unit in sorted(units, key=lambda unit: rank(seed, "order", _name(unit))) for one in unit]


def _units(pool: Iterable[Question]) -> list[Unit[Question]]:
    found: dict[str, list[Question]] = {}
    for one in pool:
        found.setdefault(one.group or one.hash, []).append(one)
    return [tuple(sorted(unit, key=lambda one: one.part)) for unit in found.values()]


def _name(unit: Unit[Question]) -> str:
    return unit[0].group or unit[0].hash


def _tier(recipe: Recipe, unit: Unit[Question]) -> tuple[bool, bool]:
    """Units of a lower tier are taken before those of a higher."""
    return any(one.hash in recipe.avoided for one in unit), any(one.hash in recipe.worn for one in unit)


def _tried_out(recipe: Recipe, pool: Sequence[Question], seed: str) -> list[Unit[Question]]:
    taken: list[Unit[Question]] = []
    for unit in sorted(_units(pool), key=lambda unit: (*_tier(recipe, unit), rank(seed, "pilot", _name(unit)))):
        if sum(map(len, taken)) + len(unit) <= recipe.pilots:
            taken.append(unit)
    return taken


def _scored(recipe: Recipe, pool: Sequence[Question], seed: str) -> list[Unit[Question]]:
    taken: list[Unit[Question]] = []
    spare: list[Unit[Question]] = []
    for objective, count in sorted(recipe.objectives.items()):
        units = _units(one for one in pool if one.objective == objective)
        units.sort(key=lambda unit: (_tier(recipe, unit)[1], rank(seed, "pick", _name(unit))))
        own = _of_objective(recipe, objective, count, units)
        taken += own
        spare += [unit for unit in units if unit not in own]
    return _nearer(recipe, taken, spare) if recipe.aims else taken


def _of_objective(recipe: Recipe, objective: str, count: int, units: Sequence[Unit[Question]]) -> list[Unit[Question]]:
    """The first units that come to `count` questions: as few as can be of those asked before, then of those used often."""
    rested = [unit for unit in units if _tier(recipe, unit) == (False, False)]
    worn = [unit for unit in units if _tier(recipe, unit) == (False, True)]
    avoided = [unit for unit in units if _tier(recipe, unit)[0]]
    for again in range(count * recipe.shared_share // WHOLE + 1):
        for often in range(count - again + 1):
            parts = [_filled(rested, count - again - often), _filled(worn, often), _filled(avoided, again)]
            if None not in parts:
                return [unit for part in parts for unit in part or ()]
    fresh = min(sum(len(unit) for unit in [*rested, *worn]), count)
    raise TooFewQuestions(f"{objective} needs {count} questions and has {fresh} left that were not asked before.")


def _filled(units: Sequence[Unit[Question]], total: int) -> list[Unit[Question]] | None:
    """The first of these units that come to exactly `total` questions; None when none do."""
    reach = [frozenset({0})]  # what the last 0, 1, 2 ... units can come to
    for unit in reversed(units):
        reach.append(reach[-1].union(n + len(unit) for n in reach[-1] if n + len(unit) <= total))
    if total not in reach[-1]:
        return None
    found = []
    for unit, rest in zip(units, reversed(reach[:-1]), strict=True):
        if total - len(unit) in rest:
            found.append(unit)
            total -= len(unit)
    return found


# --- Coming near the difficulty asked for ---

Tally = tuple[int, int, int]
"""Of some questions: how many are easy, how many are easy or medium, and the sum of the shares of right answers to expect."""


def tally(recipe: Recipe, questions: Iterable[Pooled]) -> Tally:
    """What these questions add up to."""
    easy, not_hard, total = 0, 0, 0
    for one in questions:
        expected = recipe.expected(one)
        easy, not_hard, total = easy + (expected >= EASY_FROM), not_hard + (expected >= MEDIUM_FROM), total + expected
    return easy, not_hard, total


def miss(recipe: Recipe, found: Tally) -> tuple[int, int]:
    """How far questions lie from what the exam asks: in steps from level to level, then in the share of right answers."""
    steps = 0
    if recipe.difficulty:
        easy = recipe.difficulty.get(Level.EASY, 0)
        not_hard = easy + recipe.difficulty.get(Level.MEDIUM, 0)
        steps = abs(found[0] - _rounded(easy * recipe.count)) + abs(found[1] - _rounded(not_hard * recipe.count))
    return steps, 0 if recipe.right_share is None else abs(found[2] - recipe.right_share * recipe.count)


def _rounded(thousandths: int) -> int:
    return (thousandths + WHOLE // 2) // WHOLE


def _nearer(recipe: Recipe, taken: Sequence[Unit[Question]], spare: Sequence[Unit[Question]]) -> list[Unit[Question]]:
    """Exchange units for others of the same objective, tier and length until no single exchange comes nearer. Every one does: it ends."""
    paper, rest = list(taken), list(spare)
    now = tally(recipe, (one for unit in paper for one in unit))
    moved = True
    while moved:
        moved = False
        for at, unit in enumerate(paper):
            others = [n for n, other in enumerate(rest) if _kind(recipe, unit) == _kind(recipe, other)]
            best = min(others, key=lambda n: (miss(recipe, _after(recipe, now, unit, rest[n])), n), default=None)
            if best is not None and miss(recipe, _after(recipe, now, unit, rest[best])) < miss(recipe, now):
                now, moved = _after(recipe, now, unit, rest[best]), True
                paper[at], rest[best] = rest[best], unit
    return paper


def _kind(recipe: Recipe, unit: Unit[Question]) -> tuple[str, int, tuple[bool, bool]]:
    return unit[0].objective, len(unit), _tier(recipe, unit)


def _after(recipe: Recipe, found: Tally, out: Iterable[Pooled], into: Iterable[Pooled]) -> Tally:
    less, more = tally(recipe, out), tally(recipe, into)
    return found[0] - less[0] + more[0], found[1] - less[1] + more[1], found[2] - less[2] + more[2]
