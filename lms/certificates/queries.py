"""Certificates as they are shown, searched and told: frozen rows, each with everything that became of it."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.accounts.permissions import Permission
from lms.accounts.rules import Identity, normalized_name
from lms.audit.models import AuditEntry
from lms.certificates import prerequisites, rules
from lms.certificates.models import (
    Certificate,
    CertificateOrder,
    CertificateSecret,
    CertificateStatement,
    Revocation,
    Seal,
    Storing,
    Supersession,
    Suspension,
    SuspensionEnding,
)
from lms.certificates.numbers import ALPHABET, CertificateClass, display
from lms.certificates.rules import Fact, Life, Stage, Status, Suspended
from lms.certificates.statement import Salts
from lms.courses.models import CourseRevision
from lms.influx.models import DeclarationAct, InfluxConfirmation, TrainingOrder
from lms.influx.period import Kind

CERTIFICATES_PER_PAGE = 50
OBJECT_TYPE = "certificate"
"""How the audit trail calls a certificate."""
NAME_GONE = "(name disposed of)"


@dataclass(frozen=True, slots=True)
class SealRow:
    """The paper of a certificate: the SHA-256 of its bytes, how many they are, and the key that signed them."""

    digest: str
    size: int
    key_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Revoked:
    """That a certificate was revoked. `note` is for the program alone."""

    reason: str
    public_reason: str
    note: str
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Superseded:
    """That a certificate was replaced."""

    replaced_by: uuid.UUID
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenSuspension:
    """A suspension without an end."""

    id: uuid.UUID
    note: str
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Stated:
    """What a certificate states, and the SHA-256 of that text."""

    text: str
    hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One certificate with its fate. The token opens every claim: pages never show it."""

    id: uuid.UUID
    number: str
    certificate_class: CertificateClass
    series: str
    enrollment_id: uuid.UUID
    officer_id: uuid.UUID
    agency_id: uuid.UUID
    course_hash: str
    status_index: int
    reserved_at: datetime
    facts: Mapping[str, Any]
    name: str
    certified_by: str
    salts: Salts | None = field(repr=False)
    token: str = field(repr=False)
    seal: SealRow | None
    stored_at: datetime | None
    stated: bool
    revocation: Revoked | None
    supersession: Superseded | None
    open_suspension: OpenSuspension | None
    life: Life
    order_id: uuid.UUID | None = None

    @property
    def stage(self) -> Stage:
        """How far its issuing has come."""
        return rules.stage(stated=self.stated, signed=self.seal is not None, stored=self.is_stored)

    @property
    def is_stored(self) -> bool:
        """Whether there is a paper that may be delivered."""
        return self.stored_at is not None

    @property
    def completed_on(self) -> date:
        """The day on which the last of lessons and exams was finished, where the class was."""
        return date.fromisoformat(self.facts["completed_on"])

    @property
    def good_until(self) -> date | None:
        """The last day of a time-boxed certificate; None for any other."""
        written = self.facts.get("good_until")
        return date.fromisoformat(written) if written else None

    @property
    def issued_on(self) -> date:
        """The day on the paper."""
        return date.fromisoformat(self.facts["issued_on"])

    def status(self, now: datetime) -> Status:
        """Its standing at `now`, which is not before it was issued."""
        return rules.validity(self.life, at=max(now, self.life.issued_at)) or Status.VALID

    def is_being_prepared(self, now: datetime) -> bool:
        """Whether the paper is still to come."""
        return not self.is_stored and self.status(now) in {Status.VALID, Status.SUSPENDED, Status.DRILL}

    def shown(self, now: datetime) -> str:
        """The word for lists."""
        return "being prepared" if self.is_being_prepared(now) else str(self.status(now))


def seen_by(identity: Identity) -> ColumnElement[bool]:
    """That a certificate is one the person may see: all for certifiers, else one's own and those of an agency one coordinates."""
    if identity.may(Permission.CERTIFICATE_ISSUE):
        return true()
    return or_(own(identity), Certificate.agency_id.in_(identity.agency_ids))


def held_by(identity: Identity) -> ColumnElement[bool]:
    """That a certificate's paper may be handed to the person: to certifiers and to its officer."""
    return true() if identity.may(Permission.CERTIFICATE_ISSUE) else own(identity)


def own(identity: Identity) -> ColumnElement[bool]:
    """That a certificate is the person's own."""
    return false() if identity.officer_id is None else Certificate.officer_id == identity.officer_id


def certificate(session: Session, *, identity: Identity, number: str) -> CertificateRow | None:
    """The certificate, or None when there is none or the person may not see it: the two look alike. One statement."""
    found = _rows(session, select(Certificate.id).where(Certificate.number == number, seen_by(identity)))
    return found[0] if found else None


def paper(session: Session, *, identity: Identity, number: str) -> CertificateRow | None:
    """The certificate whose paper the person may have, or None."""
    found = _rows(session, select(Certificate.id).where(Certificate.number == number, held_by(identity)))
    return found[0] if found else None


def by_number(session: Session, number: str) -> CertificateRow | None:
    """The certificate of a number, for those to whom anybody's may be told in part. One statement."""
    found = _rows(session, select(Certificate.id).where(Certificate.number == number))
    return found[0] if found else None


def by_digest(session: Session, digest: str) -> CertificateRow | None:
    """The certificate whose paper has this SHA-256. One statement."""
    found = _rows(session, select(Seal.certificate_id).where(Seal.digest == digest))
    return found[0] if found else None


def by_id(session: Session, certificate_id: uuid.UUID) -> CertificateRow | None:
    """The certificate of an id."""
    found = _rows(session, select(Certificate.id).where(Certificate.id == certificate_id))
    return found[0] if found else None


def certificates_of(session: Session, *, officer_id: uuid.UUID, now: datetime) -> list[CertificateRow]:
    """An officer's certificates, those that count first, then the newest. One statement."""
    rows = _rows(session, select(Certificate.id).where(Certificate.officer_id == officer_id))
    return sorted(rows, key=lambda row: row.status(now) is not Status.VALID)


def certificates_for_influx(session: Session, officer_ids: Collection[uuid.UUID]) -> list[CertificateRow]:
    """Every certificate of these officers for a course on the mass influx, the newest first. One statement."""
    of_influx = select(Certificate.id).join(CourseRevision, CourseRevision.hash == Certificate.course_hash)
    return _rows(session, of_influx.where(Certificate.officer_id.in_(officer_ids), CourseRevision.program_model == "INFLUX"))


def of_enrollments(session: Session, enrollment_ids: Select[Any]) -> list[CertificateRow]:
    """Every certificate of these enrollments, the newest first: corrected ones stand beside those they replaced. One statement."""
    return _rows(session, select(Certificate.id).where(Certificate.enrollment_id.in_(enrollment_ids)))


def ready_count(session: Session, *, now: datetime, demo: bool = False) -> int:
    """How many officers a certificate may be issued to, counted up to prerequisites.MOST_READY."""
    return len(prerequisites.ready(session, demo=demo, now=now))


def certificates(session: Session, *, asked: str = "", page: int = 1) -> list[CertificateRow]:
    """One page of all certificates, the newest first; those whose number begins with or whose name contains what was asked."""
    chosen = _searched(select(Certificate.id), asked).order_by(Certificate.reserved_at.desc(), Certificate.id)
    return _rows(session, chosen.offset((page - 1) * CERTIFICATES_PER_PAGE).limit(CERTIFICATES_PER_PAGE))


def certificate_count(session: Session, *, asked: str = "") -> int:
    """How many certificates all pages of `certificates` show."""
    return session.scalar(_searched(select(func.count(Certificate.id)), asked)) or 0


def _searched(chosen: Select[Any], asked: str) -> Select[Any]:
    words = normalized_name(asked)
    if not words:
        return chosen
    number = "".join(symbol for symbol in asked.upper() if symbol in ALPHABET)
    conditions = [CertificateSecret.searched_name.contains(words, autoescape=True)]
    if len(number) > 4 and any(symbol.isdigit() for symbol in asked):
        conditions.append(Certificate.number.startswith(number, autoescape=True))
    return chosen.outerjoin(CertificateSecret, CertificateSecret.certificate_id == Certificate.id).where(or_(*conditions))


def _rows(session: Session, chosen: Select[Any]) -> list[CertificateRow]:
    """The chosen certificates, the newest first. One statement, whatever is found."""
    stated = exists().where(CertificateStatement.certificate_id == Certificate.id)
    fates = (CertificateSecret, Seal, Storing.at, Revocation, Supersession)
    ended = aliased(DeclarationAct)
    rows = session.execute(
        select(
            Certificate, *fates, stated, Suspension, SuspensionEnding, ended.effective_at, InfluxConfirmation.at, CertificateOrder.order_id
        )
        .outerjoin(CertificateSecret, CertificateSecret.certificate_id == Certificate.id)
        .outerjoin(Seal, Seal.certificate_id == Certificate.id)
        .outerjoin(Storing, Storing.certificate_id == Certificate.id)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .outerjoin(Supersession, Supersession.certificate_id == Certificate.id)
        .outerjoin(Suspension, Suspension.certificate_id == Certificate.id)
        .outerjoin(SuspensionEnding, SuspensionEnding.suspension_id == Suspension.id)
        .outerjoin(CertificateOrder, CertificateOrder.certificate_id == Certificate.id)
        .outerjoin(TrainingOrder, TrainingOrder.id == CertificateOrder.order_id)
        .outerjoin(ended, and_(ended.declaration_id == TrainingOrder.declaration_id, ended.kind == Kind.TERMINATED))
        .outerjoin(InfluxConfirmation, InfluxConfirmation.of_id == ended.id)
        .where(Certificate.id.in_(chosen))
        .order_by(Certificate.reserved_at.desc(), Certificate.id, Suspension.recorded_at)
    ).all()
    grouped: dict[uuid.UUID, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row[0].id, []).append(row)
    return [_row(found) for found in grouped.values()]


def _row(rows: Sequence[Any]) -> CertificateRow:
    made, secret, seal, stored_at, revocation, supersession, stated = rows[0][:7]
    suspensions = list({row[7].id: (row[7], row[8]) for row in rows if row[7] is not None}.values())
    endings = [Fact(row[9], row[10]) for row in rows if row[9] is not None and row[10] is not None]
    return CertificateRow(
        id=made.id,
        number=made.number,
        certificate_class=CertificateClass(made.certificate_class),
        series=made.series,
        enrollment_id=made.enrollment_id,
        officer_id=made.officer_id,
        agency_id=made.agency_id,
        course_hash=made.course_hash,
        status_index=made.status_index,
        reserved_at=made.reserved_at,
        facts=made.facts,
        name=secret.name if secret else NAME_GONE,
        certified_by=secret.certified_by if secret else NAME_GONE,
        salts=Salts(**secret.salts) if secret else None,
        token=secret.token if secret else "",
        seal=seal and SealRow(seal.digest, seal.size, seal.key_id, seal.at),
        stored_at=stored_at,
        stated=stated,
        revocation=revocation and Revoked(revocation.reason, revocation.public_reason, revocation.note, revocation.effective_at),
        supersession=supersession and Superseded(supersession.replaced_by, supersession.reason, supersession.at),
        open_suspension=_open(suspensions),
        life=_life(made, revocation, supersession, suspensions, min(endings, key=lambda one: one.effective_at, default=None)),
        order_id=rows[0][11],
    )


def _open(suspensions: Iterable[tuple[Suspension, SuspensionEnding | None]]) -> OpenSuspension | None:
    begun = next((begun for begun, ended in suspensions if ended is None), None)
    return OpenSuspension(begun.id, begun.note, begun.effective_at) if begun else None


def _life(
    made: Certificate,
    revocation: Revocation | None,
    supersession: Supersession | None,
    suspensions: Iterable[tuple[Suspension, SuspensionEnding | None]],
    ended: Fact | None,
) -> Life:
    expires_at = made.facts["expires_at"]
    return Life(
        issued_at=made.reserved_at,
        expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
        revoked=_fact(revocation),
        superseded=Fact(supersession.at, supersession.at) if supersession else None,
        suspensions=tuple(Suspended(Fact(begun.effective_at, begun.recorded_at), _fact(over)) for begun, over in suspensions),
        ended=ended,
        drill=made.certificate_class == CertificateClass.DRILL,
    )


def _fact(row: Revocation | SuspensionEnding | None) -> Fact | None:
    return Fact(row.effective_at, row.recorded_at) if row else None


def number_of(session: Session, certificate_id: uuid.UUID) -> str | None:
    """The number of a certificate."""
    return session.scalar(select(Certificate.number).where(Certificate.id == certificate_id))


def replaced_number(session: Session, certificate_id: uuid.UUID) -> str | None:
    """The number of the certificate that this one replaced, if it did."""
    asked = select(Certificate.number).join(Supersession, Supersession.certificate_id == Certificate.id)
    return session.scalar(asked.where(Supersession.replaced_by == certificate_id))


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One thing that was done about a certificate."""

    at: datetime
    who: str
    action: str
    reason: str


def history(session: Session, *, certificate_id: uuid.UUID) -> list[HistoryRow]:
    """What was done about a certificate, in order, from the audit trail."""
    rows = session.execute(
        select(AuditEntry.at, User.name, AuditEntry.action, AuditEntry.reason)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(AuditEntry.object_type == OBJECT_TYPE, AuditEntry.object_id == str(certificate_id))
        .order_by(AuditEntry.at, AuditEntry.id)
    )
    return [HistoryRow(at, who or "The system", action, reason or "") for at, who, action, reason in rows]


def statement_of(session: Session, *, certificate_id: uuid.UUID, key_id: str) -> Stated | None:
    """What was stated under a signing key."""
    found = session.get(CertificateStatement, (certificate_id, key_id))
    return Stated(found.text, found.hash, found.at) if found else None


def unfinished(session: Session, *, limit: int) -> list[uuid.UUID]:
    """Certificates whose paper is still to come, the oldest first."""
    asked = (
        select(Certificate.id)
        .outerjoin(Storing, Storing.certificate_id == Certificate.id)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .outerjoin(Supersession, Supersession.certificate_id == Certificate.id)
        .where(Storing.at.is_(None), Revocation.reason.is_(None), Supersession.at.is_(None))
        .order_by(Certificate.reserved_at, Certificate.id)
        .limit(limit)
    )
    return list(session.scalars(asked))


def numbers_in_force(session: Session, enrollment_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """The numbers, grouped for reading, of the certificates of enrollments that were neither revoked nor superseded."""
    asked = (
        select(Certificate.enrollment_id, Certificate.number)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .outerjoin(Supersession, Supersession.certificate_id == Certificate.id)
        .where(Certificate.enrollment_id.in_(enrollment_ids), Revocation.reason.is_(None), Supersession.at.is_(None))
        .order_by(Certificate.reserved_at)
    )
    found: dict[uuid.UUID, list[str]] = {}
    for enrollment_id, number in session.execute(asked):
        found.setdefault(enrollment_id, []).append(display(number))
    return found
