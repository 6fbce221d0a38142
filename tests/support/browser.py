"""A visitor of the site: a browser without a screen that checks every page it is given."""

from typing import Any, Protocol

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.cast import PASSWORD
from tests.support.pages import Page, check_page

CSRF_FIELD = "csrf_token"


class HasAccount(Protocol):
    """Whoever can sign in."""

    @property
    def email(self) -> str: ...


class Visitor:
    """One browser with its own cookies. The token of the newest page is added to whatever is sent."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page = Page()
        self._token: str | None = None

    def signs_in_as(self, person: HasAccount, *, password: str = PASSWORD) -> "Visitor":
        """Sign in by the form, and go on as that person."""
        answer = self.sends("/sign-in", email=person.email, password=password)
        assert answer.status_code == 303, answer.text
        return self

    def opens(self, path: str, **kwargs: Any) -> TestResponse:
        """Fetch a page and check it."""
        return self._seen(self.client.get(path, **kwargs))

    def sends(self, path: str, **fields: Any) -> TestResponse:
        """Post a form with its token; a list sends a field several times. The answer is not followed."""
        return self._seen(self.client.post(path, data={CSRF_FIELD: self.token()} | fields))

    def sends_json(self, path: str, value: object, **headers: str) -> TestResponse:
        """Post JSON as the site's own scripts do, with the token as a header."""
        return self._seen(self.client.post(path, json=value, headers={"X-CSRF-Token": self.token()} | headers))

    def follows(self, answer: TestResponse) -> TestResponse:
        """Go where a redirect leads, and check the page there."""
        assert answer.status_code in {302, 303}, f"{answer.status_code} is no redirect:\n{answer.text}"
        return self.opens(answer.headers["Location"])

    def token(self) -> str:
        """The token that forms of this browser session carry."""
        if self._token is None:
            self.opens("/privacy")
        if self._token is None:
            self.opens("/sign-in")
        assert self._token is not None, "no page with a form was found"
        return self._token

    def _seen(self, answer: TestResponse) -> TestResponse:
        assert answer.status_code < 500, answer.text
        if 300 <= answer.status_code < 400:
            self._token = None if "Set-Cookie" in answer.headers else self._token  # a new session has a new token
        elif answer.mimetype == "text/html":
            self.page = check_page(answer.text, dict(answer.headers.items()))
            self._token = self.page.hidden(CSRF_FIELD) or self._token
        return answer
