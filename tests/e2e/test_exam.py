"""Sitting an exam in a browser when things do not go as planned: no scripts, two windows, wrong clocks, lost sign-ins, time over."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update

from lms.accounts import service as accounts
from lms.accounts.models import UserSession
from lms.app import create_app, open_site
from lms.db.session import Database
from lms.exams import queries
from lms.exams.models import ExamResult, Step
from lms.kernel.clock import FrozenClock
from lms.settings import Settings
from tests.support.exam_room import Room, furnish
from tests.support.live import Live, faults_of, live_site, new_context

pytestmark = pytest.mark.e2e


@dataclass(frozen=True, slots=True)
class Desk:
    """An officer's exam under way: the site, the room, the attempt."""

    live: Live
    room: Room
    attempt: uuid.UUID
    browser: Browser

    def window(self, **options: object) -> Page:
        """A fresh browser in which the officer is signed in."""
        context = new_context(self.browser, self.live, **options)
        self.signs_in(context)
        context.set_default_timeout(30_000)
        return context.new_page()

    def signs_in(self, context: BrowserContext) -> None:
        """Open a session for the officer in `context`."""
        with self.live.site.database.writing() as session:
            assert self.room.officer.user_id is not None
            opened = accounts.open_session(session, user_id=self.room.officer.user_id, browser="test", now=self.live.clock.now())
        context.add_cookies([self.live.cookie({"_user_id": opened.secret, "_fresh": True})])  # type: ignore[list-item] # a plain cookie

    def question(self, number: int) -> str:
        """The address of a question."""
        return f"/attempts/{self.attempt}/questions/{number}"

    def choices(self) -> dict[int, str | None]:
        """What is stored: position to choice."""
        with self.live.site.database.reading() as session:
            return {n: one.response for n, one in queries.answers_of(session, attempt_id=self.attempt).items()}

    def kinds(self) -> list[str]:
        """The kinds of the attempt's steps."""
        with self.live.site.database.reading() as session:
            return list(session.scalars(select(Step.kind).where(Step.attempt_id == self.attempt).order_by(Step.number)))


@pytest.fixture
def desk(browser: Browser, migrated_sqlite: Path, clock: FrozenClock, tmp_path: Path) -> Iterator[Desk]:
    shutil.copy(migrated_sqlite, tmp_path / "lms.db")
    settings = Settings(data=tmp_path, compress=False)
    site = open_site(settings, clock=clock, database=Database(settings.database))
    with site.database.writing() as session:
        room = furnish(session, now=clock.now())
        attempt = room.starts(session, now=clock.now())
    with live_site(create_app(site), site, clock) as live:
        yield Desk(live, room, attempt, browser)
    for context in browser.contexts:
        context.close()
    site.database.close()


def chooses(page: Page, number: int) -> str:
    """Click a choice; returns its id."""
    label = page.locator(".usa-radio__label").nth(number)
    label.click()
    return str(label.get_attribute("for")).removeprefix("choice-")


def is_saved(page: Page) -> None:
    expect(page.locator("[data-save-chip]")).to_have_attribute("data-state", "saved", timeout=15_000)


def test_with_scripts_off_the_same_form_saves_and_goes_on(desk: Desk) -> None:
    page = desk.window(java_script_enabled=False)
    page.goto(desk.question(1))
    chosen = chooses(page, 2)
    page.locator("label", has_text="Flag this question").click()
    page.get_by_role("button", name="Next").click()
    expect(page.locator("h1")).to_have_text("Question 2 of 6")
    assert desk.choices() == {1: chosen}
    page.get_by_role("button", name="Review and hand in").click()
    expect(page.locator("main")).to_contain_text("1 of 6 questions are answered")
    page.get_by_role("button", name="Hand in my exam").click()
    expect(page.locator("h1")).to_contain_text("pass")


def test_an_exam_can_be_taken_with_the_keyboard_alone(desk: Desk) -> None:
    page = desk.window()
    page.goto(desk.question(1))
    page.locator("input[type=radio]").first.focus()
    page.keyboard.press("ArrowDown")
    is_saved(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Question 2 of 6")
    place = page.locator('.navigator [data-position="1"]')
    expect(place).to_contain_text("answered, flagged")


def test_two_windows_never_overwrite_each_other_unseen(desk: Desk) -> None:
    first, second = desk.window(), desk.window()
    for page in (first, second):
        page.goto(desk.question(1))
    standing = chooses(first, 0)
    is_saved(first)
    chooses(second, 3)
    expect(second.locator("[data-conflict]")).to_be_visible()
    expect(second.locator(f"#choice-{standing}")).to_be_checked()
    assert desk.choices() == {1: standing}
    assert desk.kinds() == ["started", "answered", "conflicted"]
    assert faults_of(second) == []
    changed = chooses(second, 3)
    is_saved(second)
    assert desk.choices() == {1: changed}


def test_a_wrong_clock_in_the_browser_changes_nothing(desk: Desk) -> None:
    page = desk.window()
    page.clock.set_system_time("2031-01-01T00:00:00")
    page.goto(desk.question(1))
    expect(page.locator("[data-timer-left]")).to_contain_text("59:5")
    chooses(page, 1)
    is_saved(page)


def test_an_answer_chosen_after_the_sign_in_was_lost_is_kept_and_sent_after_signing_in_again(desk: Desk) -> None:
    page = desk.window()
    page.goto(desk.question(1))
    with desk.live.site.database.writing() as session:
        session.execute(update(UserSession).values(ended_at=desk.live.clock.now()))
    chosen = chooses(page, 1)
    expect(page.locator("[data-save-chip]")).to_have_attribute("data-state", "failed")
    desk.signs_in(page.context)
    is_saved(page)
    assert desk.choices() == {1: chosen}


def test_when_time_is_over_the_page_shows_the_result_and_nothing_more_is_stored(desk: Desk) -> None:
    page = desk.window()
    page.goto(desk.question(1))
    chosen = chooses(page, 1)
    is_saved(page)
    desk.live.clock.advance(timedelta(minutes=62))
    page.locator(".usa-radio__label").nth(2).click()
    expect(page.locator("h1")).to_contain_text("did not pass")
    assert desk.choices() == {1: chosen}
    desk.live.works()
    with desk.live.site.database.reading() as session:
        result = session.get_one(ExamResult, desk.attempt)
        assert result.closed_at == result.recorded_at - timedelta(minutes=2)
