"""Agencies and who serves in them, as far as the asker may see them."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lms.accounts.models import Grant, Officer, User
from lms.accounts.permissions import Permission, Role
from lms.accounts.queries import held
from lms.accounts.rules import Identity
from lms.agencies.models import Agency, Membership

AGENCIES_PER_PAGE = 50


def seen_by(identity: Identity) -> ColumnElement[bool]:
    """That an agency is one the person may see: every one for those who manage them, else the person's own."""
    return true() if identity.may(Permission.AGENCY_MANAGE) else Agency.id.in_(identity.agency_ids)


def serving(now: datetime) -> ColumnElement[bool]:
    """That a membership is the one in which its officer serves at `now`: the newest that has begun."""
    later = aliased(Membership)
    newer = or_(
        later.effective_at > Membership.effective_at,
        and_(later.effective_at == Membership.effective_at, later.id > Membership.id),
    )
    superseded = exists().where(later.officer_id == Membership.officer_id, later.effective_at <= now, newer)
    return and_(Membership.effective_at <= now, ~superseded)


def agency_of(officer: ColumnElement[uuid.UUID] | InstrumentedAttribute[uuid.UUID]) -> ScalarSelect[uuid.UUID]:
    """The agency of an officer's newest membership: no membership begins in the future."""
    newest = Membership.effective_at.desc(), Membership.id.desc()
    return select(Membership.agency_id).where(Membership.officer_id == officer).order_by(*newest).limit(1).scalar_subquery()


def agencies_served(session: Session, *, officer_ids: Collection[uuid.UUID], now: datetime) -> Mapping[uuid.UUID, uuid.UUID]:
    """For each officer who serves in an agency at `now`, which one."""
    asked = select(Membership.officer_id, Membership.agency_id).where(Membership.officer_id.in_(officer_ids), serving(now))
    return {row.officer_id: row.agency_id for row in session.execute(asked)}


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency in a list."""

    id: uuid.UUID
    name: str
    kind: str
    state: str
    officers: int
    coordinators: int


def agencies(session: Session, *, identity: Identity, now: datetime, page: int = 1) -> list[AgencyRow]:
    """One page of the agencies that the person may see, by name, with how many serve and coordinate in each."""
    officers = select(func.count()).where(Membership.agency_id == Agency.id, serving(now)).correlate(Agency).scalar_subquery()
    coordinating = (Grant.agency_id == Agency.id, Grant.role == Role.COORDINATOR, held(now))
    coordinators = select(func.count()).where(*coordinating).correlate(Agency).scalar_subquery()
    asked = (
        select(Agency.id, Agency.name, Agency.kind, Agency.state, officers, coordinators)
        .where(seen_by(identity))
        .order_by(Agency.name, Agency.state)
        .offset((page - 1) * AGENCIES_PER_PAGE)
        .limit(AGENCIES_PER_PAGE)
    )
    return [AgencyRow(*row) for row in session.execute(asked)]


def agency_count(session: Session, *, identity: Identity) -> int:
    """How many agencies the person may see."""
    return session.scalar(select(func.count()).select_from(Agency).where(seen_by(identity))) or 0


@dataclass(frozen=True, slots=True)
class AgencyName:
    """An agency to choose or to name."""

    id: uuid.UUID
    name: str
    state: str

    @property
    def label(self) -> str:
        """The name with its State: names repeat from State to State."""
        return f"{self.name}, {self.state}"


def agency_names(session: Session) -> list[AgencyName]:
    """Every agency by name, for lists to choose from."""
    return [AgencyName(*row) for row in session.execute(select(Agency.id, Agency.name, Agency.state).order_by(Agency.name, Agency.state))]


def names_of(session: Session, ids: Collection[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of some agencies, with their States, by their ids; no id at all names nothing."""
    known = [one for one in ids if one is not None]
    if not known:
        return {}
    rows = session.execute(select(Agency.id, Agency.name, Agency.state).where(Agency.id.in_(known)))
    return {row.id: AgencyName(*row).label for row in rows}


def agency_name(session: Session, *, agency_id: uuid.UUID) -> str:
    """The name of an agency that is known to exist."""
    return session.execute(select(Agency.name).where(Agency.id == agency_id)).scalar_one()


@dataclass(frozen=True, slots=True)
class AgencyDetail:
    """One agency."""

    id: uuid.UUID
    name: str
    kind: str
    state: str
    time_zone: str
    created_at: datetime


def agency(session: Session, *, identity: Identity, agency_id: uuid.UUID) -> AgencyDetail | None:
    """The agency, or None when there is none or the person may not see it: the two look alike."""
    asked = select(Agency.id, Agency.name, Agency.kind, Agency.state, Agency.time_zone, Agency.created_at)
    row = session.execute(asked.where(Agency.id == agency_id, seen_by(identity))).first()
    return None if row is None else AgencyDetail(*row)


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """One officer of an agency. `active`: still holds the role of officer there."""

    officer_id: uuid.UUID
    name: str
    email: str
    since: datetime
    active: bool


def officers(session: Session, *, identity: Identity, agency_id: uuid.UUID, now: datetime) -> list[OfficerRow]:
    """The officers who serve in an agency that the person may see, by name."""
    active = exists().where(
        Grant.user_id == Officer.user_id, Grant.role == Role.OFFICER, Grant.agency_id == Membership.agency_id, held(now)
    )
    asked = (
        select(Officer.id, Officer.name, User.email, Membership.effective_at, active)
        .join(Membership, Membership.officer_id == Officer.id)
        .join(Agency, Agency.id == Membership.agency_id)
        .join(User, User.id == Officer.user_id)
        .where(Agency.id == agency_id, seen_by(identity), serving(now))
        .order_by(Officer.name, Officer.id)
    )
    return [OfficerRow(*row) for row in session.execute(asked)]


def officer_serving(session: Session, *, agency_id: uuid.UUID, officer_id: uuid.UUID, now: datetime) -> str | None:
    """The name of an officer who serves in an agency; None when there is no such officer in it."""
    asked = select(Officer.name).join(Membership, Membership.officer_id == Officer.id)
    return session.scalar(asked.where(Officer.id == officer_id, Membership.agency_id == agency_id, serving(now)))


@dataclass(frozen=True, slots=True)
class CoordinatorRow:
    """One coordinator of an agency."""

    name: str
    email: str
    since: datetime


def coordinators(session: Session, *, identity: Identity, agency_id: uuid.UUID, now: datetime) -> list[CoordinatorRow]:
    """The coordinators of an agency that the person may see, by name."""
    asked = (
        select(User.name, User.email, Grant.effective_at)
        .join(Grant, Grant.user_id == User.id)
        .join(Agency, Agency.id == Grant.agency_id)
        .where(Agency.id == agency_id, seen_by(identity), Grant.role == Role.COORDINATOR, held(now))
        .order_by(User.name, User.id)
    )
    return [CoordinatorRow(*row) for row in session.execute(asked)]
