"""The types of questions, and what their points are counted in. Pure."""

from enum import StrEnum
from typing import Final

POINT: Final = 1000
"""One point, in thousandths: what a question is worth unless its author says otherwise."""


class ItemType(StrEnum):
    """What a question asks an officer to do."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true-false"
    ORDERING = "ordering"
    MATCHING = "matching"
    NUMERIC = "numeric"
    SHORT = "short"
    WRITTEN = "written"


IN_WORDS: Final = {
    ItemType.SINGLE: "single choice",
    ItemType.MULTIPLE: "multiple choice",
    ItemType.TRUE_FALSE: "true or false",
    ItemType.ORDERING: "ordering",
    ItemType.MATCHING: "matching",
    ItemType.NUMERIC: "number",
    ItemType.SHORT: "short text",
    ItemType.WRITTEN: "written answer",
}
CHOSEN: Final = frozenset({ItemType.SINGLE, ItemType.TRUE_FALSE})
"""Types whose answer is one choice."""
TYPED: Final = frozenset({ItemType.NUMERIC, ItemType.SHORT, ItemType.WRITTEN})
"""Types whose answer is a text."""
MAY_BE_PARTIAL: Final = frozenset({ItemType.MULTIPLE, ItemType.ORDERING, ItemType.MATCHING})
"""Types of which an author may let a part count."""
