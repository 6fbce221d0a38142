"""From a closed attempt to its result: written answers wait for their marks, and results come out as the exam's policy says."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies.telling import Facts, officer_reader, tell
from lms.audit import service as audit
from lms.enrollments.models import Enrollment, Offering
from lms.exams import queries, rules, scoring
from lms.exams.models import Attempt, AttemptHead, ExamScoring, ResultRelease, ResultWait, WrittenAnswer, WrittenScore
from lms.exams.release_rules import ClassState, Release, is_out
from lms.exams.rules import AnswerState, Policy
from lms.kernel.errors import Invalid
from lms.kernel.ids import new_id
from lms.notices import rules as notices


class NoReason(Invalid):
    """A date was set or moved without saying why."""


def settle(session: Session, *, attempt: Attempt, cause: str, closed_at: datetime, now: datetime) -> ExamScoring | None:
    """Score a closed attempt if all its written answers are marked; None, and a place in the queue of markers, while some are not.

    The score is the attempt's result at once or once the exam's results come out.
    """
    answers = queries.answers_of(session, attempt_id=attempt.id)
    keys = queries.key_of(session, attempt_id=attempt.id, paper_hash=attempt.paper_hash)
    awarded = queries.awarded(session, attempt_ids=[attempt.id])[attempt.id]
    unmarked = rules.unmarked(answers, keys, awarded=awarded)
    if unmarked:
        _queue(session, attempt=attempt, answers=answers, unmarked=unmarked, now=now)
        _wait(session, attempt=attempt, unmarked=len(unmarked), closed_at=closed_at)
        return None
    found = scoring.kept(session, attempt=attempt, answers=answers, keys=keys, awarded=awarded, cause=cause, closed_at=closed_at, now=now)
    if Release(Policy(**attempt.policy).release) is Release.AT_ONCE:
        _let_out(session, attempt=attempt, found=found, now=now)
    else:
        _wait(session, attempt=attempt, unmarked=0, closed_at=closed_at)
    return found


def _queue(session: Session, *, attempt: Attempt, answers: dict[int, AnswerState], unmarked: Sequence[int], now: datetime) -> None:
    asked = select(WrittenAnswer.position, WrittenAnswer.revision).where(WrittenAnswer.attempt_id == attempt.id)
    known = {(position, revision) for position, revision in session.execute(asked)}
    for position in unmarked:
        revision = answers[position].revision
        if (position, revision) not in known:
            session.add(WrittenAnswer(id=new_id(), attempt_id=attempt.id, position=position, revision=revision, waits_since=now))


def _wait(session: Session, *, attempt: Attempt, unmarked: int, closed_at: datetime) -> None:
    offering_id = session.scalar(select(Enrollment.offering_id).where(Enrollment.id == attempt.enrollment_id))
    session.merge(ResultWait(attempt_id=attempt.id, offering_id=offering_id, unmarked=unmarked, closed_at=closed_at))


def _let_out(session: Session, *, attempt: Attempt, found: ExamScoring, now: datetime) -> None:
    scoring.project(session, found, at=now)
    waits = session.get(ResultWait, attempt.id)
    if waits is not None:
        session.delete(waits)
    _tell_result(session, attempt, closed_at=found.closed_at, now=now)


def _tell_result(session: Session, attempt: Attempt, *, closed_at: datetime, now: datetime) -> None:
    reader = officer_reader(session, officer_id=attempt.officer_id, agency_id=attempt.agency_id)
    facts: Facts = {"exam": attempt.policy["title"], "when": closed_at}
    path = f"/attempts/{attempt.id}/result"
    tell(session, reader=reader, kind=notices.Kind.RESULT, key=f"result:{attempt.id}", facts=facts, path=path, now=now)


def award(session: Session, *, answer: WrittenAnswer, points: int, cause: str, now: datetime) -> ExamScoring | None:
    """Let a written answer be worth `points` (thousandths of a point) from now on, and score its attempt when nothing is missing any more.

    The caller has locked the attempt.
    """
    before = session.scalar(select(func.max(WrittenScore.number)).where(WrittenScore.answer_id == answer.id)) or 0
    session.add(WrittenScore(answer_id=answer.id, number=before + 1, points=points, cause=cause, at=now))
    session.flush()  # the scoring reads it
    waits = session.get(ResultWait, answer.attempt_id)
    if waits is None:
        return None
    attempt = session.get_one(Attempt, answer.attempt_id)
    return settle(session, attempt=attempt, cause="marked", closed_at=waits.closed_at, now=now)


def set_date(
    session: Session, *, actor: Identity, offering_id: uuid.UUID, exam_id: str, released_at: datetime, reason: str, now: datetime
) -> None:
    """Say when the results of an exam come out in a class. A later date replaces an earlier one; what is out stays out."""
    if not reason.strip():
        raise NoReason("Say in a few words why the results come out then: the record keeps it.")
    found = ResultRelease(
        id=new_id(),
        offering_id=offering_id,
        exam_id=exam_id,
        released_at=released_at,
        reason=reason.strip(),
        set_by=actor.user_id,
        recorded_at=now,
    )
    session.add(found)
    audit.record(
        session,
        actor=actor,
        action="set when exam results come out",
        object_type="class",
        object_id=offering_id,
        reason=found.reason,
        details={"exam": exam_id, "released_at": released_at.isoformat(timespec="milliseconds")},
        now=now,
    )


def dates(session: Session, *, offering_ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str], datetime]:
    """The date that stands for each exam of these classes, where one was set."""
    asked = select(ResultRelease).where(ResultRelease.offering_id.in_(offering_ids))
    rows = session.scalars(asked.order_by(ResultRelease.recorded_at, ResultRelease.id))
    return {(row.offering_id, row.exam_id): row.released_at for row in rows}


def due(session: Session, *, now: datetime, limit: int = 50) -> list[uuid.UUID]:
    """The attempts whose results may be known and are not, those that closed first before the others."""
    asked = (
        select(Attempt.id, Attempt.exam_id, Attempt.policy, ResultWait.offering_id)
        .join(ResultWait, ResultWait.attempt_id == Attempt.id)
        .where(ResultWait.unmarked == 0)
        .order_by(ResultWait.closed_at, Attempt.id)
    )
    rows = session.execute(asked).all()
    set_ = dates(session, offering_ids=sorted({row.offering_id for row in rows}))
    places = {(row.offering_id, row.exam_id) for row in rows}
    states = {place: ClassState(_unfinished(session, *place), set_.get(place)) for place in places}
    return [row.id for row in rows if is_out(Release(row.policy["release"]), states[row.offering_id, row.exam_id], now=now)][:limit]


def release_due(session: Session, *, now: datetime) -> int:
    """Let out the results whose time has come, as they are scored by what counts as right now (R-08). Returns how many."""
    found = due(session, now=now)
    for attempt_id in found:
        attempt = session.get_one(Attempt, attempt_id)
        _let_out(session, attempt=attempt, found=scoring.as_of_now(session, attempt=attempt, now=now), now=now)
    return len(found)


def _unfinished(session: Session, offering_id: uuid.UUID, exam_id: str) -> int:
    """How many attempts at an exam are under way in a class, or wait for marks."""
    asked = (
        select(func.count())
        .select_from(Attempt)
        .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(AttemptHead, AttemptHead.attempt_id == Attempt.id)
        .outerjoin(ResultWait, ResultWait.attempt_id == Attempt.id)
        .where(Offering.id == offering_id, Attempt.exam_id == exam_id)
        .where(AttemptHead.due_at.is_not(None) | (ResultWait.unmarked > 0))
    )
    return session.scalar(asked) or 0
