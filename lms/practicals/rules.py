"""What the ratings of a practical exercise come to (R-01), and when so many fail that somebody must be told (R-12). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

WHOLE: Final = 100_000
"""A share of one, in thousandths of a percent point."""
RATERS: Final = 2
REPEATS_ALLOWED: Final = 1
"""Repeats after remediation without asking the program: one, as an exam has one retake. A further one needs the program's word."""
ALARM_PERCENT: Final = 15
"""R-12: from this share of failures on, the teaching is looked at and not only the officers."""
ALARM_HOURS: Final = 24
LONGEST_NOTE: Final = 1000


class Mark(StrEnum):
    """How one criterion was met."""

    MET = "met"
    PARTLY = "partly met"
    NOT_MET = "not met"


HALVES: Final = {Mark.MET: 2, Mark.PARTLY: 1, Mark.NOT_MET: 0}
"""How many halves of its points a criterion earns, so that a half stays a whole number."""


class State(StrEnum):
    """Where one go at an exercise stands."""

    NOT_RATED = "not rated"
    ONE_RATER = "one rater"
    DIFFER = "raters differ"
    PASSED = "passed"
    FAILED = "failed"


SETTLED: Final = frozenset({State.PASSED, State.FAILED})
BOTH_RATED: Final = SETTLED | {State.DIFFER}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is rated. A critical one that is not met fails the exercise whatever the points."""

    id: str
    text: str
    points: int
    critical: bool

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What may be given: a step that must be done was done or was not."""
        return (Mark.MET, Mark.NOT_MET) if self.critical else tuple(Mark)


@dataclass(frozen=True, slots=True)
class Rubric:
    """What an exercise is rated by. `pass_share` in thousandths of a percent point: 80 percent is 80,000."""

    criteria: tuple[Criterion, ...]
    pass_share: int

    @property
    def points(self) -> int:
        """The points that can be earned."""
        return sum(one.points for one in self.criteria)


def rubric_of(criteria: Iterable[Mapping[str, Any]], *, pass_share: int) -> Rubric:
    """The rubric of a stored edition."""
    return Rubric(tuple(Criterion(one["id"], one["text"], one["points"], one["critical"]) for one in criteria), pass_share)


@dataclass(frozen=True, slots=True)
class Given:
    """What a rater gave a criterion, and why."""

    mark: Mark
    note: str = ""


Sheet = Mapping[str, Mark]
"""One rater's marks, by criterion."""


def fault_of_given(criterion: Criterion, given: Given | None) -> str | None:
    """The sentence that refuses what was given to a criterion, or None."""
    if given is None or given.mark not in criterion.marks:
        return f"Say how it was met: {' or '.join(criterion.marks)}."
    if given.mark is Mark.NOT_MET and not given.note.strip():
        return "Say what was missing: a criterion that is not met needs a note."
    if len(given.note) > LONGEST_NOTE:
        return f"Use at most {LONGEST_NOTE} characters."
    return None


def fault_of_day(held_on: date, *, starts_on: date, today: date) -> str | None:
    """Why an exercise cannot have been held on a day, or None."""
    if not starts_on <= held_on <= today:
        return "An exercise is held after the class began, and rated when it is done. Check the date."
    return None


# --- One go ---------------------------------------------------------------------------------------------------------


def halves(rubric: Rubric, sheet: Sheet) -> int:
    """What one rater gave, in half points."""
    return sum(one.points * HALVES[sheet[one.id]] for one in rubric.criteria)


def missed(rubric: Rubric, sheet: Sheet) -> frozenset[str]:
    """The critical criteria that one rater found not met."""
    return frozenset(one.id for one in rubric.criteria if one.critical and sheet[one.id] is Mark.NOT_MET)


def reaches(rubric: Rubric, earned: int, *, raters: int) -> bool:
    """Whether `earned` half points of so many raters reach the pass share: compared without division, so nothing is rounded (R-04)."""
    return earned * WHOLE >= rubric.pass_share * 2 * raters * rubric.points


def passes(rubric: Rubric, sheet: Sheet) -> bool:
    """Whether the exercise is passed by one rater's sheet alone."""
    return not missed(rubric, sheet) and reaches(rubric, halves(rubric, sheet), raters=1)


@dataclass(frozen=True, slots=True)
class Result:
    """Where a go stands. `earned` of `possible` half points by the raters together; nothing until both have rated."""

    state: State
    earned: int = 0
    possible: int = 0


def result(rubric: Rubric, sheets: Sequence[Sheet], *, decided: bool | None = None) -> Result:
    """What the sheets of a go come to. `decided` is a third rater's word, which counts where the two differ.

    They differ when they do not find the same critical criteria missed, or one would pass the officer and the other would not.
    """
    if len(sheets) < RATERS:
        return Result(State.ONE_RATER if sheets else State.NOT_RATED)
    first, second = sheets[:RATERS]
    earned, possible = halves(rubric, first) + halves(rubric, second), 2 * RATERS * rubric.points
    if missed(rubric, first) != missed(rubric, second) or passes(rubric, first) is not passes(rubric, second):
        state = State.DIFFER if decided is None else _settled(passed=decided)
    else:
        state = _settled(passed=not missed(rubric, first) and reaches(rubric, earned, raters=RATERS))
    return Result(state, earned, possible)


def _settled(*, passed: bool) -> State:
    return State.PASSED if passed else State.FAILED


# --- Exercises ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exercise:
    """A practical exercise as the course revision of a class holds it. `objectives` are (id, text) of what it exercises."""

    id: str
    hash: str
    title: str
    minutes: int
    day: int
    objectives: tuple[tuple[str, str], ...]


def exercises(manifest: Mapping[str, Any]) -> tuple[Exercise, ...]:
    """The exercises of a course, in its order; none where it has none."""
    taught = {one["id"]: one["text"] for module in manifest["modules"] for lesson in module["lessons"] for one in lesson["objectives"]}
    return tuple(
        Exercise(
            id=one["id"],
            hash=one["hash"],
            title=one["title"],
            minutes=one["minutes"],
            day=one["day"],
            objectives=tuple((name, taught.get(name, "")) for name in one["objectives"]),
        )
        for one in manifest.get("practicals", ())
    )


def required(manifest: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the exercises that a course asks for."""
    return frozenset(one["id"] for one in manifest.get("practicals", ()))


# --- Goes -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an officer stands in an exercise: in which go, counted from 1, how that one stands, and since when."""

    go: int = 1
    result: Result = Result(State.NOT_RATED)
    since: datetime | None = None

    @property
    def state(self) -> State:
        return self.result.state

    @property
    def label(self) -> str:
        """Which go it is, in words."""
        return go_label(self.go)

    @property
    def needs_program(self) -> bool:
        """Whether the repeats that any instructor may open are used up."""
        return self.state is State.FAILED and self.go > REPEATS_ALLOWED


def go_label(go: int) -> str:
    """A go in words."""
    return "First time" if go == 1 else f"Repeat {go - 1}"


def all_passed(required: Iterable[str], standings: Mapping[str, Standing]) -> bool:
    """Whether every required exercise is passed (R-01)."""
    return passed_count(required, standings) == len(set(required))


def passed_count(required: Iterable[str], standings: Mapping[str, Standing]) -> int:
    """How many of the required exercises are passed."""
    return sum(one in standings and standings[one].state is State.PASSED for one in set(required))


# --- The alarm ------------------------------------------------------------------------------------------------------


def is_alarming(*, failed: int, rated: int) -> bool:
    """Whether so many of the officers rated in an exercise failed it that an alarm is raised: 15 percent or more (R-12)."""
    return rated > 0 and failed * 100 >= ALARM_PERCENT * rated


def alarm_due_at(raised_at: datetime) -> datetime:
    """Until when an alarm must be answered (R-12)."""
    return raised_at + timedelta(hours=ALARM_HOURS)
