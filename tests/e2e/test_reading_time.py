"""The browser counts only time in which somebody is there, and a lesson works without its script."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.web.application import Application
from lms.web.site import Site
from tests.enrollments.lessons.world import World, furnish
from tests.support.cast import PASSWORD
from tests.support.live import DESKTOP, PHONE, Live, faults_of, live_site, new_context

pytestmark = pytest.mark.e2e


@pytest.fixture
def world(sqlite: Database, clock: FrozenClock) -> World:
    with sqlite.writing() as session:
        return furnish(session, now=clock.now())


@pytest.fixture
def live(app: Application, site: Site, clock: FrozenClock, world: World) -> Iterator[Live]:
    assert world.officer.officer_id
    with live_site(app, site, clock) as served:
        yield served


@contextmanager
def reader(browser: Browser, live: Live, world: World, *, script: bool = True) -> Iterator[Page]:
    """The officer's browser, signed in; with a script its clock stands still until the test moves it."""
    context = new_context(browser, live, java_script_enabled=script)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(world.officer.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_have_text("Your training")
    if script:
        page.clock.install()
    yield page
    context.close()


def reads(page: Page, live: Live, seconds: int) -> None:
    """Somebody is there: time passes for browser and server alike, second by second, and the pointer moves now and then."""
    for second in range(seconds):
        if second % 20 == 0:
            page.mouse.move(10 + second % 200, 40)
        live.passes(seconds=1)
        page.clock.run_for(1000)


def test_time_counts_while_somebody_is_there_and_opens_the_gate(browser: Browser, live: Live, world: World) -> None:
    with reader(browser, live, world) as page:
        page.goto(world.path("lessons", "first"))
        expect(page.locator("[data-time]")).to_have_text("Active 0 s of 4 min")
        reads(page, live, 35)
        expect(page.locator("[data-time]")).to_contain_text("Active 3")
        for _ in range(8):
            with page.expect_response(lambda answer: answer.url.endswith("/beats")):
                reads(page, live, 31)
        expect(page.locator(".gates__state")).to_have_text(["Not met", "Met"])


def test_nobody_there_earns_nothing(browser: Browser, live: Live, world: World) -> None:
    with reader(browser, live, world) as page:
        page.goto(world.path("lessons", "first"))
        expect(page.locator("[data-time]")).to_have_text("Active 0 s of 4 min")
        for _ in range(600):
            live.passes(seconds=1)
            page.clock.run_for(1000)
        expect(page.locator("[data-time]")).to_have_text(re.compile(r"Active (1 min 5\d s|2 min) of 4 min"))


def test_a_lost_connection_is_told_and_loses_no_answer(browser: Browser, live: Live, world: World) -> None:
    with reader(browser, live, world) as page:
        page.goto(world.path("lessons", "first"))
        page.get_by_label("Choice b of first").check(force=True)
        page.context.set_offline(True)
        page.get_by_role("button", name="Check my answer").click()
        expect(page.locator(".feedback")).to_contain_text("You are not connected")
        page.context.set_offline(False)
        page.get_by_role("button", name="Check my answer").click()
        expect(page.locator(".feedback")).to_have_class("feedback is-correct")


def test_a_lesson_is_completed_without_its_script(browser: Browser, live: Live, world: World) -> None:
    with reader(browser, live, world, script=False) as page:
        page.goto(world.path("lessons", "first"))
        for _ in range(5):
            page.get_by_role("button", name="I am still reading").click()
            live.passes(seconds=61)
        page.locator('label[for="check-CHK-first-b"]').click()
        page.get_by_role("button", name="Check my answer").click()
        expect(page.locator(".feedback")).to_have_class("feedback is-correct")
        page.get_by_role("button", name="Complete the lesson").click()
        expect(page.locator("#finish h2")).to_contain_text("Lesson complete")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_on_the_pages_of_a_course_keeps_anybody_out(browser: Browser, live: Live, world: World, size: dict[str, int]) -> None:
    with reader(browser, live, world) as page:
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        for path in ("/", world.path(), world.path("lessons", "first"), world.path("lessons", "second")):
            page.goto(path)
            assert faults_of(page) == [], path
        page.goto(world.path("lessons", "first"))
        page.locator('label[for="check-CHK-first-a"]').click()
        page.get_by_role("button", name="Check my answer").click()
        expect(page.locator(".feedback")).to_have_class("feedback is-wrong")
        assert faults_of(page) == []
