"""The pages of a marker, and the date on which results come out."""

import uuid
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.exams import releasing
from lms.grading import queries, service
from lms.grading.forms import Line, MarkForm, ReleaseForm, lines_sent
from lms.grading.service import Given, WrongMarks
from lms.questions.views import led_to_sign
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("grading", __name__, template_folder="templates")


@blueprint.get("/grading")
@access(Permission.EXAM_MARK)
def desk() -> ResponseReturnValue:
    """How many written answers wait for this marker, and the way to the next."""
    found = queries.desk(session(), actor=current_identity(), now=now())
    return led_to_sign() or page("grading/desk.html", desk=found, done="marked" in request.args)


@blueprint.post("/grading/turns")
@access(Permission.EXAM_MARK)
def take() -> ResponseReturnValue:
    """Open the next answer."""
    if led_to_sign() is not None:
        return redirect(url_for("grading.desk"), 303)  # which leads to the agreement
    turn_id = service.take(session(), actor=current_identity(), now=now())
    return redirect(url_for("grading.turn", turn_id=turn_id), 303)


@blueprint.get("/grading/turns/<uuid:turn_id>")
@access(Permission.EXAM_MARK)
def turn(turn_id: uuid.UUID) -> ResponseReturnValue:
    """The question, its rubric, the text, and the form."""
    shown = _turn(turn_id, MarkForm())  # first, so that what is nobody's is told from nothing by nobody
    return led_to_sign() or shown


def _turn(
    turn_id: uuid.UUID, form: MarkForm, *, lines: list[Line] | None = None, error: str = "", status: int = 200
) -> ResponseReturnValue:
    found = queries.answer_to_mark(session(), actor=current_identity(), turn_id=turn_id)
    lines = lines or [Line(one) for one in found.rubric]
    return page("grading/turn.html", status=status, answer=found, form=form, lines=lines, error=error)


@blueprint.post("/grading/turns/<uuid:turn_id>/mark")
@access(Permission.EXAM_MARK)
def mark(turn_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the mark, which nobody changes any more."""
    form = MarkForm.from_request()
    rubric = queries.answer_to_mark(session(), actor=current_identity(), turn_id=turn_id).rubric
    if led_to_sign() is not None:
        return redirect(url_for("grading.turn", turn_id=turn_id), 303)
    lines = lines_sent(rubric, request.form)
    if not form.validate() or any(line.fault for line in lines):
        return _turn(turn_id, form, lines=lines, status=422)
    given = Given({line.criterion.id: int(line.typed) for line in lines}, form.comment.data or "", second_wanted=form.second_wanted.data)
    try:
        service.mark(session(), actor=current_identity(), turn_id=turn_id, given=given, now=now())
    except WrongMarks as refusal:
        return _turn(turn_id, form, lines=lines, error=str(refusal), status=422)
    return redirect(url_for("grading.desk", marked="yes"), 303)


@blueprint.get("/results")
@access(Permission.CLASS_MANAGE)
def held() -> ResponseReturnValue:
    """The exams whose results wait for a date."""
    return page("grading/held.html", rows=queries.held_results(session()))


@blueprint.get("/offerings/<uuid:offering_id>/exams/<exam_id>/release")
@access(Permission.CLASS_MANAGE)
def release(offering_id: uuid.UUID, exam_id: str) -> ResponseReturnValue:
    """When the results of one exam come out in a class."""
    return _release(offering_id, exam_id, ReleaseForm())


def _release(offering_id: uuid.UUID, exam_id: str, form: ReleaseForm, *, status: int = 200) -> ResponseReturnValue:
    found = queries.held(session(), offering_id=offering_id, exam_id=exam_id)
    return page("grading/release.html", status=status, held=found, form=form)


@blueprint.post("/offerings/<uuid:offering_id>/exams/<exam_id>/release")
@access(Permission.CLASS_MANAGE)
def set_release(offering_id: uuid.UUID, exam_id: str) -> ResponseReturnValue:
    """Set the day, or move it."""
    form = ReleaseForm.from_request()
    if not form.validate():
        return _release(offering_id, exam_id, form, status=422)
    found = queries.held(session(), offering_id=offering_id, exam_id=exam_id)
    released_at = datetime.combine(form.released_on.data, time(), ZoneInfo(found.time_zone))
    releasing.set_date(
        session(),
        actor=current_identity(),
        offering_id=offering_id,
        exam_id=exam_id,
        released_at=released_at,
        reason=form.reason.data,
        now=now(),
    )
    return redirect(url_for("grading.held"), 303)
