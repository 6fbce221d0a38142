"""Asking about an officer at a moment: whom is meant, the answer, and the receipt that it was asked. The same question keeps its answer."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer, User
from lms.accounts.rules import Identity, normalized_name
from lms.agencies.models import Agency, Membership
from lms.audit import service as audit
from lms.authorizations import queries, trainings
from lms.authorizations.answer_rules import Considered, Question, answer, fault_of_question
from lms.authorizations.models import Authorization, StandingAnswer, StandingQuestion
from lms.certificates.models import Certificate
from lms.certificates.numbers import parse
from lms.kernel.canonical import content_hash
from lms.kernel.errors import Invalid
from lms.kernel.ids import new_id

OBJECT_TYPE: Final = "standing question"
REFERENCE_LENGTH: Final = 16


class NobodyMeant(Invalid):
    """What was entered names nobody, or more than one officer."""


class NotAskable(Invalid):
    """The question has no answer that could stay the same."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The officer who is meant, and the time zone of the agency."""

    officer_id: uuid.UUID
    time_zone: str


def officer_of_number(session: Session, *, text: str) -> Meant:
    """The officer of a certificate's number. Raises NobodyMeant."""
    number = parse(text)
    if not isinstance(number, str):
        raise NobodyMeant("No certificate has a number like that: a character is wrong, missing or out of place.")
    asked = select(Certificate.officer_id, Agency.time_zone).join(Agency, Agency.id == Certificate.agency_id)
    found = session.execute(asked.where(Certificate.number == number)).first()
    if found is None:
        raise NobodyMeant("No certificate has this number.")
    return Meant(*found)


def officer_of_name(session: Session, *, name: str, agency: str) -> Meant:
    """The one officer of that name who serves or served in the agency of that name. Raises NobodyMeant."""
    serves = exists().where(Membership.officer_id == Officer.id, Membership.agency_id == Agency.id)
    authorized = exists().where(Authorization.officer_id == Officer.id, Authorization.agency_id == Agency.id)
    asked = (
        select(Officer.id, Agency.time_zone)
        .join(Agency, or_(serves, authorized))
        .where(Officer.normalized_name == normalized_name(name), func.lower(Agency.name) == agency.strip().lower())
        .limit(2)
    )
    found = session.execute(asked).all()
    if len(found) != 1:
        told = "More than one officer has this name there" if found else "Nobody of that name serves in an agency of that name"
        raise NobodyMeant(f"{told}. Ask by the number of the certificate.")
    return Meant(*found[0])


def ask(session: Session, *, actor: Identity, question: Question, now: datetime) -> uuid.UUID:
    """Answer a question about a moment and leave its receipt, whose id it returns. Asked again, it gets the same answer (R-29)."""
    fault = fault_of_question(question, now=now)
    if fault:
        raise NotAskable(fault)
    name = content_hash(question.content)
    if session.get(StandingAnswer, name) is None:
        told = _answer(session, question)
        kept = {"question": question.content, "answer": told, "answer_hash": content_hash(told)}
        session.add(StandingAnswer(question_hash=name, recorded_at=now, **kept))
        session.flush()  # the receipt points to it
    receipt = StandingQuestion(id=new_id(), question_hash=name, asked_by=actor.user_id, at=now)
    session.add(receipt)
    audit.record(
        session,
        actor=actor,
        action="asked whether an officer was authorized",
        object_type=OBJECT_TYPE,
        object_id=receipt.id,
        details={"question": name},
        now=now,
    )
    return receipt.id


def _answer(session: Session, question: Question) -> dict[str, Any]:
    trained = trainings.trainings(session, trainings.of_officer(question.officer_id))
    considered = [
        Considered(
            row.number,
            row.model,
            row.facts["agency"],
            row.functions,
            row.places,
            row.authority,
            trained[row.enrollment_id].training if row.enrollment_id in trained else None,
        )
        for row in queries.of_officer(session, officer_id=question.officer_id)
    ]
    return answer(question, trainings=[one.training for one in trained.values()], considered=considered)


@dataclass(frozen=True, slots=True)
class Receipt:
    """An answer with the receipt of its question."""

    id: uuid.UUID
    officer: str
    time_zone: str
    asked_by: str
    asked_at: datetime
    answer: Any
    answer_hash: str

    @property
    def reference(self) -> str:
        """What tells this answer from every other: the same question has the same."""
        return self.answer_hash[:REFERENCE_LENGTH]


def receipt(session: Session, *, receipt_id: uuid.UUID) -> Receipt | None:
    """An answer by the receipt of its question."""
    asked = (
        select(StandingQuestion, StandingAnswer, User.name)
        .join(StandingAnswer, StandingAnswer.question_hash == StandingQuestion.question_hash)
        .outerjoin(User, User.id == StandingQuestion.asked_by)
        .where(StandingQuestion.id == receipt_id)
    )
    row = session.execute(asked).first()
    if row is None:
        return None
    made, kept, name = row
    officer_id = uuid.UUID(kept.question["officer"])
    of = select(Officer.name, Agency.time_zone).join(Membership, Membership.officer_id == Officer.id)
    of = of.join(Agency, Agency.id == Membership.agency_id).where(Officer.id == officer_id).order_by(Membership.effective_at.desc())
    officer, zone = session.execute(of.limit(1)).first() or ("", "UTC")
    return Receipt(made.id, officer, zone, name or "The system", made.at, kept.answer, kept.answer_hash)
