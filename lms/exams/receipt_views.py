"""The receipt of a closed exam: to read, to keep, and for anybody to check."""

import uuid

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.exams import queries, receipts
from lms.exams.queries import Sheet
from lms.exams.receipts import NoReceipt
from lms.web.guard import PUBLIC, access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session, settings

blueprint = Blueprint("receipts", __name__)


@blueprint.get("/attempts/<uuid:attempt_id>/receipt")
@access(Permission.COURSE_TAKE)
def receipt(attempt_id: uuid.UUID) -> Response:
    """The receipt, and how to check it."""
    sheet = queries.sheet(session(), actor=current_identity(), attempt_id=attempt_id)
    if sheet.is_open(now()):
        return redirect(url_for("exams.going_on", attempt_id=attempt_id))
    return page("exams/receipt.html", sheet=sheet, text=_text(sheet))


@blueprint.get("/attempts/<uuid:attempt_id>/receipt/file")
@access(Permission.COURSE_TAKE)
def download(attempt_id: uuid.UUID) -> Response:
    """The receipt as a file to keep."""
    sheet = queries.sheet(session(), actor=current_identity(), attempt_id=attempt_id)
    if sheet.is_open(now()):
        return redirect(url_for("exams.going_on", attempt_id=attempt_id))
    response = Response(_text(sheet), mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="exam-receipt-{attempt_id}.txt"'
    return response


def _text(sheet: Sheet) -> str:
    found = receipts.receipt(session(), sheet=sheet)
    address = url_for("receipts.checking", _external=True)
    return receipts.written(
        found, title=sheet.policy.title, officer_name=sheet.officer_name, site_name=settings().product_name, address=address
    )


@blueprint.get("/receipts")
@access(PUBLIC)
def checking() -> Response:
    """The page on which anybody checks a receipt."""
    return page("exams/receipt_check.html", text="", fault="", found=None)


@blueprint.post("/receipts")
@access(PUBLIC, reading_only=True)
def check() -> Response:
    """Check a receipt against the records."""
    text = request.form.get("text", "")
    try:
        found = receipts.check(session(), text=text)
    except NoReceipt as refusal:
        return page("exams/receipt_check.html", text=text, fault=str(refusal), found=None, status=422)
    return page("exams/receipt_check.html", text=text, fault="", found=found)
