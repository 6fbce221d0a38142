"""Messages to officers in an exam under way: sent, shown until they are acknowledged, kept with their history."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.exams import timing
from lms.exams.models import Attempt, AttemptHead, ExamMessage, ExamMessageAcknowledgment
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id

LONGEST: Final = 500


class NoText(Invalid):
    """The message is empty or too long."""


class NobodyThere(Conflict):
    """None of the attempts is under way."""


class OwnExam(Forbidden):
    """Nobody writes to their own exam (R-11)."""


class NoSuchMessage(NotFound):
    """There is no such message, or it is not this person's."""


def send(session: Session, *, actor: Identity, attempt_ids: Sequence[uuid.UUID], text: str, now: datetime) -> list[uuid.UUID]:
    """Send one message to each of these attempts that is under way. Returns the ids of the messages."""
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise NoText(f"Write a message of one to {LONGEST} characters.")
    asked = select(Attempt, AttemptHead).join(AttemptHead, AttemptHead.attempt_id == Attempt.id).where(Attempt.id.in_(attempt_ids))
    running = [attempt for attempt, head in session.execute(asked) if timing.is_open(now, head.due_at, head.paused_at)]
    if not running:
        raise NobodyThere("Nobody can read this message: no exam it is meant for is under way.")
    if actor.officer_id in {attempt.officer_id for attempt in running}:
        raise OwnExam("You cannot write to your own exam. Another proctor must.")
    return [_sent(session, actor, attempt, said, now) for attempt in running]


def _sent(session: Session, actor: Identity, attempt: Attempt, text: str, now: datetime) -> uuid.UUID:
    message = ExamMessage(id=new_id(), attempt_id=attempt.id, text=text, sent_by=actor.user_id, at=now)
    session.add(message)
    audit.record(
        session,
        actor=actor,
        action="sent a message in an exam",
        object_type="attempt",
        object_id=attempt.id,
        agency_id=attempt.agency_id,
        details={"message": str(message.id)},
        now=now,
    )
    return message.id


def acknowledge(session: Session, *, actor: Identity, attempt_id: uuid.UUID, message_id: uuid.UUID, now: datetime) -> None:
    """Record that the officer has read a message of their own attempt. A second time changes nothing."""
    asked = (
        select(ExamMessage.id)
        .join(Attempt, Attempt.id == ExamMessage.attempt_id)
        .where(ExamMessage.id == message_id, Attempt.id == attempt_id, Attempt.officer_id == actor.officer_id)
    )
    if session.scalar(asked) is None:
        raise NoSuchMessage("There is no such message.")
    if session.get(ExamMessageAcknowledgment, message_id) is None:
        session.add(ExamMessageAcknowledgment(message_id=message_id, at=now))


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message of an attempt; `acknowledged_at` is empty until the officer has read it."""

    message_id: uuid.UUID
    attempt_id: uuid.UUID
    text: str
    sent_by: uuid.UUID | None
    at: datetime
    acknowledged_at: datetime | None


def history(session: Session, *, attempt_ids: Sequence[uuid.UUID]) -> list[MessageRow]:
    """Every message sent to these attempts, in order."""
    message, read = ExamMessage, ExamMessageAcknowledgment
    asked = (
        select(message.id, message.attempt_id, message.text, message.sent_by, message.at, read.at)
        .outerjoin(read, read.message_id == message.id)
        .where(message.attempt_id.in_(attempt_ids))
        .order_by(message.at, message.id)
    )
    return [MessageRow(*row) for row in session.execute(asked)]
