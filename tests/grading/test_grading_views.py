"""A marker's pages: what they show, what they refuse, and that what was typed is kept."""

import pytest
from sqlalchemy import select

from lms.exams.models import ExamResult, ResultRelease
from lms.grading.models import WrittenMark
from lms.kernel.clock import FrozenClock
from lms.web.application import Application
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of
from tests.support.factories import a_class, a_course, an_enrollment
from tests.support.marking import a_held_result, a_written_answer
from tests.support.statements import statements_on


@pytest.fixture
def cast(site: Site, clock: FrozenClock) -> Cast:
    now = clock.now()
    with site.database.writing() as session:
        made = cast_of(session, now=now)
        offering_id = a_class(session, now=now, course_hash=a_course(session, now=now, course="written"), title="Quiet class")
        enrollment_id = an_enrollment(session, person=made.officer, offering_id=offering_id, now=now)
        a_written_answer(session, enrollment_id=enrollment_id, now=now)
        a_held_result(session, enrollment_id=enrollment_id, now=now)
    return made


def test_an_instructor_marks_an_answer_from_the_desk_to_the_score(app: Application, site: Site, cast: Cast) -> None:
    visitor = Visitor(app).signs_in_as(cast.instructor)
    visitor.opens("/grading")
    assert "1 written answer waits for a mark" in visitor.page.all("main")[0].said()
    opened = visitor.sends("/grading/turns")
    visitor.follows(opened)
    shown = visitor.page.all("main")[0].said()
    assert "Certified says trained." in shown
    for secret in ("Dana", "Rivera", "Palmetto", "Quiet class"):
        assert secret not in visitor.page.all("body")[0].said()
    path = opened.headers["Location"]
    refused = visitor.sends(f"{path}/mark", **{"points-apart": "2", "points-step": "9", "comment": "Kept words"})
    assert refused.status_code == 422
    assert "Choose 0 to 3 points" in refused.text
    assert "Kept words" in refused.text
    visitor.follows(visitor.sends(f"{path}/mark", **{"points-apart": "2", "points-step": "3", "comment": ""}))
    assert "Your mark is kept" in visitor.page.all("main")[0].said()
    with site.database.reading() as session:
        assert session.scalars(select(WrittenMark.points)).all() == [5000]
        assert session.scalars(select(ExamResult.points)).all() == [5000]


def test_the_program_sets_the_day_on_which_results_come_out(app: Application, site: Site, cast: Cast) -> None:
    visitor = Visitor(app).signs_in_as(cast.program_officer)
    visitor.opens("/results")
    assert "no date yet" in visitor.page.all("main")[0].said()
    path = next(str(link.attributes["href"]) for link in visitor.page.all("a") if "/release" in str(link.attributes.get("href")))
    assert visitor.sends(path, released_on="", reason="Later").status_code == 422
    visitor.follows(visitor.sends(path, released_on="2026-12-01", reason="When the last class has sat it"))
    assert "Dec 1, 2026" in visitor.page.all("body")[0].said()
    with site.database.reading() as session:
        assert session.scalars(select(ResultRelease.reason)).all() == ["When the last class has sat it"]


def test_the_desk_costs_few_statements_however_many_wait(app: Application, site: Site, cast: Cast) -> None:
    visitor = Visitor(app).signs_in_as(cast.instructor)
    visitor.opens("/grading")
    with statements_on(site.database) as found:
        visitor.opens("/grading")
    assert len(found) <= 12
