"""What ties a person who would proctor to classes and agencies (R-11)."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
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
from lms.sittings.proctor_rules import OfficerSide, ProctorSide

OFFICER_SIDE = (Officer.user_id, Enrollment.offering_id, Enrollment.agency_id, agency_of(Enrollment.officer_id))
"""The columns of an enrollment, joined with its officer, that `officer_side` reads."""


def proctor_side(session: Session, *, actor: Identity, now: datetime) -> ProctorSide:
    """Where somebody serves, holds a role, or was instructor of record. Three statements."""
    return sides_of(session, user_ids=[actor.user_id] if actor.user_id else [], now=now).get(
        actor.user_id, ProctorSide(actor.user_id, frozenset(), frozenset())
    )


def sides_of(session: Session, *, user_ids: Collection[uuid.UUID], now: datetime) -> dict[uuid.UUID | None, ProctorSide]:
    """The same for several people at once. Three statements."""
    roles = select(Grant.user_id, Grant.agency_id).where(Grant.user_id.in_(user_ids), Grant.agency_id.is_not(None), held(now))
    serves = (
        select(Officer.user_id, Membership.agency_id)
        .join(Officer, Officer.id == Membership.officer_id)
        .where(Officer.user_id.in_(user_ids), serving(now))
    )
    taught = select(OfferingInstructor.user_id, OfferingInstructor.offering_id).where(OfferingInstructor.user_id.in_(user_ids))
    agencies, classes = defaultdict(set), defaultdict(set)
    for user_id, agency_id in (*session.execute(roles), *session.execute(serves)):
        agencies[user_id].add(agency_id)
    for user_id, offering_id in session.execute(taught):
        classes[user_id].add(offering_id)
    return {one: ProctorSide(one, frozenset(agencies[one]), frozenset(classes[one])) for one in user_ids}


def officer_side(row: Sequence[Any]) -> OfficerSide:
    """An officer before an exam, of a row of `OFFICER_SIDE`: the agency enrolled for counts, and the one served in now."""
    user_id, offering_id, enrolled_for, serves_in = row
    return OfficerSide(user_id, offering_id, frozenset(one for one in (enrolled_for, serves_in) if one is not None))


def officer_of(session: Session, *, enrollment_id: uuid.UUID) -> OfficerSide:
    """The officer of an enrollment, which there is."""
    asked = select(*OFFICER_SIDE).join_from(Enrollment, Officer, Officer.id == Enrollment.officer_id)
    return officer_side(session.execute(asked.where(Enrollment.id == enrollment_id)).one())


def officers_of(session: Session, *, enrollment_ids: Collection[uuid.UUID]) -> list[OfficerSide]:
    """The officers of several enrollments. One statement."""
    asked = select(*OFFICER_SIDE).join_from(Enrollment, Officer, Officer.id == Enrollment.officer_id)
    return [officer_side(row) for row in session.execute(asked.where(Enrollment.id.in_(enrollment_ids)))]
