"""Secrets at rest: sealed under a key that lies in the data folder and not in the database, each for one purpose and person."""

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lms.kernel.once import secret_in

KEY_FILE: Final = "factors.key"
NONCE: Final = 12


class Vault:
    """Seals with AES-256-GCM, and makes keyed digests. What was sealed for one purpose opens for no other."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(_derived(key, b"sealing"))
        self._digests = _derived(key, b"digests")

    def seal(self, content: bytes, *, purpose: str) -> bytes:
        """`content` encrypted, for `purpose` alone."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher.encrypt(nonce, content, purpose.encode())

    def opened(self, sealed: bytes, *, purpose: str) -> bytes | None:
        """What was sealed for `purpose`; None for anything else."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            return None

    def digest(self, text: str) -> str:
        """A digest of `text` that nobody can make or try out without the key."""
        return hmac.new(self._digests, text.encode(), hashlib.sha256).hexdigest()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, purpose, hashlib.sha256).digest()


def vault_in(data: Path) -> Vault:
    """The vault of the installation whose data folder is `data`; its key is made on first use."""
    return Vault(secret_in(data / KEY_FILE))
