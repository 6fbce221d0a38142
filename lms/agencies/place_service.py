"""Recording which counties an agency serves."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies import place_queries, queries
from lms.agencies.models import Agency, AgencyCounty
from lms.agencies.place_rules import fault_of_counties
from lms.agencies.service import NoSuchPlace
from lms.audit import service as audit
from lms.kernel.errors import NotFound


class NoSuchAgency(NotFound):
    """There is no such agency."""


def keep_counties(session: Session, *, actor: Identity, agency_id: uuid.UUID, fips: Collection[str], now: datetime) -> bool:
    """Record the counties that an agency serves from now on; none: the whole State. The same again changes nothing."""
    session.execute(select(Agency.id).where(Agency.id == agency_id).with_for_update())
    found = queries.agency(session, identity=actor, agency_id=agency_id)
    if found is None:
        raise NoSuchAgency("There is no such agency.")
    fault = fault_of_counties(found.state, fips)
    if fault:
        raise NoSuchPlace(fault)
    before = place_queries.counties_served(session, [agency_id]).get(agency_id, frozenset())
    number = place_queries.newest_number(session, agency_id)
    if number and before == frozenset(fips):
        return False
    who = {"recorded_by": actor.user_id, "recorded_at": now}
    session.add_all(AgencyCounty(agency_id=agency_id, number=number + 1, fips=code, **who) for code in sorted(set(fips)) or [""])
    details = {"counties": sorted(set(fips))}
    audit.record(
        session,
        actor=actor,
        action="recorded which counties an agency serves",
        object_type="agency",
        object_id=agency_id,
        agency_id=agency_id,
        details=details,
        now=now,
    )
    return True
