"""Structure for screen readers (PDF 1.7, 14.7-14.8) over what reportlab draws, which has no structure of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen.canvas import Canvas

SIGNATURE_LABEL: Final = "Electronic signature of the issuer"
_PRINT: Final = 4
"""Annotation flag: shown on paper too."""

Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in points from the lower left corner."""


class Tag(StrEnum):
    """Standard structure types that the paper uses."""

    HEADING = "H1"
    PARAGRAPH = "P"
    LINK = "Link"
    FIGURE = "Figure"


@dataclass(frozen=True, slots=True)
class Part:
    """One marked run of content: what it is, and for a figure or link what it says and where it stands."""

    tag: Tag
    says: str = ""
    box: Box | None = None
    target: str = ""
    page: int = 0
    number: int = 0
    """Its place among the parts of its page."""


@dataclass(slots=True)
class Tagged:
    """A canvas whose content is marked while it is drawn."""

    canvas: Canvas
    parts: list[Part] = field(default_factory=list)
    page: int = 0
    on_page: int = 0
    """How many parts the page has so far."""

    @contextmanager
    def part(self, tag: Tag, *, says: str = "", box: Box | None = None, target: str = "") -> Iterator[None]:
        """What is drawn inside is read out as `tag`."""
        self.canvas.addLiteral(f"/{tag.value} <</MCID {self.on_page}>> BDC")
        self.parts.append(Part(tag, says, box, target, self.page, self.on_page))
        self.on_page += 1
        yield
        self.canvas.addLiteral("EMC")

    @contextmanager
    def artwork(self) -> Iterator[None]:
        """What is drawn inside is passed over by readers."""
        self.canvas.addLiteral("/Artifact BMC")
        yield
        self.canvas.addLiteral("EMC")

    def turn(self) -> None:
        """Go on with the next page."""
        self.canvas.showPage()
        self.page, self.on_page = self.page + 1, 0


def add_structure(pdf: pikepdf.Pdf, parts: list[Part], *, field_name: str, field_box: Box) -> None:
    """Give `pdf` a structure tree of `parts`, live links and an empty, tagged signature field on its last page."""
    pages = [page.obj for page in pdf.pages]
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=tree))
    elements = [pdf.make_indirect(_element(part, document, pages[part.page])) for part in parts]
    widget = _signature_field(pdf, pages[-1], field_name, field_box)
    form = pdf.make_indirect(_form_element(widget, document, pages[-1]))
    owned: list[tuple[pikepdf.Object, pikepdf.Object]] = [(widget, form)]
    for part, element in zip(parts, elements, strict=True):
        if part.tag is Tag.LINK:
            owned.append((_link(pdf, part, element, pages[part.page]), element))
    _own(pdf, pages, tree, [[one for part, one in zip(parts, elements, strict=True) if part.page == at] for at in range(len(pages))], owned)
    document.K = Array([*elements, form])
    tree.K = Array([document])
    pdf.Root.StructTreeRoot = tree
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def _element(part: Part, document: pikepdf.Object, page: pikepdf.Object) -> Dictionary:
    element = Dictionary(Type=Name.StructElem, S=Name(f"/{part.tag.value}"), P=document, Pg=page, K=part.number)
    if part.says:
        element.Alt = String(part.says)
    if part.tag is Tag.FIGURE and part.box:
        element.A = Dictionary(O=Name.Layout, Placement=Name.Block, BBox=_rectangle(part.box))
    return element


def _signature_field(pdf: pikepdf.Pdf, page: pikepdf.Object, name: str, box: Box) -> pikepdf.Object:
    """A signature field that shows nothing of its own: what is to be read there is drawn on the page."""
    left, bottom, right, top = box
    blank = pdf.make_stream(b"")
    blank.Type, blank.Subtype, blank.BBox = Name.XObject, Name.Form, _rectangle((0, 0, right - left, top - bottom))
    widget = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(name),
            TU=String(SIGNATURE_LABEL),
            Rect=_rectangle(box),
            F=_PRINT,
            P=page,
            AP=Dictionary(N=blank),
        ),
    )
    pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array([widget]), SigFlags=0))
    return widget


def _form_element(widget: pikepdf.Object, document: pikepdf.Object, page: pikepdf.Object) -> Dictionary:
    reference = Dictionary(Type=Name.OBJR, Obj=widget, Pg=page)
    return Dictionary(Type=Name.StructElem, S=Name.Form, P=document, Pg=page, Alt=String(SIGNATURE_LABEL), K=Array([reference]))


def _link(pdf: pikepdf.Pdf, part: Part, element: pikepdf.Object, page: pikepdf.Object) -> pikepdf.Object:
    annotation = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=_rectangle(part.box or (0, 0, 0, 0)),
            Border=Array([0, 0, 0]),
            F=_PRINT,
            P=page,
            A=Dictionary(S=Name.URI, URI=String(part.target)),
            Contents=String(part.says),
        ),
    )
    element.K = Array([element.K, Dictionary(Type=Name.OBJR, Obj=annotation, Pg=page)])
    return annotation


def _own(
    pdf: pikepdf.Pdf,
    pages: Sequence[pikepdf.Object],
    tree: pikepdf.Object,
    elements: Sequence[Sequence[pikepdf.Object]],
    owned: Sequence[tuple[pikepdf.Object, pikepdf.Object]],
) -> None:
    """Number the pages and their annotations, so that a reader finds from each the element it belongs to."""
    numbers: list[pikepdf.Object | int] = []
    for number, (page, own) in enumerate(zip(pages, elements, strict=True)):
        page.StructParents = number
        page.Tabs = Name.S
        numbers += [number, pdf.make_indirect(Array(own))]
    for number, (annotation, element) in enumerate(owned, start=len(pages)):
        annotation.StructParent = number
        numbers += [number, element]
    for page in pages:
        here = [annotation for annotation, _ in owned if annotation.P.objgen == page.objgen]
        if here:
            page.Annots = Array(here)
    tree.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
    tree.ParentTreeNextKey = len(pages) + len(owned)


def _rectangle(box: Box) -> Array:
    return Array([round(edge, 2) for edge in box])
