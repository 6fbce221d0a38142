"""The days of a course fall on training days, and are laid out by the clock; what instructors set goes before."""

import uuid
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lms.db.session import Database
from lms.enrollments import queries as classes
from lms.enrollments import service as class_service
from lms.enrollments.hours import Part, TrainingDay
from lms.enrollments.rules import Plan
from lms.enrollments.service import ClassIsOver
from lms.enrollments.timetable import queries, rules, service
from lms.enrollments.timetable.rules import SetDay
from lms.enrollments.timetable.service import NoSuchDay, WrongDay
from lms.kernel.clock import FrozenClock
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of
from tests.support.factories import a_class, a_course, a_plan, an_enrollment

MONDAY = date(2026, 11, 2)
PLAN = Plan("Fall", MONDAY, MONDAY + timedelta(days=13), "America/New_York", place="Room 2", days_off=(date(2026, 11, 4),))
DAYS = [TrainingDay(number, f"Day {number}", (Part("lesson", f"l{number}", "L", 90, 0),)) for number in range(1, 10)]


def test_days_fall_on_weekdays_that_are_not_off() -> None:
    assert [day.day for day in rules.training_dates(PLAN, count=5)] == [2, 3, 5, 6, 9]
    on_weekends = rules.training_dates(Plan("Fall", MONDAY, PLAN.ends_on, "America/New_York", weekends=True), count=7)
    assert [day.day for day in on_weekends] == [2, 3, 4, 5, 6, 7, 8]


def test_a_class_with_too_few_training_days_says_which_have_no_date() -> None:
    found = rules.timetable(DAYS, plan=PLAN, by_hand={})
    assert [day.held_on is None for day in found] == [False] * 9
    short = rules.timetable(DAYS, plan=Plan("Fall", MONDAY, MONDAY, "America/New_York"), by_hand={})
    assert [day.held_on for day in short][:2] == [MONDAY, None]


def test_what_was_set_by_hand_goes_before() -> None:
    by_hand = {2: SetDay(date(2026, 11, 10), "13:30", "Range"), 3: SetDay(None, "09:00", "")}
    first, second, third = rules.timetable(DAYS, plan=PLAN, by_hand=by_hand)[:3]
    assert (first.starts, first.room, first.is_set) == ("08:00", "Room 2", False)
    assert (second.held_on, second.blocks[0].starts, second.room) == (date(2026, 11, 10), 810, "Range")
    assert (third.held_on, third.starts, third.room) == (date(2026, 11, 5), "09:00", "")
    assert rules.day_on((first, second), MONDAY) == first
    assert rules.over((first, second, third), date(2026, 11, 6)) == {1, 3}


@given(st.lists(st.integers(1, 300), max_size=12))
def test_parts_follow_each_other_with_one_break_and_nothing_is_lost(minutes: list[int]) -> None:
    parts = [Part("lesson", str(number), "L", count, 0) for number, count in enumerate(minutes)]
    found = rules.blocks(parts, starts="08:00")
    assert [block.part for block in found if block.part] == parts
    assert all(one.ends == after.starts for one, after in pairwise(found))
    assert sum(block.part is None for block in found) <= 1
    assert all(block.ends - block.starts == (block.part.minutes if block.part else 60) for block in found)


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "12:00 AM"), (480, "8:00 AM"), (720, "12:00 PM"), (825, "1:45 PM"), (1450, "12:10 AM (next day)")]
)
def test_times_are_said_as_people_say_them(minutes: int, said: str) -> None:
    assert rules.spoken_time(minutes) == said


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return cast_of(session, now=clock.now())


def sets(session: Session, cast: Cast, clock: FrozenClock, offering: uuid.UUID, **changed: Any) -> None:
    told = {"day": 1, "held_on": None, "starts": "09:30", "room": " Room  4 "} | changed
    service.set_day(session, actor=cast.instructor.identity, offering_id=offering, now=clock.now(), **told)


def test_an_instructor_sets_a_day_and_the_newest_row_counts(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    sets(session, cast, clock, offering, held_on=date(2026, 11, 10))
    sets(session, cast, clock, offering, starts="10:00")
    found = classes.offering(session, offering_id=offering, now=clock.now())
    assert found is not None
    (day,) = queries.timetable(session, offering=found, now=clock.now()).days
    assert (day.held_on, day.starts, day.room) == (MONDAY, "10:00", "Room 4")


def test_a_day_is_set_only_within_the_class_and_only_if_there_is_one(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    with pytest.raises(WrongDay, match="between the first and the last day"):
        sets(session, cast, clock, offering, held_on=date(2027, 2, 1))
    with pytest.raises(WrongDay, match="as in 08:00"):
        sets(session, cast, clock, offering, starts="25:00")
    with pytest.raises(NoSuchDay):
        sets(session, cast, clock, offering, day=9)
    class_service.cancel(session, actor=cast.administrator.identity, offering_id=offering, reason="No room", now=clock.now())
    with pytest.raises(ClassIsOver):
        sets(session, cast, clock, offering)


def test_staff_and_officers_see_the_timetable_and_only_their_own(app: Flask, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        cast = cast_of(session, now=clock.now())
        today = clock.now().date()
        plan = a_plan(starts_on=today, ends_on=today + timedelta(days=7), weekends=True, place="Range 3")
        course = a_course(session, now=clock.now(), minutes={"reading": 20, "instruction": 40})
        offering = class_service.open_offering(session, actor=cast.administrator.identity, course_hash=course, plan=plan, now=clock.now())
        own = an_enrollment(session, person=cast.officer, offering_id=offering, now=clock.now())
    instructor = Visitor(app).signs_in_as(cast.instructor)
    assert "Range 3" in instructor.opens(f"/classes/{offering}/timetable").text
    bad = instructor.sends(f"/classes/{offering}/timetable/1", held_on="2030-01-01", starts="09:00", room="Annex")
    assert (bad.status_code, "between the first and the last day" in bad.text, 'value="Annex"' in bad.text) == (422, True, True)
    assert instructor.sends(f"/classes/{offering}/timetable/1", held_on="", starts="", room="").status_code == 422
    instructor.follows(instructor.sends(f"/classes/{offering}/timetable/1", held_on="", starts="09:15", room="Annex"))
    officer = Visitor(app).signs_in_as(cast.officer)
    text = officer.opens(f"/enrollments/{own}/timetable").text
    for said in ("Today", "9:15 AM", "Annex", "Eastern time", "Attended: 0 min of 1 h 20 min"):
        assert said in text
    assert "9:15 AM, Annex" in officer.opens("/").text
    assert Visitor(app).signs_in_as(cast.outsider).opens(f"/enrollments/{own}/timetable").status_code == 404
