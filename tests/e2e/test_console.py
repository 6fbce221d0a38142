"""The console in a real browser: thirty officers on one screen, live by itself, by keyboard, and honest when the network is gone."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.app import create_app, open_site
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.settings import Settings
from tests.proctoring.sitting import Held, furnish
from tests.support.browser import Visitor
from tests.support.live import Live, faults_of, live_site, new_context

pytestmark = pytest.mark.e2e


@dataclass(frozen=True, slots=True)
class Watch:
    """A sitting of thirty officers, and the proctor's browser before its console."""

    live: Live
    held: Held
    page: Page


@pytest.fixture
def watch(browser: Browser, migrated_sqlite: Path, clock: FrozenClock, tmp_path: Path) -> Iterator[Watch]:
    shutil.copy(migrated_sqlite, tmp_path / "lms.db")
    settings = Settings(data=tmp_path, compress=False)
    site = open_site(settings, clock=clock, database=Database(settings.database))
    with site.database.writing() as session:
        held = furnish(session, now=clock.now(), officers=30)
        for seat in range(28):
            held.begins(session, seat, now=clock.now())
    app = create_app(site)
    with live_site(app, site, clock) as live:
        context = new_context(browser, live)
        context.set_default_timeout(15_000)
        jar: object = Visitor(app).signs_in_as(held.proctor).client._cookies  # noqa: SLF001 - what the test client was given is what a browser would hold
        assert isinstance(jar, dict)
        context.add_cookies([{"name": one.key, "value": one.value, "url": live.url} for one in jar.values()])
        page = context.new_page()
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(held.path)
        yield Watch(live, held, page)
        context.close()
    site.database.close()


def test_a_proctor_sees_thirty_officers_at_once_and_what_happens_within_seconds(watch: Watch) -> None:
    page, held, clock = watch.page, watch.held, watch.live.clock
    expect(page.locator(".seat")).to_have_count(30)
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "live")
    bottom = page.evaluate("document.querySelector('#console-seats').getBoundingClientRect().bottom")
    assert bottom <= 900, "thirty officers do not fit on one screen"
    assert faults_of(page) == []
    box = page.get_by_label(held.seats[1].who.name, exact=True)
    box.focus()
    page.keyboard.press("Space")
    with watch.live.site.database.writing() as session:
        held.saves(session, 1, 1, now=clock.now())
        held.shows(session, 20, "second-device", now=clock.now())
    expect(page.locator(".seat").first).to_contain_text("A second device waits for you", timeout=6000)
    expect(page.locator("[data-live-said]")).to_contain_text(f"{held.seats[20].who.name}: A second device waits for you")
    assert box.is_checked(), "a choice was lost"
    assert page.evaluate("document.activeElement.name") == "officers", "the focus was lost"
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pause")
    page.get_by_label("Reason").select_option("rest break")
    page.get_by_label("What happened").fill("Asked for a break.")
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    expect(page.locator("#console-filters")).to_contain_text("Paused 1")


def test_a_lost_connection_is_told_and_ends_by_itself(watch: Watch) -> None:
    page = watch.page
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "live")
    page.context.set_offline(True)
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "lost", timeout=6000)
    expect(page.locator("[data-live-text]")).to_contain_text("No connection")
    page.context.set_offline(False)
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "live", timeout=6000)


def test_a_console_whose_sign_in_has_ended_says_so_and_keeps_what_it_showed(watch: Watch) -> None:
    page = watch.page
    expect(page.locator("[data-live]")).to_have_attribute("data-state", "live")
    page.context.clear_cookies()
    expect(page.locator("[data-live]")).to_contain_text("You are signed out")
    expect(page.locator(".seat")).to_have_count(30)
