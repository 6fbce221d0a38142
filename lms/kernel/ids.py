"""Random ids and tokens, and the digest under which a token is stored."""

import hashlib
import secrets
import uuid


def new_id() -> uuid.UUID:
    """A random identifier: it tells nothing about when or how many."""
    return uuid.UUID(bytes=secrets.token_bytes(16), version=4)


def token(bits: int = 128) -> str:
    """A URL-safe secret of at least `bits` random bits."""
    return secrets.token_urlsafe((bits + 7) // 8)


def digest(text: str) -> str:
    """SHA-256 of `text` in hex: secrets are stored only as this."""
    return hashlib.sha256(text.encode()).hexdigest()
