"""Pages of incidents: writing one down, all of a sitting, and ruling on one."""

import uuid

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.proctoring import console_queries, incident_queries, incidents
from lms.proctoring.console_forms import IncidentForm, RulingForm, Today
from lms.proctoring.console_queries import Ground
from lms.proctoring.console_views import chosen
from lms.proctoring.incidents import NoSuchIncident, NotThere, RuledAlready, WrongMoment
from lms.proctoring.rules import Ruling
from lms.questions.views import led_to_sign
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("incidents", __name__, template_folder="templates")


@blueprint.get("/sittings/<uuid:sitting_id>/incidents")
@access(Permission.EXAM_ADMIT)
def of_sitting(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """Every incident of a sitting, and the form for another one."""
    to_sign = led_to_sign()
    if to_sign is not None:
        return to_sign
    ground = console_queries.ground(session(), actor=current_identity(), sitting_id=sitting_id)
    today = Today.at(now(), ground.zone)
    return _page(ground, IncidentForm(data={"officers": chosen(), "day": today.day, "clock": today.clock, "kind": ""}))


def _page(ground: Ground, form: IncidentForm, *, status: int = 200) -> Response:
    room = console_queries.room(session(), actor=current_identity(), sitting_id=ground.sitting_id, now=now())
    form.offers(room.cards)
    found = incident_queries.incidents(session(), sitting_id=ground.sitting_id)
    return page("console/incidents.html", status=status, ground=ground, form=form, incidents=found)


@blueprint.post("/sittings/<uuid:sitting_id>/incidents")
@access(Permission.EXAM_ADMIT)
def note(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """Write an incident down."""
    actor, form = current_identity(), IncidentForm.from_request()
    ground = console_queries.ground(session(), actor=actor, sitting_id=sitting_id)
    if not form.validate():
        return _page(ground, form, status=422)
    try:
        noted = form.noted(ground.zone)
        incidents.note(session(), actor=actor, sitting_id=sitting_id, noted=noted, form_id=form.id_shown, now=now())
    except WrongMoment as refusal:
        form.clock.errors = [str(refusal)]
    except NotThere as refusal:
        form.officers.errors = [str(refusal)]
    else:
        return redirect(url_for("incidents.of_sitting", sitting_id=sitting_id) + "#incidents", 303)
    return _page(ground, form, status=422)


@blueprint.get("/incidents/<uuid:incident_id>/ruling")
@access(Permission.EXAM_ADMIT)
def ruling(incident_id: uuid.UUID) -> ResponseReturnValue:
    """The form on which a proctor rules on an incident."""
    return led_to_sign() or _ruling_page(incident_id, RulingForm())


def _ruling_page(incident_id: uuid.UUID, form: RulingForm, *, status: int = 200) -> Response:
    found = incident_queries.incident(session(), incident_id=incident_id)
    if found is None:
        raise NoSuchIncident("There is no such incident.")
    sitting_id, row = found
    ground = console_queries.ground(session(), actor=current_identity(), sitting_id=sitting_id)
    return page("console/ruling.html", status=status, ground=ground, incident=row, form=form)


@blueprint.post("/incidents/<uuid:incident_id>/ruling")
@access(Permission.EXAM_ADMIT)
def rule(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Rule on an incident, once."""
    form = RulingForm.from_request()
    if not form.validate():
        return _ruling_page(incident_id, form, status=422)
    sent = {"ruling": Ruling(form.ruling.data), "note": form.note.data}
    try:
        sitting_id = incidents.rule(session(), actor=current_identity(), incident_id=incident_id, now=now(), **sent)
    except RuledAlready as refusal:
        form.form_errors.append(str(refusal))
        return _ruling_page(incident_id, form, status=409)
    return redirect(url_for("incidents.of_sitting", sitting_id=sitting_id) + "#incidents", 303)
