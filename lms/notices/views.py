"""The notices' pages: what was sent, how each kind reads, and one's own."""

import uuid
from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.kernel.errors import NotFound
from lms.notices import queries, rules
from lms.notices.forms import AskedForm
from lms.notices.queries import PER_PAGE
from lms.notices.rules import HIDDEN_LINK, Kind, Text
from lms.web.guard import SIGNED_IN, access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import session, settings

blueprint = Blueprint("notices", __name__, template_folder="templates")


@blueprint.get("/notices")
@access(Permission.NOTICE_READ)
def notices() -> ResponseReturnValue:
    """Every notice, the newest first, and what became of it."""
    form = AskedForm(request.args)
    sound = form.validate()
    asked = {"kind": form.kind.data or "", "state": form.state.data or ""} if sound else {"kind": "", "state": ""}
    number = page_asked()
    rows, count = queries.notices(session(), **asked, page=number)
    url = f"{url_for('notices.notices')}?{urlencode(asked)}&page={{page}}"
    return page(
        "notices/notices.html", status=200 if sound else 422, form=form, rows=rows, number=number, pages=pages_of(count, PER_PAGE), url=url
    )


@blueprint.get("/notices/<uuid:notice_id>")
@access(Permission.NOTICE_READ)
def notice(notice_id: uuid.UUID) -> ResponseReturnValue:
    """One notice as it reads, and every try to send it."""
    found = queries.notice(session(), notice_id=notice_id)
    if found is None:
        raise NotFound("There is no such notice.")
    return page("notices/notice.html", told=found, text=_shown(found.text), own=False)


@blueprint.get("/notices/wordings")
@access(Permission.NOTICE_READ)
def wordings() -> ResponseReturnValue:
    """How each kind of notice reads, with invented facts."""
    return page("notices/wordings.html", examples=[(kind, _shown(rules.example(kind))) for kind in Kind])


@blueprint.get("/account/notices")
@access(SIGNED_IN)
def own() -> ResponseReturnValue:
    """The notices to the person signed in."""
    number = page_asked()
    rows, count = queries.own(session(), identity=current_identity(), page=number)
    url = f"{url_for('notices.own')}?page={{page}}"
    return page("notices/own.html", rows=rows, number=number, pages=pages_of(count, PER_PAGE), url=url)


@blueprint.get("/account/notices/<uuid:notice_id>")
@access(SIGNED_IN)
def own_notice(notice_id: uuid.UUID) -> ResponseReturnValue:
    """One notice to the person signed in."""
    found = queries.notice(session(), notice_id=notice_id, identity=current_identity())
    if found is None:
        raise NotFound("There is no such notice.")
    return page("notices/notice.html", told=found, text=_shown(found.text), own=True)


def _shown(text: Text) -> Text:
    """A notice as it read, without the address it led to."""
    return rules.filled(text, link=HIDDEN_LINK, product=settings().product_name, disclaimer=settings().disclaimer)
