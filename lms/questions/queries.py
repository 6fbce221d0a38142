"""Banks and their questions as published. What is here holds keys: no page that an officer sees may ask for it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lms.questions.models import BankQuestion, BankRevision, QuestionRevision


@dataclass(frozen=True, slots=True)
class BankRow:
    """One revision of a bank."""

    hash: str
    bank_id: str
    number: int
    title: str
    public: bool
    law_as_of: str
    published_by: uuid.UUID | None
    published_at: datetime


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question of a bank revision, key included. `content` is described in the model."""

    hash: str
    question_id: str
    objective: str
    content: Mapping[str, Any]


def head(session: Session, bank_id: str) -> BankRow | None:
    """The newest revision of a bank, or None."""
    return next((row for row in banks(session) if row.bank_id == bank_id), None)


def banks(session: Session) -> tuple[BankRow, ...]:
    """The newest revision of every bank, by id."""
    newer = aliased(BankRevision)
    later = select(newer.hash).where(newer.bank_id == BankRevision.bank_id, newer.number > BankRevision.number).exists()
    rows = session.scalars(select(BankRevision).where(~later).order_by(BankRevision.bank_id))
    return tuple(_bank_row(row) for row in rows)


def revisions(session: Session, bank_id: str) -> tuple[BankRow, ...]:
    """Every revision of a bank, newest first."""
    rows = session.scalars(select(BankRevision).where(BankRevision.bank_id == bank_id).order_by(BankRevision.number.desc()))
    return tuple(_bank_row(row) for row in rows)


def _bank_row(row: BankRevision) -> BankRow:
    return BankRow(row.hash, row.bank_id, row.number, row.title, row.public, row.law_as_of, row.published_by, row.published_at)


def bank_questions(session: Session, bank_hash: str) -> tuple[QuestionRow, ...]:
    """Every question of a bank revision, by permanent id: the order in which papers are drawn."""
    rows = session.execute(
        select(QuestionRevision.hash, QuestionRevision.question_id, QuestionRevision.objective, QuestionRevision.content)
        .join(BankQuestion, BankQuestion.question_hash == QuestionRevision.hash)
        .where(BankQuestion.bank_hash == bank_hash)
        .order_by(QuestionRevision.question_id)
    )
    return tuple(QuestionRow(row.hash, row.question_id, row.objective, row.content) for row in rows)
