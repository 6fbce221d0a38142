"""Giving out tickets at the door, while no proctor has closed the sitting."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.proctoring.acting import SittingClosed
from lms.proctoring.models import SittingClosing
from lms.sittings import tickets


def issue(
    session: Session, *, actor: Identity, sitting_id: uuid.UUID, enrollment_ids: Collection[uuid.UUID], now: datetime
) -> dict[uuid.UUID, str]:
    """A new ticket for each of these officers, by enrollment. Raises SittingClosed, and what `tickets.issue` raises."""
    codes = tickets.issue(session, actor=actor, sitting_id=sitting_id, enrollment_ids=enrollment_ids, now=now)
    if session.get(SittingClosing, sitting_id) is not None:
        raise SittingClosed("This sitting was closed: nobody begins an exam in it any more.")
    return codes
