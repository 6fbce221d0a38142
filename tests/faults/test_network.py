"""A browser in a network of its own, whose only cable is cut: the page never says "saved" of what is not stored."""

import os
import shutil
import time
import uuid
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from lms.exams import queries
from lms.exams.rules import AnswerState
from tests.faults.conftest import seated_in, times
from tests.support.cast import PASSWORD
from tests.support.crashes import Examinee, is_sound, opened
from tests.support.live import CHROMIUM_FLAGS
from tests.support.networks import HERE, Network
from tests.support.reckoning import Outcome
from tests.support.served import Served, free_port

CUT_FOR = 2.5
"""Seconds without a cable."""
MENDED = 60_000
"""Milliseconds in which the page must have sent what it kept."""
CHIP = "[data-save-chip]"


def stored(address: str, attempt_id: uuid.UUID) -> AnswerState:
    """The answer to the first question as it stands in the database."""
    with opened(address) as session:
        return queries.answers_of(session, attempt_id=attempt_id).get(1, AnswerState())


def sits_down(page: Page, site: str, examinee: Examinee) -> None:
    """Sign in and come to the first question."""
    page.goto(f"{site}/sign-in")
    page.locator("input[name=email]").fill(examinee.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(f"{site}/attempts/{examinee.attempt_id}/questions/1")


def chooses(page: Page, choice: str) -> None:
    """Choose as an officer does: by the words beside the button."""
    page.locator(f"label[for=choice-{choice}]").click()


def test_a_browser_is_cut_off(migrated_sqlite: Path, tmp_path: Path, cable: Network | None, outcomes: list[Outcome]) -> None:
    if cable is None:
        return  # refused, as the table tells
    address, (examinee, *_) = seated_in(migrated_sqlite, tmp_path)
    port, cuts = free_port(), times(10)
    site = f"http://{HERE}:{port}"
    found = os.environ.get("LMS_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    flags = [*CHROMIUM_FLAGS, f"--unsafely-treat-insecure-origin-as-secure={site}"]
    saved, lost, untrue = 0, 0, 0
    with (
        Served(tmp_path, port=port, host="0.0.0.0"),  # noqa: S104 - the cable's end among them
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=cable.command(found, tmp_path), args=flags)
        page = browser.new_page()
        sits_down(page, site, examinee)
        for number in range(cuts):
            choice = examinee.choices[1][number % 4]
            cable.is_cut()
            chooses(page, choice)
            until = time.monotonic() + CUT_FOR
            while time.monotonic() < until:
                page.wait_for_timeout(100)
                claimed = page.locator(CHIP).get_attribute("data-state") == "saved"
                untrue += claimed and stored(address, examinee.attempt_id).response != choice
            cable.is_mended()
            expect(page.locator(CHIP)).to_have_attribute("data-state", "saved", timeout=MENDED)
            saved += 1
            lost += stored(address, examinee.attempt_id).response != choice
        page.reload()
        untrue += not page.locator(f"#choice-{choice}").is_checked()
        browser.close()
    with opened(address) as session:
        doubled = stored(address, examinee.attempt_id).revision - cuts
        assert is_sound(session, examinee.attempt_id)
    outcomes.append(Outcome("the browser is cut off", cuts, saved, lost, doubled, untrue))
    assert outcomes[-1].holds
