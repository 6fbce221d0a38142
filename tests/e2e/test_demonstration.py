"""The demonstration in a browser: the classes of the longer courses are alive, with everything that can be under way in them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.authorizations.models import Complaint, RefresherRequirement
from lms.courses.models import PassMark
from lms.demo import jail, task_force
from lms.demo import program as demo
from lms.demo.cast import CAST, PASSWORD, TASK_FORCE
from lms.enrollments.models import MakeUp, Offering
from lms.exams.models import Attempt, ExamResult, Remediation
from lms.influx.models import Declaration
from lms.practicals import queries as practicals
from lms.practicals.rules import State
from lms.proctoring import queries as proctoring
from tests.e2e.actors import Actor, Stage

pytestmark = pytest.mark.e2e


@pytest.fixture
def specimen() -> bool:
    return True


@pytest.fixture
def alive(stage: Stage) -> Stage:
    """The stage with the demonstration on it. Papers are signed in a thread: Playwright keeps this one's event loop."""
    live = stage.live
    here = replace(live.site, settings=replace(live.site.settings, demo=True))
    live.passes(hours=40)  # a Tuesday
    with ThreadPoolExecutor(1) as pool:
        pool.submit(demo.fill, here, say=lambda _: None).result()
    return stage


def member(alive: Stage, name: str) -> Actor:
    """One of the demonstration's people, signed in."""
    who = next(one for one in CAST if one.name == name)
    return alive.somebody(name).signs_in(who.email, password=PASSWORD)


def test_the_four_week_class_is_in_its_third_week(alive: Stage) -> None:
    live = alive.live
    with live.site.database.reading() as session:
        offering = session.scalars(select(Offering).where(Offering.title.startswith("Jail"))).one()
        today = live.clock.now().astimezone(jail.ZONE).date()
        assert 14 <= (today - offering.starts_on).days < 21
        failed = session.scalars(
            select(Attempt.exam_id).join(ExamResult).where(ExamResult.passed.is_(False), Attempt.exam_id.startswith("jail"))
        )
        assert sorted(failed) == ["jail-enforcement-2", "jail-enforcement-3"]
        assert len(session.scalars(select(Remediation)).all()) == 2
        waiting = practicals.waiting(session, offering_id=offering.id)
        assert (waiting[State.ONE_RATER], waiting[State.DIFFER]) == (1, 1)
        assert practicals.alarms(session, offering_id=offering.id)
        assert session.scalars(select(MakeUp.minutes)).all() == [60]
        rows = [row for row in proctoring.candidates(session, now=live.clock.now()) if row.class_title == offering.title]
    ready = Counter(row.officer_name for row in rows if row.may_be_admitted)
    assert ready == {"Lena Fitzgerald": 1}
    assert {row.lessons_done < row.lessons for row in rows if row.exam_id == "jail-enforcement-6"} == {True}
    officer = member(alive, "Lena Fitzgerald").opens("/").looks("officer in the third week").sees("Exam 3")
    instructor = member(alive, "Iris Takeda").opens(f"/classes/{offering.id}/practicals").looks("practicals of the third week")
    instructor.opens(f"/classes/{offering.id}/attendance").looks("attendance of the third week")
    assert officer.console + instructor.console == []


def test_the_mark_that_the_demonstration_entered_says_so_and_other_clocks_run(alive: Stage) -> None:
    """R-03."""
    with alive.live.site.database.reading() as session:
        (mark,) = session.scalars(select(PassMark)).all()
        assert (mark.course_id, mark.source) == (TASK_FORCE, task_force.SOURCE)
        assert sorted(session.scalars(select(Declaration.drill))) == [False, True]
        due = alive.live.clock.now().date() + timedelta(days=40)
        assert session.scalars(select(RefresherRequirement.id).where(RefresherRequirement.due_on <= due)).all()
        assert len(session.scalars(select(Complaint.id)).all()) == 1
    program = member(alive, "Robin Vale").opens("/courses/task-force").sees("A figure of this demonstration alone").looks("course by days")
    program.opens("/reports/after-action").sees("Reese Calloway").looks("after-action report of the demonstration")
    assert program.console == []
