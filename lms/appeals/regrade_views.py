"""The pages of scoring again: the question, what a correction would do, asking for it, and the second person's word."""

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.appeals import regrade_queries as queries
from lms.appeals import regrade_rules as rules
from lms.appeals import regrade_service as service
from lms.appeals.forms import KIND_LABELS, CorrectionForm, ReasonForm
from lms.appeals.regrade_queries import PER_PAGE, Change, DryRun, QuestionSeen
from lms.appeals.regrade_service import NotCorrectable, PictureChanged
from lms.db.types import as_id
from lms.exams.correction_rules import CorrectionKind
from lms.questions import security
from lms.questions.views import led_to_sign
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.site import site
from lms.web.transaction import abandon, now, session, writing

blueprint = Blueprint("regrades", __name__, template_folder="templates")
LINES_SHOWN = 100


@blueprint.get("/regrades")
@access(Permission.EXAM_RULE)
def regrades() -> ResponseReturnValue:
    """Every request to score again, those that wait first; and the way to a question by its id."""
    number, wanted = page_asked(), request.args.get("question", "").strip()[:100]
    return page(
        "appeals/regrades.html",
        rows=queries.requests(session(), page=number),
        number=number,
        pages=pages_of(queries.request_count(session()), PER_PAGE),
        wanted=wanted,
        revisions=queries.revisions(session(), question_id=wanted) if wanted else [],
        labels=KIND_LABELS,
        me=current_identity().user_id,
    )


@blueprint.get("/regrades/questions/<question_hash>")
@access(Permission.EXAM_RULE)
def question(question_hash: str) -> ResponseReturnValue:
    """A question with what counts as right in it, and, once it is said what to do to it, what that would do. The sight is recorded."""
    seen = queries.question(session(), question_hash=question_hash)
    to_sign = led_to_sign()
    if to_sign:
        return to_sign
    if request.method == "HEAD":
        return Response()
    with writing() as own:
        security.note_sight(own, actor=current_identity(), question_hash=question_hash, purpose="scoring again", now=now())
    form = CorrectionForm(request.args if "kind" in request.args else None)
    form.offer(seen.choices)
    return _question(seen, form, ReasonForm(), asked="kind" in request.args)


def _question(seen: QuestionSeen, form: CorrectionForm, reason: ReasonForm, *, asked: bool, status: int = 200) -> Response:
    change = _change(seen, form) if asked and form.validate() else None
    fault = rules.fault_of_correction(seen.state, change.kind, change.accepted) if change else ""
    if fault:
        form.kind.errors = [fault]
    found = queries.dry_run(session(), change) if change and not fault else None
    challenge = as_id(request.values.get("challenge", ""))
    return page(
        "appeals/question.html",
        seen=seen,
        form=form,
        reason=reason,
        challenge=challenge,
        labels=KIND_LABELS,
        status=422 if asked and found is None else status,
        **_picture(found),
    )


def _change(seen: QuestionSeen, form: CorrectionForm) -> Change:
    kind = CorrectionKind(form.kind.data)
    accepted = tuple(sorted(set(form.accepted.data or ()))) if kind is CorrectionKind.KEY else ()
    return Change(seen.hash, kind, accepted, hold_harmless=form.hold_harmless.data != "no")


def _picture(found: DryRun | None) -> dict[str, Any]:
    """A dry run with the certificates that rest on results which would be lost; the first lines of a long one, those who flip first."""
    if found is None:
        return {"found": None}
    lost = [found.whose[line.attempt_id].enrollment_id for line in found.lines if line.flip is rules.Flip.LOST]
    certificates = site().certificates_on(session(), lost) if lost else {}
    return {"found": found, "lines": found.lines[:LINES_SHOWN], "certificates": certificates, "Flip": rules.Flip}


@blueprint.post("/regrades/questions/<question_hash>")
@access(Permission.EXAM_RULE, step_up=True)
def ask(question_hash: str) -> ResponseReturnValue:
    """Ask for what was looked at."""
    seen, form, reason = queries.question(session(), question_hash=question_hash), CorrectionForm.from_request(), ReasonForm.from_request()
    form.offer(seen.choices)
    if not (form.validate() and reason.validate()):
        return led_to_sign() or _question(seen, form, reason, asked=True, status=422)
    sent: dict[str, Any] = {"digest": request.form.get("digest", ""), "challenge_id": as_id(request.form.get("challenge", ""))}
    try:
        made = service.ask(session(), actor=current_identity(), change=_change(seen, form), reason=reason.reason.data, now=now(), **sent)
    except (NotCorrectable, PictureChanged) as refusal:
        form.form_errors.append(str(refusal))
        return _question(seen, form, reason, asked=True, status=409)
    return redirect(url_for("regrades.regrade", request_id=made), 303)


@blueprint.get("/regrades/<uuid:request_id>")
@access(Permission.EXAM_RULE)
def regrade(request_id: uuid.UUID) -> ResponseReturnValue:
    """A request with what it would do today, for the second person."""
    queries.request(session(), request_id=request_id)
    return led_to_sign() or _regrade(request_id)


def _regrade(request_id: uuid.UUID, *, refusal: str = "", form: ReasonForm | None = None, status: int = 200) -> Response:
    row = queries.request(session(), request_id=request_id)
    found = queries.dry_run(session(), row.change) if row.applied is None else None
    return page(
        "appeals/regrade.html",
        row=row,
        refusal=refusal,
        form=form or ReasonForm(),
        labels=KIND_LABELS,
        is_own=row.requested_by == current_identity().user_id,
        status=status,
        **_picture(found),
    )


@blueprint.post("/regrades/<uuid:request_id>/confirmation")
@access(Permission.EXAM_RULE, step_up=True)
def confirm(request_id: uuid.UUID) -> ResponseReturnValue:
    """Carry out what somebody else asked for."""
    try:
        service.confirm(session(), actor=current_identity(), request_id=request_id, now=now())
    except PictureChanged as refusal:
        abandon()
        return _regrade(request_id, refusal=str(refusal), status=409)
    return redirect(url_for("regrades.regrade", request_id=request_id), 303)


@blueprint.post("/regrades/<uuid:request_id>/refusal")
@access(Permission.EXAM_RULE, step_up=True)
def decline(request_id: uuid.UUID) -> ResponseReturnValue:
    """Decline a request, or take one's own back."""
    form = ReasonForm.from_request()
    if not form.validate():
        return led_to_sign() or _regrade(request_id, form=form, status=422)
    service.decline(session(), actor=current_identity(), request_id=request_id, reason=form.reason.data, now=now())
    return redirect(url_for("regrades.regrade", request_id=request_id), 303)
