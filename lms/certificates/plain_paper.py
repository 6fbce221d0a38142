"""Plain tagged papers: the record of an authorization, a certification list, a sitting's report. No letterhead, no seal, nobody's form.

Values are drawn as plain strings. Type becomes smaller until everything stands on the page; what still does not fit is refused. A paper
that flows goes on over as many pages as it takes, and is signed on the last.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import pikepdf
from pikepdf import Dictionary, String
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from lms.certificates.artwork import ACCENT, INK, MUTED
from lms.certificates.fonts import Style, Typeface, font, refuse_missing
from lms.certificates.layout import LEADING, STAMP, DoesNotFit, wrapped
from lms.certificates.pdf import ONE_AT_A_TIME
from lms.certificates.signing import FIELD
from lms.certificates.tagging import Box, Tag, Tagged, add_structure

WIDTH, HEIGHT = letter
LEFT: Final = 66.0
MEASURE: Final = WIDTH - 2 * LEFT
TOP: Final = HEIGHT - 70
FOOT: Final = 128.0
"""Where the text ends and the signature begins."""
SIGNATURE_BOX: Final[Box] = (LEFT, 72, WIDTH - LEFT, 120)
SCALES: Final = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)
FLOWING: Final = 0.8
"""The scale of a paper that flows."""
BOTTOM: Final = 66.0
"""Where the text of a page ends that is not the last."""
LABELS: Final = 132.0
"""Width of the column of labels."""

TITLE: Final = Style(Typeface.ROMAN, 25, INK)
HEAD: Final = Style(Typeface.ROMAN, 15, ACCENT)
BODY: Final = Style(Typeface.ROMAN, 12, INK)
LABEL: Final = Style(Typeface.ITALIC, 12, MUTED)
FINE: Final = Style(Typeface.ITALIC, 10.5, INK)
SMALL: Final = Style(Typeface.ROMAN, 9, MUTED)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: how it is set, where its lines begin, and how far it stands below what is above it. `label` stands at the margin."""

    text: str
    style: Style = BODY
    indent: float = 0.0
    above: float = 6.0
    label: str = ""
    tag: Tag = Tag.PARAGRAPH


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on a paper. `signed` stands above the signature; `stamp` is put across. `flows`: it may take several pages."""

    title: str
    author: str
    blocks: Sequence[Block]
    signed: str
    disclaimer: str
    dated_on: date
    stamp: str = ""
    flows: bool = False


def pair(label: str, value: str, *, above: float = 4.0) -> Block:
    """A fact with its label."""
    return Block(value, indent=LABELS, above=above, label=label)


def heading(text: str) -> Block:
    return Block(text, HEAD, above=13)


def bullets(texts: Iterable[str]) -> list[Block]:
    """A list, each text behind a dot."""
    return [Block(text, indent=14, above=3, label="\N{BULLET}") for text in texts]


def draw(page: Page) -> bytes:
    """The unsigned page with an empty signature field. Equal pages give equal bytes. Raises MissingGlyph or DoesNotFit."""
    for block in page.blocks:
        refuse_missing(block.text)
    with ONE_AT_A_TIME:
        buffer = io.BytesIO()
        roman: Any = font(Typeface.ROMAN)  # the stubs want a number here
        canvas = Canvas(buffer, pagesize=letter, invariant=1, lang="en-US", initialFontName=roman, pdfVersion=(1, 7))
        tagged = Tagged(canvas)
        (_flow if page.flows else _compose)(tagged, page)
        canvas.showPage()
        canvas.save()
    return _finished(buffer.getvalue(), tagged, page)


def _compose(tagged: Tagged, page: Page) -> None:
    if page.stamp:
        _stamp(tagged, page.stamp)
    whole = [Block(page.title, TITLE, above=0, tag=Tag.HEADING), *page.blocks]
    scale = next((scale for scale in SCALES if _height(whole, scale) <= TOP - FOOT), None)
    if scale is None:
        raise DoesNotFit("This is too much for one page. Name fewer places, or the whole State.")
    y = TOP
    for block in whole:
        y = _set(tagged, block, scale, y)
    _signature(tagged, page)


def _flow(tagged: Tagged, page: Page) -> None:
    """Set block after block, and turn the page where the next line does not fit. The signature stands on the last page."""
    _begin(tagged, page)
    y = TOP
    for block in [Block(page.title, TITLE, above=0, tag=Tag.HEADING), *page.blocks]:
        y = _set_flowing(tagged, page, block, y)
    if y < FOOT:
        _turn(tagged, page)
    _signature(tagged, page)
    _page_number(tagged)


def _begin(tagged: Tagged, page: Page) -> None:
    if page.stamp:
        _stamp(tagged, page.stamp)


def _turn(tagged: Tagged, page: Page) -> None:
    _page_number(tagged)
    tagged.turn()
    _begin(tagged, page)


def _page_number(tagged: Tagged) -> None:
    with tagged.artwork():
        _line(tagged.canvas, f"Page {tagged.page + 1}", SMALL, LEFT, TOP + 24)


def _set_flowing(tagged: Tagged, page: Page, block: Block, y: float) -> float:
    """Draw a block below `y`, going on where it is cut by the end of the page; where the next one begins."""
    lines, y = list(_lines(block, FLOWING)), y - block.above * FLOWING
    step = block.style.size * FLOWING * LEADING
    keep = 2 * step if block.style is HEAD else 0.0  # a heading does not stand alone at the end of a page
    first = True
    while lines:
        fit = max(int((y - keep - BOTTOM) / step), 0)
        if fit:
            part = block if first else replace(block, label="")
            y = _set_lines(tagged, part, lines[:fit], FLOWING, y)
            lines, first = lines[fit:], False
        if lines:
            _turn(tagged, page)
            y, keep = TOP, 0.0
    return y


def _scaled(block: Block, scale: float) -> Style:
    return replace(block.style, size=block.style.size * scale).suited(block.text)


def _lines(block: Block, scale: float) -> tuple[str, ...]:
    return wrapped(block.text, _scaled(block, scale), width=MEASURE - block.indent)


def _height(blocks: Sequence[Block], scale: float) -> float:
    return sum(block.above * scale + len(_lines(block, scale)) * block.style.size * scale * LEADING for block in blocks)


def _set(tagged: Tagged, block: Block, scale: float, y: float) -> float:
    """Draw a block below `y`; where the next one begins."""
    return _set_lines(tagged, block, _lines(block, scale), scale, y - block.above * scale)


def _set_lines(tagged: Tagged, block: Block, lines: Sequence[str], scale: float, y: float) -> float:
    step = block.style.size * scale * LEADING
    with tagged.part(block.tag):
        if block.label:
            label = LABEL if block.indent == LABELS else BODY
            _line(tagged.canvas, block.label, replace(label, size=label.size * scale).suited(block.label), LEFT, y - step)
        for line in lines:
            y -= step
            _line(tagged.canvas, line, _scaled(block, scale), LEFT + block.indent, y)
    return y


def _line(canvas: Canvas, text: str, style: Style, x: float, y: float) -> None:
    """One line. It ends in a space, which parts the words when they are read out or copied."""
    canvas.setFillColorRGB(*style.color)
    canvas.setFont(font(style.typeface), style.size)
    canvas.drawString(x, y, f"{text} ")


def _signature(tagged: Tagged, page: Page) -> None:
    with tagged.artwork():
        tagged.canvas.setStrokeColorRGB(*MUTED)
        tagged.canvas.setLineWidth(0.6)
        tagged.canvas.line(LEFT, 120, WIDTH - LEFT, 120)
    with tagged.part(Tag.PARAGRAPH):
        for number, line in enumerate(wrapped(page.signed, BODY.suited(page.signed), width=MEASURE)[:2]):
            _line(tagged.canvas, line, BODY.suited(line), LEFT, 103 - number * 14)
        _line(tagged.canvas, "Signed electronically: see the signature panel of your reader.", FINE, LEFT, 75)
    with tagged.part(Tag.PARAGRAPH):
        for number, line in enumerate(wrapped(page.disclaimer, SMALL.suited(page.disclaimer), width=MEASURE)[:2]):
            _line(tagged.canvas, line, SMALL.suited(line), LEFT, 52 - number * 11)


def _stamp(tagged: Tagged, word: str) -> None:
    """The word across the page in outline, so that what it crosses stays readable."""
    canvas, style = tagged.canvas, replace(STAMP, size=96)
    with tagged.part(Tag.PARAGRAPH):
        canvas.saveState()
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(50)
        canvas.setFillAlpha(0.06)
        canvas.setStrokeAlpha(0.35)
        canvas.setStrokeColorRGB(*style.color)
        canvas.setFillColorRGB(*style.color)
        canvas.setLineWidth(0.8)
        canvas.setFont(font(style.typeface), style.size)
        canvas.drawString(-style.width(word) / 2, -style.size * 0.33, word, mode=2, charSpace=style.tracking)
        canvas.restoreState()


def _finished(drawn: bytes, tagged: Tagged, page: Page) -> bytes:
    """The drawn page with structure and description."""
    made = f"D:{page.dated_on:%Y%m%d}000000Z"
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        described = Dictionary(Title=String(page.title), Author=String(page.author), CreationDate=String(made), ModDate=String(made))
        pdf.trailer.Info = pdf.make_indirect(described)
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata.load_from_docinfo(pdf.docinfo)
            metadata["dc:language"] = ["en-US"]
        add_structure(pdf, tagged.parts, field_name=FIELD, field_box=SIGNATURE_BOX)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()
