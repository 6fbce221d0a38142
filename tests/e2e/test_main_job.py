"""The whole main job in a browser: from an empty installation to a certificate that anybody can verify, and its revocation."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.e2e.actors import Actor, Stage

pytestmark = pytest.mark.e2e

SHERIFF = "Palmetto County Sheriff's Office"
OFFICER = "Łukasz Nguyễn"
COORDINATOR = "Jordan Whitfield"
LESSONS = 16
QUESTIONS = 40
PROCTOR_MAIL = "proctor@example.gov"


def an_administrator_sets_up(administrator: Actor) -> dict[str, str]:
    """From the first link to an agency and everybody's invitations; returns the links."""
    administrator.takes_up(administrator.stage.first_link()).sets_up_a_code_app()
    administrator.opens("/").looks("administrator's first page")
    administrator.opens("/agencies/new").looks("add an agency")
    administrator.page.get_by_label("Name", exact=False).first.fill(SHERIFF)
    administrator.page.get_by_label("Kind of agency").select_option(index=2)
    administrator.page.get_by_label("State or territory").select_option("FL")
    administrator.page.get_by_label("Time zone", exact=False).select_option("America/New_York")
    administrator.presses("Add the agency").looks("agency")
    links = {
        role: administrator.invites(name, f"{role}@example.gov", label, agency=role == "coordinator")
        for role, name, label in (
            ("coordinator", COORDINATOR, "Coordinator"),
            ("program_officer", "Robin Vale", "Program officer"),
            ("proctor", "Pat Lindqvist", "Proctor"),
            ("certifier", "Chris Delacroix", "Certifier"),
        )
    }
    administrator.opens("/people").sees("You are the only administrator").looks("people")
    administrator.follows("Manage").looks("person")
    administrator.opens("/permissions").looks("who may do what")
    administrator.stage.second_person_confirms()
    return links


def the_agency_agrees(officer: Actor) -> None:
    """From the agency's page to an agreement for the model that is operational."""
    officer.opens("/agencies").follows(SHERIFF).follows("Agreements").follows("Draft an agreement")
    officer.ticks("Warrant Service Officer").presses("Go on").ticks("warrant")
    officer.ticks("ICE").fills(Draft_as_of="2026-11-03").presses("Draft the agreement")
    address = officer.page.url
    for state, day in (("Signed by both parties", "2026-11-10"), ("Operational", "2026-11-16")):
        officer.opens(f"{address}/moves/new").ticks(state)
        officer.fills(Takes_effect_on=day, Reason="As agreed with the sheriff").presses("Record the move").sees(state)


def the_coordinator_nominates(coordinator: Actor) -> None:
    """One officer, with everything that the agency attests."""
    coordinator.opens("/").looks("coordinator's first page").follows("Nominations").follows("Nominate under")
    coordinator.fills(Full_name=OFFICER, **{"Work_e-mail": "officer@example.gov"})
    coordinator.fills(Sworn_as_an_officer_on="2020-03-01", Department_head="Sheriff Ana Ortiz", Date_of_the_consent="2026-11-01")
    for answer in coordinator.page.locator("label", has_text="Yes").all():
        answer.click()
    coordinator.presses("Nominate").sees(OFFICER)


def the_program_officer_approves_and_invites(officer: Actor) -> str:
    """Approve the nominee, and make the invitation; returns its link."""
    officer.opens("/nominations").follows(OFFICER).ticks("Approve").fills(Reason="Fit").presses("Record the decision")
    officer.presses("Make an invitation").sees("Send this link")
    return officer.page.get_by_label(f"Link for {OFFICER}").input_value()


def the_administrator_opens_a_class(administrator: Actor) -> None:
    """Open a class on the published course, accept its public bank, and enroll the officer."""
    administrator.opens("/classes").looks("classes").opens("/classes/new").looks("open a class")
    course = administrator.page.get_by_label("Course")
    course.select_option(course.locator("option", has_text="Warrant Service Officer").get_attribute("value"))
    administrator.fills(Name_of_the_class="WSO class 26-04", First_day="2026-11-20", Last_day="2026-12-20")
    administrator.page.get_by_label("Time zone").select_option("America/New_York")
    administrator.presses("Open the class").looks("class").presses("Accept for this class")
    administrator.follows("Enroll officers").looks("enroll officers")
    administrator.ticks(OFFICER).presses("Enroll them").sees(OFFICER)
    for place in ("Timetable", "Attendance", "Summary"):
        administrator.opens("/classes").follows("WSO class 26-04").follows(place).looks(f"{place.casefold()} of a class")


def the_officer_takes_the_course(officer: Actor) -> None:
    """Read the notice, then the lessons: the first with wrong answers before the right ones, the last by keyboard and mouse again."""
    officer.opens("/").looks("officer's first page").follows("Start the course")
    officer.sees("What is recorded").looks("notice").presses("I have read this")
    officer.looks("lesson").presses("Complete the lesson").sees("still missing")
    officer.completes_lesson(wrong_first=True).sees("Lesson complete")
    officer.studies_on(until=LESSONS - 1).opens("/").looks("officer's first page half way").follows("Continue")
    officer.completes_lesson().sees("Lesson complete")
    officer.opens("/").looks("officer's first page with all lessons complete")


def the_proctor_admits(proctor: Actor) -> str:
    """Check identity and get the code."""
    proctor.opens("/proctoring").looks("test security").ticks("I have read this agreement").presses("Sign the agreement")
    proctor.looks("officers to admit").follows("Check ID").looks("admission")
    proctor.page.get_by_label("Photo document you checked").select_option("Passport")
    proctor.ticks("The photo and the name").presses("Admit and show the code").looks("code")
    return proctor.page.locator("[data-code]").inner_text()


def the_officer_starts_the_exam(officer: Actor, code: str) -> None:
    """Meet a wrong code first, then the right one."""
    officer.opens("/").follows("Go to the exam").looks("exam page")
    officer.ticks("I have read these rules").fills(Code_from_the_proctor="WRONGONE").presses("Start the exam")
    officer.sees("not the code").fills(Code_from_the_proctor=code).presses("Start the exam")
    assert officer.heading() == f"Question 1 of {QUESTIONS}"


def the_officer_answers(officer: Actor, *, right: int) -> None:
    """Answer every question, the first `right` of them right, through a dropped connection on the way."""
    officer.looks("question")
    for number in range(1, QUESTIONS + 1):
        if number == 5:
            officer.loses_the_connection_while_answering()
        officer.answers_question(right=number <= right)
        officer.presses("Next" if number < QUESTIONS else "Review and hand in")
    officer.looks("review").presses("Hand in my exam")


def the_certifier_issues(certifier: Actor) -> None:
    """Issue to the officer who has completed everything; the paper is made by the periodic work."""
    certifier.opens("/certificates").looks("certifier's queue").ticks(OFFICER)
    certifier.presses("Issue to the officers I selected").sees("What you typed is kept").proves_by_passkey()
    certifier.sees("Nothing has been done yet").looks("go on").presses("Send it now").looks("certificates issued")
    certifier.stage.live.works()


def the_officer_downloads_the_paper(officer: Actor) -> Path:
    """Fetch the certificate from one's own list."""
    officer.opens("/").looks("officer's first page with a certificate").opens("/my-certificates").looks("officer's certificates")
    with officer.page.expect_download() as download:
        officer.page.get_by_role("link", name="Download").first.click()
    paper = officer.stage.folder / "certificate.pdf"
    download.value.save_as(paper)
    return paper


def anybody_checks_the_number(verifier: Actor, number: str) -> str:
    """Type the number, and read the big word."""
    verifier.opens("/verify").looks("verify")
    verifier.page.get_by_label("number", exact=False).first.fill(number)
    verifier.presses("Check this certificate")
    return verifier.page.locator(".verdict__word").inner_text().casefold()


def anybody_checks_the_file(verifier: Actor, paper: Path) -> str:
    """Upload a file, and read the big word."""
    verifier.opens("/verify")
    verifier.page.locator("input[type=file]").set_input_files(paper)
    verifier.presses("Check this file")
    return verifier.page.locator(".verdict__word").inner_text().casefold()


def the_number_on(paper: Path) -> str:
    """The certificate number, as printed on the paper."""
    text = " ".join(page.extract_text() for page in PdfReader(paper).pages)
    found = re.search(r"F(?:-[0-9A-Z]{4}){4}-[0-9A-Z*~$=U]", text)
    assert found, text
    return found.group()


def altered_copy(paper: Path) -> Path:
    """The same paper with one byte changed."""
    content = bytearray(paper.read_bytes())
    content[len(content) // 3] ^= 1
    changed = paper.with_name("altered.pdf")
    changed.write_bytes(content)
    return changed


def the_certifier_revokes(certifier: Actor, number: str) -> None:
    """Revoke for good, with a reason."""
    certifier.opens(f"/certificates/{number}").looks("certificate")
    certifier.page.locator("summary", has_text="Revoke for good").click()
    form = certifier.page.locator("form[action$='/revocation']")
    form.locator("label", has_text="examination does not count").click()
    form.locator("textarea").fill("The exam was proctored by the officer's own supervisor.")
    certifier.presses("Revoke it for good")


def test_an_officer_is_trained_examined_certified_and_verified(stage: Stage) -> None:
    administrator = stage.somebody("Morgan Achebe")
    links = an_administrator_sets_up(administrator)
    program_officer = stage.somebody("Robin Vale").takes_up(links["program_officer"]).sets_up_a_code_app()
    the_agency_agrees(program_officer)
    coordinator = stage.somebody(COORDINATOR).takes_up(links["coordinator"]).sets_up_a_code_app()
    the_coordinator_nominates(coordinator)
    officer = stage.somebody(OFFICER).takes_up(the_program_officer_approves_and_invites(program_officer))
    proctor = stage.somebody("Pat Lindqvist").takes_up(links["proctor"]).sets_up_a_code_app()
    certifier = stage.somebody("Chris Delacroix").takes_up(links["certifier"]).sets_up_a_passkey()
    verifier = stage.somebody("Anybody")

    the_administrator_opens_a_class(administrator)
    the_officer_takes_the_course(officer)
    the_officer_starts_the_exam(officer, the_proctor_admits(proctor))
    the_officer_answers(officer, right=30)
    officer.sees("75.00%").looks("result")
    expect(officer.page.locator("h1")).to_have_text("You passed")

    stage.live.passes(minutes=11)
    the_certifier_issues(certifier)
    paper = the_officer_downloads_the_paper(officer)
    number = the_number_on(paper)
    assert anybody_checks_the_number(verifier, number) == "valid"
    verifier.looks("answer").sees("certified is not authorized")
    assert OFFICER not in verifier.page.content()
    assert anybody_checks_the_number(verifier, number[:-1] + ("0" if number[-1] != "0" else "1")) == "typing slip"
    assert anybody_checks_the_file(verifier, paper) == "valid"
    verifier.looks("answer to a paper").sees(OFFICER)
    assert anybody_checks_the_file(verifier, altered_copy(paper)) == "altered"

    the_certifier_revokes(certifier, number)
    assert anybody_checks_the_number(verifier, number) == "revoked"
    people = (administrator, coordinator, officer, proctor, certifier, verifier)
    assert [line for person in people for line in person.console] == []
