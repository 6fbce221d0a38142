"""Was an officer certified and authorized at a moment? The same question keeps its answer, with every fact and both of its times."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.agencies.agreement_rules import State
from lms.authorizations import answering
from lms.authorizations.answer_rules import Question, fault_of_question, instant, place_code
from lms.authorizations.answering import NobodyMeant, NotAskable, Receipt
from lms.authorizations.models import StandingAnswer, StandingQuestion
from lms.authorizations.rules import MoveKind
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from tests.agencies.program import entries
from tests.authorizations.authority import Office, office
from tests.certificates.program import another_officer

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def there(session: Session, clock: FrozenClock) -> Office:
    return office(session, now=clock.now())


def asked(session: Session, there: Office, clock: FrozenClock, **changes: Any) -> Receipt:
    facts: dict[str, Any] = {
        "officer_id": there.made.cast.officer.officer,
        "function": "arrest-warrants",
        "place": "45003",
        "at": clock.now(),
        "known": clock.now(),
    }
    actor = there.made.cast.verifier.identity
    made = answering.ask(session, actor=actor, question=Question(**(facts | changes)), now=clock.now())
    session.flush()
    found = answering.receipt(session, receipt_id=made)
    assert found is not None
    return found


def test_an_answer_tells_both_and_every_fact_with_both_of_its_times(session: Session, there: Office, clock: FrozenClock) -> None:
    """R-15, R-29."""
    there.authorized(session, now=clock.now())
    clock.advance(HOUR)
    found = asked(session, there, clock).answer
    assert (found["certified"]["answer"], found["authorized"]["answer"], found["certified_and_authorized"]) == (True, True, True)
    assert found["certified"]["as_of"] == found["authorized"]["as_of"] == instant(clock.now())
    told = [fact["what"] for fact in (*found["certified"]["facts"], *found["authorized"]["letters"][0]["facts"])]
    assert told[1] == "Named on certification list 1"
    assert told[-1] == "Agreement: operational"
    assert found["place_name"] == "Aiken, SC"
    assert "Rivera" not in str(found)


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"function": "detainers"}, "function"), ({"place": "13001"}, "place")],
)
def test_another_function_or_place_is_another_answer(
    session: Session, there: Office, clock: FrozenClock, changes: dict[str, Any], why: str
) -> None:
    there.authorized(session, now=clock.now())
    found = asked(session, there, clock, **changes).answer
    assert (found["certified"]["answer"], found["authorized"]["answer"]) == (True, False)
    assert found["authorized"]["letters"][0][why] is False


def test_the_same_question_keeps_its_answer_and_each_asking_leaves_a_receipt(session: Session, there: Office, clock: FrozenClock) -> None:
    """R-29: whatever is recorded later."""
    made, then = there.authorized(session, now=clock.now()), clock.now()
    first = asked(session, there, clock, at=then, known=then)
    clock.advance(DAY)
    there.moves(session, made, MoveKind.REVOCATION, now=clock.now(), effective_at=then)
    again = asked(session, there, clock, at=then, known=then)
    assert (again.answer, again.reference) == (first.answer, first.reference)
    assert again.id != first.id
    now_known = asked(session, there, clock, at=then)
    assert now_known.answer["authorized"]["answer"] is False
    assert now_known.reference != first.reference
    assert session.scalar(select(func.count()).select_from(StandingQuestion)) == 3
    assert session.scalar(select(func.count()).select_from(StandingAnswer)) == 2
    assert entries(session, again.id) == ["asked whether an officer was authorized"]


def test_an_agreement_that_ended_is_told_in_the_answer(session: Session, there: Office, clock: FrozenClock) -> None:
    """R-18."""
    there.authorized(session, now=clock.now())
    there.ends_agreement(session, State.TERMINATING, now=clock.now())
    clock.advance(91 * DAY)
    there.ends_agreement(session, State.TERMINATED, now=clock.now())
    (letter,) = asked(session, there, clock).answer["authorized"]["letters"]
    assert letter["standing"] == "ended with the agreement"


def test_nothing_is_told_of_what_was_not_on_record(session: Session, there: Office, clock: FrozenClock) -> None:
    then = clock.now()
    clock.advance(HOUR)
    there.authorized(session, now=clock.now())
    found = asked(session, there, clock, at=then, known=then).answer
    assert (found["certified"]["facts"], found["authorized"]["letters"]) == ([], [])


def test_what_has_not_come_cannot_be_asked(session: Session, there: Office, clock: FrozenClock) -> None:
    for changes in ({"at": clock.now() + HOUR}, {"known": clock.now() + HOUR}, {"place": "99"}):
        with pytest.raises(NotAskable):
            asked(session, there, clock, **changes)
    question = Question(new_id(), "x", "45", clock.now(), clock.now())
    assert fault_of_question(question, now=clock.now()) is None


def test_an_officer_is_found_by_number_or_by_name_and_agency(session: Session, there: Office, clock: FrozenClock) -> None:
    number = there.certificate(session, there.made.cast.officer, now=clock.now())
    officer = there.made.cast.officer.officer
    assert answering.officer_of_number(session, text=number).officer_id == officer
    by_name = answering.officer_of_name(session, name="dana rivera", agency="palmetto county sheriff's office")
    assert by_name.officer_id == officer
    another_officer(session, there.made, "Sam Okafor", now=clock.now())
    with pytest.raises(NobodyMeant):
        answering.officer_of_name(session, name="Sam Okafor", agency="Cedar Falls Police Department")
    for text in ("hello", "F" + "0" * 17):
        with pytest.raises(NobodyMeant):
            answering.officer_of_number(session, text=text)


def test_places_are_found_by_their_names() -> None:
    assert place_code("SC", "") == "45"
    assert place_code("SC", "aiken county") == place_code("SC", "Aiken") == "45003"
    assert place_code("LA", "Acadia Parish") == "22001"
    assert place_code("SC", "Nowhere") is place_code("XX", "") is None
