"""Authorizations as they are shown and judged: frozen rows, each with everything that decides whether it is in force."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import Officer, User
from lms.accounts.permissions import Permission
from lms.accounts.rules import Identity
from lms.agencies import agreement_queries as agreements
from lms.agencies.agreement_rules import Move as AgreementMove
from lms.agencies.models import Agency, Agreement, RuleSetRevision
from lms.agencies.rule_sets import RuleSet
from lms.authorizations.models import (
    Authorization,
    AuthorizationAcknowledgment,
    AuthorizationMove,
    NoticeDue,
    NoticeGiven,
    ProgramPaper,
    PropertyReceipt,
    PropertyReturn,
)
from lms.authorizations.notice_rules import Clock, clock
from lms.authorizations.rules import Authority, Move, MoveKind, Standing, place_name, standing
from lms.certificates.models import Certificate
from lms.influx import queries as influx
from lms.influx.rules import Basis103

OBJECT_TYPE: Final = "authorization"
"""How the audit trail calls an authorization."""
LISTED: Final = 100
"""Receipts, notices and moves shown of one authorization."""


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Who supervises the officer under the authorization, by position as the statute asks, and how to reach that person now."""

    name: str
    position: str
    phone: str
    email: str
    field_office: str


@dataclass(frozen=True, slots=True)
class AuthorizationRow:
    """One authorization with what decides about it."""

    id: uuid.UUID
    number: str
    officer_id: uuid.UUID
    officer: str
    agency_id: uuid.UUID
    agency: str
    state: str
    time_zone: str
    agreement_id: uuid.UUID
    model: str
    basis: str
    certificate_id: uuid.UUID
    certificate_number: str
    enrollment_id: uuid.UUID
    functions: tuple[str, ...]
    places: tuple[str, ...]
    supervisor: Supervisor
    facts: Mapping[str, Any]
    acknowledged_at: datetime | None
    paper: str | None
    authority: Authority = field(repr=False)

    @property
    def place_names(self) -> list[str]:
        return [place_name(code) for code in self.places]

    @property
    def function_texts(self) -> Sequence[str]:
        """What the officer may do, in the words of the letter."""
        texts: Sequence[str] = self.facts["functions"]
        return texts

    def standing(self, *, at: datetime, known: datetime) -> Standing | None:
        """Where it stood at a moment, as known at another."""
        return standing(self.authority, at=at, known=known)

    def standing_now(self, now: datetime) -> Standing:
        """Where it stands. One that was recorded while the request was on its way counts as on record."""
        found = self.standing(at=now, known=max(now, self.authority.recorded_at))
        if found is None:
            raise LookupError(f"The authorization {self.id} is not on record.")
        return found


def seen_by(identity: Identity) -> ColumnElement[bool]:
    """That an authorization is one the person may see: all for those who may ask, else one's own and those of an agency one coordinates."""
    if identity.may(Permission.AUTHORIZATION_READ):
        return true()
    return or_(own(identity), Authorization.agency_id.in_(identity.agency_ids))


def own(identity: Identity) -> ColumnElement[bool]:
    """That an authorization is the person's own."""
    return false() if identity.officer_id is None else Authorization.officer_id == identity.officer_id


def authorization(session: Session, *, identity: Identity, authorization_id: uuid.UUID) -> AuthorizationRow | None:
    """The authorization, or None when there is none or the person may not see it: the two look alike."""
    found = rows(session, select(Authorization.id).where(Authorization.id == authorization_id, seen_by(identity)))
    return found[0] if found else None


def by_id(session: Session, authorization_id: uuid.UUID) -> AuthorizationRow | None:
    """The authorization of an id."""
    found = rows(session, select(Authorization.id).where(Authorization.id == authorization_id))
    return found[0] if found else None


def of_officer(session: Session, *, officer_id: uuid.UUID) -> list[AuthorizationRow]:
    """Every authorization of an officer, the newest first. Three statements."""
    return rows(session, select(Authorization.id).where(Authorization.officer_id == officer_id))


def of_training(session: Session, enrollment_ids: Select[Any]) -> list[AuthorizationRow]:
    """The authorizations that rest on a certificate of these enrollments, the newest first. Three statements, whatever there is."""
    resting = select(Authorization.id).join(Certificate, Certificate.id == Authorization.certificate_id)
    return rows(session, resting.where(Certificate.enrollment_id.in_(enrollment_ids)))


def under_agreement(session: Session, *, agreement_id: uuid.UUID) -> list[AuthorizationRow]:
    """Every authorization under an agreement."""
    return rows(session, select(Authorization.id).where(Authorization.agreement_id == agreement_id))


def rows(session: Session, chosen: Select[Any]) -> list[AuthorizationRow]:
    """The chosen authorizations, the newest first. Three statements, whatever is found; six where one is for a mass influx."""
    asked = (
        select(Authorization, Officer.name, Agency, Agreement, Certificate, AuthorizationAcknowledgment.at, ProgramPaper.digest)
        .join(Officer, Officer.id == Authorization.officer_id)
        .join(Agency, Agency.id == Authorization.agency_id)
        .join(Agreement, Agreement.id == Authorization.agreement_id)
        .join(Certificate, Certificate.id == Authorization.certificate_id)
        .outerjoin(AuthorizationAcknowledgment, AuthorizationAcknowledgment.authorization_id == Authorization.id)
        .outerjoin(ProgramPaper, ProgramPaper.object_id == Authorization.id)
        .where(Authorization.id.in_(chosen))
        .order_by(Authorization.starts_at.desc(), Authorization.recorded_at.desc(), Authorization.id)
    )
    found = session.execute(asked).all()
    moves = _moves(session, chosen)
    of_agreements = agreements.moves_of(session, select(Authorization.agreement_id).where(Authorization.id.in_(chosen)))
    bases = influx.bases_of(session, [row[3] for row in found])
    return [_row(row, moves[row[0].id], of_agreements[row[0].agreement_id], bases.get(row[0].agreement_id)) for row in found]


def _moves(session: Session, chosen: Select[Any]) -> defaultdict[uuid.UUID, list[Move]]:
    asked = (
        select(AuthorizationMove, User.name)
        .outerjoin(User, User.id == AuthorizationMove.recorded_by)
        .where(AuthorizationMove.authorization_id.in_(chosen))
        .order_by(AuthorizationMove.number)
    )
    found: defaultdict[uuid.UUID, list[Move]] = defaultdict(list)
    for row, name in session.execute(asked):
        kind, by = MoveKind(row.kind), name or "The system"
        found[row.authorization_id].append(Move(row.number, kind, row.effective_at, row.recorded_at, row.until, row.reason, row.note, by))
    return found


def _row(row: Any, moves: Sequence[Move], of_agreement: Sequence[AgreementMove], basis: Basis103 | None) -> AuthorizationRow:
    made, officer, agency, agreement, certificate, acknowledged_at, digest = row
    return AuthorizationRow(
        id=made.id,
        number=made.number,
        officer_id=made.officer_id,
        officer=officer,
        agency_id=agency.id,
        agency=agency.name,
        state=agency.state,
        time_zone=agency.time_zone,
        agreement_id=agreement.id,
        model=agreement.model,
        basis=agreement.basis,
        certificate_id=certificate.id,
        certificate_number=certificate.number,
        enrollment_id=certificate.enrollment_id,
        functions=tuple(made.functions),
        places=tuple(made.places),
        supervisor=Supervisor(
            made.supervisor_name, made.supervisor_position, made.supervisor_phone, made.supervisor_email, made.field_office
        ),
        facts=made.facts,
        acknowledged_at=acknowledged_at,
        paper=digest,
        authority=_authority(made, moves, of_agreement, basis),
    )


def _authority(made: Authorization, moves: Sequence[Move], of_agreement: Sequence[AgreementMove], basis: Basis103 | None) -> Authority:
    return Authority(
        starts_at=made.starts_at,
        recorded_at=made.recorded_at,
        ends_at=made.ends_at,
        moves=tuple(moves),
        agreement=tuple(of_agreement),
        influx=basis,
    )


def rule_set_of(session: Session, *, agreement_id: uuid.UUID) -> RuleSet:
    """The rules that were kept with an agreement."""
    asked = select(RuleSetRevision.content).join(Agreement, Agreement.rule_set_hash == RuleSetRevision.hash)
    return agreements.kept_rules(session.execute(asked.where(Agreement.id == agreement_id)).scalar_one())


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """Property that an officer was handed, and whether it came back."""

    id: uuid.UUID
    authorization_id: uuid.UUID
    kind: str
    serial: str
    issued_on: date
    returned_on: date | None
    note: str


def receipts(session: Session, *, authorization_ids: Sequence[uuid.UUID]) -> list[ReceiptRow]:
    """What was handed out under these authorizations, what is still out first."""
    asked = (
        select(PropertyReceipt, PropertyReturn)
        .outerjoin(PropertyReturn, PropertyReturn.receipt_id == PropertyReceipt.id)
        .where(PropertyReceipt.authorization_id.in_(authorization_ids))
        .order_by(PropertyReturn.returned_on.is_not(None), PropertyReceipt.issued_on.desc(), PropertyReceipt.id)
        .limit(LISTED)
    )
    return [
        ReceiptRow(
            row.id,
            row.authorization_id,
            row.kind,
            row.serial,
            row.issued_on,
            back.returned_on if back else None,
            back.note if back else "",
        )
        for row, back in session.execute(asked)
    ]


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice with its clock."""

    id: uuid.UUID
    authorization_id: uuid.UUID
    complaint_id: uuid.UUID | None
    label: str
    source: str
    starts_at: datetime
    due_at: datetime
    given_at: datetime | None
    note: str

    def clock(self, now: datetime) -> Clock:
        return clock(due_at=self.due_at, given_at=self.given_at, now=now)


def notices(session: Session, of: ColumnElement[bool]) -> list[NoticeRow]:
    """Notices by their clocks."""
    asked = (
        select(NoticeDue, NoticeGiven)
        .outerjoin(NoticeGiven, NoticeGiven.notice_id == NoticeDue.id)
        .where(of)
        .order_by(NoticeDue.due_at, NoticeDue.id)
        .limit(LISTED)
    )
    return [notice_row(due, given) for due, given in session.execute(asked)]


def notice_row(due: NoticeDue, given: NoticeGiven | None) -> NoticeRow:
    """A notice as it is shown."""
    at, note = (given.effective_at, given.note) if given else (None, "")
    return NoticeRow(due.id, due.authorization_id, due.complaint_id, due.label, due.source, due.starts_at, due.due_at, at, note)


def notices_of_moves(session: Session, *, authorization_id: uuid.UUID) -> list[NoticeRow]:
    """The notices that the moves of an authorization made due."""
    return notices(session, (NoticeDue.authorization_id == authorization_id) & NoticeDue.complaint_id.is_(None))
