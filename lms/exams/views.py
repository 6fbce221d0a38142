"""The pages of an exam: gates and rules, one question a page, review, result."""

import uuid
from dataclasses import dataclass, replace

from flask import Blueprint, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.courses.manifest import lessons_of
from lms.exams import (
    browsers,
    devices,
    history,
    paper_views,
    planning,
    pulse_views,
    queries,
    receipt_views,
    remediation,
    remediation_views,
    responses,
    retakes,
    rules,
    service,
    starting,
    statistics_views,
    timing,
)
from lms.exams.forms import StartForm, TwoInOnePlace, as_sent, change_sent, filled
from lms.exams.queries import QuestionShown, Sheet
from lms.exams.release_rules import RELEASE_WORDS
from lms.exams.responses import ResponseTooLong
from lms.exams.retakes import Standing
from lms.exams.rules import AnswerState
from lms.exams.service import AttemptClosed, AttemptPaused, OtherDevice, Receipt
from lms.exams.starting import Seen, WrongCode, WrongPlace
from lms.kernel.errors import Invalid
from lms.kernel.ids import digest
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import abandon, now, session, settings, writing

blueprint = Blueprint("exams", __name__, template_folder="templates")
CONFIG_KEY_HEADER = "X-SafeExamBrowser-ConfigKeyHash"
blueprint.register_error_handler(OtherDevice, browsers.other_device)
blueprint.register_error_handler(AttemptPaused, browsers.paused)


@dataclass(frozen=True, slots=True)
class Place:
    """One number of the navigator."""

    number: int
    seen: bool
    answered: bool
    flagged: bool
    url: str


@blueprint.get("/enrollments/<uuid:enrollment_id>/exams/<exam_id>")
@access(Permission.COURSE_TAKE)
def exam(enrollment_id: uuid.UUID, exam_id: str) -> Response:
    """What the exam asks, which gates are open and which are not, its rules, and the way in."""
    return _exam_page(enrollment_id, exam_id, StartForm())


def _exam_page(enrollment_id: uuid.UUID, exam_id: str, form: StartForm, status: int = 200) -> Response:
    plan = planning.plan(session(), enrollment_id=enrollment_id, exam_id=exam_id, officer_id=current_identity().officer_id)
    found = planning.all_tries(session(), enrollment_id=enrollment_id)
    facts = planning.readiness(session(), exam=plan, found=found, now=now())
    sitting = planning.sitting_of(session(), exam=plan, now=now())
    plan = replace(plan, policy=planning.own_policy(session(), exam=plan, sitting=sitting, now=now()))
    tries = [one for one in found if one.exam_id == exam_id]
    gates = rules.gates(facts)
    open_try = next((one for one in tries if timing.is_open(now(), one.due_at, one.paused_at)), None)
    shown_page = page(
        "exams/exam.html",
        status=status,
        plan=plan,
        tries=tries,
        gates=[{"label": g.name, "state": "met" if g.met else "not met", "reason": g.why, "source": g.source} for g in gates],
        may_start=all(gate.met for gate in gates) or open_try is not None,
        open_try=open_try,
        sitting=sitting,
        standing=facts.standing,
        Standing=Standing,
        release_words=RELEASE_WORDS,
        form=form,
    )
    return browsers.keeping(shown_page, browsers.secret_held())


@blueprint.post("/enrollments/<uuid:enrollment_id>/exams/<exam_id>/attempts")
@access(Permission.COURSE_TAKE)
def start(enrollment_id: uuid.UUID, exam_id: str) -> Response:
    """Start the attempt, or go on with the one that is open."""
    form = StartForm.from_request()
    if not form.validate():
        return _exam_page(enrollment_id, exam_id, form, status=422)
    actor = current_identity()
    try:
        attempt_id = starting.start(
            session(), actor=actor, enrollment_id=enrollment_id, exam_id=exam_id, code=form.code.data or "", now=now(), seen=_seen()
        )
    except WrongPlace as refusal:
        form.form_errors.append(str(refusal))
        return _exam_page(enrollment_id, exam_id, form, status=403)
    except WrongCode as refusal:
        abandon()
        with writing() as own:
            starting.note_wrong_code(own, actor=actor, enrollment_id=enrollment_id, exam_id=exam_id, now=now())
        form.code.errors = [str(refusal)]
        return _exam_page(enrollment_id, exam_id, form, status=422)
    secret = browsers.secret_held()
    devices.bind(session(), attempt_id=attempt_id, device=digest(secret))
    return browsers.keeping(redirect(url_for("exams.question", attempt_id=attempt_id, position=1)), secret)


@blueprint.get("/attempts/<uuid:attempt_id>")
@access(Permission.COURSE_TAKE)
def going_on(attempt_id: uuid.UUID) -> Response:
    """Lead to the first question without an answer, or to the result."""
    sheet = queries.sheet(session(), actor=current_identity(), attempt_id=attempt_id)
    if not sheet.is_open(now()):
        return redirect(url_for("exams.result", attempt_id=attempt_id))
    return redirect(url_for("exams.question", attempt_id=attempt_id, position=queries.first_gap(sheet)))


def _seen() -> Seen:
    """The browser that asks to start. Its address counts hops as the setting for trusted proxies says."""
    sent = request.headers.get(CONFIG_KEY_HEADER, "")
    return Seen(request.remote_addr or "", f"{settings().url}{request.path}", sent[:100])


@blueprint.get("/attempts/<uuid:attempt_id>/questions/<int:position>")
@access(Permission.COURSE_TAKE)
def question(attempt_id: uuid.UUID, position: int) -> Response:
    """One question, with the numbered navigator, the flag, the time left and whether everything is saved."""
    sheet = queries.sheet(session(), actor=current_identity(), attempt_id=attempt_id)
    if not sheet.is_open(now()):
        return redirect(url_for("exams.result", attempt_id=attempt_id))
    secret = browsers.taken(sheet)
    _refuse_paused(sheet)
    shown = queries.question(session(), paper_hash=sheet.paper_hash, position=position)
    if position not in sheet.seen:
        with writing() as own:
            service.note_view(own, attempt_id=attempt_id, position=position, now=now())
    shown_page = _question_page(sheet, shown)
    return browsers.keeping(shown_page, secret) if secret else shown_page


def _refuse_paused(sheet: Sheet) -> None:
    """Nobody reads on while their time stands still."""
    if sheet.paused_at is not None:
        raise AttemptPaused("Your exam is paused. Your time stands still; go on when the proctor resumes it.")


def _question_page(sheet: Sheet, shown: QuestionShown, *, error: str = "") -> Response:
    """The page of a question: as it was saved, or with `error` as the form sent it."""
    answer = sheet.answers.get(shown.position, AnswerState())
    refused = None
    if "conflict" in request.args:
        refused = queries.refused(session(), attempt_id=sheet.attempt_id, position=shown.position)
    return page(
        "exams/question.html",
        status=422 if error else 200,
        sheet=sheet,
        question=shown,
        answer=answer,
        filled=as_sent() if error else filled(shown, answer.response),
        flagged="flagged" in request.form if error else answer.flagged,
        error=error,
        refused=responses.in_words(shown.content, refused[0]) if refused else "",
        places=_places(sheet, current=shown.position),
        now=now(),
        saved=max((one.at for one in sheet.answers.values() if one.at), default=None),
        reference=queries.reference(session(), sheet.policy.reference),
    )


def _places(sheet: Sheet, *, current: int = 0) -> list[Place]:
    folder = url_for("exams.question", attempt_id=sheet.attempt_id, position=0).removesuffix("0")
    return [
        Place(
            number=number,
            seen=number in sheet.seen or number == current,
            answered=(state := sheet.answers.get(number, AnswerState())).response is not None,
            flagged=state.flagged,
            url=f"{folder}{number}",
        )
        for number in range(1, sheet.policy.questions + 1)
    ]


@blueprint.post("/attempts/<uuid:attempt_id>/questions/<int:position>/answer")
@access(Permission.COURSE_TAKE)
def answer(attempt_id: uuid.UUID, position: int) -> Response:
    """Save one change. A script gets a receipt; a plain form goes on to the place that its button names."""
    try:
        change = change_sent(position)
        receipt = service.answer(
            session(), actor=current_identity(), attempt_id=attempt_id, change=change, now=now(), device=browsers.digest_sent()
        )
    except AttemptClosed as refusal:
        if browsers.by_script():
            return _closed(attempt_id, refusal)
        return redirect(url_for("exams.result", attempt_id=attempt_id))
    except (TwoInOnePlace, ResponseTooLong) as refusal:
        if browsers.by_script():
            raise
        return _sent_back(attempt_id, position, refusal)
    if browsers.by_script():
        return _receipt(receipt)
    return redirect(_onward(attempt_id, position, receipt))


def _sent_back(attempt_id: uuid.UUID, position: int, refusal: Invalid) -> Response:
    """The question again, with what was typed."""
    sheet = queries.sheet(session(), actor=current_identity(), attempt_id=attempt_id)
    return _question_page(sheet, queries.question(session(), paper_hash=sheet.paper_hash, position=position), error=str(refusal))


def _receipt(receipt: Receipt) -> Response:
    body = {
        "position": receipt.position,
        "response": receipt.response,
        "flagged": receipt.flagged,
        "revision": receipt.revision,
        "at": receipt.at.isoformat(timespec="milliseconds") if receipt.at else None,
        "now": now().isoformat(timespec="milliseconds"),
    }
    response = jsonify(body)
    response.status_code = 409 if receipt.conflict else 200
    return response


def _closed(attempt_id: uuid.UUID, refusal: AttemptClosed) -> Response:
    response = jsonify(error="closed", detail=str(refusal), result=url_for("exams.result", attempt_id=attempt_id))
    response.status_code = 410
    return response


def _onward(attempt_id: uuid.UUID, position: int, receipt: Receipt) -> str:
    if receipt.conflict:
        return url_for("exams.question", attempt_id=attempt_id, position=position, conflict="yes")
    wanted = request.form.get("go", "")
    if wanted == "review":
        return url_for("exams.review", attempt_id=attempt_id)
    return url_for("exams.question", attempt_id=attempt_id, position=int(wanted) if wanted.isdecimal() and len(wanted) < 10 else position)


@blueprint.get("/attempts/<uuid:attempt_id>/review")
@access(Permission.COURSE_TAKE)
def review(attempt_id: uuid.UUID) -> Response:
    """What is unanswered and what is flagged, before handing in."""
    sheet = queries.sheet(session(), actor=current_identity(), attempt_id=attempt_id)
    if not sheet.is_open(now()):
        return redirect(url_for("exams.result", attempt_id=attempt_id))
    secret = browsers.taken(sheet)
    _refuse_paused(sheet)
    places = _places(sheet)
    shown_page = page(
        "exams/review.html",
        sheet=sheet,
        places=places,
        unanswered=[place for place in places if not place.answered],
        flagged=[place for place in places if place.flagged],
        release_words=RELEASE_WORDS,
        now=now(),
    )
    return browsers.keeping(shown_page, secret) if secret else shown_page


@blueprint.post("/attempts/<uuid:attempt_id>/submission")
@access(Permission.COURSE_TAKE)
def submission(attempt_id: uuid.UUID) -> Response:
    """Hand the attempt in."""
    service.submit(session(), actor=current_identity(), attempt_id=attempt_id, now=now(), device=browsers.digest_sent())
    return redirect(url_for("exams.result", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/result")
@access(Permission.COURSE_TAKE)
def result(attempt_id: uuid.UUID) -> Response:
    """Score, passed or not, by objective, and what happens next; never the key."""
    sheet = queries.sheet(session(), actor=current_identity(), attempt_id=attempt_id)
    outcome = queries.outcome(session(), shown=sheet, now=now())
    if outcome is None and not sheet.is_open(now()):
        return page("exams/waiting.html", sheet=sheet, release=sheet.policy.release)
    if outcome is None:
        return redirect(url_for("exams.question", attempt_id=attempt_id, position=queries.first_gap(sheet)))
    manifest = remediation.manifest_of(session(), enrollment_id=sheet.enrollment_id)
    tries = planning.all_tries(session(), enrollment_id=sheet.enrollment_id)
    known = [replace(one, passed=outcome.passed, voided=outcome.voided) if one.attempt_id == attempt_id else one for one in tries]
    return page(
        "exams/result.html",
        sheet=sheet,
        outcome=outcome,
        standing=planning.standing_of(known, exam_id=sheet.exam_id, terms=sheet.policy.terms),
        retakes=retakes,
        Standing=Standing,
        objectives={one["id"]: one["text"] for lesson in lessons_of(manifest) for one in lesson["objectives"]},
        review=remediation.lessons_to_review(manifest, outcome.score.by_objective),
        history=history.history(session(), attempt_id=attempt_id),
    )


blueprints = [
    blueprint,
    paper_views.blueprint,
    pulse_views.blueprint,
    receipt_views.blueprint,
    remediation_views.blueprint,
    statistics_views.blueprint,
]
