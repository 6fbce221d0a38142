"""The page on which the counties of an agency are chosen."""

import uuid

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies import place_queries, place_service
from lms.agencies.agreement_views import agency_seen
from lms.agencies.place_rules import matching
from lms.agencies.queries import AgencyDetail
from lms.agencies.rules import STATES
from lms.agencies.service import NoSuchPlace
from lms.places.rules import counties
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("places", __name__, template_folder="templates")


@blueprint.get("/agencies/<uuid:agency_id>/counties")
@access(Permission.AGENCY_MANAGE)
def places(agency_id: uuid.UUID) -> ResponseReturnValue:
    """The counties that the agency serves, and others of its State to choose."""
    agency = agency_seen(agency_id)
    return _choice(agency, place_queries.counties_served(session(), [agency_id]).get(agency_id, frozenset()), "")


def _choice(agency: AgencyDetail, chosen: frozenset[str], words: str, *, fault: str = "", status: int = 200) -> Response:
    offered = [county for county in matching(agency.state, words) if county.fips not in chosen]
    kept = sorted((counties()[fips] for fips in chosen if fips in counties()), key=lambda county: county.name)
    shown = {"chosen": kept, "offered": offered, "words": words, "fault": fault}
    return page("agencies/counties.html", agency=agency, state=STATES[agency.state], status=status, **shown)


@blueprint.post("/agencies/<uuid:agency_id>/counties")
@access(Permission.AGENCY_MANAGE)
def keep_places(agency_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the choice; or, when the search was asked for, show it again with what was chosen so far."""
    agency, chosen = agency_seen(agency_id), frozenset(request.form.getlist("counties"))
    words = request.form.get("words", "")[:100]
    if "search" in request.form:
        return _choice(agency, chosen, words)
    try:
        place_service.keep_counties(session(), actor=current_identity(), agency_id=agency_id, fips=chosen, now=now())
    except NoSuchPlace as refusal:
        return _choice(agency, chosen, words, fault=str(refusal), status=422)
    return redirect(url_for("agencies.agency", agency_id=agency_id), 303)
