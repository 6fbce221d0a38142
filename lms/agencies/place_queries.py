"""Which counties agencies serve."""

import uuid
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lms.agencies.models import AgencyCounty


def counties_served(session: Session, agency_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """The FIPS codes of the counties that each agency serves; one that is State-wide, or has not said, is not among them. One statement."""
    newer = aliased(AgencyCounty)
    newest = select(func.max(newer.number)).where(newer.agency_id == AgencyCounty.agency_id).scalar_subquery()
    asked = select(AgencyCounty.agency_id, AgencyCounty.fips).where(
        AgencyCounty.agency_id.in_(agency_ids), AgencyCounty.number == newest, AgencyCounty.fips != ""
    )
    found: dict[uuid.UUID, frozenset[str]] = {}
    for agency_id, fips in session.execute(asked):
        found[agency_id] = found.get(agency_id, frozenset()) | {fips}
    return found


def newest_number(session: Session, agency_id: uuid.UUID) -> int:
    """How often the counties of an agency were recorded."""
    return session.scalar(select(func.max(AgencyCounty.number)).where(AgencyCounty.agency_id == agency_id)) or 0
