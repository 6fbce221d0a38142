"""Slowing down whoever guesses passwords: attempts are counted before they are checked, and never lock anybody out."""

import hashlib
import hmac
import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.models import SignInFailure
from lms.kernel.ids import new_id

FAILURES_COUNT_FOR = timedelta(minutes=15)


def note_attempt(session: Session, *, email: str, address: str, key: bytes, now: datetime) -> uuid.UUID:
    """Count an attempt as failed, by keyed digests only, until `forget_attempt` says otherwise.

    It must be committed before `delay_before` is asked: then of attempts made at once each sees all that came before it.
    """
    noted = SignInFailure(id=new_id(), account_digest=_keyed(key, email), address_digest=_keyed(key, address), at=now)
    session.add(noted)
    return noted.id


def forget_attempt(session: Session, *, attempt_id: uuid.UUID) -> None:
    """Let an attempt count no more: it succeeded, or no password was checked."""
    session.execute(delete(SignInFailure).where(SignInFailure.id == attempt_id))


def forget_old_attempts(session: Session, *, now: datetime) -> int:
    """Remove the attempts that count no more, and say how many there were."""
    ended = SignInFailure.at <= now - FAILURES_COUNT_FOR
    return len(session.execute(delete(SignInFailure).where(ended).returning(SignInFailure.id)).all())


def old_attempts_remain(session: Session, *, now: datetime) -> bool:
    """Whether there are attempts that count no more."""
    return session.scalar(select(SignInFailure.id).where(SignInFailure.at <= now - FAILURES_COUNT_FOR).limit(1)) is not None


def delay_before(session: Session, *, email: str, address: str, key: bytes, now: datetime, attempt_id: uuid.UUID | None = None) -> float:
    """Seconds that an attempt must wait: it grows with the others, failed or under way, for the account and from the address.

    From the fourth failure on an account: half a second, doubling to eight. An address may fail thirty times first, so that a
    class behind one address is not slowed by its neighbors.
    """
    counts = queries.recent_failures(
        session,
        account_digest=_keyed(key, email),
        address_digest=_keyed(key, address),
        since=now - FAILURES_COUNT_FOR,
        besides=attempt_id,
    )
    return max(_delay(counts[0] - 3), _delay(counts[1] - 30))


def failures(session: Session, *, email: str, key: bytes, now: datetime) -> int:
    """How many attempts on an account failed lately or are under way."""
    since = now - FAILURES_COUNT_FOR
    return queries.recent_failures(session, account_digest=_keyed(key, email), address_digest="", since=since)[0]


def _delay(excess: int) -> float:
    return 0.0 if excess <= 0 else float(min(8.0, 0.5 * 2.0 ** (excess - 1)))


def _keyed(key: bytes, value: str) -> str:
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
