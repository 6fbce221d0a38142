"""Orders that abbreviate or waive training, with what they cover, and what officers acknowledged."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Officer, User
from lms.accounts.rules import Identity
from lms.agencies.models import Agency, Agreement
from lms.influx import order_rules, queries
from lms.influx.models import (
    InfluxConfirmation,
    OrderAgreement,
    OrderExtension,
    OrderOfficer,
    PolicyAcknowledgment,
    TrainingOrder,
)
from lms.influx.order_rules import Extension, Order, ScopeLesson, ScopeModule, Treatment
from lms.influx.queries import THE_SYSTEM, DeclarationDetail

OFFICERS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """A later end of an order. Without `confirmed_at` it waits and counts for nothing."""

    id: uuid.UUID
    ends_at: datetime
    decider: str
    office: str
    reason: str
    recorded_by: uuid.UUID | None
    recorder: str
    recorded_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """One order with its declaration, which tells when it holds."""

    id: uuid.UUID
    declaration: DeclarationDetail
    decider: str
    office: str
    necessities: tuple[str, ...]
    available: int
    needed: int
    finding: str
    course_id: str
    course_title: str
    scope: tuple[ScopeModule, ...]
    ends_at: datetime
    recorded_by: uuid.UUID | None
    recorder: str
    recorded_at: datetime
    confirmer: str
    confirmed_at: datetime | None
    extensions: tuple[ExtensionRow, ...]

    @property
    def order(self) -> Order | None:
        """The order as it counts; None until it is confirmed."""
        if self.confirmed_at is None:
            return None
        later = tuple(Extension(row.ends_at, row.confirmed_at) for row in self.extensions if row.confirmed_at is not None)
        return Order(self.declaration.declared, self.confirmed_at, self.ends_at, later, self.scope)

    def is_in_force(self, at: datetime) -> bool:
        """Whether it holds at `at`, as known then."""
        return self.order is not None and order_rules.is_in_force(self.order, at=at, known=at)

    def good_until(self, at: datetime) -> datetime | None:
        """When what is issued at `at` ends."""
        return None if self.order is None else order_rules.good_until(self.order, at=at)

    @property
    def last_end(self) -> datetime:
        """Its own end, extensions included that count."""
        return max([self.ends_at, *(row.ends_at for row in self.extensions if row.confirmed_at)])

    @property
    def waives_everything(self) -> bool:
        return not any(lesson.kept for module in self.scope for lesson in module.lessons)

    @property
    def kept_lessons(self) -> frozenset[str]:
        return frozenset(lesson.id for module in self.scope for lesson in module.lessons if lesson.kept)

    def word(self, now: datetime) -> str:
        """Where it stands."""
        if self.confirmed_at is None:
            return "waits for confirmation"
        return "in force" if self.is_in_force(now) else "ended"


def scope_of(content: Sequence[dict[str, Any]]) -> tuple[ScopeModule, ...]:
    """A scope as it was kept."""
    return tuple(
        ScopeModule(
            module["id"],
            module["title"],
            module["subject"],
            Treatment(module["treatment"]),
            tuple(ScopeLesson(one["id"], one["title"], one["minutes"], one["kept"]) for one in module["lessons"]),
        )
        for module in content
    )


def orders_of(session: Session, declaration: DeclarationDetail) -> list[OrderDetail]:
    """The orders under a declaration, the oldest first. Three statements."""
    ids = session.scalars(select(TrainingOrder.id).where(TrainingOrder.declaration_id == declaration.id)).all()
    found = orders_by_id(session, ids, known={declaration.id: declaration})
    return sorted(found.values(), key=lambda one: (one.recorded_at, one.id))


def order(session: Session, order_id: uuid.UUID) -> OrderDetail | None:
    """One order. Four statements."""
    return orders_by_id(session, [order_id]).get(order_id)


def orders_by_id(
    session: Session, ids: Collection[uuid.UUID], *, known: Mapping[uuid.UUID, DeclarationDetail] | None = None
) -> dict[uuid.UUID, OrderDetail]:
    """These orders by their ids. Four statements, however many, two when their declarations are `known`; none for none."""
    if not ids:
        return {}
    recorder, confirmer = aliased(User), aliased(User)
    rows = session.execute(
        select(TrainingOrder, recorder.name, confirmer.name, InfluxConfirmation.at)
        .outerjoin(recorder, recorder.id == TrainingOrder.recorded_by)
        .outerjoin(InfluxConfirmation, InfluxConfirmation.of_id == TrainingOrder.id)
        .outerjoin(confirmer, confirmer.id == InfluxConfirmation.confirmed_by)
        .where(TrainingOrder.id.in_(ids))
    ).all()
    extensions = _extensions(session, ids)
    declared = known or queries.declarations_by_id(session, {row[0].declaration_id for row in rows})
    return {row[0].id: _detail(row, declared[row[0].declaration_id], tuple(extensions[row[0].id])) for row in rows}


def _extensions(session: Session, ids: Collection[uuid.UUID]) -> defaultdict[uuid.UUID, list[ExtensionRow]]:
    asked = (
        select(OrderExtension, User.name, InfluxConfirmation.at)
        .outerjoin(User, User.id == OrderExtension.recorded_by)
        .outerjoin(InfluxConfirmation, InfluxConfirmation.of_id == OrderExtension.id)
        .where(OrderExtension.order_id.in_(ids))
        .order_by(OrderExtension.recorded_at, OrderExtension.id)
    )
    found: defaultdict[uuid.UUID, list[ExtensionRow]] = defaultdict(list)
    for row, name, confirmed_at in session.execute(asked):
        who = (row.recorded_by, name or THE_SYSTEM, row.recorded_at, confirmed_at)
        found[row.order_id].append(ExtensionRow(row.id, row.ends_at, row.decider, row.office, row.reason, *who))
    return found


def _detail(row: Any, declared: DeclarationDetail, extensions: tuple[ExtensionRow, ...]) -> OrderDetail:
    found, recorder, confirmer, confirmed_at = row
    return OrderDetail(
        id=found.id,
        declaration=declared,
        decider=found.decider,
        office=found.office,
        necessities=tuple(found.necessities),
        available=found.available,
        needed=found.needed,
        finding=found.finding,
        course_id=found.course_id,
        course_title=found.course_title,
        scope=scope_of(found.scope),
        ends_at=found.ends_at,
        recorded_by=found.recorded_by,
        recorder=recorder or THE_SYSTEM,
        recorded_at=found.recorded_at,
        confirmer=(confirmer or THE_SYSTEM) if confirmed_at else "",
        confirmed_at=confirmed_at,
        extensions=extensions,
    )


@dataclass(frozen=True, slots=True)
class CoveredRow:
    """An agreement that an order covers, with its consent."""

    agreement_id: uuid.UUID
    agency_id: uuid.UUID
    agency: str
    consent_by: str
    consent_on: date
    consent_paper: str


def covered(session: Session, order_id: uuid.UUID) -> list[CoveredRow]:
    """The agreements that an order covers, by agency."""
    consent = (OrderAgreement.consent_by, OrderAgreement.consent_on, OrderAgreement.consent_paper)
    asked = (
        select(OrderAgreement.agreement_id, Agency.id, Agency.name, *consent)
        .join(Agreement, Agreement.id == OrderAgreement.agreement_id)
        .join(Agency, Agency.id == Agreement.agency_id)
        .where(OrderAgreement.order_id == order_id)
        .order_by(Agency.name, Agency.id)
    )
    return [CoveredRow(*row) for row in session.execute(asked)]


@dataclass(frozen=True, slots=True)
class OrderOfficerRow:
    """An officer whom an order covers; `acknowledged_at`: policies and standards (R-27)."""

    order_id: uuid.UUID
    officer_id: uuid.UUID
    name: str
    agency_id: uuid.UUID
    agency: str
    acknowledged_at: datetime | None


def officers_of(session: Session, order_ids: Collection[uuid.UUID], *, page: int | None = 1) -> list[OrderOfficerRow]:
    """One page of the officers whom these orders cover, by agency and name; all of them for None."""
    asked = _officers(order_ids)
    if page is not None:
        asked = asked.offset((page - 1) * OFFICERS_PER_PAGE).limit(OFFICERS_PER_PAGE)
    return [OrderOfficerRow(*row) for row in session.execute(asked)]


def officers_named(session: Session, *, order_ids: Collection[uuid.UUID], officer_ids: Collection[uuid.UUID]) -> list[OrderOfficerRow]:
    """These officers, as far as these orders cover them."""
    asked = _officers(order_ids).where(OrderOfficer.officer_id.in_(officer_ids))
    return [OrderOfficerRow(*row) for row in session.execute(asked)]


def _officers(order_ids: Collection[uuid.UUID]) -> Select[*tuple[Any, ...]]:
    return (
        select(OrderOfficer.order_id, OrderOfficer.officer_id, Officer.name, Agency.id, Agency.name, PolicyAcknowledgment.at)
        .join(Officer, Officer.id == OrderOfficer.officer_id)
        .join(Agreement, Agreement.id == OrderOfficer.agreement_id)
        .join(Agency, Agency.id == Agreement.agency_id)
        .outerjoin(
            PolicyAcknowledgment,
            (PolicyAcknowledgment.order_id == OrderOfficer.order_id) & (PolicyAcknowledgment.officer_id == OrderOfficer.officer_id),
        )
        .where(OrderOfficer.order_id.in_(order_ids))
        .order_by(Agency.name, Officer.name, OrderOfficer.officer_id, OrderOfficer.order_id)
    )


def officer_count(session: Session, order_ids: Collection[uuid.UUID]) -> int:
    """How many officers these orders cover."""
    return session.scalar(select(func.count()).select_from(OrderOfficer).where(OrderOfficer.order_id.in_(order_ids))) or 0


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An order that covers the officer who asks, and when they acknowledged its policies."""

    order: OrderDetail
    acknowledged_at: datetime | None


def own_orders(session: Session, *, actor: Identity) -> list[OwnOrder]:
    """The confirmed orders that cover the actor, the newest first. One statement for officers under none."""
    if actor.officer_id is None:
        return []
    acknowledged = (PolicyAcknowledgment.order_id == OrderOfficer.order_id) & (PolicyAcknowledgment.officer_id == OrderOfficer.officer_id)
    asked = select(OrderOfficer.order_id, PolicyAcknowledgment.at).outerjoin(PolicyAcknowledgment, acknowledged)
    rows = {row[0]: row[1] for row in session.execute(asked.where(OrderOfficer.officer_id == actor.officer_id))}
    found = orders_by_id(session, rows.keys())
    own = [OwnOrder(one, rows[one.id]) for one in found.values() if one.confirmed_at is not None]
    return sorted(own, key=lambda one: one.order.recorded_at, reverse=True)


def with_treatment(module: ScopeModule, treatment: Treatment | None, chosen: Collection[str]) -> ScopeModule:
    """A module as an order treats it: of a shortened one the chosen lessons are kept, of the others all or none."""
    kept = {
        lesson.id for lesson in module.lessons if treatment is Treatment.KEPT or (treatment is Treatment.SHORTENED and lesson.id in chosen)
    }
    return replace(module, treatment=treatment, lessons=tuple(replace(lesson, kept=lesson.id in kept) for lesson in module.lessons))
