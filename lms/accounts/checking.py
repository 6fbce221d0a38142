"""Checking a password somebody typed: counted before, slowed after failures, hashed while no transaction is open."""

import hashlib
import hmac
import time
import uuid
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

from flask import current_app, request

from lms.accounts import guessing, passwords, queries
from lms.accounts.queries import Account
from lms.kernel.errors import TooMany
from lms.web import transaction
from lms.web.transaction import now, session, settings

MOST_WAITING = 4
waiting = BoundedSemaphore(MOST_WAITING)


class AllWaiting(TooMany):
    """So many slowed attempts wait already that one more would take the room of people at work."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An account whose password was right, and the attempt to forget once that has had its effect."""

    account: Account
    attempt_id: uuid.UUID


def checked(email: str, password: str) -> Checked | None:
    """The account with that normalized address and password. An unknown address costs the same work as a wrong password.

    For views that declare `reading_only`. The attempt counts as failed until the caller forgets it, so that guesses made at once slow
    each other.
    """
    attempt_id = slowed(email)
    found = queries.account(session(), email=email)
    transaction.finish()  # no transaction stays open while the password is hashed
    if not passwords.matches(password, found.password_hash if found else None, fips=settings().fips) or found is None:
        return None
    return Checked(found, attempt_id)


def slowed(name: str, *, at_most: int | None = None) -> uuid.UUID:
    """Count an attempt at what belongs to `name` as failed, and wait as long as the ones before it ask for.

    `at_most`: refuse when so many others failed lately. No transaction is open while the person waits.
    """
    place: dict[str, Any] = {"email": name, "address": _address(), "key": throttle_key()}
    with transaction.writing() as own:
        attempt_id = guessing.note_attempt(own, now=now(), **place)
    seconds = guessing.delay_before(session(), attempt_id=attempt_id, now=now(), **place)
    worn_out = at_most is not None and guessing.failures(session(), email=name, key=throttle_key(), now=now()) > at_most
    transaction.finish()
    if worn_out:
        _give_back(attempt_id)
        raise AllWaiting("Too many codes were wrong. Wait a quarter of an hour, then try again.")
    if seconds:
        _wait(seconds, attempt_id)
    return attempt_id


def _give_back(attempt_id: uuid.UUID) -> None:
    """Let an attempt count no more, in which nothing was guessed."""
    with transaction.writing() as own:
        guessing.forget_attempt(own, attempt_id=attempt_id)


def _wait(seconds: float, attempt_id: uuid.UUID) -> None:
    if not waiting.acquire(blocking=False):
        _give_back(attempt_id)
        raise AllWaiting("Too many passwords were wrong just now. Wait a few seconds and try again.")
    try:
        time.sleep(seconds)
    finally:
        waiting.release()


def throttle_key() -> bytes:
    """The key of the digests by which failures are counted: derived from the secret of this installation, so nobody can list addresses."""
    secret = current_app.secret_key or b""
    return hmac.new(secret if isinstance(secret, bytes) else secret.encode(), b"failed sign-ins", hashlib.sha256).digest()


def _address() -> str:
    return request.remote_addr or ""
