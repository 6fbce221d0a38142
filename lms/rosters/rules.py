"""Where an officer of a class stands, what a class came to (R-33), and what differs between two revisions of a course. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.exams.retakes import Standing as ExamStanding


class Standing(StrEnum):
    """Where an officer stands in a class."""

    NOT_STARTED = "not started"
    IN_TRAINING = "in training"
    RETAKE = "retake offered"
    PASSED = "passed"
    DISQUALIFIED = "disqualified"
    WITHDREW = "withdrew"


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides where an officer stands. `exams` in the order of the course; `owed` are minutes of attendance.

    `practicals_left`: practical exercises that are not passed.
    """

    withdrawn: bool
    started: bool
    exams: tuple[ExamStanding, ...]
    lessons_left: int
    owed: int
    practicals_left: int = 0


def standing(facts: Facts) -> Standing:
    """Where an officer stands. Passed is only who has completed every lesson, hour, exam and practical exercise (R-01, R-33)."""
    if facts.withdrawn:
        return Standing.WITHDREW
    if ExamStanding.DISQUALIFIED in facts.exams:
        return Standing.DISQUALIFIED
    left = facts.lessons_left or facts.owed or facts.practicals_left
    if facts.exams and set(facts.exams) == {ExamStanding.PASSED} and not left:
        return Standing.PASSED
    if ExamStanding.RETAKE_OFFERED in facts.exams:
        return Standing.RETAKE
    return Standing.IN_TRAINING if facts.started else Standing.NOT_STARTED


@dataclass(frozen=True, slots=True)
class Totals:
    """What a class came to. `started` counts everybody who ever began, however it ended."""

    enrolled: int
    started: int
    passed: int
    retake: int
    disqualified: int
    withdrew: int
    in_training: int

    @property
    def trained(self) -> int:
        """Who counts as trained: those who passed, and nobody else (R-33)."""
        return self.passed


def totals(found: Iterable[tuple[Standing, bool]]) -> Totals:
    """The totals of a class, of each officer's standing and whether they ever started."""
    officers = list(found)
    counted = Counter(one for one, _ in officers)
    return Totals(
        enrolled=len(officers),
        started=sum(started for _, started in officers),
        passed=counted[Standing.PASSED],
        retake=counted[Standing.RETAKE],
        disqualified=counted[Standing.DISQUALIFIED],
        withdrew=counted[Standing.WITHDREW],
        in_training=counted[Standing.IN_TRAINING],
    )


# --- Two revisions --------------------------------------------------------------------------------------------------


class Change(StrEnum):
    """What becomes of a lesson or an exam."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class LessonChange:
    """What becomes of one lesson. Titles and minutes before and after; empty and 0 where there is no such lesson."""

    id: str
    change: Change
    before: str
    after: str
    minutes_before: int
    minutes_after: int
    old_hash: str
    new_hash: str

    @property
    def title(self) -> str:
        return self.after or self.before

    @property
    def has_texts(self) -> bool:
        """Whether there are two texts to compare."""
        return self.change is Change.CHANGED and self.old_hash != self.new_hash


@dataclass(frozen=True, slots=True)
class ExamChange:
    """What becomes of one exam, in words."""

    id: str
    change: Change
    title: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two revisions of a course, as a class would meet it."""

    lessons: tuple[LessonChange, ...]
    exams: tuple[ExamChange, ...]
    course: tuple[str, ...]

    @property
    def concerned(self) -> frozenset[str]:
        """Lessons whose completion does not say any more what the course teaches now."""
        return frozenset(one.id for one in self.lessons if one.change is not Change.ADDED)


EXAM_WORDS = {
    "title": "title",
    "bank": "question bank",
    "minutes": "time",
    "proctored": "proctoring",
    "cut_score": "pass mark",
    "retakes": "retakes",
    "shared_share": "shared questions on a retake",
    "rule": "rule",
    "specification": "number of questions by objective",
    "difficulty": "difficulty of the questions",
    "right_share": "share of right answers to expect",
    "pilots": "questions tried out, unscored",
    "exposure": "how often a question may be used",
}
COURSE_WORDS = {
    "title": "title",
    "hours": "hours",
    "minimum_active_share": "share of time to be actively spent",
    "law_as_of": "date of the law",
    "subjects": "subjects",
    "practicals": "practical exercises",
    "retake_scope": "what the number of retakes counts for",
    "recorded_score": "the score recorded of a passed retake",
    "days": "training days",
}


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """What differs between the manifests of two revisions of one course."""
    lessons = _changed(_lessons(old), _lessons(new))
    exams = _changed(_by_id(old["exams"]), _by_id(new["exams"]))
    return Difference(
        lessons=tuple(_lesson_change(one, before, after) for one, before, after in lessons),
        exams=tuple(_exam_change(one, before, after) for one, before, after in exams),
        course=tuple(word for key, word in COURSE_WORDS.items() if old.get(key) != new.get(key)),
    )


Entry = Mapping[str, Any]


def _lessons(manifest: Entry) -> dict[str, Entry]:
    return _by_id(lesson for module in manifest["modules"] for lesson in module["lessons"])


def _by_id(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {entry["id"]: entry for entry in entries}


def _changed(old: Mapping[str, Entry], new: Mapping[str, Entry]) -> Sequence[tuple[str, Entry | None, Entry | None]]:
    """What is not the same in both, in the order of the new one, what is gone last."""
    ids = [*new, *(one for one in old if one not in new)]
    return [(one, old.get(one), new.get(one)) for one in ids if old.get(one) != new.get(one)]


def _change(before: Entry | None, after: Entry | None) -> Change:
    if before is None:
        return Change.ADDED
    return Change.REMOVED if after is None else Change.CHANGED


def _lesson_change(lesson_id: str, before: Entry | None, after: Entry | None) -> LessonChange:
    return LessonChange(
        id=lesson_id,
        change=_change(before, after),
        before=before["title"] if before else "",
        after=after["title"] if after else "",
        minutes_before=sum(before["minutes"].values()) if before else 0,
        minutes_after=sum(after["minutes"].values()) if after else 0,
        old_hash=before["hash"] if before else "",
        new_hash=after["hash"] if after else "",
    )


def _exam_change(exam_id: str, before: Entry | None, after: Entry | None) -> ExamChange:
    shown = after or before or {}
    what = tuple(word for key, word in EXAM_WORDS.items() if before and after and before.get(key) != after.get(key))
    return ExamChange(exam_id, _change(before, after), shown["title"], what)
