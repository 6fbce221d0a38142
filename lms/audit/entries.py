"""The audit trail as a ledger covers it: each entry as one canonical text that never changes."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from json.encoder import encode_basestring as quoted
from typing import Any, Final, cast

from sqlalchemy import BigInteger, ColumnElement, String, Table, Text, func, select, type_coerce
from sqlalchemy.orm import Session

from lms.audit.models import AuditEntry
from lms.db.types import as_id

LEDGER: Final = "audit"
TABLE: Final = cast("Table", AuditEntry.__table__)
ID: Final[ColumnElement[Any]] = type_coerce(TABLE.c.id, String)
COLUMNS: Final = (
    ID,
    TABLE.c.action,
    type_coerce(TABLE.c.actor_id, String),
    type_coerce(TABLE.c.agency_id, String),
    type_coerce(TABLE.c.at, BigInteger),
    type_coerce(TABLE.c.details, Text),
    TABLE.c.object_id,
    TABLE.c.object_type,
    TABLE.c.outcome,
    TABLE.c.reason,
)
"""As stored, because a whole trail is read: moments in milliseconds since 1970, details as RFC 8785 text, ids as the database has them."""


def reference_of(entry_id: uuid.UUID) -> str:
    """The name of an entry in the ledger: its id in hex."""
    return entry_id.hex


def canonical_text(row: Sequence[Any]) -> str:
    """The entry as RFC 8785 text: members in order, and `details` as it is stored, which is such text already."""
    id_, action, actor_id, agency_id, at, details, object_id, object_type, outcome, reason = row
    return (
        f'{{"action":{quoted(action)},"actor_id":{_id(actor_id)},"agency_id":{_id(agency_id)},"at":{at},"details":{details},'
        f'"id":{_id(id_)},"object_id":{quoted(object_id)},"object_type":{quoted(object_type)},"outcome":{quoted(outcome)},'
        f'"reason":{"null" if reason is None else quoted(reason)}}}'
    )


def _id(stored: uuid.UUID | str | None) -> str:
    """An id as text, from PostgreSQL's own type or from SQLite's 32 digits; anything else, which nobody but a forger wrote, as it is."""
    if stored is None:
        return "null"
    if isinstance(stored, str) and len(stored) == 32:
        return f'"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"'
    return quoted(str(stored))


def _reference(stored: uuid.UUID | str) -> str:
    return stored if isinstance(stored, str) else stored.hex


class AuditEntries:
    """Every entry of the audit trail, as the source of the ledger `audit`."""

    ledger = LEDGER

    def texts(self, session: Session, references: Sequence[str]) -> Mapping[str, str]:
        """The canonical text of each of these entries that is there."""
        if session.get_bind().dialect.name == "sqlite":
            which = ID.in_(references)
        else:
            which = TABLE.c.id.in_([found for reference in references if (found := as_id(reference)) is not None])
        return {_reference(row[0]): canonical_text(row) for row in session.execute(select(*COLUMNS).where(which)).all()}

    def count(self, session: Session) -> int:
        """How many entries there are."""
        return session.scalar(select(func.count()).select_from(TABLE)) or 0

    def references(self, session: Session) -> Iterator[str]:
        """The reference of every entry."""
        for found in session.scalars(select(ID), execution_options={"yield_per": 1000}):
            yield _reference(found)


AUDIT = AuditEntries()
