"""What a proctor sees at the door of a sitting: each officer with identity check, ticket, accommodation and exam."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams.models import Attempt, AttemptHead, TicketUse
from lms.sittings import accommodating, queries
from lms.sittings.models import Ticket
from lms.sittings.queries import Checked, PlacedOfficer


@dataclass(frozen=True, slots=True)
class DoorRow:
    """One officer of a sitting at its door. `ticket` is `none`, `given` or `used`; `exam` is `not started`, `under way` or `closed`."""

    officer: PlacedOfficer
    checked: Checked | None
    ticket: str
    exam: str
    accommodation: str


def door(session: Session, *, sitting_id: uuid.UUID, now: datetime, page: int | None = None) -> list[DoorRow]:
    """The officers of a sitting by name: all of them, or one page. Five statements."""
    officers = [one for one in queries.officers(session, sitting_id=sitting_id, page=page) if not one.withdrew]
    checked = queries.identity_checks(session, sitting_id=sitting_id)
    tickets = _tickets(session, sitting_id, [one.enrollment_id for one in officers])
    exams = _exams(session, sitting_id)
    granted = accommodating.granted(session, officer_ids=[one.officer_id for one in officers], now=now)
    return [
        DoorRow(
            officer=one,
            checked=checked.get(one.enrollment_id),
            ticket=tickets.get(one.enrollment_id, "none"),
            exam=exams.get(one.enrollment_id, "not started"),
            accommodation=granted.get(one.officer_id, accommodating.NOTHING).words,
        )
        for one in officers
    ]


def _tickets(session: Session, sitting_id: uuid.UUID, enrollment_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    asked = (
        select(Ticket.enrollment_id, TicketUse.at)
        .outerjoin(TicketUse, TicketUse.ticket_id == Ticket.id)
        .where(Ticket.sitting_id == sitting_id, Ticket.enrollment_id.in_(enrollment_ids), ~queries.revoked())
    )
    return {enrollment_id: "given" if at is None else "used" for enrollment_id, at in session.execute(asked)}


def _exams(session: Session, sitting_id: uuid.UUID) -> dict[uuid.UUID, str]:
    asked = (
        select(Attempt.enrollment_id, AttemptHead.due_at)
        .join(AttemptHead, AttemptHead.attempt_id == Attempt.id)
        .where(Attempt.sitting_id == sitting_id)
    )
    return {enrollment_id: "closed" if due_at is None else "under way" for enrollment_id, due_at in session.execute(asked)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One ticket to print: whose it is, and the ticket, which is told once."""

    name: str
    agency: str
    code: str
