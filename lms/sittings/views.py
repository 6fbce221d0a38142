"""Sittings: the list, planning one, its people, moving and cancelling it."""

import uuid
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.enrollments.viewing import class_seen
from lms.kernel.errors import Conflict, Refusal
from lms.sittings import accommodating, placing, queries, service
from lms.sittings.accommodation_views import blueprint as accommodation_pages
from lms.sittings.forms import ChangedSittingForm, NewSittingForm, ReasonForm, as_sent
from lms.sittings.people_views import blueprint as people_pages
from lms.sittings.queries import SITTINGS_PER_PAGE
from lms.sittings.service import SittingMovedOn, WrongSitting
from lms.sittings.viewing import sitting_seen
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("sittings", __name__, template_folder="templates")
blueprints = [blueprint, people_pages, accommodation_pages]


@blueprint.get("/sittings")
@access(Permission.SITTING_MANAGE)
def sittings() -> ResponseReturnValue:
    """Every sitting, those that begin last first."""
    number = page_asked()
    rows = queries.sittings(session(), now=now(), page=number)
    return page("sittings/sittings.html", rows=rows, number=number, pages=pages_of(queries.sitting_count(session()), SITTINGS_PER_PAGE))


@blueprint.get("/classes/<uuid:offering_id>/sittings/new")
@access(Permission.SITTING_MANAGE)
def new_sitting(offering_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a new sitting of a class."""
    offering = class_seen(offering_id)
    today = now().astimezone(ZoneInfo(offering.time_zone)).date()
    form = NewSittingForm(data={"day": max(today, offering.starts_on), "capacity": offering.plan.capacity})
    return _new_sitting(offering_id, form)


def _new_sitting(offering_id: uuid.UUID, form: NewSittingForm, *, status: int = 200) -> ResponseReturnValue:
    offering = class_seen(offering_id)
    form.offer(offering.exams)
    return page("sittings/new_sitting.html", offering=offering, form=form, status=status)


@blueprint.post("/classes/<uuid:offering_id>/sittings")
@access(Permission.SITTING_MANAGE)
def plan_sitting(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Plan a sitting."""
    offering, form = class_seen(offering_id), NewSittingForm.from_request()
    form.offer(offering.exams)
    if not form.validate():
        return _new_sitting(offering_id, form, status=422)
    sent = {"offering_id": offering_id, "exam_id": form.exam.data, "plan": form.plan(offering.time_zone)}
    try:
        made = service.plan_sitting(session(), actor=current_identity(), now=now(), **sent)
    except WrongSitting as refusal:
        form.form_errors.append(str(refusal))
        return _new_sitting(offering_id, form, status=422)
    return _to(made)


def _to(sitting_id: uuid.UUID) -> Response:
    return redirect(url_for("sittings.sitting", sitting_id=sitting_id), 303)


@blueprint.get("/sittings/<uuid:sitting_id>")
@access(Permission.SITTING_MANAGE)
def sitting(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """One sitting: when, where, its proctors and officers, and how it was planned."""
    found, number = sitting_seen(sitting_id), page_asked()
    officers = queries.officers(session(), sitting_id=sitting_id, page=number)
    tied = placing.tied_proctors(session(), of=found, now=now())
    return page(
        "sittings/sitting.html",
        sitting=found,
        officers=officers,
        granted=accommodating.granted(session(), officer_ids=[one.officer_id for one in officers], now=now()),
        proctors=queries.proctors_named(session(), sitting_id=sitting_id),
        tied=tied,
        history=queries.history(session(), sitting_id=sitting_id),
        number=number,
        pages=pages_of(found.officers, queries.OFFICERS_PER_PAGE),
    )


@blueprint.get("/sittings/<uuid:sitting_id>/plans/new")
@access(Permission.SITTING_MANAGE)
def new_plan(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """The form for another plan of the sitting."""
    found = sitting_seen(sitting_id)
    return page("sittings/new_plan.html", sitting=found, form=ChangedSittingForm(data=as_sent(found.plan, found.number, found.time_zone)))


@blueprint.post("/sittings/<uuid:sitting_id>/plans")
@access(Permission.SITTING_MANAGE)
def change_plan(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """Plan the sitting anew."""
    found, form = sitting_seen(sitting_id), ChangedSittingForm.from_request()
    if not form.validate():
        return page("sittings/new_plan.html", sitting=found, form=form, status=422)
    sent = {"plan": form.plan(found.time_zone), "based_on": form.number_seen, "reason": form.reason.data}
    try:
        service.change_plan(session(), actor=current_identity(), sitting_id=sitting_id, now=now(), **sent)
    except (WrongSitting, SittingMovedOn) as refusal:
        form.form_errors.append(str(refusal))
        return page("sittings/new_plan.html", sitting=found, form=form, status=_status(refusal))
    return _to(sitting_id)


def _status(refusal: Refusal) -> int:
    return 409 if isinstance(refusal, Conflict) else 422


@blueprint.get("/sittings/<uuid:sitting_id>/cancellation")
@access(Permission.SITTING_MANAGE)
def cancellation(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """The form for cancelling a sitting."""
    return page("sittings/cancellation.html", sitting=sitting_seen(sitting_id), form=ReasonForm())


@blueprint.post("/sittings/<uuid:sitting_id>/cancellation")
@access(Permission.SITTING_MANAGE)
def cancel(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """Cancel a sitting."""
    found, form = sitting_seen(sitting_id), ReasonForm.from_request()
    if not form.validate():
        return page("sittings/cancellation.html", sitting=found, form=form, status=422)
    service.cancel(session(), actor=current_identity(), sitting_id=sitting_id, reason=form.reason.data, now=now())
    return _to(sitting_id)
