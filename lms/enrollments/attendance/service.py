"""Recording who attended a training day, correcting it, and recording hours made up."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.enrollments import queries as classes
from lms.enrollments import service as class_service
from lms.enrollments.attendance import queries, rules
from lms.enrollments.attendance.queries import Recorded
from lms.enrollments.attendance.rules import Entry
from lms.enrollments.hours import hours_of_day
from lms.enrollments.models import Attendance, Enrollment, MakeUp, MakeUpAnnulment
from lms.enrollments.queries import OfferingDetail
from lms.enrollments.service import ClassIsOver
from lms.enrollments.timetable import queries as timetables
from lms.enrollments.timetable.rules import Day
from lms.enrollments.timetable.service import NoSuchDay
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.ids import new_id


class NotInClass(NotFound):
    """There is no such officer in the class, or they have withdrawn."""


class DayNotHeld(Conflict):
    """The day has no date, or its date has not come."""


class CorrectionNeedsReason(Invalid):
    """What was recorded before is corrected only with a reason."""


class CannotMakeUp(Invalid):
    """Hours cannot be made up so."""


class NoSuchMakeUp(NotFound):
    """There is no such make-up that counts."""


def record_day(
    session: Session,
    *,
    actor: Identity,
    offering_id: uuid.UUID,
    day: int,
    entries: Mapping[uuid.UUID, Entry],
    reason: str,
    now: datetime,
) -> int:
    """Record how officers attended a training day, and return how many rows are new. What stands already adds none.

    Raises NoSuchDay, DayNotHeld, NotInClass, and CorrectionNeedsReason when something recorded before changes without one.
    """
    offering = class_service.locked(session, offering_id=offering_id, now=now)
    held = _held_day(session, offering, day, now)
    present = {row.enrollment_id for row in classes.roster(session, offering_id=offering_id) if row.is_in_class}
    if not entries.keys() <= present:
        raise NotInClass("There is no such officer in this class.")
    before = queries.recorded_on(session, offering_id=offering_id, day=day)
    new = {one: entry for one, entry in entries.items() if one not in before or _differs(before[one], entry)}
    corrected = sorted(str(one) for one in new.keys() & before.keys())
    if corrected and not reason.strip():
        raise CorrectionNeedsReason("Something recorded before changes. Say why it is corrected; both stay on record.")
    for enrollment_id, entry in new.items():
        old = before.get(enrollment_id)
        told = {"mark": entry.mark, "minutes": entry.minutes, "held_on": held.held_on, "recorded_by": actor.user_id, "recorded_at": now}
        which = {"enrollment_id": enrollment_id, "day": day, "number": old.number + 1 if old else 1}
        session.add(Attendance(**which, **told, reason=reason.strip() if old else ""))
    session.flush()
    if new:
        details = {"day": day, "officers": len(new), "corrected": corrected}
        _tell(session, actor, "recorded attendance", offering_id, now, reason=reason.strip() if corrected else None, details=details)
    return len(new)


def _held_day(session: Session, offering: OfferingDetail, day: int, now: datetime) -> Day:
    found = timetables.timetable(session, offering=offering, now=now).day(day)
    if found is None:
        raise NoSuchDay("This course has no such day.")
    if offering.cancelled:
        raise ClassIsOver("This class was cancelled.")
    if found.held_on is None or found.held_on > _today(offering, now):
        raise DayNotHeld("Attendance is recorded on the day or after it. Set the date of the day in the timetable if it was held earlier.")
    return found


def _today(offering: OfferingDetail, now: datetime) -> date:
    return now.astimezone(ZoneInfo(offering.time_zone)).date()


def _differs(old: Recorded, entry: Entry) -> bool:
    return (old.mark, old.minutes) != (entry.mark, entry.minutes)


def _tell(
    session: Session, actor: Identity, action: str, offering_id: uuid.UUID, now: datetime, *, reason: str | None, details: dict[str, object]
) -> None:
    audit.record(
        session, actor=actor, action=action, object_type="offering", object_id=offering_id, reason=reason, details=details, now=now
    )


# --- Make-up --------------------------------------------------------------------------------------------------------


def make_up(  # noqa: PLR0913 - hours made up have this many sides, each named at the call
    session: Session, *, actor: Identity, enrollment_id: uuid.UUID, day: int, minutes: int, what: str, held_on: date, now: datetime
) -> uuid.UUID:
    """Record that owed hours of a training day were made up: what was done instead, and when. Returns its id."""
    offering = _class_of(session, enrollment_id, now)
    hours = queries.hours_of(session, manifests={enrollment_id: offering.manifest})[enrollment_id]
    of_day = hours_of_day(hours, offering.manifest, day)
    if of_day is None:
        raise NoSuchDay("This course has no such day.")
    fault = rules.fault_of_making_up(
        minutes=minutes, owed=of_day.owed, held_on=held_on, starts_on=offering.starts_on, today=_today(offering, now)
    )
    if fault or not what.strip():
        raise CannotMakeUp(fault or "Say what was done to make the hours up.")
    made = MakeUp(
        id=new_id(),
        enrollment_id=enrollment_id,
        day=day,
        minutes=minutes,
        what=" ".join(what.split()),
        held_on=held_on,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(made)
    session.flush()
    details: dict[str, object] = {"enrollment": str(enrollment_id), "day": day, "minutes": minutes}
    _tell(session, actor, "recorded hours made up", offering.id, now, reason=None, details=details)
    return made.id


def _class_of(session: Session, enrollment_id: uuid.UUID, now: datetime) -> OfferingDetail:
    """The class of somebody who is in it, locked. Raises NotInClass."""
    offering_id = session.scalar(select(Enrollment.offering_id).where(Enrollment.id == enrollment_id, ~classes.withdrawn()))
    if offering_id is None:
        raise NotInClass("There is no such officer in this class.")
    return class_service.locked(session, offering_id=offering_id, now=now)


def annul_make_up(session: Session, *, actor: Identity, make_up_id: uuid.UUID, reason: str, now: datetime) -> uuid.UUID:
    """Let hours made up count no more, because they were recorded wrongly. Returns the class."""
    session.execute(select(MakeUp.id).where(MakeUp.id == make_up_id).with_for_update())
    found = session.get(MakeUp, make_up_id)
    if found is None or session.get(MakeUpAnnulment, make_up_id) is not None:
        raise NoSuchMakeUp("There is no such make-up that counts.")
    if not reason.strip():
        raise CorrectionNeedsReason("Say why these hours count no more.")
    session.add(MakeUpAnnulment(make_up_id=make_up_id, reason=reason.strip(), annulled_by=actor.user_id, at=now))
    offering_id = session.execute(select(Enrollment.offering_id).where(Enrollment.id == found.enrollment_id)).scalar_one()
    _tell(session, actor, "annulled hours made up", offering_id, now, reason=reason.strip(), details={"make_up": str(make_up_id)})
    return offering_id
