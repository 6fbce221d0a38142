"""The four-week Jail Enforcement course in a browser: from its first lesson over every exam and practical to the certificate.

The clock is the tests' own and moves when told to; no served installation has one that can be moved. In the browser: the first lesson and
the last, a day's attendance, a rating, every exam, the certificate and its verification. Through the services, where the pages are the
same again: the lessons between, the other days' attendance and ratings, and admission, which other stories tell.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.certificates.models import Certificate
from lms.certificates.numbers import display
from lms.courses import queries as courses
from lms.demo import training
from lms.demo.jail import sheet_of
from lms.demo.training import Learner
from lms.enrollments import service as enrollments
from lms.enrollments.attendance.rules import Mark
from lms.enrollments.rules import Mode, Plan
from lms.enrollments.timetable.rules import training_dates
from lms.exams import starting
from lms.practicals import queries as practicals
from lms.practicals import service as exercises
from lms.practicals.service import Rating
from tests.e2e.actors import Stage
from tests.e2e.program import anybody_checks, signed_in
from tests.support.cast import Cast, Person, cast_of, person
from tests.support.factories import an_enrollment

pytestmark = pytest.mark.e2e

COURSE = "jail-enforcement"
ZONE = ZoneInfo("America/New_York")
PASS_SHARE = 75
"""Percent of each exam that is answered, and right: the rest is left open, as people do who run out of time."""


@dataclass(frozen=True, slots=True)
class JailClass:
    """A class of the course with one officer, and its dates."""

    stage: Stage
    cast: Cast
    raters: tuple[Person, Person]
    manifest: Mapping[str, Any]
    offering_id: uuid.UUID
    enrollment_id: uuid.UUID
    dates: list[date]

    @property
    def learner(self) -> Learner:
        return Learner(self.cast.officer.identity, self.enrollment_id)

    def at(self, day: int, hour: int) -> datetime:
        """An hour of a training day."""
        return datetime.combine(self.dates[day - 1], time(hour), ZONE)

    def waits_until(self, day: int, hour: int) -> None:
        """Let the clock of the site run on to an hour of a training day."""
        live = self.stage.live
        live.passes(seconds=(self.at(day, hour) - live.clock.now()).total_seconds())


def jail_class(stage: Stage) -> JailClass:
    """An agreement on the model, an officer nominated under it, and a class that begins tomorrow, with two instructors."""
    now = stage.live.clock.now()
    with stage.live.site.database.writing() as session:
        cast = cast_of(session, now=now)
        second = person(session, name="Gale Norwood", role=Role.INSTRUCTOR, now=now)
        course = courses.head(session, COURSE)
        assert course is not None
        plan = Plan(
            title="Jail Enforcement class",
            starts_on=date(2026, 11, 23),
            ends_on=date(2026, 12, 31),
            time_zone=str(ZONE),
            mode=Mode.RESIDENT,
            place="Training room 1",
            state="SC",
            capacity=20,
            instructors=frozenset({cast.instructor.user_id, second.user_id}),
        )
        offering = enrollments.open_offering(session, actor=SYSTEM, course_hash=course.hash, plan=plan, now=now)
        enrollments.acknowledge_public_bank(session, actor=cast.administrator.identity, offering_id=offering, now=now)
        session.flush()
        enrollment = an_enrollment(session, person=cast.officer, offering_id=offering, now=now, rule_set_id="jem-2025")
    dates = training_dates(plan, count=len(course.manifest["days"]))
    return JailClass(stage, cast, (cast.instructor, second), course.manifest, offering, enrollment, dates)


# --- A day ----------------------------------------------------------------------------------------------------------


def takes_the_lessons(made: JailClass, day: Mapping[str, Any], *, besides: str = "") -> None:
    """The lessons of a day, but for one that is taken in the browser."""
    wanted = [one for one in day["lessons"] if one != besides]
    with made.stage.live.site.database.writing() as session:
        begins = max(made.at(day["number"], 8), made.stage.live.clock.now())
        ended = training.studies(session, made.learner, course_id=COURSE, wanted=wanted, now=begins)
    assert ended <= made.at(day["number"], 23)


def attends(made: JailClass, day: int) -> None:
    """The whole day, as the instructor recorded it."""
    with made.stage.live.site.database.writing() as session:
        marks = {made.enrollment_id: Mark.PRESENT}
        actor, at = made.raters[0].identity, made.at(day, 18)
        training.attends(session, actor=actor, offering_id=made.offering_id, day=day, marks=marks, now=at)


def is_rated(made: JailClass, practical: str, day: int, *, raters: tuple[Person, ...]) -> None:
    """Everything met, as these raters say."""
    at, place = made.at(day, 17), made.enrollment_id
    with made.stage.live.site.database.writing() as session:
        for rater in raters:
            (record,) = practicals.records(session, enrollment_id=place, manifest=made.manifest, practical_id=practical)
            rating = Rating(made.dates[day - 1], sheet_of(record.newest.rubric, fails=False))
            exercises.rate(session, actor=rater.identity, enrollment_id=place, practical_id=practical, rating=rating, now=at)
            session.flush()


def is_rated_in_the_browser(made: JailClass, practical: str, day: int) -> None:
    """The first rater on the page; the second through the service; then the officer sees the outcome."""
    made.waits_until(day, 17)
    rater = signed_in(made.stage, made.raters[0])
    rater.opens(f"/enrollments/{made.enrollment_id}/practicals/{practical}/rating")
    for criterion in rater.page.locator(".rating").all():
        criterion.locator("label", has_text="Met").first.click()
    rater.fills(Held_on=made.dates[day - 1].isoformat()).looks("rating, filled in")
    rater.page.locator("main form").last.locator("button[type=submit]").click()
    rater.sees("One rater")
    is_rated(made, practical, day, raters=made.raters[1:])
    rater.opens(f"/enrollments/{made.enrollment_id}/practicals/{practical}/record").sees("Passed")
    assert rater.console == []


def is_recorded_in_the_browser(made: JailClass, day: int) -> None:
    """The instructor sets everyone to present, and sends it."""
    made.waits_until(day, 18)
    teacher = signed_in(made.stage, made.raters[0])
    teacher.opens(f"/classes/{made.offering_id}/attendance/{day}").follows("Set everyone not recorded yet to present")
    teacher.page.locator("main form").last.locator("button[type=submit]").click()
    teacher.opens(f"/classes/{made.offering_id}/attendance/{day}").sees("Present,")
    assert teacher.console == []


def passes_the_exam(made: JailClass, exam: Mapping[str, Any], day: int) -> None:
    """Called to the exam by the first page, admitted, and answered question by question until enough is right."""
    made.waits_until(day, 15)
    officer = signed_in(made.stage, made.cast.officer).opens("/").sees(exam["title"])
    with made.stage.live.site.database.writing() as session:
        place = {"enrollment_id": made.enrollment_id, "exam_id": exam["id"]}
        proctor, now = made.cast.proctor.identity, made.stage.live.clock.now()
        code = starting.admit(session, actor=proctor, identity_document="Agency photo ID", now=now, **place)
    officer.opens("/").follows("Go to the exam").ticks("I have read these rules")
    officer.fills(Code_from_the_proctor=code).presses("Start the exam")
    questions = sum(exam["specification"].values())
    assert officer.heading() == f"Question 1 of {questions}"
    enough = -(-questions * PASS_SHARE // 100)
    for number in range(1, enough + 1):
        officer.answers_question()
        if number < enough:
            officer.presses("Next")
    officer.opens(f"{officer.page.url.split('/questions/')[0]}/review").presses("Hand in my exam")
    expect(officer.page.locator("h1")).to_have_text("You passed")
    assert officer.console == []


# --- The first lesson, the last one, the certificate ----------------------------------------------------------------


def takes_a_lesson_in_the_browser(made: JailClass, day: int, link: str) -> None:
    """Read, answer and complete the lesson to which the first page leads."""
    made.waits_until(day, 8)
    officer = signed_in(made.stage, made.cast.officer).opens("/").follows(link)
    if officer.page.get_by_role("button", name="I have read this").count():
        officer.presses("I have read this")
    officer.completes_lesson().sees("Lesson complete")
    assert officer.console == []


def is_certified(made: JailClass) -> str:
    """The certifier issues; returns the number on the paper."""
    certifier = signed_in(made.stage, made.cast.certifier).opens("/certificates").ticks(made.cast.officer.name)
    certifier.presses("Issue to the officers I selected")
    made.stage.live.works()
    assert certifier.console == []
    with made.stage.live.site.database.reading() as session:
        paper = session.scalars(select(Certificate)).one()
    assert paper.facts["minutes"] == made.manifest["hours"] * 60
    return display(paper.number)


def test_an_officer_walks_the_four_weeks_from_the_first_lesson_to_the_certificate(stage: Stage) -> None:
    made = jail_class(stage)
    exams = {one["id"]: one for one in made.manifest["exams"]}
    days = made.manifest["days"]
    first, last = days[0]["lessons"][0], days[-1]["lessons"][-1]
    rated: list[str] = []
    for day in days:
        number = day["number"]
        if number == 1:
            takes_a_lesson_in_the_browser(made, 1, "Start the course")
        if last in day["lessons"]:
            takes_a_lesson_in_the_browser(made, number, "Continue")
        takes_the_lessons(made, day, besides=first if number == 1 else last)
        for exam in day["exams"]:
            passes_the_exam(made, exams[exam], number)
        for practical in day["practicals"]:
            if rated:
                is_rated(made, practical, number, raters=made.raters)
            else:
                is_rated_in_the_browser(made, practical, number)
            rated.append(practical)
        if number == 1:
            is_recorded_in_the_browser(made, 1)
        else:
            attends(made, number)
    assert (len(rated), len(exams)) == (14, 6)
    made.waits_until(20, 22)
    verifier = anybody_checks(stage.somebody("Anybody"), is_certified(made))
    assert verifier.page.locator(".verdict__word").inner_text().casefold() == "valid"
    officer = signed_in(stage, made.cast.officer).opens("/my-certificates").sees("Jail Enforcement, four weeks").sees("160 hours")
    assert officer.console + verifier.console == []
