"""Adding a step to an attempt's chain."""

import uuid
from typing import cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from lms.exams.models import Step
from lms.exams.rules import Entry

_INSERT = insert(cast("Table", Step.__table__))
"""Into the table, not the entity: it runs at every saved answer, and an entity would double what it costs."""


def add_step(session: Session, *, attempt_id: uuid.UUID, entry: Entry, key: str | None = None) -> None:
    """Store `entry` as the next step. The key (attempt, number) refuses it when another came first."""
    values = {
        "attempt_id": attempt_id,
        "number": entry.number,
        "kind": entry.kind.value,
        "at": entry.at,
        "actor_id": uuid.UUID(entry.actor) if entry.actor else None,
        "payload": entry.payload,
        "key": key,
        "previous": entry.previous,
        "hash": entry.hash,
    }
    session.execute(_INSERT, values)
