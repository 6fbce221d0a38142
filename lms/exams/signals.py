"""What an exam's page saw and the proctor may want to know: recorded as evidence in the attempt's chain, never a verdict."""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.exams import queries, service, timing
from lms.exams.models import Attempt, AttemptHead, Step
from lms.exams.rules import Kind
from lms.kernel.errors import Invalid

MOST_A_MINUTE: Final = 10
MOST_OF_AN_ATTEMPT: Final = 500
"""More than these leave nothing: nobody fills the chain by switching windows. What the server itself saw is recorded beyond them."""


class Signal(StrEnum):
    """What a page can see. `SECOND_DEVICE`, `DEVICE_TAKEN` and `PAPER` are the server's own."""

    LEFT_PAGE = "left-page"
    RETURNED = "returned"
    FULL_SCREEN_LEFT = "fullscreen-left"
    FULL_SCREEN_ENTERED = "fullscreen-entered"
    SECOND_DEVICE = "second-device"
    DEVICE_TAKEN = "device-taken"
    PAPER = "paper-delivered"


FROM_PAGES: Final = frozenset({Signal.LEFT_PAGE, Signal.RETURNED, Signal.FULL_SCREEN_LEFT, Signal.FULL_SCREEN_ENTERED})


class UnknownSignal(Invalid):
    """No page sends this."""


def note(session: Session, *, actor: Identity, attempt_id: uuid.UUID, kind: str, now: datetime) -> bool:
    """Record what the officer's page saw. Says whether it did: not of a closed attempt, and not more than a person does."""
    if kind not in FROM_PAGES:
        raise UnknownSignal("That is nothing an exam page reports.")
    return record(session, actor=actor, attempt_id=attempt_id, signal=Signal(kind), now=now)


def record(
    session: Session, *, actor: Identity, attempt_id: uuid.UUID, signal: Signal, now: datetime, at_most: int = MOST_A_MINUTE
) -> bool:
    """Add the step of a signal to the officer's own attempt, `at_most` so many of its kind in a minute."""
    own = select(Attempt.id).where(Attempt.id == attempt_id, Attempt.officer_id == actor.officer_id)
    if session.scalar(own.with_for_update()) is None:
        raise queries.NoSuchAttempt("There is no such attempt.")
    head = session.get_one(AttemptHead, attempt_id)
    if not timing.is_open(now, head.due_at, head.paused_at) or _too_many(session, attempt_id, signal, now, at_most):
        return False
    service.append(session, actor=actor, attempt_id=attempt_id, kind=Kind.SIGNALED, payload={"signal": str(signal)}, now=now)
    return True


def _too_many(session: Session, attempt_id: uuid.UUID, signal: Signal, now: datetime, at_most: int) -> bool:
    mine = select(Step.at, Step.payload).where(Step.attempt_id == attempt_id, Step.kind == Kind.SIGNALED)
    recent = [row for row in session.execute(mine.where(Step.at > now - timedelta(minutes=1))) if row.payload["signal"] == signal]
    if len(recent) >= at_most or signal not in FROM_PAGES:
        return len(recent) >= at_most
    asked = select(func.count()).select_from(Step).where(Step.attempt_id == attempt_id, Step.kind == Kind.SIGNALED)
    return (session.scalar(asked) or 0) >= MOST_OF_AN_ATTEMPT
