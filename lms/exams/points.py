"""What a response earns, in thousandths of a point: whole numbers and exact fractions only, never floating point. Pure.

Everything or nothing, unless the author lets a part count: of multiple choice the right choices less the wrong ones, of ordering the
neighbors that follow each other as they should, of matching the right pairs; what does not come out even is cut.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from lms.questions.items import ItemType

NUMBER: Final = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?")
STRAIGHT: Final = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"})  # noqa: RUF001 - the very characters
LOOSE: Final = " .,;:!?\"'"


def earned(type_: str, key: Any, response: Any, *, points: int, partial: bool) -> int:
    """The thousandths of a point that `response` earns of `points`. A written answer earns what its markers give, so nothing here."""
    if response is None or type_ == ItemType.WRITTEN:
        return 0
    share = _SHARES[ItemType(type_)](key, response)
    return points if share == 1 else int(points * share) if partial else 0


def _equal(key: Any, response: Any) -> Fraction:
    return Fraction(response == key)


def _several(key: Any, response: Any) -> Fraction:
    right = len(set(key).intersection(response))
    return Fraction(max(2 * right - len(response), 0), len(key)) if isinstance(response, list) else Fraction(0)


def _neighbors(key: Any, response: Any) -> Fraction:
    if response == key:
        return Fraction(1)
    wanted, found = set(pairwise(key)), pairwise(response)
    return Fraction(len(wanted.intersection(found)), len(key) - 1)


def _pairs(key: Any, response: Any) -> Fraction:
    return Fraction(sum(response.get(left) == right for left, right in key.items()), len(key))


def _number(key: Any, response: Any) -> Fraction:
    given, value, tolerance = number(response), number(key["value"]), number(key["tolerance"])
    if given is None or value is None or tolerance is None:
        return Fraction(0)
    return Fraction(abs(given - value) <= tolerance)


def _accepted(key: Any, response: Any) -> Fraction:
    return Fraction(plain(response) in {plain(one) for one in key["accepted"]})


_SHARES: Final[Mapping[ItemType, Callable[[Any, Any], Fraction]]] = {
    ItemType.SINGLE: _equal,
    ItemType.TRUE_FALSE: _equal,
    ItemType.MULTIPLE: _several,
    ItemType.ORDERING: _neighbors,
    ItemType.MATCHING: _pairs,
    ItemType.NUMERIC: _number,
    ItemType.SHORT: _accepted,
}


def number(text: str) -> Fraction | None:
    """The number written in `text`, exactly; None when it is none. A sign, commas between thousands and decimals are understood."""
    text = text.strip().translate(STRAIGHT)
    if not re.search(r"[0-9]", text) or not text.isascii() or not NUMBER.fullmatch(text):
        return None
    return Fraction(text.replace(",", "").removesuffix("."))


def plain(text: str) -> str:
    """A short text as it is compared: case, spaces, kinds of quotes and what stands around it make no difference."""
    folded = unicodedata.normalize("NFKC", text).translate(STRAIGHT).casefold()
    return " ".join(folded.split()).strip(LOOSE)
