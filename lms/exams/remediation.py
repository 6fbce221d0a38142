"""The review after a failed exam: what to read again, by objective, and what an instructor reviewed before the retake."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.courses.manifest import lessons_of
from lms.courses.models import CourseRevision
from lms.enrollments.models import Enrollment, Offering
from lms.exams.models import Attempt, ExamResult, Remediation
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id

LONGEST = 40 * 60
"""The minutes of one review: a working week at most."""


class NoFailedAttempt(NotFound):
    """There is no such attempt that was failed."""


class NothingToReview(Conflict):
    """The exam was passed since, or the attempt does not count."""


class WrongReview(Invalid):
    """The review cannot have been as it was sent."""


class OwnReview(Forbidden):
    """Nobody records their own review."""


@dataclass(frozen=True, slots=True)
class LessonToReview:
    """A lesson with objectives in which points were lost."""

    id: str
    title: str
    objectives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """A failed attempt, as the instructor who reviews it sees it: objectives and lessons, never a question."""

    attempt_id: uuid.UUID
    officer_name: str
    officer_user: uuid.UUID
    agency_id: uuid.UUID
    offering_id: uuid.UUID
    class_title: str
    exam_title: str
    time_zone: str
    closed_at: datetime
    counts: bool
    lessons: tuple[LessonToReview, ...]
    reviews: tuple[Remediation, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """What was reviewed, how long, and when."""

    reviewed: str
    minutes: int
    held_on: date


def lessons_to_review(manifest: Mapping[str, Any], by_objective: Mapping[str, tuple[int, int]]) -> tuple[LessonToReview, ...]:
    """The lessons of the objectives in which points were lost, in the course's order."""
    lost = {objective for objective, (right, asked) in by_objective.items() if right < asked}
    found = [(lesson, tuple(o["text"] for o in lesson["objectives"] if o["id"] in lost)) for lesson in lessons_of(manifest)]
    return tuple(LessonToReview(lesson["id"], lesson["title"], texts) for lesson, texts in found if texts)


def manifest_of(session: Session, *, enrollment_id: uuid.UUID) -> Mapping[str, Any]:
    """The manifest of an enrollment's course."""
    asked = (
        select(CourseRevision.manifest)
        .join(Offering, Offering.course_hash == CourseRevision.hash)
        .join(Enrollment, Enrollment.offering_id == Offering.id)
    )
    found: Mapping[str, Any] = session.scalars(asked.where(Enrollment.id == enrollment_id)).one()
    return found


def failed_attempt(session: Session, *, attempt_id: uuid.UUID) -> FailedAttempt:
    """A failed attempt with what to review. Raises NoFailedAttempt. Two statements."""
    row = session.execute(
        select(Attempt, ExamResult, Officer, Offering, CourseRevision.manifest)
        .join(ExamResult, ExamResult.attempt_id == Attempt.id)
        .join(Officer, Officer.id == Attempt.officer_id)
        .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .where(Attempt.id == attempt_id, ExamResult.passed.is_(False))
    ).first()
    if row is None:
        raise NoFailedAttempt("There is no such failed exam.")
    attempt, result, officer, offering, manifest = row
    reviews = session.scalars(select(Remediation).where(Remediation.attempt_id == attempt_id).order_by(Remediation.recorded_at))
    return FailedAttempt(
        attempt_id=attempt_id,
        officer_name=officer.name,
        officer_user=officer.user_id,
        agency_id=attempt.agency_id,
        offering_id=offering.id,
        class_title=offering.title,
        exam_title=attempt.policy["title"],
        time_zone=offering.time_zone,
        closed_at=result.closed_at,
        counts=not result.voided,
        lessons=lessons_to_review(manifest, {name: (pair[0], pair[1]) for name, pair in result.by_objective.items()}),
        reviews=tuple(reviews),
    )


def record(session: Session, *, actor: Identity, attempt_id: uuid.UUID, review: Review, now: datetime) -> None:
    """Record that an instructor reviewed a failed exam with its officer."""
    failed = failed_attempt(session, attempt_id=attempt_id)
    if failed.officer_user == actor.user_id:
        raise OwnReview("You cannot record your own review. Your instructor must.")
    if not failed.counts:
        raise NothingToReview("This attempt was voided and does not count: there is nothing to review.")
    if not 1 <= review.minutes <= LONGEST:
        raise WrongReview(f"Enter how many minutes the review took, from 1 to {LONGEST}.")
    zone = ZoneInfo(failed.time_zone)
    if not failed.closed_at.astimezone(zone).date() <= review.held_on <= now.astimezone(zone).date():
        raise WrongReview("The review lies between the day of the failed exam and today.")
    made = Remediation(
        id=new_id(),
        attempt_id=attempt_id,
        reviewed=review.reviewed,
        minutes=review.minutes,
        held_on=review.held_on,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(made)
    audit.record(
        session,
        actor=actor,
        action="recorded a review before a retake",
        object_type="attempt",
        object_id=attempt_id,
        agency_id=failed.agency_id,
        details={"minutes": review.minutes, "held on": review.held_on.isoformat()},
        now=now,
    )


def is_reviewed(session: Session, *, attempt_id: uuid.UUID) -> bool:
    """Whether an instructor reviewed the failed attempt with its officer."""
    return session.scalar(select(Remediation.id).where(Remediation.attempt_id == attempt_id).limit(1)) is not None
