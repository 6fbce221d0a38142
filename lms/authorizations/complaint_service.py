"""Recording a complaint with its clocks, and how it ended. Where the model says so, the officer is taken out at once."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Permission
from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.authorizations import complaint_queries, queries, service
from lms.authorizations.complaint_rules import Outcome, Report, fault_of_report, fault_of_resolution
from lms.authorizations.models import Complaint, ComplaintResolution
from lms.authorizations.notice_rules import due_after_complaint, due_after_resolution, suspends
from lms.authorizations.queries import AuthorizationRow
from lms.authorizations.rules import MoveKind, Reason, Step, fault_of_step, open_suspension
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.ids import new_id

OBJECT_TYPE = "complaint"
INTERIM = "Removed until the complaint is settled: it may bring discipline (R-21)."


class NoSuchComplaint(NotFound):
    """There is no such complaint or officer, or it is not this person's to handle."""


class NotSo(Invalid):
    """A complaint cannot say this, or cannot end so."""


class AlreadyReported(Conflict):
    """The form was sent before, and its complaint is recorded."""


class AlreadyResolved(Conflict):
    """The complaint has a resolution."""


def report(session: Session, *, actor: Identity, authorization_id: uuid.UUID, told: Report, form_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """Record a complaint about an officer with its clocks (R-21), and suspend the officer where that follows. Returns its id."""
    if queries.authorization(session, identity=actor, authorization_id=authorization_id) is None:
        raise NoSuchComplaint("There is no such officer.")
    row = service.locked(session, authorization_id)
    if not (actor.may(Permission.COMPLAINT_MANAGE) or row.agency_id in actor.agency_ids):
        raise NoSuchComplaint("There is no such officer.")
    if session.scalar(select(Complaint.id).where(Complaint.form_id == form_id)) is not None:
        raise AlreadyReported("This complaint is recorded already.")
    fault = fault_of_report(told, began_at=min(row.authority.starts_at, row.authority.recorded_at), now=now)
    if fault:
        raise NotSo(fault)
    made = _made(row, told, form_id, actor, now)
    session.add(made)
    session.flush()  # its notices point to it
    _tell(session, actor, "recorded a complaint", made.id, row, now, {"may_bring_discipline": told.may_bring_discipline})
    _follow(session, actor, row, told, made.id, now)
    return made.id


def _made(row: AuthorizationRow, told: Report, form_id: uuid.UUID, actor: Identity, now: datetime) -> Complaint:
    return Complaint(
        id=new_id(),
        authorization_id=row.id,
        source=told.source,
        summary=told.summary.strip(),
        may_bring_discipline=told.may_bring_discipline,
        form_id=form_id,
        recorded_by=actor.user_id,
        effective_at=told.received_at,
        recorded_at=now,
    )


def _follow(session: Session, actor: Identity, row: AuthorizationRow, told: Report, complaint_id: uuid.UUID, now: datetime) -> None:
    """The clocks, and the interim removal: from now on, since nobody can be taken out yesterday."""
    rule_set = queries.rule_set_of(session, agreement_id=row.agreement_id)
    due = due_after_complaint(received_at=told.received_at, rule_set=rule_set, zone=row.time_zone)
    service.put_down(session, row=row, found=due, complaint_id=complaint_id, now=now)
    removal = Step(MoveKind.SUSPENSION, now, Reason.COMPLAINT, INTERIM)
    held = open_suspension(row.authority.moves, at=now, on=now)
    is_held = held is not None and held.until is None
    follows = suspends(rule_set=rule_set, may_bring_discipline=told.may_bring_discipline) and not is_held
    if follows and fault_of_step(row.authority, removal, now=now) is None:
        service.add_move(session, actor=actor, row=row, step=removal, now=now)


def resolve(
    session: Session, *, actor: Identity, complaint_id: uuid.UUID, outcome: Outcome, resolved_at: datetime, note: str, now: datetime
) -> None:
    """Record how a complaint ended, with the clock of its result. A suspension goes on until a supervisor reinstates the officer."""
    session.execute(select(Complaint.id).where(Complaint.id == complaint_id).with_for_update())
    found = complaint_queries.complaint(session, identity=actor, complaint_id=complaint_id)
    if found is None:
        raise NoSuchComplaint("There is no such complaint.")
    if found.outcome is not None:
        raise AlreadyResolved("This complaint is resolved already.")
    fault = fault_of_resolution(received_at=found.received_at, resolved_at=resolved_at, note=note, now=now)
    if fault:
        raise NotSo(fault)
    session.add(
        ComplaintResolution(
            complaint_id=complaint_id,
            outcome=outcome,
            note=note.strip(),
            recorded_by=actor.user_id,
            effective_at=resolved_at,
            recorded_at=now,
        )
    )
    rule_set = queries.rule_set_of(session, agreement_id=found.about.agreement_id)
    due = due_after_resolution(resolved_at=resolved_at, rule_set=rule_set, zone=found.about.time_zone)
    service.put_down(session, row=found.about, found=due, complaint_id=complaint_id, now=now)
    _tell(session, actor, "resolved a complaint", complaint_id, found.about, now, {"outcome": outcome})


def _tell(
    session: Session,
    actor: Identity,
    action: str,
    complaint_id: uuid.UUID,
    row: AuthorizationRow,
    now: datetime,
    details: dict[str, object],
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type=OBJECT_TYPE,
        object_id=complaint_id,
        agency_id=row.agency_id,
        details=details,
        now=now,
    )
