"""The pages of declarations: the list, one of them, a new one, the acts that change it, and a second person's word."""

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies.nomination_queries import today_in
from lms.agencies.rules import TIME_ZONES
from lms.influx import queries, service
from lms.influx.forms import FORMS, DeclarationForm, places_shown
from lms.influx.queries import PER_PAGE, DeclarationDetail
from lms.influx.rules import DRILL, GROUNDS
from lms.influx.service import AlreadyDeclared, NoSuchDeclaration, NotDeclarable
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("influx", __name__, template_folder="templates")


@blueprint.get("/declarations")
@access(Permission.INFLUX_MANAGE)
def declarations() -> ResponseReturnValue:
    """Every declaration and every drill, the newest first."""
    number = page_asked()
    rows = queries.declarations(session(), page=number)
    pages = pages_of(queries.declaration_count(session()), PER_PAGE)
    return page("influx/declarations.html", rows=rows, number=number, pages=pages, now=now())


@blueprint.get("/declarations/new")
@access(Permission.INFLUX_MANAGE)
def new_declaration() -> ResponseReturnValue:
    """The form for a declaration."""
    return page("influx/new_declaration.html", form=DeclarationForm())


@blueprint.post("/declarations")
@access(Permission.INFLUX_MANAGE, step_up=True)
def declare() -> ResponseReturnValue:
    """Record a declaration."""
    form = DeclarationForm.from_request()
    if not form.validate():
        return page("influx/new_declaration.html", form=form, status=422)
    try:
        made = service.declare(session(), actor=current_identity(), draft=form.draft(), form_id=form.id_shown, now=now())
    except NotDeclarable as refusal:
        form.ends_on.errors = [str(refusal)]
        return page("influx/new_declaration.html", form=form, status=422)
    except AlreadyDeclared:
        return redirect(url_for("influx.declarations"), 303)
    return redirect(url_for("influx.declaration", declaration_id=made), 303)


def declaration_seen(declaration_id: uuid.UUID) -> DeclarationDetail:
    """The declaration. Raises NoSuchDeclaration."""
    found = queries.declaration(session(), declaration_id)
    if found is None:
        raise NoSuchDeclaration("There is no such declaration.")
    return found


@blueprint.get("/declarations/<uuid:declaration_id>")
@access(Permission.INFLUX_MANAGE)
def declaration(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """One declaration: when and where it is in force, and everything that was recorded of it."""
    found, number = declaration_seen(declaration_id), page_asked()
    activated = queries.activations(session(), declaration_id, page=number)
    return page(
        "influx/declaration.html",
        declaration=found,
        now=now(),
        own=current_identity().user_id,
        places=places_named(found),
        activated=activated,
        number=number,
        pages=pages_of(queries.activation_count(session(), declaration_id), PER_PAGE),
        grounds=GROUNDS,
        acts=FORMS,
        zones=TIME_ZONES,
        DRILL=DRILL,
    )


def places_named(found: DeclarationDetail) -> str:
    """The boundaries as of now, in words."""
    return ", ".join(found.boundaries(now()).names)


@blueprint.get("/declarations/<uuid:declaration_id>/acts/<kind>")
@access(Permission.INFLUX_MANAGE)
def new_act(declaration_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """The form for an act on a declaration."""
    found = declaration_seen(declaration_id)
    before = places_shown(found.boundaries(now())) | {"effective_on": today_in(found.time_zone, now())}
    return _act_form(found, kind, _form_of(kind)(data=before))


def _form_of(kind: str) -> Any:
    if kind not in FORMS:
        raise NoSuchDeclaration("There is no such act.")
    return FORMS[kind][1]


def _act_form(found: DeclarationDetail, kind: str, form: Any, status: int = 200) -> Response:
    return page("influx/new_act.html", declaration=found, kind=kind, label=FORMS[kind][2], form=form, DRILL=DRILL, now=now(), status=status)


@blueprint.post("/declarations/<uuid:declaration_id>/acts/<kind>")
@access(Permission.INFLUX_MANAGE, step_up=True)
def record_act(declaration_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Record an act on a declaration."""
    found, form = declaration_seen(declaration_id), _form_of(kind).from_request()
    if not form.validate():
        return _act_form(found, kind, form, 422)
    said = {"instrument": form.said(found.time_zone), "change": form.change(found.time_zone)}
    try:
        service.change(session(), actor=current_identity(), declaration_id=declaration_id, now=now(), **said)
    except NotDeclarable as refusal:
        form.effective_on.errors = [str(refusal)]
        return _act_form(found, kind, form, 422)
    return redirect(url_for("influx.declaration", declaration_id=declaration_id), 303)


@blueprint.post("/declarations/<uuid:declaration_id>/acts/<uuid:act_id>/confirmation")
@access(Permission.INFLUX_MANAGE, step_up=True)
def confirm(declaration_id: uuid.UUID, act_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm what somebody else recorded."""
    service.confirm(session(), actor=current_identity(), declaration_id=declaration_id, act_id=act_id, now=now())
    return redirect(url_for("influx.declaration", declaration_id=declaration_id), 303)
