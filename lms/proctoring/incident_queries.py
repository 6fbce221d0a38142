"""Incidents of a sitting: what happened, whom it concerns, and what was ruled."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer, User
from lms.enrollments.models import Enrollment
from lms.proctoring.models import Incident, IncidentOfficer, IncidentRuling

MOST_OPEN: Final = 50
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident: what, when, who wrote it down, whom it concerns, and the ruling where there is one."""

    id: uuid.UUID
    kind: str
    what: str
    happened_at: datetime
    recorded_at: datetime
    recorded_by: str
    officers: tuple[tuple[uuid.UUID, uuid.UUID | None, int | None, str], ...] = ()
    """(enrollment, attempt, question, name) of each officer."""
    ruling: str = ""
    note: str = ""
    ruled_by: str = ""
    ruled_at: datetime | None = None

    @property
    def names(self) -> str:
        """Whom it concerns, in words."""
        return ", ".join(name for *_, name in self.officers) or "the room"


def open_incidents(session: Session, *, sitting_id: uuid.UUID) -> list[IncidentRow]:
    """Incidents of a sitting without a ruling, the newest first. One statement."""
    unruled = ~exists().where(IncidentRuling.incident_id == Incident.id)
    return _incidents(session, Incident.sitting_id == sitting_id, unruled, most=MOST_OPEN)


def incidents(session: Session, *, sitting_id: uuid.UUID) -> list[IncidentRow]:
    """Every incident of a sitting, the newest first. One statement."""
    return _incidents(session, Incident.sitting_id == sitting_id, most=MOST)


def incident(session: Session, *, incident_id: uuid.UUID) -> tuple[uuid.UUID, IncidentRow] | None:
    """One incident with its sitting; None when there is none. Two statements."""
    sitting_id = session.scalar(select(Incident.sitting_id).where(Incident.id == incident_id))
    return None if sitting_id is None else (sitting_id, _incidents(session, Incident.id == incident_id, most=1)[0])


def incidents_of(session: Session, *, enrollment_id: uuid.UUID, sitting_id: uuid.UUID) -> list[IncidentRow]:
    """Incidents of a sitting that concern an officer, or the whole room. One statement."""
    named = exists().where(IncidentOfficer.incident_id == Incident.id)
    concerns = named.where(IncidentOfficer.enrollment_id == enrollment_id) | ~named
    return _incidents(session, Incident.sitting_id == sitting_id, concerns, most=MOST)


def _incidents(session: Session, *where: ColumnElement[bool], most: int) -> list[IncidentRow]:
    author, judge = User.__table__.alias(), User.__table__.alias()
    first = select(Incident.id).where(*where).order_by(Incident.happened_at.desc(), Incident.id).limit(most)
    asked = (
        select(
            Incident,
            author.c.name,
            IncidentOfficer.enrollment_id,
            IncidentOfficer.attempt_id,
            IncidentOfficer.question,
            Officer.name,
            IncidentRuling,
            judge.c.name,
        )
        .join(author, author.c.id == Incident.recorded_by)
        .outerjoin(IncidentOfficer, IncidentOfficer.incident_id == Incident.id)
        .outerjoin(Enrollment, Enrollment.id == IncidentOfficer.enrollment_id)
        .outerjoin(Officer, Officer.id == Enrollment.officer_id)
        .outerjoin(IncidentRuling, IncidentRuling.incident_id == Incident.id)
        .outerjoin(judge, judge.c.id == IncidentRuling.ruled_by)
        .where(Incident.id.in_(first))
        .order_by(Incident.happened_at.desc(), Incident.id, Officer.name)
    )
    rows = session.execute(asked).all()
    return [_incident(list(group)) for _, group in groupby(rows, key=lambda row: row[0].id)]


def _incident(rows: list[Any]) -> IncidentRow:
    one, author, *_ = rows[0]
    ruling, judge = rows[0][6], rows[0][7]
    return IncidentRow(
        id=one.id,
        kind=one.kind,
        what=one.what,
        happened_at=one.happened_at,
        recorded_at=one.recorded_at,
        recorded_by=author,
        officers=tuple((row[2], row[3], row[4], row[5]) for row in rows if row[2] is not None),
        ruling=ruling.ruling if ruling else "",
        note=ruling.note if ruling else "",
        ruled_by=judge or "",
        ruled_at=ruling.at if ruling else None,
    )
