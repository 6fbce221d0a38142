"""What the exam's page asks and tells by itself: its pulse, what it saw, that a message was read."""

import uuid

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.exams import browsers, messages, pulse, rules, signals
from lms.web.guard import access, current_identity
from lms.web.transaction import now, session

blueprint = Blueprint("pulse", __name__)


@blueprint.get("/attempts/<uuid:attempt_id>/pulse")
@access(Permission.COURSE_TAKE)
def beat(attempt_id: uuid.UUID) -> Response:
    """The server's time, the deadline, whether the exam is paused or over, and messages not yet read."""
    found = pulse.pulse(session(), actor=current_identity(), attempt_id=attempt_id, now=now())
    return jsonify(pulse.as_json(found, elsewhere=rules.is_other_device(found.device, browsers.digest_sent())))


@blueprint.post("/attempts/<uuid:attempt_id>/signals")
@access(Permission.COURSE_TAKE)
def signal(attempt_id: uuid.UUID) -> Response:
    """Record what the page saw: that it was left, or came back."""
    kind = request.form.get("kind", "")
    return jsonify(recorded=signals.note(session(), actor=current_identity(), attempt_id=attempt_id, kind=kind, now=now()))


@blueprint.post("/attempts/<uuid:attempt_id>/messages/<uuid:message_id>/acknowledgment")
@access(Permission.COURSE_TAKE)
def acknowledge(attempt_id: uuid.UUID, message_id: uuid.UUID) -> Response:
    """Record that a message was read."""
    messages.acknowledge(session(), actor=current_identity(), attempt_id=attempt_id, message_id=message_id, now=now())
    return jsonify(acknowledged=True)
