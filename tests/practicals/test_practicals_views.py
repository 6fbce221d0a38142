"""Rating on pages: what was typed is kept, the other rater's sheet stays hidden, and everybody finds what is theirs to do."""

import uuid

import pytest
from flask import Flask

from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.practicals.exercises import EXERCISE, MET, MISSED, POOR, Ground
from tests.support.browser import Visitor
from tests.support.factories import a_class, a_course
from tests.support.statements import statements_on

MARKS = {"mark-C1": "met", "mark-C2": "met", "mark-C3": "met", "held_on": "2026-11-20"}


@pytest.fixture
def ground(sqlite: Database, clock: FrozenClock) -> Ground:
    with sqlite.writing() as session:
        return Ground(session, clock)


def on(ground: Ground, sqlite: Database, act: str, *args: object) -> None:
    with sqlite.writing() as session:
        ground.session = session
        getattr(ground, act)(*args)


def path(ground: Ground, page: str, enrollment: uuid.UUID | None = None) -> str:
    return f"/enrollments/{enrollment or ground.enrollment}/practicals/{EXERCISE}/{page}"


def test_a_rater_rates_and_what_was_typed_is_kept(app: Flask, ground: Ground) -> None:
    rater = Visitor(app).signs_in_as(ground.first)
    grid = rater.opens(f"/classes/{ground.offering}/practicals").text
    assert "Not rated" in grid
    assert path(ground, "record") in grid
    assert "Must be met" in rater.opens(path(ground, "rating")).text
    refused = rater.sends(path(ground, "rating"), **(MARKS | {"mark-C2": "not met", "mark-C3": ""}), **{"note-C1": "Read it twice"})
    assert refused.status_code == 422
    assert "2 criteria have to be looked at again, the first: Says who they are" in refused.text
    assert "Read it twice" in refused.text
    assert "needs a note" in refused.text
    early = rater.sends(path(ground, "rating"), **(MARKS | {"held_on": "2026-10-01"}))
    assert (early.status_code, "Check the date" in early.text) == (422, True)
    text = rater.follows(rater.sends(path(ground, "rating"), **MARKS)).text
    assert "You have rated" in text
    unexplained = rater.sends(path(ground, "rating"), **(MARKS | {"mark-C2": "partly met"}))
    assert (unexplained.status_code, "Say why you correct it" in unexplained.text) == (422, True)
    explained = rater.sends(path(ground, "rating"), **(MARKS | {"mark-C2": "partly met", "reason": "Wrong line"}))
    assert explained.status_code == 303


def test_the_second_rater_does_not_see_the_first_ones_sheet(app: Flask, sqlite: Database, ground: Ground) -> None:
    on(ground, sqlite, "rates", ground.first, POOR)
    second = Visitor(app).signs_in_as(ground.second)
    for page in ("record", "rating", "decision", "repeat"):
        text = second.opens(path(ground, page)).text
        assert "Wrote nothing down" not in text, page
        assert ground.first.name not in text, page
    assert "One rater has rated" in second.opens(path(ground, "record")).text
    text = second.follows(second.sends(path(ground, "rating"), **MARKS)).text
    assert "Wrote nothing down" in text
    assert "raters differ" in text.lower()
    late = Visitor(app).signs_in_as(ground.third).sends(path(ground, "rating"), **MARKS)
    assert (late.status_code, "Two raters have rated" in late.text) == (409, True)


def test_a_third_rater_decides_and_the_officer_reads_why(app: Flask, sqlite: Database, ground: Ground) -> None:
    on(ground, sqlite, "rates", ground.first, MISSED)
    on(ground, sqlite, "rates", ground.second, MET)
    officer = Visitor(app).signs_in_as(ground.cast.officer)
    own = f"/enrollments/{ground.enrollment}/practical-results"
    waiting = officer.opens(own).text
    assert "A third rater decides" in waiting
    assert "Never looked at the paper" not in waiting
    first = Visitor(app).signs_in_as(ground.first)
    assert first.sends(path(ground, "decision"), passed="yes", reason="Mine").status_code == 403
    lead = Visitor(app).signs_in_as(ground.third)
    assert "Never looked at the paper" in lead.opens(path(ground, "decision")).text
    assert lead.sends(path(ground, "decision"), passed="yes", reason="").status_code == 422
    text = lead.follows(lead.sends(path(ground, "decision"), passed="no", reason="Seen on the recording")).text
    assert "Decided by Iris Takeda: failed" in text
    told = officer.opens(own).text
    for said in ("Seen on the recording", "Never looked at the paper", "What to practice", "Say what a detainer is.", "Rater 2"):
        assert said in told
    assert "Iris Takeda" not in told
    assert ground.first.name not in told


def test_a_failure_is_repeated_and_beyond_that_the_program_is_asked(app: Flask, sqlite: Database, ground: Ground) -> None:
    rater = Visitor(app).signs_in_as(ground.first)
    nothing = rater.sends(path(ground, "repeat"), remediation="Practiced")
    assert (nothing.status_code, "Only a failed exercise" in nothing.text) == (409, True)
    on(ground, sqlite, "both", POOR)
    assert "Say what a detainer is." in rater.opens(path(ground, "repeat")).text
    assert rater.sends(path(ground, "repeat"), remediation="").status_code == 422
    text = rater.follows(rater.sends(path(ground, "repeat"), remediation="An hour with Iris")).text
    assert "An hour with Iris" in text
    assert "Repeat 1" in text
    on(ground, sqlite, "both", POOR)
    assert rater.sends(path(ground, "repeat"), remediation="More").status_code == 403
    assert "Open a repeat" not in rater.opens(path(ground, "record")).text
    program = Visitor(app).signs_in_as(ground.cast.program_officer)
    assert program.sends(path(ground, "repeat"), remediation="The scenario was unclear").status_code == 303
    assert "Repeat 2" in rater.opens(path(ground, "record")).text


def test_an_alarm_is_seen_where_people_look_and_answered(app: Flask, sqlite: Database, ground: Ground) -> None:
    """R-12."""
    on(ground, sqlite, "both", POOR)
    program, rater = (Visitor(app).signs_in_as(one) for one in (ground.cast.program_officer, ground.third))
    for visitor in (program, rater):
        assert "Practical exercises that many failed" in visitor.opens("/").text
        assert "Many officers failed a practical exercise" in visitor.opens(f"/classes/{ground.offering}").text
    alarm = f"/classes/{ground.offering}/practicals/{EXERCISE}/alarm"
    assert rater.opens(alarm).status_code == 403
    assert "1 of 1 officers rated" in program.opens(alarm).text
    assert program.sends(alarm, what="").status_code == 422
    assert "The scenario was changed" in program.follows(program.sends(alarm, what="The scenario was changed")).text
    assert program.opens(alarm).status_code == 404
    assert "Practical exercises that many failed" not in program.opens("/").text
    assert "Many officers failed a practical exercise" not in program.opens(f"/classes/{ground.offering}").text


def test_the_first_pages_say_where_exercises_stand(app: Flask, sqlite: Database, ground: Ground) -> None:
    on(ground, sqlite, "rates", ground.first, MET)
    text = Visitor(app).signs_in_as(ground.cast.officer).opens("/").text
    assert "Practical 1" in text
    assert "One rater" in text
    coordinator = Visitor(app).signs_in_as(ground.cast.coordinator)
    assert "0 of 1" in coordinator.opens(f"/agencies/{ground.cast.palmetto}/training").text
    assert coordinator.opens(path(ground, "record")).status_code == 403


def test_a_class_without_exercises_shows_none_and_breaks_nothing(app: Flask, sqlite: Database, ground: Ground) -> None:
    with sqlite.writing() as session:
        plain = a_class(session, now=ground.now, course_hash=a_course(session, now=ground.now, course="plain"))
    rater = Visitor(app).signs_in_as(ground.first)
    assert "This course has no practical exercises" in rater.opens(f"/classes/{plain}/practicals").text
    assert "Practical exercises" not in rater.opens(f"/classes/{plain}").text
    assert rater.opens(path(ground, "record").replace(EXERCISE, "another")).status_code == 404


@pytest.mark.parametrize("page", ["class", "record", "rating", "home"])
def test_a_page_costs_few_statements(app: Flask, sqlite: Database, ground: Ground, page: str) -> None:
    for name in ("Ada Bright", "Bo Carver", "Cy Dunn"):
        with sqlite.writing() as session:
            ground.session = session
            ground.both(POOR, enrollment=ground.newcomer(name))
    where = {"class": f"/classes/{ground.offering}/practicals", "home": "/"}
    visitor = Visitor(app).signs_in_as(ground.third)
    with statements_on(sqlite) as heard:
        assert visitor.opens(where.get(page) or path(ground, page)).status_code == 200
    assert len(heard) <= 12, heard
