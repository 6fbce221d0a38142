"""What is known of the questions of a bank: how they are answered, and how many papers that were sat hold them. With keys: staff only."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.exams import counting, papers, selection, statistics_rules
from lms.exams.models import Paper, PaperKey
from lms.exams.selection import Level
from lms.exams.statistics_rules import Flag, Sums
from lms.kernel.errors import NotFound
from lms.questions import queries as banks
from lms.questions.queries import BankRow, QuestionRow

PER_PAGE = 50


class NoSuchBank(NotFound):
    """No bank of that id was ever published."""


class NoSuchQuestion(NotFound):
    """The newest edition of the bank holds no question of that id."""


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """One question of the newest edition of a bank, and what its answers say. `level` is the one that papers are drawn by."""

    question: QuestionRow
    sums: Sums
    flags: tuple[Flag, ...]
    level: Level

    @property
    def is_pilot(self) -> bool:
        """Whether the question is only being tried out."""
        return bool(self.question.content.get("pilot"))


@dataclass(frozen=True, slots=True)
class BankFigures:
    """The newest edition of a bank: how many questions it has, how many of them answers speak of, how many are flagged."""

    bank: BankRow
    questions: int
    pilots: int
    speaking: int
    flagged: int


def all_banks(session: Session) -> list[BankFigures]:
    """Every bank."""
    return [_bank(bank, figures(session, bank)) for bank in banks.banks(session)]


def _bank(bank: BankRow, rows: Sequence[QuestionFigures]) -> BankFigures:
    speaking = sum(row.sums.speaks for row in rows)
    return BankFigures(bank, len(rows), sum(row.is_pilot for row in rows), speaking, sum(bool(row.flags) for row in rows))


def bank_of(session: Session, bank_id: str) -> BankRow:
    """The newest edition of a bank. Raises NoSuchBank."""
    found = banks.head(session, bank_id)
    if found is None:
        raise NoSuchBank("There is no question bank of that id.")
    return found


def figures(session: Session, bank: BankRow) -> list[QuestionFigures]:
    """Every question of a bank, those that need a look first."""
    rows = banks.bank_questions(session, bank.hash)
    sums = counting.sums_of(session, [row.hash for row in rows])
    found = [_figures(row, sums.get(row.hash, Sums())) for row in rows]
    return sorted(found, key=lambda one: (-len(one.flags), one.question.question_id))


def _figures(row: QuestionRow, sums: Sums) -> QuestionFigures:
    share = sums.right_share if sums.speaks else None
    guess = Level(row.content.get("difficulty") or selection.OTHERWISE)
    return QuestionFigures(row, sums, tuple(statistics_rules.flags(sums)), guess if share is None else selection.level(share))


def question_of(session: Session, bank: BankRow, question_id: str) -> QuestionFigures:
    """One question of a bank. Raises NoSuchQuestion."""
    row = next((one for one in banks.bank_questions(session, bank.hash) if one.question_id == question_id), None)
    if row is None:
        raise NoSuchQuestion("This edition of the bank has no question of that id.")
    return _figures(row, counting.sums_of(session, [row.hash]).get(row.hash, Sums()))


def exposure(session: Session, hashes: Sequence[str]) -> dict[str, int]:
    """How many papers that were sat hold each of these questions; those that none holds are missing. What lies ready counts for nothing."""
    asked = select(PaperKey.question_hash, func.count(PaperKey.paper_hash.distinct())).join(Paper, Paper.hash == PaperKey.paper_hash)
    asked = asked.where(PaperKey.question_hash.in_(hashes), papers.was_sat())
    return {row[0]: row[1] for row in session.execute(asked.group_by(PaperKey.question_hash))}
