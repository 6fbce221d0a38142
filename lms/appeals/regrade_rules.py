"""Scoring again as a replay: what excluding a question, or correcting its key, does to every result that rests on it (R-08). Pure."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

from lms.exams import retakes, rules
from lms.exams.correction_rules import Corrected, CorrectionKind, key_after
from lms.exams.rules import AnswerState, KeyedQuestion, Policy, Score
from lms.kernel.canonical import content_hash

NOTHING_CHANGED: Mapping[int, Corrected] = {}


class Flip(StrEnum):
    """What becomes of whether an attempt is passed."""

    GAINED = "failed, now passed"
    LOST = "passed, now failed"
    NONE = "as before"


@dataclass(frozen=True, slots=True)
class Figures:
    """A result: points of those to be had in thousandths, score and recorded score in thousandths of a percent point."""

    points: int
    out_of: int
    score: int
    recorded: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed attempt that counts, with all that its score rests on.

    `key` is its paper's as published, `corrections` what scoring goes by until now, `change` what would come on top, by position: empty
    where the paper does not hold the question.
    """

    attempt_id: uuid.UUID
    enrollment_id: uuid.UUID
    exam_id: str
    ordinal: int
    policy: Policy
    answers: Mapping[int, AnswerState]
    awarded: Mapping[int, int]
    key: Sequence[KeyedQuestion]
    corrections: Mapping[int, Corrected]
    change: Mapping[int, Corrected]
    before: Figures


@dataclass(frozen=True, slots=True)
class Line:
    """What scoring again does to one attempt. `stands`: the released result stands, because it would fall. `holds`: it has the question."""

    attempt_id: uuid.UUID
    before: Figures
    after: Figures
    stands: bool
    holds: bool

    @property
    def flip(self) -> Flip:
        """Whether it is passed or failed otherwise than before."""
        if self.before.passed == self.after.passed:
            return Flip.NONE
        return Flip.GAINED if self.after.passed else Flip.LOST

    @property
    def changes(self) -> bool:
        """Whether the officer's result is another one."""
        return self.before != self.after


def replay(closed: Closed, change: Mapping[int, Corrected] = NOTHING_CHANGED) -> Score:
    """The score that the stored answers give by the key as corrected so far, and by `change` on top of that."""
    return rules.score(closed.answers, key_after(closed.key, {**closed.corrections, **change}), awarded=closed.awarded)


def picture(attempts: Iterable[Closed], *, hold_harmless: bool) -> list[Line]:
    """What the change does, attempt by attempt: to those that hold the question, and to later ones whose recorded score rests on them.

    `hold_harmless`: nobody's score falls by it; where it would, the released result stands (R-08).
    """
    ordered = sorted(attempts, key=lambda one: (str(one.enrollment_id), one.exam_id, one.ordinal))
    found = []
    for _, tries in groupby(ordered, key=lambda one: (one.enrollment_id, one.exam_id)):
        found += _of_one_officer(tries, hold_harmless)
    return [line for line in found if line.holds or line.changes]


def _of_one_officer(tries: Iterable[Closed], hold_harmless: bool) -> list[Line]:
    """The attempts of one officer at one exam: what is recorded of a retake rests on the failures before it (R-07)."""
    found: list[Line] = []
    for closed in tries:
        is_retake = any(not line.after.passed for line in found)
        found.append(_line(closed, is_retake, hold_harmless))
    return found


def _line(closed: Closed, is_retake: bool, hold_harmless: bool) -> Line:
    was, would = replay(closed), replay(closed, closed.change)
    stands = hold_harmless and bool(closed.change) and _share(would) < _share(was)
    counts = was if stands else would
    passed = counts.passes(closed.policy.cut_score)
    recorded = retakes.recorded_score(
        counts.thousandths,
        cut_score=closed.policy.cut_score,
        passed=passed,
        is_retake=is_retake,
        recorded=closed.policy.terms.recorded,
    )
    after = Figures(counts.points, counts.out_of, counts.thousandths, recorded, passed)
    return Line(closed.attempt_id, closed.before, after, stands, bool(closed.change))


def _share(score: Score) -> Fraction:
    return Fraction(score.points, score.out_of) if score.out_of else Fraction(0)


def digest(lines: Iterable[Line], *, kind: CorrectionKind, accepted: Sequence[int], hold_harmless: bool) -> str:
    """The name of a picture: whoever confirms must see the very one that was asked for."""
    rows = [[str(line.attempt_id), _told(line.before), _told(line.after), line.stands] for line in lines]
    return content_hash({"kind": kind.value, "accepted": list(accepted), "hold_harmless": hold_harmless, "lines": sorted(rows)})


def _told(figures: Figures) -> list[int | bool]:
    return [figures.points, figures.out_of, figures.score, figures.recorded, figures.passed]


@dataclass(frozen=True, slots=True)
class Question:
    """A question revision as a correction sees it: which choices counted as right at first, and what counts now.

    `choices`: how many there are; none where more than one can be right.
    """

    choices: int
    published: tuple[int, ...]
    newest: CorrectionKind | None = None
    accepted: tuple[int, ...] = ()

    @property
    def is_excluded(self) -> bool:
        """Whether it is asked in no score any longer."""
        return self.newest is CorrectionKind.EXCLUDED

    @property
    def right_now(self) -> tuple[int, ...]:
        """The choices that count as right today, by their places; none while it is excluded."""
        if self.is_excluded:
            return ()
        return self.accepted if self.newest is CorrectionKind.KEY else self.published


def fault_of_correction(question: Question, kind: CorrectionKind, accepted: Sequence[int]) -> str:
    """Why a question cannot be corrected so; empty when it can."""
    if kind is CorrectionKind.EXCLUDED:
        return "This question is excluded already." if question.is_excluded else ""
    if kind is CorrectionKind.RESTORED:
        return "" if question.newest not in {None, CorrectionKind.RESTORED} else "This question counts as it was published already."
    if not question.choices:
        return "Only a question with one right choice can have its key corrected: exclude this one."
    if not accepted or not set(accepted) <= set(range(question.choices)):
        return "Choose which choices count as right."
    if len(set(accepted)) == question.choices:
        return "When every choice is right, the question tells nothing: exclude it."
    return "These choices count as right already." if sorted(accepted) == sorted(question.right_now) else ""


def fault_of_picture(lines: Iterable[Line]) -> str:
    """Why a change cannot be made whatever the question; empty when it can."""
    empty = any(not line.after.out_of for line in lines)
    return "A paper would be left without any question: void the attempts instead." if empty else ""
