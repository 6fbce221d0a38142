"""Setting by hand how a training day of a class is held."""

import uuid
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.enrollments import service as classes
from lms.enrollments.models import TimetableDay
from lms.enrollments.rules import TIME_OF_DAY
from lms.enrollments.service import ClassIsOver
from lms.enrollments.timetable import queries, rules
from lms.kernel.errors import Invalid, NotFound

LONGEST_ROOM = 120


class NoSuchDay(NotFound):
    """The course of the class has no such day."""


class WrongDay(Invalid):
    """A training day cannot be held so."""


def set_day(  # noqa: PLR0913 - a day has this many sides, each named at the call
    session: Session,
    *,
    actor: Identity,
    offering_id: uuid.UUID,
    day: int,
    held_on: date | None,
    starts: str,
    room: str,
    now: datetime,
) -> None:
    """Say when and where a training day is held. Without a date it lies where it falls. The row before stays on record."""
    offering = classes.locked(session, offering_id=offering_id, now=now)
    if queries.timetable(session, offering=offering, now=now).day(day) is None:
        raise NoSuchDay("This course has no such day.")
    if offering.cancelled:
        raise ClassIsOver("This class was cancelled.")
    fault = rules.fault_of_day(offering.plan, held_on)
    if fault or not TIME_OF_DAY.fullmatch(starts) or len(room) > LONGEST_ROOM:
        raise WrongDay(fault or "Enter the beginning as in 08:00, and the room in a few words.")
    of_day = (TimetableDay.offering_id == offering_id, TimetableDay.day == day)
    number = (session.scalar(select(func.max(TimetableDay.number)).where(*of_day)) or 0) + 1
    told = {"held_on": held_on, "starts": starts, "room": " ".join(room.split())}
    session.add(TimetableDay(offering_id=offering_id, day=day, number=number, set_by=actor.user_id, at=now, **told))
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="set a day of a timetable",
        object_type="offering",
        object_id=offering_id,
        details=told | {"day": day, "held_on": held_on.isoformat() if held_on else ""},
        now=now,
    )
