"""The summary for staff, the training of an agency for its coordinator, and the move to a newer revision in the browser."""

import csv
import io
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask

from lms.accounts.permissions import Role
from lms.courses.renderer import renderers
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of, person
from tests.support.factories import a_class, a_completion, a_course, an_enrollment

FORMULA = "=cmd Formula"


@pytest.fixture(scope="module", autouse=True)
def _quiet_renderers() -> Iterator[None]:
    yield
    renderers.close()


@pytest.fixture
def cast(sqlite: Database, clock: FrozenClock) -> Cast:
    with sqlite.writing() as session:
        return cast_of(session, now=clock.now())


@pytest.fixture
def offering(sqlite: Database, cast: Cast, clock: FrozenClock) -> uuid.UUID:
    with sqlite.writing() as session:
        made = a_class(session, now=clock.now())
        sly = person(session, name=FORMULA, role=Role.OFFICER, agency_id=cast.palmetto, now=clock.now())
        for one in (cast.officer, cast.outsider, sly):
            enrollment = an_enrollment(session, person=one, offering_id=made, now=clock.now())
            a_completion(session, enrollment_id=enrollment, number=1, now=clock.now())
        return made


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_staff_see_the_summary_and_take_it_as_a_sheet_without_formulas(app: Flask, cast: Cast, offering: uuid.UUID) -> None:
    instructor = Visitor(app).signs_in_as(cast.instructor)
    text = instructor.opens(f"/classes/{offering}/summary").text
    for said in ("Dana Rivera", "Theo Lindqvist", "In training", "1 of 2"):
        assert said in text
    answer = instructor.client.get(f"/classes/{offering}/summary/export")
    head, *rows = rows_of(answer.text)
    assert (answer.mimetype, head[0], len(rows)) == ("text/csv", "Officer", 3)
    assert [row[0] for row in rows if "cmd" in row[0]] == [f"'{FORMULA}"]
    assert rows[1][4:] == ["in training", "yes", "1", "2", "0", "0", "0"]
    assert Visitor(app).signs_in_as(cast.coordinator).opens(f"/classes/{offering}/summary").status_code == 403


def test_a_coordinator_sees_the_own_officers_and_nobody_elses(app: Flask, cast: Cast, offering: uuid.UUID) -> None:
    coordinator = Visitor(app).signs_in_as(cast.coordinator)
    text = coordinator.opens(f"/agencies/{cast.palmetto}/training").text
    assert "Dana Rivera" in text
    assert "Theo Lindqvist" not in text
    assert len(rows_of(coordinator.client.get(f"/agencies/{cast.palmetto}/training/export").text)) == 3
    assert coordinator.opens(f"/agencies/{cast.cedar_falls}/training").status_code == 404
    assert coordinator.client.get(f"/agencies/{cast.cedar_falls}/training/export").status_code == 404
    assert f"/agencies/{cast.palmetto}/training" in coordinator.opens("/").text
    assert offering


def test_a_class_is_moved_after_looking_at_the_difference(
    app: Flask, cast: Cast, offering: uuid.UUID, sqlite: Database, clock: FrozenClock
) -> None:
    administrator, path = Visitor(app).signs_in_as(cast.administrator), f"/classes/{offering}/revision"
    assert "on the newest revision already" in administrator.opens(path).text
    with sqlite.writing() as session:
        newer = a_course(session, now=clock.now(), number=2, lessons=3)
    assert path in administrator.opens(f"/classes/{offering}").text
    text = administrator.opens(path).text
    for said in ("Lesson 1", "Changed", "Added", "Dana Rivera: 1 lesson", "Move to revision 2"):
        assert said in text
    assert "The two texts are the same." in administrator.opens(f"{path}/lessons/palmetto-lesson-1").text
    assert administrator.opens(f"{path}/lessons/palmetto-lesson-3").status_code == 404
    assert administrator.sends(path, course=newer, reason="").status_code == 422
    stale = administrator.sends(path, course="0" * 64, reason="The law changed")
    assert (stale.status_code, "decide again" in stale.text, newer in stale.text) == (409, True, True)
    text = administrator.follows(administrator.sends(path, course=newer, reason="The law changed")).text
    assert "revision 2" in text
    assert "A newer revision" not in text
    officer = Visitor(app).signs_in_as(cast.officer)
    officer.opens("/")
    timetable = next(link for one in officer.page.all("a") if (link := one.attributes.get("href") or "").endswith("/timetable"))
    assert "Changed since you completed it" in officer.opens(timetable.removesuffix("/timetable")).text
