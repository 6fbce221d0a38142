"""Recording orders that shorten training, a second person's word for them, their extension, and what officers acknowledge."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.accounts.rules import Identity
from lms.agencies import queries as agencies
from lms.agencies.nomination_queries import today_in
from lms.audit import service as audit
from lms.influx import agreement_queries, order_queries, queries, rules
from lms.influx.models import (
    InfluxConfirmation,
    OrderAgreement,
    OrderExtension,
    OrderOfficer,
    PolicyAcknowledgment,
    TrainingOrder,
)
from lms.influx.order_queries import OrderDetail
from lms.influx.order_rules import WORDING, Covered, Gate, Necessity, Proposal, ScopeModule, gates, unmet
from lms.influx.queries import DeclarationDetail
from lms.influx.service import NoSuchDeclaration, NotYoursToConfirm
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id

OBJECT_TYPE = "training order"


class NoSuchOrder(NotFound):
    """There is no such order, or not one that this person may know of."""


class AlreadyOrdered(Conflict):
    """The form was sent before, and its order is recorded."""


class Incomplete(Invalid):
    """A condition of R-23 is not met. Carries those that are not."""

    def __init__(self, found: tuple[Gate, ...]) -> None:
        self.unmet = found
        super().__init__("This order cannot be recorded. " + " ".join(f"{gate.label}: {gate.reason}" for gate in found))


class NotExtendable(Invalid):
    """An order is extended only while its declaration is, and no further."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A department head's consent: who, when, and in which document."""

    by: str
    on: date | None
    paper: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new order says. `agreements`: those covered, with their consents; `officers`: those covered, with their agreement."""

    decider: str
    office: str
    necessities: frozenset[Necessity]
    available: int | None
    needed: int | None
    finding: str
    course_id: str
    course_title: str
    scope: tuple[ScopeModule, ...]
    agreements: Mapping[uuid.UUID, Consent]
    officers: Mapping[uuid.UUID, uuid.UUID]
    ends_at: datetime


def order(session: Session, *, actor: Identity, declaration_id: uuid.UUID, draft: Draft, form_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """Record an order, which counts for nothing until a second person confirms it. Raises Incomplete unless all of R-23 is met."""
    if session.scalar(select(TrainingOrder.id).where(TrainingOrder.form_id == form_id)) is not None:
        raise AlreadyOrdered("This order is recorded already.")
    found = queries.declaration(session, declaration_id)
    if found is None:
        raise NoSuchDeclaration("There is no such declaration.")
    _require_officers(session, draft, found, now)
    missing = unmet(_gates(session, found, draft, now))
    if missing:
        raise Incomplete(missing)
    made = _row(actor, declaration_id, draft, form_id, now)
    session.add(made)
    session.flush()  # agreements and officers point to it
    for agreement_id, consent in draft.agreements.items():
        said = {"consent_by": consent.by.strip(), "consent_on": consent.on, "consent_paper": consent.paper.strip()}
        session.add(OrderAgreement(order_id=made.id, agreement_id=agreement_id, **said))
    session.add_all(
        OrderOfficer(order_id=made.id, officer_id=officer_id, agreement_id=under) for officer_id, under in draft.officers.items()
    )
    details = {"declaration": str(declaration_id), "agreements": len(draft.agreements), "officers": len(draft.officers)}
    _tell(session, actor, "recorded an order on training", made.id, now, **details)
    return made.id


def _require_officers(session: Session, draft: Draft, found: DeclarationDetail, now: datetime) -> None:
    """Each officer serves in the agency of the agreement under which the order covers them."""
    rows = agreement_queries.standings(session, declaration=found, now=now, agreement_ids=draft.agreements.keys())
    agency = {row.agreement_id: row.agency_id for row in rows}
    served = agencies.agencies_served(session, officer_ids=draft.officers.keys(), now=now)
    known = set(session.scalars(select(Officer.id).where(Officer.id.in_(draft.officers.keys()))))
    if any(officer not in known or served.get(officer) != agency.get(under) for officer, under in draft.officers.items()):
        raise NoSuchOrder("An officer of the order does not serve in an agency that it covers.")


def _gates(session: Session, found: DeclarationDetail, draft: Draft, now: datetime) -> tuple[Gate, ...]:
    rows = agreement_queries.standings(session, declaration=found, now=now, agreement_ids=draft.agreements.keys())
    proposal = Proposal(
        decider=draft.decider,
        office=draft.office,
        necessities=draft.necessities,
        available=draft.available,
        needed=draft.needed,
        finding=draft.finding,
        agreements=tuple(_covered(row, draft) for row in rows),
        scope=draft.scope,
        ends_at=draft.ends_at,
    )
    return gates(found.declared, proposal, now=now, today=today_in(found.time_zone, now))


def _covered(row: agreement_queries.StandingRow, draft: Draft) -> Covered:
    consent = draft.agreements[row.agreement_id]
    return Covered(
        agency=row.agency,
        basis=row.basis,
        is_signed=row.is_signed,
        awake=row.awake,
        missing_terms=row.missing_terms,
        reach=row.reach,
        consent_by=consent.by,
        consent_on=consent.on,
        consent_paper=consent.paper,
        officers=sum(under == row.agreement_id for under in draft.officers.values()),
    )


def _row(actor: Identity, declaration_id: uuid.UUID, draft: Draft, form_id: uuid.UUID, now: datetime) -> TrainingOrder:
    return TrainingOrder(
        id=new_id(),
        declaration_id=declaration_id,
        decider=draft.decider.strip(),
        office=draft.office.strip(),
        necessities=sorted(draft.necessities),
        available=draft.available,
        needed=draft.needed,
        finding=draft.finding.strip(),
        course_id=draft.course_id,
        course_title=draft.course_title,
        scope=[_module(module) for module in draft.scope],
        ends_at=draft.ends_at,
        form_id=form_id,
        recorded_by=actor.user_id,
        recorded_at=now,
    )


def _module(module: ScopeModule) -> dict[str, object]:
    lessons = [{"id": one.id, "title": one.title, "minutes": one.minutes, "kept": one.kept} for one in module.lessons]
    told = {"id": module.id, "title": module.title, "subject": module.subject}
    return told | {"treatment": str(module.treatment), "lessons": lessons}


def _locked(session: Session, order_id: uuid.UUID) -> OrderDetail:
    session.execute(select(TrainingOrder.id).where(TrainingOrder.id == order_id).with_for_update())
    found = order_queries.order(session, order_id)
    if found is None:
        raise NoSuchOrder("There is no such order.")
    return found


def confirm(session: Session, *, actor: Identity, order_id: uuid.UUID, now: datetime) -> None:
    """Confirm an order that somebody else recorded, all of R-23 read anew. Raises NotYoursToConfirm, Incomplete."""
    found = _locked(session, order_id)
    _refuse_own(found.recorded_by, actor, is_confirmed=found.confirmed_at is not None)
    missing = unmet(_gates(session, found.declaration, _as_recorded(session, found), now))
    if missing:
        raise Incomplete(missing)
    session.add(InfluxConfirmation(of_id=order_id, confirmed_by=actor.user_id, at=now))
    _tell(session, actor, "confirmed an order on training", order_id, now)


def _refuse_own(recorded_by: uuid.UUID | None, actor: Identity, *, is_confirmed: bool) -> None:
    fault = rules.fault_of_confirmation(recorded_by=recorded_by, confirmed_by=actor.user_id, is_confirmed=is_confirmed)
    if fault:
        raise NotYoursToConfirm(fault)


def _as_recorded(session: Session, found: OrderDetail) -> Draft:
    consents = {
        row.agreement_id: Consent(row.consent_by, row.consent_on, row.consent_paper) for row in order_queries.covered(session, found.id)
    }
    under = session.execute(select(OrderOfficer.officer_id, OrderOfficer.agreement_id).where(OrderOfficer.order_id == found.id))
    return Draft(
        decider=found.decider,
        office=found.office,
        necessities=frozenset(Necessity(one) for one in found.necessities),
        available=found.available,
        needed=found.needed,
        finding=found.finding,
        course_id=found.course_id,
        course_title=found.course_title,
        scope=found.scope,
        agreements=consents,
        officers={row[0]: row[1] for row in under},
        ends_at=found.ends_at,
    )


@dataclass(frozen=True, slots=True)
class Later:
    """A later end of an order: who decides it, and why."""

    ends_at: datetime
    decider: str
    office: str
    reason: str


def extend(session: Session, *, actor: Identity, order_id: uuid.UUID, later: Later, now: datetime) -> uuid.UUID:
    """Record a later end of an order: it does not follow the declaration by itself (R-24). A second person confirms it."""
    found = _locked(session, order_id)
    _refuse_unless_extendable(found, later.ends_at, now)
    if not (later.decider.strip() and later.office.strip() and later.reason.strip()):
        raise NotExtendable("Name who decides, in which office, and why.")
    row = OrderExtension(
        id=new_id(),
        order_id=order_id,
        ends_at=later.ends_at,
        decider=later.decider.strip(),
        office=later.office.strip(),
        reason=later.reason.strip(),
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(row)
    _tell(session, actor, "recorded an extension of an order on training", order_id, now, ends_at=later.ends_at.isoformat())
    return row.id


def _refuse_unless_extendable(found: OrderDetail, ends_at: datetime, now: datetime) -> None:
    end = found.declaration.ends_at(now)
    if found.confirmed_at is None:
        raise NotExtendable("The order itself waits for a second person first.")
    if ends_at <= found.last_end:
        raise NotExtendable("An extension ends after the order does.")
    if end is None or ends_at > end or ends_at <= now:
        raise NotExtendable("An order ends with the declaration at the latest. Have the declaration extended first (R-24).")


def confirm_extension(session: Session, *, actor: Identity, order_id: uuid.UUID, extension_id: uuid.UUID, now: datetime) -> None:
    """Confirm a later end that somebody else recorded."""
    found = _locked(session, order_id)
    row = next((one for one in found.extensions if one.id == extension_id), None)
    if row is None:
        raise NoSuchOrder("There is no such extension of this order.")
    _refuse_own(row.recorded_by, actor, is_confirmed=row.confirmed_at is not None)
    _refuse_unless_extendable(found, row.ends_at, now)
    session.add(InfluxConfirmation(of_id=extension_id, confirmed_by=actor.user_id, at=now))
    _tell(session, actor, "confirmed an extension of an order on training", order_id, now)


def acknowledge(session: Session, *, actor: Identity, order_id: uuid.UUID, now: datetime) -> None:
    """Record that the officer acknowledges policies and standards (R-27). A second time changes nothing."""
    own = next((one for one in order_queries.own_orders(session, actor=actor) if one.order.id == order_id), None)
    if own is None or actor.officer_id is None:
        raise NoSuchOrder("There is no such order.")
    if own.acknowledged_at is not None:
        return
    if not own.order.is_in_force(now):
        raise Forbidden("This order has ended. Nothing is acknowledged under it any more.")
    session.add(PolicyAcknowledgment(order_id=order_id, officer_id=actor.officer_id, wording=WORDING, at=now))
    _tell(session, actor, "acknowledged policies and standards under an order", order_id, now)


def _tell(session: Session, actor: Identity, action: str, order_id: uuid.UUID, now: datetime, **details: object) -> None:
    audit.record(session, actor=actor, action=action, object_type=OBJECT_TYPE, object_id=order_id, details=details, now=now)
