"""Declarations with everything that was recorded of them, and the activations made for them."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, exists, func, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.accounts.permissions import Permission
from lms.accounts.rules import Identity
from lms.agencies.agreement_rules import Basis
from lms.agencies.models import Agency, Agreement
from lms.influx import period as periods
from lms.influx.models import Activation, Declaration, DeclarationAct, InfluxConfirmation
from lms.influx.period import Act, Boundaries, Interval, Kind
from lms.influx.rules import Activated, Basis103, Declared, Ground

PER_PAGE = 25
THE_SYSTEM = "The system"


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act with its instrument, who recorded it, and who confirmed it. Without `confirmed_at` it waits and counts for nothing."""

    id: uuid.UUID
    number: int
    kind: Kind
    issuing_office: str
    instrument: str
    citation: str
    signed_on: date
    effective_at: datetime
    published_on: date | None
    begins_at: datetime | None
    ends_at: datetime | None
    boundaries: Boundaries | None
    recorded_by: uuid.UUID | None
    recorder: str
    recorded_at: datetime
    confirmer: str
    confirmed_at: datetime | None

    def act(self, known_at: datetime) -> Act:
        """The act as the period is computed from it, known since that moment."""
        return Act(self.kind, self.number, self.effective_at, known_at, self.begins_at, self.ends_at, self.boundaries)


@dataclass(frozen=True, slots=True)
class DeclarationDetail:
    """One declaration with its acts in the order in which they were recorded."""

    id: uuid.UUID
    title: str
    drill: bool
    grounds: frozenset[Ground]
    time_zone: str
    recorded_at: datetime
    acts: tuple[ActRow, ...]

    @property
    def declared(self) -> Declared:
        """What was confirmed of it."""
        known = tuple(row.act(row.confirmed_at) for row in self.acts if row.confirmed_at is not None)
        return Declared(self.drill, self.grounds, known)

    def period(self, known: datetime) -> tuple[Interval, ...]:
        return periods.period(self.declared.acts, known=known)

    def gaps(self, known: datetime) -> tuple[Interval, ...]:
        return periods.gaps(self.period(known))

    def is_in_force(self, at: datetime) -> bool:
        return self.declared.is_in_force(at, known=at)

    def ends_at(self, known: datetime) -> datetime | None:
        return periods.ends_at(self.declared.acts, known=known)

    def boundaries(self, at: datetime) -> Boundaries:
        """The boundaries at `at` as known then; before the first takes effect those that are declared."""
        first = next((row.boundaries for row in self.acts if row.boundaries), None)
        return periods.boundaries_at(self.declared.acts, at=at, known=at) or first or Boundaries()

    @property
    def is_confirmed(self) -> bool:
        return bool(self.acts) and self.acts[0].confirmed_at is not None

    @property
    def is_ended(self) -> bool:
        return any(row.kind is Kind.TERMINATED and row.confirmed_at for row in self.acts)

    def word(self, now: datetime) -> str:
        """Where it stands, in a word or two."""
        if not self.is_confirmed:
            return "waits for confirmation"
        if self.is_in_force(now):
            return "in force"
        found = self.period(now)
        if not found:
            return "never in force"
        return "not yet in force" if now < found[0].starts_at else "ended" if now >= found[-1].ends_at else "in a gap"


def declarations(session: Session, *, page: int = 1) -> list[DeclarationDetail]:
    """One page of the declarations, the newest first. Two statements."""
    asked = select(Declaration).order_by(Declaration.recorded_at.desc(), Declaration.id).offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    return _details(session, list(session.scalars(asked)))


def declaration_count(session: Session) -> int:
    """How many declarations there are, drills included."""
    return session.scalar(select(func.count()).select_from(Declaration)) or 0


def declaration(session: Session, declaration_id: uuid.UUID) -> DeclarationDetail | None:
    """One declaration. Two statements."""
    return declarations_by_id(session, [declaration_id]).get(declaration_id)


def declarations_by_id(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, DeclarationDetail]:
    """These declarations by their ids. Two statements."""
    rows = list(session.scalars(select(Declaration).where(Declaration.id.in_(ids)))) if ids else []
    return {found.id: found for found in _details(session, rows)}


def _details(session: Session, rows: list[Declaration]) -> list[DeclarationDetail]:
    acts = _acts(session, [row.id for row in rows]) if rows else {}
    return [
        DeclarationDetail(
            row.id,
            row.title,
            row.drill,
            frozenset(Ground(ground) for ground in row.grounds),
            row.time_zone,
            row.recorded_at,
            tuple(acts.get(row.id, ())),
        )
        for row in rows
    ]


def _acts(session: Session, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[ActRow]]:
    recorder, confirmer = aliased(User), aliased(User)
    asked = (
        select(DeclarationAct, recorder.name, confirmer.name, InfluxConfirmation.at)
        .outerjoin(recorder, recorder.id == DeclarationAct.recorded_by)
        .outerjoin(InfluxConfirmation, InfluxConfirmation.of_id == DeclarationAct.id)
        .outerjoin(confirmer, confirmer.id == InfluxConfirmation.confirmed_by)
        .where(DeclarationAct.declaration_id.in_(ids))
        .order_by(DeclarationAct.number)
    )
    found: defaultdict[uuid.UUID, list[ActRow]] = defaultdict(list)
    for row, recorded_by, confirmed_by, confirmed_at in session.execute(asked):
        found[row.declaration_id].append(_act(row, recorded_by, confirmed_by, confirmed_at))
    return found


def _act(row: DeclarationAct, recorder: str | None, confirmer: str | None, confirmed_at: datetime | None) -> ActRow:
    bounded = row.states is not None or row.counties is not None
    return ActRow(
        id=row.id,
        number=row.number,
        kind=Kind(row.kind),
        issuing_office=row.issuing_office,
        instrument=row.instrument,
        citation=row.citation,
        signed_on=row.signed_on,
        effective_at=row.effective_at,
        published_on=row.published_on,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        boundaries=Boundaries(frozenset(row.states or ()), frozenset(row.counties or ())) if bounded else None,
        recorded_by=row.recorded_by,
        recorder=recorder or THE_SYSTEM,
        recorded_at=row.recorded_at,
        confirmer=(confirmer or THE_SYSTEM) if confirmed_at else "",
        confirmed_at=confirmed_at,
    )


@dataclass(frozen=True, slots=True)
class ActivationRow:
    """An agreement that was activated for a declaration."""

    agreement_id: uuid.UUID
    agency_id: uuid.UUID
    agency: str
    procedure: str
    told_how: str
    told_whom: str
    effective_at: datetime
    recorded_at: datetime
    recorder: str


def activations(session: Session, declaration_id: uuid.UUID, *, page: int = 1) -> list[ActivationRow]:
    """One page of the agreements activated for a declaration, by agency."""
    asked = (
        select(Activation, Agency.id, Agency.name, User.name)
        .join(Agreement, Agreement.id == Activation.agreement_id)
        .join(Agency, Agency.id == Agreement.agency_id)
        .outerjoin(User, User.id == Activation.recorded_by)
        .where(Activation.declaration_id == declaration_id)
        .order_by(Agency.name, Agency.id)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return [
        ActivationRow(
            row.agreement_id,
            agency_id,
            agency,
            row.procedure,
            row.told_how,
            row.told_whom,
            row.effective_at,
            row.recorded_at,
            name or THE_SYSTEM,
        )
        for row, agency_id, agency, name in session.execute(asked)
    ]


def activation_count(session: Session, declaration_id: uuid.UUID) -> int:
    """How many agreements were activated for a declaration."""
    return session.scalar(select(func.count()).select_from(Activation).where(Activation.declaration_id == declaration_id)) or 0


def bases_of(session: Session, agreements: Iterable[Agreement]) -> dict[uuid.UUID, Basis103]:
    """Agreements for a mass influx as authority under them rests on them: for `rules.limits`. Those of section 287(g) are left out.

    Three statements, however many; none where there is no agreement for a mass influx.
    """
    asked = {one.id: one.contingency for one in agreements if one.basis == Basis.MASS_INFLUX}
    if not asked:
        return {}
    rows = list(session.scalars(select(Activation).where(Activation.agreement_id.in_(asked)).order_by(Activation.recorded_at)))
    chosen = {row.declaration_id for row in rows} if all(asked.values()) else set(session.scalars(select(Declaration.id)))
    found = declarations_by_id(session, chosen)
    awake: defaultdict[uuid.UUID, list[Activated]] = defaultdict(list)
    for row in rows:
        awake[row.agreement_id].append(Activated(found[row.declaration_id].declared, row.effective_at, row.recorded_at))
    declared = tuple(one.declared for one in found.values())
    return {
        one: Basis103(Basis.MASS_INFLUX, contingency, tuple(awake[one]), () if contingency else declared)
        for one, contingency in asked.items()
    }


def is_awake(now: datetime) -> ColumnElement[bool]:
    """That authority under an agreement for a mass influx is awake: what `rules.limits` says without a place, as a condition for lists."""
    activated = exists().where(
        Activation.agreement_id == Agreement.id,
        Activation.effective_at <= now,
        Activation.recorded_at <= now,
        Activation.declaration_id.in_(_in_force(now)),
    )
    declared = exists().where(Declaration.id.in_(_in_force(now)))
    return and_(Agreement.basis == Basis.MASS_INFLUX, or_(activated, and_(~Agreement.contingency, declared)))


def _in_force(now: datetime) -> Select[Any]:
    """The declarations of a mass influx that are in force, drills left out."""
    counts = exists().where(InfluxConfirmation.of_id == DeclarationAct.id, InfluxConfirmation.at <= now)
    of_it = and_(DeclarationAct.declaration_id == Declaration.id, DeclarationAct.effective_at <= now, counts)
    runs = and_(DeclarationAct.kind.in_([Kind.DECLARED, Kind.EXTENDED]), DeclarationAct.begins_at <= now, DeclarationAct.ends_at > now)
    influx = type_coerce(Declaration.grounds, Text).contains(f'"{Ground.INFLUX}"')
    ended = exists().where(of_it, DeclarationAct.kind == Kind.TERMINATED)
    return select(Declaration.id).where(~Declaration.drill, influx, exists().where(of_it, runs), ~ended)


def standing_notices(session: Session, identity: Identity, *, now: datetime) -> list[str]:
    """A sentence for each drill that is running, for those who manage such things; nothing, without a question asked, for others."""
    if not identity.may(Permission.INFLUX_MANAGE):
        return []
    drills = _details(session, list(session.scalars(select(Declaration).where(Declaration.drill.is_(True)).limit(PER_PAGE))))
    return [f"A drill is running: {one.title}. Nothing in it gives authority." for one in drills if one.is_in_force(now)]
