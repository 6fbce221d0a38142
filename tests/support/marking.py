"""A closed attempt with one written answer that waits for marks, and one whose result waits for a date: by rows."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.enrollments.models import Enrollment
from lms.exams.models import (
    Attempt,
    AttemptAnswer,
    AttemptHead,
    ExamScoring,
    Paper,
    PaperKey,
    PaperQuestion,
    ResultWait,
    WrittenAnswer,
)
from lms.grading.models import MarkingTurn
from lms.kernel.ids import new_id, token
from lms.questions.models import BankRevision, QuestionRevision

POLICY: dict[str, Any] = {
    "title": "An exam with a written answer",
    "seconds": 3600,
    "grace_seconds": 60,
    "cut_score": 70_000,
    "retakes": 1,
    "questions": 1,
}
CRITERIA = [{"id": "apart", "text": "Tells them apart", "points": 2}, {"id": "step", "text": "Names the step", "points": 3}]
WRITTEN: dict[str, Any] = {
    "type": "written",
    "points": 5000,
    "stem": "Explain why certified is not authorized.",
    "criteria": CRITERIA,
    "model": "MODELCANARY answer",
    "rationale": "KEYCANARY rationale",
    "citation": "KEYCANARY citation",
    "fact": "IL-08",
}


def a_closed_attempt(session: Session, *, enrollment_id: uuid.UUID, now: datetime, exam: str, **policy: object) -> Attempt:
    """An attempt of one written question, answered and closed."""
    enrollment = session.get_one(Enrollment, enrollment_id)
    question = QuestionRevision(hash=token(), question_id=token(), objective="ONE-1", content=WRITTEN, published_at=now)
    bank = BankRevision(hash=token(), bank_id=token(), number=1, title="A bank", public=True, law_as_of="2026-11-22", published_at=now)
    session.add(bank)
    session.flush()
    paper = Paper(hash=token(), exam_id=exam, bank_hash=bank.hash, seed="00", specification={}, drawn_at=now)
    session.add_all([question, paper])
    session.flush()
    shown = {"type": "written", "points": 5000, "stem": WRITTEN["stem"], "choices": []}
    session.add(PaperQuestion(paper_hash=paper.hash, position=1, content=shown))
    of_it = {"type": "written", "points": 5000, "partial": False, "key": {"rubric": {"apart": 2, "step": 3}}}
    session.add(PaperKey(paper_hash=paper.hash, position=1, question_hash=question.hash, objective="ONE-1", **of_it))
    attempt = Attempt(
        id=new_id(),
        enrollment_id=enrollment_id,
        officer_id=enrollment.officer_id,
        agency_id=enrollment.agency_id,
        exam_id=exam,
        ordinal=1,
        paper_hash=paper.hash,
        policy=POLICY | policy,
        created_at=now,
    )
    session.add(attempt)
    session.flush()
    session.add(AttemptHead(attempt_id=attempt.id, due_at=None))
    text = "Certified says trained.\nAuthorized says may act."
    session.add(AttemptAnswer(attempt_id=attempt.id, position=1, revision=1, response=text, flagged=False, at=now))
    return attempt


def a_written_answer(
    session: Session, *, enrollment_id: uuid.UUID, now: datetime, exam: str = "written-exam", **policy: object
) -> uuid.UUID:
    """A written answer that waits for its first mark."""
    attempt = a_closed_attempt(session, enrollment_id=enrollment_id, now=now, exam=exam, **policy)
    answer = WrittenAnswer(id=new_id(), attempt_id=attempt.id, position=1, revision=1, waits_since=now)
    session.add(answer)
    _waits(session, attempt, unmarked=1, now=now)
    return answer.id


def a_turn(session: Session, *, answer_id: uuid.UUID, marker_id: uuid.UUID | None, now: datetime) -> uuid.UUID:
    """That a marker opened it."""
    turn = MarkingTurn(id=new_id(), answer_id=answer_id, marker_id=marker_id, at=now)
    session.add(turn)
    session.flush()
    return turn.id


def a_held_result(session: Session, *, enrollment_id: uuid.UUID, now: datetime, exam: str = "held-exam") -> None:
    """A scored attempt whose result waits for the date that the program sets."""
    attempt = a_closed_attempt(session, enrollment_id=enrollment_id, now=now, exam=exam, release="on a date")
    score = {"right": 1, "asked": 1, "points": 5000, "out_of": 5000, "score": 100_000, "recorded_score": 100_000, "passed": True}
    session.add(ExamScoring(attempt_id=attempt.id, number=1, cause="closed", by_objective={}, closed_at=now, recorded_at=now, **score))
    _waits(session, attempt, unmarked=0, now=now)


def _waits(session: Session, attempt: Attempt, *, unmarked: int, now: datetime) -> None:
    offering_id = session.get_one(Enrollment, attempt.enrollment_id).offering_id
    session.add(ResultWait(attempt_id=attempt.id, offering_id=offering_id, unmarked=unmarked, closed_at=now))
    session.flush()
