"""Creating agencies, taking up invitations, and moving an officer from one agency to another."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import Officer
from lms.accounts.rules import Identity
from lms.accounts.service import Welcome
from lms.agencies import queries
from lms.agencies.models import Agency, Membership
from lms.agencies.rules import STATES, TIME_ZONES, AgencyKind
from lms.audit import service as audit
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id


class AgencyExists(Conflict):
    """The State already has an agency of that name here."""


class NoSuchPlace(Invalid):
    """The State or the time zone is none that is offered."""


class NoSuchOfficer(NotFound):
    """No such officer serves in the agency."""


class CannotMove(Invalid):
    """An officer cannot move so."""


def create_agency(
    session: Session, *, actor: Identity, name: str, kind: AgencyKind, state: str, time_zone: str, now: datetime
) -> uuid.UUID:
    """Remember a new agency and return its id. Raises AgencyExists for a second one of the name in its State."""
    name = " ".join(name.split())
    if not name:
        raise Invalid("Enter the full name of the agency.")
    if state not in STATES or time_zone not in TIME_ZONES:
        raise NoSuchPlace("Choose a State and a time zone from the lists.")
    if session.scalar(select(Agency.id).where(Agency.name == name, Agency.state == state)) is not None:
        raise AgencyExists(f"{name} in {STATES[state]} is already here. Open it from the list of agencies.")
    agency = Agency(id=new_id(), name=name, kind=kind, state=state, time_zone=time_zone, created_by=actor.user_id, created_at=now)
    session.add(agency)
    session.flush()  # memberships point to it
    audit.record(session, actor=actor, action="created an agency", object_type="agency", object_id=agency.id, agency_id=agency.id, now=now)
    return agency.id


def take_up(session: Session, *, secret: str, name: str, password_hash: str, now: datetime, email: str = "") -> Welcome:
    """Make the account that an invitation offers; an officer joins the agency that invited."""
    welcome = accounts.take_up(session, secret=secret, name=name, email=email, password_hash=password_hash, now=now)
    return _joined(session, welcome, now=now)


def take_up_as(session: Session, *, actor: Identity, secret: str, now: datetime) -> Welcome:
    """Add the role that an invitation offers to the signed-in person; an officer joins the agency that invited."""
    return _joined(session, accounts.take_up_as(session, actor=actor, secret=secret, now=now), now=now)


def _joined(session: Session, welcome: Welcome, *, now: datetime) -> Welcome:
    if welcome.officer_id is not None and welcome.agency_id is not None:
        join(session, officer_id=welcome.officer_id, agency_id=welcome.agency_id, now=now)
    return welcome


def join(session: Session, *, officer_id: uuid.UUID, agency_id: uuid.UUID, now: datetime) -> None:
    """From now on the officer serves in the agency; joining the one already served in changes nothing."""
    if queries.agencies_served(session, officer_ids=[officer_id], now=now).get(officer_id) == agency_id:
        return
    session.add(Membership(id=new_id(), officer_id=officer_id, agency_id=agency_id, effective_at=now, recorded_at=now))


def move_officer(
    session: Session, *, actor: Identity, officer_id: uuid.UUID, agency_id: uuid.UUID, to: uuid.UUID, reason: str, now: datetime
) -> None:
    """From now on the officer serves in another agency, with the role of officer there. The record of training goes along.

    What comes after is no concern of the agency before; what that agency recorded stays as it was.
    """
    session.execute(select(Officer.id).where(Officer.id == officer_id).with_for_update())
    officer = session.get(Officer, officer_id)
    if officer is None or queries.agencies_served(session, officer_ids=[officer_id], now=now).get(officer_id) != agency_id:
        raise NoSuchOfficer("No such officer serves in this agency.")
    if officer.user_id == actor.user_id:
        raise Forbidden("Nobody moves their own role. Ask another administrator.")
    if to == agency_id or session.get(Agency, to) is None:
        raise CannotMove("Choose another agency than the one served in.")
    if not reason.strip():
        raise CannotMove("Say why the officer moves.")
    accounts.move_officer_role(session, actor=actor, user_id=officer.user_id, agency_id=agency_id, to=to, reason=reason.strip(), now=now)
    session.add(Membership(id=new_id(), officer_id=officer_id, agency_id=to, effective_at=now, recorded_at=now))
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="moved an officer to another agency",
        object_type="officer",
        object_id=officer_id,
        agency_id=to,
        reason=reason.strip(),
        details={"from": str(agency_id), "to": str(to)},
        now=now,
    )
