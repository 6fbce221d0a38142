"""Who waits for admission to which exam."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.agencies.models import Agency
from lms.courses.models import CourseLesson, CourseRevision
from lms.enrollments.models import Completion, Enrollment, Offering
from lms.enrollments.queries import goes_on, of_pinned_course
from lms.exams.models import Attempt, AttemptHead, ExamResult

OFFICERS_PER_PAGE = 200


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """An officer of a running class and where they stand before its exam."""

    enrollment_id: uuid.UUID
    officer_name: str
    agency_name: str
    class_title: str
    exam_id: str
    exam_title: str
    lessons_done: int
    lessons: int
    tries: int
    sitting: bool
    passed: bool
    retakes: int

    @property
    def may_be_admitted(self) -> bool:
        """Whether a code would let the officer in: everything complete, a try left, none under way."""
        return self.lessons_done >= self.lessons and not self.passed and not self.sitting and self.tries <= self.retakes

    @property
    def standing(self) -> str:
        """What to show for it."""
        if self.passed:
            return "passed"
        if self.sitting:
            return "sitting the exam"
        if self.tries > self.retakes:
            return "disqualified"
        if self.lessons_done < self.lessons:
            return "in training"
        return "retake offered" if self.tries else "ready for the exam"


def candidates(session: Session, *, now: datetime, enrollment_id: uuid.UUID | None = None) -> list[CandidateRow]:
    """Officers of classes that run on the day of `now`, those who may be admitted first. Two statements."""
    lessons = _lessons(session)
    counted = (Completion.enrollment_id == Enrollment.id, of_pinned_course())
    done = select(func.count()).where(*counted).correlate(Enrollment, Offering).scalar_subquery()
    asked = (
        select(Enrollment.id, Officer.name, Agency.name, Offering.title, CourseRevision.hash, CourseRevision.manifest, done)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .join(Agency, Agency.id == Enrollment.agency_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .where(Offering.starts_on <= now.date(), Offering.ends_on >= now.date(), goes_on())
        .order_by(Offering.title, Officer.name)
        .limit(OFFICERS_PER_PAGE)
    )
    if enrollment_id is not None:
        asked = asked.where(Enrollment.id == enrollment_id)
    rows = session.execute(asked).all()
    tried = _tries(session, [row[0] for row in rows], now)
    found = [
        CandidateRow(
            enrollment_id=row[0],
            officer_name=row[1],
            agency_name=row[2],
            class_title=row[3],
            exam_id=exam["id"],
            exam_title=exam["title"],
            lessons_done=row[6],
            lessons=lessons[row[4]],
            retakes=int(exam["retakes"]),
            tries=tried.get((row[0], exam["id"]), NEVER).tries,
            sitting=tried.get((row[0], exam["id"]), NEVER).sitting,
            passed=tried.get((row[0], exam["id"]), NEVER).passed,
        )
        for row in rows
        for exam in row[5]["exams"]
        if exam["proctored"]
    ]
    return sorted(found, key=lambda one: not one.may_be_admitted)


def _lessons(session: Session) -> dict[str, int]:
    rows = session.execute(select(CourseLesson.course_hash, func.count()).group_by(CourseLesson.course_hash))
    return {course: count for course, count in rows}  # noqa: C416 - rows are not pairs to the type checker


@dataclass(frozen=True, slots=True)
class Tried:
    """What an officer has tried so far of one exam."""

    tries: int
    sitting: bool
    passed: bool


NEVER = Tried(0, sitting=False, passed=False)


def _tries(session: Session, enrollments: list[uuid.UUID], now: datetime) -> dict[tuple[uuid.UUID, str], Tried]:
    rows = session.execute(
        select(Attempt.enrollment_id, Attempt.exam_id, AttemptHead.due_at, ExamResult.passed)
        .join(AttemptHead, AttemptHead.attempt_id == Attempt.id)
        .outerjoin(ExamResult, ExamResult.attempt_id == Attempt.id)
        .where(Attempt.enrollment_id.in_(enrollments))
    )
    found: dict[tuple[uuid.UUID, str], Tried] = {}
    for enrollment_id, exam_id, due_at, passed in rows:
        before = found.get((enrollment_id, exam_id), NEVER)
        sitting = before.sitting or (due_at is not None and due_at >= now)
        found[enrollment_id, exam_id] = Tried(before.tries + 1, sitting=sitting, passed=before.passed or bool(passed))
    return found
