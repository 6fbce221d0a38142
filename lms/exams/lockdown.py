"""What an officer may open while an attempt runs: the exam and nothing else (invariant 18). The web asks before every request."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.exams import timing
from lms.exams.models import AttemptHead

OPEN: Final = frozenset(
    {
        "exams.going_on",
        "exams.question",
        "exams.answer",
        "exams.review",
        "exams.submission",
        "exams.result",
        "exam_page.paper",
        "exam_page.views",
        "pulse.beat",
        "pulse.signal",
        "pulse.acknowledge",
    }
)
"""The allow-list: pages of the attempt that runs. Beside them stand only the views that are `always` served: signing in and out, its
second step, and the notice of what is recorded."""


def elsewhere(session: Session, *, identity: Identity, endpoint: str, arguments: Mapping[str, Any], now: datetime) -> str | None:
    """Where to lead a person whose exam is under way and who asked for something else; None when the page may be opened."""
    attempt_id = identity.locked_to
    if attempt_id is None or allows(endpoint, arguments, attempt_id=attempt_id):
        return None
    head = session.get(AttemptHead, attempt_id)
    if head is None or not timing.is_open(now, head.due_at, head.paused_at):
        return None
    return f"/attempts/{attempt_id}"


def allows(endpoint: str, arguments: Mapping[str, Any], *, attempt_id: uuid.UUID) -> bool:
    """Whether a page belongs to the attempt that runs."""
    return endpoint in OPEN and arguments.get("attempt_id") == attempt_id
