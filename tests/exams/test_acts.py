"""Acts on an attempt: time that stands still, time that is given, ends and new beginnings, each with a reason and some with two people."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import Identity, identity_with
from lms.audit.models import AuditEntry
from lms.exams import acts, devices, planning, queries, rules, service, timing
from lms.exams.acts import Act, NoTime, NotNow, NotYours, Reason, SecondPersonNeeded
from lms.exams.models import AttemptHead, ExamResult, ExamScoring
from lms.exams.retakes import Standing, Terms
from lms.exams.rules import AttemptState, Kind, Policy
from lms.exams.service import AttemptClosed, AttemptPaused, Change
from lms.exams.timing import Accommodation
from lms.kernel.clock import FrozenClock
from lms.kernel.errors import Invalid
from lms.kernel.ids import new_id
from tests.support.exam_room import EXAM, Room, furnish

MINUTE = timedelta(minutes=1)
POLICY = Policy("Final", seconds=3600, grace_seconds=60, cut_score=70_000, retakes=1, questions=6)


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


@pytest.fixture
def room(session: Session, now: datetime) -> Room:
    return furnish(session, now=now)


@pytest.fixture
def attempt(session: Session, room: Room, now: datetime) -> uuid.UUID:
    return room.starts(session, now=now)


def by(who: Identity, at: datetime, *, reason: Reason = Reason.TECHNICAL, confirmed_by: Identity | None = None) -> Act:
    return Act(who, reason, "The screen went dark.", at, confirmed_by)


def another_proctor() -> Identity:
    return identity_with(frozenset({Role.PROCTOR}), user_id=new_id(), name="Second Proctor")


def saves(session: Session, room: Room, attempt: uuid.UUID, at: datetime, *, flagged: bool = True) -> service.Receipt:
    change = Change(1, None, flagged, 0, str(uuid.uuid4()))
    return service.answer(session, actor=room.officer, attempt_id=attempt, change=change, now=at)


def due(session: Session, attempt: uuid.UUID) -> datetime | None:
    return session.get_one(AttemptHead, attempt).due_at


def test_a_pause_adds_exactly_its_length_and_takes_no_answers(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    before = due(session, attempt)
    assert before is not None
    acts.pause(session, by(room.proctor, now + 10 * MINUTE), attempt_id=attempt)
    with pytest.raises(AttemptPaused, match="stands still"):
        saves(session, room, attempt, now + 12 * MINUTE)
    acts.resume(session, by(room.proctor, now + 27 * MINUTE), attempt_id=attempt)
    assert due(session, attempt) == before + 17 * MINUTE
    assert saves(session, room, attempt, now + 70 * MINUTE).revision == 1


def test_a_paused_attempt_is_not_closed_however_late_it_gets(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    acts.pause(session, by(room.proctor, now + MINUTE), attempt_id=attempt)
    assert service.close_expired(session, now=now + timedelta(hours=9)) == 0
    acts.resume(session, by(room.proctor, now + timedelta(hours=9)), attempt_id=attempt)
    assert saves(session, room, attempt, now + timedelta(hours=9, minutes=58)).revision == 1


def test_pausing_twice_and_resuming_what_runs_is_refused(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    with pytest.raises(NotNow, match="not paused"):
        acts.resume(session, by(room.proctor, now), attempt_id=attempt)
    acts.pause(session, by(room.proctor, now), attempt_id=attempt)
    with pytest.raises(NotNow, match="resume it first"):
        acts.pause(session, by(room.proctor, now), attempt_id=attempt)


def test_a_quarter_more_time_takes_one_person_and_a_second_more_takes_two(
    session: Session, room: Room, attempt: uuid.UUID, now: datetime
) -> None:
    before = due(session, attempt)
    assert before is not None
    acts.extend(session, by(room.proctor, now), attempt_id=attempt, more=15 * MINUTE)
    more = timedelta(seconds=1)
    with pytest.raises(SecondPersonNeeded):
        acts.extend(session, by(room.proctor, now), attempt_id=attempt, more=more)
    with pytest.raises(SecondPersonNeeded):
        acts.extend(session, by(room.proctor, now, confirmed_by=room.proctor), attempt_id=attempt, more=more)
    acts.extend(session, by(room.proctor, now, confirmed_by=another_proctor()), attempt_id=attempt, more=more)
    assert due(session, attempt) == before + 15 * MINUTE + more
    with pytest.raises(NoTime):
        acts.extend(session, by(room.proctor, now), attempt_id=attempt, more=-MINUTE)


def test_a_room_without_power_gives_each_attempt_exactly_what_it_lost(session: Session, now: datetime) -> None:
    """From minute 12 to 31: one began before, one in the middle, one was paused for three of those minutes."""
    first, second, third = (furnish(session, now=now) for _ in range(3))
    early, resting = (one.starts(session, now=now) for one in (first, third))
    late = second.starts(session, now=now + 20 * MINUTE)
    acts.pause(session, by(third.proctor, now + 14 * MINUTE), attempt_id=resting)
    acts.resume(session, by(third.proctor, now + 17 * MINUTE), attempt_id=resting)
    lost = {"since": now + 12 * MINUTE, "until": now + 31 * MINUTE}
    act = by(first.proctor, now + 35 * MINUTE, reason=Reason.POWER)
    given = [acts.give_back(session, act, attempt_id=one, **lost) for one in (early, late, resting)]
    assert given == [19 * MINUTE, 11 * MINUTE, 16 * MINUTE]


def test_a_terminated_attempt_is_scored_by_what_was_saved_and_names_the_question(
    session: Session, room: Room, attempt: uuid.UUID, now: datetime
) -> None:
    service.note_view(session, attempt_id=attempt, position=4, now=now)
    acts.terminate(session, by(room.proctor, now + MINUTE, reason=Reason.CONDUCT), attempt_id=attempt)
    result = session.get_one(ExamResult, attempt)
    assert (result.right, result.closed_at) == (0, now + MINUTE)
    with pytest.raises(AttemptClosed):
        saves(session, room, attempt, now + MINUTE)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "terminated an exam")).one()
    assert entry.reason == "conduct: The screen went dark."
    assert entry.details["question"] == 4
    with pytest.raises(NotNow):
        acts.terminate(session, by(room.proctor, now + MINUTE), attempt_id=attempt)


def test_an_attempt_terminated_while_paused_ends_when_its_pause_began(
    session: Session, room: Room, attempt: uuid.UUID, now: datetime
) -> None:
    acts.pause(session, by(room.proctor, now + 5 * MINUTE), attempt_id=attempt)
    acts.terminate(session, by(room.proctor, now + 50 * MINUTE), attempt_id=attempt)
    assert session.get_one(ExamResult, attempt).closed_at == now + 5 * MINUTE


def test_a_reinstated_attempt_has_what_was_left_and_is_scored_anew(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    acts.terminate(session, by(room.proctor, now + 20 * MINUTE), attempt_id=attempt)
    with pytest.raises(SecondPersonNeeded):
        acts.reinstate(session, by(room.proctor, now + 30 * MINUTE), attempt_id=attempt, more=timedelta())
    act = by(room.proctor, now + 30 * MINUTE, confirmed_by=another_proctor())
    acts.reinstate(session, act, attempt_id=attempt, more=2 * MINUTE)
    assert due(session, attempt) == now + 72 * MINUTE + MINUTE
    assert session.get(ExamResult, attempt) is None
    state = acts.state_of(session, attempt)
    assert timing.deadline(state, POLICY, now=now) == now + 72 * MINUTE
    saves(session, room, attempt, now + 71 * MINUTE)
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now + 71 * MINUTE)
    assert session.scalars(select(ExamScoring.number).where(ExamScoring.attempt_id == attempt)).all() == [1, 2]
    assert session.get_one(ExamResult, attempt).number == 2


def test_an_attempt_that_ran_out_is_reinstated_only_with_time(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    service.close_expired(session, now=now + timedelta(hours=2))
    act = by(room.proctor, now + timedelta(hours=3), confirmed_by=another_proctor())
    with pytest.raises(NoTime):
        acts.reinstate(session, act, attempt_id=attempt, more=timedelta())
    acts.reinstate(session, act, attempt_id=attempt, more=10 * MINUTE)
    assert saves(session, room, attempt, act.at + 9 * MINUTE).revision == 1


def test_a_reinstated_attempt_goes_on_at_whichever_device_its_officer_comes_back_with(
    session: Session, room: Room, attempt: uuid.UUID, now: datetime
) -> None:
    devices.bind(session, attempt_id=attempt, device="the first")
    acts.terminate(session, by(room.proctor, now), attempt_id=attempt)
    acts.reinstate(session, by(room.proctor, now, confirmed_by=another_proctor()), attempt_id=attempt, more=MINUTE)
    devices.take(session, actor=room.officer, attempt_id=attempt, device="the second", now=now)
    assert session.get_one(AttemptHead, attempt).device == "the second"


def test_no_attempt_is_reinstated_while_its_officer_sits_another(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    """The lockdown leads to one attempt: the other's time would run unseen."""
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    session.flush()
    retake = room.starts(session, now=now)
    act = by(room.proctor, now + MINUTE, confirmed_by=another_proctor())
    with pytest.raises(NotNow, match="sitting another exam"):
        acts.reinstate(session, act, attempt_id=attempt, more=MINUTE)
    service.submit(session, actor=room.officer, attempt_id=retake, now=now + MINUTE)
    acts.reinstate(session, act, attempt_id=attempt, more=MINUTE)


def test_a_voided_attempt_keeps_its_record_and_is_no_try(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    with pytest.raises(SecondPersonNeeded):
        acts.void(session, by(room.proctor, now), attempt_id=attempt)
    acts.void(session, by(room.proctor, now, confirmed_by=another_proctor()), attempt_id=attempt)
    found = planning.tries(session, enrollment_id=room.enrollment_id, exam_id=EXAM)
    assert planning.standing_of(found, exam_id=EXAM, terms=Terms(1)) is Standing.IN_TRAINING
    assert [entry.kind for entry in queries.entries(session, attempt_id=attempt)] == [Kind.STARTED, Kind.SUBMITTED, Kind.VOIDED]
    assert rules.chain_holds(queries.entries(session, attempt_id=attempt))
    with pytest.raises(NotNow):
        acts.void(session, by(room.proctor, now, confirmed_by=another_proctor()), attempt_id=attempt)


@pytest.mark.parametrize("does", [acts.pause, acts.resume, acts.terminate, acts.void])
def test_nobody_acts_on_their_own_exam_or_without_saying_why(
    does: Callable[..., None], session: Session, room: Room, attempt: uuid.UUID, now: datetime
) -> None:
    with pytest.raises(NotYours):
        does(session, by(room.officer, now, confirmed_by=another_proctor()), attempt_id=attempt)
    if does is acts.pause:
        with pytest.raises(Invalid, match="Say in a few words"):
            does(session, Act(room.proctor, Reason.OTHER, "  ", now), attempt_id=attempt)


def test_time_and_a_half_widens_the_window_with_the_time(now: datetime) -> None:
    """60 minutes from 11:00 in a window to 12:05: with time and a half the officer has until 12:30, and starting at 11:20 until 12:35."""
    extra = Accommodation(factor=1500).extra_seconds(3600)
    policy = Policy("Final", 3600 + extra, 60, 70_000, 1, 6, extra_seconds=extra, window_end=(now + 65 * MINUTE).isoformat())
    assert timing.deadline_at_start(now, policy) == now + 90 * MINUTE
    assert timing.deadline_at_start(now + 20 * MINUTE, policy) == now + 95 * MINUTE
    assert Accommodation(factor=1250, extra_minutes=5).extra_seconds(61) == 16 + 300


def test_time_is_lost_only_between_the_beginning_and_the_end(now: datetime) -> None:
    state = AttemptState(started_at=now)
    hour = timedelta(hours=1)
    assert timing.lost(state, POLICY, since=now - hour, until=now) == timedelta()
    assert timing.lost(state, POLICY, since=now - hour, until=now + 10 * MINUTE) == 10 * MINUTE
    assert timing.lost(state, POLICY, since=now + 50 * MINUTE, until=now + 3 * hour) == 10 * MINUTE
    assert timing.lost(AttemptState(), POLICY, since=now, until=now + hour) == timedelta()
