"""What ties a person who would proctor to classes and agencies (R-11)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Grant, Officer
from lms.accounts.queries import held
from lms.accounts.rules import Identity
from lms.agencies.models import Membership
from lms.agencies.queries import agency_of, serving
from lms.enrollments.models import Enrollment, OfferingInstructor
from lms.exams.proctor_rules import OfficerSide, ProctorSide

OFFICER_SIDE = (Officer.user_id, Enrollment.offering_id, Enrollment.agency_id, agency_of(Enrollment.officer_id))
"""The columns of an enrollment, joined with its officer, that `officer_side` reads."""


def proctor_side(session: Session, *, actor: Identity, now: datetime) -> ProctorSide:
    """Where somebody serves, holds a role, or was instructor of record. Three statements."""
    roles = select(Grant.agency_id).where(Grant.user_id == actor.user_id, Grant.agency_id.is_not(None), held(now))
    serves = (
        select(Membership.agency_id)
        .join(Officer, Officer.id == Membership.officer_id)
        .where(Officer.user_id == actor.user_id, serving(now))
    )
    taught = select(OfferingInstructor.offering_id).where(OfferingInstructor.user_id == actor.user_id)
    agencies = frozenset(one for one in (*session.scalars(roles), *session.scalars(serves)) if one is not None)
    return ProctorSide(actor.user_id, agencies, frozenset(session.scalars(taught)))


def officer_side(row: Sequence[Any]) -> OfficerSide:
    """An officer before an exam, of a row of `OFFICER_SIDE`: the agency enrolled for counts, and the one served in now."""
    user_id, offering_id, enrolled_for, serves_in = row
    return OfficerSide(user_id, offering_id, frozenset(one for one in (enrolled_for, serves_in) if one is not None))


def officer_of(session: Session, *, enrollment_id: uuid.UUID) -> OfficerSide:
    """The officer of an enrollment, which there is."""
    asked = select(*OFFICER_SIDE).join_from(Enrollment, Officer, Officer.id == Enrollment.officer_id)
    return officer_side(session.execute(asked.where(Enrollment.id == enrollment_id)).one())
