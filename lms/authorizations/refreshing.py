"""Refreshers, updates and reviews: what an authorized officer owes by the template or because ICE asks, and settling it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM, Identity
from lms.agencies.nomination_queries import today_in
from lms.agencies.rule_sets import RuleSet
from lms.audit import service as audit
from lms.authorizations import queries
from lms.authorizations.listing import PER_PAGE, has_ended
from lms.authorizations.models import Authorization, RefresherRequirement, RefresherSettlement
from lms.authorizations.queries import OBJECT_TYPE, AuthorizationRow
from lms.authorizations.refresher_rules import Demand, Plan, RefresherKind, fault_of_demand, plan
from lms.certificates import queries as certificates
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.ids import new_id

AD_HOC_SOURCE: Final = "Asked for by ICE"


class Outcome(StrEnum):
    """How a requirement was settled."""

    COMPLETED = "completed"
    WAIVED = "waived by ICE"


class NoSuchRequirement(NotFound):
    """There is no such requirement or authorization."""


class NotYet(Invalid):
    """The training cannot be asked for so, or settled so."""


class AlreadySettled(Conflict):
    """The requirement is settled."""


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """Further training, and whether it was done."""

    id: uuid.UUID
    authorization_id: uuid.UUID
    kind: RefresherKind
    title: str
    source: str
    not_before: date | None
    due_on: date
    outcome: str | None
    on: date | None
    note: str


def requirements(session: Session, *, authorization_ids: Sequence[uuid.UUID]) -> list[RequirementRow]:
    """What is owed under these authorizations first, then what was settled."""
    asked = (
        select(RefresherRequirement, RefresherSettlement)
        .outerjoin(RefresherSettlement, RefresherSettlement.requirement_id == RefresherRequirement.id)
        .where(RefresherRequirement.authorization_id.in_(authorization_ids))
        .order_by(RefresherSettlement.on.is_not(None), RefresherRequirement.due_on, RefresherRequirement.id)
        .limit(queries.LISTED)
    )
    return [_row(required, settled) for required, settled in session.execute(asked)]


def _row(required: RefresherRequirement, settled: RefresherSettlement | None) -> RequirementRow:
    outcome, on, note = (settled.outcome, settled.on, settled.note) if settled else (None, None, "")
    return RequirementRow(
        required.id,
        required.authorization_id,
        RefresherKind(required.kind),
        required.title,
        required.source,
        required.not_before,
        required.due_on,
        outcome,
        on,
        note,
    )


def _owed(now: datetime) -> Select[RefresherRequirement]:
    settled = exists().where(RefresherSettlement.requirement_id == RefresherRequirement.id)
    asked = select(RefresherRequirement).join(Authorization, Authorization.id == RefresherRequirement.authorization_id)
    return asked.where(~settled, ~has_ended(now))


def owed(session: Session, *, now: datetime, page: int = 1) -> list[tuple[RequirementRow, AuthorizationRow]]:
    """One page of all that is owed under authorizations that go on: what is overdue longest stands first."""
    asked = _owed(now).order_by(RefresherRequirement.due_on, RefresherRequirement.id)
    found = list(session.scalars(asked.offset((page - 1) * PER_PAGE).limit(PER_PAGE)))
    about = queries.rows(session, select(Authorization.id).where(Authorization.id.in_([one.authorization_id for one in found])))
    by_id = {row.id: row for row in about}
    return [(_row(one, None), by_id[one.authorization_id]) for one in found]


def owed_count(session: Session, *, now: datetime, before: date | None = None) -> int:
    """How much is owed; that was due before a day, if told."""
    asked = _owed(now) if before is None else _owed(now).where(RefresherRequirement.due_on < before)
    return session.scalar(select(func.count()).select_from(asked.subquery())) or 0


def last_on(session: Session, *, row: AuthorizationRow) -> date:
    """The day on which the officer was last trained under an authorization: the last refresher done, else the training itself."""
    asked = (
        select(func.max(RefresherSettlement.on))
        .join(RefresherRequirement, RefresherRequirement.id == RefresherSettlement.requirement_id)
        .where(RefresherRequirement.authorization_id == row.id, RefresherSettlement.outcome == Outcome.COMPLETED)
    )
    done = session.scalar(asked)
    trained = certificates.by_id(session, row.certificate_id)
    first = trained.completed_on if trained else row.authority.starts_at.date()
    return max(done, first) if done else first


def plan_of(session: Session, *, row: AuthorizationRow) -> Plan:
    """What the template says comes next for an officer."""
    return plan(queries.rule_set_of(session, agreement_id=row.agreement_id), last_on=last_on(session, row=row))


def plan_first(session: Session, *, authorization_id: uuid.UUID, rule_set: RuleSet, last_on: date, now: datetime) -> None:
    """Put down the first training that the template asks for by a time; nothing where it names no time."""
    _plan_next(session, authorization_id=authorization_id, coming=plan(rule_set, last_on=last_on), now=now)


def _plan_next(session: Session, *, authorization_id: uuid.UUID, coming: Plan, now: datetime) -> None:
    if coming.due_on is not None:
        session.add(_requirement(authorization_id, coming.kind, coming.title, coming.source, coming.not_before, coming.due_on, SYSTEM, now))


def _requirement(  # noqa: PLR0913, PLR0917 - the columns of one row
    authorization_id: uuid.UUID,
    kind: RefresherKind,
    title: str,
    source: str,
    not_before: date | None,
    due_on: date,
    actor: Identity,
    now: datetime,
) -> RefresherRequirement:
    return RefresherRequirement(
        id=new_id(),
        authorization_id=authorization_id,
        kind=kind,
        title=title.strip(),
        source=source,
        not_before=not_before,
        due_on=due_on,
        recorded_by=actor.user_id,
        recorded_at=now,
    )


def demand(session: Session, *, actor: Identity, authorization_id: uuid.UUID, wanted: Demand, now: datetime) -> uuid.UUID:
    """Ask an officer for further training. Raises NotYet, naming the rule, when the template does not allow it by then (R-20)."""
    row = _going_on(session, authorization_id, now)
    rule_set = queries.rule_set_of(session, agreement_id=row.agreement_id)
    trained, today = last_on(session, row=row), today_in(row.time_zone, now)
    fault = fault_of_demand(wanted, rule_set, last_on=trained, today=today)
    if fault:
        raise NotYet(fault)
    coming = plan(rule_set, last_on=trained)
    ad_hoc = wanted.kind is RefresherKind.AD_HOC
    source, not_before = (AD_HOC_SOURCE, None) if ad_hoc else (coming.source, coming.not_before)
    made = _requirement(row.id, wanted.kind, wanted.title, source, not_before, wanted.due_on, actor, now)
    session.add(made)
    details = {"kind": wanted.kind, "due_on": wanted.due_on.isoformat()}
    _tell(session, actor, "asked for a refresher", row, now, details)
    return made.id


def _going_on(session: Session, authorization_id: uuid.UUID, now: datetime) -> AuthorizationRow:
    session.execute(select(Authorization.id).where(Authorization.id == authorization_id).with_for_update())
    row = queries.by_id(session, authorization_id)
    if row is None:
        raise NoSuchRequirement("There is no such authorization.")
    if row.standing_now(now).has_ended:
        raise NotYet("This authorization has ended: nothing more is owed under it.")
    return row


def settle(
    session: Session, *, actor: Identity, requirement_id: uuid.UUID, outcome: Outcome, on: date, note: str, now: datetime
) -> uuid.UUID:
    """Record that training was done, or that ICE waived it; what the template asks for next is put down. Returns the authorization's id."""
    required = session.get(RefresherRequirement, requirement_id)
    if required is None:
        raise NoSuchRequirement("There is no such requirement.")
    row = _going_on(session, required.authorization_id, now)
    if session.get(RefresherSettlement, requirement_id) is not None:
        raise AlreadySettled("This requirement is settled already.")
    if on > today_in(row.time_zone, now):
        raise NotYet("That day has not come.")
    if outcome is Outcome.WAIVED and not note.strip():
        raise NotYet("Say why ICE waives it.")
    session.add(
        RefresherSettlement(
            requirement_id=requirement_id, outcome=outcome, on=on, note=note.strip(), recorded_by=actor.user_id, recorded_at=now
        )
    )
    if required.kind != RefresherKind.AD_HOC:
        rule_set = queries.rule_set_of(session, agreement_id=row.agreement_id)
        _plan_next(session, authorization_id=row.id, coming=plan(rule_set, last_on=on), now=now)
    _tell(session, actor, "settled a refresher", row, now, {"outcome": outcome, "on": on.isoformat()})
    return row.id


def _tell(session: Session, actor: Identity, action: str, row: AuthorizationRow, now: datetime, details: dict[str, str]) -> None:
    audit.record(
        session, actor=actor, action=action, object_type=OBJECT_TYPE, object_id=row.id, agency_id=row.agency_id, details=details, now=now
    )
