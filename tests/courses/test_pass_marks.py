"""R-03: an exam for which nobody has set a pass mark is not published; whoever enters ICE's figure publishes it, and stays on record."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.audit.models import AuditEntry
from lms.courses import edition, pass_marks, queries, service
from lms.courses.models import CourseWithoutMark
from lms.courses.pass_marks import Mark, NoMark, NoSuchExam
from lms.courses.source import tree_in
from lms.courses.storing import Published
from lms.facts.standing import questions_in
from lms.kernel.clock import FrozenClock
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of
from tests.support.writing import COURSE, TODAY, change, write_program

LETTER = Mark(75_500, "Letter of the ICE training division, November 20, 2026", date(2026, 11, 20))


@pytest.fixture
def program(tmp_path: Path) -> Path:
    folder = write_program(tmp_path / "program")
    change(folder, COURSE, 'program_model = "WSO"', 'program_model = "TFM"')
    change(folder, COURSE, 'cut_score = "70.00"\n', "")
    return folder


def publish(session: Session, folder: Path, clock: FrozenClock) -> Published:
    tree, faults = tree_in(folder / "courses", today=TODAY, banks=questions_in(folder / "question_banks"), reader=edition)
    assert faults == []
    (done,) = service.publish(session, actor=SYSTEM, tree=tree, now=clock.now())
    return done


def enter(session: Session, clock: FrozenClock, mark: Mark = LETTER, *, exam: str = "mini-final") -> Published:
    return pass_marks.enter(session, actor=SYSTEM, course_id="mini", exam_id=exam, mark=mark, now=clock.now())


def test_r_03_without_a_mark_nothing_is_published_and_it_says_so(session: Session, program: Path, clock: FrozenClock) -> None:
    done = publish(session, program, clock)
    assert (done.changed, done.number, done.unmarked) == (False, 0, ("Final exam",))
    assert queries.head(session, "mini") is None
    assert publish(session, program, clock) == done
    assert session.scalar(select(func.count()).select_from(CourseWithoutMark)) == 1


def test_entering_the_mark_publishes_the_course_with_it(session: Session, program: Path, clock: FrozenClock) -> None:
    publish(session, program, clock)
    done = enter(session, clock)
    assert (done.number, done.changed, done.unmarked) == (1, True, ())
    head = queries.head(session, "mini")
    assert head is not None
    assert head.manifest["exams"][0]["cut_score"] == 75_500
    (row,) = pass_marks.marks(session, "mini")
    assert (row.cut_score, row.source, row.set_on) == (LETTER.cut_score, LETTER.source, LETTER.set_on)
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == "mini")).all()
    assert sorted(acts) == ["entered the pass mark of an exam", "published a course revision"]


def test_the_mark_stays_for_later_editions_of_the_files_and_the_newest_counts(session: Session, program: Path, clock: FrozenClock) -> None:
    publish(session, program, clock)
    enter(session, clock)
    assert publish(session, program, clock).changed is False
    clock.advance(timedelta(days=1))
    enter(session, clock, Mark(80_000, "Second letter", date(2026, 11, 22)))
    change(program, COURSE, 'summary = "One hour."', 'summary = "One hour, anew."')
    done = publish(session, program, clock)
    assert (done.number, done.changed) == (3, True)
    head = queries.head(session, "mini")
    assert head is not None
    assert head.manifest["exams"][0]["cut_score"] == 80_000


@pytest.mark.parametrize(
    "mark", [Mark(0, "Letter", TODAY), Mark(100_001, "Letter", TODAY), Mark(70_000, "  ", TODAY), Mark(70_000, "Letter", date(2027, 1, 1))]
)
def test_a_mark_needs_a_figure_a_source_and_a_day(session: Session, program: Path, clock: FrozenClock, mark: Mark) -> None:
    publish(session, program, clock)
    with pytest.raises(NoMark):
        enter(session, clock, mark)
    assert pass_marks.marks(session, "mini") == ()


def test_no_mark_is_entered_for_an_exam_that_does_not_wait(session: Session, program: Path, clock: FrozenClock) -> None:
    with pytest.raises(NoSuchExam):
        enter(session, clock)
    publish(session, program, clock)
    with pytest.raises(NoSuchExam):
        enter(session, clock, exam="other")


@pytest.fixture
def people(site: Site, program: Path, clock: FrozenClock) -> Cast:
    with site.database.writing() as session:
        publish(session, program, clock)
        return cast_of(session, now=clock.now())


def test_an_administrator_enters_it_on_the_page_of_the_course(app: Flask, site: Site, people: Cast) -> None:
    visitor = Visitor(app).signs_in_as(people.administrator)
    assert "Not published: no pass mark" in visitor.opens("/courses").text
    shown = visitor.opens("/courses/mini")
    assert "None yet" in shown.text
    assert "Not published. No class can be opened on it." in shown.text
    assert "November 22, 2026" in shown.text
    wrong = visitor.sends("/courses/mini/exams/mini-final/pass-marks", percent="about 70", source="A letter", set_on="2026-11-20")
    assert wrong.status_code == 422
    assert "A letter" in wrong.text
    done = visitor.sends("/courses/mini/exams/mini-final/pass-marks", percent="72.50", source="A letter", set_on="2026-11-20")
    shown = visitor.follows(done)
    assert "published with it" in shown.text
    assert "72.50 percent" in shown.text
    assert "Published: revision 1, since" in shown.text
    assert people.administrator.name in shown.text
    with site.database.reading() as session:
        assert queries.head(session, "mini") is not None


def test_nobody_else_sees_the_page(app: Flask, people: Cast) -> None:
    for person in (people.instructor, people.officer, people.proctor):
        assert Visitor(app).signs_in_as(person).client.get("/courses/mini").status_code == 403
