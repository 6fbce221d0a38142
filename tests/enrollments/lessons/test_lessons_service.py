"""Time is credited once, checks are answered as often as it takes, and a lesson completes only through its gates."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.audit.models import AuditEntry
from lms.courses.models import CourseLesson, CourseRevision
from lms.db.session import Database
from lms.enrollments.lessons import lesson_queries, queries, reading, service
from lms.enrollments.lessons.rules import LessonState
from lms.enrollments.lessons.service import (
    ChecksNotPassed,
    Choice,
    ClassNotRunning,
    LessonLocked,
    NoAnswer,
    NoSuchLesson,
    TooLittleTime,
)
from lms.enrollments.models import CheckAnswer, Completion, Enrollment, Heartbeat, Offering
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from tests.enrollments.lessons.world import COURSE_HASH, KEY_CANARY, REQUIRED, RIGHT, WRONG, World, edition, furnish, heartbeats


@pytest.fixture
def world(session: Session, clock: FrozenClock) -> World:
    return furnish(session, now=clock.now())


def count(session: Session, table: type[Heartbeat | CheckAnswer | Completion]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def training_of(session: Session, world: World, clock: FrozenClock) -> queries.Training:
    found = queries.training(session, actor=world.officer.identity, enrollment_id=world.enrollment_id, now=clock.now())
    assert found is not None
    return found


# --- Signs of life --------------------------------------------------------------------------------------------------


def test_a_sign_of_life_is_a_row_with_the_seconds_it_earned(session: Session, world: World, clock: FrozenClock) -> None:
    assert world.reads(session, "first", clock=clock, seconds=90) == 90
    assert [row.seconds for row in heartbeats(session, world.enrollment_id)] == [0, 30, 30, 30]


def test_an_absence_earns_a_minute_at_most(session: Session, world: World, clock: FrozenClock) -> None:
    world.beats(session, "first", now=clock.now())
    assert world.beats(session, "first", now=clock.advance(timedelta(hours=2))).credited == 60


def test_the_browser_can_claim_less_but_never_more(session: Session, world: World, clock: FrozenClock) -> None:
    world.beats(session, "first", now=clock.now())
    assert world.beats(session, "first", now=clock.advance(timedelta(seconds=40)), claimed=12).credited == 12
    assert world.beats(session, "first", now=clock.advance(timedelta(seconds=40)), claimed=9999).credited == 40


def test_a_double_click_earns_nothing_and_leaves_no_row(session: Session, world: World, clock: FrozenClock) -> None:
    world.beats(session, "first", now=clock.now())
    assert world.beats(session, "first", now=clock.now()).credited == 0
    assert count(session, Heartbeat) == 1


def test_two_tabs_on_two_lessons_share_one_clock(session: Session, world: World, clock: FrozenClock) -> None:
    world.finishes(session, "first", clock=clock)
    before = clock.now()
    for _ in range(10):
        world.beats(session, "first", now=clock.advance(timedelta(seconds=15)))
        world.beats(session, "second", now=clock.advance(timedelta(seconds=15)))
    earned = sum(row.seconds for row in heartbeats(session, world.enrollment_id) if row.at > before)
    assert earned == (clock.now() - before).total_seconds()


def test_two_classes_of_one_officer_share_one_clock(session: Session, world: World, clock: FrozenClock) -> None:
    first = session.get_one(Offering, world.offering_id)
    again = Offering(
        id=new_id(),
        course_hash=COURSE_HASH,
        title="Second class",
        starts_on=first.starts_on,
        ends_on=first.ends_on,
        time_zone=first.time_zone,
        opened_by=None,
        opened_at=clock.now(),
    )
    session.add(again)
    session.flush()
    own = session.get_one(Enrollment, world.enrollment_id)
    other = Enrollment(
        id=new_id(), offering_id=again.id, officer_id=own.officer_id, agency_id=own.agency_id, enrolled_by=None, enrolled_at=clock.now()
    )
    session.add(other)
    session.flush()
    world.beats(session, "first", now=clock.now())
    now = clock.advance(timedelta(seconds=30))
    assert world.beats(session, "first", now=now).credited == 30
    spent = service.beat(session, actor=world.officer.identity, enrollment_id=other.id, lesson_id="first", now=now)
    assert spent.credited == 0


def test_a_lesson_never_earns_more_than_three_times_its_minutes(session: Session, world: World, clock: FrozenClock) -> None:
    assert world.reads(session, "first", clock=clock, seconds=2400, every=60) == 1800
    assert sum(row.seconds for row in heartbeats(session, world.enrollment_id)) == 1800


def test_beats_at_the_same_moment_earn_once(database: Database, clock: FrozenClock) -> None:
    """Twenty requests at once, as from twenty tabs: the seconds are credited to one of them."""
    with database.writing() as own:
        world = furnish(own, now=clock.now())
        world.beats(own, "first", now=clock.now())
    later = clock.advance(timedelta(seconds=30))

    def send(_: int) -> int:
        with database.writing() as own:
            return world.beats(own, "first", now=later).credited

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send, range(20))) == 30


# --- Whose lesson, and when -----------------------------------------------------------------------------------------

Act = Callable[[Session, World, str, datetime], object]
ACTS: list[Act] = [
    lambda session, world, lesson, now: world.beats(session, lesson, now=now),
    lambda session, world, lesson, now: world.answers(session, lesson, now=now),
    lambda session, world, lesson, now: world.completes(session, lesson, now=now),
]


@pytest.mark.parametrize("act", ACTS, ids=["beat", "answer", "complete"])
def test_only_an_open_lesson_takes_anything(session: Session, world: World, clock: FrozenClock, act: Act) -> None:
    with pytest.raises(LessonLocked):
        act(session, world, "second", clock.now())
    with pytest.raises(NoSuchLesson):
        act(session, world, "unheard-of", clock.now())
    assert (count(session, Heartbeat), count(session, CheckAnswer), count(session, Completion)) == (0, 0, 0)


@pytest.mark.parametrize("act", ACTS, ids=["beat", "answer", "complete"])
@pytest.mark.parametrize("dates", [(date(2026, 11, 23), date(2026, 12, 1)), (date(2026, 11, 1), date(2026, 11, 21))])
def test_nothing_is_recorded_while_the_class_does_not_run(session: Session, clock: FrozenClock, act: Act, dates: tuple[date, date]) -> None:
    world = furnish(session, now=clock.now(), starts_on=dates[0], ends_on=dates[1])
    with pytest.raises(ClassNotRunning):
        act(session, world, "first", clock.now())


def test_another_officers_enrollment_is_one_that_does_not_exist(session: Session, world: World, clock: FrozenClock) -> None:
    for actor in (world.cast.outsider.identity, world.cast.administrator.identity):
        for enrollment_id in (world.enrollment_id, new_id()):
            place: dict[str, Any] = {"actor": actor, "enrollment_id": enrollment_id, "now": clock.now()}
            assert queries.training(session, **place) is None
            assert reading.reading(session, lesson_id="first", **place) is None
            with pytest.raises(NoSuchLesson):
                service.beat(session, lesson_id="first", **place)
            with pytest.raises(NoSuchLesson):
                service.answer_check(session, lesson_id="first", choice=Choice("CHK-first", RIGHT), **place)
            with pytest.raises(NoSuchLesson):
                service.complete(session, lesson_id="first", **place)


def test_what_the_page_calls_open_is_what_the_service_takes(session: Session, world: World, clock: FrozenClock) -> None:
    for finished in ("", "first", "second", "third"):
        if finished:
            world.finishes(session, finished, clock=clock)
        for row in training_of(session, world, clock).lessons:
            at_hand = lesson_queries.lesson_at_hand(
                session, actor=world.officer.identity, enrollment_id=world.enrollment_id, lesson_id=row.id, now=clock.now()
            )
            assert at_hand is not None
            assert at_hand.is_locked == (row.state is LessonState.LOCKED)


# --- Checks of understanding ----------------------------------------------------------------------------------------


def test_an_answer_gets_its_own_feedback_and_no_other(session: Session, world: World, clock: FrozenClock) -> None:
    wrong = world.answers(session, "first", now=clock.now(), choice=WRONG)
    assert (wrong.correct, wrong.html) == (False, f"{KEY_CANARY}-{WRONG} because of first")
    right = world.answers(session, "first", now=clock.now(), choice=RIGHT)
    assert (right.correct, right.html) == (True, f"{KEY_CANARY}-{RIGHT} because of first")


def test_the_same_answer_twice_is_one_row(session: Session, world: World, clock: FrozenClock) -> None:
    for choice in (WRONG, WRONG, RIGHT, RIGHT, WRONG):
        world.answers(session, "first", now=clock.advance(timedelta(seconds=1)), choice=choice)
    session.flush()
    assert count(session, CheckAnswer) == 2
    found = lesson_queries.answers(session, enrollment_id=world.enrollment_id, lesson_id="first")["CHK-first"]
    assert (found.choice_id, found.correct, found.passed) == (RIGHT, True, True)


def test_answering_is_a_sign_of_life(session: Session, world: World, clock: FrozenClock) -> None:
    world.beats(session, "first", now=clock.now())
    assert world.answers(session, "first", now=clock.advance(timedelta(seconds=45))).total == 45


def test_what_is_no_choice_of_the_check_is_refused(session: Session, world: World, clock: FrozenClock) -> None:
    for choice in ("", "z"):
        with pytest.raises(NoAnswer):
            world.answers(session, "first", now=clock.now(), choice=choice)
    with pytest.raises(NoSuchLesson):
        world.answers(session, "first", now=clock.now(), check="CHK-unheard-of")
    assert count(session, CheckAnswer) == 0


def test_feedback_is_read_for_answers_given_and_for_nothing_else(session: Session, world: World, clock: FrozenClock) -> None:
    assert reading.feedback(session, lesson_hash="hash-first", given={}) == {}
    world.answers(session, "first", now=clock.now(), choice=WRONG)
    given = lesson_queries.answers(session, enrollment_id=world.enrollment_id, lesson_id="first")
    assert reading.feedback(session, lesson_hash="hash-first", given=given) == {"CHK-first": f"{KEY_CANARY}-{WRONG} because of first"}


# --- Completion -----------------------------------------------------------------------------------------------------


def test_a_lesson_completes_with_its_check_passed_and_its_time_spent(session: Session, world: World, clock: FrozenClock) -> None:
    world.finishes(session, "first", clock=clock)
    made = session.get_one(Completion, (world.enrollment_id, "first"))
    assert (made.lesson_hash, made.credited_minutes, made.active_seconds) == ("hash-first", 10, REQUIRED)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "completed a lesson")).one()
    assert (entry.actor_id, entry.object_id, entry.agency_id) == (world.officer.user_id, str(world.enrollment_id), world.cast.palmetto)
    assert entry.details == {"lesson": "first", "lesson_hash": "hash-first", "credited_minutes": 10, "active_seconds": REQUIRED}


def test_a_second_completion_changes_nothing(session: Session, world: World, clock: FrozenClock) -> None:
    world.finishes(session, "first", clock=clock)
    signs = count(session, Heartbeat)
    world.completes(session, "first", now=clock.advance(timedelta(seconds=20)))
    assert (count(session, Completion), count(session, Heartbeat)) == (1, signs)
    assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "completed a lesson")).all()) == 1


def test_no_lesson_completes_with_a_check_open(session: Session, world: World, clock: FrozenClock) -> None:
    world.reads(session, "first", clock=clock)
    world.answers(session, "first", now=clock.now(), choice=WRONG)
    with pytest.raises(ChecksNotPassed, match="0 of 1 answered right"):
        world.completes(session, "first", now=clock.now())


def test_no_lesson_is_clicked_through(session: Session, world: World, clock: FrozenClock) -> None:
    world.reads(session, "first", clock=clock, seconds=REQUIRED - 1, every=1)
    world.answers(session, "first", now=clock.now())
    with pytest.raises(TooLittleTime, match="1 s to go"):
        world.completes(session, "first", now=clock.now())
    world.completes(session, "first", now=clock.advance(timedelta(seconds=1)))


def test_a_refused_completion_is_a_sign_of_life_all_the_same(session: Session, world: World, clock: FrozenClock) -> None:
    world.beats(session, "first", now=clock.now())
    with pytest.raises(ChecksNotPassed):
        world.completes(session, "first", now=clock.advance(timedelta(seconds=50)))
    assert lesson_queries.seconds_spent(session, enrollment_id=world.enrollment_id, lesson_id="first") == 50


def test_completing_opens_the_next_lesson_and_banks_the_stated_minutes(session: Session, world: World, clock: FrozenClock) -> None:
    before = training_of(session, world, clock)
    assert [row.state for row in before.lessons] == [LessonState.OPEN, LessonState.LOCKED, LessonState.LOCKED]
    assert (before.banked_minutes, before.required_minutes) == (0, 30)
    world.finishes(session, "first", clock=clock)
    after = training_of(session, world, clock)
    assert [row.state for row in after.lessons] == [LessonState.COMPLETE, LessonState.OPEN, LessonState.LOCKED]
    assert after.banked_minutes == 10
    assert after.next_lesson is not None
    assert after.next_lesson.id == "second"


def test_a_whole_course_can_be_taken(session: Session, world: World, clock: FrozenClock) -> None:
    for lesson in ("first", "second", "third"):
        world.finishes(session, lesson, clock=clock)
    done = training_of(session, world, clock)
    assert done.next_lesson is None
    assert (done.banked_hours, done.required_hours) == ("0.5", "0.5")
    assert all(module.is_complete for module in done.modules)


def test_a_class_under_way_keeps_the_edition_it_was_opened_with(session: Session, world: World, clock: FrozenClock) -> None:
    newer = edition("first", now=clock.now(), title="A rewritten lesson", name="hash-newer")
    old = session.get_one(CourseRevision, COURSE_HASH)
    session.add_all(
        [
            newer,
            CourseRevision(
                hash="course-newer",
                course_id="small",
                number=2,
                title=old.title,
                program_model="WSO",
                manifest=old.manifest,
                note="New",
                published_by=None,
                published_at=clock.now(),
            ),
        ]
    )
    session.flush()
    session.add(CourseLesson(course_hash="course-newer", lesson_id="first", position=1, lesson_hash=newer.hash))
    session.flush()
    shown = reading.reading(session, actor=world.officer.identity, enrollment_id=world.enrollment_id, lesson_id="first", now=clock.now())
    assert shown is not None
    assert shown.page.title == "The first lesson"
    world.finishes(session, "first", clock=clock)
    assert session.get_one(Completion, (world.enrollment_id, "first")).lesson_hash == "hash-first"


def test_double_completion_at_the_same_moment_is_one(database: Database, clock: FrozenClock) -> None:
    with database.writing() as own:
        world = furnish(own, now=clock.now())
        world.reads(own, "first", clock=clock)
        world.answers(own, "first", now=clock.now())

    def send(_: int) -> None:
        with database.writing() as own:
            world.completes(own, "first", now=clock.now())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(16)))
    with database.reading() as own:
        assert own.scalar(select(func.count()).select_from(Completion)) == 1
        assert own.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "completed a lesson")) == 1
