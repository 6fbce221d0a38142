"""Which corrections of questions scoring goes by, and recording one (R-08): a row that every scoring after it consults."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams import drawing
from lms.exams.correction_rules import Corrected, CorrectionKind
from lms.exams.models import Attempt, CorrectionEffect, ExamScoring, Paper, PaperKey
from lms.kernel.ids import new_id
from lms.questions.models import QuestionCorrection

AT_ONCE: Final = 500
"""How many values one statement compares with."""


def in_force(session: Session, *, attempts: Mapping[uuid.UUID, str]) -> dict[uuid.UUID, dict[int, Corrected]]:
    """The corrections that scoring goes by in each attempt, given with its paper, by position: of each question the newest recorded.

    A correction under which the released result of an attempt stands does not touch that attempt. One statement for 500 attempts.
    """
    found: dict[uuid.UUID, dict[int, Corrected]] = {attempt_id: {} for attempt_id in attempts}
    for first in range(0, len(attempts), AT_ONCE):
        _add_in_force(session, list(attempts)[first : first + AT_ONCE], found)
    return found


def _add_in_force(session: Session, attempt_ids: Sequence[uuid.UUID], found: dict[uuid.UUID, dict[int, Corrected]]) -> None:
    spared = select(CorrectionEffect.correction_id).where(
        CorrectionEffect.correction_id == QuestionCorrection.id,
        CorrectionEffect.attempt_id == Attempt.id,
        CorrectionEffect.scoring.is_(None),
    )
    asked = (
        select(Attempt.id, PaperKey.position, QuestionCorrection, Paper.seed)
        .join(Paper, Paper.hash == Attempt.paper_hash)
        .join(PaperKey, PaperKey.paper_hash == Paper.hash)
        .join(QuestionCorrection, QuestionCorrection.question_hash == PaperKey.question_hash)
        .where(Attempt.id.in_(attempt_ids), ~spared.exists())
        .order_by(QuestionCorrection.recorded_at, QuestionCorrection.id)
    )
    for attempt_id, position, correction, seed in session.execute(asked):
        kind, places = CorrectionKind(correction.kind), correction.accepted
        found[attempt_id][position] = corrected(kind, places, question_hash=correction.question_hash, seed=seed)


def corrected(kind: CorrectionKind, accepted: Sequence[int], *, question_hash: str, seed: str) -> Corrected:
    """A correction as the paper of this seed sees it: the choices at the places `accepted` by the paper's opaque ids."""
    return Corrected(kind, tuple(drawing.choice_id(seed, question_hash, place) for place in accepted))


def excluded(session: Session) -> frozenset[str]:
    """The questions, by hash, that no later paper draws: those whose newest correction excludes them."""
    rows = session.execute(
        select(QuestionCorrection.question_hash, QuestionCorrection.kind).order_by(QuestionCorrection.recorded_at, QuestionCorrection.id)
    )
    newest = {row.question_hash: row.kind for row in rows}
    return frozenset(one for one, kind in newest.items() if kind == CorrectionKind.EXCLUDED)


def record(
    session: Session,
    *,
    question_hash: str,
    kind: CorrectionKind,
    accepted: Sequence[int],
    reason: str,
    recorded_by: uuid.UUID | None,
    now: datetime,
) -> QuestionCorrection:
    """Let a correction be in force from now on. The caller writes what it does to attempts that are closed."""
    made = QuestionCorrection(
        id=new_id(),
        question_hash=question_hash,
        kind=kind,
        accepted=list(accepted),
        reason=reason,
        recorded_by=recorded_by,
        recorded_at=now,
    )
    session.add(made)
    session.flush()  # what it does points to it, and scoring reads it
    return made


def spare(session: Session, *, correction_id: uuid.UUID, attempt_id: uuid.UUID) -> None:
    """Let the released result of an attempt stand: the correction does not touch it."""
    session.add(CorrectionEffect(correction_id=correction_id, attempt_id=attempt_id, scoring=None))
    session.flush()


def note_scoring(session: Session, *, correction_id: uuid.UUID, made: ExamScoring) -> None:
    """Remember which scoring a correction led to."""
    session.add(CorrectionEffect(correction_id=correction_id, attempt_id=made.attempt_id, scoring=made.number))
