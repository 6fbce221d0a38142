"""Sittings as lists and as one; their officers, named proctors and tickets; the sitting that an officer is due in."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer, User
from lms.agencies.models import Agency
from lms.courses.models import CourseRevision
from lms.enrollments.models import Enrollment, Offering
from lms.enrollments.queries import goes_on, withdrawn
from lms.sittings import rules
from lms.sittings.models import (
    IdentityCheck,
    Sitting,
    SittingCancellation,
    SittingOfficer,
    SittingOfficerRemoval,
    SittingPlan,
    SittingProctor,
    SittingProctorEnd,
    Ticket,
    TicketRevocation,
)
from lms.sittings.rules import Mode, Plan, Stage

SITTINGS_PER_PAGE = 50
OFFICERS_PER_PAGE = 100
DUE_AHEAD = timedelta(hours=24)
"""How long before its window an officer's first page tells of a sitting as the next thing to do."""


def placed() -> ColumnElement[bool]:
    """That an officer's place in a sitting was not taken away."""
    removal = SittingOfficerRemoval
    same = (removal.sitting_id == SittingOfficer.sitting_id, removal.enrollment_id == SittingOfficer.enrollment_id)
    return ~exists().where(*same, removal.number == SittingOfficer.number)


def named() -> ColumnElement[bool]:
    """That somebody is still named to proctor a sitting."""
    end = SittingProctorEnd
    same = (end.sitting_id == SittingProctor.sitting_id, end.user_id == SittingProctor.user_id)
    return ~exists().where(*same, end.number == SittingProctor.number)


def cancelled() -> ColumnElement[bool]:
    """That a sitting was cancelled."""
    return exists().where(SittingCancellation.sitting_id == Sitting.id)


def newest_plan() -> ScalarSelect[int]:
    """The number of the plan of a sitting that counts."""
    return select(func.max(SittingPlan.number)).where(SittingPlan.sitting_id == Sitting.id).correlate(Sitting).scalar_subquery()


def plan_of(row: SittingPlan) -> Plan:
    """A stored plan as the rules see it."""
    return Plan(row.opens_at, row.closes_at, Mode(row.mode), row.place, row.capacity, tuple(row.networks), tuple(row.seb_keys))


@dataclass(frozen=True, slots=True)
class SittingRow:
    """One sitting, with its newest plan."""

    id: uuid.UUID
    offering_id: uuid.UUID
    class_title: str
    exam_id: str
    exam_title: str
    seconds: int
    time_zone: str
    plan: Plan
    number: int
    cancelled: str | None
    """Why it was cancelled; None when it was not."""
    stage: Stage
    officers: int
    proctors: int


def _asked() -> Any:
    here = SittingOfficer.sitting_id == Sitting.id
    officers = select(func.count()).where(here, placed()).correlate(Sitting).scalar_subquery()
    proctors = select(func.count()).where(SittingProctor.sitting_id == Sitting.id, named()).correlate(Sitting).scalar_subquery()
    return (
        select(Sitting, SittingPlan, Offering.title, Offering.time_zone, CourseRevision.manifest, SittingCancellation, officers, proctors)
        .join(SittingPlan, and_(SittingPlan.sitting_id == Sitting.id, SittingPlan.number == newest_plan()))
        .join(Offering, Offering.id == Sitting.offering_id)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .outerjoin(SittingCancellation, SittingCancellation.sitting_id == Sitting.id)
    )


def _row(row: Any, now: datetime) -> SittingRow:
    sitting, planned, title, zone, manifest, ended, officers, proctors = row
    exam = next((one for one in manifest["exams"] if one["id"] == sitting.exam_id), {"title": sitting.exam_id, "minutes": 0})
    plan = plan_of(planned)
    return SittingRow(
        id=sitting.id,
        offering_id=sitting.offering_id,
        class_title=title,
        exam_id=sitting.exam_id,
        exam_title=exam["title"],
        seconds=int(exam["minutes"]) * 60,
        time_zone=zone,
        plan=plan,
        number=planned.number,
        cancelled=None if ended is None else ended.reason,
        stage=rules.stage(plan, cancelled=ended is not None, now=now),
        officers=officers,
        proctors=proctors,
    )


def sittings(session: Session, *, now: datetime, page: int = 1, offering_id: uuid.UUID | None = None) -> list[SittingRow]:
    """One page of the sittings, those that begin last first. One statement."""
    asked = _asked().order_by(SittingPlan.opens_at.desc(), Sitting.id).offset((page - 1) * SITTINGS_PER_PAGE).limit(SITTINGS_PER_PAGE)
    if offering_id is not None:
        asked = asked.where(Sitting.offering_id == offering_id)
    return [_row(row, now) for row in session.execute(asked)]


def sitting_count(session: Session) -> int:
    """How many sittings there are."""
    return session.scalar(select(func.count()).select_from(Sitting)) or 0


def sitting(session: Session, *, sitting_id: uuid.UUID, now: datetime) -> SittingRow | None:
    """The sitting, or None when there is none. One statement."""
    row = session.execute(_asked().where(Sitting.id == sitting_id)).first()
    return None if row is None else _row(row, now)


def proctored_by(session: Session, *, user_id: uuid.UUID | None, now: datetime) -> list[SittingRow]:
    """The sittings that somebody is named to proctor and that are not over for a day yet, the nearest first. One statement."""
    theirs = exists().where(SittingProctor.sitting_id == Sitting.id, SittingProctor.user_id == user_id, named())
    asked = _asked().where(theirs, SittingCancellation.sitting_id.is_(None), SittingPlan.closes_at > now - DUE_AHEAD)
    return [_row(row, now) for row in session.execute(asked.order_by(SittingPlan.opens_at, Sitting.id).limit(SITTINGS_PER_PAGE))]


@dataclass(frozen=True, slots=True)
class PlacedOfficer:
    """An officer who has a place in a sitting."""

    enrollment_id: uuid.UUID
    officer_id: uuid.UUID
    user_id: uuid.UUID
    name: str
    agency_id: uuid.UUID
    agency: str
    number: int
    withdrew: bool


def officers(
    session: Session, *, sitting_id: uuid.UUID, enrollment_id: uuid.UUID | None = None, page: int | None = None
) -> list[PlacedOfficer]:
    """The officers of a sitting by name: all of them, one, or one page. One statement."""
    asked = (
        select(Enrollment.id, Officer.id, Officer.user_id, Officer.name, Agency.id, Agency.name, SittingOfficer.number, withdrawn())
        .select_from(SittingOfficer)
        .join(Enrollment, Enrollment.id == SittingOfficer.enrollment_id)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .join(Agency, Agency.id == Enrollment.agency_id)
        .where(SittingOfficer.sitting_id == sitting_id, placed())
        .order_by(Officer.name, Enrollment.id)
    )
    if enrollment_id is not None:
        asked = asked.where(Enrollment.id == enrollment_id)
    if page is not None:
        asked = asked.offset((page - 1) * OFFICERS_PER_PAGE).limit(OFFICERS_PER_PAGE)
    return [PlacedOfficer(*row) for row in session.execute(asked)]


@dataclass(frozen=True, slots=True)
class FreeOfficer:
    """An officer of the class who has no place in a sitting of the exam that is still to be held."""

    enrollment_id: uuid.UUID
    name: str
    agency: str


def seated(session: Session, *, enrollment_ids: Collection[uuid.UUID], now: datetime) -> frozenset[tuple[uuid.UUID, str]]:
    """Enrollment and exam of those among these officers who have a place in a sitting that is not over. One statement."""
    asked = (
        select(SittingOfficer.enrollment_id, Sitting.exam_id)
        .join(Sitting, Sitting.id == SittingOfficer.sitting_id)
        .join(SittingPlan, and_(SittingPlan.sitting_id == Sitting.id, SittingPlan.number == newest_plan()))
        .where(SittingOfficer.enrollment_id.in_(enrollment_ids), placed(), ~cancelled(), SittingPlan.closes_at > now)
    )
    return frozenset((row[0], row[1]) for row in session.execute(asked))


def free_officers(session: Session, *, of: SittingRow, now: datetime) -> list[FreeOfficer]:
    """The officers of the class without a place in this sitting or another one of the exam that is not over. One statement."""
    seated = (
        select(SittingOfficer.enrollment_id)
        .join(Sitting, Sitting.id == SittingOfficer.sitting_id)
        .join(SittingPlan, and_(SittingPlan.sitting_id == Sitting.id, SittingPlan.number == newest_plan()))
        .where(Sitting.exam_id == of.exam_id, placed(), ~cancelled(), SittingPlan.closes_at > now)
    )
    asked = (
        select(Enrollment.id, Officer.name, Agency.name)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .join(Agency, Agency.id == Enrollment.agency_id)
        .where(Enrollment.offering_id == of.offering_id, ~withdrawn(), Enrollment.id.not_in(seated))
        .order_by(Officer.name, Enrollment.id)
        .limit(rules.LARGEST_SITTING)
    )
    return [FreeOfficer(*row) for row in session.execute(asked)]


@dataclass(frozen=True, slots=True)
class NamedProctor:
    """Somebody who is named to proctor a sitting."""

    user_id: uuid.UUID
    name: str
    number: int
    since: datetime


def proctors_named(session: Session, *, sitting_id: uuid.UUID) -> list[NamedProctor]:
    """The proctors named for a sitting, by name. One statement."""
    asked = (
        select(User.id, User.name, SittingProctor.number, SittingProctor.at)
        .select_from(SittingProctor)
        .join(User, User.id == SittingProctor.user_id)
        .where(SittingProctor.sitting_id == sitting_id, named())
        .order_by(User.name, User.id)
    )
    return [NamedProctor(*row) for row in session.execute(asked)]


def is_named(session: Session, *, sitting_id: uuid.UUID, user_id: uuid.UUID | None) -> bool:
    """Whether somebody is named to proctor a sitting."""
    asked = select(SittingProctor.number).where(SittingProctor.sitting_id == sitting_id, SittingProctor.user_id == user_id, named())
    return session.scalar(asked) is not None


@dataclass(frozen=True, slots=True)
class Due:
    """The sitting of one exam in which an officer has a place: the one that is open, or the next."""

    sitting_id: uuid.UUID
    exam_id: str
    plan: Plan
    stage: Stage
    checked: bool
    """Whether a proctor has checked the officer's identity at its door."""


def due(session: Session, *, enrollment_id: uuid.UUID, now: datetime) -> Mapping[str, Due]:
    """The sitting of each exam in which an officer who is still in the class is due and that is not over. One statement."""
    checked = exists().where(IdentityCheck.sitting_id == Sitting.id, IdentityCheck.enrollment_id == SittingOfficer.enrollment_id)
    asked = (
        select(Sitting, SittingPlan, checked)
        .join(SittingOfficer, SittingOfficer.sitting_id == Sitting.id)
        .join(Enrollment, Enrollment.id == SittingOfficer.enrollment_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(SittingPlan, and_(SittingPlan.sitting_id == Sitting.id, SittingPlan.number == newest_plan()))
        .where(SittingOfficer.enrollment_id == enrollment_id, placed(), goes_on(), ~cancelled(), SittingPlan.closes_at > now)
        .order_by(SittingPlan.opens_at.desc(), Sitting.id)
    )
    found: dict[str, Due] = {}
    for row, planned, is_checked in session.execute(asked):
        plan = plan_of(planned)
        found[row.exam_id] = Due(row.id, row.exam_id, plan, rules.stage(plan, cancelled=False, now=now), checked=is_checked)
    return found


@dataclass(frozen=True, slots=True)
class Checked:
    """That an officer's identity was checked at the door."""

    document: str
    by: str
    at: datetime


def identity_checks(session: Session, *, sitting_id: uuid.UUID) -> dict[uuid.UUID, Checked]:
    """The newest identity check of each officer of a sitting. One statement."""
    asked = (
        select(IdentityCheck.enrollment_id, IdentityCheck.identity_document, User.name, IdentityCheck.at)
        .join(User, User.id == IdentityCheck.checked_by)
        .where(IdentityCheck.sitting_id == sitting_id)
        .order_by(IdentityCheck.number)
    )
    return {row[0]: Checked(*row[1:]) for row in session.execute(asked)}


def revoked() -> ColumnElement[bool]:
    """That a ticket was revoked."""
    return exists().where(TicketRevocation.ticket_id == Ticket.id)


def standing_tickets(session: Session, *, sitting_id: uuid.UUID, enrollment_ids: Collection[uuid.UUID] | None = None) -> list[Ticket]:
    """The tickets of a sitting that were not revoked: those of some officers, or all. One statement."""
    asked = select(Ticket).where(Ticket.sitting_id == sitting_id, ~revoked()).order_by(Ticket.issued_at, Ticket.id)
    if enrollment_ids is not None:
        asked = asked.where(Ticket.enrollment_id.in_(enrollment_ids))
    return list(session.scalars(asked))


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan in the history of a sitting: what it changed, why, by whom and when."""

    number: int
    plan: Plan
    changed: tuple[str, ...]
    reason: str
    by: str
    at: datetime


def history(session: Session, *, sitting_id: uuid.UUID) -> list[PlanRow]:
    """Every plan of a sitting, the newest first. One statement."""
    asked = select(SittingPlan, User.name).outerjoin(User, User.id == SittingPlan.planned_by)
    found: list[PlanRow] = []
    for row, name in session.execute(asked.where(SittingPlan.sitting_id == sitting_id).order_by(SittingPlan.number)):
        plan = plan_of(row)
        found.append(
            PlanRow(row.number, plan, rules.changes(found[-1].plan, plan) if found else (), row.reason, name or "The system", row.at)
        )
    return found[::-1]
