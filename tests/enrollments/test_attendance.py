"""Attendance is recorded by day for the whole roster, corrected with a reason, and owed hours are made up."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.certificates.prerequisites import candidates
from lms.db.session import Database
from lms.enrollments import queries as classes
from lms.enrollments import service as class_service
from lms.enrollments.attendance import queries, rules, service
from lms.enrollments.attendance.rules import Entry, Mark
from lms.enrollments.attendance.service import CannotMakeUp, CorrectionNeedsReason, DayNotHeld, NoSuchMakeUp, NotInClass
from lms.enrollments.enrolling import service as enrolling
from lms.enrollments.enrolling.rules import AskedBy
from lms.enrollments.models import Attendance
from lms.enrollments.service import ClassIsOver
from lms.enrollments.timetable.service import NoSuchDay
from lms.kernel.clock import FrozenClock
from tests.agencies.program import entries
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of
from tests.support.factories import a_class, a_completion, a_course, a_plan, an_enrollment

MINUTES = {"reading": 20, "instruction": 30, "laboratory": 10}
WHOLE = 80
"""Two lessons of forty minutes in person."""


@pytest.mark.parametrize(("mark", "minutes", "said"), [(Mark.PRESENT, 3, WHOLE), (Mark.ABSENT, 70, 0), (Mark.LATE, 60, 60)])
def test_present_is_the_whole_day_absent_none_and_else_the_minutes_count(mark: Mark, minutes: int, said: int) -> None:
    assert rules.entry_of(mark, minutes=minutes, whole=WHOLE) == Entry(mark, said)


@given(st.sampled_from(Mark), st.none() | st.integers(-100, 1000), st.integers(2, 600))
def test_no_entry_ever_counts_more_than_the_day(mark: Mark, minutes: int | None, whole: int) -> None:
    found = rules.entry_of(mark, minutes=minutes, whole=whole)
    if isinstance(found, Entry):
        assert 0 <= found.minutes <= whole
    else:
        assert mark in rules.IN_PART
        assert "enter the minutes attended" in found


@pytest.mark.parametrize(
    ("minutes", "owed", "held_on", "says"),
    [
        (30, 0, date(2026, 11, 20), "Nothing of this day is owed"),
        (31, 30, date(2026, 11, 20), "30 minutes of this day are owed"),
        (0, 30, date(2026, 11, 20), "30 minutes of this day are owed"),
        (30, 30, date(2026, 10, 31), "after the class began"),
        (30, 30, date(2026, 11, 23), "after the class began"),
    ],
)
def test_more_than_owed_or_out_of_time_is_not_made_up(minutes: int, owed: int, held_on: date, says: str) -> None:
    dates = {"held_on": held_on, "starts_on": date(2026, 11, 1), "today": date(2026, 11, 22)}
    assert says in str(rules.fault_of_making_up(minutes=minutes, owed=owed, **dates))


class School:
    """A class that must be attended, with two officers."""

    def __init__(self, session: Session, clock: FrozenClock, **planned: object) -> None:
        self.session, self.clock = session, clock
        self.cast = cast_of(session, now=clock.now())
        course = a_course(session, now=clock.now(), minutes=MINUTES)
        plan = a_plan(**planned)
        self.offering = class_service.open_offering(session, actor=SYSTEM, course_hash=course, plan=plan, now=clock.now())
        people = (self.cast.officer, self.cast.outsider)
        self.first, self.second = (an_enrollment(session, person=one, offering_id=self.offering, now=clock.now()) for one in people)

    def records(self, *, reason: str = "", day: int = 1, **marks: Entry) -> int:
        entries = {getattr(self, name): entry for name, entry in marks.items()}
        actor = self.cast.instructor.identity
        where: dict[str, Any] = {"offering_id": self.offering, "day": day}
        return service.record_day(self.session, actor=actor, entries=entries, reason=reason, now=self.clock.now(), **where)

    def owed(self, enrollment: uuid.UUID) -> int:
        found = classes.offering(self.session, offering_id=self.offering, now=self.clock.now())
        assert found is not None
        return queries.hours_of(self.session, manifests={enrollment: found.manifest})[enrollment].owed

    def makes_up(self, minutes: int, *, day: int = 1, what: str = "One-to-one instruction") -> uuid.UUID:
        done: dict[str, Any] = {"day": day, "minutes": minutes, "what": what, "held_on": date(2026, 11, 20)}
        actor = self.cast.instructor.identity
        return service.make_up(self.session, actor=actor, enrollment_id=self.first, now=self.clock.now(), **done)


PRESENT, ABSENT = Entry(Mark.PRESENT, WHOLE), Entry(Mark.ABSENT, 0)


@pytest.fixture
def school(session: Session, clock: FrozenClock) -> School:
    return School(session, clock)


def test_a_whole_roster_is_recorded_at_once_and_the_same_again_adds_nothing(school: School) -> None:
    assert (school.owed(school.first), school.owed(school.second)) == (WHOLE, WHOLE)
    assert school.records(first=PRESENT, second=Entry(Mark.LATE, 50)) == 2
    assert school.records(first=PRESENT, second=Entry(Mark.LATE, 50)) == 0
    assert (school.owed(school.first), school.owed(school.second)) == (0, 30)
    assert entries(school.session, school.offering).count("recorded attendance") == 1
    assert queries.recorded_days(school.session, offering_id=school.offering)[1].officers == 2


def test_a_correction_is_a_new_row_with_its_reason(school: School) -> None:
    school.records(first=PRESENT)
    with pytest.raises(CorrectionNeedsReason, match="Say why"):
        school.records(first=ABSENT)
    assert school.records(first=ABSENT, reason=" Signed in for somebody else ") == 1
    newest = queries.recorded_on(school.session, offering_id=school.offering, day=1)[school.first]
    assert (newest.number, newest.mark, newest.reason) == (2, Mark.ABSENT, "Signed in for somebody else")
    assert school.session.scalar(select(func.count()).select_from(Attendance)) == 2
    assert queries.recorded_days(school.session, offering_id=school.offering)[1].absent == 1


def test_nothing_is_recorded_of_days_to_come_of_strangers_or_of_no_day(school: School) -> None:
    with pytest.raises(NoSuchDay):
        school.records(day=7, first=PRESENT)
    setattr(school, "stranger", uuid.uuid4())  # noqa: B010 - a name for somebody who is not in the class
    with pytest.raises(NotInClass):
        school.records(stranger=PRESENT)
    enrolling.withdraw(
        school.session, actor=SYSTEM, enrollment_id=school.first, asked_by=AskedBy.OFFICER, reason="Left", now=school.clock.now()
    )
    with pytest.raises(NotInClass):
        school.records(first=PRESENT)
    class_service.cancel(school.session, actor=SYSTEM, offering_id=school.offering, reason="No room", now=school.clock.now())
    with pytest.raises(ClassIsOver):
        school.records(second=PRESENT)


def test_attendance_of_a_day_that_has_not_come_is_refused(session: Session, clock: FrozenClock) -> None:
    tomorrow = clock.now().date() + timedelta(days=1)
    school = School(session, clock, starts_on=tomorrow, ends_on=tomorrow + timedelta(days=9))
    with pytest.raises(DayNotHeld):
        school.records(first=PRESENT)


def test_hours_made_up_count_until_they_are_annulled(school: School) -> None:
    school.records(first=Entry(Mark.LEFT_EARLY, 50))
    with pytest.raises(CannotMakeUp, match="30 minutes of this day are owed"):
        school.makes_up(31)
    with pytest.raises(CannotMakeUp, match="Say what was done"):
        school.makes_up(30, what=" ")
    with pytest.raises(NoSuchDay):
        school.makes_up(30, day=4)
    made = school.makes_up(30)
    assert school.owed(school.first) == 0
    with pytest.raises(CorrectionNeedsReason):
        service.annul_make_up(school.session, actor=SYSTEM, make_up_id=made, reason=" ", now=school.clock.now())
    service.annul_make_up(school.session, actor=SYSTEM, make_up_id=made, reason="Another officer's", now=school.clock.now())
    school.session.flush()
    assert school.owed(school.first) == 30
    with pytest.raises(NoSuchMakeUp):
        service.annul_make_up(school.session, actor=SYSTEM, make_up_id=made, reason="Again", now=school.clock.now())
    (row,) = queries.make_ups(school.session, offering_id=school.offering)
    assert (row.what, row.annulled) == ("One-to-one instruction", "Another officer's")


def test_a_certificate_waits_for_the_hours_attended(school: School) -> None:
    """R-01: no certificate until every hour is attended or made up; lessons credit only what is done online."""
    for number in (1, 2):
        a_completion(school.session, enrollment_id=school.first, number=number, now=school.clock.now(), minutes=20)
    school.records(first=Entry(Mark.LATE, 50))

    def gate() -> tuple[bool, str]:
        (one,) = candidates(school.session, enrollment_ids=[school.first], demo=True, now=school.clock.now())
        assert next(found.met for found in one.gates if found.label == "All hours credited")
        found = next(found for found in one.gates if found.label == "Hours attended")
        return found.met, found.reason

    assert gate() == (False, "50 minutes of 1 hour 20 minutes are attended or made up. 30 minutes are owed.")
    school.makes_up(30)
    assert gate() == (True, "1 hour 20 minutes of 1 hour 20 minutes are attended or made up.")


def test_where_every_hour_is_online_no_attendance_is_asked(session: Session, clock: FrozenClock) -> None:
    cast = cast_of(session, now=clock.now())
    enrollment = an_enrollment(session, person=cast.officer, offering_id=a_class(session, now=clock.now()), now=clock.now())
    (one,) = candidates(session, enrollment_ids=[enrollment], demo=True, now=clock.now())
    assert "Hours attended" not in {gate.label for gate in one.gates}


@pytest.fixture
def live(sqlite: Database, clock: FrozenClock) -> tuple[Cast, uuid.UUID, uuid.UUID, uuid.UUID]:
    with sqlite.writing() as session:
        school = School(session, clock)
        return school.cast, school.offering, school.first, school.second


def test_an_instructor_records_corrects_and_makes_up_on_the_pages(app: Flask, live: tuple[Cast, uuid.UUID, uuid.UUID, uuid.UUID]) -> None:
    cast, offering, first, second = live
    instructor, path = Visitor(app).signs_in_as(cast.instructor), f"/classes/{offering}/attendance"
    assert "0 of 2" in instructor.opens(path).text
    assert instructor.opens(f"{path}/1?everyone=present").text.count('value="present" selected') == 2
    marks = {f"mark-{first}": "present", f"mark-{second}": "late", f"minutes-{second}": "many"}
    refused = instructor.sends(f"{path}/1", **marks)
    assert refused.status_code == 422
    assert "Theo Lindqvist: Late: enter the minutes attended, from 1 to 79." in refused.text
    assert 'value="many"' in refused.text
    text = instructor.follows(instructor.sends(f"{path}/1", **(marks | {f"minutes-{second}": "50"}))).text
    assert "2 of 2" in text
    assert "Record hours made up" in text
    unexplained = instructor.sends(f"{path}/1", **{f"mark-{first}": "absent"})
    assert (unexplained.status_code, "Say why it is corrected" in unexplained.text) == (422, True)
    assert instructor.sends(f"{path}/1", **{f"mark-{first}": "absent", "reason": "Was on duty"}).status_code == 303
    assert "corrected: Was on duty" in instructor.opens(f"{path}/1").text
    assert "2 officers owe hours" in instructor.opens(f"/classes/{offering}").text
    make_up = f"/enrollments/{first}/make-ups/1"
    assert 'value="80"' in instructor.opens(make_up).text
    assert instructor.sends(make_up, minutes="90", what="Reading", held_on="2026-11-20").status_code == 422
    assert instructor.sends(make_up, minutes="80", what="", held_on="2026-11-20").status_code == 422
    text = instructor.follows(instructor.sends(make_up, minutes="80", what="One-to-one", held_on="2026-11-20")).text
    assert "One-to-one" in text
    assert "Nothing of this day is owed" in instructor.opens(make_up).text


def test_others_read_the_attendance_and_record_none(app: Flask, live: tuple[Cast, uuid.UUID, uuid.UUID, uuid.UUID]) -> None:
    cast, offering, first, _ = live
    administrator = Visitor(app).signs_in_as(cast.administrator)
    assert administrator.opens(f"/classes/{offering}/attendance").status_code == 200
    assert administrator.sends(f"/classes/{offering}/attendance/1", **{f"mark-{first}": "present"}).status_code == 403
    officer = Visitor(app).signs_in_as(cast.officer)
    assert officer.opens(f"/classes/{offering}/attendance").status_code == 403
    assert Visitor(app).signs_in_as(cast.instructor).opens(f"/classes/{offering}/attendance/5").status_code == 404
