"""The paper: the same bytes for the same face, everything on it, structure for readers, and text that is never markup."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise

import pikepdf
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certificates.fonts import MissingGlyph, Style, Typeface, missing_glyphs
from lms.certificates.layout import LIMITS, DoesNotFit, fitted, wrapped
from lms.certificates.numbers import CertificateClass, display, mint
from lms.certificates.pdf import SALTS_FILE, STATEMENT_FILE, draw
from lms.certificates.signing import FIELD
from tests.certificates.papers import FACE, VERIFY_URL, face


def text_of(pdf: bytes) -> str:
    (page,) = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


def test_equal_faces_give_equal_bytes() -> None:
    assert draw(face()) == draw(face())
    assert draw(face()) != draw(face(officer="Someone Else"))


def test_papers_drawn_side_by_side_are_as_those_drawn_alone() -> None:
    faces = [face(officer=name) for name in ("Dana", "Łukasz", "Ẹ́gbẹ́", "Дмитрий")]
    alone = [draw(each) for each in faces]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(draw, faces * 3)) == alone * 3


def test_everything_a_reader_needs_is_on_the_page(unsigned: bytes) -> None:
    text = text_of(unsigned)
    for shown in (
        "Certificate of Training",
        display(FACE.number),
        FACE.officer,
        FACE.agency,
        FACE.program_model,
        FACE.course,
        FACE.revision[:12],
        "8 hours",
        *FACE.subjects,
        "November 20, 2026",
        "November 22, 2026",
        "Full course",
        FACE.printed_url,
        FACE.certified_by,
        FACE.certified_title,
        FACE.issuer,
        FACE.disclaimer,
        FACE.key_id[:16],
        *LIMITS,
    ):
        assert shown in text
    assert "SPECIMEN" not in text


def test_it_says_that_it_confers_no_authority(unsigned: bytes) -> None:
    assert "confers no immigration authority: certified is not authorized" in text_of(unsigned)


def test_a_specimen_says_so_and_a_drill_says_so() -> None:
    assert "SPECIMEN" in text_of(draw(face(specimen=True)))
    drill = mint(CertificateClass.DRILL, bytes(10))
    assert "DRILL" in text_of(draw(face(number=drill, certificate_class=CertificateClass.DRILL)))


@pytest.mark.parametrize(
    ("certificate_class", "phrase"),
    [
        (CertificateClass.FULL, "successfully completed"),
        (CertificateClass.ABBREVIATED, "abbreviated form"),
        (CertificateClass.WAIVED, "excused"),
        (CertificateClass.DRILL, "exercise"),
    ],
)
def test_only_who_completed_a_course_is_said_to_have(certificate_class: CertificateClass, phrase: str) -> None:
    text = text_of(draw(face(certificate_class=certificate_class)))
    assert phrase in text
    completed = certificate_class in {CertificateClass.FULL, CertificateClass.ABBREVIATED}
    assert ("successfully completed" in text) is completed


def test_expiry_and_notes_are_shown_when_there_are_any() -> None:
    text = text_of(draw(face(expires_on=date(2027, 1, 5), notes=("Modules 3 to 6 were waived.",))))
    assert "Good until January 5, 2027" in text
    assert "Modules 3 to 6 were waived." in text


def test_no_subjects_are_claimed_when_none_were_covered() -> None:
    assert "Subjects covered" not in text_of(draw(face(subjects=())))


def test_readers_find_headings_paragraphs_link_figure_and_form(unsigned: bytes) -> None:
    with pikepdf.open(io.BytesIO(unsigned)) as pdf:
        document = pdf.Root.StructTreeRoot.K[0]
        kinds = [str(element.S) for element in document.K]
        assert kinds.count("/H1") == kinds.count("/Link") == kinds.count("/Figure") == kinds.count("/Form") == 1
        assert all("/Alt" in element for element in document.K if element.S in {"/Figure", "/Form", "/Link"})
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "en-US"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert len(pdf.pages) == 1


def test_each_marked_part_belongs_to_one_element(unsigned: bytes) -> None:
    with pikepdf.open(io.BytesIO(unsigned)) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
        marked = [int(number) for number in re.findall(rb"<</MCID (\d+)>> BDC", content)]
        assert content.count(b" BDC") + content.count(b" BMC") == content.count(b"EMC")
        (elements,) = (pdf.Root.StructTreeRoot.ParentTree.Nums[1],)
        assert marked == list(range(len(elements)))


def test_the_link_and_the_field_stand_ready(unsigned: bytes) -> None:
    with pikepdf.open(io.BytesIO(unsigned)) as pdf:
        field, link = pdf.pages[0].Annots
        assert field.FT == "/Sig"
        assert field.T == FIELD
        assert "/V" not in field
        assert str(link.A.URI) == VERIFY_URL


def test_statement_and_salts_are_attached_as_data(unsigned: bytes) -> None:
    with pikepdf.open(io.BytesIO(unsigned)) as pdf:
        attached = {name: spec.get_file().read_bytes().decode() for name, spec in pdf.attachments.items()}
        assert attached == {STATEMENT_FILE: FACE.statement, SALTS_FILE: FACE.salts}
        assert [str(spec.AFRelationship) for spec in pdf.Root.AF] == ["/Data", "/Data"]


def test_no_conformance_is_claimed(unsigned: bytes) -> None:
    with pikepdf.open(io.BytesIO(unsigned)) as pdf:
        described = pdf.Root.Metadata.read_bytes()
        assert b"pdfaid" not in described
        assert b"pdfuaid" not in described
        assert "/OutputIntents" not in pdf.Root


def test_every_typeface_is_embedded(unsigned: bytes) -> None:
    with pikepdf.open(io.BytesIO(unsigned)) as pdf:
        for font in pdf.pages[0].Resources.Font.values():
            assert "/FontFile2" in font.FontDescriptor
            assert "/ToUnicode" in font


def test_a_name_is_never_markup() -> None:
    name = "<b>Dana</b> &amp; <a href='x'>(Tj) \\ ) ET"
    assert name in text_of(draw(face(officer=name)))


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Ánh", "Łukasz Żółć", "Дмитрий Щербаков", "Ελένη Παπαδοπούλου", "Þórður Ægisson", "Ọlátúnjí Ẹ́gbẹ́"]
)
def test_names_in_covered_scripts_are_drawn(name: str) -> None:
    assert missing_glyphs(name) == []
    assert name.split(maxsplit=1)[0] in text_of(draw(face(officer=name)))


def test_a_decomposed_name_is_drawn_composed() -> None:
    assert draw(face(officer="Nu\u0301n\u0303ez")) == draw(face(officer="Núñez"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("محمد", "ARABIC LETTER MEEM"),
        ("שרה", "HEBREW LETTER SHIN"),
        ("अमित", "DEVANAGARI LETTER A"),
        ("สมชาย", "THAI CHARACTER SO SUA"),
        ("李明", "CJK UNIFIED IDEOGRAPH-674E"),
        ("Dana\u202eevil", "RIGHT-TO-LEFT OVERRIDE (U+202E)"),
        ("Dana\u200bQ", "ZERO WIDTH SPACE"),
        ("Dana\x00", "an unnamed character (U+0000)"),
        ("Dana\nQ", "U+000A"),
        ("Dana \U0001f600", "GRINNING FACE"),
        ("Dana \ue000", "U+E000"),
    ],
)
def test_what_cannot_be_drawn_right_is_refused_by_name(name: str, told: str) -> None:
    with pytest.raises(MissingGlyph) as refused:
        draw(face(officer=name))
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "field",
    [
        "agency",
        "course",
        "program_model",
        "hours",
        "issuer",
        "certified_by",
        "certified_title",
        "disclaimer",
        "printed_url",
        "revision",
        "key_id",
    ],
)
def test_every_text_on_the_paper_is_checked(field: str) -> None:
    with pytest.raises(MissingGlyph):
        draw(face(**{field: "x שלום"}))


@pytest.mark.parametrize("field", ["subjects", "notes"])
def test_every_listed_text_is_checked(field: str) -> None:
    with pytest.raises(MissingGlyph):
        draw(face(**{field: ("fine", "שלום")}))


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_a_name_is_drawn_or_refused_and_nothing_else(name: str) -> None:
    if missing_glyphs(name):
        with pytest.raises(MissingGlyph):
            draw(face(officer=name))
    else:
        assert draw(face(officer=name)).startswith(b"%PDF-1.7")


def test_a_letter_without_a_name_in_the_tables_is_refused_by_its_number() -> None:
    with pytest.raises(MissingGlyph, match=r"U\+17000"):
        draw(face(officer="\U00017000"))


def test_a_long_name_shrinks_then_wraps_then_is_refused() -> None:
    for words in (4, 9, 12):
        assert draw(face(officer=" ".join(["Maximiliana"] * words)))
    with pytest.raises(DoesNotFit, match="Shorten it"):
        draw(face(officer=" ".join(["Maximiliana"] * 40)))
    with pytest.raises(DoesNotFit):
        draw(face(officer="W" * 200))


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=1, max_size=40), st.floats(60, 400))
def test_wrapping_loses_nothing_and_is_greedy(words: list[str], width: float) -> None:
    style = Style(Typeface.ROMAN, 12, (0, 0, 0))
    lines = wrapped(" ".join(words), style, width=width)
    assert " ".join(lines) == " ".join(words)
    assert all(style.width(line) <= width or " " not in line for line in lines)
    assert all(style.width(f"{above} {below.split(' ')[0]}") > width for above, below in pairwise(lines))


def test_text_that_fits_keeps_its_size() -> None:
    style = Style(Typeface.ROMAN, 12, (0, 0, 0))
    assert fitted("short", style, width=300, smallest=8).style.size == style.size
    assert fitted("rather a long text", style, width=70, smallest=8).style.size < style.size
    assert len(fitted("rather a long text", style, width=50, smallest=11, most=3).lines) > 1
