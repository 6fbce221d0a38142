"""The typefaces of the paper, and which text they can draw right: anything else is refused by name, never drawn as a box."""

import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from lms.kernel.content import certificates_root
from lms.kernel.errors import Invalid

SCRIPTS: Final = ("LATIN ", "GREEK ", "CYRILLIC ")
"""Scripts that stand right without shaping. Names of Unicode letters begin with their script."""
OTHER_LETTERS: Final = frozenset("ªºµʻʼˈˌ")
SPACES: Final = frozenset(" \u00a0")
MARKS: Final = range(0x0300, 0x0370)
"""Combining marks left when no letter has them built in, as in Yoruba."""
PLAIN_SCALE: Final = 0.9
"""Gentium is larger on its body than Garamond."""


class Typeface(StrEnum):
    """The value is the name of a file. `PLAIN` covers most, and has figures of one height: numbers and hashes are set in it."""

    ROMAN = "EBGaramond12-Regular"
    ITALIC = "EBGaramond12-Italic"
    CAPITALS = "EBGaramondSC12-Regular"
    PLAIN = "GentiumPlus-Regular"


@dataclass(frozen=True, slots=True)
class Style:
    """How a line is set; sizes and tracking are in points."""

    typeface: Typeface
    size: float
    color: tuple[float, float, float]
    tracking: float = 0.0

    def suited(self, text: str) -> "Style":
        """This style, or for text beyond its typeface the plain one of equal height."""
        if covers(self.typeface, text):
            return self
        return replace(self, typeface=Typeface.PLAIN, size=self.size * PLAIN_SCALE)

    def width(self, text: str) -> float:
        return float(pdfmetrics.stringWidth(text, font(self.typeface), self.size)) + self.tracking * max(len(text) - 1, 0)


class MissingGlyph(Invalid):
    """The paper's typefaces cannot draw a character, so nothing is drawn."""


def font(typeface: Typeface) -> str:
    """The name under which reportlab knows the typeface, which is read once."""
    _glyphs(typeface)
    return typeface.value


def covers(typeface: Typeface, text: str) -> bool:
    """Whether the typeface draws every character right. Marks that stand for themselves only Gentium puts over their letter."""
    marked = typeface is not Typeface.PLAIN and any(ord(character) in MARKS for character in text)
    return not marked and all(ord(character) in _glyphs(typeface) for character in text)


def normalized(text: str) -> str:
    """`text` in NFC, as it is drawn and committed to."""
    return unicodedata.normalize("NFC", text)


def missing_glyphs(text: str) -> list[str]:
    """The characters of `text` (in NFC) that the paper cannot draw right, each once, in order."""
    return [character for character in dict.fromkeys(normalized(text)) if not _is_drawn_right(character)]


def refuse_missing(text: str) -> None:
    """Raises MissingGlyph, naming each character, unless all of `text` can be drawn."""
    missing = missing_glyphs(text)
    if missing:
        named = ", ".join(_described(character) for character in missing)
        raise MissingGlyph(f"A certificate cannot show {named}. Enter the text as it is written in Latin, Greek or Cyrillic letters.")


@cache
def _glyphs(typeface: Typeface) -> frozenset[int]:
    loaded = TTFont(typeface.value, str(certificates_root() / "fonts" / f"{typeface.value}.ttf"))
    pdfmetrics.registerFont(loaded)
    return frozenset(loaded.face.charToGlyph)


def _is_drawn_right(character: str) -> bool:
    """Whether there is a glyph, and it needs no shaping and no turning: reportlab sets one glyph after another, left to right."""
    return character in SPACES or (_stands_alone(character) and ord(character) in _glyphs(Typeface.PLAIN))


def _stands_alone(character: str) -> bool:
    category = unicodedata.category(character)
    if category.startswith("L"):
        return unicodedata.name(character, "").startswith(SCRIPTS) or character in OTHER_LETTERS
    if category.startswith("M"):
        return ord(character) in MARKS
    return not category.startswith(("C", "Z")) and unicodedata.bidirectional(character) not in {"R", "AL", "AN"}


def _described(character: str) -> str:
    shown = f"“{character}” " if character.isprintable() else ""
    return f"{shown}{unicodedata.name(character, 'an unnamed character')} (U+{ord(character):04X})"
