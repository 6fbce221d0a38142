"""Who is in a sitting: giving officers a place and taking it away, naming proctors and taking them off."""

import uuid

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.kernel.errors import Invalid
from lms.sittings import placing, queries
from lms.sittings.forms import OfficersForm, ProctorForm, ReasonForm
from lms.sittings.placing import NobodyChosen, NotNamed, NotPlaced, SittingIsFull, TiedProctor
from lms.sittings.proctor_rules import AS_SEEN
from lms.sittings.queries import NamedProctor, PlacedOfficer
from lms.sittings.viewing import sitting_seen
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("sitting_people", __name__, template_folder="templates")


@blueprint.get("/sittings/<uuid:sitting_id>/officers")
@access(Permission.SITTING_MANAGE)
def new_officers(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """The officers of the class who may get a place."""
    return _new_officers(sitting_id, OfficersForm())


def _new_officers(sitting_id: uuid.UUID, form: OfficersForm, *, status: int = 200) -> ResponseReturnValue:
    found = sitting_seen(sitting_id)
    form.offer(queries.free_officers(session(), of=found, now=now()))
    return page("sittings/officers.html", sitting=found, form=form, status=status)


@blueprint.post("/sittings/<uuid:sitting_id>/officers")
@access(Permission.SITTING_MANAGE)
def place(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """Give the chosen officers a place, all or none."""
    form = OfficersForm.from_request()
    form.offer(queries.free_officers(session(), of=sitting_seen(sitting_id), now=now()))
    if not form.validate():
        return _new_officers(sitting_id, form, status=422)
    try:
        placing.place_officers(session(), actor=current_identity(), sitting_id=sitting_id, enrollment_ids=form.chosen, now=now())
    except (NobodyChosen, SittingIsFull, TiedProctor) as refusal:
        form.officers.errors = [str(refusal)]
        return _new_officers(sitting_id, form, status=422 if isinstance(refusal, Invalid) else 409)
    return _back(sitting_id)


def _back(sitting_id: uuid.UUID) -> Response:
    return redirect(url_for("sittings.sitting", sitting_id=sitting_id), 303)


@blueprint.get("/sittings/<uuid:sitting_id>/officers/<uuid:enrollment_id>/removal")
@access(Permission.SITTING_MANAGE)
def removal(sitting_id: uuid.UUID, enrollment_id: uuid.UUID) -> ResponseReturnValue:
    """The form for taking an officer's place away."""
    found, officer = sitting_seen(sitting_id), _officer(sitting_id, enrollment_id)
    return page("sittings/removal.html", sitting=found, officer=officer, form=ReasonForm())


def _officer(sitting_id: uuid.UUID, enrollment_id: uuid.UUID) -> PlacedOfficer:
    there = queries.officers(session(), sitting_id=sitting_id, enrollment_id=enrollment_id)
    if not there:
        raise NotPlaced("This officer has no place in the sitting.")
    return there[0]


@blueprint.post("/sittings/<uuid:sitting_id>/officers/<uuid:enrollment_id>/removal")
@access(Permission.SITTING_MANAGE)
def remove(sitting_id: uuid.UUID, enrollment_id: uuid.UUID) -> ResponseReturnValue:
    """Take an officer's place away."""
    found, officer, form = sitting_seen(sitting_id), _officer(sitting_id, enrollment_id), ReasonForm.from_request()
    if not form.validate():
        return page("sittings/removal.html", sitting=found, officer=officer, form=form, status=422)
    sent = {"sitting_id": sitting_id, "enrollment_id": enrollment_id, "reason": form.reason.data}
    placing.remove_officer(session(), actor=current_identity(), now=now(), **sent)
    return _back(sitting_id)


@blueprint.get("/sittings/<uuid:sitting_id>/proctors")
@access(Permission.SITTING_MANAGE)
def new_proctor(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """Everybody who may be named, and why the others may not."""
    return _new_proctor(sitting_id, ProctorForm())


def _new_proctor(sitting_id: uuid.UUID, form: ProctorForm, *, status: int = 200) -> ResponseReturnValue:
    found = sitting_seen(sitting_id)
    people = placing.eligible(session(), of=found, now=now())
    form.offer((user_id, name) for user_id, name, ties in people if not ties)
    tied = [(name, ties) for _, name, ties in people if ties]
    return page("sittings/proctors.html", sitting=found, form=form, tied=tied, words=AS_SEEN, status=status)


@blueprint.post("/sittings/<uuid:sitting_id>/proctors")
@access(Permission.SITTING_MANAGE)
def name(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """Name a proctor."""
    form = ProctorForm.from_request()
    form.offer((user_id, name) for user_id, name, _ in placing.eligible(session(), of=sitting_seen(sitting_id), now=now()))
    if not form.validate():
        return _new_proctor(sitting_id, form, status=422)
    who = uuid.UUID(form.proctor.data)
    placing.name_proctor(session(), actor=current_identity(), sitting_id=sitting_id, user_id=who, now=now())
    return _back(sitting_id)


@blueprint.get("/sittings/<uuid:sitting_id>/proctors/<uuid:user_id>/ending")
@access(Permission.SITTING_MANAGE)
def proctor_ending(sitting_id: uuid.UUID, user_id: uuid.UUID) -> ResponseReturnValue:
    """The form for taking a proctor off."""
    return page("sittings/proctor_ending.html", sitting=sitting_seen(sitting_id), proctor=_proctor(sitting_id, user_id), form=ReasonForm())


def _proctor(sitting_id: uuid.UUID, user_id: uuid.UUID) -> NamedProctor:
    found = next((one for one in queries.proctors_named(session(), sitting_id=sitting_id) if one.user_id == user_id), None)
    if found is None:
        raise NotNamed("This person is not named for the sitting.")
    return found


@blueprint.post("/sittings/<uuid:sitting_id>/proctors/<uuid:user_id>/ending")
@access(Permission.SITTING_MANAGE)
def end_proctor(sitting_id: uuid.UUID, user_id: uuid.UUID) -> ResponseReturnValue:
    """Take a proctor off."""
    found, proctor, form = sitting_seen(sitting_id), _proctor(sitting_id, user_id), ReasonForm.from_request()
    if not form.validate():
        return page("sittings/proctor_ending.html", sitting=found, proctor=proctor, form=form, status=422)
    sent = {"sitting_id": sitting_id, "user_id": user_id, "reason": form.reason.data}
    placing.end_proctor(session(), actor=current_identity(), now=now(), **sent)
    return _back(sitting_id)
