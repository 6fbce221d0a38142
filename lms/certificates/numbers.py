"""Certificate numbers: a class letter, 16 random Crockford characters (80 bits) and one check character over GF(32).

A number is a word c[0..17] over GF(32) = GF(2)[x]/(x^5 + x^2 + 1) with sum(w[i] * c[i]) = 0, where w[i] = x^(17 - i).
The polynomial is primitive (Lidl and Niederreiter, *Finite Fields*, table of primitive polynomials over GF(2)), so x has
order 31 and the eighteen weights are distinct and not zero. Hence one changed character always shows (w[i] * d != 0),
and so do two different characters exchanged at any distance ((w[i] + w[j]) * d != 0).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U."""
ENTROPY: Final = 10
"""Bytes of randomness in a number."""
LENGTH: Final = 18
"""Characters of a number, grouping apart."""
LONGEST: Final = 100
"""Longer text is not looked at."""

_POLYNOMIAL: Final = 0b100101
_SIZE: Final = 32
_GROUPS: Final = ((0, 1), (1, 5), (5, 9), (9, 13), (13, 17), (17, 18))
_VALUES: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}
_READ_AS: Final = {**{s: s for s in ALPHABET}, **{s.lower(): s for s in ALPHABET}, **dict.fromkeys("Oo", "0"), **dict.fromkeys("IiLl", "1")}
_SKIPPED: Final = frozenset(" \t\r\n\f\v\u00a0\u2007\u2009\u202f-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212")


class CertificateClass(StrEnum):
    """What kind of training the paper attests; the first letter of its number. Each letter is one of Crockford's."""

    FULL = "F"
    ABBREVIATED = "A"
    WAIVED = "W"
    DRILL = "D"


@dataclass(frozen=True, slots=True)
class TypingSlip:
    """Eighteen readable characters that cannot be a number as they stand. Saying so reveals nothing about any certificate."""


@dataclass(frozen=True, slots=True)
class NotANumber:
    """Text of another shape: `characters` were left after spaces and hyphens, `unreadable` are those no number contains."""

    characters: int
    unreadable: str = ""


def mint(certificate_class: CertificateClass, entropy: bytes) -> str:
    """The canonical number (no hyphens) of `certificate_class` with `entropy`, which is 10 random bytes.

    Raises ValueError for another amount of entropy.
    """
    if len(entropy) != ENTROPY:
        message = f"A number takes {ENTROPY} bytes of entropy, not {len(entropy)}."
        raise ValueError(message)
    drawn = int.from_bytes(entropy)
    body = certificate_class.value + "".join(ALPHABET[drawn >> shift & 31] for shift in range(75, -1, -5))
    return body + ALPHABET[_weighted_sum(_VALUES[symbol] for symbol in body)]


def parse(text: str) -> str | TypingSlip | NotANumber:
    """The canonical number that `text` means, however it is spaced and cased; else what is wrong with it.

    O is read as 0, I and L as 1 (Crockford).
    """
    typed = [symbol for symbol in text[:LONGEST] if symbol not in _SKIPPED]
    unreadable = "".join(dict.fromkeys(symbol for symbol in typed if symbol not in _READ_AS))
    if len(text) > LONGEST or len(typed) != LENGTH or unreadable:
        return NotANumber(len(typed), unreadable)
    number = "".join(_READ_AS[symbol] for symbol in typed)
    if _weighted_sum(_VALUES[symbol] for symbol in number[:-1]) != _VALUES[number[-1]] or number[0] not in set(CertificateClass):
        return TypingSlip()
    return number


def display(number: str) -> str:
    """A canonical number grouped for reading aloud: F-XXXX-XXXX-XXXX-XXXX-C."""
    return "-".join(number[start:end] for start, end in _GROUPS)


def class_of(number: str) -> CertificateClass:
    """The class that a canonical number names."""
    return CertificateClass(number[0])


def _times_x(element: int) -> int:
    doubled = element << 1
    return doubled ^ _POLYNOMIAL if doubled >= _SIZE else doubled


def _weighted_sum(values: Iterable[int]) -> int:
    """sum(x^(n - i) * values[i]) for n values, by Horner: the check character is the one whose own weight is x^0 = 1."""
    total = 0
    for value in values:
        total = _times_x(total ^ value)
    return total
