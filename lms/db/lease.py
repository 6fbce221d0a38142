"""Leases: among many processes, one does the work; when it falls silent, another takes over."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.db.models import Lease

WORK: Final = "periodic work"
"""The lease of whoever does the periodic work."""


def is_held(session: Session, *, name: str, now: datetime) -> bool:
    """Whether somebody holds the lease now."""
    found = session.get(Lease, name)
    return found is not None and found.until > now


def acquire(session: Session, *, name: str, holder: str, now: datetime, lasts: timedelta) -> bool:
    """Whether `holder` has the lease `name` now, taking it when it is free. A lease over half full is not written again."""
    lease = session.get(Lease, name, with_for_update=True)
    if lease is None:
        return _take_first(session, Lease(name=name, holder=holder, until=now + lasts))
    if lease.holder != holder and lease.until > now:
        return False
    if lease.holder != holder or lease.until - now < lasts / 2:
        lease.holder, lease.until = holder, now + lasts
    return True


def release(session: Session, *, name: str, holder: str, now: datetime) -> None:
    """Let the next process take the lease at once."""
    lease = session.get(Lease, name, with_for_update=True)
    if lease is not None and lease.holder == holder:
        lease.until = now


def _take_first(session: Session, lease: Lease) -> bool:
    try:
        with session.begin_nested():
            session.add(lease)
    except IntegrityError:
        return False
    return True
