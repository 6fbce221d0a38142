"""Authority in a browser: how an officer comes to hold it, who may not, and how it ends with the agreement."""

import uuid

import pytest
from sqlalchemy import select

from lms.certificates.models import Certificate
from lms.certificates.numbers import display
from lms.certificates.reserving import Terms
from lms.enrollments.models import Enrollment
from lms.verification.rules import CERTIFIED, IN_FORCE, NOT_IN_FORCE
from tests.authorizations.authority import office
from tests.certificates.program import Program, another_officer, completes, passes, program
from tests.e2e.actors import Actor, Stage
from tests.e2e.program import (
    MOVES,
    anybody_checks,
    decides,
    moves_the_agreement,
    nominates,
    records_a_letter_and_drafts,
    signed_in,
)
from tests.support.cast import Person, cast_of
from tests.support.factories import an_agreement
from tests.support.live import passes_second_step

pytestmark = pytest.mark.e2e

TEMPLATE = "Warrant Service Officer, template of February 15, 2025"
PAPERWORK = (
    "agency with agreements",
    "agreements, none yet",
    "letter of interest",
    "choose a template",
    "draft an agreement",
    "agreement, draft",
    "move",
)
ENDED_AT = "Nov 22, 2026, 8:00 AM EST"


def proves_anew(actor: Actor, email: str) -> None:
    """Answer the page that asks for the second factor again, and send what was kept."""
    actor.sees("What you typed is kept").looks("fresh proof by code")
    passes_second_step(actor.stage.live, actor.page, email)
    actor.sees("Nothing has been done yet").presses("Send it now")


# --- From a letter of interest to authority -------------------------------------------------------------------------


def the_program_officer_approves(program_officer: Actor, officer: str) -> None:
    """Approve the nominee, and record the check that must be done before the authorization."""
    decides(program_officer, officer, "Approve", reason="Fit")
    program_officer.sees("Approved").ticks("Met").fills(Note="Nothing found").presses("Record the result")
    program_officer.looks("nomination, approved and screened")


def the_officer_is_trained(stage: Stage, made: Program, officer: Person) -> None:
    """Lessons and exam, as other stories tell them."""
    now = stage.live.clock.now()
    with stage.live.site.database.writing() as session:
        enrollment_id = session.scalars(select(Enrollment.id).where(Enrollment.officer_id == officer.officer)).one()
        completes(session, made, enrollment_id, now=now)
        passes(session, made, enrollment_id, now=now)


def the_certifier_issues_and_lists(certifier: Actor, officer: str) -> str:
    """Issue the certificate, then name its holder on a certification list; returns the number."""
    certifier.opens("/certificates").ticks(officer).presses("Issue to the officers I selected")
    certifier.stage.live.works()
    certifier.opens("/certifications").looks("certification lists").sees(officer)
    certifier.fills(ICE_official="Dana Whitcomb", Position="Deputy Assistant Director").presses("Make the list").sees(officer)
    certifier.stage.live.works()
    certifier.opens(certifier.page.url).looks("certification list")
    with certifier.stage.live.site.database.reading() as session:
        return display(session.scalars(select(Certificate.number)).one())


def the_supervisor_authorizes(supervisor: Actor, officer: Person, email: str) -> None:
    """Record the authorization, proving the second factor anew for it."""
    supervisor.opens("/authorizations/waiting").looks("certified, not authorized").follows(officer.name)
    supervisor.looks("authorize an officer").sees("it stays until it is revoked or withdrawn")
    supervisor.fills(Position_of_the_supervising_officer="Supervisory Detention and Deportation Officer")
    supervisor.fills(Name_of_the_supervising_officer="Marcus Hale", Telephone="555-0142", ICE_field_office="Atlanta")
    supervisor.page.get_by_label("E-mail of the supervising officer").fill("marcus.hale@example.gov")
    supervisor.stage.live.passes(minutes=11)
    supervisor.presses("Record the authorization")
    proves_anew(supervisor, email)
    supervisor.sees("Active").looks("authorization").stage.live.works()


def test_a_sheriffs_office_from_a_letter_of_interest_to_an_officer_who_may_act(stage: Stage) -> None:
    with stage.live.site.database.writing() as session:
        made = program(session, now=stage.live.clock.now())
    cast, dana = made.cast, made.cast.officer
    program_officer = signed_in(stage, cast.program_officer).knows(*PAPERWORK)
    address = records_a_letter_and_drafts(program_officer, cast.palmetto, model="Warrant Service", template=TEMPLATE)
    moves_the_agreement(program_officer, address, *MOVES)

    coordinator = signed_in(stage, cast.coordinator).opens(f"/agencies/{cast.palmetto}/nominations").follows("Nominate under")
    coordinator.knows("nominate an officer")
    nominates(coordinator, dana.name, email=dana.email, sworn_on="2020-03-01")
    the_program_officer_approves(program_officer, dana.name)
    administrator = signed_in(stage, cast.administrator).opens("/classes").follows("Program class").follows("Enroll officers")
    administrator.ticks(dana.name).presses("Enroll them").sees(dana.name)
    the_officer_is_trained(stage, made, dana)

    officer = signed_in(stage, dana).opens("/authorization").sees("neither certified nor authorized")
    number = the_certifier_issues_and_lists(signed_in(stage, cast.certifier), dana.name)
    officer.opens("/authorization").sees("You are certified, not authorized: do not act").looks("certified, do not act")
    verifier = anybody_checks(stage.somebody("Anybody"), number).sees(CERTIFIED).sees(NOT_IN_FORCE)

    the_supervisor_authorizes(signed_in(stage, cast.supervisor), dana, cast.supervisor.email)
    officer.opens("/authorization").sees("You may act").sees("Serve and execute warrants of arrest").sees("South Carolina")
    officer.sees("555-0142").sees("It is revoked or withdrawn, or the agreement ends").looks("what may I do")
    officer.presses("I have read it").sees("You read this on").follows("Card to print").looks("card")
    anybody_checks(verifier, number).sees(IN_FORCE).looks("certified and authorized")
    assert dana.name not in verifier.page.content()
    assert program_officer.console + coordinator.console + administrator.console + officer.console + verifier.console == []


# --- Refused for experience -----------------------------------------------------------------------------------------


def test_a_nominee_refused_for_experience_is_substituted_by_one_who_is_approved(stage: Stage) -> None:
    with stage.live.site.database.writing() as session:
        cast = cast_of(session, now=stage.live.clock.now())
        an_agreement(session, agency_id=cast.palmetto, now=stage.live.clock.now(), rule_set_id="tfm-2025")
    coordinator, program_officer = signed_in(stage, cast.coordinator), signed_in(stage, cast.program_officer)
    nominations = f"/agencies/{cast.palmetto}/nominations"
    coordinator.opens(nominations).follows("Nominate under")
    nominates(coordinator, "Bo Lee", email="bo.lee@example.gov", sworn_on="2025-03-01")
    coordinator.sees("Not eligible: TFM needs two years' experience; sworn 2025-03-01").looks("nomination, not eligible")

    decides(program_officer, "Bo Lee", "Approve", reason="Fit")
    program_officer.sees("Not eligible: TFM needs two years' experience").sees("Decide")
    decides(program_officer, "Bo Lee", "Decline", reason="Sworn too recently")
    coordinator.opens(nominations).follows("Bo Lee").sees("Sworn too recently")
    coordinator.follows("Nominate a substitute").looks("nominate a substitute")
    nominates(coordinator, "Jo Park", email="jo.park@example.gov", sworn_on="2020-03-01")
    coordinator.sees("The nomination whose place this one takes")

    decides(program_officer, "Jo Park", "Approve", reason="Fit")
    program_officer.sees("Approved").sees("Make an invitation")
    coordinator.opens(nominations).follows("Bo Lee").follows("The substitute").sees("Approved")
    assert coordinator.heading() == "Nomination of Jo Park"
    coordinator.looks("substitute, approved")
    assert coordinator.console + program_officer.console == []


# --- The end of an agreement ----------------------------------------------------------------------------------------


def two_officers_are_authorized(stage: Stage) -> tuple[Program, uuid.UUID, list[Person], list[str]]:
    """An office with two officers who may act: the program, the agreement, the officers and their certificates."""
    now, terms = stage.live.clock.now(), Terms.of(stage.live.site.settings)
    with stage.live.site.database.writing() as session:
        found = office(session, now=now)
        officers = [found.made.cast.officer, another_officer(session, found.made, "Bo Lee", now=now)]
        numbers = [found.certified(session, one, now=now, terms=terms) for one in officers]
        for number in numbers:
            found.authorizes(session, number, now=now, terms=terms)
    stage.live.works()
    return found.made, found.agreement_id, officers, numbers


def ends_it_at_eight(program_officer: Actor, address: str) -> None:
    """Notice of termination today, then its end today at eight, for exigent circumstances."""
    moves_the_agreement(program_officer, address, ("Notice of termination given", "2026-11-22"))
    program_officer.opens(f"{address}/moves/new").ticks("Ended").ticks("Exigent circumstances").looks("end of an agreement")
    program_officer.fills(Takes_effect_on="2026-11-22", Time_of_day="08:00", Reason="The county withdrew").presses("Record the move")
    program_officer.looks("agreement, about to end")


def test_an_agreement_ends_and_every_authorization_under_it_ends_at_that_moment(stage: Stage) -> None:
    made, agreement_id, people, numbers = two_officers_are_authorized(stage)
    program_officer, verifier = signed_in(stage, made.cast.program_officer).knows("move"), stage.somebody("Anybody")
    officers = [signed_in(stage, one).opens("/authorization").sees("You may act") for one in people]
    ends_it_at_eight(program_officer, f"{stage.live.url}/agreements/{agreement_id}")
    stage.live.passes(minutes=59)
    for officer, number in zip(officers, numbers, strict=True):
        officer.opens("/authorization").sees("You may act")
        anybody_checks(verifier, number).sees(IN_FORCE)

    stage.live.passes(minutes=1)
    for officer, number in zip(officers, numbers, strict=True):
        officer.opens("/authorization").sees("Do not act").sees("Ended with the agreement").sees(ENDED_AT)
        anybody_checks(verifier, number).sees(CERTIFIED).sees(NOT_IN_FORCE)
    officers[0].looks("ended with the agreement")
    verifier.looks("certified, no longer authorized")
    supervisor = signed_in(stage, made.cast.supervisor).opens("/authorizations?show=ended").looks("authorizations that ended")
    for person in people:
        supervisor.sees(person.name)
    assert [line for one in (program_officer, verifier, supervisor, *officers) for line in one.console] == []
