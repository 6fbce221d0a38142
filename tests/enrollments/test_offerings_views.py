"""An administrator opens a class, enrolls officers and accepts a public bank, all in the browser."""

import uuid

import pytest
from flask import Flask

from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of
from tests.support.factories import a_bank, a_class, a_course

DATES = {
    "starts_on": "2027-01-04",
    "ends_on": "2027-01-08",
    "time_zone": "America/New_York",
    "mode": "online",
    "state": "",
    "capacity": "24",
    "day_starts": "08:00",
}


@pytest.fixture
def cast(sqlite: Database, clock: FrozenClock) -> Cast:
    with sqlite.writing() as session:
        return cast_of(session, now=clock.now())


@pytest.fixture
def course(sqlite: Database, clock: FrozenClock) -> str:
    with sqlite.writing() as session:
        return a_course(session, now=clock.now())


@pytest.fixture
def offering(sqlite: Database, clock: FrozenClock, course: str) -> uuid.UUID:
    with sqlite.writing() as session:
        return a_class(session, now=clock.now(), course_hash=course)


@pytest.fixture
def administrator(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.administrator)


def test_an_administrator_opens_a_class_and_plans_it_anew(administrator: Visitor, cast: Cast, course: str) -> None:
    assert "No classes yet" in administrator.opens("/classes").text
    administrator.opens("/classes/new")
    opened = administrator.sends("/classes", course=course, title="WSO, January 2027", **DATES)
    assert "Nobody is enrolled yet" in administrator.follows(opened).text
    path = f"{opened.headers['Location']}"
    assert "CL-2027-0001" in administrator.opens("/classes").text
    assert "No agency has an agreement for WSO" in administrator.opens(f"{path}/enrollments").text
    administrator.opens(f"{path}/plans/new")
    held = {"mode": "resident", "place": "Training room 2", "state": "FL", "days_off": "2027-01-06"}
    sent = DATES | held | {"title": "WSO, January 2027", "based_on": administrator.page.hidden("based_on"), "reason": "A room was found"}
    text = administrator.follows(administrator.sends(f"{path}/plans", instructors=[cast.instructor.user_id], **sent)).text
    assert "Training room 2, Florida" in text
    assert "Ivan Castellanos" in text
    assert "mode, place, State, instructors, days off" in administrator.opens(f"{path}/plans").text
    assert administrator.sends(f"{path}/plans", **sent).status_code == 409
    assert administrator.sends(f"{path}/plans", **(sent | {"reason": ""})).status_code == 422
    full = administrator.sends(f"{path}/plans", **(sent | {"based_on": "2", "capacity": "900"}))
    assert (full.status_code, "A class holds from 1 to 500." in full.text) == (422, True)
    assert administrator.sends(f"{path}/cancellation", reason="").status_code == 422
    text = administrator.follows(administrator.sends(f"{path}/cancellation", reason="No instructor")).text
    assert "This class was cancelled" in text
    assert administrator.sends(f"{path}/cancellation", reason="Again").status_code == 409


def test_without_a_published_course_the_page_says_what_to_do(administrator: Visitor) -> None:
    assert "No course is published yet" in administrator.opens("/classes/new").text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"title": ""}, "Enter a name for the class."),
        ({"course": ""}, "Choose a course."),
        ({"ends_on": "2027-01-03"}, "The class ends before it starts."),
        ({"starts_on": "soon"}, "Not a valid date value."),
        ({"mode": "resident"}, "Enter the place of a class that is not held online."),
        ({"mode": "resident", "place": "Room 2"}, "Choose the State of a class that is not held online."),
        ({"capacity": "0"}, "A class holds from 1 to 500."),
        ({"days_off": "Christmas"}, "“Christmas” is no date."),
    ],
)
def test_a_class_with_holes_comes_back_with_what_to_correct(
    administrator: Visitor, course: str, changed: dict[str, str], says: str
) -> None:
    answer = administrator.sends("/classes", **({"course": course, "title": "WSO"} | DATES | changed))
    assert answer.status_code == 422
    assert says in answer.text


def test_a_class_on_a_public_bank_warns_until_an_administrator_accepts_it(
    administrator: Visitor, offering: uuid.UUID, sqlite: Database, clock: FrozenClock
) -> None:
    assert "Public question bank" not in administrator.opens(f"/classes/{offering}").text
    with sqlite.writing() as session:
        a_bank(session, now=clock.now())
    assert "no certificate of this class can be issued" in administrator.opens(f"/classes/{offering}").text
    answer = administrator.follows(administrator.sends(f"/classes/{offering}/bank-acknowledgement"))
    assert "Accepted by an administrator" in answer.text
    assert "no certificate of this class can be issued" not in answer.text


def test_a_class_that_does_not_exist_is_not_found(administrator: Visitor) -> None:
    for path in (f"/classes/{uuid.uuid4()}", f"/classes/{uuid.uuid4()}/enrollments"):
        assert administrator.opens(path).status_code == 404
    assert administrator.sends(f"/classes/{uuid.uuid4()}/bank-acknowledgement").status_code == 404


def test_an_instructor_sees_classes_and_changes_none(app: Flask, cast: Cast, offering: uuid.UUID) -> None:
    visitor = Visitor(app).signs_in_as(cast.instructor)
    assert "Open a class" not in visitor.opens("/classes").text
    assert "Enroll officers" not in visitor.opens(f"/classes/{offering}").text
    assert visitor.opens(f"/classes/{offering}/plans/new").status_code == 403
    assert visitor.sends(f"/classes/{offering}/cancellation", reason="Mine").status_code == 403


@pytest.mark.parametrize("who", ["officer", "coordinator", "proctor", "certifier"])
def test_nobody_else_sees_or_changes_classes(app: Flask, cast: Cast, offering: uuid.UUID, who: str) -> None:
    visitor = Visitor(app).signs_in_as(getattr(cast, who))
    assert visitor.opens("/classes").status_code == 403
    assert visitor.opens(f"/classes/{offering}").status_code == 403
    assert visitor.sends(f"/classes/{offering}/enrollments", nominations=[cast.officer.officer]).status_code == 403
    assert visitor.sends(f"/classes/{offering}/bank-acknowledgement").status_code == 403
