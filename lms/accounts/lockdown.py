"""Who sees an exam and nothing else while it runs. The row rides in the question of who is signed in: nobody else pays for it."""

import uuid
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.accounts.models import Lockdown


def begin(session: Session, *, user_id: uuid.UUID | None, attempt_id: uuid.UUID, now: datetime) -> None:
    """From now on the person sees this attempt and nothing else, wherever they sign in."""
    if user_id is not None:
        session.merge(Lockdown(user_id=user_id, attempt_id=attempt_id, since=now))


def end(session: Session, *, attempt_id: uuid.UUID) -> None:
    """The attempt is closed: whoever sat it is free again."""
    session.execute(delete(Lockdown).where(Lockdown.attempt_id == attempt_id))
