"""What is recorded of attendance and of hours made up, and what each officer owes."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Officer, User
from lms.enrollments.attendance.rules import Mark
from lms.enrollments.hours import HoursAttended, hours_attended, required_by_day
from lms.enrollments.models import Attendance, Enrollment, MakeUp, MakeUpAnnulment

ByEnrollment = Mapping[uuid.UUID, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The newest row of an officer's day. `number` counts its rows: more than one means that it was corrected."""

    enrollment_id: uuid.UUID
    day: int
    number: int
    mark: Mark
    minutes: int
    reason: str
    by: str
    recorded_at: datetime


def _newest() -> Any:
    later = aliased(Attendance)
    same = (later.enrollment_id == Attendance.enrollment_id, later.day == Attendance.day)
    return ~exists().where(*same, later.number > Attendance.number)


def recorded_on(session: Session, *, offering_id: uuid.UUID, day: int) -> dict[uuid.UUID, Recorded]:
    """What is recorded of a training day of a class, by enrollment."""
    asked = (
        select(Attendance, User.name)
        .join(Enrollment, Enrollment.id == Attendance.enrollment_id)
        .outerjoin(User, User.id == Attendance.recorded_by)
        .where(Enrollment.offering_id == offering_id, Attendance.day == day, _newest())
    )
    return {row.enrollment_id: _recorded(row, name) for row, name in session.execute(asked)}


def _recorded(row: Attendance, name: str | None) -> Recorded:
    told = (row.enrollment_id, row.day, row.number, Mark(row.mark), row.minutes, row.reason)
    return Recorded(*told, name or "The system", row.recorded_at)


def days_of(session: Session, *, enrollment_id: uuid.UUID) -> dict[int, Recorded]:
    """What is recorded of one officer, by training day."""
    asked = (
        select(Attendance, User.name)
        .outerjoin(User, User.id == Attendance.recorded_by)
        .where(Attendance.enrollment_id == enrollment_id, _newest())
    )
    return {row.day: _recorded(row, name) for row, name in session.execute(asked)}


def hours_of(session: Session, *, manifests: Mapping[uuid.UUID, Mapping[str, Any]]) -> dict[uuid.UUID, HoursAttended]:
    """The hours attended of these enrollments, each in the course of its manifest. Two statements; none when nothing must be attended."""
    required = {enrollment_id: required_by_day(manifest) for enrollment_id, manifest in manifests.items()}
    asking = [enrollment_id for enrollment_id, days in required.items() if days]
    attended = _minutes_attended(session, asking) if asking else {}
    made_up = _minutes_made_up(session, asking) if asking else {}
    return {one: hours_attended(days, attended.get(one, {}), made_up.get(one, {})) for one, days in required.items()}


def _minutes_attended(session: Session, enrollment_ids: Collection[uuid.UUID]) -> ByEnrollment:
    found: defaultdict[uuid.UUID, dict[int, int]] = defaultdict(dict)
    asked = select(Attendance.enrollment_id, Attendance.day, Attendance.minutes)
    for enrollment_id, day, minutes in session.execute(asked.where(Attendance.enrollment_id.in_(enrollment_ids), _newest())):
        found[enrollment_id][day] = minutes
    return found


def _minutes_made_up(session: Session, enrollment_ids: Collection[uuid.UUID]) -> ByEnrollment:
    found: defaultdict[uuid.UUID, dict[int, int]] = defaultdict(dict)
    asked = (
        select(MakeUp.enrollment_id, MakeUp.day, func.sum(MakeUp.minutes))
        .where(MakeUp.enrollment_id.in_(enrollment_ids), ~_annulled())
        .group_by(MakeUp.enrollment_id, MakeUp.day)
    )
    for enrollment_id, day, minutes in session.execute(asked):
        found[enrollment_id][day] = int(minutes)
    return found


def _annulled() -> Any:
    return exists().where(MakeUpAnnulment.make_up_id == MakeUp.id)


@dataclass(frozen=True, slots=True)
class MakeUpRow:
    """Hours made up, with what was done instead. `annulled` is the reason why it counts no more, or empty."""

    id: uuid.UUID
    enrollment_id: uuid.UUID
    name: str
    day: int
    minutes: int
    what: str
    held_on: date
    by: str
    recorded_at: datetime
    annulled: str


def make_ups(session: Session, *, offering_id: uuid.UUID | None = None, enrollment_id: uuid.UUID | None = None) -> list[MakeUpRow]:
    """What was made up in a class, or by one officer, the newest first."""
    return _make_ups(session, Enrollment.offering_id == offering_id if offering_id else Enrollment.id == enrollment_id)


def make_up(session: Session, *, make_up_id: uuid.UUID) -> MakeUpRow | None:
    """Hours made up that count, or None."""
    return next((row for row in _make_ups(session, MakeUp.id == make_up_id) if not row.annulled), None)


def _make_ups(session: Session, which: ColumnElement[bool]) -> list[MakeUpRow]:
    asked = (
        select(MakeUp, Officer.name, User.name, MakeUpAnnulment.reason)
        .join(Enrollment, Enrollment.id == MakeUp.enrollment_id)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .outerjoin(User, User.id == MakeUp.recorded_by)
        .outerjoin(MakeUpAnnulment, MakeUpAnnulment.make_up_id == MakeUp.id)
        .where(which)
        .order_by(MakeUp.recorded_at.desc(), MakeUp.id)
        .limit(200)
    )
    return [_make_up_row(*row) for row in session.execute(asked)]


def _make_up_row(row: MakeUp, name: str, by: str | None, reason: str | None) -> MakeUpRow:
    told = (row.id, row.enrollment_id, name, row.day, row.minutes, row.what, row.held_on)
    return MakeUpRow(*told, by or "The system", row.recorded_at, reason or "")


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """How much of a training day's roster is recorded."""

    officers: int
    absent: int


def recorded_days(session: Session, *, offering_id: uuid.UUID) -> dict[int, RecordedDay]:
    """For each training day with anything recorded: how many officers, and how many of them were absent."""
    absent = func.sum(case((Attendance.mark == Mark.ABSENT, 1), else_=0))
    asked = (
        select(Attendance.day, func.count(), absent)
        .join(Enrollment, Enrollment.id == Attendance.enrollment_id)
        .where(Enrollment.offering_id == offering_id, _newest())
        .group_by(Attendance.day)
    )
    return {day: RecordedDay(officers, int(missing)) for day, officers, missing in session.execute(asked)}
