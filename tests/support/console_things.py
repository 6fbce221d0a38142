"""What a proctor's console needs to have something to show: a sitting, an incident, a closed sitting, a request."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.enrollments.models import Offering
from lms.exams.acts import Reason
from lms.kernel.ids import new_id
from lms.proctoring import closing, incidents, requesting
from lms.proctoring.closing import Words
from lms.proctoring.incidents import Noted
from lms.proctoring.requesting import Wanted
from lms.proctoring.rules import Asked, IncidentKind
from lms.sittings.models import SittingOfficer
from tests.certificates.program import EXAM, Program
from tests.proctoring.sitting import a_sitting
from tests.support.cast import Person, person
from tests.support.factories import a_class, an_enrollment


def watched(session: Session, made: Program, officer: Person, attempt_id: uuid.UUID, *, now: datetime) -> dict[str, Any]:
    """A sitting with an officer and an incident, one that was closed, and an act on an exam that waits for a second person."""
    proctor = made.cast.proctor
    course_hash = session.scalars(select(Offering.course_hash).where(Offering.id == made.offering_id)).one()
    offering_id = a_class(session, now=now, course_hash=course_hash, title=f"Exam class of {officer.name}")
    where: dict[str, Any] = {"offering_id": offering_id, "exam_id": EXAM, "proctor": proctor.user_id, "now": now}
    console_id, closed_id = (a_sitting(session, **where) for _ in range(2))
    enrollment_id = an_enrollment(session, person=officer, offering_id=offering_id, now=now)
    session.add(SittingOfficer(sitting_id=console_id, enrollment_id=enrollment_id, number=1, placed_by=None, at=now))
    session.flush()
    noted = Noted(IncidentKind.ROOM, "Noise", now, frozenset({enrollment_id}))
    incident_id = incidents.note(session, actor=proctor.identity, sitting_id=console_id, noted=noted, form_id=new_id(), now=now)
    closing.close(session, actor=proctor.identity, sitting_id=closed_id, words=Words("A quiet morning.", ""), now=now)
    asking = person(session, name=f"Proctor for {officer.name}", role=Role.PROCTOR, now=now)
    wanted = Wanted(Asked.EXTENSION, Reason.TECHNICAL, "The network was down.", 30)
    request_id = requesting.ask(session, actor=asking.identity, attempt_id=attempt_id, wanted=wanted, request_id=new_id(), now=now)
    return {
        "console_id": console_id,
        "closed_id": closed_id,
        "seated_id": str(enrollment_id),
        "incident_id": incident_id,
        "act_request_id": request_id,
        "act": "message",
    }
