"""The certifier's pages of ICE's written certification: who waits, the lists, their entries."""

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies import queries as agencies
from lms.agencies.nomination_queries import today_in
from lms.agencies.rule_sets import MODELS
from lms.authorizations import certifying
from lms.authorizations.certifying import MOST_NAMES, PER_PAGE, ZONE, AlreadyMade, CertificationRow, NotListed
from lms.authorizations.forms import ListForm, StrikingForm
from lms.certificates.numbers import display, parse
from lms.certificates.paper_pages import stored_paper
from lms.certificates.reserving import Terms
from lms.certificates.rules import PROGRAM_MODELS
from lms.db.types import as_id
from lms.kernel.errors import NotFound
from lms.kernel.sheets import sheet
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session, settings

blueprint = Blueprint("certifications", __name__, template_folder="templates")
HEADINGS = ("Position", "Officer", "Agency", "Program model", "Completed", "Certificate", "Struck")


@blueprint.get("/certifications")
@access(Permission.AUTHORIZATION_READ)
def certifications() -> ResponseReturnValue:
    """Who waits to be named, and the lists."""
    return _certifications(ListForm(data={"dated_on": today_in(ZONE, now())}))


def _certifications(form: ListForm, status: int = 200) -> Response:
    model = next((one for one in PROGRAM_MODELS if one == request.values.get("model")), "")
    chosen: dict[str, Any] = {"model": model, "agency": as_id(request.values.get("agency", ""))}
    return page(
        "authorizations/certifications.html",
        form=form,
        waiting=certifying.waiting(session(), **chosen),
        count=certifying.waiting_count(session(), **chosen),
        chosen=chosen,
        agencies=agencies.agency_names(session()),
        rows=certifying.certifications(session(), page=page_asked()),
        to_be_struck=certifying.to_be_struck(session()),
        number=page_asked(),
        pages=pages_of(certifying.certification_count(session()), PER_PAGE),
        names=current_identity().may(Permission.CERTIFICATION_LIST),
        most=MOST_NAMES,
        models=MODELS,
        status=status,
    )


@blueprint.post("/certifications")
@access(Permission.CERTIFICATION_LIST, step_up=True)
def certify() -> ResponseReturnValue:
    """Make a list."""
    form = ListForm.from_request()
    if not form.validate():
        return _certifications(form, 422)
    try:
        made = certifying.certify(
            session(), actor=current_identity(), act=form.act, terms=Terms.of(settings()), form_id=form.id_shown, now=now()
        )
    except AlreadyMade:
        return redirect(url_for("certifications.certifications"), 303)
    except NotListed as refusal:
        form.certificates.errors = [str(refusal)]
        return _certifications(form, 422)
    return redirect(url_for("certifications.certification", certification_id=made), 303)


@blueprint.get("/certifications/<uuid:certification_id>")
@access(Permission.AUTHORIZATION_READ)
def certification(certification_id: uuid.UUID) -> ResponseReturnValue:
    """One list."""
    return _certification(_seen(certification_id), StrikingForm())


def _seen(certification_id: uuid.UUID) -> CertificationRow:
    found = certifying.certification(session(), certification_id=certification_id)
    if found is None:
        raise NotFound("There is no such list.")
    return found


def _certification(found: CertificationRow, form: StrikingForm, status: int = 200) -> Response:
    entries = certifying.entries(session(), certification_id=found.id)
    names = current_identity().may(Permission.CERTIFICATION_LIST)
    answer = page(
        "authorizations/certification.html", list=found, entries=entries, form=form, names=names, models=PROGRAM_MODELS, status=status
    )
    if found.paper is None and not form.errors:
        answer.headers["Refresh"] = "3"
    return answer


@blueprint.get("/certifications/<uuid:certification_id>/entries")
@access(Permission.AUTHORIZATION_READ)
def export(certification_id: uuid.UUID) -> ResponseReturnValue:
    """The entries as CSV; no cell is taken for a formula."""
    found = _seen(certification_id)
    entries = certifying.entries(session(), certification_id=found.id)
    rows = [
        (at, one.name, one.agency, one.model, one.completed_on, display(one.number), one.struck) for at, one in enumerate(entries, start=1)
    ]
    answer = Response(sheet(HEADINGS, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="certification-list-{found.number}.csv"'
    return answer


@blueprint.get("/certifications/<uuid:certification_id>/paper")
@access(Permission.AUTHORIZATION_READ)
def paper(certification_id: uuid.UUID) -> ResponseReturnValue:
    """The signed list."""
    found = _seen(certification_id)
    return stored_paper(found.paper, name=f"certification-list-{found.number}")


@blueprint.post("/certifications/<uuid:certification_id>/entries/<number>/striking")
@access(Permission.CERTIFICATION_LIST, step_up=True)
def strike(certification_id: uuid.UUID, number: str) -> ResponseReturnValue:
    """Strike an entry whose certificate was revoked."""
    found, form, meant = _seen(certification_id), StrikingForm.from_request(), parse(number)
    if not isinstance(meant, str):
        raise NotFound("There is no such entry.")
    if not form.validate():
        return _certification(found, form, 422)
    try:
        certifying.strike(session(), actor=current_identity(), certification_id=found.id, number=meant, reason=form.reason.data, now=now())
    except NotListed as refusal:
        form.reason.errors = [str(refusal)]
        return _certification(found, form, 422)
    return redirect(url_for("certifications.certification", certification_id=found.id), 303)
