"""The supervisors' pages: lists, recording an authorization, and what becomes of one."""

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies.agreement_queries import AgreementDetail
from lms.agencies.nomination_queries import today_in
from lms.agencies.rule_sets import MODELS
from lms.authorizations import (
    answer_views,
    authorizing,
    certification_views,
    complaint_queries,
    complaint_views,
    listing,
    officer_views,
    queries,
    refresher_views,
    refreshing,
    service,
)
from lms.authorizations.authorizing import AlreadyRecorded, Offer
from lms.authorizations.forms import LetterForm, MoveForm, NoticeForm, ReceiptForm, RefresherForm, ReturnForm, SettlementForm
from lms.authorizations.gate_rules import unmet
from lms.authorizations.listing import EXPIRING_DAYS, PER_PAGE, Shown
from lms.authorizations.queries import AuthorizationRow
from lms.authorizations.rules import ends_by_rule
from lms.certificates.numbers import display, parse
from lms.certificates.reserving import Terms
from lms.db.types import as_id
from lms.kernel.errors import Invalid, NotFound
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session, settings

blueprint = Blueprint("authorizations", __name__, template_folder="templates")


@blueprint.get("/authorizations")
@access(Permission.AUTHORIZATION_READ)
def authorizations() -> ResponseReturnValue:
    """One list of authorizations, with how many stand on each."""
    shown = next((one for one in Shown if one.value == request.args.get("show")), Shown.ACTIVE)
    found = listing.counts(session(), now=now())
    return page(
        "authorizations/authorizations.html",
        shown=shown,
        counts=found,
        rows=listing.authorizations(session(), shown=shown, now=now(), page=page_asked()),
        waiting=listing.waiting_count(session(), now=now()),
        notices=listing.open_notice_count(session()),
        owed=refreshing.owed_count(session(), now=now()),
        number=page_asked(),
        pages=pages_of(found[shown], PER_PAGE),
        Shown=Shown,
        days=EXPIRING_DAYS,
        now=now(),
        models=MODELS,
    )


@blueprint.get("/authorizations/waiting")
@access(Permission.AUTHORIZATION_READ)
def waiting() -> ResponseReturnValue:
    """Who is certified and not authorized."""
    count = listing.waiting_count(session(), now=now())
    rows = listing.waiting(session(), now=now(), page=page_asked())
    decides = current_identity().may(Permission.AUTHORIZATION_MANAGE)
    return page(
        "authorizations/waiting.html", rows=rows, count=count, number=page_asked(), pages=pages_of(count, PER_PAGE), decides=decides
    )


@blueprint.get("/authorizations/notices")
@access(Permission.AUTHORIZATION_READ)
def notices() -> ResponseReturnValue:
    """Notices that have not been given, by their clocks."""
    rows = listing.open_notices(session(), page=page_asked())
    pages = pages_of(listing.open_notice_count(session()), PER_PAGE)
    return page("authorizations/notices.html", rows=rows, number=page_asked(), pages=pages, now=now())


# --- Recording one --------------------------------------------------------------------------------------------------


@blueprint.get("/certificates/<number>/authorizations/new")
@access(Permission.AUTHORIZATION_MANAGE)
def new_authorization(number: str) -> ResponseReturnValue:
    """First the agreement, then the conditions and the form that it gives."""
    offered, under = _offered(number, request.args.get("agreement", ""))
    if under is None:
        return page("authorizations/new_authorization_agreement.html", offer=offered, number=number, models=MODELS)
    today = today_in(under.time_zone, now())
    form = LetterForm(data={"functions": list(under.functions), "whole_state": True, "starts_on": today})
    return _letter_form(offered, under, form)


def _offered(number: str, agreement: str) -> tuple[Offer, AgreementDetail | None]:
    offered = authorizing.offer(session(), number=_meant(number), now=now())
    chosen = as_id(agreement)
    if chosen is None and len(offered.choices) == 1:
        chosen = offered.choices[0].id
    return offered, None if chosen is None else authorizing.agreement_of(session(), offered, agreement_id=chosen)


def _meant(number: str) -> str:
    meant = parse(number)
    if not isinstance(meant, str):
        raise NotFound("There is no such certificate.")
    return meant


def _letter_form(offered: Offer, under: AgreementDetail, form: LetterForm, status: int = 200) -> Response:
    form.offer(under, offered.agency.state)
    moment = now()
    if status != 200 and form.starts_on.data and not form.starts_on.errors:
        moment = authorizing.starts_at(form.starts_on.data, zone=under.time_zone, now=now())
    found = authorizing.conditions(session(), offered, under, starts_at=moment, now=now())
    return page(
        "authorizations/new_authorization.html",
        offer=offered,
        agreement=under,
        form=form,
        gates=found,
        missing=unmet(found),
        ends_at=ends_by_rule(under.rule_set, starts_at=moment, zone=under.time_zone),
        number=display(offered.row.newest.number),
        models=MODELS,
        status=status,
    )


@blueprint.post("/certificates/<number>/authorizations")
@access(Permission.AUTHORIZATION_MANAGE, step_up=True)
def authorize(number: str) -> ResponseReturnValue:
    """Record an authorization."""
    form = LetterForm.from_request()
    offered, under = _offered(number, request.form.get("agreement", ""))
    if under is None:
        raise NotFound("There is no such agreement.")
    form.offer(under, offered.agency.state)
    if not form.validate():
        return _letter_form(offered, under, form, 422)
    sent: dict[str, Any] = {"draft": form.draft(under.id, offered.agency.state), "terms": Terms.of(settings()), "form_id": form.id_shown}
    try:
        made = authorizing.authorize(session(), actor=current_identity(), number=_meant(number), now=now(), **sent)
    except AlreadyRecorded:
        return redirect(url_for("authorizations.authorizations"), 303)
    except (Invalid, authorizing.NotReady) as refusal:
        form.functions.errors = [str(refusal)]
        return _letter_form(offered, under, form, 422)
    return redirect(url_for("authorizations.authorization", authorization_id=made), 303)


# --- One of them ----------------------------------------------------------------------------------------------------


@blueprint.get("/authorizations/<uuid:authorization_id>")
@access(Permission.AUTHORIZATION_READ)
def authorization(authorization_id: uuid.UUID) -> ResponseReturnValue:
    """One authorization with everything that was recorded of it."""
    return _authorization(seen(authorization_id))


def seen(authorization_id: uuid.UUID) -> AuthorizationRow:
    """The authorization, if the person may see it."""
    found = queries.authorization(session(), identity=current_identity(), authorization_id=authorization_id)
    if found is None:
        raise NotFound("There is no such authorization.")
    return found


def _authorization(found: AuthorizationRow, status: int = 200, **sent: Any) -> Response:
    identity, ids = current_identity(), [found.id]
    handles = identity.may(Permission.COMPLAINT_MANAGE)
    return page(
        "authorizations/authorization.html",
        row=found,
        standing=found.standing_now(now()),
        complaints=complaint_queries.about(session(), authorization_ids=ids) if handles else [],
        handles=handles,
        decides=identity.may(Permission.AUTHORIZATION_MANAGE) and identity.officer_id != found.officer_id,
        now=now(),
        today=today_in(found.time_zone, now()),
        models=MODELS,
        status=status,
        **_recorded(found, sent),
    )


def _recorded(found: AuthorizationRow, sent: dict[str, Any]) -> dict[str, Any]:
    """What was recorded under an authorization, with the form of each kind; one that was sent comes back as it was filled."""
    ids, today = [found.id], today_in(found.time_zone, now())
    facts: dict[str, Any] = {
        "receipts": queries.receipts(session(), authorization_ids=ids),
        "notices": queries.notices_of_moves(session(), authorization_id=found.id),
        "requirements": refreshing.requirements(session(), authorization_ids=ids),
        "plan": refreshing.plan_of(session(), row=found),
    }
    forms = {
        "notice_form": NoticeForm(prefix="notice-"),
        "receipt_form": ReceiptForm(prefix="receipt-", data={"issued_on": today}),
        "return_form": ReturnForm(prefix="return-", data={"returned_on": today}),
        "refresher_form": RefresherForm(prefix="refresher-"),
        "settlement_form": SettlementForm(prefix="settlement-", data={"on": today}),
    } | sent
    forms["notice_form"].offer(facts["notices"])
    forms["return_form"].offer(facts["receipts"])
    forms["refresher_form"].offer(facts["plan"])
    forms["settlement_form"].offer(facts["requirements"])
    return facts | forms


@blueprint.get("/authorizations/<uuid:authorization_id>/moves/new")
@access(Permission.AUTHORIZATION_MANAGE)
def new_move(authorization_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a move."""
    return _move_form(seen(authorization_id), MoveForm())


def _move_form(found: AuthorizationRow, form: MoveForm, status: int = 200) -> Response:
    rule_set = queries.rule_set_of(session(), agreement_id=found.agreement_id)
    return page("authorizations/new_move.html", row=found, standing=found.standing_now(now()), form=form, rule_set=rule_set, status=status)


@blueprint.post("/authorizations/<uuid:authorization_id>/moves")
@access(Permission.AUTHORIZATION_MANAGE, step_up=True)
def move(authorization_id: uuid.UUID) -> ResponseReturnValue:
    """Suspend, reinstate, withdraw or revoke."""
    found, form = seen(authorization_id), MoveForm.from_request()
    if not form.validate():
        return _move_form(found, form, 422)
    try:
        step = form.step(found.time_zone, now())
        service.move(session(), actor=current_identity(), authorization_id=found.id, step=step, now=now())
    except service.NotSo as refusal:
        form.kind.errors = [str(refusal)]
        return _move_form(found, form, 422)
    return _back(found)


def _back(found: AuthorizationRow) -> ResponseReturnValue:
    return redirect(url_for("authorizations.authorization", authorization_id=found.id), 303)


@blueprint.post("/authorizations/<uuid:authorization_id>/notices")
@access(Permission.AUTHORIZATION_MANAGE)
def give_notice(authorization_id: uuid.UUID) -> ResponseReturnValue:
    """Record that a notice was given."""
    found, form = seen(authorization_id), NoticeForm.from_request(prefix="notice-")
    form.offer(queries.notices_of_moves(session(), authorization_id=found.id))
    if not form.validate():
        return _authorization(found, 422, notice_form=form)
    try:
        sent = {"notice_id": form.notice.data, "given_at": form.given_at(found.time_zone, now()), "note": form.note.data}
        service.give_notice(session(), actor=current_identity(), about=found.id, now=now(), **sent)
    except service.NotSo as refusal:
        form.on.errors = [str(refusal)]
        return _authorization(found, 422, notice_form=form)
    return _back(found)


@blueprint.post("/authorizations/<uuid:authorization_id>/receipts")
@access(Permission.AUTHORIZATION_MANAGE)
def hand_out(authorization_id: uuid.UUID) -> ResponseReturnValue:
    """Record that something was handed out."""
    found, form = seen(authorization_id), ReceiptForm.from_request(prefix="receipt-")
    if not form.validate():
        return _authorization(found, 422, receipt_form=form)
    try:
        sent = {"kind": form.kind.data, "serial": form.serial.data, "issued_on": form.issued_on.data}
        service.hand_out(session(), actor=current_identity(), authorization_id=found.id, now=now(), **sent)
    except service.NotSo as refusal:
        form.serial.errors = [str(refusal)]
        return _authorization(found, 422, receipt_form=form)
    return _back(found)


@blueprint.post("/authorizations/<uuid:authorization_id>/returns")
@access(Permission.AUTHORIZATION_MANAGE)
def take_back(authorization_id: uuid.UUID) -> ResponseReturnValue:
    """Record that something came back."""
    found, form = seen(authorization_id), ReturnForm.from_request(prefix="return-")
    form.offer(queries.receipts(session(), authorization_ids=[found.id]))
    if not form.validate():
        return _authorization(found, 422, return_form=form)
    try:
        sent = {"receipt_id": form.receipt.data, "returned_on": form.returned_on.data, "note": form.note.data or ""}
        service.take_back(session(), actor=current_identity(), authorization_id=found.id, now=now(), **sent)
    except service.NotSo as refusal:
        form.returned_on.errors = [str(refusal)]
        return _authorization(found, 422, return_form=form)
    return _back(found)


@blueprint.post("/authorizations/<uuid:authorization_id>/refreshers")
@access(Permission.AUTHORIZATION_MANAGE)
def demand(authorization_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the officer for further training."""
    found, form = seen(authorization_id), RefresherForm.from_request(prefix="refresher-")
    form.offer(refreshing.plan_of(session(), row=found))
    if not form.validate():
        return _authorization(found, 422, refresher_form=form)
    try:
        refreshing.demand(session(), actor=current_identity(), authorization_id=found.id, wanted=form.wanted, now=now())
    except refreshing.NotYet as refusal:
        form.due_on.errors = [str(refusal)]
        return _authorization(found, 422, refresher_form=form)
    return _back(found)


@blueprint.post("/authorizations/<uuid:authorization_id>/settlements")
@access(Permission.AUTHORIZATION_MANAGE)
def settle(authorization_id: uuid.UUID) -> ResponseReturnValue:
    """Record that training was done or waived."""
    found, form = seen(authorization_id), SettlementForm.from_request(prefix="settlement-")
    form.offer(refreshing.requirements(session(), authorization_ids=[found.id]))
    if not form.validate():
        return _authorization(found, 422, settlement_form=form)
    try:
        sent = {"outcome": refreshing.Outcome(form.outcome.data), "on": form.on.data, "note": form.note.data or ""}
        refreshing.settle(session(), actor=current_identity(), requirement_id=form.requirement.data, now=now(), **sent)
    except refreshing.NotYet as refusal:
        form.on.errors = [str(refusal)]
        return _authorization(found, 422, settlement_form=form)
    return _back(found)


blueprints = [
    blueprint,
    officer_views.blueprint,
    certification_views.blueprint,
    complaint_views.blueprint,
    refresher_views.blueprint,
    answer_views.blueprint,
]
