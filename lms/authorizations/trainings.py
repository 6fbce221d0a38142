"""Trainings with their certificates and the lists that name their officers: what tells whether somebody was certified."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.authorizations.models import Certification, CertificationEntry, CertificationStriking
from lms.authorizations.rules import Listed, Training
from lms.certificates import queries as certificates
from lms.certificates.models import Certificate
from lms.certificates.numbers import CertificateClass
from lms.certificates.queries import CertificateRow
from lms.certificates.rules import Fact


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One training of an officer. `newest` is its certificate that was issued last."""

    enrollment_id: uuid.UUID
    officer_id: uuid.UUID
    model: str
    newest: CertificateRow
    training: Training


def trainings(session: Session, enrollment_ids: Select[Any]) -> dict[uuid.UUID, TrainingRow]:
    """The trainings that ended in a full certificate, of these enrollments. Two statements, whatever there is."""
    rows: defaultdict[uuid.UUID, list[CertificateRow]] = defaultdict(list)
    for row in certificates.of_enrollments(session, enrollment_ids):
        if row.certificate_class is CertificateClass.FULL:
            rows[row.enrollment_id].append(row)
    named = _listed(session, enrollment_ids)
    return {enrollment: _training(found, named[enrollment]) for enrollment, found in rows.items()}


def _training(found: list[CertificateRow], listed: list[Listed]) -> TrainingRow:
    newest = found[0]
    lives = tuple((row.number, row.life) for row in reversed(found))
    model = str(newest.facts["program_model"])
    return TrainingRow(newest.enrollment_id, newest.officer_id, model, newest, Training(lives, tuple(listed)))


def _listed(session: Session, enrollment_ids: Select[Any]) -> defaultdict[uuid.UUID, list[Listed]]:
    asked = (
        select(Certificate.enrollment_id, Certification, CertificationStriking)
        .join(CertificationEntry, CertificationEntry.certificate_id == Certificate.id)
        .join(Certification, Certification.id == CertificationEntry.certification_id)
        .outerjoin(CertificationStriking, CertificationStriking.certificate_id == Certificate.id)
        .where(Certificate.enrollment_id.in_(enrollment_ids))
        .order_by(Certification.number)
    )
    found: defaultdict[uuid.UUID, list[Listed]] = defaultdict(list)
    for enrollment_id, made, struck in session.execute(asked):
        ended = Fact(struck.effective_at, struck.recorded_at) if struck else None
        found[enrollment_id].append(Listed(made.number, Fact(made.effective_at, made.recorded_at), ended))
    return found


def of_officer(officer_id: uuid.UUID) -> Select[Any]:
    """The enrollments of an officer that led to a certificate."""
    return select(Certificate.enrollment_id).where(Certificate.officer_id == officer_id)


def of_number(number: str) -> Select[Any]:
    """The enrollment of a certificate's number."""
    return select(Certificate.enrollment_id).where(Certificate.number == number)
