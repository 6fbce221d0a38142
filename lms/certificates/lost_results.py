"""Certificates that rest on an exam whose pass was lost by scoring again (R-08): for the certifier to decide, never revoked unasked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Officer
from lms.certificates.models import Certificate, Revocation, Supersession
from lms.certificates.numbers import display
from lms.exams.models import Attempt, CorrectionEffect, ExamResult, ExamScoring

SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class LostRow:
    """A certificate in force, and the exam that is no longer passed, since when."""

    number: str
    officer: str
    exam: str
    lost_at: datetime


def on_lost_results(session: Session) -> list[LostRow]:
    """Certificates in force whose enrollment lost the pass of an exam and has not passed it since, the newest loss first. One statement."""
    before, other, passed = aliased(ExamScoring), aliased(Attempt), aliased(ExamResult)
    passed_since = exists().where(
        other.enrollment_id == Attempt.enrollment_id,
        other.exam_id == Attempt.exam_id,
        passed.attempt_id == other.id,
        passed.passed.is_(True),
    )
    asked = (
        select(Certificate.number, Officer.name, Attempt.policy, ExamScoring.recorded_at)
        .join(Attempt, Attempt.enrollment_id == Certificate.enrollment_id)
        .join(CorrectionEffect, CorrectionEffect.attempt_id == Attempt.id)
        .join(ExamScoring, and_(ExamScoring.attempt_id == Attempt.id, ExamScoring.number == CorrectionEffect.scoring))
        .join(before, and_(before.attempt_id == Attempt.id, before.number == ExamScoring.number - 1))
        .join(ExamResult, and_(ExamResult.attempt_id == Attempt.id, ExamResult.passed.is_(False)))
        .join(Officer, Officer.id == Certificate.officer_id)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .outerjoin(Supersession, Supersession.certificate_id == Certificate.id)
        .where(before.passed.is_(True), ExamScoring.passed.is_(False), Revocation.reason.is_(None), Supersession.at.is_(None))
        .where(~passed_since)
        .order_by(ExamScoring.recorded_at.desc(), Certificate.number)
    )
    rows = session.execute(asked.limit(SHOWN))
    return [LostRow(display(number), officer, policy["title"], at) for number, officer, policy, at in rows]
