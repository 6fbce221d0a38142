"""Writing the audit trail."""

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.entries import LEDGER, reference_of
from lms.audit.models import AuditEntry
from lms.kernel.ids import new_id
from lms.ledger import service as ledger

REFUSED: Final = "refused"
"""The outcome of an act that was asked for and not done."""
REFUSALS_KEPT: Final = 20
REFUSALS_WITHIN: Final = timedelta(minutes=10)


class Actor(Protocol):
    """Whoever acts: a signed-in person, or the system itself (no id)."""

    @property
    def user_id(self) -> uuid.UUID | None: ...


def record(  # noqa: PLR0913 - an entry has this many sides, each named at the call
    session: Session,
    *,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: object,
    now: datetime,
    agency_id: uuid.UUID | None = None,
    reason: str | None = None,
    outcome: str = "done",
    details: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Add one entry to the change under way: it is committed with the change or not at all. Its place in the ledger follows.

    `action` is a past-tense sentence without its subject ("opened a class"); `details` is plain JSON without personal values.
    """
    entry = AuditEntry(
        id=new_id(),
        at=now,
        actor_id=actor.user_id,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        agency_id=agency_id,
        reason=reason,
        outcome=outcome,
        details=dict(details or {}),
    )
    session.add(entry)
    ledger.enter(session, ledger=LEDGER, reference=reference_of(entry.id), at=now)
    return entry


def commitment(value: str) -> str:
    """A salted commitment to a personal value: `salt:sha256(salt || value)`, so that the entry proves it without showing it."""
    salt = secrets.token_hex(16)
    return f"{salt}:{hashlib.sha256(bytes.fromhex(salt) + value.encode()).hexdigest()}"


def record_refusal(
    session: Session, *, actor: Actor, asked: str, place: str, reason: str, details: Mapping[str, object], now: datetime
) -> AuditEntry | None:
    """Record that somebody asked for an act that is not theirs: `asked` says which ("issue certificates"), `place` where on the site.

    Of one person twenty are kept in ten minutes, so that nobody fills the trail by asking; what comes after leaves nothing.
    """
    recent = select(AuditEntry.id).where(
        AuditEntry.actor_id == actor.user_id, AuditEntry.at > now - REFUSALS_WITHIN, AuditEntry.outcome == REFUSED
    )
    if len(session.scalars(recent.limit(REFUSALS_KEPT)).all()) == REFUSALS_KEPT:
        return None
    return record(
        session,
        actor=actor,
        action=f"tried to {asked}",
        object_type="page",
        object_id=place,
        reason=reason,
        outcome=REFUSED,
        details=details,
        now=now,
    )
