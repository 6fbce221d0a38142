"""Papers of abbreviated and waived training, and of drills, can be taken for nothing else (R-24)."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pikepdf
import pytest
from pypdf import PdfReader

from lms.certificates.layout import DoesNotFit
from lms.certificates.numbers import CertificateClass
from lms.certificates.pdf import Face, draw
from lms.certificates.rules import Earlier, ExamFacts, Fact, Life, Record, Status, validity
from lms.certificates.short_rules import ShortRecord, class_of, gates, notes
from lms.influx.order_rules import Taken
from lms.verification.rules import CERTIFIES, Answer, PublicClaims, Word
from tests.certificates.papers import FACE

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TAKEN = Taken(("Civil rights and remedies",), ("Language, consular notice, victims and children",), ("Detainers", "Warrants"))
NOTES = notes(TAKEN, declared="Fictional influx", places="Florida", begins_on="2026-11-20", ends_on="2026-12-20", drill=False)


def text_of(paper: bytes) -> str:
    return " ".join(PdfReader(io.BytesIO(paper)).pages[0].extract_text().split())


def short(kind: CertificateClass, **changes: object) -> Face:
    facts = {"certificate_class": kind, "notes": NOTES, "expires_on": date(2026, 12, 20), **changes}
    return replace(FACE, **facts)  # type: ignore[arg-type] # any field


@pytest.mark.parametrize(
    ("kind", "title", "stamp"),
    [
        (CertificateClass.ABBREVIATED, "Abbreviated Training", "ABBREVIATED"),
        (CertificateClass.WAIVED, "Training Waived", "WAIVED"),
        (CertificateClass.DRILL, "Drill, Void", "DRILL"),
    ],
)
def test_r24_the_paper_says_what_it_is_and_what_was_left_out(kind: CertificateClass, title: str, stamp: str) -> None:
    """R-24: lists what was taken, shortened and waived, with period and boundaries; never looks like the full one."""
    paper = draw(short(kind))
    text = text_of(paper)
    assert "Certificate of Training" not in text
    for said in (
        title,
        stamp,
        "December 20, 2026",
        "Waived: Detainers; Warrants.",
        "within: Florida",
        "ends with the declaration at the latest",
    ):
        assert said in text
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        assert str(pdf.docinfo["/Title"]).startswith(title)


def test_a_drill_of_a_demonstration_says_both() -> None:
    assert "SPECIMEN DRILL" in text_of(draw(short(CertificateClass.DRILL, specimen=True)))


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(DoesNotFit):
        draw(short(CertificateClass.ABBREVIATED, notes=("A very long account of it. " * 90,)))


def record(**changes: object) -> Record:
    facts: dict[str, object] = {
        "lessons_done": 0,
        "lessons": 2,
        "minutes_done": 0,
        "minutes": 60,
        "attended": 0,
        "to_attend": 0,
        "ended": "",
        "subjects": frozenset(),
        "exams": (ExamFacts("Final", proctored=True, passed=True, admitted=True, public=False),),
        "acknowledged": False,
        "demo": False,
        "undrawable": "",
        "earlier": Earlier.NOTHING,
        "practicals_passed": 0,
        "practicals": 0,
    }
    return Record(**(facts | changes))  # type: ignore[arg-type] # any field


def asked(**changes: object) -> list[str]:
    facts: dict[str, object] = {
        "record": record(),
        "track_waived": False,
        "waives_everything": False,
        "expires_at": NOW,
        "acknowledged": True,
        "kept": frozenset({"a", "b"}),
        "completed": frozenset({"a", "b", "c"}),
        "lives": False,
        "revoked": False,
    }
    return [gate.label for gate in gates(ShortRecord(**(facts | changes))) if not gate.met]  # type: ignore[arg-type] # any field


def test_r27_nothing_is_issued_without_the_acknowledgment() -> None:
    """R-27: even when all training is waived."""
    assert asked() == []
    assert asked(acknowledged=False) == ["Policies and standards acknowledged"]
    waived = {"track_waived": True, "waives_everything": True, "completed": frozenset()}
    assert asked(**waived) == []
    assert asked(**waived, acknowledged=False) == ["Policies and standards acknowledged"]


def test_r24_a_time_boxed_certificate_needs_an_order_in_force_and_what_it_keeps() -> None:
    """R-24."""
    assert asked(expires_at=None) == ["An order in force"]
    assert asked(completed=frozenset({"a"})) == ["The lessons that remain completed"]
    assert asked(track_waived=True) == ["All training waived"]
    assert asked(lives=True) == ["None at this time"]
    assert asked(revoked=True) == ["Nothing revoked"]
    assert asked(record=record(undrawable="No such letter.")) == ["The paper can be drawn"]


def test_r24_whoever_left_the_class_or_owes_hours_in_it_is_given_nothing() -> None:
    """R-24, R-01: an order shortens the course; what the class then holds in person is attended to the end."""
    assert asked(record=record(ended="The officer withdrew from the class.")) == ["In the class to its end"]
    assert asked(record=record(to_attend=60, attended=30)) == ["Hours attended"]
    assert asked(record=record(to_attend=60, attended=60)) == []
    waived = {"track_waived": True, "waives_everything": True}
    assert asked(record=record(to_attend=60), **waived) == []
    assert asked(record=record(ended="The class was cancelled."), **waived) == ["In the class to its end"]


def test_each_class_has_its_own_number_series() -> None:
    assert class_of(drill=False, track_waived=False) is CertificateClass.ABBREVIATED
    assert class_of(drill=False, track_waived=True) is CertificateClass.WAIVED
    assert class_of(drill=True, track_waived=True) is CertificateClass.DRILL


def test_r24_an_ended_declaration_ends_the_certificate_and_what_was_known_before_stays_known() -> None:
    """R-24, R-29."""
    life = Life(NOW, expires_at=NOW + timedelta(days=30), ended=Fact(NOW + timedelta(days=1), NOW + timedelta(days=2)))
    at = NOW + timedelta(days=1)
    assert validity(life, at=at, known=NOW + timedelta(days=1)) is Status.VALID
    assert validity(life, at=at, known=NOW + timedelta(days=2)) is Status.EXPIRED
    assert validity(life, at=NOW) is Status.VALID


def test_a_paper_of_a_drill_was_never_valid() -> None:
    life = Life(NOW, drill=True)
    assert validity(life, at=NOW - timedelta(seconds=1)) is None
    assert {validity(life, at=NOW + timedelta(days=day)) for day in range(3)} == {Status.DRILL}


@pytest.mark.parametrize(
    ("kind", "said"), [("abbreviated", "Abbreviated training"), ("waived", "Training waived"), ("drill", "made in a drill")]
)
def test_r24_whoever_verifies_is_told_first_that_it_is_less_than_the_course(kind: str, said: str) -> None:
    """R-24, R-30."""
    word = Word.DRILL if kind == "drill" else Word.VALID
    answer = Answer(word, NOW, public=PublicClaims(kind, "Mass Influx Response", "Bay County", NOW.date()))
    assert said in answer.meaning
    assert answer.certifies != CERTIFIES


def test_a_full_certificate_is_told_as_before() -> None:
    answer = Answer(Word.VALID, NOW, public=PublicClaims("full", "Warrant Service Officer", "Bay County", NOW.date()))
    assert answer.meaning.startswith("This certificate was issued here")
    assert answer.certifies == CERTIFIES == Answer(Word.NOT_FOUND, NOW).certifies
