"""Classes: the list, one class with its roster, opening one, enrolling officers, accepting a public bank."""

import uuid
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies import queries as agencies
from lms.agencies.rules import TIME_ZONES
from lms.courses import queries as courses
from lms.db.types import as_id
from lms.enrollments import queries, rules, service
from lms.enrollments.forms import EnrollmentForm, OfferingForm
from lms.enrollments.lessons.views import blueprint as lessons
from lms.enrollments.queries import OFFERINGS_PER_PAGE, OfferingDetail
from lms.enrollments.service import NotTheNewest
from lms.kernel.errors import NotFound
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("enrollments", __name__, template_folder="templates")
blueprints = [blueprint, lessons]


@blueprint.get("/classes")
@access(Permission.CLASS_MANAGE)
def offerings() -> ResponseReturnValue:
    """Every class, those that start last first."""
    number = page_asked()
    rows = queries.offerings(session(), page=number)
    pages = pages_of(queries.offering_count(session()), OFFERINGS_PER_PAGE)
    return page("enrollments/offerings.html", rows=rows, number=number, pages=pages)


@blueprint.get("/classes/new")
@access(Permission.CLASS_MANAGE)
def new_offering() -> ResponseReturnValue:
    """The form for a new class."""
    return _new_offering(OfferingForm())


@blueprint.post("/classes")
@access(Permission.CLASS_MANAGE)
def open_offering() -> ResponseReturnValue:
    """Open a class."""
    form = OfferingForm.from_request()
    form.offer(courses.courses(session()))
    if not form.validate():
        return _new_offering(form, status=422)
    sent = {"title": form.title.data, "starts_on": form.starts_on.data, "ends_on": form.ends_on.data, "time_zone": form.time_zone.data}
    try:
        opened = service.open_offering(session(), actor=current_identity(), course_hash=form.course.data, now=now(), **sent)
    except NotTheNewest as refusal:
        form.course.errors = [str(refusal)]
        return _new_offering(form, status=409)
    return redirect(url_for("enrollments.offering", offering_id=opened), 303)


def _new_offering(form: OfferingForm, *, status: int = 200) -> ResponseReturnValue:
    offered = courses.courses(session())
    form.offer(offered)
    return page("enrollments/new_offering.html", form=form, courses=offered, status=status)


@blueprint.get("/classes/<uuid:offering_id>")
@access(Permission.CLASS_MANAGE)
def offering(offering_id: uuid.UUID) -> ResponseReturnValue:
    """One class: what it teaches, its officers and how far they are, and the warning of a public bank."""
    found = _offering(offering_id)
    roster = queries.roster(session(), offering_id=offering_id)
    return page("enrollments/offering.html", offering=found, roster=roster, zones=TIME_ZONES, **_public_bank(offering_id))


def _offering(offering_id: uuid.UUID) -> OfferingDetail:
    found = queries.offering(session(), offering_id=offering_id)
    if found is None:
        raise NotFound("There is no such class.")
    return found


def _public_bank(offering_id: uuid.UUID) -> dict[str, Any]:
    return {
        "relies": queries.relies_on_public_bank(session(), offering_id=offering_id),
        "acknowledgement": queries.acknowledgement(session(), offering_id=offering_id),
        "warning": rules.PUBLIC_BANK_WARNING,
        "wording": rules.PUBLIC_BANK_WORDING,
        "may_acknowledge": current_identity().may(Permission.BANK_ACKNOWLEDGE),
    }


@blueprint.get("/classes/<uuid:offering_id>/enrollments")
@access(Permission.CLASS_MANAGE)
def new_enrollments(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Choose an agency, then its officers."""
    return _enrollments(offering_id, EnrollmentForm(data={"agency": request.args.get("agency", "")}))


@blueprint.post("/classes/<uuid:offering_id>/enrollments")
@access(Permission.CLASS_MANAGE)
def enroll(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Enroll the officers chosen."""
    form = EnrollmentForm.from_request()
    form.offer(_officers(offering_id, form))
    if not form.validate():
        return _enrollments(offering_id, form, status=422)
    service.enroll(session(), actor=current_identity(), offering_id=offering_id, officer_ids=form.officer_ids, now=now())
    return redirect(url_for("enrollments.offering", offering_id=offering_id), 303)


def _enrollments(offering_id: uuid.UUID, form: EnrollmentForm, *, status: int = 200) -> ResponseReturnValue:
    officers = _officers(offering_id, form)
    form.offer(officers)
    names = agencies.agency_names(session())
    found = _offering(offering_id)
    return page("enrollments/new_enrollments.html", offering=found, form=form, officers=officers, agencies=names, status=status)


def _officers(offering_id: uuid.UUID, form: EnrollmentForm) -> list[queries.OfficerName]:
    chosen = as_id(form.agency.data or "")
    if chosen is None:
        return []
    return queries.officers_to_enroll(session(), offering_id=offering_id, agency_id=chosen, now=now())


@blueprint.post("/classes/<uuid:offering_id>/bank-acknowledgement")
@access(Permission.BANK_ACKNOWLEDGE)
def acknowledge_public_bank(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Accept that the class is examined on a public bank."""
    service.acknowledge_public_bank(session(), actor=current_identity(), offering_id=offering_id, now=now())
    return redirect(url_for("enrollments.offering", offering_id=offering_id), 303)
