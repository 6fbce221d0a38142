"""The proctor's console of a sitting: the room at a glance, kept live, and acts on its officers."""

import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.kernel.errors import NotFound
from lms.proctoring import acting, console_queries, report_queries, request_queries
from lms.proctoring.acting import NobodyChosen, NothingDone, SittingClosed
from lms.proctoring.console_forms import FORMS, ActForm, Today
from lms.proctoring.console_queries import Ground, Room
from lms.proctoring.rules import SAID, ActKind, Place
from lms.questions import security, security_rules
from lms.questions.views import led_to_sign
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("console", __name__, template_folder="templates")
NOT_MODIFIED = 304
LAST_ACTS = 12


@blueprint.get("/sittings/<uuid:sitting_id>/console")
@access(Permission.EXAM_ADMIT)
def console(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """The room: thirty officers on one screen, incidents and alarms first."""
    to_sign = led_to_sign()
    if to_sign is not None:
        return to_sign
    ground = console_queries.ground(session(), actor=current_identity(), sitting_id=sitting_id)
    room = console_queries.room(session(), actor=current_identity(), sitting_id=sitting_id, now=now())
    acts = report_queries.acts(session(), sitting_id=sitting_id, most=LAST_ACTS)
    waiting = request_queries.waiting_count(session(), actor=current_identity())
    return page("console/console.html", ground=ground, acts=acts, waiting=waiting, ActKind=ActKind, **_shown(room, sitting_id))


def _shown(room: Room, sitting_id: uuid.UUID) -> dict[str, Any]:
    asked = request.args.get("show", "")
    place = Place(asked) if asked in set(Place) else None
    return {"room": room, "cards": room.shown(place), "show": place, "sitting_id": sitting_id, "Place": Place, "SAID": SAID, "now": now()}


@blueprint.get("/sittings/<uuid:sitting_id>/console/room")
@access(Permission.EXAM_ADMIT)
def room(sitting_id: uuid.UUID) -> ResponseReturnValue:
    """The live part of the console, asked for every two seconds; an empty answer while nothing has changed."""
    found = console_queries.room(session(), actor=current_identity(), sitting_id=sitting_id, now=now())
    if not found.cards:
        console_queries.ground(session(), actor=current_identity(), sitting_id=sitting_id)
    elif not security_rules.counts(found.signature, now=now()):
        raise security.AgreementNeeded("Sign the test-security agreement first: reload the console.")
    shown = _shown(found, sitting_id)
    etag = f"{found.mark}-{shown['show'] or 'all'}".replace(" ", "-")
    if request.headers.get("If-None-Match") == f'"{etag}"':
        answer = Response(status=NOT_MODIFIED)
    else:
        answer = jsonify(html=render_template("console/room.html", **shown))
    answer.set_etag(etag)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Server-Time"] = now().isoformat(timespec="milliseconds")
    return answer


# --- Acts -----------------------------------------------------------------------------------------------------------


@blueprint.get("/sittings/<uuid:sitting_id>/console/<act>")
@access(Permission.EXAM_ADMIT)
def new_act(sitting_id: uuid.UUID, act: str) -> ResponseReturnValue:
    """The form of an act, with the officers who were chosen on the console."""
    to_sign = led_to_sign()
    if to_sign is not None:
        return to_sign
    kind, ground = _kind(act), console_queries.ground(session(), actor=current_identity(), sitting_id=sitting_id)
    today = Today.at(now(), ground.zone)
    form = _form(kind)(data={"officers": chosen(), "day": today.day, "reason": ""})
    return _act_page(form, kind, ground)


def _kind(act: str) -> ActKind:
    if act not in set(ActKind):
        raise NotFound("There is no such act.")
    return ActKind(act)


def _form(kind: ActKind) -> type[ActForm]:
    return FORMS.get(kind, ActForm)


def chosen() -> list[uuid.UUID]:
    """The officers who were chosen on the console, as the address names them; what is no id is passed over."""
    found = []
    for sent in request.args.getlist("officers")[: acting.MOST_AT_ONCE]:
        try:
            found.append(uuid.UUID(sent))
        except ValueError:
            continue
    return found


def _act_page(form: ActForm, kind: ActKind, ground: Ground, *, status: int = 200, losses: object = None) -> Response:
    room = console_queries.room(session(), actor=current_identity(), sitting_id=ground.sitting_id, now=now())
    form.offers([card for card in room.cards if kind.fits(card.place)])
    return page("console/act.html", status=status, form=form, kind=kind, ground=ground, losses=losses, ActKind=ActKind)


@blueprint.post("/sittings/<uuid:sitting_id>/console/<act>")
@access(Permission.EXAM_ADMIT)
def act(sitting_id: uuid.UUID, act: str) -> ResponseReturnValue:
    """Do it to each officer to whom it can be done, and say so. Lost time is shown before it is given."""
    kind, actor = _kind(act), current_identity()
    ground, form = console_queries.ground(session(), actor=actor, sitting_id=sitting_id), _form(kind).from_request()
    if not form.validate():
        return _act_page(form, kind, ground, status=422)
    order = form.order(kind, zone=ground.zone)
    if kind is ActKind.TIME_LOST and request.form.get("then") != "give":
        losses = acting.losses(session(), actor=actor, sitting_id=sitting_id, order=order, now=now())
        return _act_page(form, kind, ground, losses=losses)
    try:
        outcomes = acting.carry_out(session(), actor=actor, sitting_id=sitting_id, order=order, now=now())
    except (NobodyChosen, NothingDone, SittingClosed) as refusal:
        form.form_errors.append(str(refusal))
        return _act_page(form, kind, ground, status=409)
    if all(one.done for one in outcomes) and len({one.said for one in outcomes}) == 1:
        return redirect(url_for("console.console", sitting_id=sitting_id), 303)
    return page("console/outcome.html", ground=ground, kind=kind, outcomes=outcomes)
