"""What the program's people do on its pages, in sentences that several stories tell."""

from tests.agencies.program import PDF
from tests.e2e.actors import Actor, Stage
from tests.support.cast import PASSWORD, Person

MOVES = (("Signed by both parties", "2026-11-10"), ("Operational", "2026-11-16"))


def signed_in(stage: Stage, person: Person, *, looks: bool = False) -> Actor:
    """Somebody of the cast in front of a browser; the pages of signing in are looked at where told."""
    actor = stage.somebody(person.name)
    return (actor if looks else actor.knows("sign-in", "second step")).signs_in(person.email, password=PASSWORD)


def records_a_letter_and_drafts(program_officer: Actor, agency_id: object, *, model: str, template: str) -> str:
    """From the agency's page over its letter of interest to a draft; returns its address."""
    program_officer.opens(f"/agencies/{agency_id}").looks("agency with agreements").follows("Agreements").looks("agreements, none yet")
    program_officer.follows("Record a letter of interest").ticks(model)
    program_officer.fills(Signed_by="Sheriff Ana Ortiz", Date_of_the_letter="2026-11-02").looks("letter of interest")
    program_officer.presses("Record the letter").sees("Sheriff Ana Ortiz").follows("Draft an agreement").looks("choose a template")
    program_officer.ticks(template).presses("Go on")
    program_officer.fills(Draft_as_of="2026-11-03").looks("draft an agreement").presses("Draft the agreement").looks("agreement, draft")
    return program_officer.page.url


def moves_the_agreement(program_officer: Actor, address: str, *moves: tuple[str, str]) -> None:
    """Each move with the day on which it takes effect."""
    for state, day in moves:
        program_officer.opens(f"{address}/moves/new").looks("move").ticks(state)
        program_officer.fills(Takes_effect_on=day, Reason="As agreed with the sheriff").presses("Record the move").sees(state)


def adds_the_signed_agreement(program_officer: Actor) -> None:
    """Put the signed paper to the agreement on the page."""
    paper = program_officer.stage.folder / "agreement.pdf"
    paper.write_bytes(PDF)
    program_officer.fills(Title="Signed agreement")
    program_officer.page.get_by_label("PDF file").set_input_files(paper)
    program_officer.presses("Add the document").sees("Signed agreement")


def nominates(coordinator: Actor, name: str, *, email: str, sworn_on: str) -> None:
    """Fill the form for one officer, answering everything that the agency attests with yes."""
    coordinator.fills(Full_name=name, **{"Work_e-mail": email})
    coordinator.fills(Sworn_as_an_officer_on=sworn_on, Department_head="Sheriff Ana Ortiz", Date_of_the_consent="2026-11-01")
    for answer in coordinator.page.locator("label", has_text="Yes").all():
        answer.click()
    coordinator.looks("nominate an officer").presses("Nominate").sees(name)


def decides(program_officer: Actor, name: str, outcome: str, *, reason: str) -> None:
    """Decide about a nominee on the list of those who wait."""
    program_officer.opens("/nominations").follows(name)
    program_officer.ticks(outcome).fills(Reason=reason).presses("Record the decision")


def anybody_checks(verifier: Actor, number: str) -> Actor:
    """Type the number of a certificate on the public page."""
    verifier.opens("/verify")
    verifier.page.get_by_label("number", exact=False).first.fill(number)
    return verifier.presses("Check this certificate")
