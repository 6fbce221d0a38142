"""ICE's written certification: who waits to be named, making a list, striking an entry."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.rules import Identity
from lms.agencies.clocks import start_of
from lms.audit import service as audit
from lms.authorizations.models import Certification, CertificationEntry, CertificationStriking, ProgramPaper
from lms.certificates import queries as certificates
from lms.certificates.fonts import normalized, refuse_missing
from lms.certificates.models import Certificate, CertificateSecret, Revocation, Storing, Supersession, Suspension, SuspensionEnding
from lms.certificates.numbers import CertificateClass
from lms.certificates.queries import NAME_GONE
from lms.certificates.reserving import Terms
from lms.certificates.rules import Status
from lms.courses.models import CourseRevision
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.ids import new_id

OBJECT_TYPE: Final = "certification"
PER_PAGE: Final = 50
MOST_NAMES: Final = 30
"""Names on one list: as many as stand on one page."""
ZONE: Final = "America/New_York"
"""Where the day of a list begins: at the seat of the Government."""


class NoSuchCertification(NotFound):
    """There is no such list or entry."""


class NotListed(Invalid):
    """A list cannot be made so."""


class AlreadyMade(Conflict):
    """The form was sent before, and its list is made."""


class AlreadyStruck(Conflict):
    """The entry is struck."""


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A certificate that is on a list or waits to be. `struck`: why its entry no longer counts."""

    number: str
    certificate_id: uuid.UUID
    name: str
    agency: str
    model: str
    completed_on: date
    struck: str = ""
    to_be_struck: bool = False


@dataclass(frozen=True, slots=True)
class CertificationRow:
    """A list."""

    id: uuid.UUID
    number: int
    official: str
    position: str
    dated_on: date
    recorded_at: datetime
    recorded_by: str
    paper: str | None
    facts: Any


# --- Who waits ------------------------------------------------------------------------------------------------------


def _waiting(model: str, agency: uuid.UUID | None) -> Select[uuid.UUID]:
    """Full certificates with a stored paper that stand and are on no list."""
    lifted = exists().where(SuspensionEnding.suspension_id == Suspension.id)
    asked = (
        select(Certificate.id)
        .join(Storing, Storing.certificate_id == Certificate.id)
        .join(CertificateSecret, CertificateSecret.certificate_id == Certificate.id)
        .join(CourseRevision, CourseRevision.hash == Certificate.course_hash)
        .where(
            Certificate.certificate_class == CertificateClass.FULL,
            ~exists().where(CertificationEntry.certificate_id == Certificate.id),
            ~exists().where(Revocation.certificate_id == Certificate.id),
            ~exists().where(Supersession.certificate_id == Certificate.id),
            ~exists().where(Suspension.certificate_id == Certificate.id, ~lifted),
        )
    )
    if model:
        asked = asked.where(CourseRevision.program_model == model)
    return asked if agency is None else asked.where(Certificate.agency_id == agency)


def waiting(session: Session, *, model: str = "", agency: uuid.UUID | None = None, page: int = 1) -> list[NamedRow]:
    """One page of officers who passed and are on no list, who waits longest first."""
    chosen = _waiting(model, agency).order_by(Certificate.reserved_at, Certificate.id)
    return _named(session, list(session.scalars(chosen.offset((page - 1) * MOST_NAMES).limit(MOST_NAMES))))


def waiting_count(session: Session, *, model: str = "", agency: uuid.UUID | None = None) -> int:
    """How many wait to be named."""
    return session.scalar(select(func.count()).select_from(_waiting(model, agency).subquery())) or 0


def _named(session: Session, ids: Sequence[uuid.UUID]) -> list[NamedRow]:
    """These certificates as they are named, in this order."""
    asked = (
        select(Certificate, CertificateSecret.name, CertificationStriking.reason, Revocation.effective_at)
        .outerjoin(CertificateSecret, CertificateSecret.certificate_id == Certificate.id)
        .outerjoin(CertificationStriking, CertificationStriking.certificate_id == Certificate.id)
        .outerjoin(Revocation, Revocation.certificate_id == Certificate.id)
        .where(Certificate.id.in_(ids))
    )
    found = {row[0].id: row for row in session.execute(asked)}
    return [_named_row(*found[one]) for one in ids]


def _named_row(made: Certificate, name: str | None, struck: str | None, revoked_at: datetime | None) -> NamedRow:
    return NamedRow(
        made.number,
        made.id,
        name or NAME_GONE,
        made.facts["agency"],
        made.facts["program_model"],
        date.fromisoformat(made.facts["completed_on"]),
        struck or "",
        to_be_struck=revoked_at is not None and struck is None,
    )


# --- The lists ------------------------------------------------------------------------------------------------------


def certifications(session: Session, *, page: int = 1) -> list[CertificationRow]:
    """One page of the lists, the newest first."""
    return _rows(session, select(Certification.id).order_by(Certification.number.desc()).offset((page - 1) * PER_PAGE).limit(PER_PAGE))


def certification_count(session: Session) -> int:
    """How many lists there are."""
    return session.scalar(select(func.count()).select_from(Certification)) or 0


def certification(session: Session, *, certification_id: uuid.UUID) -> CertificationRow | None:
    """One list."""
    found = _rows(session, select(Certification.id).where(Certification.id == certification_id))
    return found[0] if found else None


def _rows(session: Session, chosen: Select[uuid.UUID]) -> list[CertificationRow]:
    asked = (
        select(Certification, User.name, ProgramPaper.digest)
        .outerjoin(User, User.id == Certification.recorded_by)
        .outerjoin(ProgramPaper, ProgramPaper.object_id == Certification.id)
        .where(Certification.id.in_(list(session.scalars(chosen))))
        .order_by(Certification.number.desc())
    )
    return [
        CertificationRow(
            made.id, made.number, made.official, made.position, made.dated_on, made.recorded_at, name or "The system", digest, made.facts
        )
        for made, name, digest in session.execute(asked)
    ]


def entries(session: Session, *, certification_id: uuid.UUID) -> list[NamedRow]:
    """Whom a list names, in its order."""
    asked = select(CertificationEntry.certificate_id).where(CertificationEntry.certification_id == certification_id)
    return _named(session, list(session.scalars(asked.order_by(CertificationEntry.position))))


def to_be_struck(session: Session) -> list[tuple[uuid.UUID, str]]:
    """(list, number of certificate) of entries whose certificate was revoked and that nobody has struck, a page of them."""
    struck = exists().where(CertificationStriking.certificate_id == CertificationEntry.certificate_id)
    asked = (
        select(CertificationEntry.certification_id, Certificate.number)
        .join(Certificate, Certificate.id == CertificationEntry.certificate_id)
        .join(Revocation, Revocation.certificate_id == CertificationEntry.certificate_id)
        .where(~struck)
        .order_by(Revocation.recorded_at, Certificate.number)
        .limit(PER_PAGE)
    )
    return [(row[0], row[1]) for row in session.execute(asked)]


# --- What may be done -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Act:
    """ICE's act as it is written: which certificates, who signs in what position, and the day."""

    certificate_ids: Collection[uuid.UUID]
    official: str
    position: str
    dated_on: date


def certify(session: Session, *, actor: Identity, act: Act, terms: Terms, form_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """Make a numbered list of officers who passed. Its paper follows by itself. Raises NotListed, AlreadyMade, MissingGlyph."""
    if session.scalar(select(Certification.id).where(Certification.form_id == form_id)) is not None:
        raise AlreadyMade("This list is made already.")
    _refuse_faults(act, now)
    chosen = _in_order(session, act.certificate_ids, actor=actor, dated_on=act.dated_on)
    newest = session.scalar(select(func.max(Certification.number))) or 0
    made = Certification(
        id=new_id(),
        number=newest + 1,
        official=normalized(" ".join(act.official.split())),
        position=normalized(" ".join(act.position.split())),
        dated_on=act.dated_on,
        facts={"demo": terms.demo, "disclaimer": terms.disclaimer, "issuer": terms.issuer},
        form_id=form_id,
        recorded_by=actor.user_id,
        effective_at=_begins(act.dated_on, now),
        recorded_at=now,
    )
    session.add(made)
    session.flush()  # of two made at once the second fails here, on the number
    session.add_all(CertificationEntry(certificate_id=one, certification_id=made.id, position=at) for at, one in enumerate(chosen, start=1))
    _tell(session, actor, "named who passed", made.id, now, {"number": made.number, "names": len(chosen)})
    return made.id


def _refuse_faults(act: Act, now: datetime) -> None:
    if not act.official.strip() or not act.position.strip():
        raise NotListed("Enter the name and the position of the ICE official whose act this is.")
    for text in (act.official, act.position):
        refuse_missing(text)
    if act.dated_on > now.astimezone(ZoneInfo(ZONE)).date():
        raise NotListed("A list is dated today or before.")
    if not 0 < len(set(act.certificate_ids)) <= MOST_NAMES:
        raise NotListed(f"A list names one to {MOST_NAMES} officers. Choose some, and make another list for the others.")


def _begins(day: date, now: datetime) -> datetime:
    """A list of today counts from now on, an earlier one from the beginning of its day."""
    return now if day == now.astimezone(ZoneInfo(ZONE)).date() else start_of(day, zone=ZONE)


def _in_order(session: Session, certificate_ids: Collection[uuid.UUID], *, actor: Identity, dated_on: date) -> list[uuid.UUID]:
    """The certificates by name, each one that may be listed."""
    rows = [certificates.by_id(session, one) for one in set(certificate_ids)]
    waiting_now = set(session.scalars(_waiting("", None).where(Certificate.id.in_(certificate_ids))))
    found = [row for row in rows if row is not None and row.id in waiting_now]
    if len(found) != len(rows):
        raise NotListed("One of these certificates is on a list already, or no longer counts. Look at the page again.")
    if any(row.officer_id == actor.officer_id for row in found):
        raise NotListed("You cannot name yourself. Another certifier must.")
    if any(row.completed_on > dated_on for row in found):
        raise NotListed("A list cannot be dated before the training of everybody on it was completed.")
    return [row.id for row in sorted(found, key=lambda row: (row.name.split()[-1:], row.name, row.number))]


def strike(session: Session, *, actor: Identity, certification_id: uuid.UUID, number: str, reason: str, now: datetime) -> None:
    """Strike an entry whose certificate was revoked: from now on the list no longer names that officer."""
    asked = select(CertificationEntry.certificate_id).join(Certificate, Certificate.id == CertificationEntry.certificate_id)
    found = session.scalar(asked.where(CertificationEntry.certification_id == certification_id, Certificate.number == number))
    if found is None:
        raise NoSuchCertification("There is no such entry.")
    if session.get(CertificationStriking, found) is not None:
        raise AlreadyStruck("This entry is struck already.")
    row = certificates.by_id(session, found)
    if row is None or row.status(now) is not Status.REVOKED:
        raise NotListed("An entry is struck once its certificate is revoked. Revoke the certificate first.")
    if not reason.strip():
        raise NotListed("Say why: the record keeps it.")
    session.add(
        CertificationStriking(certificate_id=found, reason=reason.strip(), struck_by=actor.user_id, effective_at=now, recorded_at=now)
    )
    _tell(session, actor, "struck an entry of a certification", certification_id, now, {"certificate": str(found)}, reason=reason.strip())


def _tell(
    session: Session,
    actor: Identity,
    action: str,
    object_id: uuid.UUID,
    now: datetime,
    details: dict[str, object],
    reason: str | None = None,
) -> None:
    audit.record(session, actor=actor, action=action, object_type=OBJECT_TYPE, object_id=object_id, reason=reason, details=details, now=now)
