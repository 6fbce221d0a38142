"""What an officer of the demonstration says about a failed exam: one question challenged, the outcome appealed. Both wait."""

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.appeals import service
from lms.appeals.rules import Outcome
from lms.exams.models import Attempt, ExamResult

QUESTION = 27
CLAIM = "I found two of the choices right. The lesson says that both papers are carried, and the question asks for one of them."
STATEMENT = "The fire alarm went off during the exam and we stood outside for some minutes. The time was not given back to me."


def argue(session: Session, *, officer: Identity, enrollment_id: uuid.UUID) -> None:
    """Challenge a question of the officer's failed exam, and appeal that it was failed."""
    asked = select(Attempt.id, ExamResult.recorded_at).join(ExamResult, ExamResult.attempt_id == Attempt.id)
    attempt_id, told_at = session.execute(asked.where(Attempt.enrollment_id == enrollment_id, ExamResult.passed.is_(False))).one()
    later = told_at + timedelta(hours=3)
    service.challenge(session, actor=officer, attempt_id=attempt_id, position=QUESTION, claim=CLAIM, now=later)
    service.appeal(
        session,
        actor=officer,
        attempt_id=attempt_id,
        outcome=Outcome.FAILED,
        statement=STATEMENT,
        now=later + timedelta(minutes=20),
    )
