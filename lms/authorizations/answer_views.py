"""Asking whether an officer was certified and authorized at a moment: the page, its receipt, and the same for programs."""

import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.authorizations import answering
from lms.authorizations.answer_rules import Question, instant, place_code
from lms.authorizations.answering import Meant, NobodyMeant, NotAskable, Receipt
from lms.authorizations.forms import QuestionForm, function_choices
from lms.kernel.errors import Invalid, NotFound
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("answers", __name__, template_folder="templates")
LONGEST = 200


@blueprint.get("/standing-questions")
@access(Permission.AUTHORIZATION_READ)
def question() -> ResponseReturnValue:
    """The form."""
    form = QuestionForm(request.args)
    form.offer()
    return page("authorizations/question.html", form=form)


@blueprint.post("/standing-questions")
@access(Permission.AUTHORIZATION_READ)
def ask() -> ResponseReturnValue:
    """Answer a question, and leave its receipt."""
    form = QuestionForm.from_request()
    form.offer()
    if not form.validate():
        return page("authorizations/question.html", form=form, status=422)
    try:
        meant = _meant(form.number.data or "", form.name.data or "", form.agency.data or "")
        asked = _question(form, meant)
        made = answering.ask(session(), actor=current_identity(), question=asked, now=now())
    except NobodyMeant as refusal:
        form.number.errors = [str(refusal)]
        return page("authorizations/question.html", form=form, status=422)
    except NotAskable as refusal:
        form.county.errors = [str(refusal)]
        return page("authorizations/question.html", form=form, status=422)
    return redirect(url_for("answers.receipt", receipt_id=made), 303)


def _meant(number: str, name: str, agency: str) -> Meant:
    if number.strip():
        return answering.officer_of_number(session(), text=number)
    if not (name.strip() and agency.strip()):
        raise NobodyMeant("Enter the number of the certificate, or the officer's name and agency.")
    return answering.officer_of_name(session(), name=name, agency=agency)


def _question(form: QuestionForm, meant: Meant) -> Question:
    place, zone = place_code(form.state.data, form.county.data or ""), meant.time_zone
    if place is None:
        raise NotAskable("There is no county of that name in the State. Write it as it is written there, without “County”.")
    return Question(meant.officer_id, form.function.data, place, form.asked_at(zone, now()), form.known_at(zone, now()))


@blueprint.get("/standing-questions/<uuid:receipt_id>")
@access(Permission.AUTHORIZATION_READ)
def receipt(receipt_id: uuid.UUID) -> ResponseReturnValue:
    """The answer, by the receipt of its question."""
    found = _receipt(receipt_id)
    return page("authorizations/receipt.html", receipt=found, answer=found.answer, functions=dict(function_choices()), at=_at)


def _receipt(receipt_id: uuid.UUID) -> Receipt:
    found = answering.receipt(session(), receipt_id=receipt_id)
    if found is None:
        raise NotFound("There is no such receipt.")
    return found


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- For programs ---------------------------------------------------------------------------------------------------


@blueprint.post("/api/v1/standing-questions")
@access(Permission.AUTHORIZATION_READ)
def ask_by_program() -> ResponseReturnValue:
    """The same as JSON. Each question leaves its receipt, and so is a POST with the token of the session in X-CSRF-Token."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise Invalid("Send a JSON object.")
    told = {key: str(value)[:LONGEST] for key, value in sent.items()}
    meant = _meant(told.get("certificate", ""), told.get("name", ""), told.get("agency", ""))
    function = told.get("function", "")
    if function not in dict(function_choices()):
        raise Invalid("`function` is none that a template names.")
    asked = Question(meant.officer_id, function, told.get("place", ""), _instant(told, "at"), _instant(told, "known"))
    made = answering.ask(session(), actor=current_identity(), question=asked, now=now())
    return _told(_receipt(made)), 201


def _instant(sent: dict[str, str], key: str) -> datetime:
    """A moment as ISO 8601 with its offset; now when it is left out."""
    if key not in sent:
        return now()
    try:
        found = datetime.fromisoformat(sent[key])
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1900 <= found.year <= 2199:
        raise Invalid(f"`{key}` is no moment: write it as 2026-11-22T12:00:00Z.")
    return found


@blueprint.get("/api/v1/standing-questions/<uuid:receipt_id>")
@access(Permission.AUTHORIZATION_READ)
def answer(receipt_id: uuid.UUID) -> ResponseReturnValue:
    """The answer again, by the receipt of its question."""
    return _told(_receipt(receipt_id))


def _told(found: Receipt) -> Response:
    shape: dict[str, Any] = {
        "receipt": str(found.id),
        "asked_at": instant(found.asked_at),
        "reference": found.reference,
        "answer_sha256": found.answer_hash,
        "answer": found.answer,
    }
    return jsonify(shape)
