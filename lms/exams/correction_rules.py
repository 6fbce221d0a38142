"""What a correction makes of a paper's key: a question excluded, its key corrected, or counted again as it was published (R-08). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from lms.exams.rules import KeyedQuestion


class CorrectionKind(StrEnum):
    """What is done to a question in every paper that holds it. Each is also the cause of the scorings that it leads to."""

    EXCLUDED = "question excluded"
    KEY = "key corrected"
    RESTORED = "question counted again"


@dataclass(frozen=True, slots=True)
class Corrected:
    """The correction of one question of a paper. `accepted`: the opaque ids of the right choices, where the key was corrected."""

    kind: CorrectionKind
    accepted: tuple[str, ...] = ()


def key_after(published: Iterable[KeyedQuestion], corrections: Mapping[int, Corrected]) -> list[KeyedQuestion]:
    """The key that scoring goes by: the published one with `corrections`, by position. An excluded question is asked no longer."""
    return [after for question in published if (after := _after(question, corrections.get(question.position))) is not None]


def _after(question: KeyedQuestion, found: Corrected | None) -> KeyedQuestion | None:
    if found is None or found.kind is CorrectionKind.RESTORED:
        return question
    if found.kind is CorrectionKind.EXCLUDED:
        return None
    return replace(question, key=found.accepted[0], also=frozenset(found.accepted[1:]))


@dataclass(frozen=True, slots=True)
class Change:
    """A result before and after it was scored again: scores in thousandths of a percent point."""

    before: int
    after: int
    recorded_before: int
    recorded_after: int
    passed_before: bool
    passed_after: bool


DONE = {
    CorrectionKind.EXCLUDED: "was excluded",
    CorrectionKind.KEY: "was scored by a corrected key",
    CorrectionKind.RESTORED: "was counted again as it was published",
}


def in_words(cause: str, change: Change | None, *, position: int | None = None) -> str:
    """What happened to a result, as its officer reads it. Without a change the released result stands."""
    known = {str(kind): words for kind, words in DONE.items()}
    what = f"Question {position} {known[cause]}" if cause in known else f"Scored again: {cause}"
    if change is None:
        return f"{what}. Your score would have fallen by that, so your result stands as it was told to you."
    return f"{what}: {_scores(change)}{_flip(change)}"


def _scores(change: Change) -> str:
    if change.before != change.after:
        return f"your score went from {percent(change.before)} to {percent(change.after)}."
    if change.recorded_before != change.recorded_after:
        return f"what stands on your record went from {percent(change.recorded_before)} to {percent(change.recorded_after)}."
    return f"your score stayed at {percent(change.after)}."


def _flip(change: Change) -> str:
    if change.passed_before == change.passed_after:
        return ""
    return " You passed by it." if change.passed_after else " It is no longer a pass."


def percent(thousandths: int) -> str:
    """A score as it is told: cut to two digits, never rounded up (R-04)."""
    return f"{thousandths // 1000}.{thousandths % 1000 // 10:02d}%"
