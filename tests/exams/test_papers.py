"""Papers on real databases: what they are drawn from is kept with them, and what is being tried out never counts."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.exams import drawing, papers, planning, queries, service, statistics_queries
from lms.exams.models import Attempt, ExamResult, Paper, PaperKey
from lms.exams.rules import Policy
from lms.exams.selection import Recipe
from lms.facts.service import publish as publish_facts
from lms.facts.source import Status
from lms.kernel.clock import FrozenClock
from lms.questions.models import QuestionStatistics
from tests.support.exam_room import EXAM, Room, furnish
from tests.support.factories import a_fact
from tests.support.pilots import PILOTS, answers, keys_of, try_out, with_aims

MINUTE = timedelta(minutes=1)
LEVELS = {"easy": 0, "medium": 0, "hard": 1000}


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


@pytest.fixture
def room(session: Session, now: datetime) -> Room:
    """The small exam with both questions of the bank that are being tried out."""
    made = furnish(session, now=now, changed=with_aims(pilots=2))
    try_out(session, now=now)
    return made


def paper_of(session: Session, attempt_id: uuid.UUID) -> Paper:
    return session.get_one(Paper, session.get_one(Attempt, attempt_id).paper_hash)


def recipe_of(session: Session, attempt_id: uuid.UUID) -> Recipe:
    return Recipe.of(paper_of(session, attempt_id).specification)


def measure(session: Session, question: str, *, asked: int, right: int) -> None:
    """Let a question have been answered so often."""
    sums = {"points": 1000 * right, "points_squared": 1000 * 1000 * right, "rest": 0, "rest_squared": 0, "crossed": 0}
    session.add(QuestionStatistics(question_hash=question, asked=asked, **sums))
    session.flush()


def test_questions_tried_out_are_shown_like_the_others_and_change_no_score(session: Session, room: Room, now: datetime) -> None:
    attempt = room.starts(session, now=now)
    keys = keys_of(session, attempt)
    assert {key.question_hash for key in keys if not key.scored} == {*PILOTS}
    policy = Policy(**session.get_one(Attempt, attempt).policy)
    assert (policy.questions, policy.pilots, len(keys)) == (8, 2, 8)
    shown = [queries.question(session, paper_hash=keys[0].paper_hash, position=key.position) for key in keys]
    assert {len(one.choices) for one in shown} == {4}
    answers(session, room, attempt, right=lambda key: key.scored, now=now)
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    result = session.get_one(ExamResult, attempt)
    assert (result.right, result.asked, result.score, result.passed) == (6, 6, 100_000, True)
    assert sum(pair[1] for pair in result.by_objective.values()) == 6


def test_answering_only_what_is_tried_out_earns_nothing(session: Session, room: Room, now: datetime) -> None:
    attempt = room.starts(session, now=now)
    answers(session, room, attempt, right=lambda key: not key.scored, now=now)
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    assert session.get_one(ExamResult, attempt).right == 0


def test_the_time_is_the_exams_whatever_is_tried_out(session: Session, room: Room, now: datetime) -> None:
    attempt = room.starts(session, now=now)
    assert queries.sheet(session, actor=room.officer, attempt_id=attempt).deadline == now + 60 * MINUTE


def test_an_exam_with_fewer_questions_to_try_out_than_it_asks_for_goes_on_without(session: Session, now: datetime) -> None:
    room = furnish(session, now=now, changed=with_aims(pilots=2))
    attempt = room.starts(session, now=now)
    policy = Policy(**session.get_one(Attempt, attempt).policy)
    assert (policy.questions, policy.pilots) == (6, 0)


def test_an_exam_that_asks_for_none_holds_none(session: Session, now: datetime) -> None:
    room = furnish(session, now=now)
    try_out(session, now=now)
    assert all(key.scored for key in keys_of(session, room.starts(session, now=now)))


def test_a_paper_keeps_everything_it_was_drawn_from_and_is_drawn_again_the_same(session: Session, now: datetime) -> None:
    """Also when statistics, exposure and the law have moved on since."""
    aims = with_aims(difficulty=LEVELS, right_share=600, pilots=1, exposure={"papers": 50, "most": 300})
    room = furnish(session, now=now, per_objective=12, changed=aims)
    try_out(session, now=now)
    measure(session, "ONE-1-1", asked=40, right=10)
    publish_facts(session, actor=SYSTEM, facts={"IL-01": a_fact("IL-01")}, now=now)
    first = room.takes(session, now=now, right=False)
    second = room.starts(session, now=now + MINUTE)
    measure(session, "ONE-1-2", asked=40, right=39)
    publish_facts(session, actor=SYSTEM, facts={"IL-01": a_fact("IL-01", status=Status.CONTESTED)}, now=now)
    for attempt in (first, second):
        paper = paper_of(session, attempt)
        again = papers.drawn_again(session, paper)
        assert drawing.paper_hash(again, seed=paper.seed) == paper.hash
        assert [one.hash for one in again] == [key.question_hash for key in keys_of(session, attempt)]
    assert recipe_of(session, second).measured == {"ONE-1-1": 250}
    assert recipe_of(session, second).worn == {key.question_hash for key in keys_of(session, first)}


def test_a_question_in_too_many_of_the_newest_papers_is_drawn_only_when_it_must(session: Session, now: datetime) -> None:
    room = furnish(session, now=now, per_objective=6, changed=with_aims(exposure={"papers": 10, "most": 500}))
    first = {key.question_hash for key in keys_of(session, room.starts(session, now=now))}
    others = furnish(session, now=now)
    second = {key.question_hash for key in keys_of(session, others.starts(session, now=now))}
    assert first.isdisjoint(second)
    third = furnish(session, now=now).starts(session, now=now)
    assert recipe_of(session, third).worn == frozenset()  # each stood in one paper of two: half, and no more


def test_papers_that_lay_ready_and_were_never_sat_wear_no_question_out(session: Session, now: datetime) -> None:
    room = furnish(session, now=now, per_objective=6, changed=with_aims(exposure={"papers": 10, "most": 500}))
    exam = planning.plan_to_admit(session, enrollment_id=room.enrollment_id, exam_id=EXAM)
    bank = papers.newest_bank(session, exam)
    ready = papers.drawn_paper(session, exam=exam, bank_hash=bank, avoided=frozenset(), now=now)
    held = set(session.scalars(select(PaperKey.question_hash).where(PaperKey.paper_hash == ready.hash)))
    about_to_be_sat = papers.drawn_paper(session, exam=exam, bank_hash=bank, avoided=frozenset(), now=now + MINUTE)
    assert Recipe.of(about_to_be_sat.specification).worn == held
    later = papers.drawn_paper(session, exam=exam, bank_hash=bank, avoided=frozenset(), now=now + timedelta(days=2))
    assert Recipe.of(later.specification).worn == frozenset()
    assert statistics_queries.exposure(session, sorted(held)) == {}
    sat = room.starts(session, now=now + timedelta(days=2))
    hashes = [key.question_hash for key in keys_of(session, sat)]
    assert statistics_queries.exposure(session, hashes) == dict.fromkeys(hashes, 1)


def test_exposure_looks_at_the_newest_papers_only(session: Session, now: datetime) -> None:
    made = with_aims(exposure={"papers": 1, "most": 500})
    rooms = [furnish(session, now=now, per_objective=6, changed=made) for _ in range(3)]
    first, second, third = (room.starts(session, now=now + place * MINUTE) for place, room in enumerate(rooms))
    assert recipe_of(session, first).worn == frozenset()
    assert recipe_of(session, third).worn == {key.question_hash for key in keys_of(session, second)}


def test_statistics_of_too_few_answers_are_not_gone_by(session: Session, now: datetime) -> None:
    room = furnish(session, now=now, changed=with_aims(right_share=700))
    measure(session, "ONE-1-1", asked=29, right=1)
    measure(session, "ONE-1-2", asked=30, right=1)
    assert recipe_of(session, room.starts(session, now=now)).measured == {"ONE-1-2": 33}


def test_an_exam_without_a_difficulty_asks_no_statistics(session: Session, now: datetime) -> None:
    room = furnish(session, now=now)
    measure(session, "ONE-1-2", asked=30, right=1)
    paper = session.scalars(select(Paper).where(Paper.hash == paper_of(session, room.starts(session, now=now)).hash)).one()
    assert set(paper.specification) == {"objectives", "avoided", "shared_share"}
