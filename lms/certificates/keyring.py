"""Where an installation keeps its authority, and the passphrases that open it: made on the first start, loaded by every worker."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from lms.certificates import authority
from lms.certificates.authority import Authority, Passphrases
from lms.certificates.keyfiles import NoKey, write_private

AUTHORITY: Final = "authority"
PASSPHRASES: Final = "passphrases"
PLACES: Final = ("root", "issuing", "signing")
PASSPHRASE_BYTES: Final = 24


def folder_of(data: Path) -> Path:
    """The folder of the authority in the data folder `data`."""
    return data / AUTHORITY


def found(data: Path, *, name: str, specimen: bool, now: datetime) -> bool:
    """Found the installation's authority unless it has one. Returns whether it is new.

    Its passphrases are random and lie in files of mode 600; the operator is told to carry the root's away together with the root.
    """
    if folder_of(data).exists():
        return False
    passphrases = Passphrases(**{place: _passphrase(data, place) for place in PLACES})
    authority.create(folder_of(data), name=name, passphrases=passphrases, specimen=specimen, now=now)
    return True


def passphrases(data: Path, *, places: Sequence[str] = PLACES) -> Passphrases:
    """The passphrases of `places`, those of the others empty. Raises NoKey for one that is not on this machine."""
    return Passphrases(**{place: _kept(data, place) if place in places else "" for place in PLACES})


def _kept(data: Path, place: str) -> str:
    path = data / PASSPHRASES / place
    if not path.exists():
        raise NoKey(f"There is no {path}. Bring it back from where it is kept, and try again.")
    return path.read_text(encoding="utf-8").strip()


def load(data: Path) -> Authority:
    """The installation's authority, able to sign. Raises NoKey."""
    path = data / PASSPHRASES / "signing"
    try:
        passphrase = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NoKey(f"There is no {path}: it holds the passphrase of the signing keys.") from None
    return authority.load(folder_of(data), passphrase=passphrase.strip())


def _passphrase(data: Path, place: str) -> str:
    path = data / PASSPHRASES / place
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, secrets.token_urlsafe(PASSPHRASE_BYTES).encode())
    return path.read_text(encoding="utf-8").strip()
