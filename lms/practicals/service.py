"""Rating officers in practical exercises, deciding where raters differ, opening repeats, and raising and answering alarms (R-12)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Grant, Officer, User
from lms.accounts.permissions import Permission, Role
from lms.accounts.queries import held
from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.enrollments import queries as classes
from lms.enrollments import service as class_service
from lms.enrollments.models import Enrollment
from lms.enrollments.queries import OfferingDetail
from lms.enrollments.service import ClassIsOver
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id
from lms.notices import service as notices
from lms.notices.rules import Kind, spoken
from lms.notices.service import Recipient
from lms.practicals import queries, rules
from lms.practicals.models import (
    PracticalAlarm,
    PracticalAlarmAnswer,
    PracticalDecision,
    PracticalMark,
    PracticalRating,
    PracticalRepeat,
    PracticalResult,
)
from lms.practicals.queries import Go, Rated, Record
from lms.practicals.rules import BOTH_RATED, Given, Result, State


class NoSuchExercise(NotFound):
    """The officer's course holds no such exercise, or the officer is not in a class."""


class OwnExercise(Forbidden):
    """Nobody rates, decides about or repeats an exercise of their own."""


class AlreadyRated(Conflict):
    """Two raters have rated this go."""


class AlreadyDecided(Conflict):
    """A third rater has decided, so that the ratings stand as they are."""


class WrongRating(Invalid):
    """Something in a rating is missing or cannot be so."""


class CorrectionNeedsReason(Invalid):
    """A rating given before is corrected only with a reason."""


class NothingToDecide(Conflict):
    """The raters do not differ."""


class DeciderRated(Forbidden):
    """Who rated a go does not decide about it."""


class DecisionNeedsReason(Invalid):
    """A decision says why."""


class NothingToRepeat(Conflict):
    """The newest go was not failed."""


class RepeatNeedsProgram(Forbidden):
    """The repeat that instructors may open is used up."""


class RepeatNeedsRemediation(Invalid):
    """A repeat says what was practiced before it."""


class NoSuchAlarm(NotFound):
    """There is no such alarm that is open."""


class AnswerNeedsWords(Invalid):
    """An alarm is answered with what was done."""


@dataclass(frozen=True, slots=True)
class Place:
    """An officer's exercise in a class, which nobody else decides about until the transaction ends."""

    enrollment_id: uuid.UUID
    agency_id: uuid.UUID
    offering: OfferingDetail
    record: Record

    @property
    def practical_id(self) -> str:
        return self.record.exercise.id

    @property
    def go(self) -> Go:
        return self.record.newest


@dataclass(frozen=True, slots=True)
class Rating:
    """What a rater sends: when the exercise was held, what each criterion is given, and why an earlier rating is corrected."""

    held_on: date
    given: Mapping[str, Given]
    reason: str = ""


def _place(session: Session, actor: Identity, enrollment_id: uuid.UUID, practical_id: str, now: datetime) -> Place:
    asked = (
        select(Enrollment.offering_id, Enrollment.agency_id, Officer.user_id)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .where(Enrollment.id == enrollment_id, ~classes.withdrawn())
    )
    row = session.execute(asked).first()
    if row is None:
        raise NoSuchExercise("There is no such officer in a class.")
    if actor.user_id == row.user_id:
        raise OwnExercise("This is your own exercise. Somebody else rates it and decides about it.")
    offering = class_service.locked(session, offering_id=row.offering_id, now=now)
    if offering.cancelled:
        raise ClassIsOver("This class was cancelled. Nothing more is recorded in it.")
    found = queries.records(session, enrollment_id=enrollment_id, manifest=offering.manifest, practical_id=practical_id)
    if not found:
        raise NoSuchExercise("The course of this class has no such practical exercise.")
    return Place(enrollment_id, row.agency_id, offering, found[0])


# --- Rating ---------------------------------------------------------------------------------------------------------


def rate(session: Session, *, actor: Identity, enrollment_id: uuid.UUID, practical_id: str, rating: Rating, now: datetime) -> State:
    """Rate the newest go of an officer, or correct one's own rating of it, and return where the go stands. The same again adds nothing.

    Raises NoSuchExercise, OwnExercise, AlreadyRated, AlreadyDecided, WrongRating, and CorrectionNeedsReason.
    """
    place = _place(session, actor, enrollment_id, practical_id, now)
    before = place.go.by(actor.user_id)
    if before is not None and (before.held_on, before.given) == (rating.held_on, rating.given):
        return place.go.state
    _refuse_rating(place, before, rating, now)
    reason = rating.reason.strip() if before else ""
    if before is not None and not reason:
        raise CorrectionNeedsReason("You rated this before. Say why you correct it; both ratings stay on record.")
    number = before.number + 1 if before else 1
    _keep_rating(session, place, Rating(rating.held_on, rating.given, reason), rater_id=actor.user_id, number=number, now=now)
    state = _work_out(session, place, now)
    action = "corrected a rating of a practical exercise" if before else "rated a practical exercise"
    _tell(session, actor, action, place, now, reason=reason or None, state=state)
    _raise_alarm(session, actor, place, now)
    return state


def _refuse_rating(place: Place, before: Rated | None, rating: Rating, now: datetime) -> None:
    go = place.go
    if before is None and go.state is State.FAILED:
        raise AlreadyRated("Two raters have rated this exercise, and it was failed. Open a repeat before it is rated again.")
    if before is None and go.state in BOTH_RATED:
        raise AlreadyRated("Two raters have rated this exercise already.")
    if go.decided is not None:
        raise AlreadyDecided("A third rater has decided about this go, so its ratings stand. Ask for a new decision if it was wrong.")
    if rating.given.keys() - {one.id for one in go.rubric.criteria}:
        raise WrongRating("The exercise has no such criterion. Open the form again.")
    fault = rules.fault_of_day(rating.held_on, starts_on=place.offering.starts_on, today=_today(place.offering, now))
    faults = (rules.fault_of_given(one, rating.given.get(one.id)) for one in go.rubric.criteria)
    refused = fault or next((one for one in faults if one), None)
    if refused:
        raise WrongRating(refused)


def _today(offering: OfferingDetail, now: datetime) -> date:
    return now.astimezone(ZoneInfo(offering.time_zone)).date()


def _keep_rating(session: Session, place: Place, sent: Rating, *, rater_id: uuid.UUID | None, number: int, now: datetime) -> None:
    rating = PracticalRating(
        id=new_id(),
        enrollment_id=place.enrollment_id,
        practical_id=place.practical_id,
        go=place.go.number,
        rater_id=rater_id,
        number=number,
        practical_hash=place.go.edition,
        held_on=sent.held_on,
        reason=sent.reason,
        recorded_at=now,
    )
    session.add(rating)
    session.flush()  # its marks point to it
    marks = sent.given.items()
    session.add_all(PracticalMark(rating_id=rating.id, criterion_id=one, mark=said.mark, note=said.note) for one, said in marks)
    session.flush()


def _work_out(session: Session, place: Place, now: datetime) -> State:
    """Keep what the newest go comes to now, where that has changed."""
    (record,) = queries.records(
        session, enrollment_id=place.enrollment_id, manifest=place.offering.manifest, practical_id=place.practical_id
    )
    go = record.newest
    decided = None if go.decided is None else go.decided.passed
    found = rules.result(go.rubric, [one.sheet for one in go.rated], decided=decided)
    if found != go.standing.result:
        _keep_result(session, place, go.number, found, now)
    return found.state


def _keep_result(session: Session, place: Place, go: int, found: Result, now: datetime) -> None:
    which = {"enrollment_id": place.enrollment_id, "practical_id": place.practical_id, "go": go}
    before = session.scalars(select(PracticalResult.number).filter_by(**which)).all()
    told = {"state": found.state, "earned": found.earned, "possible": found.possible}
    session.add(PracticalResult(**which, number=max(before, default=0) + 1, **told, at=now))
    session.flush()


def _tell(session: Session, actor: Identity, action: str, place: Place, now: datetime, *, reason: str | None, state: State) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="enrollment",
        object_id=place.enrollment_id,
        agency_id=place.agency_id,
        reason=reason,
        details={"practical": place.practical_id, "go": place.go.number, "state": state},
        now=now,
    )


# --- Where raters differ --------------------------------------------------------------------------------------------


def decide(
    session: Session, *, actor: Identity, enrollment_id: uuid.UUID, practical_id: str, passed: bool, reason: str, now: datetime
) -> State:
    """Decide as a third rater about a go in which the two differ, or decide anew. Returns where it stands."""
    place = _place(session, actor, enrollment_id, practical_id, now)
    earlier = place.go.decided
    if place.go.state is not State.DIFFER and earlier is None:
        raise NothingToDecide("The raters do not differ in this exercise, so there is nothing to decide.")
    if place.go.by(actor.user_id) is not None:
        raise DeciderRated("You rated this go yourself. A third rater decides about it.")
    if not reason.strip():
        raise DecisionNeedsReason("Say why you decide so; both raters and the officer will read it.")
    which = {"enrollment_id": enrollment_id, "practical_id": practical_id, "go": place.go.number}
    number = earlier.number + 1 if earlier else 1
    session.add(PracticalDecision(**which, number=number, passed=passed, reason=reason.strip(), decided_by=actor.user_id, at=now))
    session.flush()
    state = _work_out(session, place, now)
    _tell(session, actor, "decided about a practical exercise", place, now, reason=reason.strip(), state=state)
    _raise_alarm(session, actor, place, now)
    return state


# --- Repeats --------------------------------------------------------------------------------------------------------


def open_repeat(session: Session, *, actor: Identity, enrollment_id: uuid.UUID, practical_id: str, remediation: str, now: datetime) -> int:
    """Open a further go after a failure, and return its number. Beyond the first repeat that is the program's to do."""
    place = _place(session, actor, enrollment_id, practical_id, now)
    standing = place.go.standing
    if standing.state is not State.FAILED:
        raise NothingToRepeat("Only a failed exercise is repeated.")
    if standing.needs_program and not actor.may(Permission.CLASS_MANAGE):
        raise RepeatNeedsProgram("The repeat was used. Whether there is another one is for the program to decide: ask a program officer.")
    if not remediation.strip():
        raise RepeatNeedsRemediation("Say what was practiced since the failure.")
    go = standing.go + 1
    which = {"enrollment_id": enrollment_id, "practical_id": practical_id, "go": go}
    session.add(PracticalRepeat(**which, remediation=remediation.strip(), opened_by=actor.user_id, at=now))
    _keep_result(session, place, go, Result(State.NOT_RATED), now)
    _tell(session, actor, "opened a repeat of a practical exercise", place, now, reason=remediation.strip(), state=State.NOT_RATED)
    return go


# --- Alarms ---------------------------------------------------------------------------------------------------------


def _raise_alarm(session: Session, actor: Identity, place: Place, now: datetime) -> None:
    """Raise the alarm of R-12 once it is due: by each officer's first go, so that repeats hide nothing."""
    offering, exercise = place.offering, place.record.exercise
    states = queries.first_states(session, offering_id=offering.id, practical_id=exercise.id)
    failed, rated = states.count(State.FAILED), sum(one in rules.SETTLED for one in states)
    raised = session.get(PracticalAlarm, (offering.id, exercise.id)) is not None
    if raised or not rules.is_alarming(failed=failed, rated=rated):
        return
    due_at = rules.alarm_due_at(now)
    alarm = {"title": exercise.title, "failed": failed, "rated": rated, "raised_at": now, "due_at": due_at}
    session.add(PracticalAlarm(offering_id=offering.id, practical_id=exercise.id, **alarm))
    session.flush()
    details = {"practical": exercise.id, "failed": failed, "rated": rated}
    _tell_of_alarm(session, actor, "raised an alarm about a practical exercise", offering.id, now, details=details)
    facts = {
        "failed": str(failed),
        "rated": str(rated),
        "exercise": exercise.title,
        "title": offering.title,
        "due": spoken(due_at, offering.time_zone),
    }
    for to in _program_officers(session, now):
        key = f"practical alarm:{offering.id}:{exercise.id}:{to.email}"
        notices.write(session, kind=Kind.PRACTICAL_ALARM, key=key, to=to, facts=facts, path=f"/classes/{offering.id}/practicals", now=now)


def _program_officers(session: Session, now: datetime) -> list[Recipient]:
    asked = select(User.name, User.email, User.id).join(Grant, Grant.user_id == User.id)
    rows = session.execute(asked.where(Grant.role == Role.PROGRAM_OFFICER, held(now)).order_by(User.name, User.id).distinct())
    return [Recipient(name, email, user_id) for name, email, user_id in rows]


def _tell_of_alarm(
    session: Session,
    actor: Identity,
    action: str,
    offering_id: uuid.UUID,
    now: datetime,
    *,
    details: dict[str, object],
    reason: str | None = None,
) -> None:
    audit.record(
        session, actor=actor, action=action, object_type="offering", object_id=offering_id, reason=reason, details=details, now=now
    )


def answer_alarm(session: Session, *, actor: Identity, offering_id: uuid.UUID, practical_id: str, what: str, now: datetime) -> None:
    """Answer an alarm with what was done about it. Raises NoSuchAlarm when there is none that is open."""
    class_service.locked(session, offering_id=offering_id, now=now)
    key = (offering_id, practical_id)
    if session.get(PracticalAlarm, key) is None or session.get(PracticalAlarmAnswer, key) is not None:
        raise NoSuchAlarm("There is no such alarm, or it was answered already.")
    if not what.strip():
        raise AnswerNeedsWords("Say what was looked at and what was done.")
    answer = {"what": what.strip(), "answered_by": actor.user_id, "at": now}
    session.add(PracticalAlarmAnswer(offering_id=offering_id, practical_id=practical_id, **answer))
    session.flush()
    done: dict[str, object] = {"practical": practical_id}
    _tell_of_alarm(session, actor, "answered an alarm about a practical exercise", offering_id, now, details=done, reason=what.strip())
