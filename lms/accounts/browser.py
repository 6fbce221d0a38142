"""What a browser holds of a sign-in: a new secret each time, and where it may be sent next."""

import uuid
from datetime import datetime
from urllib.parse import urlsplit

from flask import request
from flask import session as cookie
from flask_login import login_user, logout_user
from sqlalchemy.orm import Session

from lms.accounts import service
from lms.accounts.rules import Identity
from lms.accounts.service import Opened
from lms.web.guard import SignedIn


def enter(session: Session, *, user_id: uuid.UUID, before: Identity | None, now: datetime) -> Identity:
    """Let the person whose password was right in on this browser. Who was signed in `before` is signed out, and the cookie starts anew."""
    if before is not None and before.session_id is not None:
        service.end_session(session, actor=before, session_id=before.session_id, now=now)
    return _kept(service.open_session(session, user_id=user_id, browser=request.user_agent.string, now=now))


def promote(session: Session, *, identity: Identity, proof: str | None, now: datetime) -> Identity:
    """Give the browser a new session in place of its own, after the person proved a factor: a cookie seen before opens nothing."""
    return _kept(service.replace_session(session, actor=identity, browser=request.user_agent.string, proof=proof, now=now))


def _kept(opened: Opened) -> Identity:
    cookie.clear()
    login_user(SignedIn(opened.secret, opened.identity))
    return opened.identity


def leave(session: Session, *, identity: Identity | None, now: datetime) -> None:
    """Sign the person out: the session ends on the server, whatever the browser keeps."""
    if identity is not None and identity.session_id is not None:
        service.end_session(session, actor=identity, session_id=identity.session_id, now=now)
    logout_user()
    cookie.clear()


def local_path(asked: str | None, *, default: str = "/") -> str:
    """The page asked for when it is one of this site, else `default`: a link never leads a person elsewhere after signing in."""
    if not asked or not asked.startswith("/") or asked.startswith(("//", "/\\")):
        return default
    parts = urlsplit(asked)
    if parts.scheme or parts.netloc or "\\" in asked or not asked.isprintable():
        return default
    return asked
