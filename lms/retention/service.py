"""Setting schedules and legal holds; proposing, confirming and declining disposals. What the ledger covers is never touched."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity, normalized_email
from lms.audit import service as audit
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id
from lms.retention import classes, queries, rules
from lms.retention.models import DisposalDecision, DisposalOpen, DisposalProposal, HoldLifting, LegalHold, RetentionSchedule
from lms.retention.rules import RecordClass

PROPOSAL: Final = "disposal_proposal"


class NotSchedulable(Invalid):
    """The schedule cannot be set so."""


class NothingToDispose(Conflict):
    """Nothing of the class may be disposed of at this time."""


class OwnProposal(Forbidden):
    """Disposing takes two persons."""


class Outcome(StrEnum):
    """What became of a proposal."""

    DISPOSED = "disposed of"
    DECLINED = "declined"


def set_schedule(session: Session, *, actor: Identity, record_class: RecordClass, years: int | None, authority: str, now: datetime) -> None:
    """From now on records of the class are kept for `years`, or for ever when None."""
    fault = rules.fault_of_schedule(record_class, years, authority)
    if fault:
        raise NotSchedulable(fault)
    number = queries.next_number(session, record_class)
    row = {"record_class": record_class, "number": number, "years": years, "authority": authority.strip()}
    made = RetentionSchedule(id=new_id(), set_by=actor.user_id, set_at=now, **row)
    session.add(made)
    details = {"class": record_class, "years": years}
    _tell(
        session,
        actor,
        "set how long records are kept",
        ("retention_schedule", made.id),
        now,
        reason=authority.strip() or None,
        details=details,
    )


def hold(session: Session, *, actor: Identity, record_class: RecordClass | None, officer: str, reason: str, now: datetime) -> uuid.UUID:
    """Let nothing be disposed of that the hold covers. `officer` is an e-mail address, or empty for everybody's records."""
    officer_id = queries.officer_by_email(session, normalized_email(officer)) if officer.strip() else None
    if officer.strip() and officer_id is None:
        raise NotFound("No officer has this e-mail address. Check it, or leave it empty to hold everybody's records.")
    made = LegalHold(id=new_id(), record_class=record_class, officer_id=officer_id, reason=_said(reason), set_by=actor.user_id, set_at=now)
    session.add(made)
    details = {"class": record_class, "officer": str(officer_id) if officer_id else None}
    _tell(session, actor, "set a legal hold", ("legal_hold", made.id), now, reason=reason, details=details)
    return made.id


def lift(session: Session, *, actor: Identity, hold_id: uuid.UUID, reason: str, now: datetime) -> None:
    """End a legal hold."""
    if session.get(LegalHold, hold_id) is None or session.get(HoldLifting, hold_id) is not None:
        raise NotFound("There is no such legal hold in force.")
    session.add(HoldLifting(hold_id=hold_id, reason=_said(reason), lifted_by=actor.user_id, at=now))
    _tell(session, actor, "lifted a legal hold", ("legal_hold", hold_id), now, reason=reason)


def propose(session: Session, *, actor: Identity, record_class: RecordClass, reason: str, now: datetime) -> uuid.UUID:
    """Propose to dispose of everything in a class that its schedule allows; another person confirms."""
    schedule, in_force = queries.schedules(session)[record_class], queries.holds(session)
    before = rules.cutoff(schedule, now=now)
    fault = rules.fault_of_disposal(schedule, in_force, record_class)
    if fault or before is None or actor.user_id is None:
        raise NothingToDispose(fault or "Only a person can propose this.")
    count = classes.count(session, record_class, cutoff=before, held=queries.held_ids(in_force, record_class))
    if not count:
        raise NothingToDispose("No record of this class is old enough.")
    made = DisposalProposal(
        id=new_id(), record_class=record_class, cutoff=before, count=count, reason=_said(reason), proposed_by=actor.user_id, at=now
    )
    session.add(made)
    details = {"class": record_class, "count": count, "cutoff": before.isoformat()}
    _tell(session, actor, "proposed to dispose of records", (PROPOSAL, made.id), now, reason=reason, details=details)
    return made.id


def confirm(session: Session, *, actor: Identity, proposal_id: uuid.UUID, now: datetime) -> int:
    """Dispose of what was proposed, without what a hold covers by now. Returns how many records went.

    Schedule and holds are read anew: a schedule that was lengthened, or a hold, protects what it covers.
    """
    proposal = _open(session, actor, proposal_id)
    if proposal.proposed_by == actor.user_id:
        raise OwnProposal("You proposed this. Another person must confirm it.")
    record_class = RecordClass(proposal.record_class)
    schedule, in_force = queries.schedules(session)[record_class], queries.holds(session)
    fault, newest = rules.fault_of_disposal(schedule, in_force, record_class), rules.cutoff(schedule, now=now)
    if fault or newest is None:
        raise NothingToDispose(fault)
    before, held = min(proposal.cutoff, newest), queries.held_ids(in_force, record_class)
    count = classes.count(session, record_class, cutoff=before, held=held)
    session.add(DisposalOpen(proposal_id=proposal.id))
    session.flush()  # the database lets records go only while this row stands
    classes.remove(session, record_class, cutoff=before, held=held)
    session.execute(delete(DisposalOpen))
    _decide(session, actor, proposal, Outcome.DISPOSED, count, now)
    return count


def decline(session: Session, *, actor: Identity, proposal_id: uuid.UUID, now: datetime) -> None:
    """Let a proposal rest for good. Whoever made it may take it back so."""
    _decide(session, actor, _open(session, actor, proposal_id), Outcome.DECLINED, 0, now)


def _open(session: Session, actor: Identity, proposal_id: uuid.UUID) -> DisposalProposal:
    found = session.scalar(select(DisposalProposal).where(DisposalProposal.id == proposal_id).with_for_update())
    if found is None or actor.user_id is None or session.get(DisposalDecision, proposal_id) is not None:
        raise NotFound("There is no such proposal waiting.")
    return found


def _decide(session: Session, actor: Identity, proposal: DisposalProposal, outcome: Outcome, count: int, now: datetime) -> None:
    session.add(DisposalDecision(proposal_id=proposal.id, outcome=outcome, count=count, decided_by=actor.user_id, at=now))
    action = "disposed of records" if outcome is Outcome.DISPOSED else "declined to dispose of records"
    details = {"class": proposal.record_class, "count": count, "cutoff": proposal.cutoff.isoformat()}
    _tell(session, actor, action, (PROPOSAL, proposal.id), now, reason=proposal.reason, details=details)


def _said(text: str) -> str:
    if not text.strip():
        raise Invalid("Say why: the record keeps it.")
    return text.strip()


def _tell(session: Session, actor: Identity, action: str, about: tuple[str, uuid.UUID], now: datetime, **told: Any) -> None:
    """The entry of an act on the object `about`; `reason` and `details` as the trail takes them."""
    audit.record(session, actor=actor, action=action, object_type=about[0], object_id=about[1], now=now, **told)
