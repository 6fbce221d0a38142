"""The demonstration's Task Force class: its exam has a pass mark that the demonstration entered, and says so (R-03)."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.courses import pass_marks
from lms.courses.pass_marks import Mark as PassMark
from lms.demo import training
from lms.demo.cast import TASK_FORCE as COURSE
from lms.demo.training import Learner
from lms.enrollments import queries as classes
from lms.enrollments import service as enrollments
from lms.enrollments.attendance.rules import Mark
from lms.enrollments.enrolling import service as enrolling
from lms.enrollments.rules import Mode, Plan

EXAM: Final = "task-force-exam-1"
ZONE: Final = ZoneInfo("America/Los_Angeles")
SOURCE: Final = "A figure of this demonstration alone: entered so that the course can be shown. ICE has set none that is known here."
FIRST: Final = "Dana Whitlock"
"""The officer who has taken the lessons of the first day."""


def enter_the_mark(session: Session, *, actor: Identity, now: datetime) -> None:
    """Enter the pass mark that the demonstration chose, which publishes the course."""
    waiting = {one.course_id for one in pass_marks.waiting(session)}
    if COURSE in waiting:
        mark = PassMark(70_000, SOURCE, now.date())
        pass_marks.enter(session, actor=actor, course_id=COURSE, exam_id=EXAM, mark=mark, now=now)
        session.flush()


def open_class(
    session: Session, *, actor: Identity, teacher: Identity, nominations: list[uuid.UUID], officers: Mapping[str, Identity], now: datetime
) -> None:
    """A class of the course that began two days ago: its first day is attended, and one officer has taken the lessons of that day."""
    begins_on = now.astimezone(ZONE).date() - timedelta(days=2)
    course = training.course_of(session, COURSE)
    offering_id = enrollments.open_offering(session, actor=actor, course_hash=course.hash, plan=_plan(begins_on, teacher), now=now)
    enrolling.enroll(session, actor=actor, offering_id=offering_id, nomination_ids=nominations, now=now)
    learners = {row.name: row.enrollment_id for row in classes.roster(session, offering_id=offering_id)}
    held = datetime.combine(begins_on, time(9), ZONE)
    training.attends(
        session,
        actor=teacher,
        offering_id=offering_id,
        day=1,
        marks=dict.fromkeys(learners.values(), Mark.PRESENT),
        now=held + timedelta(hours=9),
    )
    wanted = course.manifest["days"][0]["lessons"]
    training.studies(session, Learner(officers[FIRST], learners[FIRST]), course_id=COURSE, wanted=wanted, now=held)


def _plan(begins_on: date, teacher: Identity) -> Plan:
    return Plan(
        title="Task Force class 26-01",
        starts_on=begins_on,
        ends_on=begins_on + timedelta(days=20),
        time_zone=str(ZONE),
        mode=Mode.BLENDED,
        place="Juniper Flats Police Academy",
        state="NV",
        capacity=12,
        instructors=frozenset({teacher.user_id} if teacher.user_id else ()),
        weekends=True,
    )
