"""The pages of letters of interest, templates and agreements."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies import agreement_queries as queries
from lms.agencies import agreement_service as service
from lms.agencies import queries as agencies
from lms.agencies.agreement_forms import (
    STATE_LABELS,
    AgreementForm,
    DateForm,
    DocumentForm,
    LetterForm,
    MoveForm,
    ProcedureForm,
    TemplateForm,
    places_sent,
)
from lms.agencies.agreement_queries import AgreementDetail
from lms.agencies.agreement_rules import NEXT, NOMINATING, Basis, Component
from lms.agencies.agreement_service import AlreadyDrafted, Draft, NotADocument, NotSo
from lms.agencies.clocks import start_of
from lms.agencies.nomination_queries import may_nominate, today_in
from lms.agencies.queries import AgencyDetail
from lms.agencies.rule_sets import BASES, MODELS, RuleSet, shipped, shipped_rule_set
from lms.kernel.errors import NotFound
from lms.web import transaction
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.site import site
from lms.web.transaction import now, session

blueprint = Blueprint("agreements", __name__, template_folder="templates")
PDF = "application/pdf"


@blueprint.get("/rule-sets")
@access(Permission.AGENCY_READ)
def rule_sets() -> ResponseReturnValue:
    """The rules of every template, each value with its source."""
    return page("agencies/rule_sets.html", rule_sets=shipped(), models=MODELS, bases=BASES)


@blueprint.get("/agencies/<uuid:agency_id>/agreements")
@access(Permission.AGENCY_READ)
def agreements(agency_id: uuid.UUID) -> ResponseReturnValue:
    """The letters and agreements of one agency."""
    identity, found = current_identity(), agency_seen(agency_id)
    letters = queries.letters(session(), identity=identity, agency_id=agency_id)
    rows = queries.agreements(session(), identity=identity, agency_id=agency_id, now=now())
    manages = identity.may(Permission.AGREEMENT_MANAGE)
    return page("agencies/agreements.html", agency=found, letters=letters, rows=rows, manages=manages, models=MODELS, bases=BASES)


def agency_seen(agency_id: uuid.UUID) -> AgencyDetail:
    """The agency, if the person may see it."""
    found = agencies.agency(session(), identity=current_identity(), agency_id=agency_id)
    if found is None:
        raise NotFound("There is no such agency.")
    return found


@blueprint.get("/agencies/<uuid:agency_id>/letters-of-interest/new")
@access(Permission.AGREEMENT_MANAGE)
def new_letter(agency_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a letter of interest."""
    return page("agencies/new_letter.html", agency=agency_seen(agency_id), form=LetterForm())


@blueprint.post("/agencies/<uuid:agency_id>/letters-of-interest")
@access(Permission.AGREEMENT_MANAGE)
def record_letter(agency_id: uuid.UUID) -> ResponseReturnValue:
    """Record a letter of interest."""
    form, agency = LetterForm.from_request(), agency_seen(agency_id)
    if not form.validate():
        return page("agencies/new_letter.html", agency=agency, form=form, status=422)
    sent = {"models": form.models.data, "signed_by": form.signed_by.data, "dated_on": form.dated_on.data}
    service.record_letter(session(), actor=current_identity(), agency_id=agency_id, now=now(), **sent)
    return redirect(url_for("agreements.agreements", agency_id=agency_id), 303)


@blueprint.get("/agencies/<uuid:agency_id>/agreements/new")
@access(Permission.AGREEMENT_MANAGE)
def new_agreement(agency_id: uuid.UUID) -> ResponseReturnValue:
    """First the template, then the form that it gives."""
    agency, rule_set = agency_seen(agency_id), shipped_rule_set(request.args.get("rule_set", ""))
    if rule_set is None:
        form = TemplateForm()
        form.offer()
        return page("agencies/new_agreement_template.html", agency=agency, form=form)
    today = today_in(agency.time_zone, now())
    letters = queries.letters(session(), identity=current_identity(), agency_id=agency_id)
    fitting = next((str(letter.id) for letter in letters if rule_set.model in letter.models), "")
    functions = [function.id for function in rule_set.functions]
    form = AgreementForm(data={"functions": functions, "component": Component.ICE, "dated_on": today, "letter": fitting})
    form.offer(rule_set, letters)
    return _agreement_form(agency, rule_set, form)


def _agreement_form(agency: AgencyDetail, rule_set: RuleSet, form: AgreementForm, status: int = 200) -> Response:
    return page("agencies/new_agreement.html", agency=agency, rule_set=rule_set, form=form, bases=BASES, status=status)


@blueprint.post("/agencies/<uuid:agency_id>/agreements")
@access(Permission.AGREEMENT_MANAGE)
def draft_agreement(agency_id: uuid.UUID) -> ResponseReturnValue:
    """Begin an agreement."""
    agency, rule_set, form = agency_seen(agency_id), shipped_rule_set(request.form.get("rule_set", "")), AgreementForm.from_request()
    if rule_set is None:
        raise NotFound("There is no such template.")
    form.offer(rule_set, queries.letters(session(), identity=current_identity(), agency_id=agency_id))
    if not form.validate():
        return _agreement_form(agency, rule_set, form, 422)
    try:
        made = service.draft_agreement(
            session(),
            actor=current_identity(),
            agency_id=agency_id,
            draft=_draft(form, rule_set, agency.time_zone),
            form_id=form.id_shown,
            now=now(),
        )
    except NotSo as refusal:
        form.functions.errors = [str(refusal)]
        return _agreement_form(agency, rule_set, form, 422)
    except AlreadyDrafted:
        return redirect(url_for("agreements.agreements", agency_id=agency_id), 303)
    return redirect(url_for("agreements.agreement", agreement_id=made), 303)


def _draft(form: AgreementForm, rule_set: RuleSet, zone: str) -> Draft:
    return Draft(
        rule_set_id=rule_set.id,
        basis=Basis(rule_set.basis),
        component=Component(form.component.data),
        contingency=form.is_contingency,
        functions=tuple(form.functions.data),
        letter_id=form.letter_id,
        effective_at=start_of(form.dated_on.data, zone=zone),
    )


@blueprint.get("/agreements/<uuid:agreement_id>")
@access(Permission.AGENCY_READ)
def agreement(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """One agreement: where it stands, on any date, and what it says."""
    return _agreement(_seen(agreement_id), DocumentForm())


def _seen(agreement_id: uuid.UUID) -> AgreementDetail:
    found = queries.agreement(session(), identity=current_identity(), agreement_id=agreement_id)
    if found is None:
        raise NotFound("There is no such agreement.")
    return found


def _agreement(found: AgreementDetail, form: DocumentForm, status: int = 200) -> Response:
    identity = current_identity()
    manages, state = identity.may(Permission.AGREEMENT_MANAGE), found.state(at=now(), on_record=now())
    return page(
        "agencies/agreement.html",
        agreement=found,
        form=form,
        state=state,
        gives_authority=found.gives_authority(now()),
        asked=_asked(found),
        dates=DateForm(request.args),
        documents=queries.documents(session(), agreement_id=found.id),
        manages=manages,
        moves_on=manages and bool(NEXT[found.moves[-1].to]),
        nominates=state in NOMINATING and may_nominate(identity, found.agency_id),
        now=now(),
        labels=STATE_LABELS,
        models=MODELS,
        bases=BASES,
        status=status,
    )


def _asked(found: AgreementDetail) -> dict[str, Any] | None:
    """The state at the end of the day that is asked about, as it was on record at the end of another."""
    form = DateForm(request.args)
    if not form.validate() or form.on.data is None:
        return None
    known = form.known.data
    at, on_record = _end_of(form.on.data, found.time_zone), _end_of(known, found.time_zone) if known else now()
    return {"on": form.on.data, "known": known, "state": found.state(at=at, on_record=on_record)}


def _end_of(day: date, zone: str) -> datetime:
    return start_of(day + timedelta(days=1), zone=zone) - timedelta(milliseconds=1)


@blueprint.get("/agreements/<uuid:agreement_id>/moves/new")
@access(Permission.AGREEMENT_MANAGE)
def new_move(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a move."""
    found = _seen(agreement_id)
    form = MoveForm(data={"on": today_in(found.time_zone, now())})
    form.offer(found)
    return _move_form(found, form)


def _move_form(found: AgreementDetail, form: MoveForm, status: int = 200) -> Response:
    return page("agencies/new_move.html", agreement=found, form=form, labels=STATE_LABELS, status=status)


@blueprint.post("/agreements/<uuid:agreement_id>/moves")
@access(Permission.AGREEMENT_MANAGE, step_up=True)
def move_agreement(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """Record a move."""
    found, form = _seen(agreement_id), MoveForm.from_request()
    form.offer(found)
    if not form.validate():
        return _move_form(found, form, 422)
    try:
        step = form.step(found.time_zone)
        service.move_agreement(session(), actor=current_identity(), agreement_id=agreement_id, step=step, now=now())
    except NotSo as refusal:
        form.on.errors = [str(refusal)]
        return _move_form(found, form, 422)
    return redirect(url_for("agreements.agreement", agreement_id=agreement_id), 303)


@blueprint.get("/agreements/<uuid:agreement_id>/terms")
@access(Permission.AGREEMENT_MANAGE)
def terms(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """The fifteen terms as a checklist to fill."""
    found = _seen(agreement_id)
    if found.basis != Basis.MASS_INFLUX:
        raise NotFound("This agreement has no such checklist.")
    return page("agencies/terms.html", agreement=found, form=ProcedureForm(data={"procedure": found.procedure}))


@blueprint.post("/agreements/<uuid:agreement_id>/terms")
@access(Permission.AGREEMENT_MANAGE)
def record_terms(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """Record where the fifteen terms stand."""
    found, form, actor = _seen(agreement_id), ProcedureForm.from_request(), current_identity()
    if not form.validate():
        return page("agencies/terms.html", agreement=found, form=form, status=422)
    places = places_sent(request.form.to_dict())
    service.record_terms(session(), actor=actor, agreement_id=agreement_id, places=places, now=now())
    if found.contingency:
        service.record_procedure(session(), actor=actor, agreement_id=agreement_id, text=form.procedure.data or "", now=now())
    return redirect(url_for("agreements.agreement", agreement_id=agreement_id), 303)


@blueprint.post("/agreements/<uuid:agreement_id>/documents")
@access(Permission.AGREEMENT_MANAGE, reading_only=True)
def add_document(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """Put a PDF to the agreement."""
    found, form = _seen(agreement_id), DocumentForm.from_request()
    stored = stored_upload(form)
    if stored is None:
        return _agreement(found, form, 422)
    with transaction.writing() as own:
        service.add_document(own, actor=current_identity(), agreement_id=agreement_id, title=form.title.data, now=now(), **stored)
    return redirect(url_for("agreements.agreement", agreement_id=agreement_id), 303)


def stored_upload(form: DocumentForm) -> dict[str, Any] | None:
    """Digest and size of the PDF that was sent, put away; None, with the form saying why, when it cannot be accepted."""
    sent = request.files.get("document")
    content = sent.read(service.LARGEST_DOCUMENT + 1) if sent is not None else b""
    is_valid = form.validate()
    if not content:
        form.document.errors = ["Choose a PDF file."]
        return None
    try:
        service.checked_pdf(content)
    except NotADocument as refusal:
        form.document.errors = [str(refusal)]
        return None
    return {"digest": site().blobs.put(content), "size": len(content)} if is_valid else None


@blueprint.get("/documents/<uuid:document_id>")
@access(Permission.AGENCY_READ)
def document(document_id: uuid.UUID) -> ResponseReturnValue:
    """A document as a file to keep: it is never shown inside the site."""
    digest = queries.document_digest(session(), identity=current_identity(), document_id=document_id)
    if digest is None:
        raise NotFound("There is no such document.")
    answer = Response(site().blobs.read(digest), mimetype=PDF)
    answer.headers["Content-Disposition"] = f'attachment; filename="document-{document_id}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
