"""Which classes are examined on a bank that anyone can read, and who accepted it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.permissions import Permission
from lms.accounts.rules import Identity
from lms.courses.models import CourseRevision
from lms.enrollments.models import Offering, PublicBankAcknowledgement
from lms.enrollments.queries import planned_exams
from lms.questions.models import BankRevision


def public_banks(session: Session) -> frozenset[str]:
    """The banks whose newest revision anyone can read."""
    newer = aliased(BankRevision)
    superseded = exists().where(and_(newer.bank_id == BankRevision.bank_id, newer.number > BankRevision.number))
    return frozenset(session.scalars(select(BankRevision.bank_id).where(BankRevision.public.is_(True), ~superseded)))


def relies_on_public_bank(session: Session, *, offering_id: uuid.UUID) -> bool:
    """Whether a proctored exam of the class is drawn on a bank that anyone can read."""
    asked = select(CourseRevision.manifest).join(Offering, Offering.course_hash == CourseRevision.hash).where(Offering.id == offering_id)
    manifest = session.scalar(asked)
    return manifest is not None and _is_public(manifest, public_banks(session))


def _is_public(manifest: Mapping[str, Any], public: frozenset[str]) -> bool:
    return any(exam.proctored and exam.bank in public for exam in planned_exams(manifest))


def public_bank_acknowledged(session: Session, offering_id: uuid.UUID) -> bool:
    """Whether an administrator has accepted that the class is examined on a public bank."""
    return session.get(PublicBankAcknowledgement, offering_id) is not None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who accepted a public bank for a class, and when."""

    acknowledged_by: uuid.UUID
    at: datetime
    wording: str


def acknowledgement(session: Session, *, offering_id: uuid.UUID) -> Acknowledgement | None:
    """The acceptance of a public bank for a class, if it was given."""
    found = session.get(PublicBankAcknowledgement, offering_id)
    return None if found is None else Acknowledgement(found.acknowledged_by, found.at, found.wording)


def standing_notices(session: Session, identity: Identity) -> list[str]:
    """A sentence for administrators while any class relies on a public bank; nothing, without a question asked, for others."""
    if not identity.may(Permission.BANK_ACKNOWLEDGE):
        return []
    public = public_banks(session)
    if not public:
        return []
    courses = select(Offering.course_hash, func.count().label("classes")).group_by(Offering.course_hash).subquery()
    asked = select(CourseRevision.manifest, courses.c.classes).join(courses, courses.c.course_hash == CourseRevision.hash)
    relying = sum(row.classes for row in session.execute(asked) if _is_public(row.manifest, public))
    if not relying:
        return []
    subject = "One class is" if relying == 1 else f"{relying} classes are"
    return [f"{subject} examined on a question bank that anyone can read. Import a private bank before you rely on the results."]
