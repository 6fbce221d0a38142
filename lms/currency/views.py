"""The page of what the law's changes ask for: each fact with everything that stands on it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.currency import queries
from lms.currency.queries import UnknownFact
from lms.kernel.errors import NotFound
from lms.questions.views import led_to_sign
from lms.web.guard import access
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("currency", __name__, template_folder="templates")


class NoSuchFact(NotFound):
    """The register has never had the fact."""


@blueprint.get("/courses/currency")
@access(Permission.LESSON_WRITE)
def currency() -> ResponseReturnValue:
    """The facts that changed or are overdue, with what stands on each."""
    to_sign = led_to_sign()
    if to_sign is not None:
        return to_sign
    number, today, found = page_asked(), now().date(), queries.register(session())
    asked = queries.attention(found, today=today)
    shown = asked[(number - 1) * queries.PER_PAGE : number * queries.PER_PAGE]
    rows = queries.affected(session(), facts=shown, found=found, today=today)
    return page("currency/currency.html", rows=rows, number=number, pages=pages_of(len(asked), queries.PER_PAGE), count=len(asked))


@blueprint.get("/courses/currency/<fact_id>")
@access(Permission.LESSON_WRITE)
def fact(fact_id: str) -> ResponseReturnValue:
    """One fact, whether it changed or not: what stands on it, and the officers trained on the text before the change."""
    to_sign = led_to_sign()
    if to_sign is not None:
        return to_sign
    number, today, found = page_asked(), now().date(), queries.register(session())
    try:
        (row,) = queries.affected(session(), facts=[fact_id], found=found, today=today)
    except UnknownFact as unknown:
        raise NoSuchFact("The register has never had a fact of that id.") from unknown
    officers = queries.officers_trained(session(), editions=row.editions, page=number)
    pages = pages_of(row.officers, queries.OFFICERS_PER_PAGE)
    return page("currency/fact.html", row=row, officers=officers, number=number, pages=pages, content=found.facts.get(fact_id, {}))
