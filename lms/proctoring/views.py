"""The proctor's pages: who may be admitted, and admitting one after checking identity."""

import uuid

from flask import Blueprint
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.exams import starting
from lms.kernel.errors import NotFound
from lms.proctoring import closing_views, console_views, incident_views, queries, request_views
from lms.proctoring.door_views import blueprint as door_pages
from lms.proctoring.forms import AdmissionForm
from lms.proctoring.queries import CandidateRow
from lms.proctoring.readiness_views import blueprint as readiness_pages
from lms.questions.views import led_to_sign
from lms.sittings import queries as sitting_queries
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("proctoring", __name__, template_folder="templates")


@blueprint.get("/proctoring")
@access(Permission.EXAM_ADMIT)
def room() -> Response:
    """Officers of running classes, those who may be admitted first."""
    to_sign = led_to_sign()
    if to_sign is not None:
        return to_sign
    asker = current_identity()
    sittings = sitting_queries.proctored_by(session(), user_id=asker.user_id, now=now())
    return page("proctoring/room.html", sittings=sittings, candidates=queries.candidates(session(), now=now(), asker=asker))


@blueprint.get("/enrollments/<uuid:enrollment_id>/exams/<exam_id>/admission")
@access(Permission.EXAM_ADMIT)
def admission(enrollment_id: uuid.UUID, exam_id: str) -> Response:
    """The form on which a proctor confirms an officer's identity."""
    to_sign = led_to_sign()
    return to_sign or page("proctoring/admission.html", candidate=_candidate(enrollment_id, exam_id), form=AdmissionForm(), code="")


@blueprint.post("/enrollments/<uuid:enrollment_id>/exams/<exam_id>/admission")
@access(Permission.EXAM_ADMIT)
def admit(enrollment_id: uuid.UUID, exam_id: str) -> Response:
    """Admit the officer and show the single-use code, once."""
    candidate = _candidate(enrollment_id, exam_id)
    form = AdmissionForm.from_request()
    if not form.validate():
        return page("proctoring/admission.html", status=422, candidate=candidate, form=form, code="")
    code = starting.admit(
        session(),
        actor=current_identity(),
        enrollment_id=enrollment_id,
        exam_id=exam_id,
        identity_document=form.document.data,
        now=now(),
    )
    return page("proctoring/admission.html", candidate=candidate, form=form, code=code)


def _candidate(enrollment_id: uuid.UUID, exam_id: str) -> CandidateRow:
    asked = queries.candidates(session(), now=now(), enrollment_id=enrollment_id, asker=current_identity())
    found = [one for one in asked if one.exam_id == exam_id]
    if not found:
        raise NotFound("There is no such officer waiting.")
    return found[0]


blueprints = [
    blueprint,
    door_pages,
    readiness_pages,
    console_views.blueprint,
    incident_views.blueprint,
    request_views.blueprint,
    closing_views.blueprint,
]
