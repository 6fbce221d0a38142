"""What those who run an exam may do to an attempt: pause, resume, give time, terminate, reinstate, void. Each act says why.

Every act is a step in the attempt's chain and an entry of the audit trail that names the question the officer was on. Acts that can
change an outcome need a second person: voiding, reinstating, and more than a quarter of the exam's time.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import lockdown
from lms.accounts.models import Officer
from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.exams import queries, rules, scoring, service, timing
from lms.exams.models import Attempt, AttemptHead, ExamResult, QuestionView, ResultWait
from lms.exams.rules import RELEASED, AttemptState, Kind, Policy
from lms.kernel.errors import Conflict, Forbidden, Invalid

ALONE: Final = 4
"""One person alone may add a quarter of the exam's time."""


class Reason(StrEnum):
    """Why an act was done; a note says more."""

    REST = "rest break"
    MEDICAL = "medical need"
    TECHNICAL = "technical trouble"
    POWER = "the room lost power or network"
    EVACUATION = "the room was cleared"
    IDENTITY = "identity in doubt"
    CONDUCT = "conduct"
    ERROR = "a mistake of the program"
    OTHER = "another reason"


class NotNow(Conflict):
    """The attempt is not in a state in which this can be done."""


class NotYours(Forbidden):
    """Nobody acts on their own exam (R-11)."""


class SecondPersonNeeded(Forbidden):
    """The act can change an outcome: somebody else must confirm it."""


class NoTime(Invalid):
    """There is no time to give."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it, why, and when; `confirmed_by` is the second person where one is needed."""

    by: Identity
    reason: Reason
    note: str
    at: datetime
    confirmed_by: Identity | None = None


def pause(session: Session, act: Act, *, attempt_id: uuid.UUID) -> None:
    """Let the officer's time stand still."""
    attempt, head = running(session, act, attempt_id)
    head.paused_at = act.at
    record(session, act, attempt, Kind.PAUSED, "paused an exam")


def resume(session: Session, act: Act, *, attempt_id: uuid.UUID) -> None:
    """Let the time run again: the deadline moves by exactly the length of the pause."""
    attempt = _locked(session, act, attempt_id)
    head = session.get_one(AttemptHead, attempt_id)
    if head.paused_at is None or head.due_at is None:
        raise NotNow("This exam is not paused.")
    head.due_at, head.paused_at = head.due_at + (act.at - head.paused_at), None
    record(session, act, attempt, Kind.RESUMED, "resumed an exam")


def extend(session: Session, act: Act, *, attempt_id: uuid.UUID, more: timedelta) -> None:
    """Give more time. What goes beyond a quarter of the exam's time, in all, another person confirms."""
    attempt, head = running(session, act, attempt_id)
    if more <= timedelta() or head.due_at is None:
        raise NoTime("Give at least one second.")
    given = state_of(session, attempt_id).extended + more
    if given * ALONE > timedelta(seconds=Policy(**attempt.policy).seconds):
        _require_second(act)
    head.due_at += more
    record(session, act, attempt, Kind.EXTENDED, "gave more time in an exam", **_milliseconds(more))


def give_back(session: Session, act: Act, *, attempt_id: uuid.UUID, since: datetime, until: datetime) -> timedelta:
    """Give an attempt under way exactly the running time that it lost between two moments, and return it. One person can: it is owed."""
    attempt, head = running(session, act, attempt_id)
    lost = owed(session, attempt=attempt, since=since, until=until, now=act.at)
    if lost and head.due_at is not None:
        head.due_at += lost
        between = {"lost_from": since.isoformat(timespec="milliseconds"), "lost_to": until.isoformat(timespec="milliseconds")}
        record(session, act, attempt, Kind.EXTENDED, "gave back lost time in an exam", **_milliseconds(lost), **between)
    return lost


def owed(session: Session, *, attempt: Attempt, since: datetime, until: datetime, now: datetime) -> timedelta:
    """The running time that an attempt lost between two moments, which are never later than `now`."""
    return timing.lost(state_of(session, attempt.id), Policy(**attempt.policy), since=since, until=min(until, now))


def terminate(session: Session, act: Act, *, attempt_id: uuid.UUID) -> None:
    """End an attempt before its time. What was saved is scored; whether it counts is for the program to rule."""
    _locked(session, act, attempt_id)
    said = _said(session, act, attempt_id)
    if not service.close(session, actor=act.by, attempt_id=attempt_id, kind=Kind.TERMINATED, now=act.at, said=said):
        raise NotNow("This exam is over already.")


def reinstate(session: Session, act: Act, *, attempt_id: uuid.UUID, more: timedelta) -> None:
    """Open a closed attempt again, with what it had left when it closed and `more` time. Another person confirms."""
    attempt = _locked(session, act, attempt_id)
    _require_second(act)
    state, policy = state_of(session, attempt_id), Policy(**attempt.policy)
    if state.closed_at is None or state.voided:
        raise NotNow("Only an exam that is closed, and not void, can be reinstated.")
    left = timing.left_at_closing(state, policy) + more
    if left <= timedelta():
        raise NoTime("The exam ended at its deadline: give the time that the officer is to have.")
    _refuse_second_exam(session, act, attempt)
    head = session.get_one(AttemptHead, attempt_id)
    head.due_at, head.device = act.at + left + timing.grace(policy), RELEASED  # whichever device the officer comes back with
    scoring.withdraw(session, attempt=attempt)
    lockdown.begin(session, user_id=_user_of(session, attempt), attempt_id=attempt_id, now=act.at)
    added = act.at + left - timing.deadline(state, policy, now=act.at)
    record(session, act, attempt, Kind.REINSTATED, "reinstated an exam", **_milliseconds(added))


def _refuse_second_exam(session: Session, act: Act, attempt: Attempt) -> None:
    asked = select(AttemptHead).join(Attempt, Attempt.id == AttemptHead.attempt_id).where(Attempt.officer_id == attempt.officer_id)
    if any(timing.is_open(act.at, head.due_at, head.paused_at) for head in session.scalars(asked.where(AttemptHead.due_at.is_not(None)))):
        raise NotNow("The officer is sitting another exam. Reinstate this one when that one is over.")


def void(session: Session, act: Act, *, attempt_id: uuid.UUID) -> None:
    """Rule that a closed attempt does not count, for or against the officer. The record of it stays. Another person confirms."""
    attempt = _locked(session, act, attempt_id)
    _require_second(act)
    result = session.get(ExamResult, attempt_id)
    if (result is None and session.get(ResultWait, attempt_id) is None) or (result is not None and result.voided):
        raise NotNow("Only an exam that is closed, and not void yet, can be voided.")
    scoring.void(session, attempt=attempt, now=act.at)
    record(session, act, attempt, Kind.VOIDED, "voided an exam")


def state_of(session: Session, attempt_id: uuid.UUID) -> AttemptState:
    """What the steps of an attempt add up to."""
    return rules.fold(queries.entries(session, attempt_id=attempt_id))


def question_at(session: Session, attempt_id: uuid.UUID) -> int | None:
    """The question that the officer saw last."""
    asked = select(QuestionView.position).where(QuestionView.attempt_id == attempt_id)
    return session.scalar(asked.order_by(QuestionView.at.desc(), QuestionView.position.desc()).limit(1))


def _user_of(session: Session, attempt: Attempt) -> uuid.UUID | None:
    return session.get_one(Officer, attempt.officer_id).user_id


def _locked(session: Session, act: Act, attempt_id: uuid.UUID) -> Attempt:
    attempt = service.locked(session, attempt_id)
    if act.by.officer_id == attempt.officer_id:
        raise NotYours("You cannot act on your own exam. Another proctor must.")
    return attempt


def running(session: Session, act: Act, attempt_id: uuid.UUID, *, or_paused: bool = False) -> tuple[Attempt, AttemptHead]:
    """The attempt, locked, and its head. Raises NotNow unless it is under way, and not paused where that matters."""
    attempt, head = _locked(session, act, attempt_id), session.get_one(AttemptHead, attempt_id)
    if not (timing.is_open if or_paused else timing.accepts)(act.at, head.due_at, head.paused_at):
        raise NotNow("This exam is paused: resume it first." if head.paused_at else "This exam is over.")
    return attempt, head


def _require_second(act: Act) -> None:
    if act.confirmed_by is None or act.confirmed_by.user_id in {None, act.by.user_id}:
        raise SecondPersonNeeded("This can change the outcome of an exam: another person must confirm it.")


def _milliseconds(length: timedelta) -> dict[str, int]:
    return {"milliseconds": length // timedelta(milliseconds=1)}


def _said(session: Session, act: Act, attempt_id: uuid.UUID) -> dict[str, object]:
    if not act.note.strip():
        raise Invalid("Say in a few words what happened: the record keeps it.")
    confirmed = {"confirmed_by": str(act.confirmed_by.user_id)} if act.confirmed_by else {}
    return {"reason": str(act.reason), "note": act.note.strip(), "question": question_at(session, attempt_id), **confirmed}


def record(session: Session, act: Act, attempt: Attempt, kind: Kind, action: str, **more: str | int) -> None:
    """The step and the entry of an act."""
    said = _said(session, act, attempt.id) | more
    service.append(session, actor=act.by, attempt_id=attempt.id, kind=kind, payload=said, now=act.at)
    audit.record(
        session,
        actor=act.by,
        action=action,
        object_type="attempt",
        object_id=attempt.id,
        agency_id=attempt.agency_id,
        reason=f"{act.reason}: {act.note.strip()}",
        details={name: value for name, value in said.items() if name not in {"note", "reason"}},
        now=act.at,
    )
