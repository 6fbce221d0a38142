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
    return stage.somebody(person.name).signs_in(person.email, password=PASSWORD)


def the_program_officer_records_a_letter_and_drafts(program_officer: Actor, cast: Cast) -> str:
    """From the agency's page to a draft; returns its address."""
    program_officer.opens(f"/agencies/{cast.palmetto}").looks("agency with agreements").follows("Agreements").looks("agreements, none yet")
    program_officer.follows("Record a letter of interest").ticks("Task Force Model")
    program_officer.fills(Signed_by="Sheriff Ana Ortiz", Date_of_the_letter="2026-11-02").looks("letter of interest")
    program_officer.presses("Record the letter").sees("Sheriff Ana Ortiz").follows("Draft an agreement").looks("choose a template")
    program_officer.ticks("Task Force Model, template of March 7, 2025").presses("Go on")
    program_officer.fills(Draft_as_of="2026-11-03").looks("draft an agreement").presses("Draft the agreement").looks("agreement, draft")
    return program_officer.page.url


def the_agreement_becomes_operational(program_officer: Actor, address: str, folder: Path) -> None:
    """Signed, then operational, with the signed paper."""
    for state, day in (("Signed by both parties", "2026-11-10"), ("Operational", "2026-11-16")):
        program_officer.opens(f"{address}/moves/new").looks("move").ticks(state)
        program_officer.fills(Takes_effect_on=day, Reason="As agreed with the sheriff").presses("Record the move").sees(state)
    paper = folder / "agreement.pdf"
    paper.write_bytes(PDF)
    program_officer.fills(Title="Signed agreement")
    program_officer.page.get_by_label("PDF file").set_input_files(paper)
    program_officer.presses("Add the document").sees("Signed agreement").looks("agreement, operational")
    program_officer.opens(f"{address}?on=2026-11-12").sees("At the end of November 12, 2026")
    program_officer.opens("/rule-sets").looks("rules of the templates")


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


def the_program_officer_decides(program_officer: Actor) -> None:
    """One is not eligible and declined; the other is approved and invited."""
    program_officer.opens("/nominations").looks("nominations to decide").follows("Bo Lee").looks("nomination, not eligible")
    program_officer.sees("Not eligible: TFM needs two years' experience; sworn 2025-03-01")
    program_officer.ticks("Approve").fills(Reason="Fit").presses("Record the decision").looks("nomination, refused approval")
    program_officer.ticks("Decline").fills(Reason="Sworn too recently").presses("Record the decision").sees("Declined")
    program_officer.opens("/nominations").follows("Jo Park").ticks("Approve").fills(Reason="Fit").presses("Record the decision")
    program_officer.looks("nomination, approved").presses("Make an invitation").sees("Send this link to Jo Park")


def test_from_a_letter_of_interest_to_a_decision_on_nominees(stage: Stage) -> None:
    with stage.live.site.database.writing() as session:
        cast = cast_of(session, now=stage.live.clock.now())
    assert cast.coordinator.role is Role.COORDINATOR
    program_officer, coordinator = signed_in(stage, cast.program_officer), signed_in(stage, cast.coordinator)
    address = the_program_officer_records_a_letter_and_drafts(program_officer, cast)
    the_agreement_becomes_operational(program_officer, address, stage.folder)
    the_coordinator_nominates_by_file(coordinator, cast, stage.folder)
    the_program_officer_decides(program_officer)
    coordinator.opens(f"/agencies/{cast.palmetto}/nominations").follows("Bo Lee").sees("Nominate a substitute").looks(
        "nomination, declined"
    )
    assert program_officer.console + coordinator.console == []
