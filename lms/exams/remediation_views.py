"""The instructor's page for the review between a failed exam and its retake."""

import uuid

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.exams import remediation
from lms.exams.remediation import Review, WrongReview
from lms.exams.remediation_forms import ReviewForm
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("remediation", __name__, template_folder="templates")


@blueprint.get("/attempts/<uuid:attempt_id>/reviews")
@access(Permission.ATTENDANCE_RECORD)
def reviews(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """Where the officer lost points, by lesson; what was reviewed so far; and the form."""
    return _reviews(attempt_id, ReviewForm())


@blueprint.post("/attempts/<uuid:attempt_id>/reviews")
@access(Permission.ATTENDANCE_RECORD)
def record(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """Record a review."""
    form = ReviewForm.from_request()
    if not form.validate():
        return _reviews(attempt_id, form, status=422)
    review = Review(form.reviewed.data.strip(), form.minutes.data, form.held_on.data)
    try:
        remediation.record(session(), actor=current_identity(), attempt_id=attempt_id, review=review, now=now())
    except WrongReview as refusal:
        form.held_on.errors = [str(refusal)]
        return _reviews(attempt_id, form, status=422)
    return redirect(url_for("remediation.reviews", attempt_id=attempt_id), 303)


def _reviews(attempt_id: uuid.UUID, form: ReviewForm, *, status: int = 200) -> ResponseReturnValue:
    failed = remediation.failed_attempt(session(), attempt_id=attempt_id)
    return page("exams/reviews.html", status=status, failed=failed, form=form)
