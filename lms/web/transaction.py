"""The one session of a request: reading for a GET, writing for the rest, committed before the answer leaves."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from flask import g, request
from sqlalchemy.orm import Session

from lms.settings import Settings
from lms.web.site import site

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def session() -> Session:
    """The request's session, opened on first use."""
    if "session" not in g:
        g.session_context = _context()
        g.session = g.session_context.__enter__()
    found: Session = g.session
    return found


def _context() -> AbstractContextManager[Session]:
    database = site().database
    return database.reading() if _reads_only() else database.writing()


def _reads_only() -> bool:
    return request.method in SAFE_METHODS or bool(g.get("reading_only", False))


@contextmanager
def writing() -> Iterator[Session]:
    """A short writing session of its own, for views that do slow work first and for the records a GET must leave."""
    finish()
    with site().database.writing() as own:
        yield own


def finish(error: BaseException | None = None) -> None:
    """End the request's session: committed when all went well, undone when `error` passed."""
    context = g.pop("session_context", None)
    g.pop("session", None)
    if context is None:
        return
    if error is None:
        context.__exit__(None, None, None)
    else:
        try:
            context.__exit__(type(error), error, error.__traceback__)
        except BaseException as raised:
            if raised is not error:
                raise


def abandon() -> None:
    """Undo what the request's session has done so far; what follows only reads, unless it opens its own `writing()`."""
    if "session" in g:
        g.session.rollback()
    finish()
    g.reading_only = True


def now() -> datetime:
    """The moment at which this request arrived: slow work costs the person nothing."""
    if "now" not in g:
        g.now = site().clock.now()
    moment: datetime = g.now
    return moment


def settings() -> Settings:
    """The installation's settings."""
    return site().settings
