"""Lesson pages: what they show, to whom, in how many statements, and what they never let out."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.db.base import Base
from lms.db.session import Database
from lms.enrollments.models import CheckAnswer, Completion, Heartbeat
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.web.application import Application
from tests.enrollments.lessons.world import KEY_CANARY, REQUIRED, RIGHT, WRONG, World, furnish
from tests.support.browser import Visitor
from tests.support.statements import statements_on

JSON = {"Accept": "application/json"}


@pytest.fixture
def world(sqlite: Database, clock: FrozenClock) -> World:
    with sqlite.writing() as session:
        return furnish(session, now=clock.now())


@pytest.fixture
def officer(app: Application, world: World) -> Visitor:
    return Visitor(app).signs_in_as(world.officer)


def rows(database: Database) -> dict[str, int]:
    """How many rows each table holds."""
    with database.reading() as session:
        return {name: session.scalar(select(func.count()).select_from(table)) or 0 for name, table in Base.metadata.tables.items()}


def sends_by_script(visitor: Visitor, path: str, **fields: object) -> Any:
    """Post as the page's module does: form fields, the token as a header, JSON asked for."""
    return visitor.client.post(path, data=fields, headers={"X-CSRF-Token": visitor.token()} | JSON)


# --- What is shown --------------------------------------------------------------------------------------------------


def test_the_course_page_shows_modules_hours_and_the_exam(officer: Visitor, world: World) -> None:
    text = officer.opens(world.path()).text
    for said in ("Small course", "Module one", "After module two you can.", "0 of 0.5 hours", "Small final", "The second lesson"):
        assert said in text
    assert f'href="{world.path("lessons", "first")}"' in text
    assert f'href="{world.path("lessons", "second")}"' not in text


def test_a_lesson_page_shows_text_objectives_checks_and_gates(officer: Visitor, world: World) -> None:
    text = officer.opens(world.path("lessons", "first")).text
    for said in (
        "Text of first.",
        "Tell what first is about.",
        "What of first?",
        "Choice b of first",
        "Why one matters.",
        "Active 0 s of 4 min",
    ):
        assert said in text
    assert text.count("Not met") == 2
    assert text.index("What of first?") < text.index('id="fact-IL-01"')


def test_a_locked_lesson_says_what_comes_first(officer: Visitor, world: World) -> None:
    answer = officer.opens(world.path("lessons", "second"))
    assert answer.status_code == 403
    assert "opens when the lessons before it are complete" in answer.text
    assert "Text of second." not in answer.text


def test_a_lesson_before_the_class_says_when_it_opens(app: Application, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        world = furnish(session, now=clock.now(), starts_on=date(2026, 12, 1))
    officer = Visitor(app).signs_in_as(world.officer)
    answer = officer.opens(world.path("lessons", "first"))
    assert answer.status_code == 403
    assert "December 1, 2026" in answer.text
    assert "Lessons are not open" in officer.opens(world.path()).text


def test_after_the_class_a_lesson_can_be_read_and_no_more(app: Application, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        world = furnish(session, now=clock.now(), ends_on=date(2026, 11, 21))
    officer = Visitor(app).signs_in_as(world.officer)
    answer = officer.opens(world.path("lessons", "first"))
    assert "Your class is over" in answer.text
    assert "/completion" not in answer.text
    assert "data-lesson" not in answer.text
    assert "Your class is over" in officer.opens(world.path()).text
    assert officer.sends(world.path("lessons", "first", "beats")).status_code == 409


def test_the_notice_is_read_before_the_first_lesson(app: Application, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        world = furnish(session, now=clock.now(), informed=False)
    officer = Visitor(app).signs_in_as(world.officer)
    page = world.path("lessons", "first")
    answer = officer.opens(page)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/privacy?next={page}")
    officer.follows(answer)
    assert officer.follows(officer.sends("/privacy/reading", next=page)).status_code == 200
    assert officer.opens(page).status_code == 200


# --- Without JavaScript ---------------------------------------------------------------------------------------------


def test_a_lesson_can_be_completed_without_a_script(officer: Visitor, world: World, clock: FrozenClock) -> None:
    page = world.path("lessons", "first")
    assert "I am still reading" in officer.opens(page).text
    for _ in range(5):
        answer = officer.sends(f"{page}/beats")
        assert answer.headers["Location"] == f"{page}#finish"
        clock.advance(timedelta(seconds=70))
    answer = officer.sends(f"{page}/checks/CHK-first/answers", choice=RIGHT)
    assert answer.headers["Location"] == f"{page}#check-CHK-first"
    text = officer.follows(answer).text
    assert f"{KEY_CANARY}-{RIGHT} because of first" in text
    assert text.count("Not met") == 0
    assert officer.follows(officer.sends(f"{page}/completion")).text.count("Lesson complete") == 1
    assert officer.opens(world.path("lessons", "second")).status_code == 200


def test_completing_too_early_leads_back_to_what_is_missing(officer: Visitor, world: World, sqlite: Database, clock: FrozenClock) -> None:
    page = world.path("lessons", "first")
    officer.sends(f"{page}/beats")
    clock.advance(timedelta(seconds=20))
    answer = officer.sends(f"{page}/completion")
    assert answer.headers["Location"] == f"{page}?refused=yes#finish"
    text = officer.follows(answer).text
    assert "still missing" in text
    assert "20 s of 4 min" in text
    assert rows(sqlite)["completion"] == 0


def test_an_answer_without_a_choice_is_asked_for_again(officer: Visitor, world: World) -> None:
    page = world.path("lessons", "first")
    answer = officer.sends(f"{page}/checks/CHK-first/answers")
    assert answer.headers["Location"] == f"{page}?unanswered=CHK-first#check-CHK-first"
    assert "Choose one of the answers first." in officer.follows(answer).text


# --- With JavaScript ------------------------------------------------------------------------------------------------


def test_a_beat_answers_with_the_time_spent_and_renders_nothing(
    officer: Visitor, world: World, sqlite: Database, clock: FrozenClock
) -> None:
    beats = world.path("lessons", "first", "beats")
    assert sends_by_script(officer, beats, elapsed=0).get_json() == {"spent": 0}
    clock.advance(timedelta(seconds=30))
    with statements_on(sqlite) as seen:
        answer = sends_by_script(officer, beats, elapsed=30)
    assert answer.get_json() == {"spent": 30}
    assert 0 < len(seen) <= 4, seen


def test_an_answer_by_script_comes_back_as_json(officer: Visitor, world: World) -> None:
    answers = world.path("lessons", "first", "checks", "CHK-first", "answers")
    said = sends_by_script(officer, answers, choice=WRONG, elapsed=5).get_json()
    assert said == {"correct": False, "feedback": f"{KEY_CANARY}-{WRONG} because of first", "spent": 0}
    assert sends_by_script(officer, answers, choice="").status_code == 422
    assert sends_by_script(officer, world.path("lessons", "first", "completion")).status_code == 409


def test_a_locked_lesson_refuses_a_script_in_words(officer: Visitor, world: World) -> None:
    answer = sends_by_script(officer, world.path("lessons", "second", "beats"), elapsed=30)
    assert answer.status_code == 409
    assert "opens when the lessons before it are complete" in answer.get_json()["detail"]


# --- What must never happen -----------------------------------------------------------------------------------------


def test_no_key_leaves_before_an_answer(officer: Visitor, world: World, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        world.finishes(session, "first", clock=clock)
    second = world.path("lessons", "second")
    beat = sends_by_script(officer, f"{second}/beats", elapsed=0)
    refused = sends_by_script(officer, f"{second}/completion")
    nothing = sends_by_script(officer, f"{second}/checks/CHK-second/answers", choice="z")
    pages = [officer.opens(path) for path in ("/", world.path(), second, f"{second}?unanswered=CHK-second")]
    for answer in (beat, refused, nothing, *pages):
        assert KEY_CANARY not in answer.text
    assert not any(choice.attributes.get("checked") for choice in officer.page.all("input"))


def test_an_answer_lets_out_its_own_feedback_alone(officer: Visitor, world: World) -> None:
    page = world.path("lessons", "first")
    text = officer.follows(officer.sends(f"{page}/checks/CHK-first/answers", choice=WRONG)).text
    assert text.count(KEY_CANARY) == 1
    assert f"{KEY_CANARY}-{WRONG}" in text


def test_choices_carry_nothing_that_tells_right_from_wrong(officer: Visitor, world: World) -> None:
    officer.opens(world.path("lessons", "first"))
    choices = [found.attributes for found in officer.page.all("input") if found.attributes.get("type") == "radio"]
    shapes = {tuple(sorted(set(one) - {"id", "value"})) for one in choices}
    assert len(choices) == 3
    assert len(shapes) == 1


@pytest.mark.parametrize("person", ["outsider", "administrator", "coordinator"])
def test_anothers_enrollment_looks_like_one_that_does_not_exist(app: Application, world: World, person: str) -> None:
    visitor = Visitor(app).signs_in_as(getattr(world.cast, person))
    for parts in ((), ("lessons", "first"), ("lessons", "second"), ("lessons", "unheard-of")):
        own, none = (f"/enrollments/{one}/{'/'.join(parts)}".rstrip("/") for one in (world.enrollment_id, new_id()))
        assert same(visitor.opens(own), visitor.opens(none), own, none)
    for end in ("beats", "checks/CHK-first/answers", "completion"):
        own, none = (f"/enrollments/{one}/lessons/first/{end}" for one in (world.enrollment_id, new_id()))
        assert same(visitor.sends(own, choice=RIGHT), visitor.sends(none, choice=RIGHT), own, none)


def same(first: Any, second: Any, path: str, other: str) -> bool:
    """Whether two answers tell the same; the addresses asked for apart."""
    assert first.status_code in {403, 404}
    return (first.status_code, first.text.replace(path, other)) == (second.status_code, second.text)


def test_reading_writes_nothing(officer: Visitor, world: World, sqlite: Database) -> None:
    before = rows(sqlite)
    for path in ("/", world.path(), world.path("lessons", "first"), world.path("lessons", "second")):
        officer.opens(path)
    assert rows(sqlite) == before


def test_a_lesson_page_costs_eight_statements_at_most(officer: Visitor, world: World, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        world.reads(session, "first", clock=clock)
        world.answers(session, "first", now=clock.now(), choice=WRONG)
    with statements_on(sqlite) as seen:
        assert officer.opens(world.path("lessons", "first")).status_code == 200
    assert 0 < len(seen) <= 8, "\n\n".join(seen)


def test_nobody_comes_in_unasked(app: Application, world: World) -> None:
    stranger = Visitor(app)
    answer = stranger.opens(world.path("lessons", "first"))
    assert answer.headers["Location"].startswith("/sign-in")
    assert stranger.sends(world.path("lessons", "first", "beats")).status_code == 401


def test_a_double_click_records_once(officer: Visitor, world: World, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        world.reads(session, "first", clock=clock, seconds=REQUIRED)
    page = world.path("lessons", "first")
    for _ in range(2):
        officer.sends(f"{page}/checks/CHK-first/answers", choice=RIGHT)
    for _ in range(2):
        assert officer.sends(f"{page}/completion").status_code == 303
    with sqlite.reading() as session:
        for table in (CheckAnswer, Completion):
            assert session.scalar(select(func.count()).select_from(table)) == 1
        assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "completed a lesson")) == 1
        assert session.scalar(select(func.count()).select_from(Heartbeat).where(Heartbeat.at == clock.now())) == 1
