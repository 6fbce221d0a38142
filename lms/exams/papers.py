"""Making a paper: what it is drawn from is asked for, kept with it, and enough to draw it again."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from lms.exams import corrections, drawing
from lms.exams.candidates import candidate
from lms.exams.drawing import Candidate, DrawnQuestion
from lms.exams.models import Attempt, Paper, PaperKey, PaperQuestion
from lms.exams.planning import ExamPlan
from lms.exams.rules import Policy
from lms.exams.selection import WHOLE, Recipe, TooFewQuestions
from lms.exams.statistics_rules import MINIMUM_ANSWERS
from lms.facts import queries as facts
from lms.facts.rules import is_retired
from lms.facts.source import Register
from lms.kernel.errors import Conflict
from lms.questions.models import BankQuestion, BankRevision, QuestionRevision, QuestionStatistics

MAY_BE_SAT: Final = timedelta(days=1)
"""So long a paper that was drawn ahead counts as one that is about to be sat."""


class NoBank(Conflict):
    """The exam's question bank has not been published, or has too few questions left."""


def newest_bank(session: Session, exam: ExamPlan) -> str:
    """The question bank of the exam as it was published last. Raises NoBank."""
    bank_hash = session.scalar(
        select(BankRevision.hash).where(BankRevision.bank_id == exam.bank_id).order_by(BankRevision.number.desc()).limit(1)
    )
    if bank_hash is None:
        raise NoBank("The question bank of this exam has not been published. Tell your instructor.")
    return bank_hash


def newest_hashes(session: Session, *, bank_ids: Collection[str]) -> list[str]:
    """The newest revision of each of these banks. One statement."""
    later = aliased(BankRevision)
    newer = exists().where(later.bank_id == BankRevision.bank_id, later.number > BankRevision.number)
    return list(session.scalars(select(BankRevision.hash).where(BankRevision.bank_id.in_(bank_ids), ~newer)))


def fault_of_bank(session: Session, *, exam: ExamPlan) -> str:
    """Why the bank of an exam cannot fill a first paper today, or nothing. Nothing is stored."""
    try:
        rows = _rows(session, newest_bank(session, exam), exam.recipe)
        drawing.draw(replace(exam.recipe, withheld=withheld(session, rows)), _candidates(rows), seed=secrets.token_hex(32))
    except (NoBank, TooFewQuestions) as refusal:
        return str(refusal)
    return ""


def drawn_paper(session: Session, *, exam: ExamPlan, bank_hash: str, avoided: frozenset[str], now: datetime) -> Paper:
    """A new paper for one officer, stored. `avoided`: the questions of the papers before it (R-09). Raises NoBank."""
    rows = _rows(session, bank_hash, exam.recipe)
    recipe = replace(
        exam.recipe,
        avoided=avoided,
        worn=_worn(session, exam_id=exam.exam_id, recipe=exam.recipe, now=now),
        withheld=withheld(session, rows),
        measured=_measured(session, rows) if exam.recipe.aims else {},
    )
    seed = secrets.token_hex(32)
    try:
        questions = drawing.draw(recipe, _candidates(rows), seed=seed)
    except TooFewQuestions as refusal:
        raise NoBank(f"A paper cannot be drawn: {refusal} Tell your instructor.") from refusal
    return _stored(session, exam_id=exam.exam_id, bank_hash=bank_hash, seed=seed, recipe=recipe, questions=questions, now=now)


def policy_on(session: Session, policy: Policy, *, paper_hash: str) -> Policy:
    """The policy with as many questions, and as many of them only being tried out, as the paper holds."""
    scored = session.scalars(select(PaperKey.scored).where(PaperKey.paper_hash == paper_hash)).all()
    return replace(policy, questions=len(scored), pilots=scored.count(False))


def drawn_again(session: Session, paper: Paper) -> list[DrawnQuestion]:
    """The questions of a stored paper, from its bank, its recipe and its seed alone: they give the same name, or the paper was altered."""
    recipe = Recipe.of(paper.specification)
    return drawing.draw(recipe, _candidates(_rows(session, paper.bank_hash, recipe)), seed=paper.seed)


def _rows(session: Session, bank_hash: str, recipe: Recipe) -> list[QuestionRevision]:
    asked = select(QuestionRevision).join(BankQuestion, BankQuestion.question_hash == QuestionRevision.hash)
    return list(session.scalars(asked.where(BankQuestion.bank_hash == bank_hash, QuestionRevision.objective.in_(recipe.objectives))))


def _candidates(rows: Sequence[QuestionRevision]) -> list[Candidate]:
    return [candidate(row.hash, row.objective, row.content) for row in rows]


def withheld(session: Session, rows: Sequence[QuestionRevision]) -> frozenset[str]:
    """Questions that today's register, or a correction (R-08), takes out of new papers. Papers that were drawn stay as they are."""
    known, excluded = facts.facts(session), corrections.excluded(session)
    return frozenset(row.hash for row in rows if row.hash in excluded or _is_retired(row.content.get("fact"), known))


def _is_retired(fact: str | None, known: Register) -> bool:
    if not known or fact is None:
        return False
    return is_retired(known[fact].status if fact in known else None)


def _worn(session: Session, *, exam_id: str, recipe: Recipe, now: datetime) -> frozenset[str]:
    """Questions that stood in more than the allowed share of the newest papers of the exam: those that were sat, or may be any moment.

    A paper drawn ahead that nobody has sat within a day was seen by nobody, and wears nothing out.
    """
    if not recipe.exposure_papers:
        return frozenset()
    counts = was_sat() | (Paper.drawn_at > now - MAY_BE_SAT)
    newest = select(Paper.hash).where(Paper.exam_id == exam_id, counts).order_by(Paper.drawn_at.desc(), Paper.hash)
    hashes = session.scalars(newest.limit(recipe.exposure_papers)).all()
    held = func.count(PaperKey.paper_hash.distinct())
    asked = select(PaperKey.question_hash).where(PaperKey.paper_hash.in_(hashes)).group_by(PaperKey.question_hash)
    return frozenset(session.scalars(asked.having(held * WHOLE > recipe.most_exposure * len(hashes))))


def was_sat() -> ColumnElement[bool]:
    """Whether somebody began an attempt with a paper, and so saw its questions."""
    return exists().where(Attempt.paper_hash == Paper.hash)


def _measured(session: Session, rows: Sequence[QuestionRevision]) -> dict[str, int]:
    """The share of right answers of the questions that were answered often enough."""
    found = QuestionStatistics
    asked = select(found.question_hash, found.points // found.asked).where(
        found.question_hash.in_([row.hash for row in rows]), found.asked >= MINIMUM_ANSWERS
    )
    return {row[0]: row[1] for row in session.execute(asked)}


def _stored(
    session: Session,
    *,
    exam_id: str,
    bank_hash: str,
    seed: str,
    recipe: Recipe,
    questions: Sequence[DrawnQuestion],
    now: datetime,
) -> Paper:
    name = drawing.paper_hash(questions, seed=seed)
    paper = Paper(hash=name, exam_id=exam_id, bank_hash=bank_hash, seed=seed, specification=recipe.content(), drawn_at=now)
    session.add(paper)
    session.flush()  # its questions point to it
    for position, one in enumerate(questions, 1):
        session.add(PaperQuestion(paper_hash=name, position=position, content=one.shown()))
        of_it = {"question_hash": one.hash, "objective": one.objective, "type": one.type, "points": one.points, "partial": one.partial}
        session.add(PaperKey(paper_hash=name, position=position, key=one.key, scored=one.scored, **of_it))
    return paper
