"""Certificates as verification knows them: only those whose paper was delivered."""

from sqlalchemy.orm import Session

from lms.certificates import queries as certificates
from lms.certificates.queries import CertificateRow
from lms.certificates.rules import PROGRAM_MODELS
from lms.verification.rules import FullClaims, PublicClaims, Record


def by_number(session: Session, number: str) -> Record | None:
    """The delivered certificate of a canonical number. One statement, whatever there is."""
    return _record(certificates.by_number(session, number))


def by_paper(session: Session, digest: str) -> Record | None:
    """The delivered certificate whose paper has this SHA-256. One statement."""
    return _record(certificates.by_digest(session, digest))


def _record(found: CertificateRow | None) -> Record | None:
    """None also for a certificate whose paper nobody has yet, or whose names were disposed of: both look like an unknown number."""
    if found is None or not found.is_stored or not found.token:
        return None
    return Record(found.number, found.facts["demo"], found.life, _public(found), _full(found), found.token)


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
