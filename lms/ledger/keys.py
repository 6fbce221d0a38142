"""The key of each ledger: made on first use, mode 600, in the folder `ledger` of the data folder; its public half beside it."""

import secrets
from pathlib import Path
from typing import Final

from lms.kernel.errors import Invalid
from lms.kernel.once import write_once
from lms.ledger.checkpoint import Signer, Verifier

FOLDER: Final = "ledger"


class NoKey(Invalid):
    """The installation has no key for the ledger."""


def signer(data: Path, *, ledger: str, host: str) -> Signer:
    """The key that signs the ledger's checkpoints. A new one bears the name `host/ledger/<ledger>`, which stays when the host changes."""
    private = data / FOLDER / f"{ledger}.key"
    if not private.exists():
        made = Signer(f"{host}/ledger/{ledger}", secrets.token_bytes(32))
        write_once(private, f"{made}\n".encode())
    found = Signer.parse(private.read_text(encoding="utf-8"))
    write_once(public_file(data, ledger=ledger), f"{found.verifier}\n".encode())
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
