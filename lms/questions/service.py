"""Publishing question banks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.service import Actor, record
from lms.kernel.canonical import content_hash
from lms.kernel.errors import Conflict
from lms.questions.models import BankQuestion, BankRevision, QuestionRevision
from lms.questions.queries import BankRow, bank_questions, head, revisions
from lms.questions.source import Bank, Question


@dataclass(frozen=True, slots=True)
class Published:
    """The newest revision of a bank after publishing, and whether it is new."""

    bank_id: str
    hash: str
    number: int
    questions: int
    changed: bool


class PrivateBankKept(Conflict):
    """A bank that nobody outside can read would be replaced by a public one."""


def publish(session: Session, *, actor: Actor, bank: Bank, now: datetime, replace: bool = False, once: bool = False) -> Published:
    """Make `bank`, which has no faults, the newest revision of its id; nothing happens when it already is.

    With `once` nothing happens either when it ever was, even if another has replaced it. A private bank is not replaced by a
    public one unless `replace` asks for it: PrivateBankKept.
    """
    newest = head(session, bank.id)
    names = sorted(question.hash for question in bank.questions)
    known = [] if newest is None else revisions(session, bank.id) if once else [newest]
    if newest is not None and any(_is_as_published(session, row, bank, names) for row in known):
        return Published(bank.id, newest.hash, newest.number, len(names), changed=False)
    if newest is not None and bank.public and not newest.public and not replace:
        raise PrivateBankKept(
            f"The bank {bank.id} in use is private, and this one is public: anyone could read its questions. "
            "If that is meant, publish it with --replace."
        )
    return _new_revision(session, actor=actor, bank=bank, names=names, newest=newest, now=now)


def _new_revision(session: Session, *, actor: Actor, bank: Bank, names: list[str], newest: BankRow | None, now: datetime) -> Published:
    number = 1 if newest is None else newest.number + 1
    content = {
        "number": number,
        "id": bank.id,
        "title": bank.title,
        "public": bank.public,
        "law_as_of": bank.law_as_of.isoformat(),
        "questions": names,
    }
    name = content_hash(content)
    _keep_questions(session, bank.questions, now=now)
    session.add(
        BankRevision(
            hash=name,
            bank_id=bank.id,
            number=number,
            title=bank.title,
            public=bank.public,
            law_as_of=bank.law_as_of.isoformat(),
            published_by=actor.user_id,
            published_at=now,
        )
    )
    session.flush()
    session.add_all(BankQuestion(bank_hash=name, question_hash=question) for question in names)
    record(
        session,
        actor=actor,
        action="published a question bank",
        object_type="question bank",
        object_id=bank.id,
        now=now,
        details={"hash": name, "number": number, "questions": len(names), "public": bank.public},
    )
    session.flush()
    return Published(bank.id, name, number, len(names), changed=True)


def _is_as_published(session: Session, newest: BankRow, bank: Bank, names: list[str]) -> bool:
    told = (newest.title, newest.public, newest.law_as_of) == (bank.title, bank.public, bank.law_as_of.isoformat())
    return told and sorted(row.hash for row in bank_questions(session, newest.hash)) == names


def _keep_questions(session: Session, questions: Iterable[Question], *, now: datetime) -> None:
    wanted = {question.hash: question for question in questions}
    kept = set(session.scalars(select(QuestionRevision.hash).where(QuestionRevision.hash.in_(wanted))))
    session.add_all(
        QuestionRevision(hash=name, question_id=question.id, objective=question.objective, content=question.content(), published_at=now)
        for name, question in wanted.items()
        if name not in kept
    )
    session.flush()
