"""Papers drawn ahead of a sitting: which of them still fits when its officer starts."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams import papers
from lms.exams.models import Paper, PaperKey, PreparedPaper
from lms.exams.planning import ExamPlan
from lms.exams.selection import Recipe
from lms.questions.models import QuestionRevision


def fitting(session: Session, *, exam: ExamPlan, bank_hash: str, avoided: frozenset[str]) -> str | None:
    """The newest paper drawn ahead for the officer that would be drawn alike today, or None.

    It fits while nobody has sat it, its bank, what the exam asks for and the questions to avoid are those of now, and no question of it
    was retired or excluded since. At most three statements.
    """
    asked = (
        select(Paper)
        .join(PreparedPaper, PreparedPaper.paper_hash == Paper.hash)
        .where(
            PreparedPaper.enrollment_id == exam.enrollment_id,
            Paper.exam_id == exam.exam_id,
            Paper.bank_hash == bank_hash,
            ~papers.was_sat(),
        )
        .order_by(PreparedPaper.at.desc(), Paper.hash)
    )
    wanted = replace(exam.recipe, avoided=avoided).asked
    found = next((one for one in session.scalars(asked) if Recipe.of(one.specification).asked == wanted), None)
    return None if found is None or _holds_withheld(session, found.hash) else found.hash


def _holds_withheld(session: Session, paper_hash: str) -> bool:
    asked = select(QuestionRevision).join(PaperKey, PaperKey.question_hash == QuestionRevision.hash)
    return bool(papers.withheld(session, session.scalars(asked.where(PaperKey.paper_hash == paper_hash)).all()))
