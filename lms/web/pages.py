"""Rendering a page: what was changed is committed first, so that no lock is held while a template is drawn. And pages of lists."""

from typing import Any

from flask import Response, g, make_response, render_template, request

from lms.web import transaction


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """The page `template` with `context` (frozen rows and plain values)."""
    if "session" in g and g.session.info.get("writing", False):
        transaction.finish()
        g.reading_only = True
    return make_response(render_template(template, **context), status)


def page_asked() -> int:
    """The number of the page of a list that the address asks for."""
    return max(1, min(request.args.get("page", 1, type=int), 100_000))


def pages_of(rows: int, per_page: int) -> int:
    """How many pages so many rows fill."""
    return max(1, -(-rows // per_page))
