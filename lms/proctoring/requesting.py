"""Acts that can change the outcome of an exam: one person asks, another confirms, and then it is done; or declines."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.exams import acts, service
from lms.exams.acts import Act, NotYours, Reason
from lms.exams.models import Attempt, ExamScoring
from lms.exams.rules import AttemptState
from lms.exams.starting import InvolvedProctor
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.proctoring import rules
from lms.proctoring.models import ActDecision, ActRequest
from lms.proctoring.rules import Asked, Outcome
from lms.questions import security
from lms.sittings import proctors
from lms.sittings.proctor_rules import ties

OBJECT_TYPE: Final = "act request"
LONGEST_MINUTES: Final = 600


class NotAskable(Conflict):
    """The attempt is not in a state in which this can be asked for."""


class AlreadyAsked(Conflict):
    """The same act is waiting for a second person."""


class NoMinutes(Invalid):
    """The time to give is missing or makes no sense."""


class NoSuchRequest(NotFound):
    """There is no such request, or somebody has decided it."""


class OwnRequest(Forbidden):
    """Nobody confirms what they asked for themselves."""


class AttemptChanged(Conflict):
    """Something that decides the outcome has changed since this was asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for and why. `minutes` is the time that an extension or a reinstatement gives."""

    asked: Asked
    reason: Reason
    note: str
    minutes: int = 0


def ask(session: Session, *, actor: Identity, attempt_id: uuid.UUID, wanted: Wanted, request_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """Ask for an act that takes two persons. The same form again changes nothing."""
    if session.get(ActRequest, request_id) is not None:
        return request_id
    attempt = service.locked(session, attempt_id)
    refuse_involved(session, actor=actor, attempt=attempt, now=now)
    security.require(session, actor=actor, now=now)
    state = acts.state_of(session, attempt_id)
    _refuse_unaskable(session, wanted, state, attempt_id)
    made = ActRequest(
        id=request_id,
        attempt_id=attempt_id,
        asked=wanted.asked,
        minutes=wanted.minutes,
        reason=wanted.reason,
        note=_said(wanted.note),
        standing=rules.standing_mark(state, scoring=_scoring(session, attempt_id)),
        requested_by=actor.user_id,
        at=now,
    )
    session.add(made)
    _tell(session, actor, "asked for an act on an exam that takes two persons", made, attempt, now)
    return made.id


def _refuse_unaskable(session: Session, wanted: Wanted, state: AttemptState, attempt_id: uuid.UUID) -> None:
    is_closed = state.closed_by is not None and not state.voided
    if is_closed == (wanted.asked is Asked.EXTENSION):
        raise NotAskable("This exam is closed." if is_closed else "Only an exam that is closed, and not void, can be ruled on so.")
    least = {Asked.EXTENSION: 1, Asked.REINSTATEMENT: 0, Asked.VOIDING: 0}[wanted.asked]
    if not least <= wanted.minutes <= LONGEST_MINUTES:
        raise NoMinutes(f"Enter the minutes to give: from {least} to {LONGEST_MINUTES}.")
    undecided = ~exists().where(ActDecision.request_id == ActRequest.id)
    same = select(ActRequest.id).where(ActRequest.attempt_id == attempt_id, ActRequest.asked == wanted.asked, undecided)
    if session.scalar(same.limit(1)) is not None:
        raise AlreadyAsked("This was asked for already and waits for a second person.")


def confirm(session: Session, *, actor: Identity, request_id: uuid.UUID, note: str, now: datetime) -> None:
    """Do, as the second person, what somebody else asked for, unless the attempt has changed in what matters since."""
    request, attempt = _open(session, actor, request_id, now)
    if request.requested_by == actor.user_id:
        raise OwnRequest("You asked for this yourself. Another person must confirm it.")
    after = rules.standing_mark(acts.state_of(session, attempt.id), scoring=_scoring(session, attempt.id))
    changed = rules.what_changed(request.standing, after)
    if changed:
        raise AttemptChanged(f"{changed} Decline it, look at the timeline, and ask again if it is still needed.")
    first = Identity(request.requested_by, session.get_one(User, request.requested_by).name)
    act = Act(first, Reason(request.reason), request.note, now, confirmed_by=actor)
    more = timedelta(minutes=request.minutes)
    if request.asked == Asked.EXTENSION:
        acts.extend(session, act, attempt_id=attempt.id, more=more)
    elif request.asked == Asked.REINSTATEMENT:
        acts.reinstate(session, act, attempt_id=attempt.id, more=more)
    else:
        acts.void(session, act, attempt_id=attempt.id)
    _decide(session, actor, request, attempt, Outcome.CONFIRMED, note, now)


def decline(session: Session, *, actor: Identity, request_id: uuid.UUID, note: str, now: datetime) -> None:
    """Let a request rest for good. Whoever asked may take it back so."""
    request, attempt = _open(session, actor, request_id, now)
    _decide(session, actor, request, attempt, Outcome.DECLINED, _said(note), now)


def refuse_involved(session: Session, *, actor: Identity, attempt: Attempt, now: datetime) -> None:
    """Refuse whoever is tied to the officer: oneself, an instructor of the class, somebody of the officer's agency (R-11)."""
    if actor.officer_id == attempt.officer_id:
        raise NotYours("You cannot act on your own exam. Another proctor must.")
    side = proctors.proctor_side(session, actor=actor, now=now)
    found = ties(side, proctors.officer_of(session, enrollment_id=attempt.enrollment_id))
    if found:
        raise InvolvedProctor(" ".join(found))


def _open(session: Session, actor: Identity, request_id: uuid.UUID, now: datetime) -> tuple[ActRequest, Attempt]:
    """A request that waits, with its attempt locked, for somebody who may decide it."""
    request = session.scalar(select(ActRequest).where(ActRequest.id == request_id).with_for_update())
    if request is None or actor.user_id is None or session.get(ActDecision, request_id) is not None:
        raise NoSuchRequest("There is no such request waiting.")
    attempt = service.locked(session, request.attempt_id)
    refuse_involved(session, actor=actor, attempt=attempt, now=now)
    security.require(session, actor=actor, now=now)
    return request, attempt


def _scoring(session: Session, attempt_id: uuid.UUID) -> int:
    return session.scalar(select(func.max(ExamScoring.number)).where(ExamScoring.attempt_id == attempt_id)) or 0


def _decide(session: Session, actor: Identity, request: ActRequest, attempt: Attempt, outcome: Outcome, note: str, now: datetime) -> None:
    session.add(ActDecision(request_id=request.id, outcome=outcome, note=note.strip(), decided_by=actor.user_id, at=now))
    _tell(session, actor, f"{outcome} an act on an exam that takes two persons", request, attempt, now)


def _tell(session: Session, actor: Identity, action: str, request: ActRequest, attempt: Attempt, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type=OBJECT_TYPE,
        object_id=request.id,
        agency_id=attempt.agency_id,
        reason=f"{request.reason}: {request.note}",
        details={
            "attempt": str(attempt.id),
            "asked": request.asked,
            "minutes": request.minutes,
            "question": acts.question_at(session, attempt.id),
        },
        now=now,
    )


def _said(note: str) -> str:
    if not note.strip():
        raise Invalid("Say in a few words why: the record keeps it.")
    return note.strip()
