"""The evidence of an exam that was sat in a sitting: what proctors saw and did belongs to it, and nothing of the others in the room."""

import json
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.evidence import service
from lms.exams import messages
from lms.exams.acts import Reason
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.proctoring import acting, incidents, requesting
from lms.proctoring.acting import Order
from lms.proctoring.incidents import Noted
from lms.proctoring.requesting import Wanted
from lms.proctoring.rules import ActKind, Asked, IncidentKind, Ruling
from tests.proctoring.sitting import Held, furnish

MINUTE = timedelta(minutes=1)


def eventful(session: Session, now: datetime) -> Held:
    """A sitting of two officers: an identity check, a message, a pause of both, incidents of each and of the room, a request."""
    held = furnish(session, now=now, officers=2)
    held.arrives(session, 0, now=now)
    for seat in (0, 1):
        held.begins(session, seat, now=now)
    actor = held.proctor.identity
    first, second = (one.enrollment_id for one in held.seats)
    attempt = held.seats[0].attempt_id
    assert attempt is not None
    (message,) = messages.send(session, actor=actor, attempt_ids=[attempt], text="Ten minutes are left.", now=now + MINUTE)
    session.flush()
    messages.acknowledge(session, actor=held.seats[0].who, attempt_id=attempt, message_id=message, now=now + 2 * MINUTE)
    order = Order(ActKind.PAUSE, frozenset({first, second}), Reason.REST, "A break for both.", new_id())
    acting.carry_out(session, actor=actor, sitting_id=held.sitting_id, order=order, now=now + 3 * MINUTE)
    for what, whom in (("Somebody knocked.", ()), ("A phone rang.", (first,)), ("A neighbor whispered.", (second,))):
        noted = Noted(next(iter(IncidentKind)), what, now + MINUTE, frozenset(whom))
        made = incidents.note(session, actor=actor, sitting_id=held.sitting_id, noted=noted, form_id=new_id(), now=now + 4 * MINUTE)
        session.flush()
        if what == "A phone rang.":
            ruling = next(iter(Ruling))
            incidents.rule(session, actor=actor, incident_id=made, ruling=ruling, note="It was put away.", now=now + 5 * MINUTE)
    wanted = Wanted(Asked.EXTENSION, Reason.TECHNICAL, "The screen flickered.", 30)
    requesting.ask(session, actor=actor, attempt_id=attempt, wanted=wanted, request_id=new_id(), now=now + 6 * MINUTE)
    session.flush()
    return held


def test_the_evidence_holds_the_sitting_and_what_proctors_saw_and_did(session: Session, clock: FrozenClock) -> None:
    """R-11: who proctored, who checked identity and who acted stand in it by name."""
    held = eventful(session, clock.now())
    attempt = held.seats[0].attempt_id
    assert attempt is not None
    actor = held.proctor.identity
    found = service.record_of(session, actor=actor, attempt_id=attempt, now=clock.now())
    told = json.loads(service.evidence_json(found, with_key=True, made_by="Lena Okonkwo", now=clock.now()))
    assert [one["place"] for one in told["sitting_plans"]] == ["Training room 2"]
    assert [told["people"][one["proctor"]] for one in told["proctors"]] == [held.proctor.identity.name]
    assert [one["identity_document"] for one in told["identity_checks"]] == ["Passport"]
    assert [(one["text"], bool(one["acknowledged_at"])) for one in told["messages"]] == [("Ten minutes are left.", True)]
    assert sorted(one["what"] for one in told["incidents"]) == ["A phone rang.", "Somebody knocked."]
    assert [one["note"] for one in told["incidents"] if one["ruling"]] == ["It was put away."]
    assert [(one["kind"], one["done"]) for one in told["proctor_acts"]] == [("pause", True)]
    assert [(one["asked"], one["minutes"], one["outcome"]) for one in told["requests"]] == [(Asked.EXTENSION, 30, None)]


def test_the_evidence_says_nothing_of_the_others_in_the_room(session: Session, clock: FrozenClock) -> None:
    held = eventful(session, clock.now())
    attempt, other = held.seats[0].attempt_id, held.seats[1]
    assert attempt is not None
    found = service.record_of(session, actor=held.proctor.identity, attempt_id=attempt, now=clock.now())
    told = service.evidence_json(found, with_key=True, made_by="Lena Okonkwo", now=clock.now()).decode()
    assert "whispered" not in told
    assert not {other.who.name, str(other.enrollment_id), str(other.attempt_id)} & set(told.replace('"', " ").split())
    assert other.who.name not in told
