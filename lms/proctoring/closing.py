"""Closing a sitting: one of its proctors gives a statement, and the report is frozen."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM, Identity
from lms.audit import service as audit
from lms.exams import service as exams
from lms.exams import timing
from lms.exams.models import Attempt
from lms.exams.rules import Kind
from lms.kernel.errors import Conflict, Invalid
from lms.proctoring import acting, incident_queries, report_queries
from lms.proctoring.models import SittingClosing
from lms.sittings import queries
from lms.sittings.models import Sitting, TicketRevocation

DECLARATION: Final = (
    "I was named to proctor this sitting and was present in it. What stands in this report is complete and true as far as I know. "
    "I showed no exam content to anybody who was not sitting the exam."
)
"""What a proctor declares by closing a sitting: it stands in the report."""


class StillOpen(Conflict):
    """Exams of the sitting are under way, or it has not begun."""


class Unruled(Conflict):
    """Incidents of the sitting have no ruling."""


class NoStatement(Invalid):
    """The proctor's own words are missing."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the proctor says: how the sitting went, and where it departed from the plan."""

    statement: str
    deviations: str


def close(session: Session, *, actor: Identity, sitting_id: uuid.UUID, words: Words, now: datetime) -> None:
    """Close the sitting, freeze its report and end unused tickets, once. Attempts under way and incidents without a ruling refuse it."""
    session.execute(select(Sitting.id).where(Sitting.id == sitting_id).with_for_update())
    ground = acting.refuse_unless_working(session, actor=actor, sitting_id=sitting_id, now=now)
    if not words.statement.strip():
        raise NoStatement("Say in your own words how the sitting went: the report keeps it.")
    if now < ground.opens_at:
        raise StillOpen("This sitting has not begun.")
    _close_expired(session, sitting_id, now)
    if incident_queries.open_incidents(session, sitting_id=sitting_id):
        raise Unruled("Rule on every incident first. One that you cannot settle is put before the program.")
    report = report_queries.report(session, actor=actor, ground=ground, now=now) | {
        "declaration": DECLARATION,
        "statement": words.statement.strip(),
        "deviations": words.deviations.strip() or "None.",
        "closed_by": actor.name,
        "closed_at": report_queries.iso(now),
    }
    _end_tickets(session, actor, sitting_id, now)
    session.add(SittingClosing(sitting_id=sitting_id, report=report, closed_by=actor.user_id, at=now))
    audit.record(
        session,
        actor=actor,
        action="closed a sitting",
        object_type="sitting",
        object_id=sitting_id,
        details={"officers": len(report["officers"]), "incidents": len(report["incidents"]), "acts": len(report["acts"])},
        now=now,
    )


def _end_tickets(session: Session, actor: Identity, sitting_id: uuid.UUID, now: datetime) -> None:
    """Nobody begins an exam once the proctor has gone: tickets of those who have not begun open nothing any more."""
    begun = set(session.scalars(select(Attempt.enrollment_id).where(Attempt.sitting_id == sitting_id)))
    for one in queries.standing_tickets(session, sitting_id=sitting_id):
        if one.enrollment_id not in begun:
            session.add(TicketRevocation(ticket_id=one.id, reason="The sitting was closed", revoked_by=actor.user_id, at=now))


def _close_expired(session: Session, sitting_id: uuid.UUID, now: datetime) -> None:
    """Write the end of attempts whose time has passed; refuse while another one is under way."""
    running = []
    for attempt_id, name, due_at, paused_at in report_queries.open_attempts(session, sitting_id=sitting_id):
        if timing.is_open(now, due_at, paused_at):
            running.append(name)
        else:
            exams.close(session, actor=SYSTEM, attempt_id=attempt_id, kind=Kind.EXPIRED, now=now)
    if running:
        raise StillOpen(f"These exams are still under way: {', '.join(running)}. Wait for them, or end them first.")
    session.flush()  # the report reads what was closed
