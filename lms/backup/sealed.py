"""The encrypted envelope of a backup: scrypt makes the key, AES-256-GCM seals numbered chunks of which the last says so.

Version 1: magic line, 16 bytes of salt, 7 of nonce, 32 that tell a wrong passphrase; then chunks of a mebibyte and their tags. The
nonce of a chunk is the file's, the chunk's number and whether it is the last, so that nothing can be cut off, swapped or joined.
"""

import hashlib
import hmac
import io
import secrets
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from lms.kernel.errors import Invalid

MAGIC: Final = b"lms-backup-1\n"
SALT: Final = 16
NONCE: Final = 7
CHECK: Final = 32
CHUNK: Final = 1024 * 1024
TAG: Final = 16
WORK: Final = 2**17
"""scrypt's N with r=8 and p=1: 128 MiB of memory for every guess at the passphrase."""
SHORTEST_PASSPHRASE: Final = 12


class NoBackup(Invalid):
    """The file is something else."""


class WrongPassphrase(Invalid):
    """The file was sealed with another passphrase."""


class WeakPassphrase(Invalid):
    """The passphrase is too short to protect keys."""


class Damaged(Invalid):
    """The file is not as it was written."""


class Sealing:
    """Writes sealed chunks to `file`. What was never finished cannot be opened."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise WeakPassphrase(f"The passphrase takes at least {SHORTEST_PASSPHRASE} characters: the file holds keys.")
        salt, self._nonce = secrets.token_bytes(SALT), secrets.token_bytes(NONCE)
        key, check = _derived(passphrase, salt)
        self._header = MAGIC + salt + self._nonce + check
        self._cipher, self._file, self._number = AESGCM(key), file, 0
        self._waiting = bytearray()
        file.write(self._header)

    def write(self, data: bytes) -> None:
        """Seal `data`, sooner or later."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> None:
        """Seal what is left as the last chunk."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._nonce, self._number, last=last), chunk, self._header))
        self._number += 1


class Opening(io.RawIOBase):
    """Reads what `Sealing` wrote. Raises NoBackup, WrongPassphrase or Damaged before it gives a byte that was not checked."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        super().__init__()
        self._header = file.read(len(MAGIC) + SALT + NONCE + CHECK)
        if not self._header.startswith(MAGIC):
            raise NoBackup("This file is not a backup made by `lms backup`, or is one of a later release.")
        salt, self._nonce, check = self._header[13:29], self._header[29:36], self._header[36:]
        key, expected = _derived(passphrase, salt)
        if not hmac.compare_digest(check, expected):
            raise WrongPassphrase("The passphrase is not the one this backup was made with.")
        self._cipher, self._file, self._number = AESGCM(key), file, 0
        self._ready, self._next = b"", file.read(CHUNK + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # a writable buffer, as RawIOBase means it
        if not self._ready and self._next:
            self._ready = self._opened()
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _opened(self) -> bytes:
        chunk, self._next = self._next, self._file.read(CHUNK + TAG)
        nonce = _nonce(self._nonce, self._number, last=not self._next)
        self._number += 1
        try:
            return self._cipher.decrypt(nonce, chunk, self._header)
        except InvalidTag:
            raise Damaged("The backup is damaged or was cut short: what it holds is not what was written.") from None


def _derived(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    derived = Scrypt(salt=salt, length=64, n=WORK, r=8, p=1).derive(passphrase.encode())
    return derived[:32], hashlib.sha256(derived[32:]).digest()


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])
