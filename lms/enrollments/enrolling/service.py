"""Enrolling approved nominees, the waiting list of a full class, and withdrawing an officer from a class."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies import telling
from lms.agencies.rules import TIME_ZONES
from lms.audit import service as audit
from lms.enrollments import service as classes
from lms.enrollments.enrolling import queries, rules
from lms.enrollments.enrolling.queries import NomineeRow
from lms.enrollments.enrolling.rules import AskedBy, Place
from lms.enrollments.models import Enrollment, WaitingEnd, WaitingPlace, Withdrawal
from lms.enrollments.queries import OfferingDetail
from lms.enrollments.rules import MODE_LABELS
from lms.enrollments.service import ClassIsOver
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.ids import new_id
from lms.notices.rules import Kind


class NoSuchNominee(NotFound):
    """There is no such nomination for the course of this class."""


class NoSuchEnrollment(NotFound):
    """There is no such enrollment."""


class NotQualified(Conflict):
    """A condition of coming into a class is not met (R-14)."""


class NobodyToMoveUp(Conflict):
    """No place is free, or nobody on the waiting list can take it."""


class AlreadyWithdrawn(Conflict):
    """The officer has withdrawn from the class."""


class NoReason(Invalid):
    """What ends says why."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How many came into a class, and how many wait for a place."""

    enrolled: int
    waiting: int


def enroll(session: Session, *, actor: Identity, offering_id: uuid.UUID, nomination_ids: Collection[uuid.UUID], now: datetime) -> Enrolled:
    """Enroll approved nominees; who finds no free place waits for one, behind those who wait already. All of them or none.

    Whoever is in the class or waits already stays so. Raises NoSuchNominee, NotQualified and ClassIsOver.
    """
    offering = _open_class(session, offering_id=offering_id, now=now)
    found = queries.chosen(session, offering=offering, nomination_ids=nomination_ids, now=now)
    if len(found) != len(set(nomination_ids)):
        raise NoSuchNominee("There is no such nomination for this course.")
    coming = _coming(found)
    ahead = queries.waiting_list(session, offering_id=offering_id)
    enrolled, _ = rules.shared_out(len(coming), free=offering.plan.capacity - offering.taken, waiting=len(ahead))
    for one in coming[:enrolled]:
        _enroll(session, actor=actor, offering=offering, one=one, now=now)
    for one in coming[enrolled:]:
        _list(session, actor=actor, offering_id=offering_id, one=one, now=now)
    return Enrolled(enrolled, len(coming) - enrolled)


def _open_class(session: Session, *, offering_id: uuid.UUID, now: datetime) -> OfferingDetail:
    offering = classes.locked(session, offering_id=offering_id, now=now)
    fault = rules.fault_of_enrolling(offering.stage)
    if fault:
        raise ClassIsOver(fault)
    return offering


def _coming(found: Sequence[NomineeRow]) -> list[NomineeRow]:
    """Those who are neither in the class nor waiting, each officer once. Raises NotQualified when one of them may not come."""
    coming: dict[uuid.UUID, NomineeRow] = {}
    for one in found:
        if one.standing.place in {Place.ENROLLED, Place.WAITING}:
            continue
        unmet = one.unmet
        if unmet or one.officer_id is None:
            raise NotQualified(f"{one.name} cannot be enrolled. {unmet[0].label}: {unmet[0].reason}")
        coming.setdefault(one.officer_id, one)
    return list(coming.values())


def _enroll(session: Session, *, actor: Identity, offering: OfferingDetail, one: NomineeRow, now: datetime) -> None:
    made = Enrollment(
        id=new_id(),
        offering_id=offering.id,
        officer_id=one.officer_id,
        agency_id=one.agency_id,
        nomination_id=one.nomination_id,
        enrolled_by=actor.user_id,
        enrolled_at=now,
    )
    session.add(made)
    session.flush()
    _tell_of_class(session, made, offering, now=now)
    details = {"offering": str(offering.id), "officer": str(one.officer_id), "nomination": str(one.nomination_id)}
    audit.record(
        session,
        actor=actor,
        action="enrolled an officer",
        object_type="enrollment",
        object_id=made.id,
        agency_id=one.agency_id,
        details=details,
        now=now,
    )


def _tell_of_class(session: Session, made: Enrollment, offering: OfferingDetail, *, now: datetime) -> None:
    plan = offering.plan
    facts: telling.Facts = {
        "title": plan.title,
        "day": plan.starts_on,
        "last_day": plan.ends_on,
        "place": plan.place or MODE_LABELS[plan.mode].casefold(),
        "zone": TIME_ZONES[plan.time_zone],
    }
    reader = telling.officer_reader(session, officer_id=made.officer_id, agency_id=made.agency_id)
    path = f"/enrollments/{made.id}/timetable"
    telling.tell(session, reader=reader, kind=Kind.CLASS_STARTS, key=f"class:{offering.id}", facts=facts, path=path, now=now)


# --- The waiting list -----------------------------------------------------------------------------------------------


def _list(session: Session, *, actor: Identity, offering_id: uuid.UUID, one: NomineeRow, now: datetime) -> None:
    number = (session.scalar(select(func.max(WaitingPlace.number)).where(WaitingPlace.offering_id == offering_id)) or 0) + 1
    session.add(
        WaitingPlace(
            offering_id=offering_id,
            number=number,
            nomination_id=one.nomination_id,
            officer_id=one.officer_id,
            listed_by=actor.user_id,
            at=now,
        )
    )
    session.flush()
    _tell_of_waiting(session, actor, "put an officer on a waiting list", offering_id, number, one.agency_id, now)


def _tell_of_waiting(
    session: Session, actor: Identity, action: str, offering_id: uuid.UUID, number: int, agency_id: uuid.UUID | None, now: datetime
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="offering",
        object_id=offering_id,
        agency_id=agency_id,
        details={"place": number},
        now=now,
    )


def move_up(session: Session, *, actor: Identity, offering_id: uuid.UUID, now: datetime) -> int:
    """Enroll from the waiting list as many as there are free places, in its order. Who may not come now keeps waiting."""
    offering = _open_class(session, offering_id=offering_id, now=now)
    listed = queries.waiting_list(session, offering_id=offering_id)
    ids = [one.nomination_id for one in listed]
    rows = {one.nomination_id: one for one in queries.chosen(session, offering=offering, nomination_ids=ids, now=now)}
    may_come = [one for one in listed if one.nomination_id in rows and _only_waits(rows[one.nomination_id])]
    moved = may_come[: max(0, offering.plan.capacity - offering.taken)]
    if not moved:
        raise NobodyToMoveUp("No place is free, or nobody on the waiting list meets every condition now.")
    for one in moved:
        _end_waiting(session, actor=actor, offering_id=offering_id, number=one.number, enrolled=True, reason="Enrolled", now=now)
        _enroll(session, actor=actor, offering=offering, one=rows[one.nomination_id], now=now)
    return len(moved)


def _only_waits(one: NomineeRow) -> bool:
    """Whether nothing but waiting stands in the way."""
    return one.officer_id is not None and one.standing.place is Place.WAITING and [gate.id for gate in one.unmet] == ["place"]


def _end_waiting(
    session: Session, *, actor: Identity, offering_id: uuid.UUID, number: int, enrolled: bool, reason: str, now: datetime
) -> None:
    session.add(WaitingEnd(offering_id=offering_id, number=number, enrolled=enrolled, reason=reason, ended_by=actor.user_id, at=now))
    session.flush()


def leave_waiting_list(session: Session, *, actor: Identity, offering_id: uuid.UUID, number: int, reason: str, now: datetime) -> None:
    """Take an officer off the waiting list of a class."""
    classes.locked(session, offering_id=offering_id, now=now)
    if number not in {one.number for one in queries.waiting_list(session, offering_id=offering_id)}:
        raise NoSuchNominee("Nobody waits in this place any more.")
    if not reason.strip():
        raise NoReason("Say why the officer leaves the waiting list.")
    _end_waiting(session, actor=actor, offering_id=offering_id, number=number, enrolled=False, reason=reason.strip(), now=now)
    _tell_of_waiting(session, actor, "took an officer off a waiting list", offering_id, number, None, now)


# --- Leaving a class ------------------------------------------------------------------------------------------------


def withdraw(session: Session, *, actor: Identity, enrollment_id: uuid.UUID, asked_by: AskedBy, reason: str, now: datetime) -> None:
    """End an officer's way through a class. What is recorded stays; the place is free."""
    session.execute(select(Enrollment.id).where(Enrollment.id == enrollment_id).with_for_update())
    found = queries.enrolled_officer(session, enrollment_id=enrollment_id)
    if found is None:
        raise NoSuchEnrollment("There is no such enrollment.")
    if found.withdrawn_at is not None:
        raise AlreadyWithdrawn(f"{found.name} has withdrawn from this class already.")
    if not reason.strip():
        raise NoReason("Say why the officer withdraws.")
    session.add(Withdrawal(enrollment_id=enrollment_id, asked_by=asked_by, reason=reason.strip(), withdrawn_by=actor.user_id, at=now))
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="withdrew an officer from a class",
        object_type="enrollment",
        object_id=enrollment_id,
        agency_id=found.agency_id,
        reason=reason.strip(),
        details={"asked_by": asked_by},
        now=now,
    )
