"""The base of every form, and the token that proves a form came from one of our pages.

The token is WTForms' own (SessionCSRF) without its time limit: it lives as long as the browser session, so that a three-hour exam
can still be handed in. The guard checks it on every unsafe request, whatever the view does.
"""

import hmac
import secrets
from typing import Any

from flask import request
from flask import session as cookie
from wtforms import Field
from wtforms import Form as PlainForm
from wtforms.csrf.session import SessionCSRF
from wtforms.validators import ValidationError

CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
FIRST_YEAR, LAST_YEAR = 1900, 2199


class Form(PlainForm):
    """A form without a token field of its own: the guard has already checked the request's."""

    @classmethod
    def from_request(cls, **kwargs: Any) -> Any:
        """The form filled from what was sent, or from `kwargs` when nothing was."""
        return cls(request.form if request.method == "POST" else None, **kwargs)


def within_reach(_form: object, field: Field) -> None:
    """A validator for days: at the ends of the calendar there is no day before or after, in some zone or other."""
    if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(f"Enter a day from {FIRST_YEAR} to {LAST_YEAR}.")


class _OfThisBrowser:
    """What WTForms reads from a form's Meta: the token lives in the cookie, without a time limit."""

    csrf_time_limit = None

    @property
    def csrf_secret(self) -> bytes:
        return bytes.fromhex(cookie.setdefault("csrf_secret", secrets.token_hex(32)))

    @property
    def csrf_context(self) -> Any:
        return cookie


TOKENS = SessionCSRF()
TOKENS.form_meta = _OfThisBrowser()  # once: making a form for each token would cost several times the token


def csrf_token() -> str:
    """The token that pages of this browser session put into their forms."""
    return str(TOKENS.generate_csrf_token(None))


def csrf_is_valid() -> bool:
    """Whether the request carries this browser session's token, as a field or as a header."""
    sent = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    return "csrf" in cookie and hmac.compare_digest(sent.encode(), csrf_token().encode())
