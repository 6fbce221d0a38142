"""Roles for people who have an account, and the second person whom every staff role needs."""

import uuid

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import factor_queries, granting
from lms.accounts import queries as accounts
from lms.accounts.permissions import Permission, Role
from lms.accounts.service import AlreadyMade, OwnRoles
from lms.agencies import queries
from lms.agencies.forms import RoleForm
from lms.kernel.errors import NotFound
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("roles", __name__, template_folder="templates")


@blueprint.get("/people/<uuid:user_id>")
@access(Permission.PERSON_INVITE)
def person(user_id: uuid.UUID) -> ResponseReturnValue:
    """One person: their roles, their account, and what may be changed."""
    found = accounts.person(session(), user_id=user_id)
    if found is None:
        raise NotFound("There is no such person.")
    held = accounts.roles_of(session(), user_id=user_id, now=now())
    names = queries.names_of(session(), {one.agency_id for one in held})
    closed, factors = accounts.disabling_of(session(), user_id=user_id), factor_queries.factors(session(), user_id=user_id)
    facts = {"is_own": user_id == current_identity().user_id, "closed": closed, "factors": factors}
    return page("agencies/person.html", person=found, held=held, agencies=names, **facts)


@blueprint.get("/people/<uuid:user_id>/roles")
@access(Permission.PERSON_INVITE)
def new_role(user_id: uuid.UUID) -> ResponseReturnValue:
    """The form for another role of a person."""
    return _asked(user_id, RoleForm())


def _asked(user_id: uuid.UUID, form: RoleForm, *, status: int = 200) -> ResponseReturnValue:
    if user_id == current_identity().user_id:
        raise OwnRoles("Nobody changes their own roles. Ask another administrator.")
    whom = accounts.person(session(), user_id=user_id)
    if whom is None:
        raise NotFound("There is no such person.")
    held = accounts.roles_of(session(), user_id=user_id, now=now())
    form.offer(queries.agency_names(session()))
    names = queries.names_of(session(), {one.agency_id for one in held})
    return page("agencies/new_role.html", person=whom, held=held, agencies=names, form=form, status=status)


@blueprint.post("/people/<uuid:user_id>/roles")
@access(Permission.PERSON_INVITE, step_up=True)
def propose(user_id: uuid.UUID) -> ResponseReturnValue:
    """Propose a role. It counts when a second person confirms it."""
    form = RoleForm.from_request()
    form.offer(queries.agency_names(session()))
    if not form.validate():
        return _asked(user_id, form, status=422)
    sent = {"role": Role(form.role.data), "agency_id": form.agency_id, "form_id": form.id_shown}
    try:
        granting.propose(session(), actor=current_identity(), user_id=user_id, now=now(), **sent)
    except AlreadyMade:
        pass  # sent twice: the list shows it once
    except granting.HeldAlready as refusal:
        form.role.errors = [str(refusal)]
        return _asked(user_id, form, status=409)
    return redirect(url_for("agencies.people", _anchor="second-person"), 303)


@blueprint.post("/people/proposals/<uuid:proposal_id>/confirmation")
@access(Permission.PERSON_INVITE, step_up=True)
def confirm(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Agree, as the second person, to a role."""
    granting.confirm(session(), actor=current_identity(), proposal_id=proposal_id, now=now())
    return redirect(url_for("agencies.people"), 303)


@blueprint.post("/people/proposals/<uuid:proposal_id>/declination")
@access(Permission.PERSON_INVITE, step_up=True)
def decline(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Decline a role that somebody proposed."""
    granting.decline(session(), actor=current_identity(), proposal_id=proposal_id, now=now())
    return redirect(url_for("agencies.people"), 303)


@blueprint.post("/people/invitations/<uuid:invitation_id>/confirmation")
@access(Permission.PERSON_INVITE, step_up=True)
def confirm_invitation(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Agree, as the second person, to an invitation to a staff role."""
    granting.confirm_invitation(session(), actor=current_identity(), invitation_id=invitation_id, now=now())
    return redirect(url_for("agencies.people"), 303)
