"""Whether a sitting is ready, an hour before it opens, and drawing its papers now."""

import uuid

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.exams import preparing
from lms.proctoring import readiness as known
from lms.proctoring.readiness_rules import conditions
from lms.sittings.viewing import sitting_seen
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session, settings

blueprint = Blueprint("readiness", __name__, template_folder="templates")


@blueprint.get("/sittings/<uuid:sitting_id>/readiness")
@access(Permission.SITTING_MANAGE)
def readiness(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """Each condition of the sitting, met or not, and what to do about it."""
    found = sitting_seen(sitting_id)
    facts = known.facts_of(session(), sitting=found, data=settings().data, now=now())
    return page("proctoring/readiness.html", sitting=found, conditions=conditions(facts), missing=len(facts.without_paper))


@blueprint.post("/sittings/<uuid:sitting_id>/papers")
@access(Permission.SITTING_MANAGE)
def draw_papers(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """Draw the papers that are missing."""
    preparing.prepare(session(), actor=current_identity(), sitting_id=sitting_id, now=now())
    return redirect(url_for("readiness.readiness", sitting_id=sitting_id), 303)
