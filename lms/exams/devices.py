"""One device writes: the browser in which an exam was started holds a secret, and no other stores an answer until a proctor releases it."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.exams import acts, service, signals
from lms.exams.acts import Act
from lms.exams.models import AttemptHead
from lms.exams.rules import RELEASED, Kind
from lms.exams.service import OtherDevice
from lms.exams.signals import Signal


class NotBound(acts.NotNow):
    """No device holds the exam."""


def bind(session: Session, *, attempt_id: uuid.UUID, device: str) -> None:
    """Let the browser that has just started an attempt hold it, unless one holds it already. `device` is the digest of its secret."""
    head = session.get_one(AttemptHead, attempt_id)
    if head.device is None:
        head.device = device


def take(session: Session, *, actor: Identity, attempt_id: uuid.UUID, device: str, now: datetime) -> None:
    """Give the exam, which a proctor has released, to this browser. Raises OtherDevice when another was faster."""
    service.locked(session, attempt_id)
    head = session.get_one(AttemptHead, attempt_id)
    if head.device != RELEASED:
        raise OtherDevice
    head.device = device
    service.append(session, actor=actor, attempt_id=attempt_id, kind=Kind.SIGNALED, payload={"signal": str(Signal.DEVICE_TAKEN)}, now=now)


def release(session: Session, act: Act, *, attempt_id: uuid.UUID) -> None:
    """Let the next browser that opens the exam take it, with everything saved so far. The one that held it stores nothing more then."""
    attempt, head = acts.running(session, act, attempt_id, or_paused=True)
    if not head.device:
        raise NotBound("No device holds this exam: the next one that opens it can go on.")
    head.device = RELEASED
    acts.record(session, act, attempt, Kind.RELEASED, "released an exam to another device")


def note_other(session: Session, *, actor: Identity, attempt_id: uuid.UUID, now: datetime) -> bool:
    """Record that another browser opened the exam or wanted to write, once in a minute at most."""
    return signals.record(session, actor=actor, attempt_id=attempt_id, signal=Signal.SECOND_DEVICE, now=now, at_most=1)
