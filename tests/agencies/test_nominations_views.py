"""Coordinators nominate in the browser, one by one and by file; administrators decide; another agency gets what a stranger gets."""

import io
import uuid
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.agencies import nomination_service
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.agencies.program import NOON, PDF, candidate, operational
from tests.support.browser import Visitor
from tests.support.cast import PASSWORD, Cast, cast_of
from tests.support.statements import statements_on

NOWHERE = uuid.UUID(int=7)
HEAD = "name,email,sworn_on,consent_by,consent_on,us-citizen\r\n"
FILE = (
    HEAD
    + "Jo Park,jo.park@example.gov,2020-03-01,Sheriff,2026-11-01,yes\r\nBo Lee,bo.lee@example.gov,01.03.2025,Sheriff,2026-11-01,yes\r\n"
)
NOMINEE = {
    "name": "Jo Park",
    "email": "jo.park@example.gov",
    "sworn_on": "2020-03-01",
    "test_us_citizen": "yes",
    "consent_by": "Sheriff Ana Ortiz",
    "consent_on": "2026-11-01",
}


@pytest.fixture
def cast(sqlite: Database, clock: FrozenClock) -> Cast:
    with sqlite.writing() as session:
        return cast_of(session, now=clock.now())


@pytest.fixture
def under(sqlite: Database, cast: Cast) -> uuid.UUID:
    with sqlite.writing() as session:
        return operational(session, cast)


@pytest.fixture
def nominated(sqlite: Database, cast: Cast, under: uuid.UUID) -> uuid.UUID:
    with sqlite.writing() as session:
        return nomination_service.nominate(session, actor=cast.coordinator.identity, agreement_id=under, candidate=candidate(), now=NOON)


@pytest.fixture
def program_officer(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.program_officer)


@pytest.fixture
def coordinator(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.coordinator)


@pytest.fixture
def outsider(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.outsider_coordinator)


def uploads(visitor: Visitor, path: str, content: bytes, name: str = "file", **fields: Any) -> TestResponse:
    sent = {"csrf_token": visitor.token(), name: (io.BytesIO(content), "nominees"), **fields}
    return visitor._seen(visitor.client.post(path, data=sent, content_type="multipart/form-data"))  # noqa: SLF001 - the page is checked too


def undo_of(visitor: Visitor) -> str:
    """Where the form on the page leads that takes a file back."""
    actions = (form.attributes.get("action") or "" for form in visitor.page.all("form"))
    return next(action for action in actions if "nomination-files" in action)


def test_a_nominee_who_is_approved_is_invited_and_keeps_the_record(
    app: Flask, coordinator: Visitor, program_officer: Visitor, under: uuid.UUID
) -> None:
    coordinator.opens(f"/agreements/{under}/nominations/new")
    made = coordinator.sends(f"/agreements/{under}/nominations", **NOMINEE)
    address = made.headers["Location"]
    assert "Eligible." in coordinator.follows(made).text
    assert "Jo Park" in program_officer.opens("/nominations").text
    program_officer.opens(address)
    answer = program_officer.follows(program_officer.sends(f"{address}/decision", outcome="approved", reason="Fit"))
    assert "Make an invitation" in answer.text
    form_id = program_officer.page.hidden("form_id")
    invited = program_officer.sends(f"{address}/invitation", form_id=form_id)
    link = next(
        str(field.attributes["value"])
        for field in program_officer.page.all("input")
        if "/invitations/" in (field.attributes.get("value") or "")
    )
    assert invited.status_code == 200
    assert program_officer.sends(f"{address}/invitation", form_id=form_id).status_code == 409
    officer = Visitor(app)
    officer.opens(link[link.index("/invitations/") :])
    taken = officer.sends(link[link.index("/invitations/") :], name="Jo Park", password=PASSWORD, again=PASSWORD)
    assert taken.status_code == 303
    assert "Nothing to decide" in program_officer.opens("/nominations").text


def test_a_nominee_who_is_not_eligible_is_told_why_declined_and_substituted(
    coordinator: Visitor, program_officer: Visitor, under: uuid.UUID
) -> None:
    address = coordinator.sends(f"/agreements/{under}/nominations", **(NOMINEE | {"sworn_on": "2025-03-01"})).headers["Location"]
    refused = program_officer.sends(f"{address}/decision", outcome="approved", reason="Fit")
    assert refused.status_code == 409
    assert "TFM needs two years&#39; experience; sworn 2025-03-01" in refused.text
    assert program_officer.sends(f"{address}/decision", outcome="declined", reason="Too new").status_code == 303
    assert program_officer.sends(f"{address}/invitation", form_id=str(uuid.uuid4())).status_code == 409
    assert "Nominate a substitute" in coordinator.opens(address).text
    first = address.rsplit("/", 1)[1]
    assert "substitute" in coordinator.opens(f"/agreements/{under}/nominations/new?for={first}").text
    other = NOMINEE | {"name": "Bo Lee", "email": "bo.lee@example.gov", "instead": first}
    answer = coordinator.follows(coordinator.sends(f"/agreements/{under}/nominations", **other))
    assert "whose place this one takes" in answer.text
    assert "The substitute" in coordinator.opens(address).text


def test_a_file_shows_what_it_would_do_and_is_taken_back(coordinator: Visitor, cast: Cast, under: uuid.UUID) -> None:
    assert "us-citizen" in coordinator.opens(f"/agreements/{under}/nomination-files/new").text
    checked = uploads(coordinator, f"/agreements/{under}/nomination-files/check", FILE.encode())
    assert "Line 3: sworn_on is “01.03.2025”, which is no date. To put it right: write it as 2025-03-01" in " ".join(checked.text.split())
    assert "No nominations yet" in coordinator.opens(f"/agencies/{cast.palmetto}/nominations").text
    taken = coordinator.sends(f"/agreements/{under}/nomination-files", text=FILE)
    assert "nominated from this file: 1." in taken.text
    undo = undo_of(coordinator)
    assert "Nothing new" in coordinator.sends(f"/agreements/{under}/nomination-files", text=FILE).text
    assert "Withdrawn" in coordinator.follows(coordinator.sends(undo)).text
    assert coordinator.sends(undo).status_code == 404


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a" * (256 * 1024 + 1)])
def test_what_is_no_csv_file_is_refused(coordinator: Visitor, under: uuid.UUID, content: bytes) -> None:
    assert uploads(coordinator, f"/agreements/{under}/nomination-files/check", content).status_code == 422


def test_holes_come_back_with_what_to_correct(
    coordinator: Visitor, program_officer: Visitor, under: uuid.UUID, nominated: uuid.UUID
) -> None:
    assert coordinator.sends(f"/agreements/{under}/nominations").status_code == 422
    assert coordinator.sends(f"/agreements/{under}/nominations", **(NOMINEE | {"email": "jo"})).status_code == 422
    assert coordinator.sends(f"/agreements/{under}/nominations", **NOMINEE).status_code == 409
    assert coordinator.sends(f"/nominations/{nominated}/withdrawal").status_code == 422
    assert program_officer.sends(f"/nominations/{nominated}/decision").status_code == 422
    assert program_officer.sends(f"/nominations/{nominated}/screenings").status_code == 422
    assert uploads(coordinator, f"/nominations/{nominated}/documents", b"x", "document", title="x").status_code == 422


def test_evidence_screening_and_withdrawal(coordinator: Visitor, program_officer: Visitor, nominated: uuid.UUID) -> None:
    address = f"/nominations/{nominated}"
    assert uploads(coordinator, f"{address}/documents", PDF, "document", title="Consent").status_code == 303
    assert "Consent" in program_officer.opens(address).text
    answer = program_officer.sends(f"{address}/screenings", test="background", result="met", note="Cleared by ICE")
    assert "Cleared by ICE" in program_officer.follows(answer).text
    assert "Withdrawn" in coordinator.follows(coordinator.sends(f"{address}/withdrawal", **{"w-reason": "Left"})).text


def test_deciding_is_not_for_coordinators_nor_nominating_for_administrators(
    coordinator: Visitor, program_officer: Visitor, under: uuid.UUID, nominated: uuid.UUID
) -> None:
    for path in (f"/nominations/{nominated}/decision", f"/nominations/{nominated}/screenings", f"/nominations/{nominated}/invitation"):
        assert coordinator.sends(path).status_code == 403
    assert coordinator.opens("/nominations").status_code == 403
    for path in (f"/agreements/{under}/nominations", f"/nominations/{nominated}/withdrawal"):
        assert program_officer.sends(path).status_code == 403


READ = (
    "/agencies/{agency}/nominations",
    "/agreements/{agreement}/nominations/new",
    "/agreements/{agreement}/nomination-files/new",
    "/nominations/{nomination}",
)
CHANGED = (
    "/agreements/{agreement}/nominations",
    "/agreements/{agreement}/nomination-files/check",
    "/agreements/{agreement}/nomination-files",
    "/nomination-files/{batch}/withdrawal",
    "/nominations/{nomination}/withdrawal",
    "/nominations/{nomination}/documents",
    "/nominations/{nomination}/decision",
    "/nominations/{nomination}/screenings",
    "/nominations/{nomination}/invitation",
)


def test_another_agency_gets_what_a_stranger_gets(
    coordinator: Visitor, outsider: Visitor, cast: Cast, under: uuid.UUID, nominated: uuid.UUID
) -> None:
    coordinator.sends(f"/agreements/{under}/nomination-files", text=FILE.replace("Jo Park,jo.park", "Cy Diaz,cy.diaz"))
    undo = undo_of(coordinator)
    there = {"agency": cast.palmetto, "agreement": under, "nomination": nominated, "batch": undo.split("/")[2]}
    nothing = dict.fromkeys(there, NOWHERE)
    for path in READ:
        other, none = outsider.opens(path.format(**there)), outsider.opens(path.format(**nothing))
        assert (other.status_code, other.text) == (none.status_code, none.text)
        assert other.status_code == 404
    for path in CHANGED:
        sent: dict[str, Any] = NOMINEE | {"text": FILE, "reason": "x", "w-reason": "x"}
        other, none = outsider.sends(path.format(**there), **sent), outsider.sends(path.format(**nothing), **sent)
        assert (other.status_code, other.text) == (none.status_code, none.text), path
        assert other.status_code in {403, 404}
    assert "Withdrawn" not in coordinator.opens(f"/agencies/{cast.palmetto}/nominations").text


def test_pages_ask_little(program_officer: Visitor, sqlite: Database, cast: Cast, nominated: uuid.UUID) -> None:
    for path in ("/nominations", f"/agencies/{cast.palmetto}/nominations", f"/nominations/{nominated}"):
        with statements_on(sqlite) as heard:
            program_officer.opens(path)
        assert len(heard) <= 12
