"""The pulse of an exam: what its page asks every few seconds. One statement."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.exams import timing
from lms.exams.models import Attempt, AttemptHead, ExamMessage, ExamMessageAcknowledgment
from lms.exams.queries import NoSuchAttempt
from lms.exams.rules import Policy

_ATTEMPT, _HEAD = Attempt.__table__, AttemptHead.__table__
_MESSAGE, _READ = ExamMessage.__table__, ExamMessageAcknowledgment.__table__
PULSE = (
    select(
        _ATTEMPT.c.policy,
        _ATTEMPT.c.created_at,
        _HEAD.c.due_at,
        _HEAD.c.paused_at,
        _HEAD.c.device,
        _MESSAGE.c.id,
        _MESSAGE.c.text,
        _MESSAGE.c.at.label("sent_at"),
    )
    .join_from(_ATTEMPT, _HEAD, _HEAD.c.attempt_id == _ATTEMPT.c.id)
    .outerjoin(_MESSAGE, and_(_MESSAGE.c.attempt_id == _ATTEMPT.c.id, ~exists().where(_READ.c.message_id == _MESSAGE.c.id)))
    .where(_ATTEMPT.c.id == bindparam("attempt_id"), _ATTEMPT.c.officer_id == bindparam("officer_id"))
    .order_by(_MESSAGE.c.at, _MESSAGE.c.id)
)
"""Asked by every exam page every five seconds: made once, of columns."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How an attempt stands at a moment. `due_at` is its deadline; `left` stands still while it is paused.

    `extended` is how far the deadline has moved since the start, by pauses and by time given.
    """

    now: datetime
    started_at: datetime
    questions: int
    due_at: datetime | None
    left: timedelta
    paused: bool
    closed: bool
    extended: timedelta
    device: str | None
    messages: tuple[tuple[uuid.UUID, str, datetime], ...]

    def moment(self, ago: int) -> datetime:
        """The moment so many milliseconds ago, but not before the start."""
        return max(self.now - timedelta(milliseconds=ago), self.started_at)


def pulse(session: Session, *, actor: Identity, attempt_id: uuid.UUID, now: datetime) -> Pulse:
    """The pulse of the actor's own attempt. Raises NoSuchAttempt, also when it is another officer's."""
    rows = session.execute(PULSE, {"attempt_id": attempt_id, "officer_id": actor.officer_id}).all()
    if not rows:
        raise NoSuchAttempt("There is no such attempt.")
    policy_kept, started_at, due_at, paused_at, device, *_ = rows[0]
    policy = Policy(**policy_kept)
    deadline = due_at - timing.grace(policy) if due_at else None
    return Pulse(
        now=now,
        started_at=started_at,
        questions=policy.questions,
        due_at=deadline,
        left=max(deadline - (paused_at or now), timedelta()) if deadline else timedelta(),
        paused=paused_at is not None,
        closed=not timing.is_open(now, due_at, paused_at),
        extended=deadline - timing.deadline_at_start(started_at, policy) if deadline else timedelta(),
        device=device,
        messages=tuple((row.id, row.text, row.sent_at) for row in rows if row.id is not None),
    )


def as_json(found: Pulse, *, elsewhere: bool = False) -> Mapping[str, Any]:
    """The pulse as the page's script reads it; lengths in milliseconds. `elsewhere`: another browser holds the exam now."""
    millisecond = timedelta(milliseconds=1)
    return {
        "now": found.now.isoformat(timespec="milliseconds"),
        "due_at": found.due_at.isoformat(timespec="milliseconds") if found.due_at else None,
        "left_ms": found.left // millisecond,
        "paused": found.paused,
        "closed": found.closed,
        "elsewhere": elsewhere,
        "extended_ms": found.extended // millisecond,
        "messages": [{"id": str(id_), "text": text, "at": at.isoformat(timespec="milliseconds")} for id_, text, at in found.messages],
    }
