"""A sitting of the demonstration that is open now: two officers, one with time and a half, and a proctor by name."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.exams import preparing
from lms.kernel.ids import new_id
from lms.proctoring import incidents
from lms.proctoring.incidents import Noted
from lms.proctoring.rules import IncidentKind
from lms.sittings import accommodating, placing, service, tickets
from lms.sittings.accommodating import Asked
from lms.sittings.rules import Category, Grant, Mode, Plan

HALF_MORE = Grant(percent=150, rest_minutes=15)


def plan_sitting(
    session: Session,
    *,
    actor: Identity,
    proctor: Identity,
    offering_id: uuid.UUID,
    exam_id: str,
    officers: Sequence[uuid.UUID],
    now: datetime,
) -> None:
    """Plan it, place the officers (the first is checked in already), name the proctor, and draw the papers."""
    begins = now.replace(minute=0, second=0, microsecond=0)
    plan = Plan(begins, begins + timedelta(hours=4), Mode.ROOM, "Training room 2, Palmetto County Sheriff's Office", capacity=12)
    sitting_id = service.plan_sitting(session, actor=actor, offering_id=offering_id, exam_id=exam_id, plan=plan, now=now)
    if proctor.user_id is not None:
        placing.name_proctor(session, actor=actor, sitting_id=sitting_id, user_id=proctor.user_id, now=now)
    session.flush()
    placing.place_officers(session, actor=actor, sitting_id=sitting_id, enrollment_ids=officers, now=now)
    tickets.check_identity(session, actor=proctor, sitting_id=sitting_id, enrollment_id=officers[0], document="Agency photo ID", now=now)
    preparing.prepare(session, actor=actor, sitting_id=sitting_id, now=now)
    noted = Noted(IncidentKind.ROOM, "The projector hummed; it was switched off.", now, frozenset({officers[0]}))
    incidents.note(session, actor=proctor, sitting_id=sitting_id, noted=noted, form_id=new_id(), now=now)


def grant_time(session: Session, *, actor: Identity, officer_id: uuid.UUID, now: datetime) -> None:
    """Time and a half, with breaks."""
    asked = Asked(HALF_MORE, Category.DISABILITY, "Ana Ortiz, disability program manager", now - timedelta(days=1))
    accommodating.grant(session, actor=actor, officer_id=officer_id, asked=asked, now=now)
