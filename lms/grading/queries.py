"""What waits for a marker, and a written answer as its marker sees it: never whose it is."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Officer
from lms.accounts.rules import Identity
from lms.enrollments.models import Enrollment, Offering
from lms.exams import releasing
from lms.exams.models import Attempt, AttemptAnswer, PaperKey, PaperQuestion, ResultWait, WrittenAnswer, WrittenScore
from lms.exams.release_rules import Release
from lms.grading.models import MarkingTurn, WrittenMark
from lms.grading.rules import Criterion, Mark, Terms, is_drawn_for_second
from lms.kernel.errors import NotFound
from lms.questions.models import QuestionRevision
from lms.sittings import proctor_rules, proctors

MOST_WAITING = 1000
TURN_LASTS = timedelta(minutes=30)
"""So long an answer that a marker has opened is offered to nobody else."""


class NoSuchTurn(NotFound):
    """There is no such answer to mark, or it is not this marker's."""


class NothingHeld(NotFound):
    """No result of that class and exam waits for a date."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a marker's first page says. `theirs` may be marked by the person who asks; `tied` only by others (R-11)."""

    theirs: Sequence[uuid.UUID]
    tied: int
    oldest: datetime | None
    marked: int
    turn_id: uuid.UUID | None


def desk(session: Session, *, actor: Identity, now: datetime) -> Desk:
    """What waits for marking, as far as the actor may know."""
    found = waiting(session, actor=actor, now=now)
    marked = select(func.count()).select_from(WrittenMark).where(WrittenMark.marker_id == actor.user_id)
    return Desk(
        theirs=[one.answer_id for one in found if not one.is_tied],
        tied=sum(one.is_tied for one in found),
        oldest=min((one.waits_since for one in found if not one.is_tied), default=None),
        marked=session.scalar(marked) or 0,
        turn_id=open_turn(session, actor=actor),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """One answer that needs a mark. `is_tied`: the person who asks has to do with its officer."""

    answer_id: uuid.UUID
    waits_since: datetime
    is_tied: bool


def waiting(session: Session, *, actor: Identity, now: datetime) -> list[Waiting]:
    """The answers that need a mark and that the actor has not marked, those longest waiting first; none that another has just opened."""
    mine = exists().where(WrittenMark.answer_id == WrittenAnswer.id, WrittenMark.marker_id == actor.user_id)
    done = aliased(WrittenMark)
    marked = exists().where(done.answer_id == MarkingTurn.answer_id, done.marker_id == MarkingTurn.marker_id)
    taken = exists().where(
        MarkingTurn.answer_id == WrittenAnswer.id, MarkingTurn.marker_id != actor.user_id, MarkingTurn.at > now - TURN_LASTS, ~marked
    )
    asked = (
        _unsettled(select(WrittenAnswer.id, WrittenAnswer.waits_since).add_columns(*proctors.OFFICER_SIDE))
        .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .where(~mine, ~taken)
        .order_by(WrittenAnswer.waits_since, WrittenAnswer.id)
        .limit(MOST_WAITING)
    )
    side = proctors.proctor_side(session, actor=actor, now=now)
    rows = session.execute(asked)
    return [Waiting(row[0], row[1], bool(proctor_rules.ties(side, proctors.officer_side(row[2:])))) for row in rows]


def waiting_count(session: Session, *, actor: Identity) -> int:
    """How many answers need a mark that the actor has not given; some may be for others only. One statement."""
    mine = exists().where(WrittenMark.answer_id == WrittenAnswer.id, WrittenMark.marker_id == actor.user_id)
    return session.scalar(_unsettled(select(func.count())).where(~mine)) or 0


def _unsettled(asked: Select[Any]) -> Select[Any]:
    """`asked` of the written answers whose attempt waits for marks, whose text stands, and that nothing was awarded for yet."""
    stands = and_(
        AttemptAnswer.attempt_id == WrittenAnswer.attempt_id,
        AttemptAnswer.position == WrittenAnswer.position,
        AttemptAnswer.revision == WrittenAnswer.revision,
    )
    return (
        asked.select_from(WrittenAnswer)
        .join(Attempt, Attempt.id == WrittenAnswer.attempt_id)
        .join(ResultWait, ResultWait.attempt_id == Attempt.id)
        .join(AttemptAnswer, stands)
        .where(ResultWait.unmarked > 0, ~exists().where(WrittenScore.answer_id == WrittenAnswer.id))
    )


def open_turn(session: Session, *, actor: Identity) -> uuid.UUID | None:
    """The answer that the actor has opened and not marked, while it still needs a mark."""
    mine = exists().where(WrittenMark.answer_id == MarkingTurn.answer_id, WrittenMark.marker_id == actor.user_id)
    asked = _unsettled(select(MarkingTurn.id)).join(MarkingTurn, MarkingTurn.answer_id == WrittenAnswer.id)
    found: uuid.UUID | None = session.scalar(asked.where(MarkingTurn.marker_id == actor.user_id, ~mine).order_by(MarkingTurn.at).limit(1))
    return found


@dataclass(frozen=True, slots=True)
class AnswerToMark:
    """A written answer as its marker sees it: question, rubric and text, and nothing of whose it is."""

    turn_id: uuid.UUID
    answer_id: uuid.UUID
    attempt_id: uuid.UUID
    stem: str
    scenario: str
    model: str
    citation: str
    rubric: tuple[Criterion, ...]
    text: str
    terms: Terms


def answer_to_mark(session: Session, *, actor: Identity, turn_id: uuid.UUID) -> AnswerToMark:
    """What the actor opened and has not marked. Raises NoSuchTurn, also when it needs no mark any more."""
    mine = exists().where(WrittenMark.answer_id == MarkingTurn.answer_id, WrittenMark.marker_id == actor.user_id)
    asked = (
        _unsettled(select(WrittenAnswer.id, Attempt.id, Attempt.policy, PaperKey.points, PaperQuestion.content))
        .add_columns(QuestionRevision.content, AttemptAnswer.response)
        .join(MarkingTurn, MarkingTurn.answer_id == WrittenAnswer.id)
        .join(PaperKey, and_(PaperKey.paper_hash == Attempt.paper_hash, PaperKey.position == WrittenAnswer.position))
        .join(PaperQuestion, and_(PaperQuestion.paper_hash == Attempt.paper_hash, PaperQuestion.position == WrittenAnswer.position))
        .join(QuestionRevision, QuestionRevision.hash == PaperKey.question_hash)
        .where(MarkingTurn.id == turn_id, MarkingTurn.marker_id == actor.user_id, ~mine)
    )
    row = session.execute(asked).first()
    if row is None:
        raise NoSuchTurn("There is no such answer for you to mark. It may have been marked meanwhile: open the next one.")
    answer_id, attempt_id, policy, points, shown, question, text = row
    second = is_drawn_for_second(answer_id, policy.get("second_share", 0))
    return AnswerToMark(
        turn_id=turn_id,
        answer_id=answer_id,
        attempt_id=attempt_id,
        stem=shown["stem"],
        scenario=shown.get("text", ""),
        model=question["model"],
        citation=question["citation"],
        rubric=tuple(Criterion(one["id"], one["text"], one["points"]) for one in question["criteria"]),
        text=text,
        terms=Terms(points, second, policy.get("marks_apart", 0)),
    )


def marks(session: Session, *, answer_id: uuid.UUID) -> list[Mark]:
    """The marks of an answer, in their order."""
    asked = select(WrittenMark.points, WrittenMark.second_wanted).where(WrittenMark.answer_id == answer_id)
    return [Mark(*row) for row in session.execute(asked.order_by(WrittenMark.number))]


# --- When results come out ---


@dataclass(frozen=True, slots=True)
class HeldResults:
    """An exam of a class whose results wait for a date. `released_at` is empty while nobody has set one."""

    offering_id: uuid.UUID
    class_title: str
    time_zone: str
    exam_id: str
    exam_title: str
    waiting: int
    released_at: datetime | None


MOST_HELD = 200


def held_results(session: Session) -> list[HeldResults]:
    """The exams whose results wait for a date that the program sets."""
    asked = (
        select(Offering.id, Offering.title, Offering.time_zone, Attempt.exam_id, Attempt.policy, func.count())
        .select_from(ResultWait)
        .join(Attempt, Attempt.id == ResultWait.attempt_id)
        .join(Offering, Offering.id == ResultWait.offering_id)
        .group_by(Offering.id, Offering.title, Offering.time_zone, Attempt.exam_id, Attempt.policy)
        .order_by(Offering.title, Attempt.exam_id)
        .limit(MOST_HELD)
    )
    rows = [row for row in session.execute(asked) if row[4].get("release") == Release.ON_DATE]
    dates = releasing.dates(session, offering_ids=[row[0] for row in rows])
    return [HeldResults(row[0], row[1], row[2], row[3], row[4]["title"], row[5], dates.get((row[0], row[3]))) for row in rows]


def held(session: Session, *, offering_id: uuid.UUID, exam_id: str) -> HeldResults:
    """One of them. Raises NothingHeld when nothing of that exam waits for a date."""
    found = next((one for one in held_results(session) if (one.offering_id, one.exam_id) == (offering_id, exam_id)), None)
    if found is None:
        raise NothingHeld("No result of that exam waits for a date.")
    return found
