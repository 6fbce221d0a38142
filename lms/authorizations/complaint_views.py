"""The pages of complaints: the program's, and a coordinator's own agency's."""

import uuid
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies import queries as agencies
from lms.agencies.queries import AgencyDetail
from lms.authorizations import complaint_queries, complaint_service, listing, queries, service
from lms.authorizations.complaint_queries import ComplaintRow
from lms.authorizations.complaint_rules import Outcome
from lms.authorizations.complaint_service import AlreadyReported
from lms.authorizations.forms import AgencyComplaintForm, ComplaintForm, NoticeForm, ResolutionForm
from lms.authorizations.listing import PER_PAGE
from lms.authorizations.queries import AuthorizationRow
from lms.kernel.errors import NotFound
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("complaints", __name__, template_folder="templates")


@blueprint.get("/complaints")
@access(Permission.COMPLAINT_MANAGE)
def complaints() -> ResponseReturnValue:
    """Every complaint, what is overdue first."""
    identity = current_identity()
    rows = complaint_queries.complaints(session(), identity=identity, page=page_asked())
    pages = pages_of(complaint_queries.complaint_count(session(), identity=identity), PER_PAGE)
    return page("authorizations/complaints.html", rows=rows, number=page_asked(), pages=pages, now=now())


@blueprint.get("/authorizations/<uuid:authorization_id>/complaints/new")
@access(Permission.COMPLAINT_MANAGE)
def new_complaint(authorization_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a complaint."""
    return _form(_about(authorization_id), ComplaintForm())


def _about(authorization_id: uuid.UUID) -> AuthorizationRow:
    found = queries.authorization(session(), identity=current_identity(), authorization_id=authorization_id)
    if found is None:
        raise NotFound("There is no such authorization.")
    return found


def _form(row: AuthorizationRow, form: ComplaintForm, status: int = 200) -> Response:
    _prefill(form, row.time_zone)
    return page("authorizations/new_complaint.html", row=row, form=form, status=status)


def _prefill(form: ComplaintForm, zone: str) -> None:
    if form.on.raw_data is None:
        local = now().astimezone(ZoneInfo(zone))
        form.on.data, form.at.data = local.date(), local.time().replace(second=0, microsecond=0, tzinfo=None)


@blueprint.post("/authorizations/<uuid:authorization_id>/complaints")
@access(Permission.COMPLAINT_MANAGE)
def report(authorization_id: uuid.UUID) -> ResponseReturnValue:
    """Record a complaint."""
    row, form = _about(authorization_id), ComplaintForm.from_request()
    if not form.validate():
        return _form(row, form, 422)
    try:
        made = complaint_service.report(
            session(),
            actor=current_identity(),
            authorization_id=row.id,
            told=form.told(row.time_zone),
            form_id=form.id_shown,
            now=now(),
        )
    except complaint_service.NotSo as refusal:
        form.on.errors = [str(refusal)]
        return _form(row, form, 422)
    except AlreadyReported:
        return redirect(url_for("complaints.complaints"), 303)
    return redirect(url_for("complaints.complaint", complaint_id=made), 303)


@blueprint.get("/complaints/<uuid:complaint_id>")
@access(Permission.COMPLAINT_MANAGE)
def complaint(complaint_id: uuid.UUID) -> ResponseReturnValue:
    """One complaint."""
    return _complaint(_seen(complaint_id), NoticeForm(prefix="notice-"), ResolutionForm(prefix="resolution-"))


def _seen(complaint_id: uuid.UUID) -> ComplaintRow:
    found = complaint_queries.complaint(session(), identity=current_identity(), complaint_id=complaint_id)
    if found is None:
        raise NotFound("There is no such complaint.")
    return found


def _complaint(found: ComplaintRow, notice: NoticeForm, resolution: ResolutionForm, status: int = 200) -> Response:
    notice.offer(found.notices)
    if resolution.on.raw_data is None:
        resolution.on.data = now().astimezone(ZoneInfo(found.about.time_zone)).date()
    standing = found.about.standing_now(now())
    return page(
        "authorizations/complaint.html",
        complaint=found,
        notice_form=notice,
        resolution=resolution,
        standing=standing,
        now=now(),
        status=status,
    )


@blueprint.post("/complaints/<uuid:complaint_id>/notices")
@access(Permission.COMPLAINT_MANAGE)
def give_notice(complaint_id: uuid.UUID) -> ResponseReturnValue:
    """Record that a notice about a complaint was given."""
    found, form = _seen(complaint_id), NoticeForm.from_request(prefix="notice-")
    form.offer(found.notices)
    if not form.validate():
        return _complaint(found, form, ResolutionForm(prefix="resolution-"), 422)
    try:
        sent = {"notice_id": form.notice.data, "given_at": form.given_at(found.about.time_zone, now()), "note": form.note.data}
        service.give_notice(session(), actor=current_identity(), about=found.id, now=now(), **sent)
    except service.NotSo as refusal:
        form.on.errors = [str(refusal)]
        return _complaint(found, form, ResolutionForm(prefix="resolution-"), 422)
    return redirect(url_for("complaints.complaint", complaint_id=found.id), 303)


@blueprint.post("/complaints/<uuid:complaint_id>/resolution")
@access(Permission.COMPLAINT_MANAGE)
def resolve(complaint_id: uuid.UUID) -> ResponseReturnValue:
    """Record how a complaint ended."""
    found, form = _seen(complaint_id), ResolutionForm.from_request(prefix="resolution-")
    if not form.validate():
        return _complaint(found, NoticeForm(prefix="notice-"), form, 422)
    try:
        sent = {"resolved_at": form.resolved_at(found.about.time_zone, now()), "note": form.note.data}
        complaint_service.resolve(
            session(), actor=current_identity(), complaint_id=found.id, outcome=Outcome(form.outcome.data), now=now(), **sent
        )
    except complaint_service.NotSo as refusal:
        form.on.errors = [str(refusal)]
        return _complaint(found, NoticeForm(prefix="notice-"), form, 422)
    return redirect(url_for("complaints.complaint", complaint_id=found.id), 303)


# --- A coordinator's own agency -------------------------------------------------------------------------------------


@blueprint.get("/agencies/<uuid:agency_id>/complaints")
@access(Permission.COMPLAINT_REPORT)
def of_agency(agency_id: uuid.UUID) -> ResponseReturnValue:
    """The officers of one's own agency with where they stand, the complaints about them, and the form to report one."""
    return _of_agency(_own(agency_id), AgencyComplaintForm())


def _own(agency_id: uuid.UUID) -> AgencyDetail:
    found = agencies.agency(session(), identity=current_identity(), agency_id=agency_id)
    if found is None or agency_id not in current_identity().agency_ids:
        raise NotFound("There is no such agency.")
    return found


def _of_agency(agency: AgencyDetail, form: AgencyComplaintForm, status: int = 200) -> Response:
    identity = current_identity()
    officers = listing.of_agency(session(), identity=identity, agency_id=agency.id, page=page_asked())
    form.offer(officers)
    _prefill(form, agency.time_zone)
    found = complaint_queries.complaints(session(), identity=identity, agency_id=agency.id)
    return page(
        "authorizations/agency_complaints.html",
        agency=agency,
        officers=officers,
        rows=found,
        form=form,
        number=page_asked(),
        pages=pages_of(listing.count_of_agency(session(), identity=identity, agency_id=agency.id), PER_PAGE),
        now=now(),
        status=status,
    )


@blueprint.post("/agencies/<uuid:agency_id>/complaints")
@access(Permission.COMPLAINT_REPORT)
def report_own(agency_id: uuid.UUID) -> ResponseReturnValue:
    """Report a complaint about an officer of one's own agency."""
    agency, form = _own(agency_id), AgencyComplaintForm.from_request()
    form.offer(listing.of_agency(session(), identity=current_identity(), agency_id=agency.id, page=page_asked()))
    if not form.validate():
        return _of_agency(agency, form, 422)
    try:
        complaint_service.report(
            session(),
            actor=current_identity(),
            authorization_id=form.officer.data,
            told=form.told(agency.time_zone),
            form_id=form.id_shown,
            now=now(),
        )
    except complaint_service.NotSo as refusal:
        form.on.errors = [str(refusal)]
        return _of_agency(agency, form, 422)
    return redirect(url_for("complaints.of_agency", agency_id=agency.id), 303)
