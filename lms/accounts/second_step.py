"""The second step of signing in, and the same proof anew before a protected act, which keeps what was typed."""

import base64
import binascii
import json
from typing import Any, Final

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts import factor_queries, factor_service, guessing, passkeys
from lms.accounts.browser import local_path, promote
from lms.accounts.checking import slowed
from lms.accounts.factor_rules import FactorKind
from lms.accounts.factor_service import Asked, NotProven, PasskeyCopied
from lms.accounts.forms import ProofForm
from lms.accounts.passkeys import PasskeyRefused
from lms.accounts.rules import Identity, Owed
from lms.accounts.vault import Vault, vault_in
from lms.kernel.errors import Conflict
from lms.web import transaction
from lms.web.forms import CSRF_FIELD
from lms.web.guard import SIGNED_IN, access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session, settings


class NoPasskey(Conflict):
    """There is no passkey to ask for."""


blueprint = Blueprint("second_step", __name__, template_folder="templates")

MOST_FAILURES: Final = 10
"""Wrong second steps of one person within a quarter of an hour. Three of a million codes count at any moment."""


@blueprint.get("/sign-in/second-step")
@access(SIGNED_IN, always=True)
def second_step() -> ResponseReturnValue:
    """Ask for a code or a passkey; whoever has neither is led to where they are set up."""
    if not current_identity().has_factor:
        return redirect(url_for("factors.factors"), 303)
    return _asked(ProofForm(data={"next": local_path(request.args.get("next"))}))


@blueprint.post("/sign-in/second-step")
@access(SIGNED_IN, always=True, reading_only=True)
def prove() -> ResponseReturnValue:
    """Take the proof, and go on to the page asked for, or to the form that was kept. Wrong ones are slowed as passwords are."""
    form, identity = ProofForm.from_request(), current_identity()
    if not identity.has_factor:
        return redirect(url_for("factors.factors"), 303)
    if not form.validate():
        return _asked(form, status=422)
    try:
        _take(identity, form)
    except (NotProven, PasskeyRefused) as refusal:
        if isinstance(refusal, PasskeyCopied):
            with transaction.writing() as own:
                factor_service.note_copied_passkey(own, actor=identity, now=now())
        form.code.errors = [str(refusal)]
        return _asked(form, status=422)
    return _going_on(identity, form)


def _take(identity: Identity, form: ProofForm) -> None:
    attempt_id = slowed(f"second step of {identity.user_id}", at_most=MOST_FAILURES)
    asked = taken(identity, form.answer.data) if form.answer.data else None
    with transaction.writing() as own:
        kind = _proved(own, identity, asked, form.code.data or "")
        guessing.forget_attempt(own, attempt_id=attempt_id)
        if identity.owes is Owed.PROOF:
            promote(own, identity=identity, proof=kind, now=now())
        else:
            factor_service.note_proof(own, actor=identity, kind=kind, now=now())


def _proved(own: Session, identity: Identity, asked: Asked | None, typed: str) -> FactorKind:
    if asked is not None:
        return factor_service.prove_passkey(own, actor=identity, asked=asked, now=now())
    return factor_service.prove_code(own, actor=identity, vault=own_vault(), typed=typed, now=now())


def taken(identity: Identity, answer: str) -> Asked:
    """A passkey's answer with the challenge that was put to it, which counts once, whether or not the answer holds."""
    party = passkeys.party_of(settings())
    with transaction.writing() as own:
        challenge = factor_service.taken_challenge(own, actor=identity, now=now())
    if party is None or not challenge:
        raise PasskeyRefused("That took too long, or was answered before. Try again.")
    return Asked(party, challenge, answer)


@blueprint.post("/sign-in/passkey-question")
@access(SIGNED_IN, always=True)
def passkey_question() -> ResponseReturnValue:
    """What the browser is to ask a passkey, as JSON."""
    identity, party = current_identity(), passkeys.party_of(settings())
    known = factor_queries.credential_ids(session(), user_id=identity.user_id)
    if party is None or not known:
        raise NoPasskey("You have no passkey here. Type a code instead.")
    challenge = factor_service.put_challenge(session(), actor=identity, now=now())
    return jsonify(passkeys.proof_question(party, challenge=challenge, known=known))


def own_vault() -> Vault:
    """The vault of this installation."""
    return vault_in(settings().data)


# --- A protected act that waits for its proof ---


def ask() -> Response:
    """The page that asks for a proof in place of an act, and keeps the form that was sent, sealed, for the same person."""
    identity = current_identity()
    if not identity.has_factor:
        return redirect(url_for("factors.factors"), 303)  # type: ignore[return-value] # werkzeug's answer is as good as Flask's
    has_file = any(file.filename for file in request.files.values())
    form = ProofForm(data={"kept": "" if has_file else _kept(identity), "next": _came_from()})
    return _asked(form, status=401, lost_file=has_file)


def _kept(identity: Identity) -> str:
    fields = [[name, value] for name, value in request.form.items(multi=True) if name != CSRF_FIELD]
    content = json.dumps({"path": request.full_path.rstrip("?"), "fields": fields}).encode()
    return base64.urlsafe_b64encode(own_vault().seal(content, purpose=_purpose(identity))).decode()


def _came_from() -> str:
    referrer = request.referrer or ""
    return local_path(referrer.removeprefix(request.host_url.rstrip("/")))


def _going_on(identity: Identity, form: ProofForm) -> ResponseReturnValue:
    kept = _opened(identity, form.kept.data or "")
    if kept is None:
        return redirect(local_path(form.next.data), 303)
    return page("accounts/go_on.html", path=local_path(kept["path"]), fields=kept["fields"], back=local_path(form.next.data))


def _opened(identity: Identity, kept: str) -> dict[str, Any] | None:
    try:
        content = own_vault().opened(base64.urlsafe_b64decode(kept.encode()), purpose=_purpose(identity))
    except (binascii.Error, ValueError):
        return None
    found: dict[str, Any] | None = None if content is None else json.loads(content)
    return found


def _purpose(identity: Identity) -> str:
    return f"form of {identity.user_id}"


def _asked(form: ProofForm, *, status: int = 200, lost_file: bool = False) -> Response:
    identity, party = current_identity(), passkeys.party_of(settings())
    known = factor_queries.credential_ids(session(), user_id=identity.user_id)
    signing_in = identity.owes is Owed.PROOF
    code = factor_service.next_code(session(), actor=identity, vault=own_vault(), now=now()) if settings().demo else None
    facts = {"party": party if known else None, "signing_in": signing_in, "lost_file": lost_file, "email": identity.email, "code": code}
    return page("accounts/second_step.html", form=form, status=status, **facts)
