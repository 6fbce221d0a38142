"""Looking at an exam question outside an exam: only under a signed agreement, and never unrecorded (R-10)."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.exams import statistics_queries
from lms.questions import security


def look(session: Session, *, actor: Identity, bank_id: str, question_id: str, now: datetime) -> None:
    """Record that somebody opens a question with its key. Raises AgreementNeeded, NoSuchBank, NoSuchQuestion."""
    security.require(session, actor=actor, now=now)
    bank = statistics_queries.bank_of(session, bank_id)
    row = statistics_queries.question_of(session, bank, question_id)
    audit.record(
        session,
        actor=actor,
        action="looked at an exam question",
        object_type="question",
        object_id=question_id,
        details={"bank": bank_id, "edition": bank.number, "hash": row.question.hash},
        now=now,
    )
