"""Schedules, holds and disposals as they are shown."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Officer, User
from lms.retention import classes
from lms.retention.models import DisposalDecision, DisposalProposal, HoldLifting, LegalHold, RetentionSchedule
from lms.retention.rules import CLASSES, KEEP, Described, Hold, RecordClass, Schedule, cutoff, fault_of_disposal, held_officers

SHOWN = 50


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class of records with its schedule; `due` is how many of its records may be disposed of now, `fault` why none may."""

    name: RecordClass
    described: Described
    schedule: Schedule
    due: int
    fault: str


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A legal hold that is in force."""

    id: uuid.UUID
    covers: str
    officer: str
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A disposal that was proposed, and what became of it."""

    id: uuid.UUID
    record_class: str
    cutoff: datetime
    count: int
    reason: str
    proposed_by: uuid.UUID
    proposer: str
    at: datetime
    outcome: str
    decider: str
    decided_at: datetime | None
    disposed: int


def schedules(session: Session) -> dict[RecordClass, Schedule]:
    """The schedule of every class; one that was never set keeps everything."""
    found = dict.fromkeys(RecordClass, KEEP)
    for row in session.scalars(select(RetentionSchedule).order_by(RetentionSchedule.number)):
        found[RecordClass(row.record_class)] = Schedule(row.years, row.authority)
    return found


def holds(session: Session) -> list[Hold]:
    """The legal holds in force, as the rules see them."""
    lifted = exists().where(HoldLifting.hold_id == LegalHold.id)
    return [
        Hold(RecordClass(row.record_class) if row.record_class else None, str(row.officer_id or ""))
        for row in session.scalars(select(LegalHold).where(~lifted))
    ]


def class_rows(session: Session, *, now: datetime) -> list[ClassRow]:
    """Every class with what may be disposed of in it."""
    found, in_force = schedules(session), holds(session)
    return [_class_row(session, name, found[name], in_force, now) for name in RecordClass]


def _class_row(session: Session, name: RecordClass, schedule: Schedule, in_force: list[Hold], now: datetime) -> ClassRow:
    fault, before = fault_of_disposal(schedule, in_force, name), cutoff(schedule, now=now)
    due = 0 if fault or before is None else classes.count(session, name, cutoff=before, held=held_ids(in_force, name))
    return ClassRow(name, CLASSES[name], schedule, due, fault)


def held_ids(in_force: list[Hold], name: RecordClass) -> frozenset[uuid.UUID]:
    """The officers whose records of a class are held."""
    return frozenset(uuid.UUID(one) for one in held_officers(in_force, name))


def hold_rows(session: Session) -> list[HoldRow]:
    """The legal holds in force, the newest first."""
    lifted = exists().where(HoldLifting.hold_id == LegalHold.id)
    asked = (
        select(LegalHold, Officer.name, User.name)
        .outerjoin(Officer, Officer.id == LegalHold.officer_id)
        .outerjoin(User, User.id == LegalHold.set_by)
        .where(~lifted)
        .order_by(LegalHold.set_at.desc())
    )
    return [
        HoldRow(hold.id, hold.record_class or "every class", officer or "", hold.reason, by or "the system", hold.set_at)
        for hold, officer, by in session.execute(asked)
    ]


_DECIDER = aliased(User)


def proposals(session: Session, *, proposal_id: uuid.UUID | None = None) -> list[ProposalRow]:
    """The newest disposals that were proposed, or one of them."""
    asked = (
        select(DisposalProposal, User.name, DisposalDecision, _DECIDER.name)
        .join(User, User.id == DisposalProposal.proposed_by)
        .outerjoin(DisposalDecision, DisposalDecision.proposal_id == DisposalProposal.id)
        .outerjoin(_DECIDER, _DECIDER.id == DisposalDecision.decided_by)
        .order_by(DisposalProposal.at.desc(), DisposalProposal.id)
        .limit(SHOWN)
    )
    if proposal_id is not None:
        asked = asked.where(DisposalProposal.id == proposal_id)
    return [_proposal(*row) for row in session.execute(asked)]


def _proposal(found: DisposalProposal, proposer: str, decision: DisposalDecision | None, decider: str | None) -> ProposalRow:
    return ProposalRow(
        id=found.id,
        record_class=found.record_class,
        cutoff=found.cutoff,
        count=found.count,
        reason=found.reason,
        proposed_by=found.proposed_by,
        proposer=proposer,
        at=found.at,
        outcome=decision.outcome if decision else "",
        decider=decider or "",
        decided_at=decision.at if decision else None,
        disposed=decision.count if decision else 0,
    )


def next_number(session: Session, name: RecordClass) -> int:
    """The number of the next schedule of a class."""
    asked = select(func.max(RetentionSchedule.number)).where(RetentionSchedule.record_class == name)
    return (session.scalar(asked) or 0) + 1


def officer_by_email(session: Session, email: str) -> uuid.UUID | None:
    """The officer with this address."""
    return session.scalar(select(Officer.id).join(User, User.id == Officer.user_id).where(User.email == email))
