"""A sheriff's officer from a certificate to an authorization in the browser, what becomes of it, and who sees what."""

import io
import re
import uuid
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest

from lms.agencies.agreement_rules import State
from lms.authorizations import sweeps
from lms.certificates.inspection import PaperFinding, inspect
from lms.certificates.reserving import Terms
from lms.certificates.signers import trust
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.authorizations.authority import Office, nominated, office
from tests.certificates.desk import Desk, desk, keys_in
from tests.support.browser import Visitor
from tests.support.routes import COMPLAINT, LETTER
from tests.support.statements import statements_on

MOST_STATEMENTS = 12
HOUR = timedelta(hours=1)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keys_in(tmp_path_factory.mktemp("authorizing"))


@pytest.fixture
def work(sqlite: Database, clock: FrozenClock, tmp_path: Path, keys: Path) -> Desk:
    return desk(sqlite, clock, data=tmp_path / "data", keys=keys)


def there(work: Desk, rule_set_id: str = "wso-2025") -> Office:
    with work.site.database.writing() as session:
        return office(session, rule_set_id, now=work.clock.now(), made=work.made)


def authorized(work: Desk, found: Office) -> tuple[str, uuid.UUID]:
    """Dana Rivera, brought all the way; the number of the certificate and the authorization."""
    number = work.certifies(work.trains())
    now, terms = work.clock.now(), Terms.of(work.site.settings)
    with work.site.database.writing() as session:
        found.lists(session, number, now=now, terms=terms)
        nominated(session, work.made, work.made.cast.officer, found.rule_set_id, now=now)
        made = found.authorizes(session, number, now=now, terms=terms)
    sweeps.finish_letters(work.site)
    return number, made


def said(visitor: Visitor) -> str:
    return visitor.page.all("main")[0].said()


def status(visitor: Visitor) -> str:
    (found,) = [one for one in visitor.page.elements if one.attributes.get("data-status")]
    return str(found.attributes["data-status"])


def test_from_a_certificate_to_an_authorized_officer(work: Desk) -> None:
    """R-13, R-15, R-16: by the forms, each in its turn."""
    there(work)
    cast = work.made.cast
    number = work.certifies(work.trains())
    officer = work.visits(cast.officer)
    officer.opens("/authorization")
    assert status(officer) == "do not act"
    certifier = work.visits(cast.certifier)
    certifier.opens("/certifications")
    boxes = [one.attributes["value"] for one in certifier.page.all("input") if one.attributes.get("name") == "certificates"]
    sent = {"form_id": certifier.page.hidden("form_id"), "official": "Dana Whitcomb", "position": "Director", "dated_on": "2026-11-22"}
    answer = certifier.sends("/certifications", certificates=boxes, **sent)
    certifier.follows(answer)
    sweeps.finish_letters(work.site)
    assert "Dana Rivera" in said(certifier)
    officer.opens("/")
    assert "You are certified, not authorized: do not act." in said(officer)
    supervisor = work.visits(cast.supervisor)
    assert "Dana Rivera" in supervisor.opens("/authorizations/waiting").text
    supervisor.opens(f"/certificates/{number}/authorizations/new")
    assert "No result is on record." in said(supervisor)
    form_id = supervisor.page.hidden("form_id")
    refused = supervisor.sends(f"/certificates/{number}/authorizations", form_id=form_id, **LETTER)
    assert refused.status_code == 422
    assert "Marcus Hale" in refused.text
    with work.site.database.writing() as session:
        nominated(session, work.made, cast.officer, "wso-2025", now=work.clock.now())
    supervisor.follows(supervisor.sends(f"/certificates/{number}/authorizations", form_id=form_id, **LETTER))
    assert "Active" in said(supervisor)
    officer.opens("/authorization")
    assert status(officer) == "you may act"
    for told in ("Serve and execute warrants of arrest", "South Carolina", "Marcus Hale", "555-0142"):
        assert told in said(officer)
    assert 'href="tel:555-0142"' in officer.opens("/authorization").text
    assert "no identity document" in officer.opens("/authorization/card").text


def test_the_letter_and_the_list_are_signed_papers_of_one_page(work: Desk) -> None:
    _, made = authorized(work, there(work))
    officer, trusted = work.visits(work.made.cast.officer), trust(work.site.settings)
    letter = officer.client.get(f"/authorizations/{made}/letter").data
    verifier = work.visits(work.made.cast.verifier)
    verifier.opens("/certifications")
    address = next(
        str(one.attributes["href"])
        for one in verifier.page.all("a")
        if re.search("/certifications/[0-9a-f]", str(one.attributes.get("href")))
    )
    listed = verifier.client.get(f"{address}/paper").data
    for paper in (letter, listed):
        assert inspect(paper, roots=trusted.roots, crls=trusted.crls, now=work.clock.now()) is PaperFinding.GENUINE
        with pikepdf.open(io.BytesIO(paper)) as pdf:
            assert len(pdf.pages) == 1
    assert officer.client.get(f"/authorizations/{made}/letter").data == letter
    assert verifier.client.get(f"{address}/entries").text.splitlines()[1].startswith('"1","Dana Rivera"')
    assert work.visits(work.made.cast.outsider).client.get(f"/authorizations/{made}/letter").status_code == 404


def test_the_end_of_the_agreement_shows_on_the_verify_page_and_the_officers_own(work: Desk) -> None:
    """R-18, R-30."""
    found = there(work)
    number, _ = authorized(work, found)
    stranger, officer = work.stranger, work.visits(work.made.cast.officer)
    stranger.opens(f"/verify/{number}")
    assert "Authorization in force Yes." in said(stranger)
    assert "Certified Yes." in said(stranger)
    assert "South Carolina" not in said(stranger)
    with work.site.database.writing() as session:
        found.ends_agreement(session, State.SUSPENDED, now=work.clock.now())
    work.clock.advance(HOUR)
    stranger.opens(f"/verify/{number}")
    assert "Authorization in force No." in said(stranger)
    officer.opens("/authorization")
    assert status(officer) == "do not act"
    assert "the agreement is suspended" in said(officer)


def test_functions_and_places_are_told_to_who_holds_the_paper_and_to_who_may_ask(work: Desk) -> None:
    """R-30."""
    number, _ = authorized(work, there(work))
    token = work.row(number).token
    for visitor, path in ((work.stranger, f"/verify/{number}?t={token}"), (work.visits(work.made.cast.verifier), f"/verify/{number}")):
        visitor.opens(path)
        assert "South Carolina" in said(visitor)
        assert "warrants of removal" in said(visitor)
    told = work.app.test_client().get(f"/api/v1/certificates/{number}").get_json()
    assert (told["certification"]["status"], told["authorization"]["status"]) == ("certified", "in force")
    assert told["authorization"]["letters"] is None
    (letter,) = work.app.test_client().get(f"/api/v1/certificates/{number}?token={token}").get_json()["authorization"]["letters"]
    assert letter["places"] == ["South Carolina"]


def test_a_supervisor_suspends_and_reinstates(work: Desk) -> None:
    _, made = authorized(work, there(work))
    supervisor = work.visits(work.made.cast.supervisor)
    supervisor.opens(f"/authorizations/{made}/moves/new")
    refused = supervisor.sends(f"/authorizations/{made}/moves", kind="reinstatement", reason="decision of ICE", note="Why")
    assert refused.status_code == 422
    assert "nothing to take back" in refused.text
    answer = supervisor.sends(
        f"/authorizations/{made}/moves", kind="suspension", reason="decision of ICE", note="Inquiry", on="", at="", until=""
    )
    assert "Suspended" in supervisor.follows(answer).text
    work.clock.advance(HOUR)
    supervisor.proves(work.made.cast.supervisor)
    supervisor.sends(f"/authorizations/{made}/moves", kind="reinstatement", reason="decision of ICE", note="Over")
    supervisor.opens(f"/authorizations/{made}")
    assert "Stands Active" in said(supervisor)


def test_coordinators_see_and_report_for_the_own_agency_alone(work: Desk) -> None:
    found = there(work)
    _, made = authorized(work, found)
    cast = work.made.cast
    own, other = work.visits(cast.coordinator), work.visits(cast.outsider_coordinator)
    own.opens(f"/agencies/{cast.palmetto}/complaints")
    sent = COMPLAINT | {"form_id": own.page.hidden("form_id") or "", "officer": str(made), "at": "07:05"}
    assert own.sends(f"/agencies/{cast.palmetto}/complaints", **sent).status_code == 303
    assert "Telling ICE of a complaint" in own.opens(f"/agencies/{cast.palmetto}/complaints").text
    assert other.opens(f"/agencies/{cast.palmetto}/complaints").status_code == 404
    assert other.sends(f"/agencies/{cast.cedar_falls}/complaints", **sent).status_code in {404, 422}
    manager = work.visits(cast.program_officer)
    assert "Rude at the counter" not in manager.opens("/complaints").text
    address = next(
        str(one.attributes["href"]) for one in manager.page.all("a") if str(one.attributes.get("href", "")).startswith("/complaints/")
    )
    assert "Rude at the counter" in manager.opens(address).text
    assert work.visits(cast.administrator).opens(address).status_code == 403
    officer = work.visits(cast.officer)
    officer.opens("/authorization")
    assert "being looked into" in said(officer)
    assert "Rude" not in said(officer)


def test_nothing_is_chosen_for_whoever_asks_or_decides(work: Desk) -> None:
    """A record of the wrong officer, place or reason would be believed: each is chosen, or refused with a sentence."""
    _, made = authorized(work, there(work))
    verifier = work.visits(work.made.cast.verifier)
    shown = verifier.opens("/standing-questions").text
    assert shown.count(">Choose one</option>") == 2
    supervisor = work.visits(work.made.cast.supervisor)
    supervisor.opens(f"/authorizations/{made}/moves/new")
    refused = supervisor.sends(f"/authorizations/{made}/moves", kind="suspension", reason="", note="Inquiry")
    assert refused.status_code == 422
    assert "Choose a reason." in refused.text
    refused = supervisor.sends(f"/authorizations/{made}/receipts", kind="", serial="C-9", issued_on="2026-11-22")
    assert refused.status_code == 422
    assert "Choose what was handed out." in refused.text


def test_a_question_about_a_moment_is_answered_by_page_and_by_program(work: Desk) -> None:
    """R-29."""
    number, _ = authorized(work, there(work))
    verifier = work.visits(work.made.cast.verifier)
    verifier.opens("/standing-questions")
    asked = {"function": "arrest-warrants", "state": "SC", "county": "Aiken", "on": "2026-11-22"}
    verifier.follows(verifier.sends("/standing-questions", number=number, **asked))
    assert status(verifier) == "yes"
    verifier.follows(verifier.sends("/standing-questions", name="Dana Rivera", agency="Palmetto County Sheriff's Office", **asked))
    assert status(verifier) == "yes"
    for changed in ({"county": "Nowhere"}, {"number": "hello"}, {"on": "2027-11-22"}, {"function": ""}, {"state": ""}):
        assert verifier.sends("/standing-questions", **({"number": number} | asked | changed)).status_code == 422
    question = {
        "certificate": number,
        "function": "arrest-warrants",
        "place": "45",
        "known": "2026-11-22T12:05:00Z",
        "at": "2026-11-22T12:05:00Z",
    }
    told = verifier.sends_json("/api/v1/standing-questions", question)
    assert (told.status_code, told.get_json()["answer"]["certified_and_authorized"]) == (201, True)
    again = verifier.client.get(f"/api/v1/standing-questions/{told.get_json()['receipt']}").get_json()
    assert again == told.get_json()
    for wrong in ({"at": "soon"}, {"function": "x"}, {"place": "99"}, {"certificate": "hello"}):
        assert verifier.sends_json("/api/v1/standing-questions", question | wrong).status_code == 422
    assert work.app.test_client().post("/api/v1/standing-questions", json=question).status_code in {401, 403}


def test_pages_ask_little(work: Desk) -> None:
    _, made = authorized(work, there(work))
    cast = work.made.cast
    for person, paths in (
        (cast.supervisor, ("/", "/authorizations", "/authorizations/waiting", f"/authorizations/{made}", "/refreshers", "/complaints")),
        (cast.certifier, ("/certifications",)),
        (cast.officer, ("/authorization", "/authorization/card")),
        (cast.coordinator, (f"/agencies/{cast.palmetto}/complaints",)),
    ):
        visitor = work.visits(person)
        for path in paths:
            with statements_on(work.site.database) as heard:
                assert visitor.opens(path).status_code == 200
            assert len(heard) <= MOST_STATEMENTS, f"{path}: {len(heard)}"
