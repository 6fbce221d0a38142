"""The gallery of components in a browser, wide and narrow: accessible, nothing missing, nothing wider than the screen."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.support import live
from tests.web.gallery import PAGES, render

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
pytestmark = pytest.mark.e2e


class Quiet(SimpleHTTPRequestHandler):
    """A file server that does not write its log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("gallery")
    render(folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with live.chromium() as browser:
        yield browser


@pytest.fixture(params=[1280, 360])
def tab(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": request.param, "height": 800})
    yield page
    page.close()


@pytest.mark.parametrize("name", [*sorted(path.name for path in PAGES.glob("*.html")), "error.html"])
def test_a_page_of_the_gallery_is_accessible_and_fits_the_screen(tab: Page, address: str, name: str) -> None:
    missing: list[str] = []
    tab.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
    tab.goto(f"{address}/{name}", wait_until="networkidle")
    violations = Axe().run(tab, options=RULES).response["violations"]
    assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations] == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert missing == []


def test_a_scenario_shows_one_scene_at_a_time_without_a_script(tab: Page, address: str) -> None:
    tab.goto(f"{address}/lesson.html")
    assert [scene.is_visible() for scene in tab.locator(".scene").all()] == [True, False, False]
    tab.get_by_role("link", name="Hold the man until morning.").click()
    assert [scene.is_visible() for scene in tab.locator(".scene").all()] == [False, False, True]


def test_on_paper_every_scene_and_answer_is_shown(tab: Page, address: str) -> None:
    tab.goto(f"{address}/lesson.html")
    tab.emulate_media(media="print")
    assert all(scene.is_visible() for scene in tab.locator(".scene").all())
    assert not tab.locator(".nav").is_visible()


def test_the_menu_opens_on_a_small_screen(chromium: Browser, address: str) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 720})
    page.goto(f"{address}/form.html")
    assert not page.get_by_role("link", name="Exams").is_visible()
    page.get_by_role("button", name="Menu").click()
    assert page.get_by_role("link", name="Exams").is_visible()
    page.get_by_role("button", name="Close").click()
    assert not page.get_by_role("link", name="Exams").is_visible()
    page.close()
