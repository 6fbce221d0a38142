"""Classes: the list, one class with its roster, opening, planning and cancelling one, accepting a public bank."""

import uuid
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies.rules import STATES, TIME_ZONES
from lms.courses import queries as courses
from lms.enrollments import bank_queries, queries, rules, service
from lms.enrollments.attendance import queries as attendance
from lms.enrollments.attendance.views import blueprint as attendance_pages
from lms.enrollments.enrolling import queries as enrolling
from lms.enrollments.enrolling.views import blueprint as enrolling_pages
from lms.enrollments.forms import CancellationForm, ChangedPlanForm, OfferingForm, as_sent
from lms.enrollments.lessons.views import blueprint as lessons
from lms.enrollments.queries import OFFERINGS_PER_PAGE, OfferingDetail
from lms.enrollments.service import ClassIsOver, NotTheNewest, PlanMovedOn, WrongPlan
from lms.enrollments.timetable import queries as timetables
from lms.enrollments.timetable.rules import spoken_time
from lms.enrollments.timetable.views import blueprint as timetable_pages
from lms.enrollments.viewing import class_seen
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.site import site
from lms.web.transaction import now, session

blueprint = Blueprint("enrollments", __name__, template_folder="templates")
blueprints = [blueprint, enrolling_pages, timetable_pages, attendance_pages, lessons]


@blueprint.get("/classes")
@access(Permission.CLASS_READ)
def offerings() -> ResponseReturnValue:
    """Every class, those that start last first."""
    number = page_asked()
    rows = queries.offerings(session(), now=now(), page=number)
    pages = pages_of(queries.offering_count(session()), OFFERINGS_PER_PAGE)
    return page("enrollments/offerings.html", rows=rows, number=number, pages=pages, manages=_manages())


def _manages() -> bool:
    return bool(current_identity().may(Permission.CLASS_MANAGE))


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
    form.offer(queries.instructors_to_name(session(), now=now()))
    form.offer_courses(courses.courses(session()))
    if not form.validate():
        return _new_offering(form, status=422)
    try:
        opened = service.open_offering(session(), actor=current_identity(), course_hash=form.course.data, plan=form.plan, now=now())
    except NotTheNewest as refusal:
        form.course.errors = [str(refusal)]
        return _new_offering(form, status=409)
    except WrongPlan as refusal:
        form.form_errors.append(str(refusal))
        return _new_offering(form, status=422)
    return redirect(url_for("enrollments.offering", offering_id=opened), 303)


def _new_offering(form: OfferingForm, *, status: int = 200) -> ResponseReturnValue:
    offered = courses.courses(session())
    form.offer_courses(offered)
    form.offer(queries.instructors_to_name(session(), now=now()))
    return page("enrollments/new_offering.html", form=form, courses=offered, status=status)


@blueprint.get("/classes/<uuid:offering_id>")
@access(Permission.CLASS_READ)
def offering(offering_id: uuid.UUID) -> ResponseReturnValue:
    """One class: its plan, its officers and how far they are, who owes hours, and the warning of a public bank."""
    found = class_seen(offering_id)
    roster = queries.roster(session(), offering_id=offering_id)
    return page(
        "enrollments/offering.html",
        offering=found,
        roster=roster,
        hours=attendance.hours_of(session(), manifests={row.enrollment_id: found.manifest for row in roster}),
        timetable=timetables.timetable(session(), offering=found, now=now()),
        waiting=enrolling.waiting_list(session(), offering_id=offering_id),
        head=courses.head(session(), found.course_id),
        spoken_time=spoken_time,
        names={"zones": TIME_ZONES, "states": STATES, "modes": rules.MODE_LABELS},
        alarms=site().class_alarms(session(), offering_id=offering_id) if found.manifest.get("practicals") else [],
        manages=_manages(),
        records=current_identity().may(Permission.ATTENDANCE_RECORD),
        sits=any(exam.proctored for exam in found.exams) and current_identity().may(Permission.SITTING_MANAGE),
        **_public_bank(offering_id),
    )


def _public_bank(offering_id: uuid.UUID) -> dict[str, Any]:
    return {
        "relies": bank_queries.relies_on_public_bank(session(), offering_id=offering_id),
        "acknowledgement": bank_queries.acknowledgement(session(), offering_id=offering_id),
        "warning": rules.PUBLIC_BANK_WARNING,
        "wording": rules.PUBLIC_BANK_WORDING,
        "may_acknowledge": current_identity().may(Permission.BANK_ACKNOWLEDGE),
    }


@blueprint.get("/classes/<uuid:offering_id>/plans")
@access(Permission.CLASS_READ)
def plans(offering_id: uuid.UUID) -> ResponseReturnValue:
    """How a class was planned, from the newest plan to the first."""
    found = class_seen(offering_id)
    rows = queries.history(session(), offering_id=offering_id)
    names = {"zones": TIME_ZONES, "states": STATES, "modes": rules.MODE_LABELS}
    return page("enrollments/plans.html", offering=found, rows=rows, names=names, manages=_manages())


@blueprint.get("/classes/<uuid:offering_id>/plans/new")
@access(Permission.CLASS_MANAGE)
def new_plan(offering_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a changed plan, filled with the plan of now."""
    found = class_seen(offering_id)
    return _new_plan(found, ChangedPlanForm(data=as_sent(found.plan, found.plan_number)))


@blueprint.post("/classes/<uuid:offering_id>/plans")
@access(Permission.CLASS_MANAGE)
def change_plan(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Change the plan of a class."""
    found, form = class_seen(offering_id), ChangedPlanForm.from_request()
    form.offer(_instructors(found))
    if not form.validate():
        return _new_plan(found, form, status=422)
    sent = {"plan": form.plan, "based_on": form.number_seen, "reason": form.reason.data}
    try:
        service.change_plan(session(), actor=current_identity(), offering_id=offering_id, now=now(), **sent)
    except (WrongPlan, PlanMovedOn, ClassIsOver) as refusal:
        form.form_errors.append(str(refusal))
        return _new_plan(found, form, status=422 if isinstance(refusal, WrongPlan) else 409)
    return redirect(url_for("enrollments.offering", offering_id=offering_id), 303)


def _instructors(found: OfferingDetail) -> dict[uuid.UUID, str]:
    """Those who can be named, and those who are: a role may have ended since."""
    named = queries.instructors_of(session(), offering_id=found.id, number=found.plan_number)
    return named | queries.instructors_to_name(session(), now=now())


def _new_plan(found: OfferingDetail, form: ChangedPlanForm, *, status: int = 200) -> ResponseReturnValue:
    form.offer(_instructors(found))
    return page("enrollments/new_plan.html", offering=found, form=form, status=status)


@blueprint.get("/classes/<uuid:offering_id>/cancellation")
@access(Permission.CLASS_MANAGE)
def cancellation(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why a class is cancelled."""
    return page("enrollments/cancellation.html", offering=class_seen(offering_id), form=CancellationForm())


@blueprint.post("/classes/<uuid:offering_id>/cancellation")
@access(Permission.CLASS_MANAGE)
def cancel(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Cancel a class."""
    found, form = class_seen(offering_id), CancellationForm.from_request()
    if not form.validate():
        return page("enrollments/cancellation.html", offering=found, form=form, status=422)
    service.cancel(session(), actor=current_identity(), offering_id=offering_id, reason=form.reason.data, now=now())
    return redirect(url_for("enrollments.offering", offering_id=offering_id), 303)


@blueprint.post("/classes/<uuid:offering_id>/bank-acknowledgement")
@access(Permission.BANK_ACKNOWLEDGE)
def acknowledge_public_bank(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Accept that the class is examined on a public bank."""
    service.acknowledge_public_bank(session(), actor=current_identity(), offering_id=offering_id, now=now())
    return redirect(url_for("enrollments.offering", offering_id=offering_id), 303)
