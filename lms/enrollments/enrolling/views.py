"""Enrolling approved nominees, the waiting list, and withdrawing an officer."""

import uuid

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies.nomination_forms import shown
from lms.db.types import as_id
from lms.enrollments.enrolling import queries, service
from lms.enrollments.enrolling.forms import LeavingForm, WithdrawalForm, ids_sent
from lms.enrollments.enrolling.queries import EnrolledOfficer
from lms.enrollments.enrolling.service import NoSuchEnrollment, NotQualified
from lms.enrollments.viewing import class_seen
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("enrolling", __name__, template_folder="templates")


@blueprint.get("/classes/<uuid:offering_id>/enrollments")
@access(Permission.CLASS_MANAGE)
def new_enrollments(offering_id: uuid.UUID) -> ResponseReturnValue:
    """The approved nominees who can come into the class, and what stands in the way of the others."""
    return _enrollments(offering_id)


@blueprint.post("/classes/<uuid:offering_id>/enrollments")
@access(Permission.CLASS_MANAGE)
def enroll(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Enroll the nominees chosen."""
    chosen = ids_sent(request.form.getlist("nominations"))
    if not chosen:
        class_seen(offering_id)
        return _enrollments(offering_id, fault="Choose at least one officer.", status=422)
    try:
        service.enroll(session(), actor=current_identity(), offering_id=offering_id, nomination_ids=chosen, now=now())
    except NotQualified as refusal:
        return _enrollments(offering_id, chosen=frozenset(chosen), fault=str(refusal), status=409)
    return redirect(url_for("enrollments.offering", offering_id=offering_id), 303)


def _enrollments(
    offering_id: uuid.UUID, *, chosen: frozenset[uuid.UUID] = frozenset(), fault: str = "", status: int = 200
) -> ResponseReturnValue:
    found, number, agency_id = class_seen(offering_id), page_asked(), as_id(request.values.get("agency", ""))
    rows = queries.nominees(session(), offering=found, now=now(), agency_id=agency_id, page=number)
    others = queries.officers_without(session(), offering=found, agency_id=agency_id, now=now()) if agency_id else []
    return page(
        "enrolling/new_enrollments.html",
        status=status,
        offering=found,
        ready=[row for row in rows if row.may_come],
        held_up=[(row, shown(list(row.unmet))) for row in [*rows, *others] if not row.may_come],
        number=number,
        pages=pages_of(queries.nominee_count(session(), offering=found, agency_id=agency_id), queries.PER_PAGE),
        agencies=queries.agencies_of_model(session(), model=found.program_model),
        agency_id=agency_id,
        waiting=len(queries.waiting_list(session(), offering_id=offering_id)),
        chosen=chosen,
        fault=fault,
    )


@blueprint.post("/classes/<uuid:offering_id>/waiting-list/enrollments")
@access(Permission.CLASS_MANAGE)
def move_up(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Enroll those who wait, as far as places are free."""
    service.move_up(session(), actor=current_identity(), offering_id=offering_id, now=now())
    return redirect(url_for("enrollments.offering", offering_id=offering_id), 303)


@blueprint.post("/classes/<uuid:offering_id>/waiting-list/<int:place>/ending")
@access(Permission.CLASS_MANAGE)
def leave_waiting_list(offering_id: uuid.UUID, place: int) -> ResponseReturnValue:
    """Take an officer off the waiting list."""
    form = LeavingForm.from_request()
    reason = form.reason.data if form.validate() else ""
    service.leave_waiting_list(session(), actor=current_identity(), offering_id=offering_id, number=place, reason=reason, now=now())
    return redirect(url_for("enrollments.offering", offering_id=offering_id), 303)


@blueprint.get("/enrollments/<uuid:enrollment_id>/withdrawal")
@access(Permission.CLASS_MANAGE)
def withdrawal(enrollment_id: uuid.UUID) -> ResponseReturnValue:
    """Ask who wants an officer to leave the class, and why."""
    return page("enrolling/withdrawal.html", officer=_officer(enrollment_id), form=WithdrawalForm())


@blueprint.post("/enrollments/<uuid:enrollment_id>/withdrawal")
@access(Permission.CLASS_MANAGE)
def withdraw(enrollment_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw an officer from the class."""
    officer, form = _officer(enrollment_id), WithdrawalForm.from_request()
    if not form.validate():
        return page("enrolling/withdrawal.html", officer=officer, form=form, status=422)
    sent = {"asked_by": form.asked_by.data, "reason": form.reason.data}
    service.withdraw(session(), actor=current_identity(), enrollment_id=enrollment_id, now=now(), **sent)
    return redirect(url_for("enrollments.offering", offering_id=officer.offering_id), 303)


def _officer(enrollment_id: uuid.UUID) -> EnrolledOfficer:
    found = queries.enrolled_officer(session(), enrollment_id=enrollment_id)
    if found is None:
        raise NoSuchEnrollment("There is no such enrollment.")
    return found
