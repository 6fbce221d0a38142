"""The register as published."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.facts.models import FactRegister
from lms.facts.source import Register, fact_from


@dataclass(frozen=True, slots=True)
class PublishedRegister:
    """One edition of the register."""

    hash: str
    number: int
    facts: Register


def head(session: Session) -> PublishedRegister | None:
    """The newest edition, or None before the first."""
    row = session.execute(
        select(FactRegister.hash, FactRegister.number, FactRegister.content).order_by(FactRegister.number.desc()).limit(1)
    ).one_or_none()
    if row is None:
        return None
    return PublishedRegister(row.hash, row.number, {key: fact_from(key, content) for key, content in row.content.items()})


def facts(session: Session) -> Register:
    """The facts of the newest edition; none before the first."""
    newest = head(session)
    return {} if newest is None else newest.facts
