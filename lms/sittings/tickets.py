"""The door of a sitting: checking identity by a named proctor, and one-time tickets, issued, revoked and recognized."""

import hmac
import secrets
import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.kernel.ids import new_id
from lms.questions import security
from lms.sittings import proctor_rules, proctors, queries, ticket_rules
from lms.sittings.models import IdentityCheck, Ticket, TicketRevocation
from lms.sittings.placing import NotPlaced
from lms.sittings.queries import PlacedOfficer, SittingRow
from lms.sittings.service import note, still_to_hold


class NotThisSitting(Forbidden):
    """Only the proctors named for a sitting act in it (R-11)."""


class TiedToOfficer(Forbidden):
    """The proctor has become involved with the officer since being named (R-11)."""


class NoTicketToRevoke(Conflict):
    """The officer has no ticket that stands."""


class WhyRevoked(Invalid):
    """Revoking a ticket takes a reason."""


def at_door(session: Session, *, actor: Identity, sitting_id: uuid.UUID, now: datetime) -> SittingRow:
    """The sitting, for a proctor who is named for it and has signed the test-security agreement (R-10, R-11)."""
    found = still_to_hold(session, sitting_id=sitting_id, now=now)
    refuse_unnamed(session, actor=actor, sitting_id=sitting_id)
    security.require(session, actor=actor, now=now)
    return found


def refuse_unnamed(session: Session, *, actor: Identity, sitting_id: uuid.UUID) -> None:
    """Refuse whoever is not named to proctor the sitting. Raises NotThisSitting."""
    if not queries.is_named(session, sitting_id=sitting_id, user_id=actor.user_id):
        raise NotThisSitting("You are not named to proctor this sitting. Ask whoever plans it to name you.")


def _officer(session: Session, sitting_id: uuid.UUID, enrollment_id: uuid.UUID) -> PlacedOfficer:
    there = queries.officers(session, sitting_id=sitting_id, enrollment_id=enrollment_id)
    if not there:
        raise NotPlaced("This officer has no place in the sitting.")
    return there[0]


def check_identity(
    session: Session, *, actor: Identity, sitting_id: uuid.UUID, enrollment_id: uuid.UUID, document: str, now: datetime
) -> None:
    """Record that a named proctor compared an officer with a photo document. Again is a further row: the newest is shown.

    Raises NotThisSitting, AgreementNeeded, NotPlaced, TiedToOfficer and SittingIsOver.
    """
    at_door(session, actor=actor, sitting_id=sitting_id, now=now)
    person = _officer(session, sitting_id, enrollment_id)
    side = proctors.proctor_side(session, actor=actor, now=now)
    ties = proctor_rules.ties(side, proctors.officer_of(session, enrollment_id=enrollment_id))
    if ties:
        raise TiedToOfficer(" ".join(ties))
    asked = select(func.max(IdentityCheck.number)).where(
        IdentityCheck.sitting_id == sitting_id, IdentityCheck.enrollment_id == enrollment_id
    )
    number = (session.scalar(asked) or 0) + 1
    session.add(
        IdentityCheck(
            sitting_id=sitting_id,
            enrollment_id=enrollment_id,
            number=number,
            identity_document=document,
            checked_by=actor.user_id,
            at=now,
        )
    )
    details = {"enrollment": str(enrollment_id), "document": document}
    note(session, actor, "checked an officer's identity at a sitting", sitting_id, now, agency_id=person.agency_id, details=details)


def issue(
    session: Session, *, actor: Identity, sitting_id: uuid.UUID, enrollment_ids: Collection[uuid.UUID], now: datetime
) -> dict[uuid.UUID, str]:
    """A new ticket for each of these officers of the sitting, by enrollment, told once; one that stood before is revoked.

    Raises NotThisSitting, AgreementNeeded, NotPlaced and SittingIsOver.
    """
    at_door(session, actor=actor, sitting_id=sitting_id, now=now)
    chosen = sorted(set(enrollment_ids))
    if set(chosen) - {one.enrollment_id for one in queries.officers(session, sitting_id=sitting_id)}:
        raise NotPlaced("One of these officers has no place in the sitting.")
    for old in queries.standing_tickets(session, sitting_id=sitting_id, enrollment_ids=chosen):
        session.add(TicketRevocation(ticket_id=old.id, reason="Replaced by a new ticket", revoked_by=actor.user_id, at=now))
    codes = {one: ticket_rules.minted(secrets.choice) for one in chosen}
    for one, code in codes.items():
        kept = ticket_rules.kept(code, sitting_id=sitting_id, enrollment_id=one)
        who = {"sitting_id": sitting_id, "enrollment_id": one}
        session.add(Ticket(id=new_id(), **who, digest=kept, issued_by=actor.user_id, issued_at=now))
    session.flush()
    note(session, actor, "issued tickets for a sitting", sitting_id, now, details={"enrollments": [str(one) for one in chosen]})
    return codes


def revoke(session: Session, *, actor: Identity, sitting_id: uuid.UUID, enrollment_id: uuid.UUID, reason: str, now: datetime) -> None:
    """Revoke an officer's ticket. Raises NotThisSitting, AgreementNeeded, NoTicketToRevoke and WhyRevoked."""
    at_door(session, actor=actor, sitting_id=sitting_id, now=now)
    if not reason.strip():
        raise WhyRevoked("Say why the ticket is revoked.")
    standing = queries.standing_tickets(session, sitting_id=sitting_id, enrollment_ids=[enrollment_id])
    if not standing:
        raise NoTicketToRevoke("This officer has no ticket that could be revoked.")
    for one in standing:
        session.add(TicketRevocation(ticket_id=one.id, reason=reason.strip(), revoked_by=actor.user_id, at=now))
    details = {"enrollment": str(enrollment_id)}
    note(session, actor, "revoked a ticket of a sitting", sitting_id, now, reason=reason.strip(), details=details)


def recognized(session: Session, *, sitting_id: uuid.UUID, enrollment_id: uuid.UUID, typed: str) -> Ticket | None:
    """The standing ticket of this officer for this sitting that was typed, or None, told apart by nothing but that."""
    offered = ticket_rules.kept(typed, sitting_id=sitting_id, enrollment_id=enrollment_id)
    standing = queries.standing_tickets(session, sitting_id=sitting_id, enrollment_ids=[enrollment_id])
    return next((one for one in standing if hmac.compare_digest(one.digest, offered)), None)
