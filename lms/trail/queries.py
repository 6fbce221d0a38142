"""The audit trail as it is shown: a page of entries, one entry, each with its place in the ledger."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.agencies.models import Agency
from lms.audit.entries import AUDIT, LEDGER, reference_of
from lms.audit.models import AuditEntry
from lms.db.types import milliseconds, moment
from lms.ledger import queries as ledger
from lms.ledger.tlog import leaf_hash
from lms.trail.rules import Asked, Place, Proof, proof_of

ENTRIES_PER_PAGE: Final = 50
SYSTEM: Final = "The system"


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry with the names of what it speaks of, its index in the ledger, and what that proves."""

    id: uuid.UUID
    at: datetime
    who: str
    email: str
    action: str
    object_type: str
    object_id: str
    agency: str
    reason: str
    outcome: str
    details: Any
    number: int | None
    proof: Proof

    @property
    def place(self) -> Place:
        """Where the next page begins when this is the last entry of one."""
        return Place(milliseconds(self.at), self.id)


ENTRY: Final = (
    select(
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor_id,
        User.name.label("name"),
        User.email.label("email"),
        AuditEntry.action,
        AuditEntry.object_type,
        AuditEntry.object_id,
        Agency.name.label("agency"),
        AuditEntry.reason,
        AuditEntry.outcome,
        AuditEntry.details,
    )
    .outerjoin(User, User.id == AuditEntry.actor_id)
    .outerjoin(Agency, Agency.id == AuditEntry.agency_id)
)


def entries(session: Session, *, asked: Asked, after: Place | None = None, limit: int = ENTRIES_PER_PAGE) -> list[EntryRow]:
    """The newest entries that match, after a place in the list. Four statements, however long the trail is."""
    found = ENTRY.where(*_conditions(asked)).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)
    if after is not None:
        at = moment(after.at)
        found = found.where(or_(AuditEntry.at < at, and_(AuditEntry.at == at, AuditEntry.id < after.entry_id)))
    return _shown(session, found)


def entry(session: Session, *, entry_id: uuid.UUID) -> EntryRow | None:
    """One entry."""
    return next(iter(_shown(session, ENTRY.where(AuditEntry.id == entry_id))), None)


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.action:
        conditions.append(func.lower(AuditEntry.action).contains(asked.action.lower(), autoescape=True))
    if asked.outcome:
        conditions.append(AuditEntry.outcome == asked.outcome)
    if asked.who:
        conditions.append(_by(asked.who))
    if asked.object:
        conditions.append(or_(AuditEntry.object_id == asked.object, AuditEntry.object_type == asked.object))
    if asked.agency_id:
        conditions.append(AuditEntry.agency_id == asked.agency_id)
    if asked.since:
        conditions.append(AuditEntry.at >= _midnight(asked.since))
    if asked.until:
        conditions.append(AuditEntry.at < _midnight(asked.until) + timedelta(days=1))
    return conditions


def _by(who: str) -> ColumnElement[bool]:
    if who.casefold() in {"system", SYSTEM.casefold()}:
        return AuditEntry.actor_id.is_(None)
    matching = or_(func.lower(User.name).contains(who.lower(), autoescape=True), User.email == who.lower())
    return AuditEntry.actor_id.in_(select(User.id).where(matching))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _shown(session: Session, asked: Select[*tuple[Any, ...]]) -> list[EntryRow]:
    rows = session.execute(asked).all()
    references = [reference_of(row.id) for row in rows]
    places = ledger.places(session, ledger=LEDGER, references=references)
    texts = AUDIT.texts(session, references)
    newest = ledger.newest_checkpoint(session, ledger=LEDGER)
    signed = newest.size if newest else 0
    shown = []
    for row, reference in zip(rows, references, strict=True):
        leaf, text = places.get(reference), texts.get(reference, "")
        number = leaf.number if leaf else None
        proof = proof_of(number=number, matches=leaf is not None and leaf.hash == leaf_hash(text.encode()), signed=signed)
        shown.append(_row(row, number, proof))
    return shown


def _row(row: Any, number: int | None, proof: Proof) -> EntryRow:
    return EntryRow(
        id=row.id,
        at=row.at,
        who=row.name or (SYSTEM if row.actor_id is None else str(row.actor_id)),
        email=row.email or "",
        action=row.action,
        object_type=row.object_type,
        object_id=row.object_id,
        agency=row.agency or "",
        reason=row.reason or "",
        outcome=row.outcome,
        details=row.details,
        number=number,
        proof=proof,
    )
