"""A class moves to a newer revision only by an act of its own; completions stand, and exams under way hold it up."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.certificates.prerequisites import candidates
from lms.enrollments import queries as classes
from lms.enrollments import service as class_service
from lms.enrollments.enrolling import service as enrolling
from lms.enrollments.enrolling.rules import AskedBy
from lms.enrollments.lessons import queries as lessons
from lms.enrollments.models import Completion, Offering
from lms.enrollments.service import ClassIsOver, NotTheNewest
from lms.exams import planning
from lms.exams.models import AttemptHead
from lms.kernel.clock import FrozenClock
from lms.rosters import queries, rules, service
from lms.rosters.rules import Standing
from lms.rosters.service import AlreadyThere, ExamUnderWay, NoReason
from tests.agencies.program import entries
from tests.certificates import program as certified
from tests.support.cast import Cast, cast_of
from tests.support.factories import a_class, a_completion, a_course, an_enrollment


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return cast_of(session, now=clock.now())


def moves(session: Session, clock: FrozenClock, offering: uuid.UUID, course_hash: str, reason: str = "The law changed") -> None:
    service.move_to_newest(session, actor=SYSTEM, offering_id=offering, course_hash=course_hash, reason=reason, now=clock.now())
    session.flush()


def test_a_move_is_an_act_and_lessons_completed_keep_their_edition(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    enrollment = an_enrollment(session, person=cast.officer, offering_id=offering, now=clock.now())
    a_completion(session, enrollment_id=enrollment, number=1, now=clock.now())
    newer = a_course(session, now=clock.now(), number=2, lessons=3, minutes={"reading": 45})
    before = lessons.training(session, actor=cast.officer.identity, enrollment_id=enrollment, now=clock.now())
    moves(session, clock, offering, newer)
    after = lessons.training(session, actor=cast.officer.identity, enrollment_id=enrollment, now=clock.now())
    assert before is not None
    assert after is not None
    assert [row.changed for row in before.lessons] == [False, False]
    assert [(row.changed, row.online) for row in after.lessons] == [(True, 30), (False, 45), (False, 45)]
    assert (after.banked_minutes, after.required_minutes) == (30, 120)
    assert len(session.scalars(select(Completion)).all()) == 1
    assert entries(session, offering) == ["moved a class to a newer revision", "opened a class"]


def test_a_completed_lesson_asks_for_the_hours_it_was_completed_with(session: Session, cast: Cast, clock: FrozenClock) -> None:
    """R-01: a newer edition that takes longer owes no hours that nobody could earn any more."""
    offering = a_class(session, now=clock.now())
    enrollment = an_enrollment(session, person=cast.officer, offering_id=offering, now=clock.now())
    for number in (1, 2):
        a_completion(session, enrollment_id=enrollment, number=number, now=clock.now())
    moves(session, clock, offering, a_course(session, now=clock.now(), number=2, minutes={"reading": 45}))
    (one,) = candidates(session, enrollment_ids=[enrollment], demo=True, now=clock.now())
    assert [gate.met for gate in one.gates if gate.label in {"All lessons completed", "All hours credited"}] == [True, True]
    (exam,) = planning.plans(session, enrollment_id=enrollment, officer_id=cast.officer.officer)
    facts = planning.readiness(session, exam=exam, found=[], now=clock.now())
    assert (facts.lessons_done, facts.lessons, facts.minutes_done, facts.minutes) == (2, 2, 60, 60)


def test_whom_a_move_concerns_is_told_before(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    ours, theirs = (an_enrollment(session, person=one, offering_id=offering, now=clock.now()) for one in (cast.officer, cast.outsider))
    for enrollment in (ours, theirs):
        a_completion(session, enrollment_id=enrollment, number=1, now=clock.now())
    enrolling.withdraw(session, actor=SYSTEM, enrollment_id=theirs, asked_by=AskedBy.OFFICER, reason="Left", now=clock.now())
    old = classes.offering(session, offering_id=offering, now=clock.now())
    a_course(session, now=clock.now(), number=2)
    newer = a_class(session, now=clock.now(), course_hash=a_course(session, now=clock.now(), number=3))
    new = classes.offering(session, offering_id=newer, now=clock.now())
    assert old is not None
    assert new is not None
    difference = rules.difference(old.manifest, new.manifest)
    found = queries.concerned(session, offering_id=offering, difference=difference, now=clock.now())
    assert (found.completed, found.sitting) == ((("Dana Rivera", 1),), ())


def test_a_move_needs_the_newest_revision_a_reason_and_a_class_that_goes_on(session: Session, clock: FrozenClock) -> None:
    first = a_course(session, now=clock.now())
    offering = a_class(session, now=clock.now(), course_hash=first)
    with pytest.raises(AlreadyThere):
        moves(session, clock, offering, first)
    newer = a_course(session, now=clock.now(), number=2)
    with pytest.raises(NotTheNewest):
        moves(session, clock, offering, first)
    with pytest.raises(NoReason):
        moves(session, clock, offering, newer, " ")
    class_service.cancel(session, actor=SYSTEM, offering_id=offering, reason="No room", now=clock.now())
    session.flush()
    with pytest.raises(ClassIsOver):
        moves(session, clock, offering, newer)


def test_while_an_exam_is_under_way_the_class_stays(session: Session, clock: FrozenClock) -> None:
    made = certified.program(session, now=clock.now())
    enrollment = certified.enrolled(session, made, now=clock.now())
    attempt = certified.passes(session, made, enrollment, now=clock.now())
    session.get_one(AttemptHead, attempt).due_at = clock.now()
    newer = a_course(session, now=clock.now(), course=certified.COURSE, number=2)
    with pytest.raises(ExamUnderWay, match="Dana Rivera"):
        moves(session, clock, made.offering_id, newer)
    session.get_one(AttemptHead, attempt).due_at = None
    moves(session, clock, made.offering_id, newer)
    assert session.get_one(Offering, made.offering_id).course_hash == newer


def test_the_summary_tells_what_became_of_everybody(session: Session, clock: FrozenClock) -> None:
    """R-33: of these only one counts as trained."""
    made = certified.program(session, now=clock.now())
    certified.trained(session, made, now=clock.now())
    names = ("Ada Fields", "Bo Lee", "Cy Diaz", "Di Marsh")
    people = {name: certified.another_officer(session, made, name, now=clock.now()) for name in names}
    enrolled = {name: certified.enrolled(session, made, now=clock.now(), officer=one) for name, one in people.items()}
    certified.completes(session, made, enrolled["Ada Fields"], now=clock.now())
    certified.passes(session, made, enrolled["Ada Fields"], now=clock.now(), passed=False)
    certified.completes(session, made, enrolled["Bo Lee"], now=clock.now(), lessons=1)
    withdrawing: dict[str, Any] = {"asked_by": AskedBy.COORDINATOR, "reason": "Left", "now": clock.now()}
    enrolling.withdraw(session, actor=SYSTEM, enrollment_id=enrolled["Cy Diaz"], **withdrawing)
    offering = classes.offering(session, offering_id=made.offering_id, now=clock.now())
    assert offering is not None
    found = queries.summary(session, offering=offering, now=clock.now())
    assert {row.name: row.progress.standing for row in found.rows} == {
        "Ada Fields": Standing.RETAKE,
        "Bo Lee": Standing.IN_TRAINING,
        "Cy Diaz": Standing.WITHDREW,
        "Dana Rivera": Standing.PASSED,
        "Di Marsh": Standing.NOT_STARTED,
    }
    told = found.totals
    assert (told.enrolled, told.started, told.passed, told.retake, told.disqualified, told.withdrew, told.trained) == (5, 3, 1, 1, 0, 1, 1)
