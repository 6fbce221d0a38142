"""The way back in for somebody who forgot the password: an administrator makes a link, the person opens it."""

import uuid

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import passwords, queries, renewal
from lms.accounts.forms import NewPasswordForm, OnceForm
from lms.accounts.permissions import Permission
from lms.accounts.queries import OpenPasswordLink
from lms.accounts.renewal import PASSWORD_LINK_LASTS, PasswordLinkGone
from lms.accounts.service import AlreadyMade
from lms.web import transaction
from lms.web.guard import PUBLIC, access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session, settings

blueprint = Blueprint("password_links", __name__, template_folder="templates")


@blueprint.get("/people/<uuid:user_id>/password-links")
@access(Permission.PERSON_INVITE)
def new_password_link(user_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whether a link is to be made, and say what to make sure of first."""
    person = renewal.whom_to_help(session(), actor=current_identity(), user_id=user_id)
    return page("accounts/new_password_link.html", person=person, form=OnceForm())


@blueprint.post("/people/<uuid:user_id>/password-links")
@access(Permission.PERSON_INVITE, step_up=True)
def make_password_link(user_id: uuid.UUID) -> ResponseReturnValue:
    """Make a link, and show it this once."""
    form, actor = OnceForm.from_request(), current_identity()
    person = renewal.whom_to_help(session(), actor=actor, user_id=user_id)
    try:
        secret = renewal.make_password_link(session(), actor=actor, user_id=user_id, form_id=form.id_shown, now=now())
    except AlreadyMade:
        return page("accounts/password_link_already_made.html", person=person, status=409)
    link = settings().url + url_for("password_links.password_link", secret=secret)
    return page("accounts/password_link_made.html", person=person, link=link, expires_at=now() + PASSWORD_LINK_LASTS)


@blueprint.get("/password-links/<secret>")
@access(PUBLIC)
def password_link(secret: str) -> ResponseReturnValue:
    """The form for a new password, for whoever has the link."""
    found = queries.open_password_link(session(), token=secret, now=now())
    return _gone() if found is None else _asked(found, NewPasswordForm())


@blueprint.post("/password-links/<secret>")
@access(PUBLIC, reading_only=True)
def set_password(secret: str) -> ResponseReturnValue:
    """Set the new password; the person then signs in with it."""
    found = queries.open_password_link(session(), token=secret, now=now())
    if found is None:
        return _gone()
    form = NewPasswordForm.from_request(own_name=found.person.name, own_email=found.person.email)
    if not form.validate():
        return _asked(found, form, status=422)
    transaction.finish()  # hashing takes its time: no transaction stays open meanwhile
    hashed = passwords.hashed(form.password.data, fips=settings().fips)
    try:
        with transaction.writing() as own:
            renewal.set_password(own, secret=secret, password_hash=hashed, now=now())
    except PasswordLinkGone:
        return _gone()
    return page("accounts/password_set.html")


def _asked(found: OpenPasswordLink, form: NewPasswordForm, *, status: int = 200) -> ResponseReturnValue:
    return page("accounts/new_password.html", found=found, form=form, status=status)


def _gone() -> ResponseReturnValue:
    return page("accounts/password_link_gone.html", status=404)
