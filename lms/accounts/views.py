"""Signing in and out, one's own account, and the notice of what is recorded."""

import hashlib
import hmac
import time
import uuid
from threading import BoundedSemaphore

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import notice, passwords, queries, service
from lms.accounts.browser import enter, leave, local_path
from lms.accounts.forms import SignInForm
from lms.accounts.permissions import Permission
from lms.accounts.queries import Account
from lms.accounts.rules import normalized_email
from lms.accounts.user_agents import spoken
from lms.kernel.errors import TooMany
from lms.web import transaction
from lms.web.guard import PUBLIC, SIGNED_IN, access, current_identity, identity_if_any
from lms.web.pages import page
from lms.web.transaction import now, session, settings

blueprint = Blueprint("accounts", __name__, template_folder="templates")

NO_MATCH = "That e-mail address and password do not match. Check both and try again."
MOST_WAITING = 4
waiting = BoundedSemaphore(MOST_WAITING)


class AllWaiting(TooMany):
    """So many slowed sign-ins wait already that one more would take the room of people at work."""


@blueprint.get("/sign-in")
@access(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """The sign-in page; whoever is signed in already goes on to the page asked for."""
    asked = local_path(request.args.get("next"))
    if identity_if_any() is not None:
        return redirect(asked, 303)
    return page("accounts/sign_in.html", form=SignInForm(data={"next": asked}))


@blueprint.post("/sign-in")
@access(PUBLIC, reading_only=True)
def signing_in() -> ResponseReturnValue:
    """Check e-mail and password. An unknown address costs the same work and gets the same answer as a wrong password."""
    form = SignInForm.from_request()
    if not form.validate():
        return page("accounts/sign_in.html", form=form, status=422)
    email = normalized_email(form.email.data)
    found = _account_after_delay(email)
    if not passwords.matches(form.password.data, found.password_hash if found else None, fips=settings().fips) or found is None:
        with transaction.writing() as own:
            service.note_failure(own, email=email, address=_address(), key=throttle_key(), now=now())
        form.form_errors.append(NO_MATCH)
        return page("accounts/sign_in.html", form=form, status=422)
    before = identity_if_any()
    with transaction.writing() as own:
        enter(own, user_id=found.user_id, before=before, now=now())
    return redirect(local_path(form.next.data), 303)


def _account_after_delay(email: str) -> Account | None:
    seconds = service.delay_before(session(), email=email, address=_address(), key=throttle_key(), now=now())
    found = queries.account(session(), email=email)
    transaction.finish()  # no transaction stays open while the person waits and the password is hashed
    if seconds and not waiting.acquire(blocking=False):
        raise AllWaiting("Too many sign-ins failed just now. Wait a few seconds and try again.")
    if seconds:
        try:
            time.sleep(seconds)
        finally:
            waiting.release()
    return found


def throttle_key() -> bytes:
    """The key of the digests by which failures are counted: derived from the secret of this installation, so nobody can list addresses."""
    secret = current_app.secret_key or b""
    return hmac.new(secret if isinstance(secret, bytes) else secret.encode(), b"failed sign-ins", hashlib.sha256).digest()


def _address() -> str:
    return request.remote_addr or ""


@blueprint.post("/sign-out")
@access(PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End this browser's session on the server."""
    leave(session(), identity=identity_if_any(), now=now())
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.get("/account")
@access(SIGNED_IN)
def account() -> ResponseReturnValue:
    """One's own name, roles and open sessions."""
    identity = current_identity()
    sessions = queries.open_sessions(session(), user_id=identity.user_id, now=now())
    return page("accounts/account.html", identity=identity, sessions=[(row, spoken(row.browser)) for row in sessions])


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
@access(PUBLIC)
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
