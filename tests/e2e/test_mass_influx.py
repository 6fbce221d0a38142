"""A mass influx in a browser: declared by two, ten agreements activated at once, a short class, the end, what stays owed, the whole course.

In the browser: every act that the program decides, an officer's word and exams, the certifier's issuing, and what anybody is told. Through
the services, where pages tell the same again: the ten agencies and their contingency agreements, the classes, lessons, attendance, and what
the second officer does.
"""

import uuid
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.agencies import service as agencies
from lms.agencies.rules import AgencyKind
from lms.certificates.models import Certificate
from lms.certificates.numbers import display
from lms.courses import queries as courses
from lms.demo import training
from lms.demo.training import Learner
from lms.enrollments import service as enrollments
from lms.enrollments.attendance.rules import Mark
from lms.enrollments.hours import training_days
from lms.enrollments.models import Completion, Enrollment
from lms.exams import starting
from lms.influx import order_queries, order_service
from lms.influx.models import Activation, Declaration, TrainingOrder
from tests.e2e.actors import Actor, Stage
from tests.e2e.program import anybody_checks, signed_in
from tests.influx.world import contingency
from tests.support.cast import Cast, Person, cast_of, person
from tests.support.factories import a_nomination, a_plan

pytestmark = pytest.mark.e2e

NAME = "Fictional influx"
OFFICE = "Office of the Demonstration"
KEPT = ("influx", "oversight", "rights", "profiling", "people")
COUNTIES = ("Abbeville", "Aiken", "Beaufort", "Berkeley", "Clarendon", "Dorchester", "Edgefield", "Florence", "Georgetown")
WHOLE_QUESTIONS, SHORT_QUESTIONS = 50, 30


@dataclass(frozen=True, slots=True)
class World:
    """Ten agencies of one State with dormant agreements; two officers of two of them; a class of each course."""

    stage: Stage
    cast: Cast
    second: Person
    other: Person
    agreements: dict[str, uuid.UUID]
    whole: uuid.UUID
    short: uuid.UUID

    @property
    def people(self) -> tuple[Person, Person]:
        """The officers who are called up."""
        return self.cast.officer, self.other


def world_of(stage: Stage) -> World:
    """What lies ready before anything is declared."""
    now = stage.live.clock.now()
    with stage.live.site.database.writing() as session:
        cast = cast_of(session, now=now)
        second = person(session, name="Noa Brandt", role=Role.PROGRAM_OFFICER, now=now)
        held = {"Palmetto County Sheriff's Office": cast.palmetto}
        for county in COUNTIES:
            name = f"{county} County Sheriff's Office"
            zone = "America/New_York"
            held[name] = agencies.create_agency(
                session, actor=SYSTEM, name=name, kind=AgencyKind.SHERIFF, state="SC", time_zone=zone, now=now
            )
        other = person(session, name="Remy Vance", role=Role.OFFICER, agency_id=held["Aiken County Sheriff's Office"], now=now)
        session.flush()
        agreements = {name: contingency(session, cast, agency=agency) for name, agency in held.items()}
        for officer, agency in ((cast.officer, "Palmetto County Sheriff's Office"), (other, "Aiken County Sheriff's Office")):
            a_nomination(session, person=officer, now=now, agreement_id=agreements[agency])
        classes = {course: _class(session, cast, course, title, stage) for course, title in COURSES.items()}
    return World(stage, cast, second, other, agreements, classes["influx"], classes["influx-abbreviated"])


COURSES = {"influx": "Whole class", "influx-abbreviated": "Short class"}


def _class(session: Session, cast: Cast, course_id: str, title: str, stage: Stage) -> uuid.UUID:
    now, course = stage.live.clock.now(), courses.head(session, course_id)
    assert course is not None
    plan = a_plan(title=title, ends_on=date(2027, 3, 31), capacity=20)
    made = enrollments.open_offering(session, actor=SYSTEM, course_hash=course.hash, plan=plan, now=now)
    enrollments.acknowledge_public_bank(session, actor=cast.administrator.identity, offering_id=made, now=now)
    session.flush()
    return made


# --- Declared and activated -----------------------------------------------------------------------------------------


def by_instrument(actor: Actor, name: str, day: str, *, at: str = "") -> Actor:
    """The paper by which an act is done."""
    actor.fills(Issuing_office=OFFICE, Instrument=name, Citation_or_number="Demonstration 1", Signed_on=day, Takes_effect_on=day)
    if at:
        actor.page.get_by_label("At", exact=True).fill(at)
    return actor


def two_persons_declare(made: World) -> str:
    """One records, another confirms; returns the address of the declaration."""
    first = signed_in(made.stage, made.cast.program_officer).opens("/declarations/new")
    first.fills(Name_of_the_declaration=NAME).ticks("Other circumstances").ticks("mass influx")
    first.page.locator("summary", has_text="States").click()
    first.ticks("South Carolina")
    first.page.get_by_label("Time zone in which its days are counted").select_option("America/New_York")
    by_instrument(first, "Fictional finding of a mass influx", "2026-11-20")
    first.fills(First_day="2026-11-20", Last_day="2026-12-20").looks("declaration, filled in").presses("Record the declaration")
    first.sees("Waits for another person").looks("declaration, waits")
    second = signed_in(made.stage, made.second).opens(first.page.url).presses("Confirm").sees("In force")
    assert first.console + second.console == []
    return first.page.url


def ten_agreements_are_activated_with_one_confirmation(made: World, declaration: str) -> None:
    """From the one page that lists every agreement inside the boundaries."""
    first = signed_in(made.stage, made.cast.program_officer).opens(f"{declaration}/activation")
    first.sees("10 agreements lie inside the boundaries; 10 can be activated now.").sees("Remy Vance").looks("activation of ten")
    first.ticks("Every one that can be activated").fills(How="By telephone and by letter", Whom="Sheriff on duty")
    first.presses("Activate")
    expect(first.page.locator("table").last.locator("tbody tr")).to_have_count(10)
    first.looks("declaration with ten activated")
    assert first.console == []
    with made.stage.live.site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Activation)) == len(made.agreements)


# --- The order, the class -------------------------------------------------------------------------------------------


def an_order_is_made_and_confirmed(made: World, declaration: str) -> str:
    """All of R-23: who decides, why, with whose consent, module by module; then the second person. Returns its address."""
    first = signed_in(made.stage, made.cast.program_officer).opens(f"{declaration}/orders/new")
    first.fills(Decided_by="Dana Fictional", Office_of_the_decider=OFFICE, Officers_available="4", Officers_needed="40")
    first.ticks("Public safety").fills(Finding="Arrivals doubled within two days.", Last_day_of_the_order="2026-12-10")
    for officer in made.people:
        group = first.page.locator("fieldset", has=first.page.get_by_label(officer.name, exact=True))
        group.locator("label", has_text="Cover this agreement").click()
        group.get_by_label("Department head who consents").fill("Sheriff Ana Ortiz")
        group.get_by_label("Date of the consent").fill("2026-11-21")
        group.get_by_label("Document of the consent").fill("Letter of consent")
        group.locator("label", has_text=officer.name).click()
    for module in first.page.locator("input[type=radio][name^='module-'][value=kept]").all():
        kept = (module.get_attribute("name") or "").removeprefix("module-") in KEPT
        chosen = (module.get_attribute("id") or "").removesuffix("kept") + ("kept" if kept else "waived")
        first.page.locator(f"label[for='{chosen}']").click()
    first.looks("order, filled in").presses("Record the order").sees("Waits for another person")
    address = first.page.url
    second = signed_in(made.stage, made.second).opens(address).presses("Confirm the order").sees("In force")
    assert first.console + second.console == []
    return address


def officers_are_put_into_the_short_class(made: World, order: str) -> None:
    """Both of them, on the order's page."""
    first = signed_in(made.stage, made.cast.program_officer).opens(order)
    for officer in made.people:
        first.ticks(officer.name)
    first.page.get_by_label("Class for the track").select_option(str(made.short))
    first.presses("Put the selected officers in this class").sees("Short class").looks("order with its officers")
    assert first.console == []


def enrollment_of(session: Session, officer: Person, offering_id: uuid.UUID) -> uuid.UUID:
    """The enrollment of an officer in a class."""
    asked = select(Enrollment.id).where(Enrollment.officer_id == officer.officer, Enrollment.offering_id == offering_id)
    return session.scalars(asked).one()


def both_take_the_short_course(made: World) -> None:
    """Dana Rivera acknowledges the policies on the page; lessons and the day in class are as other stories tell them."""
    dana = signed_in(made.stage, made.cast.officer).opens("/").follows("Read and acknowledge")
    dana.looks("policies and standards").presses("I acknowledge this").sees("What the order says of your training")
    assert dana.console == []
    now = made.stage.live.clock.now()
    with made.stage.live.site.database.writing() as session:
        (own,) = order_queries.own_orders(session, actor=made.other.identity)
        order_service.acknowledge(session, actor=made.other.identity, order_id=own.order.id, now=now)
        for officer in made.people:
            takes(session, made, officer, "influx-abbreviated", made.short)
    made.stage.live.passes(hours=8)


def takes(session: Session, made: World, officer: Person, course_id: str, offering_id: uuid.UUID) -> None:
    """What is left of the lessons of a course, and every hour in class that is not credited."""
    now = made.stage.live.clock.now()
    who = Learner(officer.identity, enrollment_of(session, officer, offering_id))
    done = set(session.scalars(select(Completion.lesson_id).where(Completion.enrollment_id == who.enrollment_id)))
    left = [one for one in training.lessons_of(session, course_id) if one not in done]
    training.studies(session, who, course_id=course_id, wanted=left, now=now)
    manifest = training.course_of(session, course_id).manifest
    for day in training_days(manifest):
        if day.required and (course_id != "influx" or day.number > 1):  # the first day was attended in the short class
            marks, actor = {who.enrollment_id: Mark.PRESENT}, made.cast.instructor.identity
            training.attends(session, actor=actor, offering_id=offering_id, day=day.number, marks=marks, now=now)


def passes_in_the_browser(made: World, offering_id: uuid.UUID, exam_id: str, questions: int) -> None:
    """Dana Rivera is admitted, and answers three quarters of the questions right."""
    live, dana = made.stage.live, signed_in(made.stage, made.cast.officer)
    with live.site.database.writing() as session:
        enrollment = enrollment_of(session, made.cast.officer, offering_id)
        actor, now = made.cast.proctor.identity, live.clock.now()
        code = starting.admit(session, actor=actor, enrollment_id=enrollment, exam_id=exam_id, identity_document="Agency photo ID", now=now)
    dana.opens(f"/enrollments/{enrollment}/exams/{exam_id}").ticks("I have read these rules")
    dana.fills(Code_from_the_proctor=code).presses("Start the exam")
    enough = -(-questions * 3 // 4)
    for number in range(1, enough + 1):
        dana.answers_question()
        if number < enough:
            dana.presses("Next")
    dana.opens(f"{dana.page.url.split('/questions/')[0]}/review").presses("Hand in my exam")
    expect(dana.page.locator("h1")).to_have_text("You passed")
    assert dana.console == []


def the_other_passes(made: World) -> None:
    """The second officer's exam."""
    with made.stage.live.site.database.writing() as session:
        who = Learner(made.other.identity, enrollment_of(session, made.other, made.short))
        now, proctor = made.stage.live.clock.now(), made.cast.proctor.identity
        training.sits(session, who, exam="influx-abbreviated-final", proctor=proctor, right=26, now=now)
    made.stage.live.passes(hours=1)


def the_certifier_issues(made: World, *officers: Person) -> dict[str, str]:
    """Certificates to those who are ready; returns the numbers of all, by class letter and officer."""
    certifier = signed_in(made.stage, made.cast.certifier).opens("/certificates")
    for officer in officers:
        certifier.ticks(officer.name)
    certifier.presses("Issue to the officers I selected")
    made.stage.live.works()
    assert certifier.console == []
    with made.stage.live.site.database.reading() as session:
        rows = session.scalars(select(Certificate)).all()
    names = {officer.officer: officer.name for officer in made.people}
    return {f"{row.number[0]} {names[row.officer_id]}": display(row.number) for row in rows}


# --- The end --------------------------------------------------------------------------------------------------------


def the_declaration_is_ended(made: World, declaration: str) -> None:
    """By an act of its own, with a second person's word."""
    made.stage.live.passes(days=2)
    first = signed_in(made.stage, made.cast.program_officer).opens(declaration)
    first.page.get_by_role("link", name="End the declaration", exact=True).click()
    by_instrument(first, "Notice that the influx has ended", "2026-11-24").looks("end of a declaration")
    first.page.locator("main form button[type=submit]").last.click()
    first.sees("Waits for another person")
    second = signed_in(made.stage, made.second).opens(declaration).presses("Confirm").sees("Ended")
    assert first.console + second.console == []


def word(verifier: Actor, number: str) -> str:
    """The big word that anybody reads about a number."""
    return anybody_checks(verifier, number).page.locator(".verdict__word").inner_text().casefold()


def what_is_owed_is_listed(made: World, declaration: str) -> None:
    """The list of debts, and the report that looks back at the whole."""
    first = signed_in(made.stage, made.cast.program_officer).opens(f"{declaration}/debts").looks("what is owed")
    for officer in made.people:
        first.sees(officer.name)
    first.sees("Arrest: whose power, which paper").sees("Not certified")
    first.follows("After-action report").sees("Remy Vance").sees("Officers under orders, drills left out").looks("after-action report")
    assert first.console == []


def one_officer_finishes(made: World, order: str) -> None:
    """Into the class of the whole course, with credit for what was done; then the rest, and its exam."""
    first = signed_in(made.stage, made.cast.program_officer).opens(order).ticks(made.cast.officer.name)
    first.page.get_by_label("Class of the whole course").select_option(str(made.whole))
    first.presses("Enroll the selected officers to finish").looks("order that ended")
    assert first.console == []
    with made.stage.live.site.database.writing() as session:
        enrollment = enrollment_of(session, made.cast.officer, made.whole)
        credited = session.scalar(select(func.count()).select_from(Completion).where(Completion.enrollment_id == enrollment))
        assert credited == len(training.lessons_of(session, "influx-abbreviated"))
        takes(session, made, made.cast.officer, "influx", made.whole)
    made.stage.live.passes(hours=12)
    passes_in_the_browser(made, made.whole, "influx-final", WHOLE_QUESTIONS)


def test_an_influx_is_declared_answered_ended_and_what_is_owed_is_made_up(stage: Stage) -> None:
    made = world_of(stage)
    declaration = two_persons_declare(made)
    ten_agreements_are_activated_with_one_confirmation(made, declaration)
    order = an_order_is_made_and_confirmed(made, declaration)
    officers_are_put_into_the_short_class(made, order)
    both_take_the_short_course(made)
    passes_in_the_browser(made, made.short, "influx-abbreviated-final", SHORT_QUESTIONS)
    the_other_passes(made)
    numbers = the_certifier_issues(made, *made.people)
    verifier = stage.somebody("Anybody")
    assert [word(verifier, number) for number in numbers.values()] == ["valid", "valid"]
    verifier.sees("shortened or waived and stays owed").looks("certificate of shortened training")

    the_declaration_is_ended(made, declaration)
    assert [word(verifier, number) for number in numbers.values()] == ["expired", "expired"]
    verifier.looks("certificate that ended with the declaration")
    what_is_owed_is_listed(made, declaration)

    one_officer_finishes(made, order)
    full = the_certifier_issues(made, made.cast.officer)["F Dana Rivera"]
    assert word(verifier, full) == "valid"
    first = signed_in(stage, made.cast.program_officer).opens(f"{declaration}/debts").sees("Nothing")
    assert first.console + verifier.console == []
    with stage.live.site.database.reading() as session:
        assert [session.scalar(select(func.count()).select_from(one)) for one in (Declaration, TrainingOrder)] == [1, 1]
