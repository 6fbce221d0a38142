"""An officer's exam under way in a real browser."""

import uuid
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from lms.accounts import service as accounts
from lms.exams import queries
from lms.exams.models import Step
from tests.support.exam_room import Room
from tests.support.live import Live, new_context


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

    def signals(self) -> list[str]:
        """What the pages reported."""
        with self.live.site.database.reading() as session:
            asked = select(Step.payload).where(Step.attempt_id == self.attempt, Step.kind == "signaled").order_by(Step.number)
            return [str(payload["signal"]) for payload in session.scalars(asked)]

    def kinds(self) -> list[str]:
        """The kinds of the attempt's steps, but for what pages reported."""
        with self.live.site.database.reading() as session:
            return list(
                session.scalars(select(Step.kind).where(Step.attempt_id == self.attempt, Step.kind != "signaled").order_by(Step.number))
            )


def chooses(page: Page, number: int) -> str:
    """Click a choice; returns its id."""
    label = page.locator(".usa-radio__label").nth(number)
    label.click()
    return str(label.get_attribute("for")).removeprefix("choice-")


def is_saved(page: Page) -> None:
    """Wait until the page says so."""
    expect(page.locator("[data-save-chip]")).to_have_attribute("data-state", "saved", timeout=15_000)
