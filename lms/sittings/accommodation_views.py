"""Accommodations: all of them, an officer's, granting one and ending one."""

import uuid
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.sittings import accommodating
from lms.sittings.accommodating import ROWS_PER_PAGE, NoSuchAccommodation, WrongAccommodation
from lms.sittings.forms import AccommodationForm, ReasonForm
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("accommodations", __name__, template_folder="templates")


@blueprint.get("/accommodations")
@access(Permission.SITTING_MANAGE)
def accommodations() -> ResponseReturnValue:
    """Every accommodation, those that begin last first."""
    number = page_asked()
    rows = accommodating.accommodations(session(), page=number)
    pages = pages_of(accommodating.accommodation_count(session()), ROWS_PER_PAGE)
    return page("sittings/accommodations.html", rows=rows, number=number, pages=pages, now=now())


@blueprint.get("/officers/<uuid:officer_id>/accommodations")
@access(Permission.SITTING_MANAGE)
def of_officer(officer_id: uuid.UUID) -> ResponseReturnValue:
    """An officer's accommodations, and the form for another one."""
    found = accommodating.officer(session(), officer_id=officer_id)
    return _of_officer(officer_id, AccommodationForm(data={"starts_on": now().astimezone(ZoneInfo(found.time_zone)).date()}))


def _of_officer(officer_id: uuid.UUID, form: AccommodationForm, *, status: int = 200) -> ResponseReturnValue:
    found = accommodating.officer(session(), officer_id=officer_id)
    rows = accommodating.accommodations(session(), officer_id=officer_id)
    return page("sittings/accommodation.html", officer=found, rows=rows, form=form, now=now(), status=status)


@blueprint.post("/officers/<uuid:officer_id>/accommodations")
@access(Permission.SITTING_MANAGE, step_up=True)
def grant(officer_id: uuid.UUID) -> ResponseReturnValue:
    """Grant an accommodation."""
    found, form = accommodating.officer(session(), officer_id=officer_id), AccommodationForm.from_request()
    if not form.validate():
        return _of_officer(officer_id, form, status=422)
    try:
        accommodating.grant(session(), actor=current_identity(), officer_id=officer_id, asked=form.asked(found.time_zone), now=now())
    except WrongAccommodation as refusal:
        form.form_errors.append(str(refusal))
        return _of_officer(officer_id, form, status=422)
    return _back(officer_id)


def _back(officer_id: uuid.UUID) -> Response:
    return redirect(url_for("accommodations.of_officer", officer_id=officer_id), 303)


@blueprint.get("/accommodations/<uuid:accommodation_id>/ending")
@access(Permission.SITTING_MANAGE)
def ending(accommodation_id: uuid.UUID) -> ResponseReturnValue:
    """The form for ending an accommodation."""
    return _ending(accommodation_id, ReasonForm())


def _ending(accommodation_id: uuid.UUID, form: ReasonForm, *, status: int = 200) -> ResponseReturnValue:
    row = accommodating.accommodation(session(), accommodation_id=accommodation_id)
    if row is None:
        raise NoSuchAccommodation("There is no such accommodation.")
    return page("sittings/accommodation_ending.html", row=row, form=form, status=status)


@blueprint.post("/accommodations/<uuid:accommodation_id>/ending")
@access(Permission.SITTING_MANAGE, step_up=True)
def end(accommodation_id: uuid.UUID) -> ResponseReturnValue:
    """End an accommodation."""
    form = ReasonForm.from_request()
    if not form.validate():
        return _ending(accommodation_id, form, status=422)
    whose = accommodating.end(session(), actor=current_identity(), accommodation_id=accommodation_id, reason=form.reason.data, now=now())
    return _back(whose)
