"""What every template may use."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, request, url_for

from lms.web import transaction
from lms.web.forms import csrf_token
from lms.web.guard import identity_if_any
from lms.web.site import site


def register(app: Flask, *, static_prefix: str) -> None:
    """Give templates their globals and filters."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        csrf_token=csrf_token,
        static_url=lambda name: f"{static_prefix}{name}",
        settings=site_settings(app),
        page=PageFacts(),
    )
    app.jinja_env.filters.update(moment=moment, second=second, day=day)


def site_settings(app: Flask) -> Any:
    """The settings of the site that `app` serves."""
    return app.extensions["lms"].settings


class PageFacts:
    """What base.html asks about the person and the page; each is worked out only when a template uses it."""

    @property
    def identity(self) -> Any:
        """Who is signed in, or None."""
        return identity_if_any()

    @property
    def navigation(self) -> list[tuple[str, str, bool]]:
        """(label, address, is it this page) for each page the person may go to."""
        places = site().navigation(identity_if_any())
        return [(label, url_for(endpoint), _is_current(endpoint)) for label, endpoint in places]

    @property
    def sign_in_url(self) -> str:
        """Where to sign in, told to those who are not."""
        return "" if identity_if_any() is not None else url_for("accounts.sign_in")

    @property
    def footer(self) -> list[tuple[str, str]]:
        """(label, address) of the links that stand below every page."""
        return [(label, url_for(endpoint)) for label, endpoint in site().footer]

    @property
    def notices(self) -> list[str]:
        """Standing warnings that concern the person."""
        identity = identity_if_any()
        return [] if identity is None or identity.owes is not None else site().standing_notices(transaction.session(), identity)


def _is_current(endpoint: str) -> bool:
    address = url_for(endpoint)
    return request.path == address or (address != "/" and request.path.startswith(f"{address}/"))


def moment(value: datetime, zone: str = "UTC") -> str:
    """A moment as people write it, with its zone: "Nov 22, 2026, 10:42 AM EST"."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{local:%b} {local.day}, {local:%Y}, {local.hour % 12 or 12}:{local:%M} {local:%p} {local:%Z}"


def second(value: datetime, zone: str = "UTC") -> str:
    """A moment to the second, for records of what happened: "Nov 22, 2026, 10:42:07 AM EST"."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{local:%b} {local.day}, {local:%Y}, {local.hour % 12 or 12}:{local:%M:%S} {local:%p} {local:%Z}"


def day(value: Any) -> str:
    """A date as people write it: "November 22, 2026"."""
    return f"{value:%B} {value.day}, {value:%Y}"
