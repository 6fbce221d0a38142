"""Administrators keep letters and agreements in the browser; coordinators read their own; another agency gets what a stranger gets."""

import io
import uuid

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.agencies.agreement_rules import TERMS
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.agencies.program import PDF, agreement, operational, rules
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of
from tests.support.statements import statements_on

NOWHERE = uuid.UUID(int=7)
MOST_STATEMENTS = 12


@pytest.fixture
def cast(sqlite: Database, clock: FrozenClock) -> Cast:
    with sqlite.writing() as session:
        return cast_of(session, now=clock.now())


@pytest.fixture
def program_officer(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.program_officer)


@pytest.fixture
def coordinator(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.coordinator)


@pytest.fixture
def outsider(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.outsider_coordinator)


@pytest.fixture
def running(sqlite: Database, cast: Cast) -> uuid.UUID:
    with sqlite.writing() as session:
        return operational(session, cast)


def drafts(visitor: Visitor, cast: Cast, template: str, **changes: object) -> str:
    """Draft an agreement by its form; its address."""
    visitor.opens(f"/agencies/{cast.palmetto}/agreements/new?rule_set={template}")
    sent = {
        "form_id": visitor.page.hidden("form_id"),
        "rule_set": template,
        "component": "ICE",
        "functions": sorted(rules(template).function_ids),
        "dated_on": "2026-11-20",
    }
    answer = visitor.sends(f"/agencies/{cast.palmetto}/agreements", **(sent | changes))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def uploads(visitor: Visitor, path: str, content: bytes, title: str = "Signed agreement") -> TestResponse:
    fields = {"csrf_token": visitor.token(), "title": title, "document": (io.BytesIO(content), "../../x.html")}
    return visitor.client.post(path, data=fields, content_type="multipart/form-data")


def document_link(visitor: Visitor) -> str:
    """The first document on the page."""
    links = (link.attributes.get("href") or "" for link in visitor.page.all("a"))
    return next(link for link in links if "/documents/" in link)


def test_from_a_letter_of_interest_to_an_operational_agreement(program_officer: Visitor, cast: Cast) -> None:
    program_officer.opens(f"/agencies/{cast.palmetto}/letters-of-interest/new")
    letter = {"models": ["WSO", "TFM"], "signed_by": "Sheriff Ana Ortiz", "dated_on": "2026-11-02"}
    answer = program_officer.follows(program_officer.sends(f"/agencies/{cast.palmetto}/letters-of-interest", **letter))
    assert "Sheriff Ana Ortiz" in answer.text
    program_officer.opens(f"/agencies/{cast.palmetto}/agreements/new")
    address = drafts(program_officer, cast, "wso-2025")
    for state in ("signed", "operational"):
        program_officer.opens(f"{address}/moves/new")
        answer = program_officer.follows(
            program_officer.sends(f"{address}/moves", to=state, on="2026-11-21", at="09:30", reason="As agreed")
        )
    assert "Operational" in answer.text
    assert "Nov 21, 2026, 9:30 AM EST" in answer.text
    assert "Section 287(g)" in program_officer.opens(f"/agencies/{cast.palmetto}/agreements").text


def test_the_state_is_told_for_any_date(program_officer: Visitor, running: uuid.UUID) -> None:
    address = f"/agreements/{running}"
    assert "As on record" in program_officer.opens(address).text
    assert "At the end of" in program_officer.opens(f"{address}?on=2026-01-06").text
    assert "Not yet made" in program_officer.opens(f"{address}?on=2026-01-06&known=2026-02-01").text
    assert "At the end of" not in program_officer.opens(f"{address}?on=yesterday").text


def test_holes_come_back_with_what_to_correct(program_officer: Visitor, cast: Cast, running: uuid.UUID) -> None:
    assert program_officer.sends(f"/agencies/{cast.palmetto}/letters-of-interest").status_code == 422
    assert program_officer.sends(f"/agencies/{cast.palmetto}/agreements", rule_set="wso-2025").status_code == 422
    assert program_officer.sends(f"/agencies/{cast.palmetto}/agreements", rule_set="none").status_code == 404
    assert program_officer.sends(f"/agreements/{running}/moves").status_code == 422
    early = program_officer.sends(f"/agreements/{running}/moves", to="suspended", on="2020-01-01", reason="Why")
    assert early.status_code == 422
    assert "before the move that came before it" in early.text


def test_a_form_sent_twice_drafts_one_agreement(program_officer: Visitor, cast: Cast) -> None:
    form_id = str(uuid.uuid4())
    first = drafts(program_officer, cast, "wso-2025", form_id=form_id)
    assert first != drafts(program_officer, cast, "wso-2025", form_id=form_id) == f"/agencies/{cast.palmetto}/agreements"


def test_the_fifteen_terms_are_a_checklist(program_officer: Visitor, cast: Cast, running: uuid.UUID) -> None:
    address = drafts(program_officer, cast, "influx-2003", contingency="y")
    assert "dormant" in program_officer.opens(address).text
    assert program_officer.sends(f"{address}/moves", to="signed", on="2026-11-21", reason="Signed").status_code == 422
    program_officer.opens(f"{address}/terms")
    answer = program_officer.sends(f"{address}/terms", **{f"term-{term}": f"Section {term}" for term in TERMS})
    assert "Found: 15 of 15" in program_officer.follows(answer).text
    assert program_officer.sends(f"{address}/moves", to="signed", on="2026-11-21", reason="Signed").status_code == 303
    assert program_officer.opens(f"/agreements/{running}/terms").status_code == 404


def test_a_draft_that_cannot_be_comes_back(program_officer: Visitor, cast: Cast) -> None:
    program_officer.opens(f"/agencies/{cast.palmetto}/agreements/new?rule_set=wso-2025")
    sent = {"form_id": program_officer.page.hidden("form_id"), "rule_set": "wso-2025", "component": "CBP"}
    answer = program_officer.sends(f"/agencies/{cast.palmetto}/agreements", functions=["arrest-warrants"], dated_on="2027-01-01", **sent)
    assert answer.status_code == 422
    assert "today or before" in answer.text


def test_a_document_is_served_as_a_file_to_keep(program_officer: Visitor, coordinator: Visitor, running: uuid.UUID) -> None:
    assert uploads(program_officer, f"/agreements/{running}/documents", PDF).status_code == 303
    program_officer.opens(f"/agreements/{running}")
    answer = coordinator.client.get(document_link(program_officer))
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="document-')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("content", "title"), [(b"", "x"), (b"<script>", "x"), (PDF, "")])
def test_what_is_no_document_is_refused(program_officer: Visitor, running: uuid.UUID, content: bytes, title: str) -> None:
    assert uploads(program_officer, f"/agreements/{running}/documents", content, title).status_code == 422


def test_a_coordinator_reads_and_changes_nothing(coordinator: Visitor, cast: Cast, running: uuid.UUID) -> None:
    answer = coordinator.opens(f"/agreements/{running}")
    assert "Nominate an officer" in answer.text
    assert "Record a move" not in answer.text
    assert coordinator.opens("/rule-sets").status_code == 200
    for path in (f"/agreements/{running}/moves/new", f"/agencies/{cast.palmetto}/agreements/new", f"/agreements/{running}/terms"):
        assert coordinator.opens(path).status_code == 403
    assert coordinator.sends(f"/agreements/{running}/moves", to="suspended", on="2026-11-22", reason="x").status_code == 403


READ = ("/agencies/{agency}/agreements", "/agreements/{agreement}", "/documents/{document}")
CHANGED = (
    "/agencies/{agency}/letters-of-interest",
    "/agencies/{agency}/agreements",
    "/agreements/{agreement}/moves",
    "/agreements/{agreement}/terms",
    "/agreements/{agreement}/documents",
)


def test_another_agency_gets_what_a_stranger_gets(program_officer: Visitor, outsider: Visitor, cast: Cast, running: uuid.UUID) -> None:
    uploads(program_officer, f"/agreements/{running}/documents", PDF)
    program_officer.opens(f"/agreements/{running}")
    document = document_link(program_officer).rsplit("/", 1)[1]
    there = {"agency": cast.palmetto, "agreement": running, "document": document}
    nothing = dict.fromkeys(there, NOWHERE)
    for path in READ:
        other, none = outsider.opens(path.format(**there)), outsider.opens(path.format(**nothing))
        assert (other.status_code, other.text) == (none.status_code, none.text)
        assert other.status_code == 404
    for path in CHANGED:
        other, none = outsider.sends(path.format(**there)), outsider.sends(path.format(**nothing))
        assert (other.status_code, other.text) == (none.status_code, none.text)
        assert other.status_code == 403


def test_pages_ask_little(program_officer: Visitor, sqlite: Database, cast: Cast, running: uuid.UUID) -> None:
    with sqlite.writing() as session:
        for _ in range(5):
            agreement(session, cast)
    for path in (f"/agencies/{cast.palmetto}/agreements", f"/agreements/{running}"):
        with statements_on(sqlite) as heard:
            program_officer.opens(path)
        assert len(heard) <= MOST_STATEMENTS
