"""Statistics of questions on real databases: whatever becomes of attempts, the sums are those of the results that stand."""

import uuid
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import identity_with
from lms.db.session import Database
from lms.exams import acts, counting, scoring, service, sweeps
from lms.exams.acts import Act, Reason
from lms.exams.models import Attempt, ExamResult, StatisticsWaiting
from lms.exams.statistics_rules import Sums
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.questions.models import QuestionStatistics
from lms.web.site import Site
from tests.support.exam_room import Room, furnish
from tests.support.pilots import PILOTS, answers, try_out, with_aims

MINUTE = timedelta(minutes=1)
SECOND = identity_with(frozenset({Role.PROCTOR}), user_id=new_id(), name="Second Proctor")


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


def stored(session: Session) -> dict[str, Sums]:
    session.flush()
    found = counting.sums_of(session, session.scalars(select(QuestionStatistics.question_hash)).all())
    return {question: sums for question, sums in found.items() if sums.asked}


def counted_anew(session: Session) -> dict[str, Sums]:
    """The sums of every result that stands, from the beginning."""
    found: dict[str, Sums] = {}
    for attempt_id in session.scalars(select(Attempt.id)):
        for one in counting.outcomes_of(session, attempt_id=attempt_id):
            found[one.question] = found.get(one.question, Sums()).plus(one)
    return found


def count_all(session: Session, *, limit: int) -> None:
    session.flush()
    while counting.waits(session):
        counting.count_waiting(session, limit=limit)
        session.flush()


def sits(session: Session, now: datetime, rights: list[bool]) -> uuid.UUID:
    """A new officer sits the exam and answers so."""
    room: Room = furnish(session, now=now, per_objective=4, changed=with_aims(pilots=1))
    attempt = room.starts(session, now=now)
    answers(session, room, attempt, right=lambda key: rights[key.position % len(rights)], now=now)
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    session.flush()
    return attempt


def act(now: datetime) -> Act:
    return Act(identity_with(frozenset({Role.PROCTOR}), user_id=new_id(), name="Pat"), Reason.ERROR, "It happened.", now, SECOND)


def voids(session: Session, attempt: uuid.UUID, now: datetime) -> None:
    result = session.get(ExamResult, attempt)
    if result is not None and not result.voided:
        acts.void(session, act(now), attempt_id=attempt)


def reinstates(session: Session, attempt: uuid.UUID, now: datetime) -> None:
    result = session.get(ExamResult, attempt)
    if result is not None and not result.voided:
        acts.reinstate(session, act(now), attempt_id=attempt, more=MINUTE)


def scores_anew(session: Session, attempt: uuid.UUID, now: datetime) -> None:
    result = session.get(ExamResult, attempt)
    if result is not None and not result.voided:
        scoring.scored(session, attempt=session.get_one(Attempt, attempt), cause="scored anew", closed_at=result.closed_at, now=now)


def time_passes(session: Session, attempt: uuid.UUID, now: datetime) -> None:
    del attempt
    service.close_expired(session, now=now + timedelta(days=1))


LATER = [voids, reinstates, scores_anew, time_passes]
LIVES = st.lists(
    st.tuples(st.lists(st.booleans(), min_size=1, max_size=3), st.lists(st.sampled_from(LATER), max_size=3)), min_size=1, max_size=3
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], database=None)
@given(lives=LIVES, limit=st.integers(1, 4))
def test_whatever_becomes_of_attempts_the_sums_are_those_of_the_results_that_stand(
    database: Database, clock: FrozenClock, lives: list[tuple[list[bool], list[object]]], limit: int
) -> None:
    now = clock.now()
    with database.engine.connect() as connection, Session(connection, expire_on_commit=False) as session:
        furnish(session, now=now, per_objective=4, changed=with_aims(pilots=1))
        try_out(session, now=now)
        for rights, later in lives:
            attempt = sits(session, now, rights)
            for happens in later:
                happens(session, attempt, now)  # type: ignore[operator]
                session.flush()
                counting.count_waiting(session, limit=limit)
        count_all(session, limit=limit)
        assert stored(session) == counted_anew(session)
        session.rollback()


def test_what_is_tried_out_is_counted_beside_the_scored_exam(session: Session, now: datetime) -> None:
    furnish(session, now=now, per_objective=4, changed=with_aims(pilots=2))
    try_out(session, now=now)
    sits(session, now, [True])
    count_all(session, limit=50)
    found = stored(session)
    assert {found[name].asked for name in PILOTS if name in found} == {1}
    assert found[next(name for name in PILOTS if name in found)].right_share == 1000


def test_a_voided_attempt_says_nothing_of_its_questions(session: Session, now: datetime) -> None:
    attempt = sits(session, now, [True, False])
    count_all(session, limit=50)
    assert sum(sums.asked for sums in stored(session).values()) == 6
    acts.void(session, act(now), attempt_id=attempt)
    count_all(session, limit=50)
    assert stored(session) == {}


def test_the_worker_counts_what_waits_and_then_has_nothing_to_do(site: Site, clock: FrozenClock) -> None:
    with site.database.writing() as session:
        sits(session, clock.now(), [True])
    assert sweeps.count_results(site) == 1
    assert sweeps.count_results(site) == 0
    with site.database.reading() as session:
        assert session.scalars(select(StatisticsWaiting.id)).all() == []
        assert sum(sums.asked for sums in stored(session).values()) == 6
