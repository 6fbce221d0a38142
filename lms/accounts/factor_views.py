"""One's own second factors: code apps, passkeys and recovery codes."""

import base64
import binascii
import uuid
from typing import Any

import pyotp
import segno
from flask import Blueprint, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts import factor_queries, factor_service, passkeys
from lms.accounts.browser import promote
from lms.accounts.factor_rules import MOST_FACTORS, FactorKind, grouped
from lms.accounts.factor_service import NotProven
from lms.accounts.forms import CodeAppForm, PasskeyForm
from lms.accounts.passkeys import PasskeyRefused
from lms.accounts.permissions import STAFF_ROLES
from lms.accounts.rules import Identity, Owed
from lms.accounts.second_step import own_vault, taken
from lms.kernel.errors import Conflict, NotFound
from lms.web import transaction
from lms.web.guard import SIGNED_IN, access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session, settings

blueprint = Blueprint("factors", __name__, template_folder="templates")


@blueprint.get("/account/factors")
@access(SIGNED_IN, owing=Owed.FACTOR)
def factors() -> ResponseReturnValue:
    """One's own factors; whoever needs one and has none begins here."""
    identity = current_identity()
    rows = factor_queries.factors(session(), user_id=identity.user_id)
    left = factor_queries.recovery_codes_left(session(), user_id=identity.user_id)
    facts = {"needs_one": bool(identity.roles & STAFF_ROLES), "owes": identity.owes is not None, "full": len(rows) >= MOST_FACTORS}
    return page("accounts/factors.html", rows=rows, left=left, party=passkeys.party_of(settings()), **facts)


@blueprint.get("/account/code-apps/new")
@access(SIGNED_IN, owing=Owed.FACTOR, step_up=True)
def new_code_app() -> ResponseReturnValue:
    """Show a new secret. It counts only once a code of it was typed."""
    return _code_app(CodeAppForm(data={"sealed": _sealed(factor_service.new_secret())}))


@blueprint.post("/account/code-apps")
@access(SIGNED_IN, owing=Owed.FACTOR, step_up=True)
def add_code_app() -> ResponseReturnValue:
    """Take a code app whose first code is right."""
    form, identity = CodeAppForm.from_request(), current_identity()
    secret = _secret_in(form.sealed.data or "")
    if secret is None:
        raise Conflict("This page is too old. Go back to your second factors and begin again.")
    if not form.validate():
        return _code_app(form, status=422)
    given: dict[str, Any] = {"secret": secret, "typed": form.code.data, "name": form.name.data}
    try:
        factor_service.add_code_app(session(), actor=identity, vault=own_vault(), now=now(), **given)
    except NotProven as refusal:
        form.code.errors = [str(refusal)]
        return _code_app(form, status=422)
    return _told(_begun_anew(session(), identity, FactorKind.CODE_APP))


def _code_app(form: CodeAppForm, *, status: int = 200) -> ResponseReturnValue:
    secret = _secret_in(form.sealed.data or "") or ""
    identity = current_identity()
    address = pyotp.TOTP(secret).provisioning_uri(name=identity.email, issuer_name=settings().product_name)
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="white", encode_minimal=True)
    return page("accounts/new_code_app.html", form=form, picture=picture, secret=grouped(secret), status=status)


def _sealed(secret: str) -> str:
    return base64.urlsafe_b64encode(own_vault().seal(secret.encode(), purpose=_purpose())).decode()


def _secret_in(sealed: str) -> str | None:
    try:
        found = own_vault().opened(base64.urlsafe_b64decode(sealed.encode()), purpose=_purpose())
    except (binascii.Error, ValueError):
        return None
    return None if found is None else found.decode()


def _purpose() -> str:
    """A secret that is not confirmed yet serves this person in this session alone."""
    return f"new code app of {current_identity().user_id} in {current_identity().session_id}"


@blueprint.get("/account/passkeys/new")
@access(SIGNED_IN, owing=Owed.FACTOR, step_up=True)
def new_passkey() -> ResponseReturnValue:
    """Ask for a name, and let the browser make a passkey."""
    return _passkey(PasskeyForm())


@blueprint.post("/account/passkeys/question")
@access(SIGNED_IN, owing=Owed.FACTOR, step_up=True)
def passkey_question() -> ResponseReturnValue:
    """What the browser is asked to make a passkey, as JSON."""
    identity, party = current_identity(), passkeys.party_of(settings())
    if party is None:
        raise NotFound("Passkeys need a host name.")
    known = factor_queries.credential_ids(session(), user_id=identity.user_id)
    challenge = factor_service.put_challenge(session(), actor=identity, now=now())
    whose = {"user": identity.user_id.bytes, "email": identity.email, "name": identity.name}
    return jsonify(passkeys.creation_question(party, challenge=challenge, known=known, **whose))


@blueprint.post("/account/passkeys")
@access(SIGNED_IN, owing=Owed.FACTOR, step_up=True, reading_only=True)
def add_passkey() -> ResponseReturnValue:
    """Take a passkey that the browser has made."""
    form, identity = PasskeyForm.from_request(), current_identity()
    if not form.validate():
        return _passkey(form, status=422)
    try:
        asked = taken(identity, form.answer.data)
        found = passkeys.made(asked.party, challenge=asked.challenge, answer=asked.answer)
    except PasskeyRefused as refusal:
        form.form_errors.append(str(refusal))
        return _passkey(form, status=422)
    with transaction.writing() as own:
        factor_service.add_passkey(own, actor=identity, found=found, name=form.name.data, now=now())
        codes = _begun_anew(own, identity, FactorKind.PASSKEY)
    return _told(codes)


def _passkey(form: PasskeyForm, *, status: int = 200) -> ResponseReturnValue:
    return page("accounts/new_passkey.html", form=form, party=passkeys.party_of(settings()), status=status)


def _begun_anew(own: Session, identity: Identity, kind: FactorKind) -> list[str]:
    """After the first factor the session begins anew, and there are recovery codes; after others nothing more happens."""
    if identity.has_factor:
        return []
    promote(own, identity=identity, proof=kind, now=now())
    return factor_service.make_recovery_codes(own, actor=identity, vault=own_vault(), now=now())


def _told(codes: list[str]) -> ResponseReturnValue:
    return _codes_shown(codes, first=True) if codes else redirect(url_for("factors.factors"), 303)


def _codes_shown(codes: list[str], *, first: bool) -> ResponseReturnValue:
    return page("accounts/recovery_codes.html", codes=[grouped(code) for code in codes], first=first)


@blueprint.post("/account/factors/<uuid:factor_id>/removal")
@access(SIGNED_IN, step_up=True)
def remove(factor_id: uuid.UUID) -> ResponseReturnValue:
    """Remove one of one's own factors."""
    factor_service.remove(session(), actor=current_identity(), factor_id=factor_id, now=now())
    return redirect(url_for("factors.factors"), 303)


@blueprint.post("/account/recovery-codes")
@access(SIGNED_IN, step_up=True)
def renew_recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes, and show them this once."""
    identity = current_identity()
    if not identity.has_factor:
        raise Conflict("Recovery codes replace a second factor that was lost. Set one up first.")
    codes = factor_service.make_recovery_codes(session(), actor=identity, vault=own_vault(), now=now())
    return _codes_shown(codes, first=False)
