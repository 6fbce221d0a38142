"""Moving a class to the newest revision of its course: an act of its own, with a reason."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.courses import queries as courses
from lms.enrollments import service as classes
from lms.enrollments.models import Enrollment
from lms.enrollments.service import ClassIsOver, NotTheNewest
from lms.kernel.errors import Conflict, Invalid
from lms.rosters import queries


class AlreadyThere(Conflict):
    """The class is on this revision already."""


class ExamUnderWay(Conflict):
    """An officer of the class sits an exam at this moment."""


class NoReason(Invalid):
    """A move says why."""


def move_to_newest(session: Session, *, actor: Identity, offering_id: uuid.UUID, course_hash: str, reason: str, now: datetime) -> None:
    """Put a class on the newest revision of its course, the one whose difference was shown. Lessons completed keep their edition.

    Refused while anybody of the class sits an exam.
    """
    offering = classes.locked(session, offering_id=offering_id, now=now)
    session.execute(select(Enrollment.id).where(Enrollment.offering_id == offering_id).with_for_update())  # no exam starts meanwhile
    if not offering.is_open:
        raise ClassIsOver(f"This class is {offering.stage}. It keeps the revision it was held on.")
    head = courses.head(session, offering.course_id)
    if head is None or head.hash != course_hash:
        raise NotTheNewest("A newer revision was published in the meantime. Look at its difference, and decide again.")
    if head.hash == offering.course_hash:
        raise AlreadyThere("This class is on the newest revision already.")
    sitting = queries.sitting(session, offering_id=offering_id, now=now)
    if sitting:
        raise ExamUnderWay(f"An exam is under way ({', '.join(sitting[:5])}). Move the class when it is handed in.")
    if not reason.strip():
        raise NoReason("Say why the class moves.")
    classes.pin(session, actor=actor, offering_id=offering_id, course_hash=course_hash, reason=reason.strip(), now=now)
