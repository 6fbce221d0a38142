"""The whole paper for the memory of the page that shows it, and what was shown of it."""

import uuid

from flask import Blueprint, jsonify, render_template, request
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.exams import browsers, pulse, queries, service, signals
from lms.exams.forms import filled
from lms.exams.queries import Sheet
from lms.exams.rules import AnswerState
from lms.exams.service import AttemptClosed
from lms.kernel.errors import Invalid
from lms.web.guard import access, current_identity
from lms.web.transaction import now, session, writing

blueprint = Blueprint("exam_page", __name__)
blueprint.register_error_handler(service.OtherDevice, browsers.other_device)
blueprint.register_error_handler(service.AttemptPaused, browsers.paused)


@blueprint.post("/attempts/<uuid:attempt_id>/paper")
@access(Permission.COURSE_TAKE, reading_only=True)
def paper(attempt_id: uuid.UUID) -> Response:
    """Every question as its page shows it, so that the officer goes on without a network. That it was handed out is on record."""
    sheet = queries.sheet(session(), actor=current_identity(), attempt_id=attempt_id)
    if not sheet.is_open(now()):
        raise AttemptClosed("Your time is over. Everything saved before the deadline counts.")
    secret = browsers.taken(sheet)
    if sheet.paused_at is not None:
        raise service.AttemptPaused("Your exam is paused. Go on when the proctor resumes it.")
    shown = [_as_json(sheet, one) for one in queries.questions(session(), paper_hash=sheet.paper_hash)]
    with writing() as own:
        signals.record(own, actor=current_identity(), attempt_id=attempt_id, signal=signals.Signal.PAPER, now=now(), at_most=1)
    handed = jsonify(questions=shown)
    return browsers.keeping(handed, secret) if secret else handed


def _as_json(sheet: Sheet, question: queries.QuestionShown) -> dict[str, object]:
    answer = sheet.answers.get(question.position, AnswerState())
    return {
        "position": question.position,
        "html": render_template(
            "exams/question_form.html",
            sheet=sheet,
            question=question,
            answer=answer,
            filled=filled(question, answer.response),
            flagged=answer.flagged,
        ),
        "response": answer.response,
        "flagged": answer.flagged,
        "revision": answer.revision,
    }


@blueprint.post("/attempts/<uuid:attempt_id>/views")
@access(Permission.COURSE_TAKE)
def views(attempt_id: uuid.UUID) -> Response:
    """Record that the page showed a question from its memory, so many milliseconds ago."""
    found = pulse.pulse(session(), actor=current_identity(), attempt_id=attempt_id, now=now())
    service.require_device(found.device, browsers.digest_sent())
    position, ago = request.form.get("position", ""), request.form.get("ago", "0")
    if not (position.isdecimal() and ago.isdecimal() and len(position + ago) < 12 and 1 <= int(position) <= found.questions):
        raise Invalid("The page sent something this exam does not know.")
    if not found.closed:
        service.note_view(session(), attempt_id=attempt_id, position=int(position), now=found.moment(int(ago)))
    return jsonify(recorded=not found.closed)
