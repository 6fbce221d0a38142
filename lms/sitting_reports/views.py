"""The signed paper of a closed sitting."""

import uuid

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.certificates.paper_pages import stored_paper
from lms.proctoring import console_queries
from lms.questions.views import led_to_sign
from lms.sitting_reports.models import SittingPaper
from lms.web.guard import access, current_identity
from lms.web.transaction import session

blueprint = Blueprint("sitting_reports", __name__)


@blueprint.get("/sittings/<uuid:sitting_id>/report/paper")
@access(Permission.EXAM_REVIEW)
def paper(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """The signed report as a file to keep, or a page that asks again by itself while there is none."""
    return led_to_sign() or _paper(sitting_id)


def _paper(sitting_id: uuid.UUID) -> Response:
    ground = console_queries.ground(session(), actor=current_identity(), sitting_id=sitting_id, reading=True)
    if ground.closed_at is None:
        raise console_queries.NoSuchSitting("This sitting has no report yet.")
    found = session().get(SittingPaper, sitting_id)
    return stored_paper(None if found is None else found.digest, name=f"sitting-{sitting_id}")
