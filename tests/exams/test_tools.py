"""What an exam lets the officer use: a calculator, and a reference frozen when the attempt starts."""

from pathlib import Path

from sqlalchemy import select

from lms.courses.manifest import manifest_of
from lms.exams import queries
from lms.exams.models import Attempt, ExamReference
from lms.kernel.clock import FrozenClock
from lms.web.application import Application
from lms.web.site import Site
from tests.courses.test_source import read, told
from tests.support.exam_room import an_exam
from tests.support.exam_site import exam_site
from tests.support.writing import COURSE, change, write_program

ALLOWED = {"calculator": True, "full_screen": True, "reference_html": "<p>One mile is 5,280 feet.</p>"}


def test_an_exam_says_in_its_course_what_officers_may_use(tmp_path: Path) -> None:
    write_program(tmp_path)
    before = manifest_of(read(tmp_path)[0].courses[0], read(tmp_path)[0])["exams"][0]
    assert not {"calculator", "full_screen", "reference_html"} & before.keys(), "a course that says nothing would get another name"
    extras = 'rule = "Test"\ncalculator = true\nfull_screen = true\nreference = "**One** mile <script>alert(1)</script>"\n'
    rule = next(line for line in (tmp_path / COURSE).read_text().splitlines() if line.startswith("rule = "))
    change(tmp_path, COURSE, f"{rule}\n", extras)
    tree, faults = read(tmp_path)
    assert faults == []
    entry = manifest_of(tree.courses[0], tree)["exams"][0]
    assert (entry["calculator"], entry["full_screen"]) == (True, True)
    assert "<strong>One</strong> mile" in entry["reference_html"]
    assert "<script" not in entry["reference_html"]
    change(tmp_path, COURSE, "calculator = true", 'calculator = "yes"')
    assert [what for _, _, what in told(tmp_path)] == ["`calculator` is neither true nor false"]


def test_what_may_be_looked_up_stands_beside_the_question_and_is_frozen_at_the_start(
    app: Application, site: Site, clock: FrozenClock
) -> None:
    exam = exam_site(app, site, clock, changed={"exams": [{**an_exam(), **ALLOWED}]})
    officer = exam.officer().starts()
    officer.question(1)
    assert "One mile is 5,280 feet." in officer.page.all("main")[0].said()
    assert [one for one in officer.page.all("input") if "data-sum" in one.attributes]
    assert "that you leave full screen" in officer.page.all("main")[0].said()
    with site.database.reading() as session:
        policy = session.scalars(select(Attempt.policy)).one()
        assert (policy["calculator"], policy["full_screen"]) == (True, True)
        assert queries.reference(session, policy["reference"]) == ALLOWED["reference_html"]
        assert len(session.scalars(select(ExamReference)).all()) == 1


def test_an_exam_that_allows_nothing_shows_nothing_and_asks_nothing(app: Application, site: Site, clock: FrozenClock) -> None:
    officer = exam_site(app, site, clock).officer().starts()
    officer.question(1)
    assert not list(officer.page.all("details"))
