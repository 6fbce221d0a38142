"""Entering the pass mark that ICE has set where an agreement names none: the act, and what waits for it (R-03)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.audit.service import Actor, record
from lms.courses.course import HUNDRED_PERCENT
from lms.courses.manifest import with_marks, without_mark
from lms.courses.models import CourseWithoutMark, PassMark
from lms.courses.queries import head, pass_marks
from lms.courses.storing import Published, new_revision
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.ids import new_id

NO_MARK = "This exam has no cut_score, and the task force agreement names no figure (R-03): enter the pass mark that ICE has set"
"""Why a course with such an exam is not published."""
NOTE = "Published with the pass mark that ICE has set"


class NoSuchExam(NotFound):
    """No course that waits for a pass mark has the exam."""


class NoMark(Invalid):
    """The figure, its source or its day does not do."""


@dataclass(frozen=True, slots=True)
class WaitingCourse:
    """The newest edition of a course that has, or had, an exam without a pass mark."""

    course_id: str
    title: str
    manifest: Mapping[str, Any]
    recorded_at: datetime

    @property
    def exams(self) -> tuple[Mapping[str, Any], ...]:
        """The exams whose mark is entered by hand."""
        return tuple(without_mark(self.manifest))


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A pass mark as it was entered. `cut_score` in thousandths of a percent point."""

    exam_id: str
    number: int
    cut_score: int
    source: str
    set_on: date
    entered_by: str
    entered_at: datetime


def waiting(session: Session) -> tuple[WaitingCourse, ...]:
    """Every course that has an exam whose mark is entered by hand, by title."""
    newer = aliased(CourseWithoutMark)
    later = select(newer.hash).where(newer.course_id == CourseWithoutMark.course_id, newer.number > CourseWithoutMark.number).exists()
    rows = session.scalars(select(CourseWithoutMark).where(~later))
    found = [WaitingCourse(row.course_id, row.manifest["title"], row.manifest, row.recorded_at) for row in rows]
    return tuple(sorted(found, key=lambda one: one.title))


def marks(session: Session, course_id: str) -> tuple[MarkRow, ...]:
    """The pass marks entered for a course, newest first."""
    rows = session.execute(
        select(PassMark, User.name)
        .outerjoin(User, User.id == PassMark.entered_by)
        .where(PassMark.course_id == course_id)
        .order_by(PassMark.entered_at.desc(), PassMark.number.desc())
    )
    return tuple(
        MarkRow(one.exam_id, one.number, one.cut_score, one.source, one.set_on, name or "the system", one.entered_at) for one, name in rows
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """A pass mark: the figure in thousandths of a percent point, where ICE says so, and the day from which it holds."""

    cut_score: int
    source: str
    set_on: date


def enter(session: Session, *, actor: Actor, course_id: str, exam_id: str, mark: Mark, now: datetime) -> Published:
    """Enter the pass mark that ICE has set for an exam, and publish the course unless another exam of it still has none.

    Classes under way stay with the revision they were opened on. Raises NoSuchExam and NoMark.
    """
    course = next((one for one in waiting(session) if one.course_id == course_id), None)
    if course is None or exam_id not in {exam["id"] for exam in course.exams}:
        raise NoSuchExam("No exam of that name waits for a pass mark.")
    if not 0 < mark.cut_score <= HUNDRED_PERCENT:
        raise NoMark("The pass mark lies above 0 and is at most 100 percent.")
    if not mark.source.strip():
        raise NoMark("Say where ICE has set the figure.")
    if mark.set_on > now.date():
        raise NoMark("The day on which ICE set the mark lies in the future.")
    _keep(session, actor=actor, course_id=course_id, exam_id=exam_id, mark=mark, now=now)
    manifest = with_marks(course.manifest, pass_marks(session, course_id))
    newest = head(session, course_id)
    left = tuple(exam["title"] for exam in without_mark(manifest))
    if left:
        return Published(course_id, newest.hash if newest else "", newest.number if newest else 0, changed=False, unmarked=left)
    return new_revision(session, actor=actor, manifest=manifest, newest=newest, note=NOTE, now=now)


def _keep(session: Session, *, actor: Actor, course_id: str, exam_id: str, mark: Mark, now: datetime) -> None:
    last = session.scalar(select(func.max(PassMark.number)).where(PassMark.course_id == course_id, PassMark.exam_id == exam_id))
    row = PassMark(
        id=new_id(),
        course_id=course_id,
        exam_id=exam_id,
        number=(last or 0) + 1,
        cut_score=mark.cut_score,
        source=mark.source.strip(),
        set_on=mark.set_on,
        entered_by=_person(actor),
        entered_at=now,
    )
    session.add(row)
    record(
        session,
        actor=actor,
        action="entered the pass mark of an exam",
        object_type="course",
        object_id=course_id,
        now=now,
        reason=row.source,
        details={"exam": exam_id, "cut_score": mark.cut_score, "set_on": mark.set_on.isoformat()},
    )
    session.flush()


def _person(actor: Actor) -> uuid.UUID | None:
    return actor.user_id
