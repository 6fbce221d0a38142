"""Complaints with their clocks, what is overdue first."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, true
from sqlalchemy.orm import Session

from lms.accounts.permissions import Permission
from lms.accounts.rules import Identity
from lms.authorizations import queries
from lms.authorizations.complaint_rules import Outcome, Source
from lms.authorizations.listing import PER_PAGE
from lms.authorizations.models import Authorization, Complaint, ComplaintResolution, NoticeDue, NoticeGiven
from lms.authorizations.queries import AuthorizationRow, NoticeRow


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """One complaint. `notices` by their clocks."""

    id: uuid.UUID
    about: AuthorizationRow
    received_at: datetime
    recorded_at: datetime
    source: Source
    summary: str
    may_bring_discipline: bool
    outcome: Outcome | None
    note: str
    resolved_at: datetime | None
    notices: tuple[NoticeRow, ...]

    @property
    def due_at(self) -> datetime | None:
        """When the next of its clocks has run."""
        return min((notice.due_at for notice in self.notices if notice.given_at is None), default=None)


def _seen_by(identity: Identity) -> ColumnElement[bool]:
    """That a complaint is about an officer whose complaints the person handles: everybody's, or those of the agencies one coordinates."""
    return true() if identity.may(Permission.COMPLAINT_MANAGE) else _of_agencies(identity.agency_ids)


def _of_agencies(agency_ids: Collection[uuid.UUID]) -> ColumnElement[bool]:
    return Complaint.authorization_id.in_(select(Authorization.id).where(Authorization.agency_id.in_(agency_ids)))


def _next_due() -> Any:
    given = exists().where(NoticeGiven.notice_id == NoticeDue.id)
    asked = select(func.min(NoticeDue.due_at)).where(NoticeDue.complaint_id == Complaint.id, ~given)
    return asked.correlate(Complaint).scalar_subquery()


def _resolved() -> ColumnElement[bool]:
    return exists().where(ComplaintResolution.complaint_id == Complaint.id)


def complaints(session: Session, *, identity: Identity, page: int = 1, agency_id: uuid.UUID | None = None) -> list[ComplaintRow]:
    """One page of complaints: those with a clock that runs first, by their clocks; then those not resolved; then the newest."""
    due = _next_due()
    asked = _asked(identity, agency_id).order_by(due.is_(None), due, _resolved(), Complaint.recorded_at.desc(), Complaint.id)
    return _rows(session, list(session.scalars(asked.offset((page - 1) * PER_PAGE).limit(PER_PAGE))))


def _asked(identity: Identity, agency_id: uuid.UUID | None) -> Select[uuid.UUID]:
    asked = select(Complaint.id).where(_seen_by(identity))
    return asked if agency_id is None else asked.where(_of_agencies([agency_id]))


def complaint_count(session: Session, *, identity: Identity, agency_id: uuid.UUID | None = None) -> int:
    """How many complaints the pages of `complaints` show."""
    return session.scalar(select(func.count()).select_from(_asked(identity, agency_id).subquery())) or 0


def overdue_count(session: Session, *, now: datetime) -> int:
    """How many notices about complaints are overdue."""
    given = exists().where(NoticeGiven.notice_id == NoticeDue.id)
    late = and_(NoticeDue.complaint_id.is_not(None), NoticeDue.due_at < now, ~given)
    return session.scalar(select(func.count()).select_from(NoticeDue).where(late)) or 0


def complaint(session: Session, *, identity: Identity, complaint_id: uuid.UUID) -> ComplaintRow | None:
    """The complaint, or None when there is none or it is not the person's to handle: the two look alike."""
    found = session.scalar(select(Complaint.id).where(Complaint.id == complaint_id, _seen_by(identity)))
    return _rows(session, [found])[0] if found else None


@dataclass(frozen=True, slots=True)
class ComplaintNote:
    """That there is a complaint, and how it ended: what its officer is told."""

    id: uuid.UUID
    received_at: datetime
    outcome: str | None
    resolved_at: datetime | None


def about(session: Session, *, authorization_ids: Sequence[uuid.UUID]) -> list[ComplaintNote]:
    """The newest complaints under these authorizations, in short. One statement."""
    asked = (
        select(Complaint.id, Complaint.effective_at, ComplaintResolution.outcome, ComplaintResolution.effective_at)
        .outerjoin(ComplaintResolution, ComplaintResolution.complaint_id == Complaint.id)
        .where(Complaint.authorization_id.in_(authorization_ids))
        .order_by(Complaint.recorded_at.desc(), Complaint.id)
        .limit(queries.LISTED)
    )
    return [ComplaintNote(*row) for row in session.execute(asked)]


def _rows(session: Session, ids: Sequence[uuid.UUID]) -> list[ComplaintRow]:
    if not ids:
        return []
    asked = select(Complaint, ComplaintResolution).outerjoin(ComplaintResolution, ComplaintResolution.complaint_id == Complaint.id)
    found = {made.id: (made, resolved) for made, resolved in session.execute(asked.where(Complaint.id.in_(ids)))}
    whom = select(Authorization.id).where(Authorization.id.in_([made.authorization_id for made, _ in found.values()]))
    rows = {row.id: row for row in queries.rows(session, whom)}
    notices: dict[uuid.UUID | None, list[NoticeRow]] = {}
    for notice in queries.notices(session, NoticeDue.complaint_id.in_(ids)):
        notices.setdefault(notice.complaint_id, []).append(notice)
    return [_row(*found[one], rows, notices.get(one, [])) for one in ids]


def _row(
    made: Complaint, resolved: ComplaintResolution | None, rows: dict[uuid.UUID, AuthorizationRow], notices: Sequence[NoticeRow]
) -> ComplaintRow:
    return ComplaintRow(
        id=made.id,
        about=rows[made.authorization_id],
        received_at=made.effective_at,
        recorded_at=made.recorded_at,
        source=Source(made.source),
        summary=made.summary,
        may_bring_discipline=made.may_bring_discipline,
        outcome=Outcome(resolved.outcome) if resolved else None,
        note=resolved.note if resolved else "",
        resolved_at=resolved.effective_at if resolved else None,
        notices=tuple(notices),
    )
