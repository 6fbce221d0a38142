"""Whose hands an attempt went through, so that none of them decides about it (R-11 carried on)."""

import uuid
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.appeals.rules import Hands
from lms.exams.models import Admission, AdmissionUse, Attempt, Paper, Step
from lms.exams.rules import Kind
from lms.questions.models import BankRevision

ACTS: Final = (Kind.PAUSED, Kind.RESUMED, Kind.EXTENDED, Kind.TERMINATED, Kind.REINSTATED, Kind.VOIDED)


def hands_of(session: Session, *, attempt_id: uuid.UUID, officer_user: uuid.UUID, appellant: uuid.UUID | None) -> Hands:
    """Whose hands an attempt went through. Three statements."""
    admitted = select(Admission.admitted_by).join(AdmissionUse, AdmissionUse.admission_id == Admission.id)
    proctors = set(session.scalars(admitted.where(AdmissionUse.attempt_id == attempt_id)))
    steps = select(Step.actor_id, Step.payload).where(
        Step.attempt_id == attempt_id, Step.kind.in_(ACTS), or_(Step.actor_id.is_(None), Step.actor_id != officer_user)
    )
    for actor_id, payload in session.execute(steps):
        proctors |= {one for one in (actor_id, _second(payload)) if one is not None}
    authors = select(BankRevision.published_by).join(Paper, Paper.bank_hash == BankRevision.hash)
    published = session.scalars(authors.join(Attempt, Attempt.paper_hash == Paper.hash).where(Attempt.id == attempt_id))
    appellants = frozenset() if appellant is None else frozenset({appellant})
    return Hands(frozenset(proctors), frozenset(one for one in published if one is not None), appellants)


def _second(payload: Any) -> uuid.UUID | None:
    confirmed = payload.get("confirmed_by")
    return uuid.UUID(confirmed) if confirmed else None
