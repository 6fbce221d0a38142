"""Challenging a question, appealing an outcome, and deciding both, on a real database."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import Identity
from lms.agencies.models import Membership
from lms.appeals import hands, queries, service
from lms.appeals.queries import NoSuchAppeal, NoSuchChallenge, NoSuchExam
from lms.appeals.rules import Outcome, Ruling, State
from lms.appeals.service import Involved, MadeAlready, NoSuchPosition, NotAppealable, NothingSaid, TooLate, WrongMove
from lms.audit.models import AuditEntry
from lms.enrollments.models import OfferingInstructor
from lms.exams import acts
from lms.exams.acts import Act, Reason
from lms.exams.models import Attempt
from lms.notices.models import Notice
from lms.notices.rules import Kind
from lms.questions.models import BankRevision
from lms.questions.security import AgreementNeeded
from tests.appeals.hall import Hall, hall, stranger
from tests.support.cast import person

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CLOSED = NOON + timedelta(minutes=10)


@pytest.fixture
def made(session: Session) -> Hall:
    return hall(session, now=NOON)


@pytest.fixture
def attempt(session: Session, made: Hall) -> uuid.UUID:
    return made.sits(session, now=NOON, right=6)


def challenges(session: Session, made: Hall, attempt_id: uuid.UUID, *, position: int = 7, now: datetime = CLOSED) -> uuid.UUID:
    done = service.challenge(
        session, actor=made.room.officer, attempt_id=attempt_id, position=position, claim="Two choices are right", now=now
    )
    session.flush()
    return done


def appeals(
    session: Session, actor: Identity, attempt_id: uuid.UUID, outcome: Outcome = Outcome.FAILED, now: datetime = CLOSED
) -> uuid.UUID:
    done = service.appeal(session, actor=actor, attempt_id=attempt_id, outcome=outcome, statement="The room was dark", now=now)
    session.flush()
    return done


def moves(session: Session, actor: Identity, appeal_id: uuid.UUID, state: State, reason: str = "", now: datetime = CLOSED) -> None:
    service.move(session, actor=actor, appeal_id=appeal_id, state=state, reason=reason, now=now)
    session.flush()


# --- Challenges -----------------------------------------------------------------------------------------------------


def test_a_challenge_is_decided_and_the_officer_is_told(session: Session, made: Hall, attempt: uuid.UUID) -> None:
    one = challenges(session, made, attempt)
    assert queries.challenges_waiting(session, now=CLOSED) == (1, 0)
    assert queries.challenges_waiting(session, now=CLOSED + timedelta(days=11)) == (1, 1)
    service.rule(session, actor=made.instructor, challenge_id=one, ruling=Ruling.UPHELD, reason="So it is", now=CLOSED)
    session.flush()
    row = queries.challenge(session, challenge_id=one)
    assert (row.ruling, row.reason, row.decider, row.rescored) == ("upheld", "So it is", "Ivan Castellanos", False)
    assert session.scalars(select(Notice.kind).where(Notice.kind == Kind.RULING)).all() == [Kind.RULING]
    with pytest.raises(NoSuchChallenge):
        service.rule(session, actor=made.first, challenge_id=one, ruling=Ruling.REJECTED, reason="No", now=CLOSED)


def test_a_challenge_names_a_question_of_the_exam_in_time_and_once(session: Session, made: Hall, attempt: uuid.UUID) -> None:
    for position in (0, 11):
        with pytest.raises(NoSuchPosition):
            challenges(session, made, attempt, position=position)
    with pytest.raises(TooLate):
        challenges(session, made, attempt, now=CLOSED + timedelta(days=10, seconds=1))
    challenges(session, made, attempt, now=CLOSED + timedelta(days=10))
    with pytest.raises(MadeAlready):
        challenges(session, made, attempt)
    challenges(session, made, attempt, position=8)


def test_only_the_officer_challenges_and_only_a_closed_exam(session: Session, made: Hall, attempt: uuid.UUID) -> None:
    with pytest.raises(NoSuchExam):
        service.challenge(session, actor=made.room.stranger, attempt_id=attempt, position=1, claim="Wrong", now=CLOSED)
    open_one = made.room.starts(session, now=CLOSED + timedelta(minutes=1))
    with pytest.raises(NoSuchExam):
        challenges(session, made, open_one)


def test_nobody_decides_a_challenge_unsigned_or_of_their_own(session: Session, made: Hall, attempt: uuid.UUID) -> None:
    """R-10, and R-11 carried on."""
    one = challenges(session, made, attempt)
    with pytest.raises(AgreementNeeded):
        service.rule(session, actor=stranger(), challenge_id=one, ruling=Ruling.REJECTED, reason="No", now=CLOSED)
    own_agency = session.get_one(Attempt, attempt).agency_id
    insider = person(session, name="Ina Sider", role=Role.COORDINATOR, agency_id=own_agency, now=NOON)
    with pytest.raises(Involved):
        service.rule(session, actor=insider.identity, challenge_id=one, ruling=Ruling.REJECTED, reason="No", now=CLOSED)


def test_a_decision_says_why(session: Session, made: Hall, attempt: uuid.UUID) -> None:
    one = challenges(session, made, attempt)
    with pytest.raises(NothingSaid):
        service.rule(session, actor=made.first, challenge_id=one, ruling=Ruling.REJECTED, reason="  ", now=CLOSED)


# --- Appeals --------------------------------------------------------------------------------------------------------


def test_an_appeal_is_received_looked_at_and_decided(session: Session, made: Hall, attempt: uuid.UUID) -> None:
    one = appeals(session, made.room.officer, attempt)
    assert queries.appeal(session, identity=made.room.officer, appeal_id=one).state is State.RECEIVED
    with pytest.raises(WrongMove):
        moves(session, made.first, one, State.UPHELD, "At once")
    moves(session, made.first, one, State.UNDER_REVIEW)
    with pytest.raises(NothingSaid):
        moves(session, made.first, one, State.DENIED)
    moves(session, made.first, one, State.DENIED, "The room was lit")
    assert [(row.state, row.by) for row in queries.moves(session, appeal_id=one)] == [
        (State.UNDER_REVIEW, "Lena Okonkwo"),
        (State.DENIED, "Lena Okonkwo"),
    ]
    with pytest.raises(WrongMove):
        moves(session, made.second, one, State.UPHELD, "After all")
    told = session.scalars(select(AuditEntry.action).where(AuditEntry.object_type == "appeal").order_by(AuditEntry.action)).all()
    assert told == ["appealed the outcome of an exam", "decided an appeal: denied", "took an appeal under review"]
    assert len(session.scalars(select(Notice.id).where(Notice.kind == Kind.RULING)).all()) == 3


def test_what_is_overdue_stands_first_and_what_is_decided_waits_no_longer(session: Session, made: Hall, attempt: uuid.UUID) -> None:
    first = appeals(session, made.room.officer, attempt)
    assert queries.appeals_waiting(session, now=CLOSED) == (1, 0)
    late = CLOSED + timedelta(days=31)
    assert queries.appeals_waiting(session, now=late) == (1, 1)
    assert queries.appeals(session, page=1)[0].is_overdue(late)
    moves(session, made.first, first, State.RETURNED, "Say which room")
    assert queries.appeals_waiting(session, now=late) == (0, 0)
    again = appeals(session, made.room.officer, attempt)
    assert [row.id for row in queries.appeals(session, page=1)] == [again, first]


def test_only_what_came_out_is_appealed_in_time_and_once(session: Session, made: Hall, attempt: uuid.UUID) -> None:
    officer = made.room.officer
    with pytest.raises(NotAppealable):
        appeals(session, officer, attempt, Outcome.VOIDED)
    with pytest.raises(TooLate):
        appeals(session, officer, attempt, now=CLOSED + timedelta(days=31))
    appeals(session, officer, attempt)
    with pytest.raises(MadeAlready):
        appeals(session, officer, attempt)


def test_voiding_and_disqualifying_may_be_appealed(session: Session, made: Hall, attempt: uuid.UUID) -> None:
    act = Act(made.room.proctor, Reason.CONDUCT, "Used a phone", CLOSED, confirmed_by=made.second)
    acts.void(session, act, attempt_id=attempt)
    session.flush()
    appeals(session, made.room.officer, attempt, Outcome.VOIDED)
    first = made.sits(session, now=CLOSED + timedelta(minutes=1), right=0)
    assert queries.appealable(session, found=queries.ended(session, identity=made.room.officer, attempt_id=first)) == (Outcome.FAILED,)


def test_a_coordinator_appeals_for_officers_of_the_agency_alone(session: Session, made: Hall, attempt: uuid.UUID) -> None:
    agency = session.get_one(Attempt, attempt).agency_id
    assert made.room.officer.officer_id is not None
    serves(session, made.room.officer.officer_id, agency)
    coordinator = person(session, name="Hollis Greene", role=Role.COORDINATOR, agency_id=agency, now=NOON)
    one = appeals(session, coordinator.identity, attempt)
    assert queries.appeal(session, identity=made.room.officer, appeal_id=one).sender == "Hollis Greene"
    assert [row.attempt_id for row in queries.ended_of_agency(session, identity=coordinator.identity, agency_id=agency, page=1)] == [
        attempt
    ]
    assert queries.ended_count(session, identity=coordinator.identity, agency_id=agency) == 1
    elsewhere = replace(coordinator.identity, agency_ids=frozenset({uuid.uuid4()}))
    for identity in (made.room.stranger, elsewhere):
        with pytest.raises(NoSuchAppeal):
            queries.appeal(session, identity=identity, appeal_id=one)
        with pytest.raises(NoSuchExam):
            appeals(session, identity, attempt)


def serves(session: Session, officer_id: uuid.UUID, agency_id: uuid.UUID) -> None:
    session.add(Membership(id=uuid.uuid4(), officer_id=officer_id, agency_id=agency_id, effective_at=NOON, recorded_at=NOON))
    session.flush()


def test_nobody_decides_an_appeal_who_had_a_hand_in_the_exam(session: Session, made: Hall, attempt: uuid.UUID) -> None:
    """R-11 carried on, read from the rows: who admitted, who acted, who confirmed, who taught, who published the bank, who appealed."""
    one = appeals(session, made.room.officer, attempt)
    found = queries.appeal(session, identity=made.first, appeal_id=one)
    assert service.involvements(session, actor=made.first, found=found, now=CLOSED) == ()
    assert service.involvements(session, actor=made.room.proctor, found=found, now=CLOSED)
    act = Act(made.instructor, Reason.ERROR, "Wrong room", CLOSED, confirmed_by=made.second)
    acts.void(session, act, attempt_id=attempt)
    session.flush()
    for hand in (made.instructor, made.second):
        assert service.involvements(session, actor=hand, found=found, now=CLOSED)
    with pytest.raises(Involved):
        moves(session, made.second, one, State.UNDER_REVIEW)
    assert made.first.user_id is not None
    session.add(OfferingInstructor(offering_id=made.room.offering_id, number=1, user_id=made.first.user_id))
    session.flush()
    assert service.involvements(session, actor=made.first, found=found, now=CLOSED)


def test_who_published_the_bank_had_a_hand_in_the_exam(session: Session, made: Hall, attempt: uuid.UUID) -> None:
    one = appeals(session, made.room.officer, attempt)
    found = queries.appeal(session, identity=made.first, appeal_id=one)
    bank = session.scalars(select(BankRevision)).one()
    held = hands.hands_of(session, attempt_id=attempt, officer_user=uuid.uuid4(), appellant=None)
    assert held.authors == (frozenset() if bank.published_by is None else frozenset({bank.published_by}))
    assert service.involvements(session, actor=made.second, found=found, now=CLOSED) == ()
