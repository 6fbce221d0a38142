"""Publishing question banks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.audit.models import AuditEntry
from lms.facts.source import register_in
from lms.questions import queries
from lms.questions.models import QuestionRevision
from lms.questions.service import PrivateBankKept, Published, publish
from lms.questions.source import banks_in
from tests.support.writing import BANK, QUESTIONS, TODAY, change, write_program

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return write_program(tmp_path / "program")


def published(session: Session, folder: Path, *, replace: bool = False, once: bool = False) -> Published:
    facts, _ = register_in(folder / "courses", today=TODAY)
    (bank,), faults = banks_in(folder / "question_banks", facts=facts, objectives={"ONE-1"}, today=TODAY)
    assert faults == []
    return publish(session, actor=SYSTEM, bank=bank, now=NOW, replace=replace, once=once)


def test_publishing_twice_makes_one_revision(session: Session, program: Path) -> None:
    first = published(session, program)
    again = published(session, program)
    assert (first.number, first.questions, first.changed) == (1, 4, True)
    assert (again.hash, again.number, again.changed) == (first.hash, 1, False)
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_a_changed_question_makes_a_new_revision_and_the_old_one_keeps_its_own(session: Session, program: Path) -> None:
    first = published(session, program)
    change(program, QUESTIONS, "Which act comes first (ONE-1-02)", "Which act comes last (ONE-1-02)")
    second = published(session, program)
    assert (second.number, second.changed) == (2, True)
    assert session.scalar(select(func.count()).select_from(QuestionRevision)) == 5
    old = {row.question_id: row.content["stem"] for row in queries.bank_questions(session, first.hash)}
    new = {row.question_id: row.content["stem"] for row in queries.bank_questions(session, second.hash)}
    assert (old["ONE-1-02"], new["ONE-1-02"]) == ("Which act comes first (ONE-1-02)?", "Which act comes last (ONE-1-02)?")
    assert list(new) == ["ONE-1-01", "ONE-1-02", "ONE-1-03", "ONE-1-04"]


def test_going_back_and_changing_the_bank_itself_are_new_revisions(session: Session, program: Path) -> None:
    published(session, program)
    change(program, BANK, "public = true", "public = false")
    assert published(session, program).number == 2
    found = queries.head(session, "mini")
    assert found is not None
    assert (found.number, found.public) == (2, False)
    change(program, BANK, "public = false", "public = true")
    assert published(session, program, replace=True).number == 3
    assert [row.number for row in queries.banks(session)] == [3]


def test_a_private_bank_is_not_replaced_by_a_public_one_unasked(session: Session, program: Path) -> None:
    change(program, BANK, "public = true", "public = false")
    published(session, program)
    change(program, BANK, "public = false", "public = true")
    with pytest.raises(PrivateBankKept, match="anyone could read"):
        published(session, program)
    found = queries.head(session, "mini")
    assert found is not None
    assert not found.public


def test_what_was_once_published_stays_replaced_when_the_site_starts_again(session: Session, program: Path) -> None:
    published(session, program, once=True)
    change(program, BANK, "public = true", "public = false")
    second = published(session, program)
    change(program, BANK, "public = false", "public = true")
    again = published(session, program, once=True)
    assert (again.hash, again.changed) == (second.hash, False)


def test_a_bank_that_nobody_published_is_not_there(session: Session) -> None:
    assert queries.head(session, "mini") is None
    assert queries.bank_questions(session, "0" * 64) == ()
