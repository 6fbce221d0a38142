"""The paper: everything printed on a certificate, drawn as one tagged letter page, the same bytes for the same face."""

import io
from dataclasses import dataclass, fields, replace
from datetime import date
from threading import Lock
from typing import Any, Final

import pikepdf
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, String
from reportlab import rl_config
from reportlab.lib.pagesizes import landscape, letter
from reportlab.pdfgen.canvas import Canvas

from lms.certificates import layout
from lms.certificates.fonts import Typeface, font, normalized, refuse_missing
from lms.certificates.numbers import CertificateClass, display
from lms.certificates.signing import FIELD
from lms.certificates.tagging import Tagged, add_structure

rl_config.useA85 = 0  # streams as they are: text encoding costs a quarter of the size and half of the drawing time

PAPER: Final = 1
"""Version of this layout, named in the statement: change it with anything that changes what a reader sees."""
ONE_AT_A_TIME: Final = Lock()
"""reportlab reads a typeface by moving one position through its file: two threads at once would read each other's glyphs."""
STAMPS: Final = {CertificateClass.ABBREVIATED: "ABBREVIATED", CertificateClass.WAIVED: "WAIVED"}
"""What stands across a paper that could else be taken for a full one."""
STATEMENT_FILE: Final = "statement.json"
SALTS_FILE: Final = "salts.json"


@dataclass(frozen=True, slots=True)
class Face:
    """Everything on the paper, as it is to be read. Values are text, never markup."""

    number: str
    """Canonical; it is shown grouped."""
    certificate_class: CertificateClass
    officer: str
    agency: str
    program_model: str
    """Spelled out."""
    course: str
    revision: str
    """Content hash of the course revision; its first twelve digits are shown."""
    hours: str
    subjects: tuple[str, ...]
    completed_on: date
    issued_on: date
    expires_on: date | None
    verify_url: str
    """In the QR code and behind the link: with the token that opens every claim."""
    printed_url: str
    """Where a reader types the number."""
    issuer: str
    certified_by: str
    certified_title: str
    disclaimer: str
    notes: tuple[str, ...]
    """Further sentences, such as what was waived and until when."""
    key_id: str
    specimen: bool
    statement: str
    """Canonical JSON, attached."""
    salts: str
    """Canonical JSON, attached: with them the holder can open the statement's commitments."""


def draw(face: Face) -> bytes:
    """The unsigned paper for `face`, one page with an empty signature field. Equal faces give equal bytes.

    Raises MissingGlyph for text that the typefaces cannot show right, DoesNotFit for text too long to be read.
    """
    face = _normalized(face)
    for text in _printed(face):
        refuse_missing(text)
    with ONE_AT_A_TIME:
        drawn = _page(face)
    return _finished(face, *drawn)


def _normalized(face: Face) -> Face:
    values: dict[str, Any] = {field.name: getattr(face, field.name) for field in fields(face)}
    texts: dict[str, Any] = {name: normalized(value) for name, value in values.items() if type(value) is str}
    return replace(face, **texts, subjects=tuple(map(normalized, face.subjects)), notes=tuple(map(normalized, face.notes)))


def _printed(face: Face) -> list[str]:
    """Every text that comes from outside and is shown."""
    whole = (face.officer, face.agency, face.program_model, face.course, face.hours, face.printed_url, face.issuer)
    return [*whole, face.revision, face.certified_by, face.certified_title, face.disclaimer, face.key_id, *face.subjects, *face.notes]


def _page(face: Face) -> tuple[bytes, Tagged]:
    buffer = io.BytesIO()
    size = landscape(letter)
    roman: Any = font(Typeface.ROMAN)  # the stubs want a number here
    canvas = Canvas(buffer, pagesize=size, invariant=1, lang="en-US", initialFontName=roman, pdfVersion=(1, 7))
    tagged = Tagged(canvas)
    layout.compose(tagged, _lines(face))
    canvas.showPage()
    canvas.save()
    return buffer.getvalue(), tagged


def _lines(face: Face) -> layout.Lines:
    """The face put into words."""
    facts = [("Duration", face.hours), ("Completed", _day(face.completed_on)), ("Issued", _day(face.issued_on))]
    if face.expires_on:
        facts.append(("Good until", _day(face.expires_on)))
    facts.append((layout.REVISION, face.revision[:12]))
    return layout.Lines(
        title=layout.TITLES[face.certificate_class],
        issuer=face.issuer,
        officer=face.officer,
        agency=face.agency,
        phrase=layout.PHRASES[face.certificate_class],
        course=face.course,
        model=f"{layout.KINDS[face.certificate_class]} \N{MIDDLE DOT} {face.program_model} program model",
        subjects=f"Subjects covered: {'; '.join(face.subjects)}." if face.subjects else "",
        notes=" ".join(face.notes),
        facts=tuple(facts),
        number=display(face.number),
        verify_url=face.verify_url,
        printed_url=face.printed_url,
        certified_by=face.certified_by,
        certified_title=face.certified_title,
        disclaimer=face.disclaimer,
        key_id=face.key_id[:16],
        stamp=_stamp(face),
    )


def _stamp(face: Face) -> str:
    if face.certificate_class is CertificateClass.DRILL:
        return "SPECIMEN DRILL" if face.specimen else "DRILL"
    return "SPECIMEN" if face.specimen else STAMPS.get(face.certificate_class, "")


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _finished(face: Face, page: bytes, tagged: Tagged) -> bytes:
    """The drawn page with structure, description and attachments."""
    with pikepdf.open(io.BytesIO(page)) as pdf:
        _describe(pdf, face)
        _adorn(pdf)
        add_structure(pdf, tagged.parts, field_name=FIELD, field_box=layout.SIGNATURE_BOX)
        _attach(pdf, {STATEMENT_FILE: (face.statement, "What is certified"), SALTS_FILE: (face.salts, "Opens the statement")})
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _describe(pdf: pikepdf.Pdf, face: Face) -> None:
    issued = f"D:{face.issued_on:%Y%m%d}000000Z"
    pdf.trailer.Info = pdf.make_indirect(
        Dictionary(
            Title=String(f"{layout.TITLES[face.certificate_class]} {display(face.number)}"),
            Author=String(face.issuer),
            Subject=String(f"{face.course}: {face.officer}"),
            CreationDate=String(issued),
            ModDate=String(issued),
        ),
    )
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata.load_from_docinfo(pdf.docinfo)
        metadata["dc:language"] = ["en-US"]


def _adorn(pdf: pikepdf.Pdf) -> None:
    """Put the artwork among the page's resources, as it was compressed once for all papers."""
    form = pikepdf.Stream(pdf, layout.ornament(), Filter=Name.FlateDecode, Type=Name.XObject, Subtype=Name.Form)
    form.BBox = Array([0, 0, layout.PAGE.width, layout.PAGE.height])
    pdf.pages[0].add_resource(form, Name.XObject, Name(f"/{layout.ORNAMENT}"))


def _attach(pdf: pikepdf.Pdf, files: dict[str, tuple[str, str]]) -> None:
    """Attach texts as data that belong to the paper (associated files, ISO 32000-2, 14.13)."""
    for name, (text, description) in files.items():
        attached = AttachedFileSpec(
            pdf,
            text.encode(),
            filename=name,
            description=description,
            mime_type="application/json",
            creation_date="",
            mod_date="",
        )
        attached.relationship = Name.Data
        pdf.attachments[name] = attached
    pdf.Root.AF = Array([pdf.attachments[name].obj for name in files])
