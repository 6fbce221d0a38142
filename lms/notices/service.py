"""Writing notices in the transaction of what happened, and recording what became of each."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lms.kernel.ids import new_id
from lms.notices import rules
from lms.notices.models import Notice, NoticeFailure, NoticeSending, NoticeWaiting
from lms.notices.rules import Kind

LONGEST_REASON: Final = 500
HELD: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""When a notice is due that is held back until somebody releases it."""
HELD_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a notice goes to. `user_id` is None for somebody who has no account yet."""

    name: str
    email: str
    user_id: uuid.UUID | None = None


def write(
    session: Session,
    *,
    kind: Kind,
    key: str,
    to: Recipient,
    facts: Mapping[str, str],
    path: str,
    now: datetime,
) -> bool:
    """Put a notice into the outbox, unless one with this key is there already or there is no address. Says whether it did.

    `path` is where on the site it leads. Moments among the facts are told by `rules.spoken` in the reader's own time zone.
    """
    if not to.email or session.scalar(select(Notice.id).where(Notice.key == key)) is not None:
        return False
    text = rules.written(kind, facts, name=to.name)
    notice = Notice(
        id=new_id(),
        key=key,
        kind=kind,
        user_id=to.user_id,
        name=to.name,
        email=to.email,
        subject=text.subject,
        body=text.body,
        written_at=now,
    )
    session.add(notice)
    session.flush()  # what waits points to it
    session.add(NoticeWaiting(notice_id=notice.id, path=path, due_at=now))
    return True


def hold(session: Session, *, key: str) -> None:
    """Hold a notice back that was just written; nothing where there is none."""
    asked = select(Notice.id).where(Notice.key == key).scalar_subquery()
    session.execute(update(NoticeWaiting).where(NoticeWaiting.notice_id == asked).values(due_at=HELD))


def held(session: Session, *, kind: Kind) -> list[tuple[uuid.UUID, str]]:
    """(id, key) of notices of a kind that are held back, the oldest first."""
    asked = select(Notice.id, Notice.key).join(NoticeWaiting, NoticeWaiting.notice_id == Notice.id)
    asked = asked.where(Notice.kind == kind, NoticeWaiting.due_at == HELD).order_by(Notice.written_at, Notice.id)
    return [(notice_id, key) for notice_id, key in session.execute(asked.limit(HELD_AT_ONCE))]


def release(session: Session, *, notice_id: uuid.UUID, now: datetime) -> None:
    """Let a notice go that was held back."""
    session.execute(update(NoticeWaiting).where(NoticeWaiting.notice_id == notice_id).values(due_at=now))


def forget(session: Session, *, notice_id: uuid.UUID) -> None:
    """Never send a notice that waits: what it leads to is gone, and so is the address it led to."""
    session.execute(delete(NoticeWaiting).where(NoticeWaiting.notice_id == notice_id))


def record_sending(session: Session, *, notice_id: uuid.UUID, way: str, now: datetime) -> None:
    """The notice has gone: the address it led to is forgotten."""
    session.add(NoticeSending(notice_id=notice_id, way=way, at=now))
    session.execute(delete(NoticeWaiting).where(NoticeWaiting.notice_id == notice_id))


def record_failure(session: Session, *, notice_id: uuid.UUID, why: str, now: datetime) -> None:
    """A try failed: it is made again later, or given up after the last one."""
    session.add(NoticeFailure(id=new_id(), notice_id=notice_id, why=why[:LONGEST_REASON], at=now))
    session.flush()
    failures = session.scalar(select(func.count()).where(NoticeFailure.notice_id == notice_id)) or 0
    due_at = rules.next_try(failures, now)
    waiting = NoticeWaiting.notice_id == notice_id
    session.execute(delete(NoticeWaiting).where(waiting) if due_at is None else update(NoticeWaiting).where(waiting).values(due_at=due_at))
