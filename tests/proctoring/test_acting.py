"""Acts from the console: one or several officers, each told apart, each act once, and none by who is not named or not signed."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import Identity
from lms.audit.models import AuditEntry
from lms.enrollments.models import OfferingInstructor
from lms.exams import devices, queries, service
from lms.exams.acts import Reason
from lms.exams.models import AttemptHead, ExamMessage
from lms.exams.rules import Kind
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.proctoring import acting, console_queries, request_queries
from lms.proctoring.acting import NobodyChosen, NothingDone, Order, OtherForm
from lms.proctoring.console_queries import NoSuchSitting
from lms.proctoring.models import ActRequest, SittingAct
from lms.proctoring.rules import ActKind, Alarm, Place
from lms.questions.models import SecurityAgreement
from lms.questions.security import AgreementNeeded
from lms.sittings.models import SittingProctorEnd
from tests.proctoring.sitting import Held, furnish
from tests.support.cast import person

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


@pytest.fixture
def held(session: Session, now: datetime) -> Held:
    """Three officers: two began, one has not arrived."""
    made = furnish(session, now=now)
    for seat in (0, 1):
        made.begins(session, seat, now=now)
    return made


def order(held: Held, kind: ActKind, *seats: int, **more: object) -> Order:
    whom = frozenset(held.seats[seat].enrollment_id for seat in seats)
    return replace(Order(kind, whom, Reason.TECHNICAL, "The network went down.", new_id()), **more)  # type: ignore[arg-type] # facts by name


def does(session: Session, held: Held, wanted: Order, at: datetime) -> list[acting.Done]:
    found = acting.carry_out(session, actor=held.proctor.identity, sitting_id=held.sitting_id, order=wanted, now=at)
    session.flush()
    return found


def kinds(session: Session, held: Held, seat: int) -> list[Kind]:
    attempt = held.seats[seat].attempt_id
    assert attempt is not None
    return [one.kind for one in queries.entries(session, attempt_id=attempt)]


def places(session: Session, held: Held, at: datetime) -> list[Place]:
    room = console_queries.room(session, actor=held.proctor.identity, sitting_id=held.sitting_id, now=at)
    by_id = {card.enrollment_id: card.place for card in room.cards}
    return [by_id[one.enrollment_id] for one in held.seats]


def test_several_are_paused_at_once_and_whoever_cannot_be_is_told_apart(session: Session, held: Held, now: datetime) -> None:
    outcomes = does(session, held, order(held, ActKind.PAUSE, 0, 1, 2), now + MINUTE)
    assert sorted((one.done, one.said) for one in outcomes) == [
        (False, "This officer has not begun."),
        (True, "Paused."),
        (True, "Paused."),
    ]
    assert places(session, held, now + 2 * MINUTE) == [Place.PAUSED, Place.PAUSED, Place.NOT_ARRIVED]
    does(session, held, order(held, ActKind.RESUMPTION, 0, 1), now + 3 * MINUTE)
    assert kinds(session, held, 0) == [Kind.STARTED, Kind.PAUSED, Kind.RESUMED]


def test_each_act_leaves_its_reason_and_the_question_the_officer_was_on_in_the_trail(session: Session, held: Held, now: datetime) -> None:
    held.saves(session, 0, 4, now=now + MINUTE)
    does(session, held, order(held, ActKind.TERMINATION, 0, reason=Reason.CONDUCT), now + 2 * MINUTE)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "terminated an exam")).one()
    assert (entry.reason, entry.details["question"]) == ("conduct: The network went down.", 4)
    assert session.scalars(select(SittingAct)).one().outcomes[0]["said"].startswith("Exam ended")


def test_a_form_that_is_sent_twice_acts_once(session: Session, held: Held, now: datetime) -> None:
    wanted = order(held, ActKind.EXTENSION, 0, minutes=5)
    first = does(session, held, wanted, now + MINUTE)
    assert does(session, held, wanted, now + 2 * MINUTE) == first
    assert kinds(session, held, 0) == [Kind.STARTED, Kind.EXTENDED]
    other = furnish_other(held)
    with pytest.raises(OtherForm):
        acting.carry_out(session, actor=other, sitting_id=held.sitting_id, order=wanted, now=now + MINUTE)


def furnish_other(held: Held) -> Identity:
    return replace(held.proctor.identity, user_id=held.cast.certifier.user_id)


def test_more_than_a_quarter_of_the_time_is_asked_for_and_not_given(session: Session, held: Held, now: datetime) -> None:
    does(session, held, order(held, ActKind.EXTENSION, 0, minutes=15), now)
    (told,) = does(session, held, order(held, ActKind.EXTENSION, 0, minutes=1), now)
    assert "a second person must confirm" in told.said
    assert kinds(session, held, 0) == [Kind.STARTED, Kind.EXTENDED]
    assert session.scalars(select(ActRequest.minutes)).one() == 1
    assert request_queries.waiting_count(session, actor=held.cast.program_officer.identity) == 1
    assert request_queries.waiting_count(session, actor=held.proctor.identity) == 0


def test_a_room_without_power_gives_each_what_it_lost_and_says_so_before(session: Session, held: Held, now: datetime) -> None:
    """One ran through it, one was paused for five of the nineteen minutes, one had not begun."""
    held.pauses(session, 1, now=now + 15 * MINUTE)
    does(session, held, order(held, ActKind.RESUMPTION, 1), now + 20 * MINUTE)
    at, since, until = now + 40 * MINUTE, now + 12 * MINUTE, now + 31 * MINUTE
    wanted = order(held, ActKind.TIME_LOST, 0, 1, 2, since=since, until=until)
    before = due(session, held, 0), due(session, held, 1)
    foreseen = acting.losses(session, actor=held.proctor.identity, sitting_id=held.sitting_id, order=wanted, now=at)
    assert {one.name: one.lost for one in foreseen if one.lost} == {
        held.seats[0].who.name: 19 * MINUTE,
        held.seats[1].who.name: 14 * MINUTE,
    }
    assert (due(session, held, 0), due(session, held, 1)) == before
    does(session, held, wanted, at)
    assert (due(session, held, 0) - before[0], due(session, held, 1) - before[1]) == (19 * MINUTE, 14 * MINUTE)


def due(session: Session, held: Held, seat: int) -> datetime:
    found = session.get_one(AttemptHead, held.seats[seat].attempt_id).due_at
    assert found is not None
    return found


def test_what_can_be_done_to_nobody_is_refused_with_a_reason_for_each(session: Session, held: Held, now: datetime) -> None:
    with pytest.raises(NothingDone, match="not paused"):
        does(session, held, order(held, ActKind.RESUMPTION, 0), now)
    with pytest.raises(NothingDone, match="no running time"):
        does(session, held, order(held, ActKind.TIME_LOST, 0, since=now - 9 * MINUTE, until=now - 5 * MINUTE), now)
    with pytest.raises(NobodyChosen):
        does(session, held, order(held, ActKind.PAUSE), now)
    assert session.scalar(select(func.count()).select_from(SittingAct)) == 0


def test_a_message_reaches_those_under_way_and_its_reading_is_counted(session: Session, held: Held, now: datetime) -> None:
    does(session, held, order(held, ActKind.MESSAGE, 0, 1, 2, note="Five minutes left."), now)
    assert set(session.scalars(select(ExamMessage.text))) == {"Five minutes left."}
    assert session.scalar(select(func.count()).select_from(ExamMessage)) == 2


def test_a_second_device_alarms_until_it_is_released(session: Session, held: Held, now: datetime) -> None:
    attempt = held.seats[0].attempt_id
    assert attempt is not None
    devices.bind(session, attempt_id=attempt, device="the first")
    held.shows(session, 0, "second-device", now=now + MINUTE)
    assert alarms(session, held, now + MINUTE) == (Alarm.SECOND_DEVICE,)
    does(session, held, order(held, ActKind.RELEASE, 0), now + 2 * MINUTE)
    assert alarms(session, held, now + 2 * MINUTE) == ()
    assert session.get_one(AttemptHead, attempt).device == ""


def alarms(session: Session, held: Held, at: datetime) -> tuple[Alarm, ...]:
    room = console_queries.room(session, actor=held.proctor.identity, sitting_id=held.sitting_id, now=at)
    return next(card.alarms for card in room.cards if card.enrollment_id == held.seats[0].enrollment_id)


def test_only_a_named_proctor_acts_and_only_while_named(session: Session, held: Held, now: datetime) -> None:
    """R-11."""
    other = person(session, name="Other Proctor", role=Role.PROCTOR, now=now)
    for who in (other, held.cast.program_officer, held.cast.administrator):
        with pytest.raises(NoSuchSitting):
            acting.carry_out(session, actor=who.identity, sitting_id=held.sitting_id, order=order(held, ActKind.PAUSE, 0), now=now)
    session.add(
        SittingProctorEnd(
            sitting_id=held.sitting_id,
            user_id=held.proctor.user_id,
            number=1,
            reason="Ill",
            ended_by=held.cast.administrator.user_id,
            at=now,
        )
    )
    session.flush()
    with pytest.raises(NoSuchSitting):
        does(session, held, order(held, ActKind.PAUSE, 0), now)


def test_a_proctor_with_a_tie_to_the_class_acts_on_nobody(session: Session, held: Held, now: datetime) -> None:
    """R-11."""
    session.add(OfferingInstructor(offering_id=held.offering_id, number=1, user_id=held.proctor.user_id))
    session.flush()
    with pytest.raises(NothingDone, match="instructor of record"):
        does(session, held, order(held, ActKind.PAUSE, 0), now)


def test_without_a_signature_that_counts_nothing_is_done(session: Session, held: Held, now: datetime) -> None:
    """R-10."""
    assert session.scalar(select(func.count()).select_from(SecurityAgreement)) != 0
    with pytest.raises(AgreementNeeded):
        does(session, held, order(held, ActKind.PAUSE, 0), now + timedelta(days=400))


def test_another_sittings_officers_are_not_reached(session: Session, held: Held, now: datetime) -> None:
    with pytest.raises(NobodyChosen):
        does(session, held, replace(order(held, ActKind.PAUSE), officers=frozenset({uuid.uuid4()})), now)


def test_the_room_is_empty_for_whoever_is_not_named(session: Session, held: Held, now: datetime) -> None:
    seen = console_queries.room(session, actor=held.cast.program_officer.identity, sitting_id=held.sitting_id, now=now)
    assert seen.cards == ()


def test_a_mark_stays_while_nothing_changes_and_changes_with_anything(session: Session, held: Held, now: datetime) -> None:
    def mark(at: datetime) -> str:
        return console_queries.room(session, actor=held.proctor.identity, sitting_id=held.sitting_id, now=at).mark

    first = mark(now)
    assert mark(now + MINUTE) == first
    held.saves(session, 0, 1, now=now + MINUTE)
    saved = mark(now + MINUTE)
    held.shows(session, 1, "left-page", now=now + MINUTE)
    seen = mark(now + MINUTE)
    held.arrives(session, 2, now=now + MINUTE)
    assert len({first, saved, seen, mark(now + MINUTE)}) == 4


def test_an_accommodation_and_a_timeout_nobody_wrote_yet_are_shown(session: Session, held: Held, now: datetime) -> None:
    held.begins(session, 2, now=now, extra_seconds=1800)
    room = console_queries.room(session, actor=held.proctor.identity, sitting_id=held.sitting_id, now=now + 70 * MINUTE)
    by_id = {card.enrollment_id: card for card in room.cards}
    assert by_id[held.seats[2].enrollment_id].time_factor == "1.5"
    assert [by_id[one.enrollment_id].place for one in held.seats] == [Place.TIMED_OUT, Place.TIMED_OUT, Place.RUNNING]
    assert service.close_expired(session, now=now + 70 * MINUTE) == 2
    session.flush()
    assert places(session, held, now + 70 * MINUTE)[0] is Place.TIMED_OUT
