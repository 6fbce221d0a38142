"""The site on a real port for a real browser, with a clock that the test moves."""

import os
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread
from typing import Any

import pyotp
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from lms.accounts.factor_rules import FactorKind
from lms.accounts.factor_service import SECRET
from lms.accounts.models import Factor, User
from lms.accounts.vault import vault_in
from lms.app import work_off
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.web.site import Site

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, driven by Playwright."""
    found = os.environ.get("LMS_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True, slots=True)
class Live:
    """A running site and its parts."""

    url: str
    site: Site
    app: Flask
    clock: FrozenClock

    def passes(self, **time: float) -> None:
        """Let time pass for the server."""
        self.clock.advance(timedelta(**time))

    def works(self) -> None:
        """Let the periodic work run until nothing is left to do; in a thread, since Playwright keeps this one's event loop."""
        with ThreadPoolExecutor(1) as pool:
            pool.submit(work_off, self.site).result()

    def cookie(self, values: dict[str, Any]) -> dict[str, Any]:
        """A signed cookie as the site itself would set it."""
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert serializer is not None
        return {"name": self.app.config["SESSION_COOKIE_NAME"], "value": str(serializer.dumps(values)), "url": self.url}


def passes_second_step(live: Live, page: Page, email: str) -> None:
    """Type a code where the page asks for one."""
    page.get_by_label("Code", exact=True).fill(code_of_new_app(live, email))
    page.get_by_role("button", name="Confirm", exact=True).click()


def code_of_new_app(live: Live, email: str) -> str:
    """A code that counts now. The person gets a code app of their own for it, so that no code was used before."""
    secret, now = pyotp.random_base32(), live.clock.now()
    vault = vault_in(live.site.settings.data)
    with live.site.database.writing() as session:
        user_id = session.scalars(select(User.id).where(User.email == email)).one()
        sealed = vault.seal(secret.encode(), purpose=f"{SECRET} of {user_id}")
        held = {"sealed": sealed, "credential_id": None, "public_key": None, "counter": 0}
        session.add(Factor(id=new_id(), user_id=user_id, kind=FactorKind.CODE_APP, name="App", created_at=now, last_used_at=None, **held))
    return pyotp.TOTP(secret).at(now)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Quiet(WSGIRequestHandler):
    """Serves without writing a line for each request."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the overridden method's own name
        pass


@contextmanager
def live_site(app: Flask, site: Site, clock: FrozenClock, *, port: int = 0) -> Iterator[Live]:
    """Serve `app` on a port of this machine until the block ends."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, name="live site")
    thread.start()
    try:
        yield Live(f"http://localhost:{server.server_port}", site, app, clock)  # passkeys want a name
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def new_context(browser: Browser, live: Live, **options: Any) -> BrowserContext:
    """A browser of one's own: fresh cookies, American English."""
    return browser.new_context(base_url=live.url, locale="en-US", **{"viewport": DESKTOP, **options})


def faults_of(page: Page) -> list[str]:
    """What axe finds wrong on a page under WCAG 2.2 AA, and anything that scrolls sideways."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
    faults = [f"{one['id']}: {one['help']} at {one['nodes'][0]['target']}" for one in found]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append(f"scrolls sideways at {page.viewport_size}")
    return faults
