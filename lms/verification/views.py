"""The public pages of verification: one big word, what it means, and what it does not."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.certificates.numbers import display, parse
from lms.certificates.rules import duration
from lms.certificates.signers import trust
from lms.verification import api, limits, rules, service
from lms.verification.forms import NumberForm, PaperForm
from lms.verification.rules import Answer, Asked, Word
from lms.web import transaction
from lms.web.guard import PUBLIC, access, identity_if_any
from lms.web.pages import page
from lms.web.transaction import now, session, settings

blueprint = Blueprint("verification", __name__, template_folder="templates")
STATUSES = {Word.NOT_FOUND: 404, Word.TYPING_SLIP: 400}


@blueprint.get("/verify")
@access(PUBLIC)
def verify() -> ResponseReturnValue:
    """The form: a number, a number and a name, or a file."""
    return _form(NumberForm(), PaperForm())


@blueprint.post("/verify")
@access(PUBLIC, reading_only=True)
def check() -> ResponseReturnValue:
    """Look up what was typed. A name never stands in an address: only a bare number leads to one."""
    form = NumberForm.from_request()
    if not form.validate():
        return _form(form, PaperForm(), status=422)
    number = parse(form.number.data)
    if isinstance(number, str) and not form.name.data.strip():
        return redirect(url_for("verification.number", number=display(number)), 303)
    asked = Asked(name=form.name.data.strip(), may_read=may_read())
    return _told(service.check_number(session(), text=form.number.data, asked=asked, now=now()), asked)


@blueprint.get("/verify/<number>")
@access(PUBLIC)
def number(number: str) -> ResponseReturnValue:
    """What the number says; with the code from the paper (`t`), everything that is printed on it."""
    asked = Asked(token=request.args.get("t", "")[:100], may_read=may_read())
    return _told(service.check_number(session(), text=number, asked=asked, now=now()), asked)


@blueprint.post("/verify/paper")
@access(PUBLIC, reading_only=True)
def paper() -> ResponseReturnValue:
    """Whether a file is the very paper that was issued."""
    sent = request.files.get("paper")
    content = sent.read() if sent is not None else b""
    if not content:
        form = PaperForm()
        form.paper.errors = ["Choose the PDF file to check."]
        return _form(NumberForm(), form, status=422)
    found = service.check_paper(session(), content=content, now=now())
    transaction.finish()  # what follows is slow
    return _told(found or service.inspect_paper(content, trust=trust(settings()), now=now()), Asked(paper=True))


def may_read() -> bool:
    """Whether the asker is signed in and may ask about authorizations."""
    identity = identity_if_any()
    return identity is not None and identity.may(Permission.AUTHORIZATION_READ)


def _form(numbers: NumberForm, papers: PaperForm, status: int = 200) -> Response:
    return page("verification/verify.html", status=status, numbers=numbers, papers=papers)


def _told(answer: Answer, asked: Asked) -> Response:
    identity = identity_if_any()
    return page(
        "verification/answer.html",
        status=STATUSES.get(answer.word, 200),
        answer=answer,
        asked=asked,
        rules=rules,
        duration=duration,
        certifies=identity is not None and identity.may(Permission.CERTIFICATE_ISSUE),
    )


limits.limit(blueprint, api.blueprint)
blueprints = [blueprint, api.blueprint]
