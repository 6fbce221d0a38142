"""A visitor of the site: a browser without a screen that checks every page it is given."""

from dataclasses import dataclass
from typing import Any, Protocol

from flask import Flask
from werkzeug.test import TestResponse

from lms.accounts.passkeys import Party, party_of
from tests.support.cast import PASSWORD
from tests.support.pages import Page, check_page
from tests.support.passkey import SoftPasskey, passkey_of

CSRF_FIELD = "csrf_token"
SECOND_STEP = "/sign-in/second-step"


class HasAccount(Protocol):
    """Whoever can sign in."""

    @property
    def email(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in, by their address alone."""

    email: str


class Visitor:
    """One browser with its own cookies. The token of the newest page is added to whatever is sent."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page = Page()
        self._token: str | None = None

    def signs_in_as(self, person: HasAccount, *, password: str = PASSWORD) -> "Visitor":
        """Sign in by the form, with their passkey where they have one, and go on as that person."""
        answer = self.sends("/sign-in", email=person.email, password=password)
        assert answer.status_code == 303, answer.text
        if answer.headers["Location"].startswith(SECOND_STEP) and self.client.get(SECOND_STEP).status_code == 200:
            self.proves(person)
        elif answer.headers["Location"].startswith(SECOND_STEP):
            self.sets_up_passkey(person)
        return self

    def sets_up_passkey(self, person: HasAccount, passkey: SoftPasskey | None = None) -> TestResponse:
        """Set up the person's passkey, or another, as their role asks of them."""
        asked = self.sends_json("/account/passkeys/question", {})
        assert asked.status_code == 200, asked.text
        made = (passkey or passkey_of(person.email)).creates(asked.get_json(), self.party)
        return self.sends("/account/passkeys", name="A passkey of the tests", answer=made)

    @property
    def party(self) -> Party:
        """The site as passkeys know it."""
        found = party_of(self.client.application.extensions["lms"].settings)
        assert found is not None
        return found

    def proves(self, person: HasAccount, **kept: str) -> TestResponse:
        """Prove the person's passkey: as the second step of signing in, or anew before a protected act, with what that page `kept`."""
        answer = self.sends(SECOND_STEP, answer=self.passkey_answer(person), **kept)
        assert answer.status_code in {200, 303}, answer.text
        return answer

    def passkey_answer(self, person: HasAccount, passkey: SoftPasskey | None = None) -> str:
        """What the person's passkey, or another, answers to the question that the site puts now."""
        asked = self.sends_json("/sign-in/passkey-question", {})
        assert asked.status_code == 200, asked.text
        return (passkey or passkey_of(person.email)).proves(asked.get_json(), self.party)

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
