"""Reserving certificates: prerequisites are read anew from the rows, and everything the paper will say is frozen with the number."""

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity, normalized_name
from lms.audit import service as audit
from lms.certificates import prerequisites, rules
from lms.certificates.fonts import normalized, refuse_missing
from lms.certificates.models import Certificate, CertificateOrder, CertificateSecret
from lms.certificates.numbers import ENTROPY, mint
from lms.certificates.pdf import PAPER
from lms.certificates.prerequisites import Candidate
from lms.certificates.queries import OBJECT_TYPE
from lms.certificates.rules import Earlier, Gate
from lms.certificates.short import Basis
from lms.certificates.short_rules import LIVES
from lms.certificates.statement import ENTROPY as SALTS_ENTROPY
from lms.certificates.statement import Salts
from lms.kernel.errors import Conflict, Forbidden, NotFound
from lms.kernel.ids import new_id, token
from lms.settings import Settings

TITLE: Final = "Certifying official"
TOKEN_BITS: Final = 128
OWN_CLOCK: Final = "The time in its signature is the issuer's own."
OTHERS_CLOCK: Final = "The time in its signature is attested by {host}."


class NotReady(Conflict):
    """A condition of issuing is not met. Carries those that are not."""

    def __init__(self, officer: str, unmet: Collection[Gate]) -> None:
        super().__init__(f"No certificate for {officer}: " + " ".join(f"{gate.label}: {gate.reason}" for gate in unmet))
        self.unmet = tuple(unmet)


class OwnCertificate(Forbidden):
    """Nobody certifies themselves."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an installation puts on every paper. `printed_url` is where a reader types the number."""

    issuer: str
    printed_url: str
    disclaimer: str
    tsa_url: str
    demo: bool

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The terms of the installation that `settings` describes."""
        return cls(
            issuer=settings.authority_name,
            printed_url=f"{settings.url}/verify",
            disclaimer=settings.disclaimer,
            tsa_url=settings.tsa_url,
            demo=settings.demo,
        )

    @property
    def time_stamp(self) -> str:
        """Whose clock the signature goes by."""
        return OTHERS_CLOCK.format(host=urlsplit(self.tsa_url).hostname or self.tsa_url) if self.tsa_url else OWN_CLOCK


def issue(session: Session, *, actor: Identity, enrollment_ids: Collection[uuid.UUID], terms: Terms, now: datetime) -> list[str]:
    """Reserve a certificate for each enrollment, and return the numbers; the papers follow by themselves.

    It is a full one where everything was done, else a time-boxed one where an order gives it (R-24).

    Enrollments that have one already are passed over, so that asking twice gives one. Raises NotReady, OwnCertificate, MissingGlyph.
    """
    refuse_missing(actor.name)
    found = prerequisites.candidates(session, enrollment_ids=enrollment_ids, demo=terms.demo, now=now)
    if {one.enrollment_id for one in found} != set(enrollment_ids):
        raise NotFound("There is no such officer in a class.")
    coming = [one for one in found if one.record.earlier is not Earlier.CERTIFICATE]
    return [reserve(session, actor=actor, candidate=one, terms=terms, now=now).number for one in coming]


def reserve(session: Session, *, actor: Identity, candidate: Candidate, terms: Terms, now: datetime) -> Certificate:
    """Take a number for the candidate, with everything that the paper will say. Raises NotReady or OwnCertificate."""
    if candidate.unmet:
        raise NotReady(candidate.officer, candidate.unmet)
    if actor.officer_id == candidate.officer_id:
        raise OwnCertificate("You cannot issue a certificate to yourself. Another certifier must.")
    kind = candidate.certificate_class
    made = Certificate(
        id=new_id(),
        number=mint(kind, secrets.token_bytes(ENTROPY)),
        certificate_class=kind,
        series=kind,
        ordinal=candidate.ordinal,
        enrollment_id=candidate.enrollment_id,
        officer_id=candidate.officer_id,
        agency_id=candidate.agency_id,
        course_hash=candidate.course_hash,
        status_index=_free_index(session),
        reserved_by=actor.user_id,
        reserved_at=now,
        facts=_facts(candidate, terms, now),
    )
    session.add(made)
    session.flush()  # of two asked for at once the second fails here, before its secrets are drawn
    session.add(_secret(made.id, candidate.officer, actor.name))
    if candidate.basis and candidate.basis.expires_at:
        rests = {"order_id": candidate.basis.order_id, "expires_at": candidate.basis.expires_at}
        session.add(CertificateOrder(certificate_id=made.id, **rests))
    audit.record(
        session,
        actor=actor,
        action="issued a certificate",
        object_type=OBJECT_TYPE,
        object_id=made.id,
        agency_id=made.agency_id,
        details={"enrollment": str(made.enrollment_id), "course": made.course_hash, "status_index": made.status_index, "class": kind.value},
        now=now,
    )
    return made


def _free_index(session: Session) -> int:
    size = rules.status_list_size(session.scalar(select(func.count()).select_from(Certificate)) or 0)
    while True:
        drawn = secrets.randbelow(size)
        if session.scalar(select(Certificate.id).where(Certificate.status_index == drawn)) is None:
            return drawn


def _facts(candidate: Candidate, terms: Terms, now: datetime) -> dict[str, Any]:
    zone = ZoneInfo(candidate.time_zone)
    acknowledged = [rules.ON_PUBLIC_BANK] if candidate.record.on_public_bank else []
    return {
        "agency": normalized(candidate.agency),
        "course": {"id": candidate.course, "title": normalized(candidate.course_title)},
        "program_model": candidate.program_model,
        "minutes": candidate.record.minutes_in_all,
        "subjects": [normalized(subject) for subject in candidate.subjects],
        "completed_on": (candidate.completed_at or now).astimezone(zone).date().isoformat(),
        "issued_on": now.astimezone(zone).date().isoformat(),
        "expires_at": None,
        "certified_title": TITLE,
        "issuer": terms.issuer,
        "disclaimer": terms.disclaimer,
        "printed_url": terms.printed_url,
        "notes": [*acknowledged, terms.time_stamp],
        "acknowledgments": acknowledged,
        "demo": terms.demo,
        "paper": PAPER,
    } | (_short_facts(candidate.basis, candidate.course, [*acknowledged, terms.time_stamp]) if candidate.basis else {})


def _short_facts(basis: Basis, course: str, notes: list[str]) -> dict[str, Any]:
    """What a time-boxed certificate says otherwise than a full one: what was really taken, and how long and where it holds (R-24)."""
    said = [normalized(note) for note in basis.notes]
    return {
        "course": {"id": course, "title": normalized(basis.course_title)},
        "minutes": basis.minutes,
        "subjects": [normalized(subject) for subject in basis.subjects],
        "expires_at": basis.expires_at.isoformat() if basis.expires_at else None,
        "good_until": basis.good_until,
        "notes": [*said, *notes],
        "acknowledgments": said,
    }


def _secret(certificate_id: uuid.UUID, name: str, certified_by: str) -> CertificateSecret:
    salts = Salts.drawn(secrets.token_bytes(SALTS_ENTROPY))
    return CertificateSecret(
        certificate_id=certificate_id,
        name=normalized(name),
        searched_name=normalized_name(name),
        certified_by=normalized(certified_by),
        salts={"agency": salts.agency, "name": salts.name, "number": salts.number},
        token=token(TOKEN_BITS),
    )


def renamed(candidate: Candidate, name: str) -> Candidate:
    """The candidate with another spelling of the name, for a certificate that replaces one: that there is one already is no obstacle."""
    record = replace(candidate.record, earlier=Earlier.NOTHING)
    basis = candidate.basis
    if basis is not None:
        basis = replace(basis, gates=tuple(gate for gate in basis.gates if gate.label != LIVES))
    return replace(candidate, officer=name or candidate.officer, record=record, basis=basis)
