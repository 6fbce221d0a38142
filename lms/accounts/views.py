"""Signing in and out, one's own account and password, and the notice of what is recorded."""

import uuid

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import (
    closing,
    factor_queries,
    factor_views,
    guessing,
    notice,
    password_links,
    passwords,
    people_views,
    permission_views,
    queries,
    renewal,
    second_step,
    service,
)
from lms.accounts.browser import enter, leave, local_path
from lms.accounts.checking import Checked, checked
from lms.accounts.closing import AccountDisabled
from lms.accounts.forms import PasswordChangeForm, SignInForm
from lms.accounts.permissions import Permission
from lms.accounts.rules import Identity, normalized_email
from lms.accounts.user_agents import spoken
from lms.web import transaction
from lms.web.guard import PUBLIC, SIGNED_IN, access, current_identity, identity_if_any
from lms.web.pages import page
from lms.web.site import site
from lms.web.transaction import now, session, settings

blueprint = Blueprint("accounts", __name__, template_folder="templates")
blueprints = [
    blueprint,
    factor_views.blueprint,
    password_links.blueprint,
    people_views.blueprint,
    permission_views.blueprint,
    second_step.blueprint,
]

NO_MATCH = "That e-mail address and password do not match. Check both and try again."


@blueprint.get("/sign-in")
@access(PUBLIC, always=True)
def sign_in() -> ResponseReturnValue:
    """The sign-in page; whoever is signed in already goes on to the page asked for."""
    asked = local_path(request.args.get("next"))
    if identity_if_any() is not None:
        return redirect(asked, 303)
    return page("accounts/sign_in.html", form=SignInForm(data={"next": asked}))


@blueprint.post("/sign-in")
@access(PUBLIC, always=True, reading_only=True)
def signing_in() -> ResponseReturnValue:
    """Check e-mail and password. An unknown address costs the same work and gets the same answer as a wrong password."""
    form = SignInForm.from_request()
    if not form.validate():
        return page("accounts/sign_in.html", form=form, status=422)
    found = checked(normalized_email(form.email.data), form.password.data)
    try:
        entered = None if found is None else _let_in(found)
    except AccountDisabled as refusal:
        form.form_errors.append(str(refusal))
        return page("accounts/sign_in.html", form=form, status=403)
    if entered is None:
        form.form_errors.append(NO_MATCH)
        return page("accounts/sign_in.html", form=form, status=422)
    asked = local_path(form.next.data)
    return redirect(asked if entered.owes is None else url_for("second_step.second_step", next=asked), 303)


def _let_in(found: Checked) -> Identity | None:
    """Let the person in, unless the password was changed while it was checked: then nothing it opens may outlive the change."""
    before = identity_if_any()
    with transaction.writing() as own:
        if not renewal.still_stands(own, account=found.account):
            return None
        guessing.forget_attempt(own, attempt_id=found.attempt_id)
        closing.refuse_disabled(own, user_id=found.account.user_id)
        return enter(own, user_id=found.account.user_id, before=before, now=now())


@blueprint.post("/sign-out")
@access(PUBLIC, always=True)
def sign_out() -> ResponseReturnValue:
    """End this browser's session on the server."""
    leave(session(), identity=identity_if_any(), now=now())
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.get("/account")
@access(SIGNED_IN)
def account() -> ResponseReturnValue:
    """One's own name, roles, password and open sessions."""
    return _account(PasswordChangeForm())


def _account(form: PasswordChangeForm, *, status: int = 200) -> ResponseReturnValue:
    identity = current_identity()
    rows = queries.open_sessions(session(), user_id=identity.user_id, now=now())
    held = queries.roles_of(session(), user_id=identity.user_id, now=now())
    names = site().agency_names(session(), {one.agency_id for one in held})
    facts = {"sessions": [(row, spoken(row.browser)) for row in rows], "held": held, "agencies": names}
    factors = factor_queries.factors(session(), user_id=identity.user_id)
    changed = status == 200 and request.args.get("changed") == "password"
    return page("accounts/account.html", identity=identity, form=form, changed=changed, factors=factors, status=status, **facts)


@blueprint.post("/account/password")
@access(SIGNED_IN, reading_only=True)
def change_password() -> ResponseReturnValue:
    """Change one's own password and end one's sessions elsewhere. Wrong guesses at the current one are slowed as at the sign-in."""
    identity = current_identity()
    form = PasswordChangeForm.from_request(own_name=identity.name, own_email=identity.email)
    if not form.validate():
        return _account(form, status=422)
    found = checked(identity.email, form.current.data)
    if found is None:
        form.current.errors = ["This is not your current password."]
        return _account(form, status=422)
    hashed = passwords.hashed(form.password.data, fips=settings().fips)
    with transaction.writing() as own:
        renewal.change_password(own, actor=identity, account=found.account, password_hash=hashed, now=now())
        guessing.forget_attempt(own, attempt_id=found.attempt_id)
    return redirect(url_for("accounts.account", changed="password"), 303)


@blueprint.post("/account/sessions/<uuid:session_id>/ending")
@access(SIGNED_IN)
def end_session(session_id: uuid.UUID) -> ResponseReturnValue:
    """End one of one's own sessions; ending this one is signing out."""
    identity = current_identity()
    if session_id == identity.session_id:
        return sign_out()
    service.end_session(session(), actor=identity, session_id=session_id, now=now())
    return redirect(url_for("accounts.account"), 303)


@blueprint.get("/privacy")
@access(PUBLIC, always=True)
def privacy() -> ResponseReturnValue:
    """What is recorded about officers, who sees it and for how long."""
    identity = identity_if_any()
    read = identity is not None and queries.has_read_notice(session(), user_id=identity.user_id, edition=notice.EDITION)
    asked = local_path(request.args.get("next"))
    asks = identity is not None and identity.may(Permission.COURSE_TAKE) and not read
    return page("accounts/privacy.html", edition=notice.EDITION, asks=asks, read=read, next=asked)


@blueprint.post("/privacy/reading")
@access(SIGNED_IN)
def read_privacy() -> ResponseReturnValue:
    """Record that the person has read the notice, and go on."""
    service.read_notice(session(), actor=current_identity(), edition=notice.EDITION, now=now())
    return redirect(local_path(request.form.get("next")), 303)
