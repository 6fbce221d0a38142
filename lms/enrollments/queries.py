"""Classes with their plans and their rosters."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Grant, Officer, User
from lms.accounts.permissions import Role
from lms.accounts.queries import held
from lms.agencies.models import Agency
from lms.courses.manifest import lessons_of
from lms.courses.models import CourseLesson, CourseRevision
from lms.enrollments import rules
from lms.enrollments.hours import online_minutes
from lms.enrollments.models import (
    Completion,
    Enrollment,
    Offering,
    OfferingCancellation,
    OfferingInstructor,
    OfferingNumber,
    OfferingPlan,
    Withdrawal,
)
from lms.enrollments.rules import Mode, Plan, Stage

OFFERINGS_PER_PAGE = 50


def withdrawn() -> ColumnElement[bool]:
    """That an enrollment has ended by a withdrawal."""
    return exists().where(Withdrawal.enrollment_id == Enrollment.id)


def cancelled() -> ColumnElement[bool]:
    """That a class was cancelled."""
    return exists().where(OfferingCancellation.offering_id == Offering.id)


def goes_on() -> ColumnElement[bool]:
    """That nothing has ended an enrollment: neither its withdrawal nor the cancellation of its class."""
    return and_(~withdrawn(), ~cancelled())


def _newest_plan() -> ScalarSelect[int]:
    return select(func.max(OfferingPlan.number)).where(OfferingPlan.offering_id == Offering.id).correlate(Offering).scalar_subquery()


@dataclass(frozen=True, slots=True)
class OfferingRow:
    """One class in a list."""

    id: uuid.UUID
    number: str
    title: str
    course_title: str
    course_number: int
    program_model: str
    starts_on: date
    ends_on: date
    stage: Stage
    officers: int


def offerings(session: Session, *, now: datetime, page: int = 1) -> list[OfferingRow]:
    """One page of the classes, those that start last first, with the officers who have not withdrawn."""
    return _listed(session, now, (page - 1) * OFFERINGS_PER_PAGE, OFFERINGS_PER_PAGE)


def classes_taught(session: Session, *, user_id: uuid.UUID, now: datetime, most: int) -> list[OfferingRow]:
    """The newest classes that somebody is an instructor of record of, and that are not over."""
    newest = _newest_plan()
    theirs = exists().where(
        OfferingInstructor.offering_id == Offering.id, OfferingInstructor.number == newest, OfferingInstructor.user_id == user_id
    )
    found = _listed(session, now, 0, most, theirs, Offering.ends_on >= now.date(), ~cancelled())
    return [row for row in found if row.stage is not Stage.FINISHED]


def _listed(session: Session, now: datetime, first: int, most: int, *conditions: ColumnElement[bool]) -> list[OfferingRow]:
    officers = select(func.count()).where(Enrollment.offering_id == Offering.id, ~withdrawn()).correlate(Offering).scalar_subquery()
    course = (CourseRevision.title, CourseRevision.number, CourseRevision.program_model)
    asked = (
        select(Offering, OfferingNumber.year, OfferingNumber.ordinal, *course, cancelled(), officers)
        .join(OfferingNumber, OfferingNumber.offering_id == Offering.id)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .where(*conditions)
        .order_by(Offering.starts_on.desc(), Offering.title, Offering.id)
        .offset(first)
        .limit(most)
    )
    return [_offering_row(row, now) for row in session.execute(asked)]


def _offering_row(row: Any, now: datetime) -> OfferingRow:
    found, year, ordinal, course, revision, model, called_off, officers = row
    return OfferingRow(
        id=found.id,
        number=rules.class_number(year, ordinal),
        title=found.title,
        course_title=course,
        course_number=revision,
        program_model=model,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        stage=rules.stage(starts_on=found.starts_on, ends_on=found.ends_on, time_zone=found.time_zone, cancelled=called_off, now=now),
        officers=officers,
    )


def offering_count(session: Session) -> int:
    """How many classes there are."""
    return session.scalar(select(func.count()).select_from(Offering)) or 0


@dataclass(frozen=True, slots=True)
class PlannedExam:
    """An exam as the course revision of a class plans it."""

    id: str
    title: str
    minutes: int
    proctored: bool
    bank: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Why a class was cancelled, and when."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferingDetail:
    """One class, with its newest plan and what its course revision asks for. `taken`: places that are not free."""

    id: uuid.UUID
    number: str
    title: str
    plan: Plan
    plan_number: int
    instructors: tuple[str, ...]
    cancelled: Cancelled | None
    stage: Stage
    taken: int
    course_hash: str
    course_id: str
    course_title: str
    course_number: int
    program_model: str
    manifest: Mapping[str, Any]
    lessons: int
    minutes: int
    exams: tuple[PlannedExam, ...]

    @property
    def starts_on(self) -> date:
        return self.plan.starts_on

    @property
    def ends_on(self) -> date:
        return self.plan.ends_on

    @property
    def time_zone(self) -> str:
        return self.plan.time_zone

    @property
    def is_open(self) -> bool:
        """Whether officers can still come in."""
        return self.stage in {Stage.PLANNED, Stage.UNDER_WAY}


def offering(session: Session, *, offering_id: uuid.UUID, now: datetime) -> OfferingDetail | None:
    """The class, or None when there is none. Two statements."""
    newest = _newest_plan()
    taken = select(func.count()).where(Enrollment.offering_id == Offering.id, ~withdrawn()).correlate(Offering).scalar_subquery()
    asked = (
        select(Offering, OfferingNumber, OfferingPlan, CourseRevision, OfferingCancellation, taken)
        .join(OfferingNumber, OfferingNumber.offering_id == Offering.id)
        .join(OfferingPlan, and_(OfferingPlan.offering_id == Offering.id, OfferingPlan.number == newest))
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .outerjoin(OfferingCancellation, OfferingCancellation.offering_id == Offering.id)
        .where(Offering.id == offering_id)
    )
    row = session.execute(asked).first()
    if row is None:
        return None
    found, number, planned, course, ended, places = row
    named = instructors_of(session, offering_id=offering_id, number=planned.number)
    lessons = lessons_of(course.manifest)
    return OfferingDetail(
        id=found.id,
        number=rules.class_number(number.year, number.ordinal),
        title=found.title,
        plan=plan_of(planned, named),
        plan_number=planned.number,
        instructors=tuple(named.values()),
        cancelled=None if ended is None else Cancelled(ended.reason, ended.at),
        stage=rules.stage(
            starts_on=planned.starts_on, ends_on=planned.ends_on, time_zone=planned.time_zone, cancelled=ended is not None, now=now
        ),
        taken=places,
        course_hash=course.hash,
        course_id=course.course_id,
        course_title=course.title,
        course_number=course.number,
        program_model=course.program_model,
        manifest=course.manifest,
        lessons=len(lessons),
        minutes=sum(online_minutes(lesson["minutes"]) for lesson in lessons),
        exams=planned_exams(course.manifest),
    )


def plan_of(row: OfferingPlan, instructors: Iterable[uuid.UUID]) -> Plan:
    """A stored plan as the rules see it."""
    return Plan(
        title=row.title,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        time_zone=row.time_zone,
        mode=Mode(row.mode),
        place=row.place,
        state=row.state,
        capacity=row.capacity,
        instructors=frozenset(instructors),
        day_starts=row.day_starts,
        weekends=row.weekends,
        days_off=tuple(date.fromisoformat(day) for day in row.days_off),
    )


def instructors_of(session: Session, *, offering_id: uuid.UUID, number: int) -> dict[uuid.UUID, str]:
    """The instructors of record in one plan of a class, by name."""
    asked = select(User.id, User.name).join(OfferingInstructor, OfferingInstructor.user_id == User.id)
    of_plan = (OfferingInstructor.offering_id == offering_id, OfferingInstructor.number == number)
    return {user_id: name for user_id, name in session.execute(asked.where(*of_plan).order_by(User.name, User.id))}  # noqa: C416 - rows are not pairs to the type checker


def instructors_to_name(session: Session, *, now: datetime) -> dict[uuid.UUID, str]:
    """Everybody who holds the role of instructor, by name."""
    asked = select(User.id, User.name).join(Grant, Grant.user_id == User.id).where(Grant.role == Role.INSTRUCTOR, held(now))
    return {user_id: name for user_id, name in session.execute(asked.order_by(User.name, User.id))}  # noqa: C416 - rows are not pairs to the type checker


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan in the history of a class: what it changed, why, by whom and when."""

    number: int
    plan: Plan
    changed: tuple[str, ...]
    reason: str
    by: str
    at: datetime


def history(session: Session, *, offering_id: uuid.UUID) -> list[PlanRow]:
    """Every plan of a class, the newest first. Two statements."""
    taught = defaultdict(set)
    for number, user_id in session.execute(
        select(OfferingInstructor.number, OfferingInstructor.user_id).where(OfferingInstructor.offering_id == offering_id)
    ):
        taught[number].add(user_id)
    asked = select(OfferingPlan, User.name).outerjoin(User, User.id == OfferingPlan.planned_by)
    found: list[PlanRow] = []
    for row, name in session.execute(asked.where(OfferingPlan.offering_id == offering_id).order_by(OfferingPlan.number)):
        plan = plan_of(row, taught[row.number])
        changed = rules.changes(found[-1].plan, plan) if found else ()
        found.append(PlanRow(row.number, plan, changed, row.reason, name or "The system", row.at))
    return found[::-1]


def planned_exams(manifest: Mapping[str, Any]) -> tuple[PlannedExam, ...]:
    """The exams of a course revision."""
    return tuple(
        PlannedExam(exam["id"], exam["title"], exam["minutes"], proctored=exam["proctored"], bank=exam["bank"])
        for exam in manifest["exams"]
    )


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One officer of a class and how far they are. Minutes are those credited for completed lessons of its course revision."""

    enrollment_id: uuid.UUID
    officer_id: uuid.UUID
    name: str
    agency: str
    lessons: int
    minutes: int
    enrolled_at: datetime
    withdrawn_at: datetime | None
    nomination_id: uuid.UUID | None

    @property
    def is_in_class(self) -> bool:
        return self.withdrawn_at is None


def of_pinned_course() -> ColumnElement[bool]:
    """That a completion is of a lesson that the class holds in its course revision of now."""
    return exists().where(CourseLesson.course_hash == Offering.course_hash, CourseLesson.lesson_id == Completion.lesson_id)


def roster(session: Session, *, offering_id: uuid.UUID) -> list[RosterRow]:
    """The officers of a class by name, those who withdrew included."""
    asked = (
        select(
            Enrollment.id,
            Enrollment.officer_id,
            Officer.name,
            Agency.name,
            func.count(Completion.lesson_id),
            func.coalesce(func.sum(Completion.credited_minutes), 0),
            Enrollment.enrolled_at,
            Withdrawal.at,
            Enrollment.nomination_id,
        )
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .join(Agency, Agency.id == Enrollment.agency_id)
        .outerjoin(Withdrawal, Withdrawal.enrollment_id == Enrollment.id)
        .outerjoin(Completion, and_(Completion.enrollment_id == Enrollment.id, of_pinned_course()))
        .where(Enrollment.offering_id == offering_id)
        .group_by(
            Enrollment.id, Enrollment.officer_id, Officer.name, Agency.name, Enrollment.enrolled_at, Withdrawal.at, Enrollment.nomination_id
        )
        .order_by(Officer.name, Enrollment.id)
    )
    return [RosterRow(*row) for row in session.execute(asked)]


def classes_under_way(session: Session, course_hashes: Collection[str], *, now: datetime) -> int:
    """How many classes that are not over stand on these course revisions."""
    asked = select(func.count()).where(Offering.course_hash.in_(course_hashes), Offering.ends_on >= now.date())
    return session.scalar(asked) or 0
