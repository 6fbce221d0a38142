"""Scoring a closed attempt: every scoring is kept, and the newest counts."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.exams import queries, rules
from lms.exams.models import Attempt, ExamResult, ExamScoring
from lms.exams.rules import Policy


def scored(session: Session, *, attempt: Attempt, cause: str, closed_at: datetime, now: datetime) -> ExamScoring:
    """Score the attempt by its answers and its paper's key, keep that, and let it count from now on."""
    answers = queries.answers_of(session, attempt_id=attempt.id)
    found = rules.score(answers, queries.keys(session, paper_hash=attempt.paper_hash))
    passed = found.passes(Policy(**attempt.policy).cut_score)
    before = session.scalar(select(func.max(ExamScoring.number)).where(ExamScoring.attempt_id == attempt.id)) or 0
    made = ExamScoring(
        attempt_id=attempt.id,
        number=before + 1,
        cause=cause,
        right=found.right,
        asked=found.asked,
        score=found.thousandths,
        recorded_score=found.thousandths,
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


def void(session: Session, *, attempt: Attempt) -> None:
    """From now on the result neither passes nor counts as a try. The scorings stay."""
    stands = session.get_one(ExamResult, attempt.id)
    stands.voided, stands.passed = True, False


def withdraw(session: Session, *, attempt: Attempt) -> None:
    """The attempt is open again: it has no result until it is closed. The scorings stay."""
    session.delete(session.get_one(ExamResult, attempt.id))
