"""Notices as they are shown, and those that wait to be sent."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.notices.models import Notice, NoticeFailure, NoticeSending, NoticeWaiting
from lms.notices.rules import Text

PER_PAGE: Final = 50


class State(StrEnum):
    """What became of a notice."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice in a list."""

    id: uuid.UUID
    kind: str
    name: str
    email: str
    subject: str
    written_at: datetime
    sent_at: datetime | None
    state: State


@dataclass(frozen=True, slots=True)
class Failure:
    """A try that failed."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice with its text, and what became of it."""

    row: NoticeRow
    text: Text
    way: str
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice that is to be sent now, and where on the site it leads."""

    id: uuid.UUID
    name: str
    email: str
    text: Text
    path: str
    written_at: datetime


def due(session: Session, *, now: datetime, limit: int) -> list[Outgoing]:
    """The notices whose turn it is, the longest waiting first."""
    asked = (
        select(Notice.id, Notice.name, Notice.email, Notice.subject, Notice.body, Notice.written_at, NoticeWaiting.path)
        .join(NoticeWaiting, NoticeWaiting.notice_id == Notice.id)
        .where(NoticeWaiting.due_at <= now)
        .order_by(NoticeWaiting.due_at, Notice.id)
        .limit(limit)
    )
    return [Outgoing(row.id, row.name, row.email, Text(row.subject, row.body), row.path, row.written_at) for row in session.execute(asked)]


def notices(session: Session, *, kind: str = "", state: str = "", page: int = 1) -> tuple[list[NoticeRow], int]:
    """One page of the notices, the newest first, and how many there are."""
    found = _filtered(_rows(), kind, state)
    return _shown(session, found, page), _count(session, found)


def own(session: Session, *, identity: Identity, page: int = 1) -> tuple[list[NoticeRow], int]:
    """One page of the notices to the person who asks, and how many there are."""
    found = _rows().where(Notice.user_id == identity.user_id)
    return _shown(session, found, page), _count(session, found)


def notice(session: Session, *, notice_id: uuid.UUID, identity: Identity | None = None) -> NoticeText | None:
    """One notice with its text; with an `identity`, only one to that person."""
    asked = _rows().add_columns(Notice.body, NoticeSending.way).where(Notice.id == notice_id)
    if identity is not None:
        asked = asked.where(Notice.user_id == identity.user_id)
    row = session.execute(asked).one_or_none()
    if row is None:
        return None
    tries = select(NoticeFailure.at, NoticeFailure.why).where(NoticeFailure.notice_id == notice_id).order_by(NoticeFailure.at)
    failures = tuple(Failure(at, why) for at, why in session.execute(tries))
    return NoticeText(_row(row), Text(row.subject, row.body), row.way or "", failures)


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Notice.id,
            Notice.kind,
            Notice.name,
            Notice.email,
            Notice.subject,
            Notice.written_at,
            NoticeSending.at.label("sent_at"),
            exists().where(NoticeWaiting.notice_id == Notice.id).label("waits"),
        )
        .select_from(Notice)
        .outerjoin(NoticeSending, NoticeSending.notice_id == Notice.id)
    )


def _filtered(asked: Select[*tuple[Any, ...]], kind: str, state: str) -> Select[*tuple[Any, ...]]:
    waits = exists().where(NoticeWaiting.notice_id == Notice.id)
    conditions = {
        State.WAITING: waits,
        State.SENT: NoticeSending.at.is_not(None),
        State.GIVEN_UP: NoticeSending.at.is_(None) & ~waits,
    }
    asked = asked.where(Notice.kind == kind) if kind else asked
    return asked.where(conditions[State(state)]) if state else asked


def _count(session: Session, asked: Select[*tuple[Any, ...]]) -> int:
    return session.scalar(select(func.count()).select_from(asked.subquery())) or 0


def _shown(session: Session, asked: Select[*tuple[Any, ...]], page: int) -> list[NoticeRow]:
    ordered = asked.order_by(Notice.written_at.desc(), Notice.id).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return [_row(row) for row in session.execute(ordered)]


def _row(row: Any) -> NoticeRow:
    state = State.SENT if row.sent_at else State.WAITING if row.waits else State.GIVEN_UP
    return NoticeRow(row.id, row.kind, row.name, row.email, row.subject, row.written_at, row.sent_at, state)
