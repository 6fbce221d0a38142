"""Lists of authorizations by where they stand now, a page at a time. What `rules.standing` folds is said here once more as conditions."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.rules import Identity
from lms.agencies.agreement_rules import Basis, State
from lms.agencies.models import Agency, Agreement, AgreementMove
from lms.authorizations import queries
from lms.authorizations.models import (
    Authorization,
    AuthorizationMove,
    CertificationEntry,
    CertificationStriking,
    NoticeDue,
    NoticeGiven,
    PropertyReceipt,
    PropertyReturn,
)
from lms.authorizations.queries import AuthorizationRow, NoticeRow
from lms.authorizations.rules import FINAL, MoveKind
from lms.certificates.models import Certificate, CertificateSecret, Revocation, Supersession
from lms.influx import queries as influx

PER_PAGE: Final = 50
EXPIRING_DAYS: Final = (30, 60, 90)
Condition = Callable[[datetime], ColumnElement[bool]]


class Shown(StrEnum):
    """The lists."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    SUSPENDED = "suspended"
    NOT_YET = "not-yet"
    DORMANT = "dormant"
    ENDED = "ended"
    PROPERTY = "property"


def has_ended(now: datetime) -> ColumnElement[bool]:
    """That an authorization has ended for good."""
    final, back = aliased(AuthorizationMove), aliased(AuthorizationMove)
    taken_back = exists().where(
        back.authorization_id == final.authorization_id,
        back.kind == MoveKind.REINSTATEMENT,
        back.number > final.number,
        back.effective_at < final.effective_at,
    )
    moved = exists().where(
        final.authorization_id == Authorization.id, final.kind.in_(list(FINAL)), final.effective_at <= now, not_(taken_back)
    )
    ended = exists().where(
        AgreementMove.agreement_id == Authorization.agreement_id,
        AgreementMove.to_state == State.TERMINATED,
        AgreementMove.effective_at <= now,
    )
    return or_(and_(Authorization.ends_at.is_not(None), Authorization.ends_at <= now), moved, ended)


def _suspended_itself(now: datetime) -> ColumnElement[bool]:
    held, back = aliased(AuthorizationMove), aliased(AuthorizationMove)
    later = or_(back.effective_at > held.effective_at, and_(back.effective_at == held.effective_at, back.number > held.number))
    lifted_or_followed = exists().where(
        back.authorization_id == held.authorization_id,
        back.kind.in_([MoveKind.REINSTATEMENT, MoveKind.SUSPENSION]),
        back.effective_at <= now,
        later,
    )
    return exists().where(
        held.authorization_id == Authorization.id,
        held.kind == MoveKind.SUSPENSION,
        held.effective_at <= now,
        or_(held.until.is_(None), held.until > now),
        not_(lifted_or_followed),
    )


def _agreement_state(now: datetime) -> Any:
    """The state of the agreement without notices."""
    return (
        select(AgreementMove.to_state)
        .where(
            AgreementMove.agreement_id == Authorization.agreement_id,
            AgreementMove.effective_at <= now,
            AgreementMove.to_state != State.TERMINATING,
        )
        .order_by(AgreementMove.number.desc())
        .limit(1)
        .correlate(Authorization)
        .scalar_subquery()
    )


def _rests_on(agreed: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Agreement.id == Authorization.agreement_id, agreed)


def is_suspended(now: datetime) -> ColumnElement[bool]:
    """That an authorization has begun, has not ended, and is suspended by itself or with its agreement."""
    held = or_(_suspended_itself(now), _agreement_state(now) == State.SUSPENDED)
    return and_(not_(has_ended(now)), Authorization.starts_at <= now, held)


def is_active(now: datetime) -> ColumnElement[bool]:
    """That an authorization is in force. One for a mass influx is, while its agreement is activated and the declared period runs (R-28)."""
    return and_(
        not_(has_ended(now)),
        Authorization.starts_at <= now,
        not_(_suspended_itself(now)),
        or_(
            and_(_agreement_state(now) == State.OPERATIONAL, _rests_on(Agreement.basis == Basis.SECTION_287G)),
            and_(_agreement_state(now) == State.OPERATIONAL, _rests_on(influx.is_awake(now))),
            and_(_agreement_state(now) != State.SUSPENDED, _rests_on(and_(Agreement.contingency, influx.is_awake(now)))),
        ),
    )


def _is_expiring(now: datetime) -> ColumnElement[bool]:
    return and_(is_active(now), Authorization.ends_at <= now + timedelta(days=max(EXPIRING_DAYS)))


def _is_not_yet(now: datetime) -> ColumnElement[bool]:
    return and_(not_(has_ended(now)), Authorization.starts_at > now)


def _is_dormant(now: datetime) -> ColumnElement[bool]:
    return and_(not_(has_ended(now)), Authorization.starts_at <= now, not_(is_suspended(now)), not_(is_active(now)))


def _has_property_out(now: datetime) -> ColumnElement[bool]:
    """That it has ended and something that was handed out has not come back."""
    returned = exists().where(PropertyReturn.receipt_id == PropertyReceipt.id)
    return and_(has_ended(now), exists().where(PropertyReceipt.authorization_id == Authorization.id, not_(returned)))


CONDITIONS: Final[dict[Shown, Condition]] = {
    Shown.ACTIVE: is_active,
    Shown.EXPIRING: _is_expiring,
    Shown.SUSPENDED: is_suspended,
    Shown.NOT_YET: _is_not_yet,
    Shown.DORMANT: _is_dormant,
    Shown.ENDED: has_ended,
    Shown.PROPERTY: _has_property_out,
}


def authorizations(session: Session, *, shown: Shown, now: datetime, page: int = 1) -> list[AuthorizationRow]:
    """One page of a list, the newest first; those that expire, the soonest first."""
    chosen = select(Authorization.id).where(CONDITIONS[shown](now))
    first = Authorization.ends_at if shown is Shown.EXPIRING else Authorization.recorded_at.desc()
    asked = chosen.order_by(first, Authorization.id).offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    ids = list(session.scalars(asked))
    found = {row.id: row for row in queries.rows(session, select(Authorization.id).where(Authorization.id.in_(ids)))}
    return [found[one] for one in ids]


def counts(session: Session, *, now: datetime) -> dict[Shown, int]:
    """How many authorizations each list has. One statement."""
    asked = [func.coalesce(func.sum(case((condition(now), 1), else_=0)), 0) for condition in CONDITIONS.values()]
    row = session.execute(select(*asked).select_from(Authorization)).one()
    return dict(zip(CONDITIONS, map(int, row), strict=True))


def of_agency(session: Session, *, identity: Identity, agency_id: uuid.UUID, page: int = 1) -> list[AuthorizationRow]:
    """One page of an agency's authorizations that the person may see, the newest first."""
    chosen = select(Authorization.id).where(Authorization.agency_id == agency_id, queries.seen_by(identity))
    asked = chosen.order_by(Authorization.recorded_at.desc(), Authorization.id).offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    return queries.rows(session, asked)


def count_of_agency(session: Session, *, identity: Identity, agency_id: uuid.UUID) -> int:
    """How many authorizations the pages of `of_agency` show."""
    chosen = select(Authorization.id).where(Authorization.agency_id == agency_id, queries.seen_by(identity))
    return session.scalar(select(func.count()).select_from(chosen.subquery())) or 0


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """An officer whom a list of ICE names and who is not authorized."""

    number: str
    name: str
    agency: str
    model: str
    named_on: datetime


def _waiting(now: datetime) -> Select[Any]:
    """Certified and not authorized: on a list, the certificate stands, and no authorization of this training goes on."""
    resting = aliased(Certificate)
    authorized = exists().where(
        Authorization.certificate_id == resting.id, resting.enrollment_id == Certificate.enrollment_id, not_(has_ended(now))
    )
    gone = or_(
        exists().where(Revocation.certificate_id == Certificate.id),
        exists().where(Supersession.certificate_id == Certificate.id),
        exists().where(CertificationStriking.certificate_id == Certificate.id),
    )
    return (
        select(Certificate.number, CertificateSecret.name, Agency.name, Certificate.facts, Certificate.reserved_at)
        .join(CertificationEntry, CertificationEntry.certificate_id == Certificate.id)
        .join(CertificateSecret, CertificateSecret.certificate_id == Certificate.id)
        .join(Agency, Agency.id == Certificate.agency_id)
        .where(not_(gone), not_(authorized))
    )


def waiting(session: Session, *, now: datetime, page: int = 1) -> list[WaitingRow]:
    """One page of those who are certified and not authorized, who waits longest first."""
    asked = _waiting(now).order_by(Certificate.reserved_at, Certificate.id).offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    return [WaitingRow(number, name, agency, facts["program_model"], at) for number, name, agency, facts, at in session.execute(asked)]


def waiting_count(session: Session, *, now: datetime) -> int:
    """How many are certified and not authorized."""
    return session.scalar(select(func.count()).select_from(_waiting(now).subquery())) or 0


def _open_notice() -> ColumnElement[bool]:
    return and_(NoticeDue.complaint_id.is_(None), ~exists().where(NoticeGiven.notice_id == NoticeDue.id))


def open_notices(session: Session, *, page: int = 1) -> list[tuple[NoticeRow, AuthorizationRow]]:
    """One page of notices that have not been given, by their clocks; complaints have a list of their own."""
    asked = select(NoticeDue).where(_open_notice()).order_by(NoticeDue.due_at, NoticeDue.id)
    found = list(session.scalars(asked.offset((page - 1) * PER_PAGE).limit(PER_PAGE)))
    about = queries.rows(session, select(Authorization.id).where(Authorization.id.in_([due.authorization_id for due in found])))
    by_id = {row.id: row for row in about}
    return [(queries.notice_row(due, None), by_id[due.authorization_id]) for due in found]


def open_notice_count(session: Session) -> int:
    """How many notices have not been given."""
    return session.scalar(select(func.count()).select_from(NoticeDue).where(_open_notice())) or 0
