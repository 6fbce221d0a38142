"""Where everything stands on the paper. Values are drawn as plain strings: nothing in them is ever read as markup."""

import zlib
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import segno
from reportlab.pdfgen.canvas import Canvas

from lms.certificates import artwork
from lms.certificates.artwork import ACCENT, BRONZE, INK, MUTED, Page
from lms.certificates.fonts import Style, Typeface, font
from lms.certificates.numbers import CertificateClass
from lms.certificates.tagging import Box, Tag, Tagged
from lms.kernel.errors import Invalid

PAGE: Final = Page(width=792, height=612, inset=30)
MIDDLE: Final = PAGE.width / 2
MEASURE: Final = 600.0
"""Longest line of the text."""
WIDEST: Final = 676.0
"""Longest line of what must be said and does not fit there."""
ROOM: Final = 31.0
"""From its first line to its last, at most."""
SMALLEST: Final = 6.0

TITLES: Final = {
    CertificateClass.FULL: "Certificate of Training",
    CertificateClass.ABBREVIATED: "Abbreviated Training",
    CertificateClass.WAIVED: "Training Waived",
    CertificateClass.DRILL: "Drill, Void",
}
"""What stands large at the top: nothing but the full course gives a certificate of training (R-24)."""
LIMITS: Final = (
    "This certificate attests training only and confers no immigration authority: certified is not authorized.",
    "An officer may act only within the written authorization of ICE under the agreement.",
)
ORNAMENT: Final = "Ornament"
"""Name of the artwork among the page's resources, where `pdf` puts it ready compressed."""
PHRASES: Final = {
    CertificateClass.FULL: "has successfully completed",
    CertificateClass.ABBREVIATED: "has successfully completed the abbreviated form of",
    CertificateClass.WAIVED: "was excused, under a declaration, from training in",
    CertificateClass.DRILL: "took part in an exercise of",
}
KINDS: Final = {
    CertificateClass.FULL: "Full course",
    CertificateClass.ABBREVIATED: "Abbreviated course",
    CertificateClass.WAIVED: "Training waived",
    CertificateClass.DRILL: "Drill, without credit",
}

QR_BOX: Final[Box] = (82, 104, 164, 186)
SIGNATURE_BOX: Final[Box] = (506, 104, 720, 188)

FACTS_WIDTH: Final = 580.0
PROOF_WIDTH: Final = 320.0
LEADING: Final = 1.22
"""Distance of lines, in sizes of their type."""
REVISION: Final = "Course revision"
STAMP_LENGTH: Final = {"SPECIMEN": 545.0, "DRILL": 430.0, "SPECIMEN DRILL": 600.0, "ABBREVIATED": 580.0, "WAIVED": 480.0}
"""What may be stamped across the paper, and how long."""

HEAD: Final = Style(Typeface.CAPITALS, 15, ACCENT, tracking=1.6)
HEADLINE: Final = Style(Typeface.CAPITALS, 47, INK, tracking=0.8)
SMALL: Final = Style(Typeface.ITALIC, 14.5, MUTED)
NAME: Final = Style(Typeface.ROMAN, 38, ACCENT)
AGENCY: Final = Style(Typeface.ROMAN, 16, INK)
COURSE: Final = Style(Typeface.CAPITALS, 22, INK, tracking=0.5)
BODY: Final = Style(Typeface.ROMAN, 13, INK)
FINE: Final = Style(Typeface.ITALIC, 11, INK)
LABEL: Final = Style(Typeface.CAPITALS, 10, BRONZE, tracking=0.8)
FACT: Final = Style(Typeface.ROMAN, 13, INK)
HASH: Final = Style(Typeface.PLAIN, 11.5, INK)
NUMBER: Final = Style(Typeface.PLAIN, 14, INK, tracking=0.6)
URL: Final = Style(Typeface.PLAIN, 9, ACCENT)
KEY: Final = Style(Typeface.PLAIN, 7, MUTED)
CERTIFIER: Final = Style(Typeface.ROMAN, 15, INK)
NOTE: Final = Style(Typeface.ITALIC, 9.5, MUTED)
LIMIT: Final = Style(Typeface.ITALIC, 10.5, INK)
DISCLAIMER: Final = Style(Typeface.ROMAN, 9, MUTED)
STAMP: Final = Style(Typeface.CAPITALS, 100, (0.62, 0.16, 0.12), tracking=6)


@dataclass(frozen=True, slots=True)
class Lines:
    """The words of the paper, ready to be set."""

    title: str
    issuer: str
    officer: str
    agency: str
    phrase: str
    course: str
    model: str
    subjects: str
    notes: str
    facts: tuple[tuple[str, str], ...]
    number: str
    verify_url: str
    printed_url: str
    certified_by: str
    certified_title: str
    disclaimer: str
    key_id: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of text in a style that makes them fit."""

    style: Style
    lines: tuple[str, ...]


class DoesNotFit(Invalid):
    """A text is too long to be read on the paper."""


@cache
def ornament() -> bytes:
    """The artwork of every paper, compressed once."""
    return zlib.compress(f"{artwork.ground(MIDDLE, 330)}\n{artwork.frame(PAGE)}".encode(), level=9)


def compose(tagged: Tagged, lines: Lines) -> None:
    """Draw the page, in the order in which it is read."""
    with tagged.artwork():
        tagged.canvas.addLiteral(f"/{ORNAMENT} Do")
    if lines.stamp:
        _stamp(tagged, lines.stamp)
    _heading(tagged, lines)
    _person(tagged, lines)
    _training(tagged, lines)
    _facts(tagged, lines.facts)
    _proof(tagged, lines)
    _certifier(tagged, lines)
    _limits(tagged, lines)


def fitted(text: str, style: Style, *, width: float, smallest: float, most: int = 1) -> Setting:
    """`text` in as few lines and as near to its size as `width` allows: smaller first, then wrapped. Raises DoesNotFit."""
    for count in range(1, most + 1):
        size = style.size
        while size >= smallest:
            tried = replace(style, size=size).suited(text)
            lines = wrapped(text, tried, width=width)
            if len(lines) <= count and all(tried.width(line) <= width for line in lines):
                return Setting(tried, lines)
            size -= 0.5
    raise DoesNotFit(f"“{text[:60]}…” is too long for the certificate. Shorten it.")


def wrapped(text: str, style: Style, *, width: float) -> tuple[str, ...]:
    """`text` broken at spaces into lines no longer than `width`, but for single words that are."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and style.width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def _heading(tagged: Tagged, lines: Lines) -> None:
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, fitted(lines.issuer, HEAD, width=MEASURE, smallest=9), y=529)
    with tagged.part(Tag.HEADING):
        _center(tagged.canvas, Setting(HEADLINE, (lines.title,)), y=481)
    with tagged.artwork():
        tagged.canvas.addLiteral(artwork.divider(MIDDLE, 464, 330))


def _person(tagged: Tagged, lines: Lines) -> None:
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, Setting(SMALL, ("This certifies that",)), y=440)
    name = _name(lines.officer)
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, name, y=395 if len(name.lines) == 1 else 389 + name.style.size * LEADING)
    with tagged.artwork():
        tagged.canvas.addLiteral(artwork.rule(MIDDLE, 379, 380))
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, fitted(f"of {lines.agency}", AGENCY, width=MEASURE, smallest=10), y=360)


def _name(officer: str) -> Setting:
    """On one line while it stays large, else on two."""
    try:
        return fitted(officer, NAME, width=MEASURE, smallest=24)
    except DoesNotFit:
        return fitted(officer, replace(NAME, size=23), width=MEASURE, smallest=15, most=2)


def _training(tagged: Tagged, lines: Lines) -> None:
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, Setting(SMALL, (lines.phrase,)), y=335)
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, fitted(lines.course, COURSE, width=MEASURE, smallest=12), y=308)
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, fitted(lines.model, BODY, width=MEASURE, smallest=9), y=287)
    told = f"{lines.subjects} {lines.notes}".strip()
    with tagged.part(Tag.PARAGRAPH):
        setting = _told(told)
        _center(tagged.canvas, setting, y=265 if len(setting.lines) <= 3 else 270)


def _told(told: str) -> Setting:
    """On three lines while they can be read well; else as large as fills the room on wider lines, for what was waived takes more words."""
    try:
        return fitted(told, FINE, width=MEASURE, smallest=8, most=3)
    except DoesNotFit:
        return _filling(told)


def _filling(told: str) -> Setting:
    """The largest type in which all of it has room above the facts. Raises DoesNotFit."""
    size = FINE.size
    while size >= SMALLEST:
        tried = replace(FINE, size=size).suited(told)
        lines = wrapped(told, tried, width=WIDEST)
        if (len(lines) - 1) * size * LEADING <= ROOM:
            return Setting(tried, lines)
        size -= 0.25
    raise DoesNotFit(
        "What this paper must say of the training is too long for it. Name fewer places, or shorten the name of the declaration."
    )


def _facts(tagged: Tagged, facts: tuple[tuple[str, str], ...]) -> None:
    share = FACTS_WIDTH / len(facts)
    for column, (label, value) in enumerate(facts):
        x = MIDDLE - FACTS_WIDTH / 2 + share * (column + 0.5)
        with tagged.part(Tag.PARAGRAPH):
            _center(tagged.canvas, Setting(LABEL, (label,)), y=226, x=x)
            style = HASH if label == REVISION else FACT
            _center(tagged.canvas, fitted(value, style, width=share - 10, smallest=7), y=210, x=x)


def _proof(tagged: Tagged, lines: Lines) -> None:
    """The QR code, the number, and where to type it."""
    with tagged.part(Tag.FIGURE, says="QR code that opens the record of this certificate", box=QR_BOX):
        _qr(tagged.canvas, lines.verify_url)
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, Setting(LABEL, ("Certificate number",)), y=172)
        _center(tagged.canvas, fitted(lines.number, NUMBER, width=PROOF_WIDTH, smallest=10), y=153)
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, Setting(NOTE, ("Scan the code, or enter the number at",)), y=135)
    url = fitted(lines.printed_url, URL, width=PROOF_WIDTH, smallest=6)
    half = url.style.width(url.lines[0]) / 2
    with tagged.part(Tag.LINK, says="Check this certificate", box=(MIDDLE - half, 119, MIDDLE + half, 131), target=lines.verify_url):
        _center(tagged.canvas, url, y=122)
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, Setting(KEY, (f"Signing key {lines.key_id}",)), y=107)


def _certifier(tagged: Tagged, lines: Lines) -> None:
    left, _, right, _ = SIGNATURE_BOX
    x, width = (left + right) / 2, right - left - 8
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, Setting(LABEL, ("Certified by",)), y=172, x=x)
        _center(tagged.canvas, fitted(lines.certified_by, CERTIFIER, width=width, smallest=8), y=153, x=x)
    with tagged.artwork():
        tagged.canvas.addLiteral(artwork.rule(x, 146, width))
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, fitted(lines.certified_title, FINE, width=width, smallest=7), y=134, x=x)
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, Setting(NOTE, ("Signed electronically: see the", "signature panel of your reader.")), y=119, x=x)


def _limits(tagged: Tagged, lines: Lines) -> None:
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, Setting(LIMIT, LIMITS), y=88)
    with tagged.part(Tag.PARAGRAPH):
        _center(tagged.canvas, fitted(lines.disclaimer, DISCLAIMER, width=650, smallest=6), y=61)


def _stamp(tagged: Tagged, word: str) -> None:
    """The word across the page in outline, so that what it crosses stays readable."""
    canvas = tagged.canvas
    style = replace(STAMP, size=STAMP.size * STAMP_LENGTH[word] / STAMP.width(word))
    with tagged.part(Tag.PARAGRAPH):
        canvas.saveState()
        canvas.translate(MIDDLE + 10, PAGE.height / 2 + 10)
        canvas.rotate(24)
        canvas.setFillAlpha(0.08)
        canvas.setStrokeAlpha(0.42)
        canvas.setStrokeColorRGB(*style.color)
        canvas.setLineWidth(0.8)
        canvas.setFillColorRGB(*style.color)
        canvas.setFont(font(style.typeface), style.size)
        canvas.drawString(-style.width(word) / 2, -style.size * 0.33, word, mode=2, charSpace=style.tracking)
        canvas.restoreState()


def _center(canvas: Canvas, setting: Setting, *, y: float, x: float = MIDDLE) -> None:
    """Draw lines about `x`, the first on `y`. Each ends in a space, which parts the words when they are read out or copied."""
    style = setting.style
    canvas.setFillColorRGB(*style.color)
    canvas.setFont(font(style.typeface), style.size)
    for number, line in enumerate(setting.lines):
        left, baseline = x - style.width(line) / 2, y - number * style.size * LEADING
        canvas.drawString(left, baseline, f"{line} ", charSpace=style.tracking)


def _qr(canvas: Canvas, url: str) -> None:
    """The code as one path, a unit to a module, each run of dark modules one rectangle."""
    left, bottom, right, _ = QR_BOX
    rows = list(segno.make(url, error="m", micro=False).matrix)
    module = (right - left) / len(rows)
    drawn = [f"q {' '.join(map(str, INK))} rg {module:.4f} 0 0 {module:.4f} {left} {bottom} cm"]
    for height, cells in enumerate(reversed(rows)):
        drawn += [f"{start} {height} {length} 1 re" for start, length in _runs(bytes(cells))]
    canvas.addLiteral(" ".join([*drawn, "f Q"]))


def _runs(cells: bytes) -> list[tuple[int, int]]:
    """Where runs of dark cells start and how long they are."""
    runs: list[tuple[int, int]] = []
    for at, cell in enumerate(cells):
        if cell and runs and sum(runs[-1]) == at:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif cell:
            runs.append((at, 1))
    return runs
