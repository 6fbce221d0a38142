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


@dataclass(slots=True)
class Tagged:
    """A canvas of one page whose content is marked while it is drawn."""

    canvas: Canvas
    parts: list[Part] = field(default_factory=list)

    @contextmanager
    def part(self, tag: Tag, *, says: str = "", box: Box | None = None, target: str = "") -> Iterator[None]:
        """What is drawn inside is read out as `tag`."""
        self.canvas.addLiteral(f"/{tag.value} <</MCID {len(self.parts)}>> BDC")
        self.parts.append(Part(tag, says, box, target))
        yield
        self.canvas.addLiteral("EMC")

    @contextmanager
    def artwork(self) -> Iterator[None]:
        """What is drawn inside is passed over by readers."""
        self.canvas.addLiteral("/Artifact BMC")
        yield
        self.canvas.addLiteral("EMC")


def add_structure(pdf: pikepdf.Pdf, parts: list[Part], *, field_name: str, field_box: Box) -> None:
    """Give the one page of `pdf` a structure tree of `parts`, live links and an empty, tagged signature field."""
    page = pdf.pages[0].obj
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=tree))
    elements = [pdf.make_indirect(_element(part, number, document, page)) for number, part in enumerate(parts)]
    widget = _signature_field(pdf, page, field_name, field_box)
    form = pdf.make_indirect(_form_element(widget, document, page))
    owned: list[tuple[pikepdf.Object, pikepdf.Object]] = [(widget, form)]
    for part, element in zip(parts, elements, strict=True):
        if part.tag is Tag.LINK:
            owned.append((_link(pdf, part, element, page), element))
    _own(pdf, page, tree, elements, owned)
    document.K = Array([*elements, form])
    tree.K = Array([document])
    pdf.Root.StructTreeRoot = tree
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def _element(part: Part, number: int, document: pikepdf.Object, page: pikepdf.Object) -> Dictionary:
    element = Dictionary(Type=Name.StructElem, S=Name(f"/{part.tag.value}"), P=document, Pg=page, K=number)
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
    page: pikepdf.Object,
    tree: pikepdf.Object,
    elements: Sequence[pikepdf.Object],
    owned: Sequence[tuple[pikepdf.Object, pikepdf.Object]],
) -> None:
    """Number the page and its annotations, so that a reader finds from each the element it belongs to."""
    page.StructParents = 0
    page.Tabs = Name.S
    numbers: list[pikepdf.Object | int] = [0, pdf.make_indirect(Array(elements))]
    for number, (annotation, element) in enumerate(owned, start=1):
        annotation.StructParent = number
        numbers += [number, element]
    page.Annots = Array([annotation for annotation, _ in owned])
    tree.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
    tree.ParentTreeNextKey = len(owned) + 1


def _rectangle(box: Box) -> Array:
    return Array([round(edge, 2) for edge in box])
