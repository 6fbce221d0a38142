"""Reading what stands: every scoring of an attempt after the first, and every correction that left it alone, in words."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.exams.correction_rules import Change, CorrectionKind, in_words
from lms.exams.models import Attempt, CorrectionEffect, ExamScoring, PaperKey
from lms.questions.models import QuestionCorrection


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One thing that happened to a result after it was first told: when, what in words, and the reason given."""

    at: datetime
    words: str
    reason: str


def history(session: Session, *, attempt_id: uuid.UUID) -> list[HistoryRow]:
    """What happened to the result of an attempt since it was first scored, in order. The caller has checked whose it is. Two statements."""
    scorings = session.scalars(select(ExamScoring).where(ExamScoring.attempt_id == attempt_id).order_by(ExamScoring.number)).all()
    corrected = _corrections(session, attempt_id)
    by_number = {effect.scoring: (correction, position) for effect, correction, position in corrected}
    rows = [_row(before, after, by_number.get(after.number)) for before, after in pairwise(scorings)]
    rows += [_left_alone(correction, position) for effect, correction, position in corrected if effect.scoring is None]
    return sorted(rows, key=lambda row: row.at)


def _corrections(session: Session, attempt_id: uuid.UUID) -> list[tuple[CorrectionEffect, QuestionCorrection, int]]:
    asked = (
        select(CorrectionEffect, QuestionCorrection, PaperKey.position)
        .join(QuestionCorrection, QuestionCorrection.id == CorrectionEffect.correction_id)
        .join(Attempt, Attempt.id == CorrectionEffect.attempt_id)
        .join(PaperKey, and_(PaperKey.paper_hash == Attempt.paper_hash, PaperKey.question_hash == QuestionCorrection.question_hash))
        .where(CorrectionEffect.attempt_id == attempt_id)
    )
    return [(effect, correction, position) for effect, correction, position in session.execute(asked)]


def _row(before: ExamScoring, after: ExamScoring, by: tuple[QuestionCorrection, int] | None) -> HistoryRow:
    change = Change(before.score, after.score, before.recorded_score, after.recorded_score, before.passed, after.passed)
    if by is None:
        return HistoryRow(after.recorded_at, in_words(after.cause, change), "")
    correction, position = by
    return HistoryRow(after.recorded_at, in_words(correction.kind, change, position=position), correction.reason)


def _left_alone(correction: QuestionCorrection, position: int) -> HistoryRow:
    return HistoryRow(correction.recorded_at, in_words(CorrectionKind(correction.kind), None, position=position), correction.reason)
