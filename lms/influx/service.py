"""Recording declarations, the acts that change them, and a second person's word for each; activating agreements."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies import agreement_service as agreements
from lms.agencies.rules import TIME_ZONES
from lms.audit import service as audit
from lms.influx import agreement_queries, queries, rules
from lms.influx.models import Activation, Declaration, DeclarationAct, InfluxConfirmation
from lms.influx.period import Boundaries, Kind
from lms.influx.queries import DeclarationDetail
from lms.influx.rules import Ground, Instrument, Told
from lms.influx.telling import tell_of_activation
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id

OBJECT_TYPE = "declaration"


class NoSuchDeclaration(NotFound):
    """There is no such declaration, or no such act of it."""


class NotDeclarable(Invalid):
    """A declaration cannot say this, or cannot be changed so."""


class AlreadyDeclared(Conflict):
    """The form was sent before, and its declaration is recorded."""


class NotYoursToConfirm(Forbidden):
    """Nobody confirms what they recorded themselves, and nothing is confirmed twice."""


class NotActivated(Conflict):
    """At least one of the agreements chosen cannot be activated, so none was. `refusals`: the agency and why, one for each."""

    def __init__(self, refusals: Mapping[str, Collection[str]]) -> None:
        self.refusals = refusals
        super().__init__("Nothing was activated. " + " ".join(f"{agency}: {' '.join(faults)}" for agency, faults in refusals.items()))


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new declaration says."""

    title: str
    drill: bool
    grounds: tuple[Ground, ...]
    time_zone: str
    instrument: Instrument
    change: "Change"


@dataclass(frozen=True, slots=True)
class Change:
    """What an act does: to the period, to the boundaries, or to neither."""

    kind: Kind
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    boundaries: Boundaries | None = None


def declare(session: Session, *, actor: Identity, draft: Draft, form_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """Record a declaration, which counts for nothing until a second person confirms it. Returns its id."""
    if session.scalar(select(Declaration.id).where(Declaration.form_id == form_id)) is not None:
        raise AlreadyDeclared("This declaration is recorded already.")
    title = " ".join(draft.title.split())
    if not title or not draft.grounds or draft.time_zone not in TIME_ZONES:
        raise NotDeclarable("A declaration has a title, at least one ground, and the time zone in which its days are counted.")
    made = Declaration(
        id=new_id(),
        title=title,
        drill=draft.drill,
        grounds=sorted(set(draft.grounds)),
        time_zone=draft.time_zone,
        form_id=form_id,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(made)
    session.flush()  # its acts point to it
    _add(session, actor=actor, declaration_id=made.id, instrument=draft.instrument, change=draft.change, now=now)
    details = {"drill": made.drill, "grounds": made.grounds}
    _tell(session, actor, "recorded a declaration", made.id, now, **details)
    return made.id


def change(
    session: Session, *, actor: Identity, declaration_id: uuid.UUID, instrument: Instrument, change: Change, now: datetime
) -> uuid.UUID:
    """Record an act on a declaration: extending, ending, other boundaries, publication. It counts when a second person confirms it."""
    _require(session, declaration_id)
    act_id = _add(session, actor=actor, declaration_id=declaration_id, instrument=instrument, change=change, now=now)
    _tell(session, actor, f"recorded an act of a declaration: {change.kind}", declaration_id, now, act=str(act_id))
    return act_id


def _require(session: Session, declaration_id: uuid.UUID) -> DeclarationDetail:
    session.execute(select(Declaration.id).where(Declaration.id == declaration_id).with_for_update())
    found = queries.declaration(session, declaration_id)
    if found is None:
        raise NoSuchDeclaration("There is no such declaration.")
    return found


def _add(
    session: Session, *, actor: Identity, declaration_id: uuid.UUID, instrument: Instrument, change: Change, now: datetime
) -> uuid.UUID:
    found = _require(session, declaration_id)
    row = DeclarationAct(
        id=new_id(),
        declaration_id=declaration_id,
        number=len(found.acts) + 1,
        kind=change.kind,
        issuing_office=instrument.issuing_office.strip(),
        instrument=instrument.name.strip(),
        citation=instrument.citation.strip(),
        signed_on=instrument.signed_on,
        effective_at=instrument.effective_at,
        published_on=instrument.published_on,
        begins_at=change.begins_at,
        ends_at=change.ends_at,
        states=sorted(change.boundaries.states) if change.boundaries else None,
        counties=sorted(change.boundaries.counties) if change.boundaries else None,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    added = next(act for act in _require(session, declaration_id).acts if act.id == row.id)
    fault = rules.fault_of_act(found.declared.acts, added.act(now), now=now)
    if fault:
        raise NotDeclarable(fault)
    return row.id


def confirm(session: Session, *, actor: Identity, declaration_id: uuid.UUID, act_id: uuid.UUID, now: datetime) -> None:
    """Confirm what somebody else recorded: from now on it counts. Raises NotYoursToConfirm, NotDeclarable when things have moved on."""
    found = _require(session, declaration_id)
    act = next((row for row in found.acts if row.id == act_id), None)
    if act is None:
        raise NoSuchDeclaration("There is no such act of this declaration.")
    fault = rules.fault_of_confirmation(recorded_by=act.recorded_by, confirmed_by=actor.user_id, is_confirmed=act.confirmed_at is not None)
    if fault:
        raise NotYoursToConfirm(fault)
    moved_on = rules.fault_of_act(found.declared.acts, act.act(now), now=now)
    if moved_on:
        raise NotDeclarable(moved_on)
    session.add(InfluxConfirmation(of_id=act_id, confirmed_by=actor.user_id, at=now))
    _tell(session, actor, f"confirmed an act of a declaration: {act.kind}", declaration_id, now, act=str(act_id))


def activate(
    session: Session, *, actor: Identity, declaration_id: uuid.UUID, agreement_ids: Collection[uuid.UUID], told: Told, now: datetime
) -> int:
    """Activate contingency agreements for a declaration, all of them or none, and return how many. In a drill no agreement moves.

    Raises NotActivated with every reason, agency by agency.
    """
    found = _require(session, declaration_id)
    chosen = agreement_queries.standings(session, declaration=found, now=now, agreement_ids=agreement_ids)
    fault = rules.fault_of_told(told)
    if fault or not agreement_ids or {row.agreement_id for row in chosen} != set(agreement_ids):
        raise NotDeclarable(fault or "Choose at least one agreement from the list.")
    general = rules.faults_of_declaration(found.declared, at=told.at, now=now)
    refusals = {row.agency: faults for row in chosen if (faults := [*general, *row.faults])}
    if refusals:
        raise NotActivated(refusals)
    for row in chosen:
        _activate_one(session, actor=actor, found=found, row=row, told=told, now=now)
    return len(chosen)


def _activate_one(
    session: Session, *, actor: Identity, found: DeclarationDetail, row: agreement_queries.StandingRow, told: Told, now: datetime
) -> None:
    number = None
    if not found.drill:
        number = agreements.activate_agreement(
            session, actor=actor, agreement_id=row.agreement_id, effective_at=told.at, reason=f"Activated for: {found.title}", now=now
        )
        session.flush()  # the activation points to the move
    session.add(
        Activation(
            declaration_id=found.id,
            agreement_id=row.agreement_id,
            move_number=number,
            procedure=row.procedure,
            told_how=told.how.strip(),
            told_whom=told.whom.strip(),
            effective_at=told.at,
            recorded_by=actor.user_id,
            recorded_at=now,
        )
    )
    tell_of_activation(session, declaration=found, agreement_id=row.agreement_id, agency_id=row.agency_id, at=told.at, now=now)
    if found.drill:
        audit.record(
            session,
            actor=actor,
            action="activated an agreement in a drill",
            object_type="agreement",
            object_id=row.agreement_id,
            agency_id=row.agency_id,
            details={"declaration": str(found.id), "told_at": told.at.isoformat()},
            now=now,
        )


def _tell(session: Session, actor: Identity, action: str, declaration_id: uuid.UUID, now: datetime, **details: object) -> None:
    audit.record(session, actor=actor, action=action, object_type=OBJECT_TYPE, object_id=declaration_id, details=details, now=now)
