"""The certifier's and the officer's pages: the queue, one certificate, what may be decided, and the paper."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.certificates import commands, keyring, sweeps
from lms.certificates.inspection import PaperFinding, inspect
from lms.certificates.keyfiles import NoKey
from lms.certificates.numbers import display
from lms.certificates.rules import RevocationReason, Status
from lms.certificates.signers import signer, trust
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.settings import Settings
from lms.web.headers import SECURITY_HEADERS
from tests.certificates.desk import Desk, desk, keys_in
from tests.certificates.program import enrolled
from tests.support.browser import Visitor

NOTE = {"revocation-note": "Reported by the agency"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keys_in(tmp_path_factory.mktemp("installation"))


@pytest.fixture
def office(sqlite: Database, clock: FrozenClock, tmp_path: Path, keys: Path) -> Desk:
    return desk(sqlite, clock, data=tmp_path / "data", keys=keys)


def selects(visitor: Visitor) -> list[str]:
    """The enrollments offered in the queue."""
    return [str(box.attributes["value"]) for box in visitor.page.all("input") if box.attributes.get("name") == "officers"]


def text(visitor: Visitor) -> str:
    return visitor.page.all("main")[0].said()


def fetches(visitor: Visitor, number: str, part: str = "") -> int:
    return visitor.opens(f"/certificates/{number}{part}").status_code


# --- The queue ----------------------------------------------------------------------------------------------------------


def test_a_certifier_issues_to_those_who_are_ready(office: Desk) -> None:
    office.trains()
    office.trains("Sam Okafor")
    certifier = office.certifier
    certifier.opens("/certificates")
    offered = selects(certifier)
    assert len(offered) == 2
    answer = certifier.sends("/certificates", officers=offered)
    assert answer.headers["Location"] == "/certificates#issued"
    answer = certifier.opens("/certificates")
    assert "Being prepared" in text(certifier)
    assert answer.headers["Refresh"] == "3"
    office.works()
    answer = certifier.opens("/certificates")
    assert "Refresh" not in answer.headers
    assert "Nobody is waiting" in text(certifier)
    assert text(certifier).count("Valid") == 2


def test_one_certificate_leads_to_its_page(office: Desk) -> None:
    office.trains()
    certifier = office.certifier
    certifier.opens("/certificates")
    answer = certifier.follows(certifier.sends("/certificates", officers=selects(certifier)))
    assert answer.status_code == 200
    assert answer.headers["Refresh"] == "3"
    assert "The paper is being prepared" in text(certifier)


def test_sending_the_same_selection_twice_issues_once(office: Desk) -> None:
    office.trains()
    certifier = office.certifier
    certifier.opens("/certificates")
    offered = selects(certifier)
    assert certifier.sends("/certificates", officers=offered).status_code == 303
    assert certifier.sends("/certificates", officers=offered).status_code == 303
    certifier.opens("/certificates")
    assert text(certifier).count("Being prepared") == 1


def test_nothing_selected_is_said(office: Desk) -> None:
    office.trains()
    certifier = office.certifier
    assert certifier.sends("/certificates").status_code == 422
    assert "Choose at least one officer." in text(certifier)
    assert certifier.sends("/certificates", officers=["nonsense"]).status_code == 422


def test_those_who_may_not_are_shown_with_the_reason(office: Desk) -> None:
    certifier = office.certifier
    with office.site.database.writing() as session:
        enrolled(session, office.made, now=office.clock.now())
    certifier.opens("/certificates")
    assert "Dana Rivera" in text(certifier)
    assert "0 of 4 lessons are complete." in text(certifier)
    assert "It has not been passed." in text(certifier)


def test_the_refusal_of_an_unready_officer_names_the_gate(office: Desk) -> None:
    certifier = office.certifier
    with office.site.database.writing() as session:
        enrollment_id = enrolled(session, office.made, now=office.clock.now())
    answer = certifier.sends("/certificates", officers=[str(enrollment_id)])
    assert answer.status_code == 409
    assert "All lessons completed" in text(certifier)


def test_issued_certificates_are_searched(office: Desk) -> None:
    numbers = {name: office.certifies(office.trains(name)) for name in ("Sam Okafor", "Ana Núñez")}
    certifier = office.certifier
    certifier.opens("/certificates?q=nunez")
    assert "Ana Núñez" in text(certifier)
    assert "Sam Okafor" not in text(certifier)
    certifier.opens(f"/certificates?q={display(numbers['Sam Okafor'])}&page=1")
    assert "Sam Okafor" in text(certifier)
    assert "Ana Núñez" not in text(certifier)
    certifier.opens("/certificates?q=<script>")
    assert "No certificate matches" in text(certifier)


@pytest.mark.parametrize("role", ["officer", "coordinator", "proctor", "instructor", "administrator"])
def test_only_certifiers_see_the_queue_and_decide(office: Desk, role: str) -> None:
    number = office.certifies(office.trains())
    visitor = office.visits(getattr(office.made.cast, role))
    assert visitor.opens("/certificates").status_code == 403
    assert visitor.sends("/certificates", officers=[]).status_code == 403
    for deed in ("revocation", "suspension", "suspension/ending", "correction"):
        assert visitor.sends(f"/certificates/{number}/{deed}", **NOTE).status_code == 403
    assert office.row(number).status(office.clock.now()) is Status.VALID


# --- One certificate ----------------------------------------------------------------------------------------------------


def test_a_certifier_sees_everything_but_the_secrets(office: Desk) -> None:
    number = office.certifies(office.trains())
    certifier = office.certifier
    answer = certifier.opens(f"/certificates/{display(number).lower()}")
    found = office.row(number)
    assert found.seal is not None
    for told in ("Dana Rivera", "Palmetto County", found.seal.digest, found.course_hash, "issued a certificate", "stored the paper"):
        assert told in text(certifier)
    assert found.token not in answer.text
    assert found.salts is not None
    assert found.salts.name not in answer.text


def test_certificates_are_seen_by_their_officer_the_coordinator_and_certifiers(office: Desk) -> None:
    number = office.certifies(office.trains())
    cast = office.made.cast
    seen = {person.name: fetches(office.visits(person), number) for person in cast.people}
    allowed = {cast.officer.name, cast.coordinator.name, cast.certifier.name}
    assert {name for name, status in seen.items() if status == 200} == allowed
    assert {status for name, status in seen.items() if name not in allowed} == {404}


def test_the_paper_is_handed_to_its_officer_and_certifiers_only(office: Desk) -> None:
    number = office.certifies(office.trains())
    cast = office.made.cast
    seen = {person.name: fetches(office.visits(person), number, "/paper") for person in cast.people}
    assert {name for name, status in seen.items() if status == 200} == {cast.officer.name, cast.certifier.name}
    assert set(seen.values()) == {200, 404}
    assert office.stranger.opens(f"/certificates/{number}/paper").status_code == 302


def test_anothers_certificate_answers_like_none(office: Desk) -> None:
    number = office.certifies(office.trains())
    outsider = office.visits(office.made.cast.outsider)
    none = "F00000000000000000"
    for part in ("", "/paper"):
        others, nobodys = (outsider.opens(f"/certificates/{one}{part}") for one in (number, none))
        assert (others.status_code, others.text) == (nobodys.status_code, nobodys.text)
    assert fetches(outsider, "not-a-number") == 404


def test_a_coordinator_learns_the_standing_and_no_note(office: Desk) -> None:
    number = office.certifies(office.trains())
    office.revokes(number)
    coordinator = office.visits(office.made.cast.coordinator)
    coordinator.opens(f"/certificates/{number}")
    assert "revoked" in text(coordinator)
    assert "An internal note" not in text(coordinator)
    assert "Download" not in text(coordinator)


def test_a_certifier_revokes(office: Desk) -> None:
    number = office.certifies(office.trains())
    certifier = office.certifier
    assert certifier.sends(f"/certificates/{number}/revocation", **NOTE).status_code == 422
    assert "Choose a reason." in text(certifier)
    sent = {**NOTE, "revocation-reason": RevocationReason.ERROR}
    certifier.follows(certifier.sends(f"/certificates/{number}/revocation", **sent))
    assert "revoked" in text(certifier)
    assert "It was issued in error." in text(certifier)
    again = certifier.sends(f"/certificates/{number}/revocation", **sent)
    assert again.status_code == 409


def test_a_certifier_suspends_and_lifts(office: Desk) -> None:
    number = office.certifies(office.trains())
    certifier = office.certifier
    for deed, field, word in (("suspension", "suspension-note", "suspended"), ("suspension/ending", "ending-note", "valid")):
        assert certifier.sends(f"/certificates/{number}/{deed}").status_code == 422
        certifier.follows(certifier.sends(f"/certificates/{number}/{deed}", **{field: "Because of a review"}))
        assert f" {word} " in text(certifier)


def test_a_certifier_corrects(office: Desk) -> None:
    number = office.certifies(office.trains())
    certifier = office.certifier
    assert certifier.sends(f"/certificates/{number}/correction", **{"correction-name": "", "correction-note": ""}).status_code == 422
    sent = {"correction-name": "Dana <b>Q.</b> Rivera", "correction-note": "The initial was missing"}
    answer = certifier.follows(certifier.sends(f"/certificates/{number}/correction", **sent))
    assert "Dana &lt;b&gt;Q.&lt;/b&gt; Rivera" in answer.text
    certifier.opens(f"/certificates/{number}")
    assert "superseded" in text(certifier)
    assert "Replaced by a corrected certificate" in text(certifier)


def test_a_specimen_says_so(sqlite: Database, clock: FrozenClock, tmp_path: Path) -> None:
    shown = desk(sqlite, clock, data=tmp_path / "data", keys=keys_in(tmp_path / "keys", specimen=True), demo=True)
    number = shown.certifies(shown.trains())
    certifier = shown.certifier
    certifier.opens(f"/certificates/{number}")
    assert "A specimen from a demonstration." in text(certifier)
    assert b"SPECIMEN" in shown.paper(number)


# --- The officer --------------------------------------------------------------------------------------------------------


def test_an_officer_waits_for_the_paper_and_downloads_it(office: Desk) -> None:
    officer = office.trains()
    visitor = office.visits(officer)
    visitor.opens("/my-certificates")
    assert "No certificate yet" in text(visitor)
    number = office.certifies(officer, finished=False)
    assert visitor.opens("/my-certificates").headers["Refresh"] == "3"
    waiting = visitor.opens(f"/certificates/{number}/paper")
    assert (waiting.status_code, waiting.headers["Refresh"]) == (202, "3")
    office.works()
    assert "Refresh" not in visitor.opens("/my-certificates").headers
    assert "Download the PDF" in text(visitor)
    paper = visitor.opens(f"/certificates/{number}/paper")
    assert paper.data == office.paper(number)
    assert paper.mimetype == "application/pdf"
    assert paper.headers["Content-Disposition"] == f'attachment; filename="certificate-{display(number)}.pdf"'
    assert "no-store" in paper.headers["Cache-Control"]
    assert all(paper.headers[name] == value for name, value in SECURITY_HEADERS.items())
    held = trust(office.site.settings)
    assert inspect(paper.data, roots=held.roots, crls=held.crls, now=office.clock.now()) is PaperFinding.GENUINE


def test_the_paper_is_the_same_however_often_it_is_fetched_and_whatever_becomes_of_it(office: Desk) -> None:
    officer = office.trains()
    number = office.certifies(officer)
    visitor = office.visits(officer)
    first = visitor.opens(f"/certificates/{number}/paper").data
    office.revokes(number)
    office.works()
    assert visitor.opens(f"/certificates/{number}/paper").data == first


def test_a_paper_that_will_never_be_made_is_not_waited_for(office: Desk) -> None:
    officer = office.trains()
    number = office.certifies(officer, finished=False)
    office.revokes(number)
    office.works()
    answer = office.visits(officer).opens(f"/certificates/{number}/paper")
    assert "Refresh" not in answer.headers
    assert "never made" in answer.text


def test_officers_see_their_own_certificates_only(office: Desk) -> None:
    office.certifies(office.trains())
    other = office.trains("Sam Okafor")
    visitor = office.visits(other)
    visitor.opens("/my-certificates")
    assert "No certificate yet" in text(visitor)
    assert "Rivera" not in text(visitor)


# --- Periodic work and the command line -----------------------------------------------------------------------------------


def test_one_paper_that_cannot_be_made_does_not_hold_up_the_others(office: Desk) -> None:
    broken = office.certifies(office.trains(), finished=False)
    with office.site.database.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM certificate_secret")
    good = office.certifies(office.trains("Sam Okafor"), finished=False)
    with pytest.raises(ExceptionGroup, match="1 of 2 papers"):
        sweeps.finish_papers(office.site)
    assert office.row(good).is_stored
    assert not office.row(broken).is_stored


def test_the_revocation_list_is_renewed_before_it_ends(office: Desk) -> None:
    assert sweeps.renew_revocation_list(office.site) == 0
    office.clock.advance(timedelta(days=21))
    assert sweeps.renew_revocation_list(office.site) == 1
    assert sweeps.renew_revocation_list(office.site) == 0
    office.clock.advance(timedelta(days=30))
    (office.site.settings.data / keyring.PASSPHRASES / "issuing").unlink()
    assert sweeps.renew_revocation_list(office.site) == 0


def test_papers_are_signed_long_after_the_first_list_has_ended(office: Desk) -> None:
    officer = office.trains()
    for _ in range(3):
        office.clock.advance(timedelta(days=25))
        sweeps.renew_revocation_list(office.site)
    assert office.row(office.certifies(officer)).is_stored


def test_without_keys_nothing_is_signed_and_nothing_trusted(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with pytest.raises(NoKey, match="lms serve"):
        signer(settings)
    assert trust(settings).roots == ()


def test_keys_are_loaded_once(office: Desk) -> None:
    assert signer(office.site.settings) is signer(office.site.settings)


def runs(office: Desk, *arguments: str) -> str:
    found = CliRunner().invoke(commands.certificates, ["show", *arguments], obj=office.site, catch_exceptions=False)
    assert found.exit_code == 0
    return found.output


def test_the_command_line_shows_a_certificate_and_writes_its_paper(office: Desk, tmp_path: Path) -> None:
    number = office.certifies(office.trains())
    told = json.loads(runs(office, display(number), "--json", "--pdf", str(tmp_path / "paper.pdf")))
    assert (told["status"], told["stage"], told["officer"]) == ("valid", "stored", "Dana Rivera")
    assert (tmp_path / "paper.pdf").read_bytes() == office.paper(number)
    assert json.loads(told["statement"])["demo"] is False
    assert "status: valid" in runs(office, number)


@pytest.mark.parametrize("asked", ["F000", "F00000000000000000"])
def test_the_command_line_refuses_a_number_that_is_none(office: Desk, asked: str) -> None:
    with pytest.raises(Exception, match="certificate"):
        runs(office, asked)


def test_the_command_line_hands_out_no_unfinished_paper(office: Desk, tmp_path: Path) -> None:
    number = office.certifies(office.trains(), finished=False)
    with pytest.raises(commands.NoPaperYet):
        runs(office, number, "--pdf", str(tmp_path / "paper.pdf"))
