"""What an officer's course looks like: modules, lessons and their state, hours banked."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.courses.manifest import lessons_of
from lms.courses.models import CourseRevision
from lms.enrollments.hours import online_minutes
from lms.enrollments.lessons import rules
from lms.enrollments.lessons.rules import ClassState, LessonState
from lms.enrollments.models import Completion, Enrollment, Offering
from lms.enrollments.queries import goes_on

DAYS_A_WEEK = 5


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson in an officer's course. `number` counts within its module, `position` through the course; both from 1.

    `minutes` is its stated total; `online` is what of it completing the lesson credits, or did credit. `changed`: the class has moved to
    another edition since.
    """

    id: str
    hash: str
    title: str
    minutes: int
    online: int
    number: int
    position: int
    state: LessonState
    completed_at: datetime | None
    changed: bool

    @property
    def is_complete(self) -> bool:
        return self.state is LessonState.COMPLETE

    @property
    def is_locked(self) -> bool:
        return self.state is LessonState.LOCKED


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """A module in an officer's course."""

    id: str
    number: int
    title: str
    subject: str
    terminal_objective: str
    evaluation: str
    intro_html: str
    lessons: tuple[LessonRow, ...]

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    @property
    def is_complete(self) -> bool:
        return all(lesson.is_complete for lesson in self.lessons)


@dataclass(frozen=True, slots=True)
class PracticalRow:
    """A practical exercise of a course."""

    id: str
    hash: str
    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class ExamRow:
    """An exam of a course."""

    id: str
    title: str
    minutes: int
    proctored: bool


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day of a course that is laid out by days."""

    number: int
    title: str
    lessons: tuple[LessonRow, ...]
    practicals: tuple[PracticalRow, ...]
    exams: tuple[ExamRow, ...]

    @property
    def minutes(self) -> int:
        lessons, practicals, exams = ([row.minutes for row in rows] for rows in (self.lessons, self.practicals, self.exams))
        return sum(lessons) + sum(practicals) + sum(exams)

    @property
    def is_complete(self) -> bool:
        return bool(self.lessons) and all(lesson.is_complete for lesson in self.lessons)


@dataclass(frozen=True, slots=True)
class Training:
    """An officer's way through the course that the class is pinned to. Minutes are whole; `share` is in thousandths."""

    enrollment_id: uuid.UUID
    class_title: str
    class_state: ClassState
    starts_on: date
    ends_on: date
    zone: ZoneInfo
    course_hash: str
    course_title: str
    program_model: str
    summary: str
    law_as_of: date
    share: int
    banked_minutes: int
    modules: tuple[ModuleRow, ...]
    exams: tuple[ExamRow, ...]
    practicals: tuple[PracticalRow, ...] = ()
    days: tuple[DayRow, ...] = ()

    @property
    def lessons(self) -> tuple[LessonRow, ...]:
        """Every lesson in the order in which lessons are taken."""
        return tuple(sorted((lesson for module in self.modules for lesson in module.lessons), key=lambda lesson: lesson.position))

    @property
    def weeks(self) -> tuple[tuple[DayRow, ...], ...]:
        """The days by fives."""
        return tuple(self.days[at : at + DAYS_A_WEEK] for at in range(0, len(self.days), DAYS_A_WEEK))

    def day_of(self, lesson: LessonRow) -> DayRow | None:
        """The day on which `lesson` stands; None in a course without days."""
        return next((day for day in self.days if any(row.id == lesson.id for row in day.lessons)), None)

    @property
    def required_minutes(self) -> int:
        """The minutes that completing all lessons credits."""
        return sum(lesson.online for module in self.modules for lesson in module.lessons)

    @property
    def next_lesson(self) -> LessonRow | None:
        """The lesson to go on with; None when every lesson is complete."""
        return next((lesson for lesson in self.lessons if not lesson.is_complete), None)

    @property
    def is_running(self) -> bool:
        return self.class_state is ClassState.RUNNING

    @property
    def banked_hours(self) -> str:
        return rules.hours(self.banked_minutes)

    @property
    def required_hours(self) -> str:
        return rules.hours(self.required_minutes)

    def module_of(self, lesson: LessonRow) -> ModuleRow:
        """The module in which `lesson` stands."""
        return next(module for module in self.modules if lesson in module.lessons)


# Built once: a lesson page is asked for often, and building a statement costs more than running it.
_TRAININGS = (
    select(
        Enrollment.id,
        Offering.title,
        Offering.starts_on,
        Offering.ends_on,
        Offering.time_zone,
        Offering.course_hash,
        CourseRevision.manifest,
        (~goes_on()).label("stopped"),
    )
    .join(Offering, Offering.id == Enrollment.offering_id)
    .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
    .where(Enrollment.officer_id == bindparam("officer_id"))
    .order_by(Offering.starts_on.desc(), Enrollment.id)
)
_TRAINING = _TRAININGS.where(Enrollment.id == bindparam("enrollment_id"))
_COMPLETIONS = select(
    Completion.enrollment_id, Completion.lesson_id, Completion.credited_minutes, Completion.at, Completion.lesson_hash
).where(Completion.enrollment_id.in_(bindparam("enrollment_ids", expanding=True)))


def trainings(session: Session, *, actor: Identity, now: datetime) -> list[Training]:
    """The actor's own courses, the newest class first. Two statements."""
    return _trainings(session, session.execute(_TRAININGS, {"officer_id": actor.officer_id}).all(), now)


def training(session: Session, *, actor: Identity, enrollment_id: uuid.UUID, now: datetime) -> Training | None:
    """One of the actor's own courses; None when there is none, or it is another officer's. Two statements."""
    rows = session.execute(_TRAINING, {"officer_id": actor.officer_id, "enrollment_id": enrollment_id}).all()
    return next(iter(_trainings(session, rows, now)), None)


def _trainings(session: Session, rows: Sequence[Any], now: datetime) -> list[Training]:
    completions = _completions(session, [row.id for row in rows])
    return [_training(row, completions[row.id], now) for row in rows]


@dataclass(frozen=True, slots=True)
class Done:
    """A completion: the minutes it credited, when, and of which edition."""

    minutes: int
    at: datetime
    edition: str


def _completions(session: Session, enrollment_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Done]]:
    found: dict[uuid.UUID, dict[str, Done]] = {one: {} for one in enrollment_ids}
    if found:
        for enrollment_id, lesson_id, minutes, at, edition in session.execute(_COMPLETIONS, {"enrollment_ids": enrollment_ids}):
            found[enrollment_id][lesson_id] = Done(minutes, at, edition)
    return found


def _training(row: Any, done: Mapping[str, Done], now: datetime) -> Training:
    manifest = row.manifest
    order = [lesson["id"] for lesson in lessons_of(manifest)]
    modules = _modules(manifest["modules"], rules.lesson_states(order, done), done)
    exams = tuple(ExamRow(exam["id"], exam["title"], exam["minutes"], exam["proctored"]) for exam in manifest["exams"])
    practicals = tuple(PracticalRow(one["id"], one["hash"], one["title"], one["minutes"]) for one in manifest.get("practicals", ()))
    dates = {"starts_on": row.starts_on, "ends_on": row.ends_on, "time_zone": row.time_zone}
    return Training(
        enrollment_id=row.id,
        class_title=row.title,
        class_state=rules.class_state(**dates, now=now, stopped=row.stopped),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        zone=ZoneInfo(row.time_zone),
        course_hash=row.course_hash,
        course_title=manifest["title"],
        program_model=manifest["program_model"],
        summary=manifest["summary"],
        law_as_of=date.fromisoformat(manifest["law_as_of"]),
        share=manifest["minimum_active_share"],
        banked_minutes=sum(done[lesson_id].minutes for lesson_id in order if lesson_id in done),
        modules=modules,
        exams=exams,
        practicals=practicals,
        days=tuple(_day(entry, modules, practicals, exams) for entry in manifest.get("days", ())),
    )


def _day(entry: Mapping[str, Any], modules: Sequence[ModuleRow], practicals: Sequence[PracticalRow], exams: Sequence[ExamRow]) -> DayRow:
    lessons = {lesson.id: lesson for module in modules for lesson in module.lessons if lesson.id in entry["lessons"]}
    return DayRow(
        entry["number"],
        entry["title"],
        tuple(lessons[one] for one in entry["lessons"]),
        tuple(row for row in practicals if row.id in entry["practicals"]),
        tuple(row for row in exams if row.id in entry["exams"]),
    )


def _modules(entries: Sequence[Mapping[str, Any]], states: Mapping[str, LessonState], done: Mapping[str, Done]) -> tuple[ModuleRow, ...]:
    positions = {lesson: position for position, lesson in enumerate(states, 1)}
    return tuple(
        ModuleRow(
            id=entry["id"],
            number=number,
            title=entry["title"],
            subject=entry["subject"],
            terminal_objective=entry["terminal_objective"],
            evaluation=entry["evaluation"],
            intro_html=entry["intro_html"],
            lessons=tuple(
                _lesson(lesson, number=place, position=positions[lesson["id"]], state=states[lesson["id"]], done=done.get(lesson["id"]))
                for place, lesson in enumerate(entry["lessons"], 1)
            ),
        )
        for number, entry in enumerate(entries, 1)
    )


def _lesson(entry: Mapping[str, Any], *, number: int, position: int, state: LessonState, done: Done | None) -> LessonRow:
    return LessonRow(
        id=entry["id"],
        hash=entry["hash"],
        title=entry["title"],
        minutes=sum(entry["minutes"].values()),
        online=done.minutes if done else online_minutes(entry["minutes"]),
        number=number,
        position=position,
        state=state,
        completed_at=done.at if done else None,
        changed=done is not None and done.edition != entry["hash"],
    )
