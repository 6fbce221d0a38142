"""The page of an exam's evidence, and taking it out."""

import uuid

from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.certificates import signers
from lms.evidence import queries, rules, service
from lms.evidence.forms import EvidenceForm
from lms.evidence.queries import Record
from lms.evidence.service import Bundle
from lms.exams.rules import Policy
from lms.proctoring.timeline_rules import Setting
from lms.questions.views import led_to_sign
from lms.web import transaction
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session, settings

blueprint = Blueprint("evidence", __name__, template_folder="templates")


@blueprint.get("/attempts/<uuid:attempt_id>/evidence")
@access(Permission.EXAM_RULE)
def evidence(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """What the evidence of an exam holds, who took it out before, and the form for it."""
    queries.head(session(), attempt_id=attempt_id)
    return led_to_sign() or _page(attempt_id, EvidenceForm())


def _page(attempt_id: uuid.UUID, form: EvidenceForm, status: int = 200) -> Response:
    head = queries.head(session(), attempt_id=attempt_id)
    rows = queries.taken_out(session(), attempt_id=attempt_id)
    return page("evidence/evidence.html", head=head, rows=rows, form=form, rules=rules, status=status)


@blueprint.post("/attempts/<uuid:attempt_id>/evidence")
@access(Permission.EXAM_RULE, reading_only=True, step_up=True)
def take_out(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """Make the signed file and send it. That it was taken out is recorded before it leaves."""
    form = EvidenceForm.from_request()
    if not form.validate():
        queries.head(session(), attempt_id=attempt_id)
        return led_to_sign() or _page(attempt_id, form, 422)
    found = service.record_of(session(), actor=current_identity(), attempt_id=attempt_id, now=now())
    with_key = form.key.data == "with"
    made = _bundle(found, with_key=with_key)
    with transaction.writing() as own:
        service.note_taken_out(
            own,
            actor=current_identity(),
            attempt_id=attempt_id,
            digest=made.digest,
            with_key=with_key,
            reason=form.reason.data,
            now=now(),
        )
    answer = Response(made.content, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="evidence-{attempt_id}.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _bundle(found: Record, *, with_key: bool) -> Bundle:
    """The record for programs and for readers, listed and signed."""
    shown = {question["position"]: question["shown"] for question in found.questions}
    setting = Setting(Policy(**found.data["attempt"]["policy"]), found.head.zone)
    told = {
        rules.RECORD: service.evidence_json(found, with_key=with_key, made_by=current_identity().name, now=now()),
        rules.READING: render_template(
            "evidence/document.html",
            found=found,
            with_key=with_key,
            timeline=rules.timeline(found.entries, questions=shown, people=found.people, setting=setting),
            answers=rules.answers(found.entries, questions=shown),
            rules=rules,
            made_by=current_identity().name,
            now=now(),
        ).encode(),
    }
    roots = signers.trust(settings()).roots
    root = b"".join(one.public_bytes(Encoding.PEM) for one in roots[:1])
    return service.bundle(told, attempt_id=found.head.attempt_id, signer=signers.signer(settings()), root=root, now=now())
