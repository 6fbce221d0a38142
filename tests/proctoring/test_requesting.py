"""Acts that take two persons: asked, confirmed by somebody else or declined, and void when the attempt changed in what matters."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.audit.models import AuditEntry
from lms.enrollments.models import OfferingInstructor
from lms.exams import acts, queries, service
from lms.exams.acts import NotYours, Reason
from lms.exams.models import AttemptHead, ExamResult
from lms.exams.rules import Kind
from lms.exams.starting import InvolvedProctor
from lms.kernel.clock import FrozenClock
from lms.kernel.errors import Invalid
from lms.kernel.ids import new_id
from lms.proctoring import request_queries, requesting
from lms.proctoring.models import ActDecision
from lms.proctoring.requesting import AlreadyAsked, AttemptChanged, NoMinutes, NoSuchRequest, NotAskable, OwnRequest, Wanted
from lms.proctoring.rules import Asked
from tests.proctoring.sitting import Held, furnish
from tests.support.cast import Person, person

MINUTE = timedelta(minutes=1)
VOID = Wanted(Asked.VOIDING, Reason.ERROR, "The wrong paper lay on the desk.")
REOPEN = Wanted(Asked.REINSTATEMENT, Reason.POWER, "It was ended by mistake.", 10)
LONGER = Wanted(Asked.EXTENSION, Reason.TECHNICAL, "The network was down.", 30)


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


@pytest.fixture
def held(session: Session, now: datetime) -> Held:
    made = furnish(session, now=now, officers=1)
    made.begins(session, 0, now=now)
    return made


@pytest.fixture
def attempt(held: Held) -> uuid.UUID:
    found = held.seats[0].attempt_id
    assert found is not None
    return found


def asks(session: Session, held: Held, attempt: uuid.UUID, wanted: Wanted, at: datetime, *, by: Person | None = None) -> uuid.UUID:
    actor = (by or held.proctor).identity
    made = requesting.ask(session, actor=actor, attempt_id=attempt, wanted=wanted, request_id=new_id(), now=at)
    session.flush()
    return made


def confirms(session: Session, held: Held, request: uuid.UUID, at: datetime, *, by: Person | None = None) -> None:
    actor = (by or held.cast.program_officer).identity
    requesting.confirm(session, actor=actor, request_id=request, note="", now=at)
    session.flush()


def test_an_exam_is_voided_by_the_second_persons_word_and_both_stand_in_the_record(
    session: Session, held: Held, attempt: uuid.UUID, now: datetime
) -> None:
    held.hands_in(session, 0, now=now + MINUTE)
    request = asks(session, held, attempt, VOID, now + 2 * MINUTE)
    assert not session.get_one(ExamResult, attempt).voided
    confirms(session, held, request, now + 3 * MINUTE)
    assert session.get_one(ExamResult, attempt).voided
    (step,) = [one for one in queries.entries(session, attempt_id=attempt) if one.kind is Kind.VOIDED]
    assert step.actor == str(held.proctor.user_id)
    assert step.payload["confirmed_by"] == str(held.cast.program_officer.user_id)
    told = session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == str(request)).order_by(AuditEntry.at))
    assert list(told) == ["asked for an act on an exam that takes two persons", "confirmed an act on an exam that takes two persons"]


def test_nobody_confirms_what_they_asked_for(session: Session, held: Held, attempt: uuid.UUID, now: datetime) -> None:
    request = asks(session, held, attempt, LONGER, now)
    with pytest.raises(OwnRequest):
        confirms(session, held, request, now, by=held.proctor)
    requesting.decline(session, actor=held.proctor.identity, request_id=request, note="Not needed any more.", now=now)
    session.flush()
    assert session.get_one(ActDecision, request).outcome == "declined"


def test_a_decided_request_is_decided_for_good(session: Session, held: Held, attempt: uuid.UUID, now: datetime) -> None:
    request = asks(session, held, attempt, LONGER, now)
    confirms(session, held, request, now + MINUTE)
    assert acts.state_of(session, attempt).extended == 30 * MINUTE
    with pytest.raises(NoSuchRequest):
        confirms(session, held, request, now + MINUTE)
    with pytest.raises(NoSuchRequest):
        requesting.decline(session, actor=held.cast.program_officer.identity, request_id=request, note="No", now=now)


def test_a_request_does_not_outlive_what_it_was_about(session: Session, held: Held, attempt: uuid.UUID, now: datetime) -> None:
    request = asks(session, held, attempt, LONGER, now)
    held.hands_in(session, 0, now=now + MINUTE)
    with pytest.raises(AttemptChanged, match="closed, or opened again"):
        confirms(session, held, request, now + 2 * MINUTE)
    voiding = asks(session, held, attempt, VOID, now + 2 * MINUTE)
    reopening = asks(session, held, attempt, REOPEN, now + 2 * MINUTE)
    confirms(session, held, reopening, now + 3 * MINUTE)
    assert session.get_one(AttemptHead, attempt).due_at is not None
    with pytest.raises(AttemptChanged):
        confirms(session, held, voiding, now + 4 * MINUTE)


def test_answers_and_pauses_do_not_hold_a_request_up(session: Session, held: Held, attempt: uuid.UUID, now: datetime) -> None:
    request = asks(session, held, attempt, LONGER, now)
    held.saves(session, 0, 1, now=now + MINUTE)
    held.pauses(session, 0, now=now + 2 * MINUTE)
    acts.resume(session, held.act(now + 3 * MINUTE), attempt_id=attempt)
    confirms(session, held, request, now + 4 * MINUTE)
    assert acts.state_of(session, attempt).extended == 30 * MINUTE


def test_time_given_meanwhile_makes_a_request_for_more_void(session: Session, held: Held, attempt: uuid.UUID, now: datetime) -> None:
    request = asks(session, held, attempt, LONGER, now)
    acts.extend(session, held.act(now), attempt_id=attempt, more=5 * MINUTE)
    with pytest.raises(AttemptChanged, match="given time"):
        confirms(session, held, request, now + MINUTE)


@pytest.mark.parametrize("wanted", [VOID, REOPEN])
def test_only_a_closed_exam_is_ruled_on(session: Session, held: Held, attempt: uuid.UUID, now: datetime, wanted: Wanted) -> None:
    with pytest.raises(NotAskable):
        asks(session, held, attempt, wanted, now)
    service.close_expired(session, now=now + 62 * MINUTE)
    session.flush()
    assert asks(session, held, attempt, wanted, now + 63 * MINUTE)
    with pytest.raises(AlreadyAsked):
        asks(session, held, attempt, wanted, now + 63 * MINUTE)
    with pytest.raises(NotAskable):
        asks(session, held, attempt, LONGER, now + 63 * MINUTE)


def test_a_request_says_why_and_makes_sense(session: Session, held: Held, attempt: uuid.UUID, now: datetime) -> None:
    with pytest.raises(NoMinutes):
        asks(session, held, attempt, Wanted(Asked.EXTENSION, Reason.OTHER, "More", 0), now)
    with pytest.raises(Invalid, match="Say in a few words"):
        asks(session, held, attempt, Wanted(Asked.EXTENSION, Reason.OTHER, "  ", 30), now)


def test_whoever_is_involved_neither_asks_nor_confirms(session: Session, held: Held, attempt: uuid.UUID, now: datetime) -> None:
    """R-11."""
    with pytest.raises(NotYours):
        asks(session, held, attempt, LONGER, now, by=held.cast.officer)
    request = asks(session, held, attempt, LONGER, now)
    taught = person(session, name="Taught Them", role=Role.PROCTOR, now=now)
    session.add(OfferingInstructor(offering_id=held.offering_id, number=1, user_id=taught.user_id))
    session.flush()
    with pytest.raises(InvolvedProctor):
        confirms(session, held, request, now, by=taught)
    row = request_queries.request(session, actor=taught.identity, request_id=request, now=now)
    assert row is not None
    assert row.ties
    assert not row.may_be_confirmed_by(taught.user_id)
    other = person(session, name="Another Proctor", role=Role.PROCTOR, now=now)
    confirms(session, held, request, now, by=other)


def test_the_same_form_asks_once(session: Session, held: Held, attempt: uuid.UUID, now: datetime) -> None:
    form = new_id()
    for _ in range(2):
        requesting.ask(session, actor=held.proctor.identity, attempt_id=attempt, wanted=LONGER, request_id=form, now=now)
        session.flush()
    rows, count = request_queries.requests(session, actor=held.cast.program_officer.identity, page=1, now=now)
    assert (len(rows), count) == (1, 1)
