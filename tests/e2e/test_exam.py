"""Sitting an exam in a browser when things do not go as planned: no scripts, two windows, wrong clocks, lost sign-ins, time over."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from lms.accounts.models import UserSession
from lms.exams.models import ExamResult
from tests.e2e.desk import Desk, chooses, is_saved

pytestmark = pytest.mark.e2e


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


def test_a_wrong_clock_in_the_browser_changes_nothing(desk: Desk) -> None:
    page = desk.window()
    page.clock.set_system_time("2031-01-01T00:00:00")
    page.goto(desk.question(1))
    expect(page.locator("[data-timer-left]")).to_contain_text("59:5")
    chooses(page, 1)
    is_saved(page)


def test_an_answer_chosen_after_the_sign_in_was_lost_is_kept_and_sent_after_signing_in_again(desk: Desk) -> None:
    page = desk.window()
    with page.expect_response(lambda answer: answer.url.endswith("/pulse")):  # the next one, which would tell first, comes seconds later
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
