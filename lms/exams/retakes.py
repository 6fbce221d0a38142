"""What all results of an officer say of each exam (R-05, R-06), and which score of a retake stands on the record (R-07). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """Where an officer stands in an exam."""

    IN_TRAINING = "in training"
    SITTING = "sitting the exam"
    WAITING = "waits for the result"
    RETAKE_OFFERED = "retake offered"
    PASSED = "passed"
    DISQUALIFIED = "disqualified"


class Scope(StrEnum):
    """What the number of retakes counts for: each exam by itself, or the whole training."""

    EXAM = "exam"
    COURSE = "course"


class Recorded(StrEnum):
    """Which score of a passed retake stands on the record: its own, or the pass mark."""

    AS_SCORED = "as scored"
    CUT_SCORE = "cut score"


@dataclass(frozen=True, slots=True)
class Terms:
    """How often an exam may be taken again, what that counts for, and what is recorded of a passed retake."""

    retakes: int
    scope: Scope = Scope.EXAM
    recorded: Recorded = Recorded.AS_SCORED

    @property
    def in_words(self) -> str:
        """The number of retakes as the exam's page tells it."""
        return f"{self.retakes}{' in the whole training' if self.scope is Scope.COURSE else ''}, on a different paper"

    @property
    def source(self) -> str:
        """Where the number comes from."""
        whole = "a number of retakes for the whole training" if self.scope is Scope.COURSE else "a number of retakes for each exam"
        return f"Agreement, training section: {whole}"


ONE_EACH = Terms(1)


@dataclass(frozen=True, slots=True)
class Result:
    """One closed attempt that counts: a voided one is none."""

    exam_id: str
    passed: bool


def standing(results: Iterable[Result], *, exam_id: str, terms: Terms, open_attempt: bool, waiting: bool = False) -> Standing:
    """Where an officer with these results, of every exam of the course, stands in one of them.

    More failures than retakes disqualify: of this exam where retakes count by exam (R-06); of all exams, retakes included, where they
    count for the whole training, which closes every exam that is not passed yet (R-05). `waiting`: an attempt is closed and has no result.
    """
    found = list(results)
    own = [one.passed for one in found if one.exam_id == exam_id]
    if any(own):
        return Standing.PASSED
    if failures(found, exam_id=exam_id, terms=terms) > terms.retakes:
        return Standing.DISQUALIFIED
    if open_attempt:
        return Standing.SITTING
    if waiting:
        return Standing.WAITING
    return Standing.RETAKE_OFFERED if own else Standing.IN_TRAINING


def failures(results: Iterable[Result], *, exam_id: str, terms: Terms) -> int:
    """How many failures count against an exam."""
    return sum(not one.passed and (terms.scope is Scope.COURSE or one.exam_id == exam_id) for one in results)


def recorded_score(score: int, *, cut_score: int, passed: bool, is_retake: bool, recorded: Recorded) -> int:
    """The score that stands on the record, in thousandths of a percent point; the one that was reached is kept beside it (R-07)."""
    return cut_score if passed and is_retake and recorded is Recorded.CUT_SCORE else score


def try_words(standing: Standing, *, terms: Terms, failed: int) -> str:
    """What an officer in this standing is told of the next attempt; `failed` failures count against the exam so far."""
    left = terms.retakes - failed
    if standing in _DECIDED_WORDS:
        return _DECIDED_WORDS[standing]
    match standing:
        case Standing.IN_TRAINING if failed and not left:
            return "This will be your first attempt. The retake of this training is used: failing this exam ends the training."
        case Standing.IN_TRAINING:
            return "This will be your first attempt."
        case Standing.RETAKE_OFFERED:
            return "You have one retake, on a different paper." if not left else f"You have {left + 1} retakes, each on a different paper."
        case _:
            return f"{failed_words(terms)}, which ends this training under the agreement."


_DECIDED_WORDS = {
    Standing.PASSED: "You have passed this exam.",
    Standing.SITTING: "Your attempt has begun: continue it.",
    Standing.WAITING: "Your attempt is closed. Its result is not out yet.",
}


def failed_words(terms: Terms) -> str:
    """What an officer failed who is disqualified."""
    if not terms.retakes:
        return "You failed this exam, which has no retake"
    times = "twice" if terms.retakes == 1 else f"{terms.retakes + 1} times"
    if terms.scope is Scope.COURSE:
        return f"You scored below the pass mark {times} in this training, retakes included"
    return "You failed this exam and its retake" if terms.retakes == 1 else f"You failed this exam {times}"


def retake_words(terms: Terms) -> str:
    """What failing the last retake means, as the result of a failed exam tells it."""
    if terms.scope is Scope.COURSE:
        return "It is the only one in the whole training: a score below the pass mark on it, or on any other exam, ends this training."
    return "Failing the last retake ends this training under the agreement."
