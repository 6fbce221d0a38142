"""Whose hands an attempt went through, so that none of them decides about it (R-11 carried on)."""

import uuid
from typing import Any, Final

from sqlalchemy import and_, literal, or_, select, union_all
from sqlalchemy.orm import Session

from lms.appeals.rules import Hands
from lms.exams.models import Admission, AdmissionUse, Attempt, Paper, Step, WrittenAnswer
from lms.exams.rules import Kind
from lms.grading.models import WrittenMark
from lms.questions.models import BankRevision
from lms.sittings.models import IdentityCheck, SittingProctor

ACTS: Final = (Kind.PAUSED, Kind.RESUMED, Kind.EXTENDED, Kind.RELEASED, Kind.TERMINATED, Kind.REINSTATED, Kind.VOIDED)
PROCTOR, AUTHOR, MARKER = "proctor", "author", "marker"


def hands_of(session: Session, *, attempt_id: uuid.UUID, officer_user: uuid.UUID, appellant: uuid.UUID | None) -> Hands:
    """Whose hands an attempt went through. Two statements."""
    found: dict[str, set[uuid.UUID]] = {PROCTOR: set(), AUTHOR: set(), MARKER: set()}
    for role, user_id in session.execute(_people(attempt_id)):
        found[role] |= {user_id} - {None}
    steps = select(Step.actor_id, Step.payload).where(
        Step.attempt_id == attempt_id, Step.kind.in_(ACTS), or_(Step.actor_id.is_(None), Step.actor_id != officer_user)
    )
    for actor_id, payload in session.execute(steps):
        found[PROCTOR] |= {one for one in (actor_id, _second(payload)) if one is not None}
    appellants = frozenset() if appellant is None else frozenset({appellant})
    return Hands(frozenset(found[PROCTOR]), frozenset(found[AUTHOR]), appellants, frozenset(found[MARKER]))


def _people(attempt_id: uuid.UUID) -> Any:
    """(role, person) of who admitted, was ever named for the sitting, checked identity at its door, published the bank, and marked."""
    of_sitting = and_(Attempt.sitting_id == IdentityCheck.sitting_id, Attempt.enrollment_id == IdentityCheck.enrollment_id)
    return union_all(
        select(literal(PROCTOR), Admission.admitted_by)
        .join(AdmissionUse, AdmissionUse.admission_id == Admission.id)
        .where(AdmissionUse.attempt_id == attempt_id),
        select(literal(PROCTOR), SittingProctor.user_id)
        .join(Attempt, Attempt.sitting_id == SittingProctor.sitting_id)
        .where(Attempt.id == attempt_id),
        select(literal(PROCTOR), IdentityCheck.checked_by).join(Attempt, of_sitting).where(Attempt.id == attempt_id),
        select(literal(AUTHOR), BankRevision.published_by)
        .join(Paper, Paper.bank_hash == BankRevision.hash)
        .join(Attempt, Attempt.paper_hash == Paper.hash)
        .where(Attempt.id == attempt_id),
        select(literal(MARKER), WrittenMark.marker_id)
        .join(WrittenAnswer, WrittenAnswer.id == WrittenMark.answer_id)
        .where(WrittenAnswer.attempt_id == attempt_id),
    )


def _second(payload: Any) -> uuid.UUID | None:
    confirmed = payload.get("confirmed_by")
    return uuid.UUID(confirmed) if confirmed else None
