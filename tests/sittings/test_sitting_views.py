"""A sitting in browsers: planned, checked in, and started in at most three actions; what each page says and refuses."""

import re

import pytest

from lms.kernel.clock import FrozenClock
from lms.web.application import Application
from lms.web.site import Site
from tests.sittings.ground import Ground, planner_of, sits
from tests.support.browser import Visitor
from tests.support.exam_room import EXAM
from tests.support.exam_site import ExamSite, exam_site

CHECKED = {"document": "Passport", "checked": "y"}
WINDOW = {"day": "2026-11-22", "opens": "06:00", "closes": "12:00", "mode": "room", "place": "Room 9", "capacity": "5"}


@pytest.fixture
def exam(app: Application, site: Site, clock: FrozenClock) -> ExamSite:
    return exam_site(app, site, clock)


@pytest.fixture
def ground(exam: ExamSite) -> Ground:
    with exam.site.database.writing() as session:
        return sits(session, exam.room, now=exam.clock.now())


def planner(exam: ExamSite, ground: Ground) -> Visitor:
    return Visitor(exam.app).signs_in_as(ground.planner)


def code_on(visitor: Visitor) -> str:
    return next((one.said() for one in visitor.page.all("p") if "data-code" in one.attributes), "")


def text_of(visitor: Visitor) -> str:
    return visitor.page.all("main")[0].said()


def test_from_the_door_to_question_one_takes_at_most_three_actions(exam: ExamSite, ground: Ground) -> None:
    """The proctor checks identity and hands over the ticket; the officer opens the exam, types it, and starts."""
    proctor, door = exam.proctor(), f"/sittings/{ground.sitting_id}/door"
    proctor.opens("/proctoring")
    assert "Sittings you are named for" in text_of(proctor)
    proctor.sends(f"{door}/{ground.room.enrollment_id}/identity", **CHECKED)
    proctor.sends(f"/sittings/{ground.sitting_id}/tickets")
    code = code_on(proctor)
    assert re.fullmatch(r"[A-Z0-9]{4} [A-Z0-9]{4} [A-Z0-9]{4}", code)
    officer = exam.officer()
    officer.opens("/")
    assert "Your exam is now" in text_of(officer)
    actions = 1
    officer.opens(exam.door)
    actions += 1
    started = officer.sends(f"{exam.door}/attempts", rules_read="y", code=code)
    assert started.headers["Location"].endswith("/questions/1")
    officer.follows(started)
    assert officer.page.all("h1")
    assert actions <= 3
    proctor.opens(door)
    assert "Under way" in text_of(proctor)
    assert code not in proctor.opens(door).text


def test_nothing_is_chosen_for_the_proctor_and_nothing_recorded_without_a_choice(exam: ExamSite, ground: Ground) -> None:
    proctor, page = exam.proctor(), f"/sittings/{ground.sitting_id}/door/{ground.room.enrollment_id}"
    proctor.opens(page)
    options = [one.attributes for one in proctor.page.all("option")]
    assert [one["value"] for one in options if "selected" in one] in ([], [""])
    assert proctor.sends(f"{page}/identity", checked="y").status_code == 422
    assert proctor.sends(f"{page}/identity", document="Passport").status_code == 422
    assert "not checked yet" in proctor.opens(page).text


def test_a_proctor_who_is_not_named_sees_nothing_of_the_sitting(exam: ExamSite) -> None:
    """R-11."""
    with exam.site.database.writing() as session:
        ground = sits(session, exam.room, now=exam.clock.now(), named=False)
    proctor, door = exam.proctor(), f"/sittings/{ground.sitting_id}/door"
    assert "You are not named" in proctor.opens(door).text
    assert proctor.opens(f"{door}/{ground.room.enrollment_id}").status_code == 403
    assert proctor.sends(f"/sittings/{ground.sitting_id}/tickets").status_code == 403


def test_a_ticket_that_opens_nothing_is_answered_on_the_page_and_counted(exam: ExamSite, ground: Ground) -> None:
    with exam.site.database.writing() as session:
        ground.checks(session, now=exam.clock.now())
        code = ground.ticket(session, now=exam.clock.now())
    officer = exam.officer()
    for _ in range(5):
        refused = officer.sends(f"{exam.door}/attempts", rules_read="y", code="AAAA AAAA AAAA")
        assert (refused.status_code, "This does not open the exam now" in refused.text) == (422, True)
    assert officer.sends(f"{exam.door}/attempts", rules_read="y", code=code).status_code == 429


def test_a_sitting_is_planned_and_its_people_chosen_on_its_pages(exam: ExamSite) -> None:
    with exam.site.database.writing() as session:
        who = planner_of(session, now=exam.clock.now())
    visitor, room = Visitor(exam.app).signs_in_as(who), exam.room
    visitor.opens(f"/classes/{room.offering_id}/sittings/new")
    short = visitor.sends(f"/classes/{room.offering_id}/sittings", exam=EXAM, **{**WINDOW, "closes": "06:30"})
    assert (short.status_code, "takes 60 minutes" in short.text, "Room 9" in short.text) == (422, True, True)
    made = visitor.sends(f"/classes/{room.offering_id}/sittings", exam=EXAM, **WINDOW).headers["Location"]
    assert visitor.sends(f"{made}/officers").status_code in {409, 422}
    assert visitor.sends(f"{made}/officers", officers=str(room.enrollment_id)).status_code == 303
    assert visitor.sends(f"{made}/proctors", proctor=str(room.proctor.user_id)).status_code == 303
    visitor.opens(made)
    assert "Dana Rivera" in text_of(visitor)
    assert "Pat Lindqvist" in text_of(visitor)
    visitor.opens(f"{made}/readiness")
    assert "The worker is running" in text_of(visitor)
    assert "1 paper is missing: Dana Rivera" in text_of(visitor)
    visitor.sends(f"{made}/papers")
    visitor.opens(f"{made}/readiness")
    assert "1 lie ready" in text_of(visitor)


def test_an_accommodation_is_told_to_the_proctor_without_its_reason(exam: ExamSite, ground: Ground) -> None:
    visitor, officer_id = planner(exam, ground), ground.room.officer.officer_id
    page = f"/officers/{officer_id}/accommodations"
    sent = {"percent": "150", "rest_minutes": "15", "category": "disability", "approved_by": "Ana Ortiz", "starts_on": "2026-11-22"}
    assert visitor.sends(page, **{**sent, "percent": "100", "rest_minutes": ""}).status_code == 422
    assert visitor.sends(page, **sent).status_code == 303
    told = exam.proctor().opens(f"/sittings/{ground.sitting_id}/door").text
    assert "time factor 1.5, breaks of 15 minutes in all" in told
    assert "isability" not in told
    assert "Ana Ortiz" not in told


def test_a_change_that_came_too_late_keeps_what_was_typed(exam: ExamSite, ground: Ground) -> None:
    visitor, page = planner(exam, ground), f"/sittings/{ground.sitting_id}"
    changed = {**WINDOW, "reason": "Another room", "based_on": "1"}
    assert visitor.sends(f"{page}/plans", **changed).status_code == 303
    late = visitor.sends(f"{page}/plans", **{**changed, "place": "Room 77"})
    assert (late.status_code, "Room 77" in late.text) == (409, True)
