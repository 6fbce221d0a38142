"""The permission map, drawn from the data that the guard itself asks."""

from dataclasses import dataclass

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import AGENCY_ROLES, ROLE_PERMISSIONS, STAFF_ROLES, Permission, Role
from lms.web.guard import SIGNED_IN, Access, access
from lms.web.pages import page

blueprint = Blueprint("permissions", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class RoleShown:
    """A role in the map: where it is held, and whether it needs a second factor and a second person."""

    role: Role
    scope: str
    is_staff: bool


@blueprint.get("/permissions")
@access(SIGNED_IN)
def permissions() -> ResponseReturnValue:
    """Which role may do what, where, and how surely it must be the person."""
    roles = [RoleShown(role, "own agency" if role in AGENCY_ROLES else "program", role in STAFF_ROLES) for role in Role]
    stepped = stepped_up()
    rows = [(one, {role for role in Role if one in ROLE_PERMISSIONS[role]}, one in stepped) for one in Permission]
    return page("accounts/permissions.html", roles=roles, rows=rows)


def stepped_up() -> frozenset[Permission]:
    """The permissions with which some view acts only after a fresh proof of the second factor."""
    declared = (getattr(view, "access", None) for view in current_app.view_functions.values())
    return frozenset(one.needs for one in declared if isinstance(one, Access) and one.step_up and isinstance(one.needs, Permission))
