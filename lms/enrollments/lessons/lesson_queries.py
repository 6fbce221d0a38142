"""What one lesson of an officer has earned so far, what was answered in it, and whether it is open."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.rules import Identity
from lms.courses.models import CourseLesson, LessonRevision
from lms.enrollments.hours import online_minutes
from lms.enrollments.lessons import rules
from lms.enrollments.lessons.rules import ClassState
from lms.enrollments.models import CheckAnswer, Completion, Enrollment, Heartbeat, Offering
from lms.enrollments.queries import goes_on

_SPENT = select(func.coalesce(func.sum(Heartbeat.seconds), 0)).where(
    Heartbeat.enrollment_id == bindparam("enrollment_id"), Heartbeat.lesson_id == bindparam("lesson_id")
)
_ANSWERS = (
    select(CheckAnswer.check_id, CheckAnswer.choice_id, CheckAnswer.correct)
    .where(CheckAnswer.enrollment_id == bindparam("enrollment_id"), CheckAnswer.lesson_id == bindparam("lesson_id"))
    .order_by(CheckAnswer.at)
)


def seconds_spent(session: Session, *, enrollment_id: uuid.UUID, lesson_id: str) -> int:
    """Seconds actively spent in a lesson so far."""
    return int(session.scalar(_SPENT, {"enrollment_id": enrollment_id, "lesson_id": lesson_id}) or 0)


@dataclass(frozen=True, slots=True)
class Answered:
    """The newest answer to a check of understanding, and whether the check was ever answered right."""

    choice_id: str
    correct: bool
    passed: bool


def answers(session: Session, *, enrollment_id: uuid.UUID, lesson_id: str) -> dict[str, Answered]:
    """The checks of a lesson that were answered, by check."""
    rows = session.execute(_ANSWERS, {"enrollment_id": enrollment_id, "lesson_id": lesson_id})
    found: dict[str, Answered] = {}
    for check_id, choice_id, correct in rows:
        before = found.get(check_id)
        found[check_id] = Answered(choice_id, correct, correct or (before is not None and before.passed))
    return found


@dataclass(frozen=True, slots=True)
class LessonAtHand:
    """What a sign of life must know of a lesson: whether it is open, what it has earned, and when the officer was last seen.

    `minutes` are those that completing it credits.
    """

    enrollment_id: uuid.UUID
    agency_id: uuid.UUID
    lesson_id: str
    lesson_hash: str
    course_hash: str
    minutes: int
    class_state: ClassState
    is_locked: bool
    earned: int
    last_sign: datetime | None


def _one_before_is_incomplete() -> ColumnElement[bool]:
    earlier = aliased(CourseLesson)
    done = exists().where(Completion.enrollment_id == Enrollment.id, Completion.lesson_id == earlier.lesson_id)
    itself = exists().where(Completion.enrollment_id == Enrollment.id, Completion.lesson_id == CourseLesson.lesson_id)
    return exists().where(earlier.course_hash == CourseLesson.course_hash, earlier.position < CourseLesson.position, ~done) & ~itself


def _earned() -> Any:
    in_lesson = (Heartbeat.enrollment_id == Enrollment.id, Heartbeat.lesson_id == CourseLesson.lesson_id)
    return select(func.coalesce(func.sum(Heartbeat.seconds), 0)).where(*in_lesson).scalar_subquery()


def _last_sign() -> Any:
    """In whichever lesson of whichever class: one officer reads one page at a time."""
    own = aliased(Enrollment)
    newest = select(func.max(Heartbeat.at)).join(own, own.id == Heartbeat.enrollment_id)
    return newest.where(own.officer_id == bindparam("officer_id")).scalar_subquery()


_AT_HAND = (
    select(
        Enrollment.agency_id,
        Offering.starts_on,
        Offering.ends_on,
        Offering.time_zone,
        CourseLesson.course_hash,
        CourseLesson.lesson_hash,
        LessonRevision.minutes,
        (~goes_on()).label("stopped"),
        _one_before_is_incomplete().label("locked"),
        _earned().label("earned"),
        _last_sign().label("last"),
    )
    .join(Offering, Offering.id == Enrollment.offering_id)
    .join(CourseLesson, CourseLesson.course_hash == Offering.course_hash)
    .join(LessonRevision, LessonRevision.hash == CourseLesson.lesson_hash)
    .where(
        Enrollment.id == bindparam("enrollment_id"),
        Enrollment.officer_id == bindparam("officer_id"),
        CourseLesson.lesson_id == bindparam("lesson_id"),
    )
)


def lesson_at_hand(session: Session, *, actor: Identity, enrollment_id: uuid.UUID, lesson_id: str, now: datetime) -> LessonAtHand | None:
    """The lesson of one of the actor's own enrollments; None when there is none, or it is another officer's. One statement."""
    asked = {"officer_id": actor.officer_id, "enrollment_id": enrollment_id, "lesson_id": lesson_id}
    row = session.execute(_AT_HAND, asked).first()
    if row is None:
        return None
    dates = {"starts_on": row.starts_on, "ends_on": row.ends_on, "time_zone": row.time_zone}
    return LessonAtHand(
        enrollment_id=enrollment_id,
        agency_id=row.agency_id,
        lesson_id=lesson_id,
        lesson_hash=row.lesson_hash,
        course_hash=row.course_hash,
        minutes=online_minutes(row.minutes),
        class_state=rules.class_state(**dates, now=now, stopped=row.stopped),
        is_locked=row.locked,
        earned=int(row.earned),
        last_sign=row.last,
    )
