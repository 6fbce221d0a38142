"""The paper of a closed sitting: signed, stored once, as many pages as it takes, and never held up by a strange character."""

import io
from datetime import timedelta

import pikepdf
import pytest
from pypdf import PdfReader

from lms.certificates import keyring
from lms.certificates.plain_paper import draw
from lms.kernel.clock import FrozenClock
from lms.proctoring import closing
from lms.proctoring.closing import Words
from lms.proctoring.models import SittingClosing
from lms.sitting_reports import papers, sweeps
from lms.sitting_reports.models import SittingPaper
from lms.web.application import Application
from lms.web.site import Site
from tests.proctoring.sitting import Held, furnish
from tests.support.browser import Visitor


@pytest.fixture
def held(site: Site, clock: FrozenClock) -> Held:
    keyring.found(site.settings.data, name=site.settings.authority_name, specimen=False, now=clock.now())
    with site.database.writing() as session:
        made = furnish(session, now=clock.now(), officers=2)
        made.begins(session, 0, now=clock.now())
        made.hands_in(session, 0, now=clock.now())
        words = Words("All went well.\nOne officer drew a \N{GRINNING FACE} on the desk.", "")
        actor = made.proctor.identity
        closing.close(session, actor=actor, sitting_id=made.sitting_id, words=words, now=clock.now() + timedelta(minutes=1))
        return made


def text_of(paper: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages).split())


def test_the_paper_is_made_once_and_says_what_the_report_says(app: Application, site: Site, held: Held) -> None:
    proctor = Visitor(app).signs_in_as(held.proctor)
    path = f"/sittings/{held.sitting_id}/report/paper"
    waiting = proctor.opens(path)
    assert (waiting.status_code, waiting.headers["Refresh"]) == (202, "3")
    assert sweeps.finish_reports(site) == 1
    assert sweeps.finish_reports(site) == 0
    paper = proctor.opens(path)
    assert paper.mimetype == "application/pdf"
    said = text_of(paper.data)
    assert "All went well." in said
    assert "[U+1F600]" in said
    assert "Dana Rivera" in said
    assert "Closed by Priya Nair" in said
    with site.database.reading() as session:
        assert site.blobs.read(session.get_one(SittingPaper, held.sitting_id).digest) == paper.data


def test_only_those_who_may_read_the_report_get_the_paper(app: Application, held: Held) -> None:
    path = f"/sittings/{held.sitting_id}/report/paper"
    assert Visitor(app).signs_in_as(held.cast.program_officer).opens(path).status_code == 202
    assert Visitor(app).signs_in_as(held.cast.officer).opens(path).status_code == 403


def test_a_long_report_goes_on_over_pages_each_tagged_and_is_signed_on_the_last(site: Site, held: Held) -> None:
    with site.database.reading() as session:
        report = dict(session.get_one(SittingClosing, held.sitting_id).report)
    line = {"name": "Dana Rivera", "signals": ["left the exam page: 3"]}
    report["officers"] = [{**report["officers"][0], **line} for _ in range(120)]
    drawn = draw(papers.report_page(report, site.settings))
    assert draw(papers.report_page(report, site.settings)) == drawn
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        assert len(pdf.pages) >= 3
        assert [int(page.obj.StructParents) for page in pdf.pages] == list(range(len(pdf.pages)))
        assert ["/Annots" in page.obj for page in pdf.pages] == [False] * (len(pdf.pages) - 1) + [True]
    assert text_of(drawn).count("Dana Rivera") == 120


def test_a_one_page_report_keeps_to_one_page(site: Site, held: Held) -> None:
    with site.database.reading() as session:
        report = session.get_one(SittingClosing, held.sitting_id).report
    assert len(PdfReader(io.BytesIO(draw(papers.report_page(report, site.settings)))).pages) == 1
