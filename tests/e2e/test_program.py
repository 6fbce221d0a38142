"""The program in a browser: a letter of interest, an agreement, nominations by file with a refused row, and their decision."""

from pathlib import Path

import pytest

from lms.accounts.permissions import Role
from tests.e2e.actors import Actor, Stage
from tests.e2e.program import MOVES, adds_the_signed_agreement, moves_the_agreement, records_a_letter_and_drafts, signed_in
from tests.support.cast import Cast, cast_of

pytestmark = pytest.mark.e2e

FILE = """name,email,sworn_on,consent_by,consent_on,us-citizen
Jo Park,jo.park@example.gov,2020-03-01,Sheriff Ana Ortiz,2026-11-01,yes
Bo Lee,bo.lee@example.gov,2025-03-01,Sheriff Ana Ortiz,2026-11-01,yes
Cy Diaz,cy.diaz@example.gov,03/01/2020,Sheriff Ana Ortiz,2026-11-01,yes
"""


def the_agreement_becomes_operational(program_officer: Actor, address: str) -> None:
    """Signed, then operational, with the signed paper."""
    moves_the_agreement(program_officer, address, *MOVES)
    adds_the_signed_agreement(program_officer)
    program_officer.looks("agreement, operational")
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
    program_officer, coordinator = signed_in(stage, cast.program_officer, looks=True), signed_in(stage, cast.coordinator)
    template = "Task Force Model, template of March 7, 2025"
    address = records_a_letter_and_drafts(program_officer, cast.palmetto, model="Task Force Model", template=template)
    the_agreement_becomes_operational(program_officer, address)
    the_coordinator_nominates_by_file(coordinator, cast, stage.folder)
    the_program_officer_decides(program_officer)
    coordinator.opens(f"/agencies/{cast.palmetto}/nominations").follows("Bo Lee").sees("Nominate a substitute").looks(
        "nomination, declined"
    )
    assert program_officer.console + coordinator.console == []
