"""The list of further training that is owed."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies.nomination_queries import today_in
from lms.authorizations import refreshing
from lms.authorizations.listing import PER_PAGE
from lms.web.guard import access
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("refreshers", __name__, template_folder="templates")


@blueprint.get("/refreshers")
@access(Permission.AUTHORIZATION_READ)
def refreshers() -> ResponseReturnValue:
    """What is owed, what is overdue longest first."""
    rows = refreshing.owed(session(), now=now(), page=page_asked())
    pages = pages_of(refreshing.owed_count(session(), now=now()), PER_PAGE)
    return page("authorizations/refreshers.html", rows=rows, number=page_asked(), pages=pages, today_in=today_in, now=now())
