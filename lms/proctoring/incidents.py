"""Writing incidents down and ruling on them."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.exams import acts
from lms.exams.models import Attempt
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.proctoring import console_queries, rules
from lms.proctoring.models import Incident, IncidentOfficer, IncidentRuling
from lms.proctoring.rules import IncidentKind, Ruling
from lms.questions import security
from lms.sittings import proctors
from lms.sittings.models import SittingOfficer
from lms.sittings.proctor_rules import ties

OBJECT_TYPE: Final = "incident"
DOORS_OPEN: Final = timedelta(hours=12)
"""How long before its window something may have happened that belongs to a sitting."""


class WrongMoment(Invalid):
    """The incident cannot have happened then."""


class NotThere(Invalid):
    """An officer whom the incident is said to concern has no place in the sitting."""


class NoSuchIncident(NotFound):
    """There is no such incident, or it is another sitting's."""


class TiedToIncident(Forbidden):
    """Nobody rules on an incident of an officer they have to do with (R-11)."""


class RuledAlready(Conflict):
    """Somebody has ruled on the incident."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What a proctor writes down. `officers` are those whom it concerns, by their enrollments; none for the whole room."""

    kind: IncidentKind
    what: str
    happened_at: datetime
    officers: frozenset[uuid.UUID] = frozenset()


def note(session: Session, *, actor: Identity, sitting_id: uuid.UUID, noted: Noted, form_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """Write an incident down, with when it happened and the question each officer was on. The same form again changes nothing."""
    if session.get(Incident, form_id) is not None:
        return form_id
    ground = console_queries.ground(session, actor=actor, sitting_id=sitting_id)
    security.require(session, actor=actor, now=now)
    fault = rules.fault_of_moment(noted.happened_at, since=ground.opens_at - DOORS_OPEN, now=now)
    if fault:
        raise WrongMoment(fault)
    made = Incident(
        id=form_id,
        sitting_id=sitting_id,
        kind=noted.kind,
        what=_said(noted.what),
        happened_at=noted.happened_at,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(made)
    session.flush()  # its officers point to it
    concerned = _concerned(session, sitting_id, noted.officers)
    session.add_all(IncidentOfficer(incident_id=made.id, **one) for one in concerned)
    details: dict[str, object] = {
        "sitting": str(sitting_id),
        "happened_at": noted.happened_at.isoformat(timespec="milliseconds"),
        "officers": [{"enrollment": str(one["enrollment_id"]), "question": one["question"]} for one in concerned],
    }
    _tell(session, actor, "noted an incident in a sitting", made, noted.kind, details, now)
    return made.id


def _concerned(session: Session, sitting_id: uuid.UUID, officers: frozenset[uuid.UUID]) -> list[dict[str, object]]:
    asked = (
        select(SittingOfficer.enrollment_id, Attempt.id)
        .outerjoin(Attempt, and_(Attempt.sitting_id == SittingOfficer.sitting_id, Attempt.enrollment_id == SittingOfficer.enrollment_id))
        .where(SittingOfficer.sitting_id == sitting_id, SittingOfficer.enrollment_id.in_(officers))
        .order_by(SittingOfficer.enrollment_id, Attempt.ordinal)
    )
    found = {enrollment: attempt for enrollment, attempt in session.execute(asked)}  # noqa: C416 - rows are not pairs to the type checker
    if set(found) != officers:
        raise NotThere("One of these officers has no place in this sitting. Open the form again.")
    return [
        {
            "enrollment_id": enrollment,
            "attempt_id": attempt,
            "question": acts.question_at(session, attempt) if attempt else None,
        }
        for enrollment, attempt in found.items()
    ]


def rule(session: Session, *, actor: Identity, incident_id: uuid.UUID, ruling: Ruling, note: str, now: datetime) -> uuid.UUID:
    """Decide what comes of an incident, once. Returns its sitting."""
    found = session.scalar(select(Incident).where(Incident.id == incident_id).with_for_update())
    if found is None:
        raise NoSuchIncident("There is no such incident.")
    console_queries.ground(session, actor=actor, sitting_id=found.sitting_id)
    security.require(session, actor=actor, now=now)
    _refuse_tied(session, actor, incident_id, now)
    if session.get(IncidentRuling, incident_id) is not None:
        raise RuledAlready("Somebody has ruled on this incident. What is found later is another incident.")
    session.add(IncidentRuling(incident_id=incident_id, ruling=ruling, note=_said(note), ruled_by=actor.user_id, at=now))
    _tell(session, actor, "ruled on an incident", found, note.strip(), {"sitting": str(found.sitting_id), "ruling": ruling}, now)
    return found.sitting_id


def _refuse_tied(session: Session, actor: Identity, incident_id: uuid.UUID, now: datetime) -> None:
    concerned = list(session.scalars(select(IncidentOfficer.enrollment_id).where(IncidentOfficer.incident_id == incident_id)))
    side = proctors.proctor_side(session, actor=actor, now=now)
    if any(ties(side, one) for one in proctors.officers_of(session, enrollment_ids=concerned)):
        raise TiedToIncident("You have to do with an officer whom this concerns. Another proctor of this sitting must rule on it.")


def _tell(
    session: Session, actor: Identity, action: str, incident: Incident, reason: str, details: dict[str, object], now: datetime
) -> None:
    audit.record(
        session, actor=actor, action=action, object_type=OBJECT_TYPE, object_id=incident.id, reason=reason, details=details, now=now
    )


def _said(text: str) -> str:
    if not text.strip():
        raise Invalid("Say in a few words what happened: the record keeps it.")
    return text.strip()
