"""What an entry's place in the ledger proves, and where a list goes on. Pure."""

import uuid
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self


class Proof(StrEnum):
    """How far an entry is proven."""

    WAITING = "waiting for its place"
    PLACED = "in the ledger, not signed yet"
    SIGNED = "signed"
    ALTERED = "altered"


def proof_of(*, number: int | None, matches: bool, signed: int) -> Proof:
    """The proof of an entry at index `number`, when checkpoints cover the first `signed` entries and it `matches` its hash."""
    if number is None:
        return Proof.WAITING
    if not matches:
        return Proof.ALTERED
    return Proof.SIGNED if number < signed else Proof.PLACED


@dataclass(frozen=True, slots=True)
class Place:
    """The last entry of a page: the next page begins after it. `at` in milliseconds since 1970."""

    at: int
    entry_id: uuid.UUID

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The place written in an address, or None for anything else."""
        at, _, entry = text.partition(".")
        if not (at.isascii() and at.isdecimal() and len(at) <= 15 and len(entry) == 32):
            return None
        try:
            return cls(int(at), uuid.UUID(entry))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.at}.{self.entry_id.hex}"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries are asked for; what is empty does not matter. Days are days of UTC, `until` included."""

    who: str = ""
    action: str = ""
    object: str = ""
    outcome: str = ""
    agency_id: uuid.UUID | None = None
    since: date | None = None
    until: date | None = None
