"""Rendering a page: what was changed is committed first, so that no lock is held while a template is drawn."""

from typing import Any

from flask import Response, g, make_response, render_template

from lms.web import transaction


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """The page `template` with `context` (frozen rows and plain values)."""
    if "session" in g and g.session.info.get("writing", False):
        transaction.finish()
        g.reading_only = True
    return make_response(render_template(template, **context), status)
