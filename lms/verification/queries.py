"""Certificates as verification knows them: only those whose paper was delivered."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.authorizations import queries as authorizations
from lms.authorizations import trainings
from lms.authorizations.queries import AuthorizationRow
from lms.authorizations.rules import Standing, certified_by
from lms.certificates import queries as certificates
from lms.certificates.models import Certificate, Seal
from lms.certificates.queries import CertificateRow
from lms.certificates.rules import PROGRAM_MODELS
from lms.verification.rules import Authorized, FullClaims, Letter, PublicClaims, Record


def by_number(session: Session, number: str, *, now: datetime) -> Record | None:
    """The delivered certificate of a canonical number, with what rests on it. The same statements, whatever there is."""
    return _record(certificates.by_number(session, number), _authorized(session, trainings.of_number(number), now))


def by_paper(session: Session, digest: str, *, now: datetime) -> Record | None:
    """The delivered certificate whose paper has this SHA-256, with what rests on it."""
    resting = select(Certificate.enrollment_id).join(Seal, Seal.certificate_id == Certificate.id).where(Seal.digest == digest)
    return _record(certificates.by_digest(session, digest), _authorized(session, resting, now))


def _authorized(session: Session, enrollment_ids: Select[Any], now: datetime) -> Authorized:
    """Whether the training is certified, and the authorizations that rest on it."""
    trained = trainings.trainings(session, enrollment_ids).values()
    letters = [(row, row.standing_now(now)) for row in authorizations.of_training(session, enrollment_ids)]
    return Authorized(
        certified=any(certified_by(one.training, at=now, known=now) is not None for one in trained),
        in_force=any(standing.is_active for _, standing in letters),
        letters=tuple(_letter(row, standing) for row, standing in letters),
    )


def _letter(row: AuthorizationRow, standing: Standing) -> Letter:
    told = row.supervisor
    return Letter(
        number=row.number,
        standing=str(standing.word),
        since=standing.since,
        functions=tuple(row.function_texts),
        places=tuple(row.facts["places"]),
        starts_at=row.authority.starts_at,
        ends_at=row.authority.ends_at,
        supervisor=told.position,
        field_office=told.field_office,
    )


def _record(found: CertificateRow | None, authorized: Authorized) -> Record | None:
    """None also for a certificate whose paper nobody has yet, or whose names were disposed of: both look like an unknown number."""
    if found is None or not found.is_stored or not found.token:
        return None
    return Record(found.number, found.facts["demo"], found.life, _public(found), _full(found), found.token, authorized)


def _public(found: CertificateRow) -> PublicClaims:
    facts = found.facts
    model = PROGRAM_MODELS.get(facts["program_model"], facts["program_model"])
    return PublicClaims(found.certificate_class.name.lower(), model, facts["agency"], found.issued_on)


def _full(found: CertificateRow) -> FullClaims:
    facts, revocation, supersession = found.facts, found.revocation, found.supersession
    return FullClaims(
        name=found.name,
        course=facts["course"]["title"],
        course_revision=found.course_hash,
        minutes=facts["minutes"],
        subjects=tuple(facts["subjects"]),
        completed_on=found.completed_on,
        expires_at=found.life.expires_at,
        certified_by=found.certified_by,
        certified_title=facts["certified_title"],
        issuer=facts["issuer"],
        notes=tuple(facts["notes"]),
        signing_key=found.seal.key_id if found.seal else "",
        paper=found.seal.digest if found.seal else "",
        revoked_at=revocation.effective_at if revocation else None,
        revoked_because=revocation.public_reason if revocation else "",
        superseded_at=supersession.at if supersession else None,
    )
