"""Each role's first page shows what waits for it, and nothing of what waits for others."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certificates import service
from lms.certificates.models import Certificate, CertificateSecret
from lms.certificates.reserving import issue
from lms.db.session import Database
from lms.exams import starting
from lms.exams.models import Attempt
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.proctoring.models import ActRequest
from lms.web.application import Application
from tests.certificates.program import TERMS, program, trained
from tests.enrollments.lessons.world import COURSE_HASH, LESSONS, World, furnish
from tests.support.browser import Visitor
from tests.support.cast import cast_of
from tests.support.factories import a_nomination
from tests.support.marking import a_written_answer


@pytest.fixture
def world(sqlite: Database, clock: FrozenClock) -> World:
    with sqlite.writing() as session:
        return furnish(session, now=clock.now())


@pytest.fixture
def finishes(sqlite: Database, world: World, clock: FrozenClock) -> Callable[..., None]:
    def act(*lessons: str) -> None:
        with sqlite.writing() as session:
            for lesson in lessons:
                world.finishes(session, lesson, clock=clock)

    return act


def test_a_stranger_is_told_what_this_is_and_where_to_go(app: Application) -> None:
    visitor = Visitor(app)
    text = visitor.opens("/").text
    assert "/sign-in" in text
    assert "Your training" not in text
    answer = visitor.sends("/verify", number="F7K2M9K4T3XV85HJCR", name="")
    assert answer.status_code in {303, 400, 404}


def test_an_officer_sees_the_next_lesson_first(app: Application, world: World, finishes: Callable[..., None], sqlite: Database) -> None:
    officer = Visitor(app).signs_in_as(world.officer)
    text = officer.opens("/").text
    for said in ("module 1, lesson 1", "The first lesson", "About <b>10 min</b> left", "Start the course", "0 of 0.5 hours"):
        assert said in text
    finishes("first")
    with sqlite.writing() as session:
        clock = app.extensions["lms"].clock
        world.reads(session, "second", clock=clock, seconds=120)
    text = officer.opens("/").text
    for said in ("module 1, lesson 2", "The second lesson", "About <b>8 min</b> left", "Continue", "0.1 of 0.5 hours"):
        assert said in text
    assert text.index("The second lesson") < text.index("Hours")


def test_an_officer_sees_each_gate_of_the_exam_and_why(app: Application, world: World, finishes: Callable[..., None]) -> None:
    finishes("first")
    text = Visitor(app).signs_in_as(world.officer).opens("/").text
    assert "1 of 3 lessons are complete. 2 to go." in text
    assert "Admitted by a proctor" in text
    assert "In training" in text


def test_with_every_lesson_done_the_proctor_comes_next_and_then_the_exam(
    app: Application, world: World, finishes: Callable[..., None], sqlite: Database, clock: FrozenClock
) -> None:
    finishes(*LESSONS)
    officer = Visitor(app).signs_in_as(world.officer)
    assert "See your proctor with a photo ID" in officer.opens("/").text
    with sqlite.writing() as session:
        starting.admit(
            session,
            actor=world.cast.proctor.identity,
            enrollment_id=world.enrollment_id,
            exam_id="small-final",
            identity_document="Agency photo ID",
            now=clock.now(),
        )
    assert "the exam is open to you" in officer.opens("/").text
    clock.advance(timedelta(days=60))
    assert "This class is over" in Visitor(app).signs_in_as(world.officer).opens("/").text


def test_a_certifier_sees_how_many_are_ready(app: Application, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        made = program(session, now=clock.now())
        enrollment_id = trained(session, made, now=clock.now())
    certifier = Visitor(app).signs_in_as(made.certifier)
    assert "1 officer is ready for a certificate" in certifier.opens("/").text
    with sqlite.writing() as session:
        issue(session, actor=made.certifier.identity, enrollment_ids=[enrollment_id], terms=TERMS, now=clock.now())
    assert "Nobody is waiting for a certificate" in certifier.opens("/").text


def test_an_officer_watches_the_certificate_come(app: Application, sqlite: Database, world: World, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        made = certificate_of(session, world, now=clock.now())
    officer = Visitor(app).signs_in_as(world.officer)
    assert "Being prepared" in officer.opens("/").text
    with sqlite.writing() as session:
        service.record_seal(session, certificate_id=made, digest="0" * 64, size=1, key_id="key", now=clock.now())
        session.flush()
        service.record_storing(session, certificate_id=made, now=clock.now())
    text = officer.opens("/").text
    assert "Your certificate of training" in text
    assert "does not by itself authorize you to act" in text
    assert "token-canary" not in text


def certificate_of(session: Session, world: World, *, now: datetime) -> uuid.UUID:
    """A certificate of the officer that is reserved and no more."""
    made = Certificate(
        id=new_id(),
        number="W7Q2M9K4T3XV85HJCR",
        certificate_class="W",
        series="1",
        ordinal=1,
        enrollment_id=world.enrollment_id,
        officer_id=world.officer.officer,
        agency_id=world.cast.palmetto,
        course_hash=COURSE_HASH,
        status_index=1,
        reserved_by=None,
        reserved_at=now,
        facts={"expires_at": None, "course": {"id": "small", "title": "Small course"}, "program_model": "WSO"},
    )
    secret = CertificateSecret(
        certificate_id=made.id,
        name="Dana Rivera",
        searched_name="dana rivera",
        certified_by="",
        salts={"agency": "", "name": "", "number": ""},
        token="token-canary",
    )
    session.add(made)
    session.flush()
    session.add(secret)
    return made.id


def test_an_officer_in_no_class_is_told_so(app: Application, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        cast = cast_of(session, now=clock.now())
    assert "You are not in a class yet" in Visitor(app).signs_in_as(cast.officer).opens("/").text


def test_an_administrator_of_an_empty_program_is_told_what_to_set_up_next(app: Application, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        cast = cast_of(session, now=clock.now())
    text = Visitor(app).signs_in_as(cast.administrator).opens("/").text
    assert text.index("Keep an agreement") < text.index("Create an agency")
    assert "To do:" in text


def test_an_administrator_of_a_running_program_sees_counts(app: Application, world: World, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        a_nomination(session, person=world.officer, now=clock.now())
    text = Visitor(app).signs_in_as(world.cast.administrator).opens("/").text
    assert "To do:" not in text
    for said in ("agencies", "officers", "class", "No invitation is waiting."):
        assert said in text


def test_a_proctor_sees_who_is_ready(app: Application, world: World, finishes: Callable[..., None]) -> None:
    proctor = Visitor(app).signs_in_as(world.cast.proctor)
    assert "Nobody whom you may admit is ready for an exam yet." in proctor.opens("/").text
    finishes(*LESSONS)
    text = proctor.opens("/").text
    assert "1 officer is ready for an exam" in text
    assert "Dana Rivera" in text
    assert "Theo Lindqvist" not in text


def test_a_marker_and_a_second_person_see_what_exams_leave_for_them(
    app: Application, sqlite: Database, world: World, clock: FrozenClock
) -> None:
    with sqlite.writing() as session:
        a_written_answer(session, enrollment_id=world.enrollment_id, now=clock.now())
    assert "1 written answer waits for a mark" in Visitor(app).signs_in_as(world.cast.instructor).opens("/").text
    assert "for a mark" not in Visitor(app).signs_in_as(world.cast.proctor).opens("/").text
    with sqlite.writing() as session:
        attempt_id = session.scalars(select(Attempt.id)).one()
        wanted = {"asked": "extension", "minutes": 30, "reason": "conduct", "note": "Noise", "standing": {}}
        session.add(ActRequest(id=new_id(), attempt_id=attempt_id, requested_by=world.cast.certifier.user_id, at=clock.now(), **wanted))
    assert "1 act on an exam waits for a second person" in Visitor(app).signs_in_as(world.cast.proctor).opens("/").text


def test_an_instructor_sees_the_lessons(app: Application, world: World) -> None:
    text = Visitor(app).signs_in_as(world.cast.instructor).opens("/").text
    assert "3 lessons in 2 modules" in text


def test_a_coordinator_sees_the_own_agency_alone(app: Application, world: World, finishes: Callable[..., None]) -> None:
    finishes("first")
    text = Visitor(app).signs_in_as(world.cast.coordinator).opens("/").text
    assert "Palmetto County" in text
    assert "Dana Rivera" in text
    assert "Cedar Falls" not in text
    assert "Theo Lindqvist" not in text


def test_every_role_gets_a_page_of_its_own(app: Application, world: World) -> None:
    for person in world.cast.people:
        answer = Visitor(app).signs_in_as(person).opens("/")
        assert answer.status_code == 200, person.role
