"""Who can be called up for a declaration, and what officers under its orders hold and owe."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Grant, Officer
from lms.accounts.permissions import Role
from lms.accounts.queries import held
from lms.accounts.rules import Identity
from lms.activations import rules
from lms.activations.rules import CourseModule, Readiness
from lms.agencies.models import Membership
from lms.agencies.queries import serving
from lms.authorizations.models import Authorization
from lms.certificates import queries as certificates
from lms.certificates.numbers import CertificateClass
from lms.certificates.queries import CertificateRow
from lms.certificates.rules import Status
from lms.courses import queries as courses
from lms.courses.queries import CourseRow
from lms.enrollments.tracks import completed_by, tracks_of
from lms.influx import agreement_queries, order_queries, order_rules
from lms.influx.agreement_queries import StandingRow
from lms.influx.models import Activation, OrderOfficer
from lms.influx.order_queries import OrderDetail, OrderOfficerRow
from lms.influx.order_rules import Certified, Owed
from lms.influx.queries import DeclarationDetail

Members = Mapping[uuid.UUID, list[tuple[uuid.UUID, str]]]
"""(id, name) of officers, by agency."""
AGREEMENTS_PER_PAGE = 20
MODEL = "INFLUX"


@dataclass(frozen=True, slots=True)
class OfficerReadiness:
    """An officer of an agency and how far they are in the prescribed course."""

    officer_id: uuid.UUID
    name: str
    readiness: Readiness


@dataclass(frozen=True, slots=True)
class CallUpRow:
    """An agreement inside the boundaries with the officers who could be called up under it."""

    standing: StandingRow
    officers: tuple[OfficerReadiness, ...]

    def count(self, progress: str) -> int:
        return sum(one.readiness.progress == progress for one in self.officers)


def whole_courses(session: Session) -> list[CourseRow]:
    """The prescribed courses for a mass influx, at their newest revisions; short forms are none."""
    return [row for row in courses.courses(session) if row.program_model == MODEL and not row.manifest.get("abbreviates")]


def modules_of(course: CourseRow) -> tuple[CourseModule, ...]:
    """The modules of a course as readiness is told by them."""
    return tuple(
        CourseModule(module["title"], tuple(lesson["id"] for lesson in module["lessons"])) for module in course.manifest["modules"]
    )


@dataclass(frozen=True, slots=True)
class CallUp:
    """One page of the agreements inside the boundaries, and how many there are and can be activated in all."""

    rows: tuple[CallUpRow, ...]
    total: int
    can_be: tuple[uuid.UUID, ...]


def call_up(session: Session, *, declaration: DeclarationDetail, now: datetime, page: int = 1) -> CallUp:
    """The contingency agreements inside the boundaries with their officers. Nine statements, however many."""
    found = [row for row in agreement_queries.standings(session, declaration=declaration, now=now) if row.contingency]
    shown = found[(page - 1) * AGREEMENTS_PER_PAGE : page * AGREEMENTS_PER_PAGE]
    officers = officers_serving(session, {row.agency_id for row in shown}, now=now)
    ready = _readiness(session, [officer_id for members in officers.values() for officer_id, _ in members], now)
    rows = tuple(
        CallUpRow(row, tuple(OfficerReadiness(officer_id, name, ready[officer_id]) for officer_id, name in officers.get(row.agency_id, ())))
        for row in shown
    )
    return CallUp(rows, len(found), tuple(row.agreement_id for row in found if not row.faults))


def officers_serving(session: Session, agency_ids: Collection[uuid.UUID], *, now: datetime) -> Members:
    """The officers who serve in each agency and still hold the role, by name. One statement."""
    active = exists().where(
        Grant.user_id == Officer.user_id, Grant.role == Role.OFFICER, Grant.agency_id == Membership.agency_id, held(now)
    )
    asked = (
        select(Membership.agency_id, Officer.id, Officer.name)
        .join(Officer, Officer.id == Membership.officer_id)
        .where(Membership.agency_id.in_(agency_ids), serving(now), active)
        .order_by(Officer.name, Officer.id)
    )
    found: defaultdict[uuid.UUID, list[tuple[uuid.UUID, str]]] = defaultdict(list)
    for agency_id, officer_id, name in session.execute(asked):
        found[agency_id].append((officer_id, name))
    return found


def _readiness(session: Session, officer_ids: Collection[uuid.UUID], now: datetime) -> dict[uuid.UUID, Readiness]:
    course = next((modules_of(row) for row in whole_courses(session)), ())
    completed = completed_by(session, officer_ids)
    certified = _fully_certified(certificates.certificates_for_influx(session, officer_ids), now)
    return {one: rules.readiness(course, completed.get(one, frozenset()), is_certified=one in certified) for one in officer_ids}


def _fully_certified(rows: Sequence[CertificateRow], now: datetime) -> set[uuid.UUID]:
    return {row.officer_id for row in rows if row.certificate_class is CertificateClass.FULL and row.status(now) is Status.VALID}


@dataclass(frozen=True, slots=True)
class Letter:
    """An authorization: its number, and from when it is."""

    number: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class DebtRow:
    """An officer under an order: what they hold, whether they are certified, and what they owe. `paper`: the newest under the order."""

    officer: OrderOfficerRow
    order: OrderDetail
    class_title: str
    standing: Certified
    owed: tuple[Owed, ...]
    subjects_missing: tuple[str, ...]
    paper: CertificateRow | None
    full: CertificateRow | None

    @property
    def minutes_owed(self) -> int:
        return sum(one.minutes for one in self.owed)

    @property
    def is_settled(self) -> bool:
        """Whether the whole course was made up and certified."""
        return self.full is not None

    @property
    def owes(self) -> str:
        """What is owed, in a word for lists: lessons, or the exam that ends the whole course."""
        if self.is_settled:
            return "Nothing"
        return "; ".join(one.title for one in self.owed) or "The final exam of the whole course"


def debts(session: Session, *, orders: Sequence[OrderDetail], now: datetime, page: int | None = 1) -> list[DebtRow]:
    """One page of the officers under these orders with what they hold and owe; all of them for None. Four statements."""
    known = {order.id: order for order in orders if order.confirmed_at is not None}
    rows = order_queries.officers_of(session, known.keys(), page=page)
    return debts_of(session, rows=rows, orders=known, now=now)


def debts_of(session: Session, *, rows: Sequence[OrderOfficerRow], orders: Mapping[uuid.UUID, OrderDetail], now: datetime) -> list[DebtRow]:
    """What these officers hold and owe at a moment: what was completed or issued after it is left out. Three statements."""
    officer_ids = {row.officer_id for row in rows}
    completed = completed_by(session, officer_ids, at=now)
    tracks = tracks_of(session, {row.order_id for row in rows})
    papers = [paper for paper in certificates.certificates_for_influx(session, officer_ids) if paper.reserved_at <= now]
    return [_debt(row, orders[row.order_id], completed.get(row.officer_id, frozenset()), tracks, papers, now) for row in rows]


def letters(session: Session, order_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], Letter]:
    """(order, officer): the newest authorization under the agreement by which the order covers the officer. One statement."""
    under = and_(Authorization.officer_id == OrderOfficer.officer_id, Authorization.agreement_id == OrderOfficer.agreement_id)
    asked = (
        select(OrderOfficer.order_id, OrderOfficer.officer_id, Authorization.number, Authorization.starts_at)
        .join(Authorization, under)
        .where(OrderOfficer.order_id.in_(order_ids))
        .order_by(Authorization.starts_at, Authorization.recorded_at, Authorization.id)
    )
    return {(row[0], row[1]): Letter(row[2], row[3]) for row in session.execute(asked)}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many officers the orders of a declaration cover, and how many were authorized under an agreement activated for it."""

    covered: int
    authorized: int


def counts(session: Session, *, declaration_id: uuid.UUID, orders: Sequence[OrderDetail]) -> Counts:
    """The numbers of a declaration. One statement."""
    ids = [order.id for order in orders if order.confirmed_at is not None]
    covered = select(func.count()).select_from(OrderOfficer).where(OrderOfficer.order_id.in_(ids))
    authorized = select(func.count(Authorization.officer_id.distinct())).where(Activation.declaration_id == declaration_id)
    authorized = authorized.join(Activation, Activation.agreement_id == Authorization.agreement_id)
    return Counts(*session.execute(select(covered.scalar_subquery(), authorized.scalar_subquery())).one())


def _debt(
    row: OrderOfficerRow,
    order: OrderDetail,
    completed: frozenset[str],
    tracks: Mapping[tuple[uuid.UUID, uuid.UUID], str],
    papers: Sequence[CertificateRow],
    now: datetime,
) -> DebtRow:
    own = [paper for paper in papers if paper.officer_id == row.officer_id]
    full = next((paper for paper in own if paper.certificate_class is CertificateClass.FULL and paper.status(now) is Status.VALID), None)
    short = next((paper for paper in own if paper.order_id == row.order_id), None)
    alive = short is not None and short.status(now) in {Status.VALID, Status.DRILL}
    kind = Certified.WAIVED if short is not None and short.certificate_class is CertificateClass.WAIVED else Certified.ABBREVIATED
    standing = order_rules.standing(
        is_certified=full is not None,
        drill=order.declaration.drill,
        order_holds=order.is_in_force(now),
        short=kind if alive else None,
    )
    return DebtRow(
        officer=row,
        order=order,
        class_title=tracks.get((row.order_id, row.officer_id), ""),
        standing=standing,
        owed=order_rules.owed(order.scope, completed, is_certified=full is not None),
        subjects_missing=order_rules.subjects_missing(order.scope, completed),
        paper=short,
        full=full,
    )


def own_debts(session: Session, *, actor: Identity, now: datetime) -> list[DebtRow]:
    """The actor's own rows, the newest order first. One statement for officers under no order."""
    own = order_queries.own_orders(session, actor=actor)
    if not own or actor.officer_id is None:
        return []
    completed = completed_by(session, [actor.officer_id]).get(actor.officer_id, frozenset())
    papers = certificates.certificates_for_influx(session, [actor.officer_id])
    tracks = tracks_of(session, [one.order.id for one in own])
    rows = [OrderOfficerRow(one.order.id, actor.officer_id, actor.name, actor.officer_id, "", one.acknowledged_at) for one in own]
    return [_debt(row, one.order, completed, tracks, papers, now) for row, one in zip(rows, own, strict=True)]
