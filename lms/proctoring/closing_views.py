"""Closing a sitting, and its report."""

import uuid

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.proctoring import closing, console_queries, report_queries
from lms.proctoring.closing import StillOpen, Unruled
from lms.proctoring.console_forms import ClosingForm
from lms.questions.views import led_to_sign
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import abandon, now, session

blueprint = Blueprint("closings", __name__, template_folder="templates")


@blueprint.get("/sittings/<uuid:sitting_id>/closing")
@access(Permission.EXAM_ADMIT)
def closing_page(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """What the report will say, and the proctor's own words."""
    return led_to_sign() or _closing_page(sitting_id, ClosingForm())


def _closing_page(sitting_id: uuid.UUID, form: ClosingForm, *, status: int = 200) -> ResponseReturnValue:
    actor = current_identity()
    ground = console_queries.ground(session(), actor=actor, sitting_id=sitting_id)
    if ground.closed_at is not None:
        return redirect(url_for("closings.report", sitting_id=sitting_id), 303)
    report = report_queries.report(session(), actor=actor, ground=ground, now=now())
    return page("console/closing.html", status=status, ground=ground, report=report, form=form, moment=report_moment)


@blueprint.post("/sittings/<uuid:sitting_id>/closing")
@access(Permission.EXAM_ADMIT, step_up=True)
def close(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """Close the sitting and freeze its report."""
    form = ClosingForm.from_request()
    if not form.validate():
        return _closing_page(sitting_id, form, status=422)
    try:
        closing.close(session(), actor=current_identity(), sitting_id=sitting_id, words=form.words, now=now())
    except (StillOpen, Unruled) as refusal:
        abandon()
        form.form_errors.append(str(refusal))
        return _closing_page(sitting_id, form, status=409)
    return redirect(url_for("closings.report", sitting_id=sitting_id), 303)


@blueprint.get("/sittings/<uuid:sitting_id>/report")
@access(Permission.EXAM_REVIEW)
def report(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """The report of a closed sitting, as it was frozen."""
    to_sign = led_to_sign()
    return to_sign or _report(sitting_id)


def _report(sitting_id: uuid.UUID) -> Response:
    actor = current_identity()
    ground = console_queries.ground(session(), actor=actor, sitting_id=sitting_id, reading=True)
    closed = report_queries.closing(session(), sitting_id=sitting_id)
    if closed is None:
        raise console_queries.NoSuchSitting("This sitting has no report yet.")
    frozen, at = closed
    later = report_queries.recorded_after(session(), sitting_id=sitting_id, since=at)
    return page("console/report.html", ground=ground, report=frozen, later=later, moment=report_moment)


report_moment = report_queries.moment_of
