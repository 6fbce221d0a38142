"""Who waits for admission to which exam."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.accounts.rules import Identity
from lms.agencies.models import Agency
from lms.courses.manifest import lessons_of, lessons_until
from lms.courses.models import CourseRevision
from lms.enrollments.models import Completion, Enrollment, Offering
from lms.enrollments.queries import goes_on
from lms.exams import planning, retakes, timing
from lms.exams.models import Attempt, AttemptHead, ExamResult
from lms.exams.retakes import Result, Standing, Terms
from lms.sittings import proctors
from lms.sittings import queries as sittings
from lms.sittings.proctor_rules import Tie, ties

OFFICERS_PER_PAGE = 200
READY = "ready for the exam"


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
    in_exam: Standing
    ties: tuple[Tie, ...] = ()
    """Why the proctor who asks may not admit this officer (R-11)."""
    in_sitting: bool = False
    """Whether the officer has a place in a sitting of the exam, and is let in there and nowhere else."""

    @property
    def may_be_admitted(self) -> bool:
        """Whether a code would let the officer in: everything complete, a try left, none under way."""
        return not self.in_sitting and self.lessons_done >= self.lessons and self.in_exam in {Standing.IN_TRAINING, Standing.RETAKE_OFFERED}

    @property
    def may_be_admitted_by_asker(self) -> bool:
        """Whether the proctor who asks may give that code."""
        return self.may_be_admitted and not self.ties

    @property
    def standing(self) -> str:
        """What to show for it."""
        if self.lessons_done < self.lessons and self.in_exam is Standing.RETAKE_OFFERED:
            return Standing.IN_TRAINING
        ready = self.in_exam is Standing.IN_TRAINING and self.lessons_done >= self.lessons
        return READY if ready else self.in_exam


def candidates(
    session: Session,
    *,
    now: datetime,
    enrollment_id: uuid.UUID | None = None,
    enrollment_ids: Collection[uuid.UUID] | None = None,
    asker: Identity | None = None,
) -> list[CandidateRow]:
    """Officers of classes that run on the day of `now`, those who may be admitted first. Four statements, seven for an asking proctor."""
    asked = (
        select(
            Enrollment.id,
            Officer.name,
            Agency.name,
            Offering.title,
            CourseRevision.manifest,
            *proctors.OFFICER_SIDE,
        )
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
    if enrollment_ids is not None:
        asked = asked.where(Enrollment.id.in_(enrollment_ids))
    rows = session.execute(asked).all()
    proctor = None if asker is None else proctors.proctor_side(session, actor=asker, now=now)
    seated = sittings.seated(session, enrollment_ids=[row[0] for row in rows], now=now)
    tried = _tries(session, [row[0] for row in rows], now)
    completed = _completed(session, [row[0] for row in rows])
    found = [
        CandidateRow(
            enrollment_id=row[0],
            officer_name=row[1],
            agency_name=row[2],
            class_title=row[3],
            exam_id=exam["id"],
            exam_title=exam["title"],
            lessons_done=len(before & completed.get(row[0], frozenset())),
            lessons=len(before),
            tries=sum(one.exam_id == exam["id"] for one in tried.get(row[0], ())),
            in_exam=_standing(tried.get(row[0], []), row[4], exam),
            in_sitting=(row[0], exam["id"]) in seated,
            ties=() if proctor is None else ties(proctor, proctors.officer_side(row[5:])),
        )
        for row in rows
        for exam in row[4]["exams"]
        if exam["proctored"]
        for before in [_lessons_before(row[4], exam)]
    ]
    return sorted(found, key=lambda one: not one.may_be_admitted_by_asker)


def _lessons_before(manifest: Mapping[str, Any], exam: Mapping[str, Any]) -> frozenset[str]:
    """The lessons that come before an exam: in a course by days those until its day, else every one."""
    return frozenset(lessons_until(manifest, exam.get("day", 0)) or (lesson["id"] for lesson in lessons_of(manifest)))


def _completed(session: Session, enrollments: list[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    found: dict[uuid.UUID, set[str]] = {}
    asked = select(Completion.enrollment_id, Completion.lesson_id).where(Completion.enrollment_id.in_(enrollments))
    for enrollment_id, lesson_id in session.execute(asked):
        found.setdefault(enrollment_id, set()).add(lesson_id)
    return found


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt of an officer: whether it passed, once it is closed, whether it is under way, and whether its result is not out yet."""

    exam_id: str
    passed: bool | None
    voided: bool
    is_open: bool
    waits: bool


def _tries(session: Session, enrollments: list[uuid.UUID], now: datetime) -> dict[uuid.UUID, list[Tried]]:
    rows = session.execute(
        select(Attempt.enrollment_id, Attempt.exam_id, AttemptHead.due_at, AttemptHead.paused_at, ExamResult.passed, ExamResult.voided)
        .join(AttemptHead, AttemptHead.attempt_id == Attempt.id)
        .outerjoin(ExamResult, ExamResult.attempt_id == Attempt.id)
        .where(Attempt.enrollment_id.in_(enrollments))
    )
    found: dict[uuid.UUID, list[Tried]] = {}
    for enrollment_id, exam_id, due_at, paused_at, passed, voided in rows:
        waits = passed is None and due_at is None
        tried = Tried(exam_id, passed, voided=bool(voided), is_open=timing.is_open(now, due_at, paused_at), waits=waits)
        found.setdefault(enrollment_id, []).append(tried)
    return found


def _standing(tried: list[Tried], manifest: Mapping[str, Any], exam: Mapping[str, Any]) -> Standing:
    results = [Result(one.exam_id, one.passed) for one in tried if one.passed is not None and not one.voided]
    sitting = any(one.is_open for one in tried if one.exam_id == exam["id"])
    waiting = any(one.waits for one in tried if one.exam_id == exam["id"])
    terms = Terms(int(exam["retakes"]), planning.scope_of(manifest))
    return retakes.standing(results, exam_id=exam["id"], terms=terms, open_attempt=sitting, waiting=waiting)
