"""What answers say of a question: how many were right, and whether those who knew more got it right more often. Exact integers. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from math import isqrt
from typing import Final

from lms.exams.rules import NOTHING_AWARDED, AnswerState, KeyedQuestion, earned

WHOLE: Final = 1000
MINIMUM_ANSWERS: Final = 30
"""With fewer answers a share says little: papers are drawn by the author's guess, and no question is flagged."""
TOO_EASY_ABOVE: Final = 950
TOO_HARD_BELOW: Final = 300
WRONG_KEY_SHARE: Final = 500
WRONG_KEY_DISCRIMINATION: Final = -100


class Flag(StrEnum):
    """What is odd about a question."""

    TOO_EASY = "too easy"
    TOO_HARD = "too hard"
    NEGATIVE = "negative discrimination"
    WRONG_KEY = "possible wrong key"


MEANING: Final = {
    Flag.TOO_EASY: "more than 95 percent answer it rightly: it tells officers apart hardly at all",
    Flag.TOO_HARD: "fewer than 30 percent answer it rightly: it may not be taught, or not be clear",
    Flag.NEGATIVE: "those who do worse in the rest of the exam answer it rightly more often than those who do better",
    Flag.WRONG_KEY: "fewer than half answer it as the key says, and those who do are clearly the weaker ones: check the key first",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question in one attempt: its points, and the share of points in the rest of the exam, in thousandths."""

    question: str
    points: int
    rest: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over every answer to a question, from which share and discrimination are worked out without rounding in between."""

    asked: int = 0
    points: int = 0
    points_squared: int = 0
    rest: int = 0
    rest_squared: int = 0
    crossed: int = 0

    def plus(self, one: Outcome, *, times: int = 1) -> "Sums":
        """The sums with an outcome added, or with `times` -1 taken out."""
        added = (1, one.points, one.points**2, one.rest, one.rest**2, one.points * one.rest)
        return Sums(*(getattr(self, each.name) + times * more for each, more in zip(fields(self), added, strict=True)))

    @property
    def right_share(self) -> int | None:
        """The share of right answers in thousandths, cut; None before the first answer."""
        return self.points // self.asked if self.asked else None

    @property
    def discrimination(self) -> int | None:
        """The point-biserial correlation of question and rest of the exam in thousandths, cut towards zero; None where nothing varies."""
        own = self.asked * self.points_squared - self.points**2
        others = self.asked * self.rest_squared - self.rest**2
        together = self.asked * self.crossed - self.points * self.rest
        if own <= 0 or others <= 0:
            return None
        size = isqrt(together**2 * WHOLE**2 // (own * others))
        return size if together >= 0 else -size

    @property
    def speaks(self) -> bool:
        """Whether there are enough answers to go by."""
        return self.asked >= MINIMUM_ANSWERS


def outcomes(
    answers: Mapping[int, AnswerState],
    keys: Iterable[KeyedQuestion],
    questions: Mapping[int, str],
    *,
    awarded: Mapping[int, int] = NOTHING_AWARDED,
) -> list[Outcome]:
    """What an attempt says of each question of its paper, by its name; `questions` names them by position.

    `awarded`: what markers gave for written answers, by position. Of a question worth more or less than a point its share counts.

    The rest of the exam is what is scored of it without the question; a question that is not scored stands beside all that is.
    """
    found: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for key in keys:
        got = earned(key, answers.get(key.position, AnswerState()).response, awarded=awarded)
        found[questions[key.position]].append((WHOLE * got // key.points, key.scored))
    total = _sum_scored(one for parts in found.values() for one in parts)
    return [Outcome(name, sum(own for own, _ in parts) // len(parts), _rest(total, parts)) for name, parts in sorted(found.items())]


def _sum_scored(parts: Iterable[tuple[int, bool]]) -> tuple[int, int]:
    counted = [own for own, scored in parts if scored]
    return sum(counted), len(counted)


def _rest(total: tuple[int, int], parts: Iterable[tuple[int, bool]]) -> int:
    own = _sum_scored(parts)
    return (total[0] - own[0]) // (total[1] - own[1]) if total[1] > own[1] else 0


def flags(sums: Sums) -> list[Flag]:
    """What is odd about a question with these sums; nothing while there are too few answers."""
    share, discrimination = sums.right_share, sums.discrimination
    if share is None or not sums.speaks:
        return []
    found = [Flag.TOO_EASY] if share > TOO_EASY_ABOVE else [Flag.TOO_HARD] if share < TOO_HARD_BELOW else []
    if discrimination is not None and discrimination < 0:
        found.append(Flag.NEGATIVE)
    if discrimination is not None and discrimination <= WRONG_KEY_DISCRIMINATION and share < WRONG_KEY_SHARE:
        found.append(Flag.WRONG_KEY)
    return found
