"""What may be done about a certificate once it has a number: revoke, suspend, lift, correct; and the rows of its paper."""

import hashlib
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM, Identity
from lms.agencies.telling import Facts, officer_reader, tell
from lms.audit import service as audit
from lms.certificates import prerequisites, queries
from lms.certificates.fonts import refuse_missing
from lms.certificates.models import (
    Certificate,
    CertificateStatement,
    Revocation,
    Seal,
    Storing,
    Supersession,
    Suspension,
    SuspensionEnding,
)
from lms.certificates.queries import OBJECT_TYPE, CertificateRow
from lms.certificates.reserving import OwnCertificate, Terms, issue, renamed, reserve
from lms.certificates.rules import PUBLIC_REASONS, RevocationReason, Status
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.ids import new_id
from lms.notices.rules import Kind

__all__ = ["correct", "issue", "lift", "record_seal", "record_statement", "record_storing", "revoke", "suspend"]


class NoSuchCertificate(NotFound):
    """There is no such certificate, or it is not this person's to see."""


class NotInForce(Conflict):
    """What is asked for needs a certificate that counts, and this one does not."""


class NotSuspended(Conflict):
    """There is no suspension to lift."""


class NoReason(Invalid):
    """Whoever takes a certificate away says why."""


def revoke(session: Session, *, actor: Identity, number: str, reason: RevocationReason, note: str, now: datetime) -> None:
    """Revoke a certificate for good. One that was replaced stays so: revoke the one that replaced it. Raises NotInForce."""
    found = _locked(session, number)
    status = found.status(now)
    if status in {Status.REVOKED, Status.SUPERSEDED}:
        raise NotInForce(f"This certificate is {status} already.")
    session.add(
        Revocation(
            certificate_id=found.id,
            by=actor.user_id,
            reason=reason,
            public_reason=PUBLIC_REASONS[reason],
            note=_said(note),
            effective_at=now,
            recorded_at=now,
        )
    )
    _record(session, actor, found, "revoked a certificate", now, reason=f"{reason}: {note}")
    _tell_end(session, found, "revoked", PUBLIC_REASONS[reason], now)


def suspend(session: Session, *, actor: Identity, number: str, note: str, now: datetime) -> None:
    """Suspend a valid certificate until the suspension is lifted. Raises NotInForce."""
    found = _locked(session, number)
    _refuse_unless_valid(found, now)
    session.add(Suspension(id=new_id(), certificate_id=found.id, by=actor.user_id, note=_said(note), effective_at=now, recorded_at=now))
    _record(session, actor, found, "suspended a certificate", now, reason=note)
    _tell_end(session, found, "suspended", "A question about it is being looked into.", now)


def lift(session: Session, *, actor: Identity, number: str, note: str, now: datetime) -> None:
    """End the suspension of a certificate. Raises NotSuspended."""
    found = _locked(session, number)
    if found.open_suspension is None or found.status(now) is not Status.SUSPENDED:
        raise NotSuspended("This certificate is not suspended.")
    ended = found.open_suspension.id
    session.add(SuspensionEnding(suspension_id=ended, by=actor.user_id, note=_said(note), effective_at=now, recorded_at=now))
    _record(session, actor, found, "lifted the suspension of a certificate", now, reason=note)


def correct(session: Session, *, actor: Identity, number: str, name: str, reason: str, terms: Terms, now: datetime) -> str:
    """Issue a new certificate in place of a valid one, which is superseded from now on, and return the new number.

    Everything is read anew from the rows, and every prerequisite checked again; `name` is the spelling to print. Raises NotInForce,
    NotReady, MissingGlyph, OwnCertificate.
    """
    refuse_missing(name)
    refuse_missing(actor.name)
    found = _locked(session, number)
    if actor.officer_id == found.officer_id:
        raise OwnCertificate("You cannot correct your own certificate. Another certifier must.")
    _refuse_unless_valid(found, now)
    (candidate,) = prerequisites.candidates(session, enrollment_ids=[found.enrollment_id], demo=terms.demo, now=now)
    made = reserve(session, actor=actor, candidate=renamed(candidate, " ".join(name.split())), terms=terms, now=now)
    session.flush()  # the supersession points to it
    session.add(Supersession(certificate_id=found.id, replaced_by=made.id, reason=_said(reason), by=actor.user_id, at=now))
    _record(session, actor, found, "replaced a certificate by a corrected one", now, reason=reason, replaced_by=str(made.id))
    return made.number


def _locked(session: Session, number: str) -> CertificateRow:
    """The certificate, locked where the database can: of two who decide about it at once, the second sees what the first did."""
    session.scalar(select(Certificate.id).where(Certificate.number == number).with_for_update())
    found = queries.by_number(session, number)
    if found is None:
        raise NoSuchCertificate("There is no such certificate.")
    return found


def _refuse_unless_valid(found: CertificateRow, now: datetime) -> None:
    status = found.status(now)
    if status is not Status.VALID:
        raise NotInForce(f"This certificate is {status}; that can be done to a valid one only.")


def _said(text: str) -> str:
    told = text.strip()
    if not told:
        raise NoReason("Say why: the record keeps it.")
    return told


def _record(
    session: Session, actor: Identity, found: CertificateRow, action: str, now: datetime, *, reason: str | None = None, **details: Any
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type=OBJECT_TYPE,
        object_id=found.id,
        agency_id=found.agency_id,
        reason=reason,
        details=details,
        now=now,
    )


def record_statement(session: Session, *, certificate_id: uuid.UUID, key_id: str, text: str, now: datetime) -> None:
    """Record what is stated under a signing key. What was stated before stays."""
    found = queries.by_id(session, certificate_id)
    if found is None or queries.statement_of(session, certificate_id=certificate_id, key_id=key_id) is not None:
        return
    digest = hashlib.sha256(text.encode()).hexdigest()
    session.add(CertificateStatement(certificate_id=certificate_id, key_id=key_id, text=text, hash=digest, at=now))
    _record(session, SYSTEM, found, "stated what a certificate says", now, statement=digest, key=key_id)


def record_seal(session: Session, *, certificate_id: uuid.UUID, digest: str, size: int, key_id: str, now: datetime) -> None:
    """Record the one paper of a certificate, unless there is one already: the first to be recorded counts."""
    found = queries.by_id(session, certificate_id)
    if found is None or found.seal is not None:
        return
    session.add(Seal(certificate_id=certificate_id, digest=digest, size=size, key_id=key_id, at=now))
    _record(session, SYSTEM, found, "signed the paper of a certificate", now, paper=digest, key=key_id)


def record_storing(session: Session, *, certificate_id: uuid.UUID, now: datetime) -> None:
    """Record that the paper was read back and is what was signed."""
    found = queries.by_id(session, certificate_id)
    if found is None or found.seal is None or found.is_stored:
        return
    session.add(Storing(certificate_id=certificate_id, at=now))
    _record(session, SYSTEM, found, "stored the paper of a certificate", now, paper=found.seal.digest)
    facts: Facts = {"course": found.facts["course"]["title"], "when": found.reserved_at}
    _tell(session, found, Kind.CERTIFICATE_ISSUED, f"certificate:{found.id}", facts, now)


def _tell(session: Session, found: CertificateRow, kind: Kind, key: str, facts: Facts, now: datetime) -> None:
    reader = officer_reader(session, officer_id=found.officer_id, agency_id=found.agency_id)
    tell(session, reader=reader, kind=kind, key=key, facts=facts, path=f"/certificates/{found.number}", now=now)


def _tell_end(session: Session, found: CertificateRow, outcome: str, reason: str, now: datetime) -> None:
    facts: Facts = {
        "what": "Certificate of training",
        "outcome": outcome,
        "officer": found.name,
        "when": now,
        "reason": reason,
        "consequence": "Nobody may rely on the paper from then on. If you think that this is wrong, answer to your program at once.",
    }
    _tell(session, found, Kind.REVOKED, f"{outcome}:{found.id}:{now.isoformat()}", facts, now)
