"""Password hashing: argon2id, or PBKDF2 where only FIPS-approved algorithms may run."""

import base64
import hashlib
import hmac
import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

ARGON2 = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's floor for argon2id: two passes over 19 MiB on one lane."""
AT_ONCE = BoundedSemaphore(2)
"""Argon2 hashes that one process computes at a time: each takes 19 MiB, and a class signs in together."""
PBKDF2_ROUNDS = 600_000
DUMMY = ARGON2.hash("nobody's password")
DUMMY_FIPS = "pbkdf2_sha256$600000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
MINIMUM_LENGTH = 12


def hashed(password: str, *, fips: bool) -> str:
    """The stored form of `password`."""
    if not fips:
        with AT_ONCE:
            return ARGON2.hash(password)
    salt = secrets.token_bytes(16)
    return "$".join(("pbkdf2_sha256", str(PBKDF2_ROUNDS), _text(salt), _text(_pbkdf2(password, salt, PBKDF2_ROUNDS))))


def matches(password: str, stored: str | None, *, fips: bool) -> bool:
    """Whether `password` is the one stored. With nothing stored the same work is done, and the answer is no."""
    reference = stored or (DUMMY_FIPS if fips else DUMMY)
    verified = _pbkdf2_matches(password, reference) if reference.startswith("pbkdf2_") else _argon2_matches(password, reference)
    return verified and stored is not None


def _argon2_matches(password: str, stored: str) -> bool:
    try:
        with AT_ONCE:
            return ARGON2.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _pbkdf2_matches(password: str, stored: str) -> bool:
    _, rounds, salt, expected = stored.split("$")
    made = _pbkdf2(password, base64.b64decode(salt), int(rounds))
    return hmac.compare_digest(made, base64.b64decode(expected))


def _pbkdf2(password: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
