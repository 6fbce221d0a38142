"""Messages in an exam, its pulse, and what its page reports."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.audit.models import AuditEntry
from lms.exams import acts, devices, messages, pulse, queries, service, signals
from lms.exams.acts import Act, Reason
from lms.exams.messages import NobodyThere, NoSuchMessage, NoText, OwnExam
from lms.exams.queries import NoSuchAttempt
from lms.exams.rules import Kind
from lms.exams.signals import MOST_A_MINUTE, Signal, UnknownSignal
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from tests.support.exam_room import Room, furnish


@pytest.fixture
def room(session: Session, clock: FrozenClock) -> Room:
    return furnish(session, now=clock.now())


@pytest.fixture
def attempt(session: Session, room: Room, clock: FrozenClock) -> uuid.UUID:
    return room.starts(session, now=clock.now())


def said(session: Session, room: Room, attempt: uuid.UUID, clock: FrozenClock) -> list[str]:
    return [text for _, text, _ in pulse.pulse(session, actor=room.officer, attempt_id=attempt, now=clock.now()).messages]


def test_a_message_is_shown_until_the_officer_has_read_it(session: Session, room: Room, attempt: uuid.UUID, clock: FrozenClock) -> None:
    ids = messages.send(session, actor=room.proctor, attempt_ids=[attempt], text=" The lights come back soon. ", now=clock.now())
    messages.send(session, actor=room.proctor, attempt_ids=[attempt], text="They are back.", now=clock.now() + timedelta(seconds=1))
    session.flush()
    assert said(session, room, attempt, clock) == ["The lights come back soon.", "They are back."]
    for _ in range(2):
        messages.acknowledge(session, actor=room.officer, attempt_id=attempt, message_id=ids[0], now=clock.now())
        session.flush()
    assert said(session, room, attempt, clock) == ["They are back."]
    first, second = messages.history(session, attempt_ids=[attempt])
    assert (first.sent_by, first.acknowledged_at) == (room.proctor.user_id, clock.now())
    assert second.acknowledged_at is None
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "sent a message in an exam")).all()
    assert sorted(entry.details["message"] for entry in told) == sorted([str(first.message_id), str(second.message_id)])


@pytest.mark.parametrize("text", ["", "   ", "a" * 501])
def test_a_message_says_something_and_not_too_much(session: Session, room: Room, attempt: uuid.UUID, clock: FrozenClock, text: str) -> None:
    with pytest.raises(NoText):
        messages.send(session, actor=room.proctor, attempt_ids=[attempt], text=text, now=clock.now())


def test_nobody_writes_to_a_closed_exam_or_to_their_own(session: Session, room: Room, attempt: uuid.UUID, clock: FrozenClock) -> None:
    with pytest.raises(OwnExam):
        messages.send(session, actor=room.officer, attempt_ids=[attempt], text="Well done.", now=clock.now())
    service.submit(session, actor=room.officer, attempt_id=attempt, now=clock.now())
    session.flush()
    with pytest.raises(NobodyThere):
        messages.send(session, actor=room.proctor, attempt_ids=[attempt], text="Too late.", now=clock.now())


def test_a_message_is_acknowledged_by_its_officer_only(session: Session, room: Room, attempt: uuid.UUID, clock: FrozenClock) -> None:
    (message,) = messages.send(session, actor=room.proctor, attempt_ids=[attempt], text="Hello.", now=clock.now())
    session.flush()
    for actor, attempt_id, message_id in (
        (room.stranger, attempt, message),
        (SYSTEM, attempt, message),
        (room.officer, new_id(), message),
        (room.officer, attempt, new_id()),
    ):
        with pytest.raises(NoSuchMessage):
            messages.acknowledge(session, actor=actor, attempt_id=attempt_id, message_id=message_id, now=clock.now())


def test_the_pulse_tells_the_time_left_and_stands_still_in_a_pause(
    session: Session, room: Room, attempt: uuid.UUID, clock: FrozenClock
) -> None:
    begun = clock.now()
    clock.advance(timedelta(minutes=10))
    acts.pause(session, Act(room.proctor, Reason.REST, "Rest", clock.now()), attempt_id=attempt)
    session.flush()
    clock.advance(timedelta(minutes=7))
    resting = pulse.pulse(session, actor=room.officer, attempt_id=attempt, now=clock.now())
    assert (resting.paused, resting.closed, resting.left, resting.extended) == (True, False, timedelta(minutes=50), timedelta())
    acts.resume(session, Act(room.proctor, Reason.REST, "Rested", clock.now()), attempt_id=attempt)
    acts.extend(session, Act(room.proctor, Reason.TECHNICAL, "Slow", clock.now()), attempt_id=attempt, more=timedelta(minutes=5))
    session.flush()
    found = pulse.pulse(session, actor=room.officer, attempt_id=attempt, now=clock.now())
    assert (found.left, found.extended) == (timedelta(minutes=55), timedelta(minutes=12))
    assert found.due_at == begun + timedelta(minutes=72)
    service.submit(session, actor=room.officer, attempt_id=attempt, now=clock.now())
    session.flush()
    over = pulse.as_json(pulse.pulse(session, actor=room.officer, attempt_id=attempt, now=clock.now()))
    assert (over["closed"], over["due_at"], over["left_ms"]) == (True, None, 0)


def test_nobody_feels_the_pulse_of_anothers_exam(session: Session, room: Room, attempt: uuid.UUID, clock: FrozenClock) -> None:
    with pytest.raises(NoSuchAttempt):
        pulse.pulse(session, actor=room.stranger, attempt_id=attempt, now=clock.now())
    with pytest.raises(NoSuchAttempt):
        signals.note(session, actor=room.stranger, attempt_id=attempt, kind="left-page", now=clock.now())


def test_what_a_page_saw_is_a_step_that_changes_nothing(session: Session, room: Room, attempt: uuid.UUID, clock: FrozenClock) -> None:
    before = acts.state_of(session, attempt)
    assert signals.note(session, actor=room.officer, attempt_id=attempt, kind="left-page", now=clock.now())
    session.flush()
    last = queries.entries(session, attempt_id=attempt)[-1]
    assert (last.kind, last.payload) == (Kind.SIGNALED, {"signal": "left-page"})
    assert acts.state_of(session, attempt) == before


@pytest.mark.parametrize("kind", ["", "cheated", Signal.SECOND_DEVICE, Signal.PAPER])
def test_a_page_reports_what_pages_can_see_and_nothing_else(
    session: Session, room: Room, attempt: uuid.UUID, clock: FrozenClock, kind: str
) -> None:
    with pytest.raises(UnknownSignal):
        signals.note(session, actor=room.officer, attempt_id=attempt, kind=kind, now=clock.now())


def test_nobody_fills_the_chain_by_switching_windows(session: Session, room: Room, attempt: uuid.UUID, clock: FrozenClock) -> None:
    kept = [signals.note(session, actor=room.officer, attempt_id=attempt, kind="left-page", now=clock.now()) for _ in range(12)]
    assert kept == [True] * MOST_A_MINUTE + [False] * 2
    assert signals.note(session, actor=room.officer, attempt_id=attempt, kind="returned", now=clock.now())
    clock.advance(timedelta(minutes=1, seconds=1))
    assert signals.note(session, actor=room.officer, attempt_id=attempt, kind="left-page", now=clock.now())


def test_a_full_chain_does_not_hide_a_second_device(
    session: Session, room: Room, attempt: uuid.UUID, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals, "MOST_OF_AN_ATTEMPT", 3)
    kept = [signals.note(session, actor=room.officer, attempt_id=attempt, kind="left-page", now=clock.now()) for _ in range(4)]
    assert kept == [True] * 3 + [False]
    for expected in (True, False):
        assert devices.note_other(session, actor=room.officer, attempt_id=attempt, now=clock.now()) is expected


def test_a_closed_exam_takes_no_signals(session: Session, room: Room, attempt: uuid.UUID, clock: FrozenClock) -> None:
    service.submit(session, actor=room.officer, attempt_id=attempt, now=clock.now())
    session.flush()
    assert not signals.note(session, actor=room.officer, attempt_id=attempt, kind="left-page", now=clock.now())
