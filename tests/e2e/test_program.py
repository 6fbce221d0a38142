"""The program in a browser: a letter of interest, an agreement, nominations by file with a refused row, and their decision."""

from pathlib import Path

import pytest

from lms.accounts.permissions import Role
from tests.agencies.program import PDF
from tests.e2e.actors import Actor, Stage
from tests.support.cast import PASSWORD, Cast, Person, cast_of

pytestmark = pytest.mark.e2e

FILE = """name,email,sworn_on,consent_by,consent_on,us-citizen
Jo Park,jo.park@example.gov,2020-03-01,Sheriff Ana Ortiz,2026-11-01,yes
Bo Lee,bo.lee@example.gov,2025-03-01,Sheriff Ana Ortiz,2026-11-01,yes
Cy Diaz,cy.diaz@example.gov,03/01/2020,Sheriff Ana Ortiz,2026-11-01,yes
"""


def signed_in(stage: Stage, person: Person) -> Actor:
    """Somebody of the cast in front of a browser."""
    actor = stage.somebody(person.name).opens("/sign-in")
    actor.page.get_by_label("E-mail").fill(person.email)
    actor.page.get_by_label("Password").fill(PASSWORD)
    return actor.presses("Sign in")


def the_administrator_records_a_letter_and_drafts(administrator: Actor, cast: Cast) -> str:
    """From the agency's page to a draft; returns its address."""
    administrator.opens(f"/agencies/{cast.palmetto}").looks("agency with agreements").follows("Agreements").looks("agreements, none yet")
    administrator.follows("Record a letter of interest").ticks("Task Force Model")
    administrator.fills(Signed_by="Sheriff Ana Ortiz", Date_of_the_letter="2026-11-02").looks("letter of interest")
    administrator.presses("Record the letter").sees("Sheriff Ana Ortiz").follows("Draft an agreement").looks("choose a template")
    administrator.ticks("Task Force Model, template of March 7, 2025").presses("Go on")
    administrator.fills(Draft_as_of="2026-11-03").looks("draft an agreement").presses("Draft the agreement").looks("agreement, draft")
    return administrator.page.url


def the_agreement_becomes_operational(administrator: Actor, address: str, folder: Path) -> None:
    """Signed, then operational, with the signed paper."""
    for state, day in (("Signed by both parties", "2026-11-10"), ("Operational", "2026-11-16")):
        administrator.opens(f"{address}/moves/new").looks("move").ticks(state)
        administrator.fills(Takes_effect_on=day, Reason="As agreed with the sheriff").presses("Record the move").sees(state)
    paper = folder / "agreement.pdf"
    paper.write_bytes(PDF)
    administrator.fills(Title="Signed agreement")
    administrator.page.get_by_label("PDF file").set_input_files(paper)
    administrator.presses("Add the document").sees("Signed agreement").looks("agreement, operational")
    administrator.opens(f"{address}?on=2026-11-12").sees("At the end of November 12, 2026")
    administrator.opens("/rule-sets").looks("rules of the templates")


def the_coordinator_nominates_by_file(coordinator: Actor, cast: Cast, folder: Path) -> None:
    """Check first: one row is refused with its line and the fix."""
    nominees = folder / "nominees.csv"
    nominees.write_text(FILE, encoding="utf-8")
    coordinator.opens(f"/agencies/{cast.palmetto}/nominations").looks("nominations, none yet").follows("Nominate under")
    coordinator.looks("nominate an officer").opens(f"/agencies/{cast.palmetto}/nominations").follows("Nominate by file")
    coordinator.looks("nominate by file").page.get_by_label("CSV file").set_input_files(nominees)
    coordinator.presses("Check the file").sees("Line 4: sworn_on is “03/01/2020”, which is no date").looks("file checked")
    coordinator.presses("Nominate 2").sees("Officers nominated from this file: 2.").looks("file taken in")
    coordinator.follows("Back to nominations").looks("nominations")


def the_administrator_decides(administrator: Actor) -> None:
    """One is not eligible and declined; the other is approved and invited."""
    administrator.opens("/nominations").looks("nominations to decide").follows("Bo Lee").looks("nomination, not eligible")
    administrator.sees("Not eligible: TFM needs two years' experience; sworn 2025-03-01")
    administrator.ticks("Approve").fills(Reason="Fit").presses("Record the decision").looks("nomination, refused approval")
    administrator.ticks("Decline").fills(Reason="Sworn too recently").presses("Record the decision").sees("Declined")
    administrator.opens("/nominations").follows("Jo Park").ticks("Approve").fills(Reason="Fit").presses("Record the decision")
    administrator.looks("nomination, approved").presses("Make an invitation").sees("Send this link to Jo Park")


def test_from_a_letter_of_interest_to_a_decision_on_nominees(stage: Stage) -> None:
    with stage.live.site.database.writing() as session:
        cast = cast_of(session, now=stage.live.clock.now())
    assert cast.coordinator.role is Role.COORDINATOR
    administrator, coordinator = signed_in(stage, cast.administrator), signed_in(stage, cast.coordinator)
    address = the_administrator_records_a_letter_and_drafts(administrator, cast)
    the_agreement_becomes_operational(administrator, address, stage.folder)
    the_coordinator_nominates_by_file(coordinator, cast, stage.folder)
    the_administrator_decides(administrator)
    coordinator.opens(f"/agencies/{cast.palmetto}/nominations").follows("Bo Lee").sees("Nominate a substitute").looks(
        "nomination, declined"
    )
    assert administrator.console + coordinator.console == []
