"""Scoring a closed attempt: every scoring is kept, and the newest counts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.exams import counting, queries, rules
from lms.exams.models import Attempt, ExamResult, ExamScoring
from lms.exams.retakes import Recorded
from lms.exams.rules import Policy


def scored(session: Session, *, attempt: Attempt, cause: str, closed_at: datetime, now: datetime) -> ExamScoring:
    """Score the attempt by its answers and its paper's key, keep that, and let it count from now on."""
    answers = queries.answers_of(session, attempt_id=attempt.id)
    found = rules.score(answers, queries.keys(session, paper_hash=attempt.paper_hash))
    policy = Policy(**attempt.policy)
    passed = found.passes(policy.cut_score)
    before = session.scalar(select(func.max(ExamScoring.number)).where(ExamScoring.attempt_id == attempt.id)) or 0
    made = ExamScoring(
        attempt_id=attempt.id,
        number=before + 1,
        cause=cause,
        right=found.right,
        asked=found.asked,
        score=found.thousandths,
        recorded_score=queries.recorded_score(session, attempt=attempt, policy=policy, score=found),
        passed=passed,
        by_objective={name: list(pair) for name, pair in found.by_objective.items()},
        closed_at=closed_at,
        recorded_at=now,
    )
    session.add(made)
    project(session, made)
    return made


def project(session: Session, newest: ExamScoring) -> None:
    """Let a scoring be the result of its attempt."""
    names = ("attempt_id", "number", "right", "asked", "score", "recorded_score", "passed", "by_objective", "closed_at", "recorded_at")
    session.merge(ExamResult(voided=False, **{name: getattr(newest, name) for name in names}))
    counting.wait(session, attempt_id=newest.attempt_id)


def void(session: Session, *, attempt: Attempt, now: datetime) -> None:
    """From now on the result neither passes nor counts as a try. The scorings stay; what is recorded of a later try may change (R-07)."""
    stands = session.get_one(ExamResult, attempt.id)
    stands.voided, stands.passed = True, False
    counting.wait(session, attempt_id=attempt.id)
    session.flush()  # what is recorded of later ones rests on it
    for later in _later(session, attempt):
        result = session.get_one(ExamResult, later.id)
        policy = Policy(**later.policy)
        if policy.terms.recorded is not Recorded.AS_SCORED and not result.voided:
            scored(session, attempt=later, cause="an earlier attempt was voided", closed_at=result.closed_at, now=now)


def _later(session: Session, attempt: Attempt) -> Sequence[Attempt]:
    same = (Attempt.enrollment_id == attempt.enrollment_id, Attempt.exam_id == attempt.exam_id, Attempt.ordinal > attempt.ordinal)
    return session.scalars(select(Attempt).join(ExamResult, ExamResult.attempt_id == Attempt.id).where(*same)).all()


def withdraw(session: Session, *, attempt: Attempt) -> None:
    """The attempt is open again: it has no result until it is closed. The scorings stay."""
    session.delete(session.get_one(ExamResult, attempt.id))
    counting.wait(session, attempt_id=attempt.id)
