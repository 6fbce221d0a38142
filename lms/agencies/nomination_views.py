"""The pages of nominations: for coordinators, and for whoever decides."""

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.accounts.service import INVITATION_LASTS, AlreadyMade
from lms.agencies import agreement_queries as agreements
from lms.agencies import nomination_queries as queries
from lms.agencies import nomination_service as service
from lms.agencies.agreement_forms import DocumentForm
from lms.agencies.agreement_rules import NOMINATING
from lms.agencies.agreement_views import agency_seen, stored_upload
from lms.agencies.nomination_file import LARGEST, columns
from lms.agencies.nomination_forms import (
    DecisionForm,
    NominationFileForm,
    NominationForm,
    ReasonForm,
    ScreeningForm,
    answers_of,
    questions_of,
    shown,
)
from lms.agencies.nomination_queries import Nominating, NominationDetail
from lms.agencies.nomination_rules import Outcome
from lms.agencies.nomination_service import AlreadyNominated, Fate, NotAccepted, NotEligible
from lms.agencies.rule_sets import MODELS
from lms.db.types import as_id
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.ids import new_id
from lms.web import transaction
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session, settings

blueprint = Blueprint("nominations", __name__, template_folder="templates")


@blueprint.get("/nominations")
@access(Permission.NOMINATION_DECIDE)
def waiting() -> ResponseReturnValue:
    """The nominations of all agencies that wait for a decision."""
    identity, number = current_identity(), page_asked()
    rows = queries.waiting(session(), identity=identity, page=number)
    pages = pages_of(queries.waiting_count(session(), identity=identity), queries.PER_PAGE)
    return page("agencies/nominations_waiting.html", rows=rows, number=number, pages=pages)


@blueprint.get("/agencies/<uuid:agency_id>/nominations")
@access(Permission.AGENCY_READ)
def nominations(agency_id: uuid.UUID) -> ResponseReturnValue:
    """The nominations of one agency."""
    identity, agency, number = current_identity(), agency_seen(agency_id), page_asked()
    rows = queries.nominations(session(), identity=identity, agency_id=agency_id, page=number)
    pages = pages_of(queries.nomination_count(session(), identity=identity, agency_id=agency_id), queries.PER_PAGE)
    found = agreements.agreements(session(), identity=identity, agency_id=agency_id, now=now())
    ready = [one for one in found if one.state in NOMINATING] if queries.may_nominate(identity, agency_id) else []
    nominates = queries.may_nominate(identity, agency_id)
    facts: dict[str, Any] = {"agency": agency, "rows": rows, "number": number, "pages": pages, "ready": ready, "nominates": nominates}
    return page("agencies/nominations.html", models=MODELS, **facts)


def _under(agreement_id: uuid.UUID) -> Nominating:
    found = queries.nominating(session(), identity=current_identity(), agreement_id=agreement_id, now=now())
    if found is None:
        raise NotFound("There is no such agreement.")
    return found


@blueprint.get("/agreements/<uuid:agreement_id>/nominations/new")
@access(Permission.NOMINATION_MAKE)
def new_nomination(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """The form for one nominee; `for` names the nomination whose place a substitute takes."""
    under = _under(agreement_id)
    return _nomination_form(under, NominationForm(), questions_of(under.rule_set)(), request.args.get("for", ""))


def _nomination_form(under: Nominating, form: NominationForm, questions: Any, instead: str, status: int = 200) -> Response:
    return page("agencies/new_nomination.html", under=under, form=form, questions=questions, instead=instead, status=status)


@blueprint.post("/agreements/<uuid:agreement_id>/nominations")
@access(Permission.NOMINATION_MAKE)
def nominate(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """Nominate one officer."""
    under, form, instead = _under(agreement_id), NominationForm.from_request(), request.form.get("instead", "")
    questions: Any = questions_of(under.rule_set).from_request()
    if not (form.validate() and questions.validate()):
        return _nomination_form(under, form, questions, instead, 422)
    try:
        made = service.nominate(
            session(),
            actor=current_identity(),
            agreement_id=agreement_id,
            candidate=form.candidate(answers_of(questions, under.rule_set)),
            substitute_for=as_id(instead),
            now=now(),
        )
    except (NotAccepted, AlreadyNominated) as refusal:
        form.name.errors = [str(refusal)]
        return _nomination_form(under, form, questions, instead, 409 if isinstance(refusal, Conflict) else 422)
    return redirect(url_for("nominations.nomination", nomination_id=made), 303)


@blueprint.get("/agreements/<uuid:agreement_id>/nomination-files/new")
@access(Permission.NOMINATION_MAKE)
def new_file(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a file of nominees."""
    return _file_form(_under(agreement_id), NominationFileForm())


def _file_form(under: Nominating, form: NominationFileForm, status: int = 200) -> Response:
    return page("agencies/new_nomination_file.html", under=under, form=form, columns=columns(under.rule_set), status=status)


@blueprint.post("/agreements/<uuid:agreement_id>/nomination-files/check")
@access(Permission.NOMINATION_MAKE, reading_only=True)
def check_file(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """Show what would become of each row of a file. Nothing is stored."""
    under, form = _under(agreement_id), NominationFileForm()
    sent = request.files.get("file")
    text = _text(sent.read(LARGEST + 1) if sent is not None else b"", form)
    if text is None:
        return _file_form(under, form, 422)
    planned = service.plan_of_file(session(), under=under, text=text)
    counts = {fate: sum(one.fate is fate for one in planned) for fate in Fate}
    return page("agencies/nomination_file.html", under=under, planned=planned, text=text, counts=counts, fates=Fate)


def _text(content: bytes, form: NominationFileForm) -> str | None:
    """The text of an upload; None, with the form saying why, when it is none."""
    if not content or len(content) > LARGEST:
        form.file.errors = ["Choose a CSV file." if not content else f"The file is larger than {LARGEST // 1024} KB: send it in parts."]
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        form.file.errors = ["The file is not in UTF-8. Save it again as “CSV UTF-8”."]
        return None


@blueprint.post("/agreements/<uuid:agreement_id>/nomination-files")
@access(Permission.NOMINATION_MAKE)
def take_in(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """Nominate the sound rows of a file that was checked."""
    text = request.form.get("text", "")[:LARGEST].replace("\r\n", "\n")
    batch, count = service.take_in(session(), actor=current_identity(), agreement_id=agreement_id, text=text, now=now())
    return page("agencies/nomination_file_taken.html", under=_under(agreement_id), batch=batch, count=count)


@blueprint.post("/nomination-files/<uuid:batch_id>/withdrawal")
@access(Permission.NOMINATION_MAKE)
def withdraw_file(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Take back those of a file's nominations that nobody has decided."""
    agency_id = service.withdraw_batch(session(), actor=current_identity(), batch_id=batch_id, now=now())
    return redirect(url_for("nominations.nominations", agency_id=agency_id), 303)


@blueprint.get("/nominations/<uuid:nomination_id>")
@access(Permission.AGENCY_READ)
def nomination(nomination_id: uuid.UUID) -> ResponseReturnValue:
    """One nomination with its gates, its evidence and its outcome."""
    return _nomination(_seen(nomination_id))


def _seen(nomination_id: uuid.UUID) -> NominationDetail:
    found = queries.nomination(session(), identity=current_identity(), nomination_id=nomination_id, now=now())
    if found is None:
        raise NotFound("There is no such nomination.")
    return found


def _nomination(found: NominationDetail, *, status: int = 200, **forms: Any) -> Response:
    identity = current_identity()
    screening = ScreeningForm()
    screening.offer(found.rule_set, outcome=found.outcome)
    empty = {"decision": DecisionForm(), "screening": screening, "withdrawal": ReasonForm(prefix="w-"), "evidence": DocumentForm()}
    waits, decides = found.outcome is None, identity.may(Permission.NOMINATION_DECIDE)
    return page(
        "agencies/nomination.html",
        nomination=found,
        gates=shown(found.gates),
        documents=agreements.documents(session(), nomination_id=found.id),
        others=queries.others_of_nominee(session(), identity=identity, nominee_id=found.nominee_id, but=found.id),
        decides=waits and decides,
        screens=decides,
        nominates=queries.may_nominate(identity, found.agency_id),
        invites=found.outcome == Outcome.APPROVED and decides,
        form_id=new_id(),
        status=status,
        **(empty | forms),
    )


@blueprint.post("/nominations/<uuid:nomination_id>/withdrawal")
@access(Permission.NOMINATION_MAKE)
def withdraw(nomination_id: uuid.UUID) -> ResponseReturnValue:
    """Take a nomination back."""
    found, form = _seen(nomination_id), ReasonForm.from_request(prefix="w-")
    if not form.validate():
        return _nomination(found, status=422, withdrawal=form)
    service.withdraw(session(), actor=current_identity(), nomination_id=nomination_id, reason=form.reason.data, now=now())
    return _back(nomination_id)


@blueprint.post("/nominations/<uuid:nomination_id>/screenings")
@access(Permission.NOMINATION_DECIDE)
def screen(nomination_id: uuid.UUID) -> ResponseReturnValue:
    """Record a result of screening."""
    found, form = _seen(nomination_id), ScreeningForm.from_request()
    form.offer(found.rule_set, outcome=found.outcome)
    if not form.validate():
        return _nomination(found, status=422, screening=form)
    sent = {"test": form.test.data, "met": form.is_met, "note": form.note.data}
    service.screen(session(), actor=current_identity(), nomination_id=nomination_id, now=now(), **sent)
    return _back(nomination_id)


@blueprint.post("/nominations/<uuid:nomination_id>/decision")
@access(Permission.NOMINATION_DECIDE)
def decide(nomination_id: uuid.UUID) -> ResponseReturnValue:
    """Approve or decline."""
    found, form = _seen(nomination_id), DecisionForm.from_request()
    if not form.validate():
        return _nomination(found, status=422, decision=form)
    sent = {"outcome": Outcome(form.outcome.data), "reason": form.reason.data}
    try:
        service.decide(session(), actor=current_identity(), nomination_id=nomination_id, now=now(), **sent)
    except NotEligible as refusal:
        form.outcome.errors = [str(refusal)]
        return _nomination(found, status=409, decision=form)
    return _back(nomination_id)


def _back(nomination_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("nominations.nomination", nomination_id=nomination_id), 303)


@blueprint.post("/nominations/<uuid:nomination_id>/documents")
@access(Permission.NOMINATION_MAKE, reading_only=True)
def add_evidence(nomination_id: uuid.UUID) -> ResponseReturnValue:
    """Put a PDF to the nomination."""
    found, form = _seen(nomination_id), DocumentForm.from_request()
    stored = stored_upload(form)
    if stored is None:
        return _nomination(found, status=422, evidence=form)
    with transaction.writing() as own:
        service.add_evidence(own, actor=current_identity(), nomination_id=nomination_id, title=form.title.data, now=now(), **stored)
    return _back(nomination_id)


@blueprint.post("/nominations/<uuid:nomination_id>/invitation")
@access(Permission.NOMINATION_DECIDE)
def invite(nomination_id: uuid.UUID) -> ResponseReturnValue:
    """Invite an approved nominee into the agency, and show the link this once."""
    found, form_id = _seen(nomination_id), as_id(request.form.get("form_id", ""))
    back = ("Nomination", url_for("nominations.nomination", nomination_id=nomination_id))
    if form_id is None:
        raise NotAccepted("Part of the form is missing. Go back, reload the page and send it again.")
    try:
        secret = service.invite(session(), actor=current_identity(), nomination_id=nomination_id, form_id=form_id, now=now())
    except AlreadyMade:
        return page("agencies/already_invited.html", status=409, back=back)
    link = settings().url + url_for("agencies.invitation", secret=secret)
    return page("agencies/invited.html", name=found.candidate.name, link=link, expires_at=now() + INVITATION_LASTS, back=back)
