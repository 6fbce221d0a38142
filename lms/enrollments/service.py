"""Opening classes, enrolling officers, and accepting that a class is examined on a public bank."""

import uuid
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies import queries as agencies
from lms.agencies.rules import TIME_ZONES
from lms.audit import service as audit
from lms.courses import queries as courses
from lms.enrollments import queries, rules
from lms.enrollments.models import Enrollment, Offering, PublicBankAcknowledgement
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id


class NotTheNewest(Conflict):
    """A class opens only on the newest revision of a published course."""


class WrongDates(Invalid):
    """The class would end before it starts, or run for too long."""


class NotAMember(Invalid):
    """An officer is enrolled on behalf of the agency served in: without one there is nobody to answer for the officer."""


class NothingToAcknowledge(Conflict):
    """No proctored exam of the class is drawn on a public bank."""


def open_offering(  # noqa: PLR0913 - a class has this many sides, each named at the call
    session: Session,
    *,
    actor: Identity,
    course_hash: str,
    title: str,
    starts_on: date,
    ends_on: date,
    time_zone: str,
    now: datetime,
) -> uuid.UUID:
    """Open a class on the newest revision of a course, to which it stays pinned. Returns its id."""
    _require_head(session, course_hash=course_hash)
    fault = rules.fault_of_dates(starts_on=starts_on, ends_on=ends_on)
    if fault:
        raise WrongDates(fault)
    title = " ".join(title.split())
    if not title or time_zone not in TIME_ZONES:
        raise Invalid("A class needs a name and one of the time zones offered.")
    opened = Offering(
        id=new_id(),
        course_hash=course_hash,
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        time_zone=time_zone,
        opened_by=actor.user_id,
        opened_at=now,
    )
    session.add(opened)
    session.flush()  # enrollments point to it
    details = {"course": course_hash}
    audit.record(session, actor=actor, action="opened a class", object_type="offering", object_id=opened.id, details=details, now=now)
    return opened.id


def _require_head(session: Session, *, course_hash: str) -> None:
    chosen = courses.revision(session, course_hash)
    if chosen is None:
        raise NotFound("There is no such course.")
    head = courses.head(session, chosen.course_id)
    if head is None or head.hash != course_hash:
        raise NotTheNewest("A newer revision of this course was published in the meantime. Choose it, and open the class again.")


def enroll(session: Session, *, actor: Identity, offering_id: uuid.UUID, officer_ids: Collection[uuid.UUID], now: datetime) -> int:
    """Enroll officers, each for the agency served in at this moment, and return how many are new. Those enrolled already stay so."""
    if session.get(Offering, offering_id) is None:
        raise NotFound("There is no such class.")
    coming = set(officer_ids) - queries.enrolled_among(session, offering_id=offering_id, officer_ids=officer_ids)
    served = agencies.agencies_served(session, officer_ids=coming, now=now)
    if served.keys() != coming:
        raise NotAMember("An officer on the list serves in no agency. Invite the officer to an agency first.")
    for officer_id in sorted(coming):
        _enroll_one(session, actor=actor, offering_id=offering_id, officer_id=officer_id, agency_id=served[officer_id], now=now)
    return len(coming)


def _enroll_one(
    session: Session, *, actor: Identity, offering_id: uuid.UUID, officer_id: uuid.UUID, agency_id: uuid.UUID, now: datetime
) -> None:
    made = Enrollment(
        id=new_id(),
        offering_id=offering_id,
        officer_id=officer_id,
        agency_id=agency_id,
        enrolled_by=actor.user_id,
        enrolled_at=now,
    )
    session.add(made)
    audit.record(
        session,
        actor=actor,
        action="enrolled an officer",
        object_type="enrollment",
        object_id=made.id,
        agency_id=agency_id,
        details={"offering": str(offering_id), "officer": str(officer_id)},
        now=now,
    )


def acknowledge_public_bank(session: Session, *, actor: Identity, offering_id: uuid.UUID, now: datetime) -> None:
    """Record an administrator's acceptance that the class is examined on a public bank; a second time changes nothing."""
    if session.get(Offering, offering_id) is None:
        raise NotFound("There is no such class.")
    if actor.user_id is None:
        raise Forbidden("Only a person can accept this.")
    if not queries.relies_on_public_bank(session, offering_id=offering_id):
        raise NothingToAcknowledge("No proctored exam of this class is drawn on a public bank: there is nothing to accept.")
    if queries.public_bank_acknowledged(session, offering_id):
        return
    wording = rules.PUBLIC_BANK_WORDING
    session.add(PublicBankAcknowledgement(offering_id=offering_id, acknowledged_by=actor.user_id, at=now, wording=wording))
    audit.record(
        session,
        actor=actor,
        action="accepted a public question bank",
        object_type="offering",
        object_id=offering_id,
        reason=wording,
        now=now,
    )
