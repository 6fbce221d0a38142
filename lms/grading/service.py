"""Marking written answers blind: opening one, marking it, and scoring the attempt when its last mark stands."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.exams import releasing
from lms.exams.models import Attempt, WrittenAnswer
from lms.exams.service import locked
from lms.grading import queries, rules
from lms.grading.models import MarkingTurn, WrittenMark
from lms.grading.queries import AnswerToMark
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.kernel.ids import new_id
from lms.questions import security
from lms.sittings import proctor_rules, proctors

LONGEST_COMMENT = 2000


class NothingToMark(Conflict):
    """No written answer waits that this person may mark."""


class TiedMarker(Forbidden):
    """Nobody marks an answer of their own, of a class they taught, or of an officer of their own agency (R-11)."""


class WrongMarks(Invalid):
    """The points do not fit the rubric."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a marker gives: points by criterion, a comment, and whether a second marker is to look."""

    by_criterion: Mapping[str, int]
    comment: str
    second_wanted: bool


def take(session: Session, *, actor: Identity, now: datetime) -> uuid.UUID:
    """Open the next answer for the actor, by chance, or the one open already; returns the turn. That it was opened is kept (R-10)."""
    security.require(session, actor=actor, now=now)
    open_one = queries.open_turn(session, actor=actor)
    if open_one is not None:
        return open_one
    found = [one.answer_id for one in queries.waiting(session, actor=actor, now=now) if not one.is_tied]
    if not found or actor.user_id is None:
        raise NothingToMark("No written answer waits for you now. Those that wait belong to officers whom you taught or serve with.")
    answer_id = rules.in_order_of(actor.user_id, found)[0]
    known = select(MarkingTurn.id).where(MarkingTurn.answer_id == answer_id, MarkingTurn.marker_id == actor.user_id)
    if (again := session.scalar(known)) is not None:
        return again
    turn = MarkingTurn(id=new_id(), answer_id=answer_id, marker_id=actor.user_id, at=now)
    session.add(turn)
    _record(session, actor=actor, answer_id=answer_id, action="opened a written answer to mark it", details={"turn": str(turn.id)}, now=now)
    return turn.id


def mark(session: Session, *, actor: Identity, turn_id: uuid.UUID, given: Given, now: datetime) -> None:
    """Keep the actor's mark of the answer they opened. It stands when no other marker is needed; the last one has the attempt scored."""
    security.require(session, actor=actor, now=now)
    found = queries.answer_to_mark(session, actor=actor, turn_id=turn_id)
    attempt = locked(session, found.attempt_id)  # two markers of one attempt wait for each other here
    if proctor_rules.ties(
        proctors.proctor_side(session, actor=actor, now=now), proctors.officer_of(session, enrollment_id=attempt.enrollment_id)
    ):
        raise TiedMarker("You have to do with the officer who wrote this. Another marker must mark it: open the next answer.")
    _refuse_wrong(found, given)
    before = queries.marks(session, answer_id=found.answer_id)
    points = rules.points_of(given.by_criterion, found.rubric, out_of=found.terms.out_of)
    made = WrittenMark(
        answer_id=found.answer_id,
        number=len(before) + 1,
        marker_id=actor.user_id,
        by_criterion=dict(given.by_criterion),
        points=points,
        comment=given.comment.strip(),
        second_wanted=given.second_wanted,
        recorded_at=now,
    )
    session.add(made)
    session.flush()  # a second mark of the same place fails here, on its key
    details: dict[str, str | int | bool] = {
        "turn": str(turn_id),
        "number": made.number,
        "points": points,
        "second_wanted": made.second_wanted,
    }
    _record(session, actor=actor, answer_id=found.answer_id, action="marked a written answer", details=details, now=now)
    stands = rules.settled([*before, rules.Mark(points, given.second_wanted)], found.terms)
    if stands is not None:
        answer = session.get_one(WrittenAnswer, found.answer_id)
        releasing.award(session, answer=answer, points=stands, cause=f"mark {made.number}", now=now)


def _refuse_wrong(found: AnswerToMark, given: Given) -> None:
    for one in found.rubric:
        if not 0 <= given.by_criterion.get(one.id, -1) <= one.points:
            raise WrongMarks(f"Give 0 to {one.points} points for “{one.text}”.")
    if len(given.comment) > LONGEST_COMMENT:
        raise WrongMarks(f"Use at most {LONGEST_COMMENT} characters for the comment.")
    if given.second_wanted and not given.comment.strip():
        raise WrongMarks("Say in the comment why a second marker is to look.")


def _record(
    session: Session, *, actor: Identity, answer_id: uuid.UUID, action: str, details: Mapping[str, str | int | bool], now: datetime
) -> None:
    answer = session.get_one(WrittenAnswer, answer_id)
    attempt = session.get_one(Attempt, answer.attempt_id)
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="written answer",
        object_id=answer_id,
        agency_id=attempt.agency_id,
        details=dict(details),
        now=now,
    )
