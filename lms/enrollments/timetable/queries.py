"""The timetable of a class, with what was set by hand."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.enrollments import queries as classes
from lms.enrollments.hours import training_days
from lms.enrollments.models import Enrollment, TimetableDay
from lms.enrollments.queries import OfferingDetail
from lms.enrollments.timetable import rules
from lms.enrollments.timetable.rules import Day, SetDay


@dataclass(frozen=True, slots=True)
class Timetable:
    """The days of a class, and which of them is today's in its time zone."""

    offering: OfferingDetail
    days: tuple[Day, ...]
    today: Day | None
    over: frozenset[int]

    def day(self, number: int) -> Day | None:
        """The day of that number."""
        return next((day for day in self.days if day.number == number), None)


def timetable(session: Session, *, offering: OfferingDetail, now: datetime) -> Timetable:
    """The timetable of a class. One statement."""
    asked = select(TimetableDay).where(TimetableDay.offering_id == offering.id).order_by(TimetableDay.number)
    by_hand = {row.day: SetDay(row.held_on, row.starts, row.room) for row in session.scalars(asked)}
    days = rules.timetable(training_days(offering.manifest), plan=offering.plan, by_hand=by_hand)
    today = now.astimezone(ZoneInfo(offering.time_zone)).date()
    return Timetable(offering, days, rules.day_on(days, today), rules.over(days, today))


def of_officer(session: Session, *, actor: Identity, enrollment_id: uuid.UUID, now: datetime) -> Timetable | None:
    """The timetable of one of the actor's own classes; None when there is none, or it is another officer's. Four statements."""
    own = select(Enrollment.offering_id).where(Enrollment.id == enrollment_id, Enrollment.officer_id == actor.officer_id)
    offering_id = session.scalar(own)
    offering = None if offering_id is None else classes.offering(session, offering_id=offering_id, now=now)
    return None if offering is None else timetable(session, offering=offering, now=now)
