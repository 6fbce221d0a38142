"""Scoring a closed attempt: every scoring is kept, and the newest counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.exams import corrections, counting, queries, rules
from lms.exams.models import Attempt, ExamResult, ExamScoring, ResultWait
from lms.exams.retakes import Recorded
from lms.exams.rules import AnswerState, KeyedQuestion, Policy
from lms.questions.models import QuestionCorrection


def scored(session: Session, *, attempt: Attempt, cause: str, closed_at: datetime, now: datetime) -> ExamScoring:
    """Score the attempt by its answers, its paper's key and the marks of its written answers, keep that, and let it count from now on."""
    answers = queries.answers_of(session, attempt_id=attempt.id)
    keys = queries.key_of(session, attempt_id=attempt.id, paper_hash=attempt.paper_hash)
    awarded = queries.awarded(session, attempt_ids=[attempt.id])[attempt.id]
    made = kept(session, attempt=attempt, answers=answers, keys=keys, awarded=awarded, cause=cause, closed_at=closed_at, now=now)
    project(session, made, at=now)
    return made


def kept(  # noqa: PLR0913 - what a score is worked out from
    session: Session,
    *,
    attempt: Attempt,
    answers: Mapping[int, AnswerState],
    keys: Sequence[KeyedQuestion],
    awarded: Mapping[int, int],
    cause: str,
    closed_at: datetime,
    now: datetime,
) -> ExamScoring:
    """Keep the score of these answers. It is the attempt's result only once it is projected."""
    found = rules.score(answers, keys, awarded=awarded)
    policy = Policy(**attempt.policy)
    before = session.scalar(select(func.max(ExamScoring.number)).where(ExamScoring.attempt_id == attempt.id)) or 0
    made = ExamScoring(
        attempt_id=attempt.id,
        number=before + 1,
        cause=cause,
        right=found.right,
        asked=found.asked,
        points=found.points,
        out_of=found.out_of,
        score=found.thousandths,
        recorded_score=queries.recorded_score(session, attempt=attempt, policy=policy, score=found),
        passed=found.passes(policy.cut_score),
        by_objective={name: list(pair) for name, pair in found.by_objective.items()},
        closed_at=closed_at,
        recorded_at=now,
    )
    session.add(made)
    return made


def newest(session: Session, *, attempt: Attempt) -> ExamScoring:
    """The newest scoring of an attempt that has one."""
    asked = select(ExamScoring).where(ExamScoring.attempt_id == attempt.id)
    return session.scalars(asked.order_by(ExamScoring.number.desc()).limit(1)).one()


def as_of_now(session: Session, *, attempt: Attempt, now: datetime) -> ExamScoring:
    """The newest scoring of an attempt whose result waits; another one if a correction or an earlier attempt gives other figures."""
    found = newest(session, attempt=attempt)
    answers = queries.answers_of(session, attempt_id=attempt.id)
    keys = queries.key_of(session, attempt_id=attempt.id, paper_hash=attempt.paper_hash)
    awarded = queries.awarded(session, attempt_ids=[attempt.id])[attempt.id]
    score = rules.score(answers, keys, awarded=awarded)
    recorded = queries.recorded_score(session, attempt=attempt, policy=Policy(**attempt.policy), score=score)
    if (found.points, found.out_of, found.recorded_score) == (score.points, score.out_of, recorded):
        return found
    cause, closed_at = "a correction before the result came out", found.closed_at
    return kept(session, attempt=attempt, answers=answers, keys=keys, awarded=awarded, cause=cause, closed_at=closed_at, now=now)


COPIED = (
    *("attempt_id", "number", "right", "asked", "points", "out_of", "score", "recorded_score", "passed"),
    *("by_objective", "closed_at"),
)


def project(session: Session, newest: ExamScoring, *, at: datetime) -> None:
    """Let a scoring be the result of its attempt from `at` on, when the officer may know it: days for a challenge run from there."""
    session.merge(ExamResult(voided=False, recorded_at=at, **{name: getattr(newest, name) for name in COPIED}))
    counting.wait(session, attempt_id=newest.attempt_id)


def void(session: Session, *, attempt: Attempt, now: datetime) -> None:
    """From now on the result neither passes nor counts as a try. The scorings stay; what is recorded of a later try may change (R-07).

    An attempt that waits for its result is scored as it stands, so that there is something to void, and waits no more.
    """
    waits = session.get(ResultWait, attempt.id)
    if waits is not None:
        scored(session, attempt=attempt, cause="voided", closed_at=waits.closed_at, now=now)
        session.delete(waits)
        session.flush()
    stands = session.get_one(ExamResult, attempt.id)
    stands.voided, stands.passed = True, False
    counting.wait(session, attempt_id=attempt.id)
    session.flush()  # what is recorded of later ones rests on it
    for later in _later(session, attempt):
        result = session.get_one(ExamResult, later.id)
        policy = Policy(**later.policy)
        if policy.terms.recorded is not Recorded.AS_SCORED and not result.voided:
            scored(session, attempt=later, cause="an earlier attempt was voided", closed_at=result.closed_at, now=now)


def rescored(session: Session, *, attempt: Attempt, correction: QuestionCorrection, now: datetime) -> ExamScoring:
    """Score a closed attempt again because a question of its paper was corrected (R-08), and remember which correction it was."""
    made = scored(session, attempt=attempt, cause=correction.kind, closed_at=session.get_one(ExamResult, attempt.id).closed_at, now=now)
    corrections.note_scoring(session, correction_id=correction.id, made=made)
    session.flush()  # what is recorded of later ones rests on it
    return made


def follow(session: Session, *, attempt: Attempt, now: datetime) -> ExamScoring:
    """Score a later attempt again whose recorded score rests on an earlier one that was scored again (R-07)."""
    closed_at = session.get_one(ExamResult, attempt.id).closed_at
    made = scored(session, attempt=attempt, cause="an earlier attempt was scored again", closed_at=closed_at, now=now)
    session.flush()
    return made


def _later(session: Session, attempt: Attempt) -> Sequence[Attempt]:
    same = (Attempt.enrollment_id == attempt.enrollment_id, Attempt.exam_id == attempt.exam_id, Attempt.ordinal > attempt.ordinal)
    return session.scalars(select(Attempt).join(ExamResult, ExamResult.attempt_id == Attempt.id).where(*same)).all()


def withdraw(session: Session, *, attempt: Attempt) -> None:
    """The attempt is open again: it has no result, and waits for none, until it is closed. The scorings stay."""
    for model in (ExamResult, ResultWait):
        found = session.get(model, attempt.id)
        if found is not None:
            session.delete(found)
    counting.wait(session, attempt_id=attempt.id)
