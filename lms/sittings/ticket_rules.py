"""One-time tickets: an alphabet in which nothing is read for something else, and what of a ticket is kept. Pure: chance is given."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from lms.kernel.ids import digest

ALPHABET: Final = "ACDEFGHJKMNPQRTWXY34679"
"""Letters and digits of which no two look alike: neither 0 and O, 1 and I and L, 2 and Z, 5 and S, 8 and B, nor U and V."""
LENGTH: Final = 12
GROUP: Final = 4
WRONG_ALLOWED: Final = 5
WRONG_WITHIN: Final = timedelta(minutes=10)
REFUSAL: Final = "This does not open the exam now. Check what you typed, and ask your proctor."
"""The one answer to every ticket that opens nothing, whatever the reason."""


def minted(choose: Callable[[str], str]) -> str:
    """A new ticket, each character chosen from the alphabet: more than 54 bits of chance."""
    return "".join(choose(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """A ticket as it is printed, in groups of four."""
    return " ".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read(typed: str) -> str:
    """A ticket as it was meant, whatever its case, spaces and hyphens."""
    return "".join(typed.upper().split()).replace("-", "")


def kept(code: str, *, sitting_id: uuid.UUID, enrollment_id: uuid.UUID) -> str:
    """What is kept of a ticket: a digest that binds it to its officer and its sitting."""
    return digest(f"{sitting_id}:{enrollment_id}:{read(code)}")
