"""Acts of a proctor on officers of a sitting, one or several at once: each officer is told apart, and each act is done once."""

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.accounts.rules import Identity
from lms.enrollments.models import Enrollment
from lms.exams import acts, devices, messages
from lms.exams.acts import Act, Reason
from lms.exams.models import Attempt
from lms.exams.rules import Policy
from lms.kernel.errors import Conflict, Invalid, Refusal
from lms.kernel.ids import new_id
from lms.proctoring import console_queries, requesting, rules
from lms.proctoring.models import SittingAct
from lms.proctoring.rules import ActKind, Asked
from lms.proctoring.timeline_rules import spoken
from lms.questions import security
from lms.sittings import proctors
from lms.sittings import queries as sittings
from lms.sittings.models import SittingOfficer
from lms.sittings.proctor_rules import ProctorSide, ties

MOST_AT_ONCE = 200


class NobodyChosen(Invalid):
    """The act is meant for nobody of this sitting."""


class NothingDone(Conflict):
    """The act could be done to none of those it was meant for. Says why for each."""


class SittingClosed(Conflict):
    """A proctor has closed the sitting: nothing more is done in it."""


class OtherForm(Conflict):
    """The form was used for something else."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a proctor wants done, to whom, and why. `form_id` makes it happen once."""

    kind: ActKind
    officers: frozenset[uuid.UUID]
    """By their enrollments."""
    reason: Reason
    note: str
    form_id: uuid.UUID
    minutes: int = 0
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an order for one officer: done, or why not; `said` tells it in a sentence without its subject."""

    enrollment: str
    attempt: str
    name: str
    done: bool
    said: str


@dataclass(frozen=True, slots=True)
class Target:
    """An officer whom an order is meant for. `tie` is why this proctor may not act on the officer (R-11)."""

    enrollment_id: uuid.UUID
    name: str
    attempt: Attempt | None
    tie: str


def carry_out(session: Session, *, actor: Identity, sitting_id: uuid.UUID, order: Order, now: datetime) -> list[Done]:
    """Do what was ordered to each officer to whom it can be done, and say for each what became of it.

    Raises NothingDone when it could be done to nobody. The same form again changes nothing and tells what was done.
    """
    before = session.get(SittingAct, order.form_id)
    if before is not None:
        return _told_again(before, sitting_id, actor)
    refuse_unless_working(session, actor=actor, sitting_id=sitting_id, now=now)
    targets = _targets(session, actor, sitting_id, order.officers, now)
    if not targets:
        raise NobodyChosen("Choose at least one officer of this sitting.")
    outcomes = [_one(session, actor, order, target, now) for target in targets]
    if not any(one.done for one in outcomes):
        raise NothingDone(" ".join(f"{one.name}: {one.said}" for one in outcomes))
    session.add(
        SittingAct(
            id=order.form_id,
            sitting_id=sitting_id,
            kind=order.kind,
            reason=order.reason,
            note=order.note.strip(),
            told=_told(order),
            outcomes=[asdict(one) for one in outcomes],
            done_by=actor.user_id,
            at=now,
        )
    )
    return sorted(outcomes, key=lambda one: one.name)


def refuse_unless_working(session: Session, *, actor: Identity, sitting_id: uuid.UUID, now: datetime) -> console_queries.Ground:
    """The sitting, for a proctor named to it who has signed the test-security agreement, while it is not closed (R-10, R-11)."""
    found = console_queries.ground(session, actor=actor, sitting_id=sitting_id)
    security.require(session, actor=actor, now=now)
    if found.closed_at is not None:
        raise SittingClosed("This sitting was closed: nothing more can be done in it.")
    return found


def _told_again(before: SittingAct, sitting_id: uuid.UUID, actor: Identity) -> list[Done]:
    if before.sitting_id != sitting_id or before.done_by != actor.user_id:
        raise OtherForm("This form was used before. Open it again from the console.")
    return [Done(**one) for one in before.outcomes]


def _told(order: Order) -> dict[str, object]:
    """What the order said beside its reason."""
    moments = {"since": order.since, "until": order.until}
    told: dict[str, object] = {name: at.isoformat(timespec="milliseconds") for name, at in moments.items() if at is not None}
    return told | ({"minutes": order.minutes} if order.minutes else {})


def _targets(session: Session, actor: Identity, sitting_id: uuid.UUID, officers: frozenset[uuid.UUID], now: datetime) -> list[Target]:
    """Those whom it is meant for, in the order of their attempts, so that two proctors who act at once never wait for each other."""
    asked = (
        select(Enrollment.id, Officer.name, Attempt, *proctors.OFFICER_SIDE)
        .join_from(SittingOfficer, Enrollment, Enrollment.id == SittingOfficer.enrollment_id)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .outerjoin(Attempt, and_(Attempt.sitting_id == SittingOfficer.sitting_id, Attempt.enrollment_id == SittingOfficer.enrollment_id))
        .where(SittingOfficer.sitting_id == sitting_id, sittings.placed(), Enrollment.id.in_(sorted(officers)[:MOST_AT_ONCE]))
        .order_by(Attempt.id, Enrollment.id)
    )
    side = proctors.proctor_side(session, actor=actor, now=now)
    found = {row[0]: Target(row[0], row[1], row[2], _tie(side, row)) for row in session.execute(asked)}
    return list(found.values())


def _tie(side: ProctorSide, row: Any) -> str:
    return next((str(tie) for tie in ties(side, proctors.officer_side(row[3:]))), "")


def _one(session: Session, actor: Identity, order: Order, target: Target, now: datetime) -> Done:
    """One officer's part. What is refused for one holds up nobody else: every refusal comes before anything is written."""
    said = target.tie or ("This officer has not begun." if target.attempt is None else "")
    done = False
    if target.attempt is not None and not said:
        act = Act(actor, order.reason, order.note, now)
        try:
            said, done = _DOES[order.kind](session, act, target.attempt, order), True
        except Refusal as refusal:
            said = str(refusal)
    attempt_id = "" if target.attempt is None else str(target.attempt.id)
    return Done(str(target.enrollment_id), attempt_id, target.name, done, said)


def _pause(session: Session, act: Act, attempt: Attempt, _order: Order) -> str:
    acts.pause(session, act, attempt_id=attempt.id)
    return "Paused."


def _resume(session: Session, act: Act, attempt: Attempt, _order: Order) -> str:
    acts.resume(session, act, attempt_id=attempt.id)
    return "Resumed."


def _extend(session: Session, act: Act, attempt: Attempt, order: Order) -> str:
    """Give more time, or ask for it where one person alone may not give so much."""
    more = timedelta(minutes=order.minutes)
    given = acts.state_of(session, attempt.id).extended
    if not rules.more_than_alone(Policy(**attempt.policy), given=given, more=more):
        acts.extend(session, act, attempt_id=attempt.id, more=more)
        return f"Given {order.minutes} min."
    wanted = requesting.Wanted(Asked.EXTENSION, act.reason, act.note, order.minutes)
    requesting.ask(session, actor=act.by, attempt_id=attempt.id, wanted=wanted, request_id=new_id(), now=act.at)
    return f"{order.minutes} min asked for: a second person must confirm, because it is more than a quarter of the exam's time in all."


def _give_back(session: Session, act: Act, attempt: Attempt, order: Order) -> str:
    since, until = order.since or act.at, order.until or act.at
    owed = acts.give_back(session, act, attempt_id=attempt.id, since=since, until=until)
    if not owed:
        raise NothingLost("Lost no running time between these moments.")
    return f"Given back {spoken(owed)}."


class NothingLost(Conflict):
    """The attempt did not run between the moments that were named."""


def _message(session: Session, act: Act, attempt: Attempt, order: Order) -> str:
    messages.send(session, actor=act.by, attempt_ids=[attempt.id], text=order.note, now=act.at)
    return "Message sent."


def _terminate(session: Session, act: Act, attempt: Attempt, _order: Order) -> str:
    acts.terminate(session, act, attempt_id=attempt.id)
    return "Exam ended. What was saved is scored."


def _release(session: Session, act: Act, attempt: Attempt, _order: Order) -> str:
    devices.release(session, act, attempt_id=attempt.id)
    return "Released: the next device that opens the exam writes."


_DOES: dict[ActKind, Callable[[Session, Act, Attempt, Order], str]] = {
    ActKind.PAUSE: _pause,
    ActKind.RESUMPTION: _resume,
    ActKind.EXTENSION: _extend,
    ActKind.TIME_LOST: _give_back,
    ActKind.MESSAGE: _message,
    ActKind.RELEASE: _release,
    ActKind.TERMINATION: _terminate,
}


@dataclass(frozen=True, slots=True)
class Loss:
    """What one officer would be given back for a time without power or network."""

    enrollment_id: uuid.UUID
    name: str
    lost: timedelta
    said: str


def losses(session: Session, *, actor: Identity, sitting_id: uuid.UUID, order: Order, now: datetime) -> list[Loss]:
    """What an order to give back lost time would give each officer, without giving it."""
    refuse_unless_working(session, actor=actor, sitting_id=sitting_id, now=now)
    return sorted(
        (_loss(session, target, order, now) for target in _targets(session, actor, sitting_id, order.officers, now)),
        key=lambda one: one.name,
    )


def _loss(session: Session, target: Target, order: Order, now: datetime) -> Loss:
    if target.tie or target.attempt is None:
        return Loss(target.enrollment_id, target.name, timedelta(), target.tie or "This officer has not begun.")
    lost = acts.owed(session, attempt=target.attempt, since=order.since or now, until=order.until or now, now=now)
    return Loss(target.enrollment_id, target.name, lost, spoken(lost) if lost else "Nothing: it lost no running time, or is not running.")
