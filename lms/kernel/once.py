"""Files that are written once: whole or not at all, for their owner alone, by whichever process comes first."""

import contextlib
import os
import secrets
from pathlib import Path


def write_once(path: Path, content: bytes) -> None:
    """Write a file of mode 600; one that is there stays as it is."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(part, path)  # of two processes that start together one wins
    part.unlink()


def secret_in(path: Path) -> bytes:
    """The 32 random bytes that a file keeps, made on first use and shared by every process of the installation."""
    if not path.exists():
        write_once(path, secrets.token_bytes(32))
    return path.read_bytes()
