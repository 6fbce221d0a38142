"""What administrators do to the account of somebody else: reset the second factors, disable and enable it."""

import uuid

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import closing, factor_queries, factor_service, queries
from lms.accounts.closing import OwnAccount
from lms.accounts.factor_service import OwnFactors
from lms.accounts.forms import ReasonForm
from lms.accounts.permissions import Permission
from lms.accounts.queries import PersonName
from lms.kernel.errors import NotFound
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("people", __name__, template_folder="templates")


def _person(user_id: uuid.UUID) -> PersonName:
    found = queries.person(session(), user_id=user_id)
    if found is None:
        raise NotFound("There is no such person.")
    return found


@blueprint.get("/people/<uuid:user_id>/factor-reset")
@access(Permission.PERSON_INVITE)
def factor_reset(user_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why the second factors of a person are reset, and say what to make sure of first."""
    return _reset_asked(user_id, ReasonForm())


def _reset_asked(user_id: uuid.UUID, form: ReasonForm, *, status: int = 200) -> ResponseReturnValue:
    if user_id == current_identity().user_id:
        raise OwnFactors("Nobody resets their own factors. Ask another administrator.")
    person, held = _person(user_id), factor_queries.factors(session(), user_id=user_id)
    return page("accounts/factor_reset.html", person=person, held=held, form=form, status=status)


@blueprint.post("/people/<uuid:user_id>/factor-reset")
@access(Permission.PERSON_INVITE, step_up=True)
def reset_factors(user_id: uuid.UUID) -> ResponseReturnValue:
    """Take a person's second factors away; at the next sign-in they set up new ones."""
    form = ReasonForm.from_request()
    if not form.validate():
        return _reset_asked(user_id, form, status=422)
    factor_service.reset(session(), actor=current_identity(), user_id=user_id, reason=form.reason.data, now=now())
    return redirect(url_for("roles.person", user_id=user_id), 303)


@blueprint.get("/people/<uuid:user_id>/disabling")
@access(Permission.PERSON_INVITE)
def disabling(user_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why an account is disabled, or tell that it is and offer to enable it."""
    return _disabling_asked(user_id, ReasonForm())


def _disabling_asked(user_id: uuid.UUID, form: ReasonForm, *, status: int = 200) -> ResponseReturnValue:
    if user_id == current_identity().user_id:
        raise OwnAccount("Nobody disables or enables their own account. Ask another administrator.")
    person, closed = _person(user_id), queries.disabling_of(session(), user_id=user_id)
    return page("accounts/disabling.html", person=person, closed=closed, form=form, status=status)


@blueprint.post("/people/<uuid:user_id>/disabling")
@access(Permission.PERSON_INVITE, step_up=True)
def disable(user_id: uuid.UUID) -> ResponseReturnValue:
    """Disable an account, and end the sessions of its person."""
    form = ReasonForm.from_request()
    if not form.validate():
        return _disabling_asked(user_id, form, status=422)
    closing.disable(session(), actor=current_identity(), user_id=user_id, reason=form.reason.data, now=now())
    return redirect(url_for("roles.person", user_id=user_id), 303)


@blueprint.post("/people/<uuid:user_id>/enabling")
@access(Permission.PERSON_INVITE, step_up=True)
def enable(user_id: uuid.UUID) -> ResponseReturnValue:
    """Let a person sign in again."""
    closing.enable(session(), actor=current_identity(), user_id=user_id, now=now())
    return redirect(url_for("roles.person", user_id=user_id), 303)
