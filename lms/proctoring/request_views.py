"""Timelines of attempts, and acts that take two persons: asking, the list of what waits, confirming and declining."""

import uuid

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.exams.acts import NoTime
from lms.kernel.errors import Conflict, Refusal
from lms.proctoring import request_queries, requesting, timelines
from lms.proctoring.console_forms import DecisionForm, RequestForm
from lms.proctoring.requesting import AlreadyAsked, NoMinutes, NoSuchRequest, NotAskable
from lms.proctoring.timelines import Timeline
from lms.questions.views import led_to_sign
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import abandon, now, session

blueprint = Blueprint("requests", __name__, template_folder="templates")
LINES_PER_PAGE = 200


@blueprint.get("/attempts/<uuid:attempt_id>/timeline")
@access(Permission.EXAM_REVIEW)
def timeline(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """What happened to an attempt, in order; on request without the answers that were saved and seen."""
    to_sign = led_to_sign()
    if to_sign is not None:
        return to_sign
    found, brief = _timeline(attempt_id), request.args.get("show") == "acts"
    lines = [line for line in found.lines if not brief or line.about not in {"saved", "seen"}]
    number = page_asked()
    return page(
        "console/timeline.html",
        timeline=found,
        lines=lines[LINES_PER_PAGE * (number - 1) : LINES_PER_PAGE * number],
        brief=brief,
        number=number,
        pages=pages_of(len(lines), LINES_PER_PAGE),
    )


def _timeline(attempt_id: uuid.UUID) -> Timeline:
    return timelines.timeline(session(), actor=current_identity(), attempt_id=attempt_id, now=now())


@blueprint.get("/attempts/<uuid:attempt_id>/requests")
@access(Permission.EXAM_REVIEW)
def new_request(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """The form on which somebody asks for an act that takes two persons."""
    return led_to_sign() or _new_request_page(attempt_id, RequestForm(data={"asked": "", "reason": "", "minutes": 0}))


def _new_request_page(attempt_id: uuid.UUID, form: RequestForm, *, status: int = 200) -> Response:
    return page("console/new_request.html", status=status, timeline=_timeline(attempt_id), form=form)


@blueprint.post("/attempts/<uuid:attempt_id>/requests")
@access(Permission.EXAM_REVIEW)
def ask(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for it."""
    actor, form = current_identity(), RequestForm.from_request()
    if not form.validate():
        return _new_request_page(attempt_id, form, status=422)
    seen = _timeline(attempt_id)
    try:
        made = requesting.ask(session(), actor=actor, attempt_id=seen.attempt_id, wanted=form.wanted, request_id=form.id_shown, now=now())
    except (AlreadyAsked, NoMinutes, NotAskable) as refusal:
        form.form_errors.append(str(refusal))
        return _new_request_page(attempt_id, form, status=422)
    return redirect(url_for("requests.detail", request_id=made), 303)


@blueprint.get("/exam-requests")
@access(Permission.EXAM_REVIEW)
def requests() -> ResponseReturnValue:
    """Acts that take two persons: those that wait first."""
    to_sign = led_to_sign()
    if to_sign is not None:
        return to_sign
    rows, count = request_queries.requests(session(), actor=current_identity(), page=page_asked(), now=now())
    pages = pages_of(count, request_queries.PER_PAGE)
    return page("console/requests.html", rows=rows, number=page_asked(), pages=pages, me=current_identity().user_id)


@blueprint.get("/exam-requests/<uuid:request_id>")
@access(Permission.EXAM_REVIEW)
def detail(request_id: uuid.UUID) -> ResponseReturnValue:
    """One request, with what whoever decides must know."""
    return led_to_sign() or _detail_page(request_id, DecisionForm())


def _detail_page(request_id: uuid.UUID, form: DecisionForm, *, status: int = 200) -> Response:
    row = request_queries.request(session(), actor=current_identity(), request_id=request_id, now=now())
    if row is None:
        raise NoSuchRequest("There is no such request.")
    lines = timelines.acts_of(session(), attempt_id=row.attempt_id, zone=row.zone)
    return page("console/request.html", status=status, row=row, form=form, me=current_identity().user_id, lines=lines)


def _refused(request_id: uuid.UUID, form: DecisionForm, refusal: Refusal) -> Response:
    """The request as it stands now, with why it could not be decided so, and the note that was typed."""
    abandon()
    form.form_errors.append(str(refusal))
    return _detail_page(request_id, form, status=409)


@blueprint.post("/exam-requests/<uuid:request_id>/confirmation")
@access(Permission.EXAM_REVIEW, step_up=True)
def confirm(request_id: uuid.UUID) -> ResponseReturnValue:
    """Do, as the second person, what somebody else asked for."""
    form = DecisionForm.from_request()
    if not form.validate():
        return _detail_page(request_id, form, status=422)
    try:
        requesting.confirm(session(), actor=current_identity(), request_id=request_id, note=form.note.data or "", now=now())
    except (Conflict, NoSuchRequest, NoTime) as refusal:
        return _refused(request_id, form, refusal)
    return redirect(url_for("requests.detail", request_id=request_id), 303)


@blueprint.post("/exam-requests/<uuid:request_id>/refusal")
@access(Permission.EXAM_REVIEW, step_up=True)
def decline(request_id: uuid.UUID) -> ResponseReturnValue:
    """Decline a request, or take one's own back."""
    form = DecisionForm.from_request()
    if not form.validate() or not (form.note.data or "").strip():
        form.note.errors = ["Say why you decline: the record keeps it."]
        return _detail_page(request_id, form, status=422)
    try:
        requesting.decline(session(), actor=current_identity(), request_id=request_id, note=form.note.data, now=now())
    except NoSuchRequest as refusal:
        return _refused(request_id, form, refusal)
    return redirect(url_for("requests.detail", request_id=request_id), 303)
