"""The test-security agreement: read, signed, and asked for before exam content (R-10)."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.accounts.browser import local_path
from lms.questions import security, security_rules
from lms.questions.forms import SecurityForm
from lms.web.guard import SIGNED_IN, access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("security", __name__, template_folder="templates")


def led_to_sign() -> Response | None:
    """The way to the agreement for whoever has to sign it before the page asked for; None for whoever has."""
    if security_rules.counts(security.signature(session(), user_id=current_identity().user_id), now=now()):
        return None
    return redirect(url_for("security.agreement", next=request.path), 303)


@blueprint.get("/test-security")
@access(SIGNED_IN)
def agreement() -> ResponseReturnValue:
    """The agreement, and until when one's own signature counts."""
    return _agreement(SecurityForm(data={"next": local_path(request.args.get("next"))}))


@blueprint.post("/test-security/signatures")
@access(SIGNED_IN)
def sign() -> ResponseReturnValue:
    """Sign it, and go on."""
    form = SecurityForm.from_request()
    if not form.validate():
        return _agreement(form, status=422)
    security.sign(session(), actor=current_identity(), now=now())
    return redirect(local_path(form.next.data), 303)


def _agreement(form: SecurityForm, *, status: int = 200) -> ResponseReturnValue:
    signature = security.signature(session(), user_id=current_identity().user_id)
    counts = security_rules.counts(signature, now=now())
    return page("questions/security.html", status=status, form=form, signature=signature, counts=counts, promises=security_rules.PROMISES)
