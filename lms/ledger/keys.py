"""The key of each ledger: made on first use, mode 600, in the folder `ledger` of the data folder; its public half beside it."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from lms.kernel.errors import Invalid
from lms.ledger.checkpoint import Signer, Verifier

FOLDER: Final = "ledger"


class NoKey(Invalid):
    """The installation has no key for the ledger."""


def signer(data: Path, *, ledger: str, host: str) -> Signer:
    """The key that signs the ledger's checkpoints. A new one bears the name `host/ledger/<ledger>`, which stays when the host changes."""
    private = data / FOLDER / f"{ledger}.key"
    if not private.exists():
        made = Signer(f"{host}/ledger/{ledger}", secrets.token_bytes(32))
        _write_once(private, f"{made}\n")
    found = Signer.parse(private.read_text(encoding="utf-8"))
    _write_once(public_file(data, ledger=ledger), f"{found.verifier}\n")
    return found


def public_file(data: Path, *, ledger: str) -> Path:
    """Where the public half lies, to hand out."""
    return data / FOLDER / f"{ledger}.pub"


def verifier(data: Path, *, ledger: str) -> Verifier:
    """The key under which the ledger's checkpoints must hold. Raises NoKey."""
    path = public_file(data, ledger=ledger)
    try:
        return Verifier.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoKey(f"There is no {path}: the ledger has signed nothing yet, or its key was taken away.") from None


def _write_once(path: Path, text: str) -> None:
    """Write a file that belongs to its owner alone, whole or not at all; one that is there stays as it is."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(part, path)  # of two processes that start together one wins
    part.unlink()
