"""Which factors a person has, and how many recovery codes are left."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from lms.accounts.factor_rules import FactorKind
from lms.accounts.models import Factor, FactorEnding, RecoveryCode, RecoveryCodeUse, RecoverySet


@dataclass(frozen=True, slots=True)
class FactorRow:
    """A code app or a passkey, as its owner sees it."""

    id: uuid.UUID
    kind: FactorKind
    name: str
    created_at: datetime
    last_used_at: datetime | None


def stands() -> ColumnElement[bool]:
    """That a factor has not ended."""
    return ~exists().where(FactorEnding.factor_id == Factor.id)


def factors(session: Session, *, user_id: uuid.UUID) -> list[FactorRow]:
    """The factors of a person, the oldest first."""
    rows = session.scalars(select(Factor).where(Factor.user_id == user_id, stands()).order_by(Factor.created_at, Factor.id))
    return [FactorRow(row.id, FactorKind(row.kind), row.name, row.created_at, row.last_used_at) for row in rows]


def credential_ids(session: Session, *, user_id: uuid.UUID) -> Sequence[str]:
    """The passkeys of a person, by the ids that browsers know."""
    asked = select(Factor.credential_id).where(Factor.user_id == user_id, Factor.credential_id.is_not(None), stands())
    return [found for found in session.scalars(asked.order_by(Factor.created_at)) if found is not None]


def unused(user_id: uuid.UUID) -> ColumnElement[bool]:
    """That a recovery code is of a person's newest set, and was not used."""
    newest = select(RecoverySet.id).where(RecoverySet.user_id == user_id).order_by(RecoverySet.at.desc(), RecoverySet.id).limit(1)
    used = exists().where(RecoveryCodeUse.digest == RecoveryCode.digest)
    return (RecoveryCode.set_id == newest.scalar_subquery()) & ~used


def recovery_codes_left(session: Session, *, user_id: uuid.UUID) -> int:
    """How many recovery codes a person can still use."""
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(unused(user_id))) or 0
