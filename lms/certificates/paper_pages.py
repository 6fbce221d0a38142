"""Handing out a stored paper that is no certificate."""

from flask import Response

from lms.web.pages import page
from lms.web.site import site
from lms.web.transaction import finish

PDF = "application/pdf"
REFRESH_SECONDS = "3"


def stored_paper(digest: str | None, *, name: str) -> Response:
    """A stored paper as a file to keep, or a page that asks again by itself while there is none."""
    if digest is None:
        answer = page("certificates/preparing_paper.html", status=202)
        answer.headers["Refresh"] = REFRESH_SECONDS
        return answer
    finish()  # reading a file needs no transaction
    answer = Response(site().blobs.read(digest), mimetype=PDF)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
