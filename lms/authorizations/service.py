"""What becomes of an authorization: moves with their notices, the officer's acknowledgment, credentials and property."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies.models import Agreement
from lms.audit import service as audit
from lms.authorizations import queries
from lms.authorizations.informing import tell_moved
from lms.authorizations.models import (
    Authorization,
    AuthorizationAcknowledgment,
    AuthorizationMove,
    NoticeDue,
    NoticeGiven,
    PropertyReceipt,
    PropertyReturn,
)
from lms.authorizations.notice_rules import Due, Moved, due_after_move
from lms.authorizations.queries import OBJECT_TYPE, AuthorizationRow
from lms.authorizations.rules import FINAL, Step, fault_of_step
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id

LONGEST_NOTE: Final = 1000


class NoSuchAuthorization(NotFound):
    """There is no such authorization, notice or receipt, or it is not this person's to see."""


class NotSo(Invalid):
    """The authorization cannot move so, or what was sent cannot be kept."""


class OwnAuthorization(Forbidden):
    """Nobody decides about their own authorization."""


class DoneAlready(Conflict):
    """It is on record already."""


def move(session: Session, *, actor: Identity, authorization_id: uuid.UUID, step: Step, now: datetime) -> None:
    """Suspend, reinstate, withdraw or revoke an authorization; the notices that follow are put down with their clocks (R-19)."""
    row = locked(session, authorization_id)
    if actor.officer_id == row.officer_id:
        raise OwnAuthorization("You cannot decide about your own authorization. Another supervisor must.")
    fault = fault_of_step(row.authority, step, now=now)
    if fault:
        raise NotSo(fault)
    add_move(session, actor=actor, row=row, step=step, now=now)
    rule_set = queries.rule_set_of(session, agreement_id=row.agreement_id)
    moved = Moved(step.kind, step.reason, step.effective_at, empties_roster=_empties_roster(session, row, step, now))
    put_down(session, row=row, found=due_after_move(moved, rule_set=rule_set, zone=row.time_zone, now=now), complaint_id=None, now=now)


def locked(session: Session, authorization_id: uuid.UUID) -> AuthorizationRow:
    """The authorization, its agreement locked where the database can: an empty roster is noticed by whoever comes second."""
    under = select(Authorization.agreement_id).where(Authorization.id == authorization_id)
    session.execute(select(Agreement.id).where(Agreement.id.in_(under)).with_for_update())
    row = queries.by_id(session, authorization_id)
    if row is None:
        raise NoSuchAuthorization("There is no such authorization.")
    return row


def _empties_roster(session: Session, row: AuthorizationRow, step: Step, now: datetime) -> bool:
    """Whether nobody else is authorized under the agreement once the move has taken effect."""
    others = (one for one in queries.under_agreement(session, agreement_id=row.agreement_id) if one.id != row.id)
    standings = (one.standing(at=max(step.effective_at, now), known=now) for one in others)
    return step.kind in FINAL and all(found is None or found.has_ended for found in standings)


def add_move(session: Session, *, actor: Identity, row: AuthorizationRow, step: Step, now: datetime) -> None:
    """Record a move that has no fault, with its entry."""
    number = max((one.number for one in row.authority.moves), default=0) + 1
    session.add(
        AuthorizationMove(
            authorization_id=row.id,
            number=number,
            kind=step.kind,
            reason=step.reason,
            note=step.note.strip(),
            until=step.until,
            effective_at=step.effective_at,
            recorded_at=now,
            recorded_by=actor.user_id,
        )
    )
    details = {"kind": step.kind, "because": step.reason, "effective_at": step.effective_at.isoformat()}
    _tell(session, actor, "moved an authorization", row, now, reason=step.note.strip(), details=details)
    tell_moved(session, row, step, number=number, now=now)


def put_down(session: Session, *, row: AuthorizationRow, found: Iterable[Due], complaint_id: uuid.UUID | None, now: datetime) -> None:
    """Put down notices with their clocks; one that was given by what brought it about is recorded as given."""
    for due in found:
        made = NoticeDue(
            id=new_id(),
            authorization_id=row.id,
            complaint_id=complaint_id,
            kind=due.kind,
            label=due.label,
            source=due.source,
            starts_at=due.starts_at,
            due_at=due.due_at,
            recorded_at=now,
        )
        session.add(made)
        session.flush()  # what was given points to it
        if due.given_at is not None:
            session.add(NoticeGiven(notice_id=made.id, note="With the move", recorded_by=None, effective_at=due.given_at, recorded_at=now))


def give_notice(
    session: Session, *, actor: Identity, about: uuid.UUID, notice_id: uuid.UUID, given_at: datetime, note: str, now: datetime
) -> None:
    """Record that a notice about an authorization or a complaint was given. Raises NoSuchAuthorization, DoneAlready, NotSo."""
    due = session.scalar(select(NoticeDue).where(NoticeDue.id == notice_id).with_for_update())
    if due is None or (due.complaint_id or due.authorization_id) != about:
        raise NoSuchAuthorization("There is no such notice.")
    if session.get(NoticeGiven, notice_id) is not None:
        raise DoneAlready("This notice is recorded as given already.")
    if given_at > now:
        raise NotSo("That moment has not come.")
    if not note.strip():
        raise NotSo("Say how and to whom the notice was given.")
    session.add(NoticeGiven(notice_id=notice_id, note=note.strip(), recorded_by=actor.user_id, effective_at=given_at, recorded_at=now))
    row = locked(session, due.authorization_id)
    _tell(session, actor, "gave a notice", row, now, reason=note.strip(), details={"notice": str(notice_id), "kind": due.kind})


def acknowledge(session: Session, *, actor: Identity, authorization_id: uuid.UUID, now: datetime) -> None:
    """Record that the officer read the own letter and its limits. Doing it again changes nothing."""
    row = queries.authorization(session, identity=actor, authorization_id=authorization_id)
    if row is None or row.officer_id != actor.officer_id:
        raise NoSuchAuthorization("There is no such authorization.")
    if row.acknowledged_at is not None:
        return
    session.add(AuthorizationAcknowledgment(authorization_id=row.id, at=now))
    _tell(session, actor, "acknowledged an authorization", row, now)


def hand_out(
    session: Session, *, actor: Identity, authorization_id: uuid.UUID, kind: str, serial: str, issued_on: date, now: datetime
) -> uuid.UUID:
    """Record that a credential or other property was handed to the officer. Returns the receipt's id."""
    row = locked(session, authorization_id)
    if row.standing_now(now).has_ended:
        raise NotSo("This authorization has ended: nothing more is handed out under it.")
    if not serial.strip():
        raise NotSo("Enter the serial number, or what tells the thing apart.")
    made = PropertyReceipt(
        id=new_id(),
        authorization_id=row.id,
        kind=kind,
        serial=serial.strip(),
        issued_on=issued_on,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(made)
    _tell(session, actor, "handed out property", row, now, details={"kind": kind})
    return made.id


def take_back(
    session: Session, *, actor: Identity, authorization_id: uuid.UUID, receipt_id: uuid.UUID, returned_on: date, note: str, now: datetime
) -> None:
    """Record that property came back. Raises DoneAlready for a second return."""
    receipt = session.get(PropertyReceipt, receipt_id)
    if receipt is None or receipt.authorization_id != authorization_id:
        raise NoSuchAuthorization("There is no such receipt.")
    if session.get(PropertyReturn, receipt_id) is not None:
        raise DoneAlready("This has come back already.")
    if returned_on < receipt.issued_on:
        raise NotSo("It cannot come back before it was handed out.")
    session.add(
        PropertyReturn(receipt_id=receipt_id, returned_on=returned_on, note=note.strip(), recorded_by=actor.user_id, recorded_at=now)
    )
    row = locked(session, authorization_id)
    _tell(session, actor, "took property back", row, now, details={"kind": receipt.kind})


def _tell(
    session: Session,
    actor: Identity,
    action: str,
    row: AuthorizationRow,
    now: datetime,
    *,
    reason: str | None = None,
    details: dict[str, str] | None = None,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type=OBJECT_TYPE,
        object_id=row.id,
        agency_id=row.agency_id,
        reason=reason,
        details=details,
        now=now,
    )
