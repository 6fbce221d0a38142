"""Writing the audit trail."""

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from lms.audit.models import AuditEntry
from lms.kernel.ids import new_id


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
    """Add one entry to the change under way: it is committed with the change or not at all.

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
    return entry


def commitment(value: str) -> str:
    """A salted commitment to a personal value: `salt:sha256(salt || value)`, so that the entry proves it without showing it."""
    salt = secrets.token_hex(16)
    return f"{salt}:{hashlib.sha256(bytes.fromhex(salt) + value.encode()).hexdigest()}"
