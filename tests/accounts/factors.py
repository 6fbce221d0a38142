"""A code app in the hands of a test, and what is sent with it."""

from dataclasses import dataclass

import pyotp
from werkzeug.test import TestResponse

from lms.kernel.clock import FrozenClock
from tests.support.browser import SECOND_STEP, HasAccount, Visitor
from tests.support.cast import PASSWORD


@dataclass(frozen=True, slots=True)
class CodeApp:
    """A phone that shows codes."""

    secret: str
    clock: FrozenClock

    @property
    def code(self) -> str:
        """The code that it shows now."""
        return pyotp.TOTP(self.secret).at(self.clock.now())


def sets_up_code_app(visitor: Visitor, clock: FrozenClock, *, name: str = "My phone") -> tuple[CodeApp, TestResponse]:
    """Set up a code app in the browser; returns it with the page that follows."""
    assert visitor.opens("/account/code-apps/new").status_code == 200
    secret = next(one.said() for one in visitor.page.all("span") if "data-secret" in one.attributes).replace("-", "")
    app = CodeApp(secret, clock)
    return app, visitor.sends("/account/code-apps", name=name, code=app.code, sealed=visitor.page.hidden("sealed"))


def gives_the_password(visitor: Visitor, person: HasAccount) -> TestResponse:
    """The first step of signing in."""
    return visitor.sends("/sign-in", email=person.email, password=PASSWORD)


def types(visitor: Visitor, code: str, **others: object) -> TestResponse:
    """Type a code where it is asked for."""
    return visitor.sends(SECOND_STEP, code=code, **others)


def codes_on(visitor: Visitor) -> list[str]:
    """The recovery codes that the page shows."""
    return [one.said() for one in visitor.page.all("span") if one.attributes.get("class") == "code"]
