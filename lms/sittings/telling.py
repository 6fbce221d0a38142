"""Telling the officers of a sitting that it is planned, moved or called off, each on their own clock."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from lms.agencies.telling import Facts, officer_reader, tell
from lms.notices.rules import Kind
from lms.sittings.queries import PlacedOfficer, SittingRow

SCHEDULED, MOVED = "scheduled", "moved"


def tell_date(session: Session, sitting: SittingRow, officers: Iterable[PlacedOfficer], *, what: str, now: datetime) -> None:
    """Tell these officers when and where their exam is."""
    plan = sitting.plan
    facts: Facts = {"what": what, "exam": sitting.exam_title, "when": plan.opens_at, "until": plan.closes_at, "place": plan.place}
    for one in officers:
        key = f"sitting:{sitting.id}:{sitting.number}:{one.number}"
        reader = officer_reader(session, officer_id=one.officer_id, agency_id=one.agency_id)
        tell(session, reader=reader, kind=Kind.EXAM_SCHEDULED, key=key, facts=facts, path=_path(sitting, one), now=now)


def tell_end(session: Session, sitting: SittingRow, officers: Iterable[PlacedOfficer], *, reason: str, now: datetime) -> None:
    """Tell these officers that their place is called off."""
    facts: Facts = {"exam": sitting.exam_title, "when": sitting.plan.opens_at, "reason": reason}
    for one in officers:
        key = f"sitting-off:{sitting.id}:{one.number}"
        reader = officer_reader(session, officer_id=one.officer_id, agency_id=one.agency_id)
        tell(session, reader=reader, kind=Kind.EXAM_CANCELLED, key=key, facts=facts, path=_path(sitting, one), now=now)


def _path(sitting: SittingRow, officer: PlacedOfficer) -> str:
    return f"/enrollments/{officer.enrollment_id}/exams/{sitting.exam_id}"
