"""The exam's page when the network, the tab, the sign-in or the machine fails: nothing that was given is lost, and the officer is told."""

import json
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select, update

from lms.accounts.models import User, UserSession
from lms.exams import acts, devices, messages
from lms.exams.acts import Act, Reason
from lms.exams.models import AttemptHead, ExamMessageAcknowledgment, QuestionView
from lms.kernel.ids import digest
from tests.e2e.desk import Desk, chooses, is_saved
from tests.support.cast import FAST_HASH, PASSWORD
from tests.support.live import PHONE, code_of_new_app, faults_of

pytestmark = pytest.mark.e2e

SAVES = "**/answer"
STORED = "Object.entries(localStorage).filter(([name]) => name.startsWith('lms.exam.')).map(([, value]) => value)"


def has_the_paper(page: Page) -> None:
    """The page holds every question in its memory: what is shown next needs no network."""
    with page.expect_response("**/paper"):
        page.reload()


def test_a_lost_network_loses_nothing_and_the_officer_goes_on(desk: Desk) -> None:
    page = desk.window()
    page.goto(desk.question(1))
    has_the_paper(page)
    page.context.set_offline(True)
    first = chooses(page, 0)
    expect(page.locator("[data-save-chip]")).to_contain_text("Connection lost. Keep working. 1 answer not yet saved", timeout=2_000)
    page.get_by_role("button", name="Next").click()
    expect(page.locator("h1")).to_have_text("Question 2 of 6")
    expect(page.locator("h1")).to_be_focused()
    second = chooses(page, 1)
    chooses(page, 2)
    second = chooses(page, 1)
    expect(page.locator("[data-save-chip]")).to_contain_text("2 answers not yet saved")
    assert faults_of(page) == []
    page.get_by_role("button", name="Review and hand in").click()
    expect(page.locator("[data-messages]")).to_contain_text("as soon as the connection is back")
    assert desk.choices() == {}
    page.context.set_offline(False)
    expect(page.locator("h1")).to_have_text("Review before you hand in")
    assert desk.choices() == {1: first, 2: second}
    assert desk.kinds().count("answered") == 2
    with desk.live.site.database.reading() as session:
        seen = session.scalars(select(QuestionView.position).where(QuestionView.attempt_id == desk.attempt)).all()
    assert set(seen) == {1, 2}


def test_what_a_closed_tab_had_not_sent_is_sent_by_the_next_one_exactly_once(desk: Desk) -> None:
    page = desk.window()
    page.goto(desk.question(1))
    page.route(SAVES, lambda route: route.abort())
    chosen = chooses(page, 3)
    expect(page.locator("[data-save-chip]")).to_contain_text("not yet saved")
    kept = [json.loads(one) for one in page.evaluate(STORED)]
    assert [set(one) for one in kept] == [{"n", "key", "position", "response", "flagged", "revision", "sent", "tab", "at"}]
    page.close()
    assert desk.choices() == {}
    again = page.context.new_page()
    again.goto(desk.question(2))
    is_saved(again)
    assert desk.choices() == {1: chosen}
    assert desk.kinds().count("answered") == 1
    expect(again.locator('.navigator [data-position="1"]')).to_contain_text("answered")
    assert again.evaluate(STORED) == []


def test_what_was_chosen_before_the_script_had_come_is_saved(desk: Desk) -> None:
    page = desk.window()
    late: list[Route] = []
    page.route("**/exam.js*", lambda route: route.continue_() if late else late.append(route))
    page.goto(desk.question(1), wait_until="commit")
    chosen = chooses(page, 2)
    assert desk.choices() == {}
    late[0].continue_()
    is_saved(page)
    assert desk.choices() == {1: chosen}
    assert desk.kinds().count("answered") == 1
    page.reload()
    is_beating(page)
    assert desk.kinds().count("answered") == 1, "a page that was only opened saved something"


def test_a_save_whose_answer_was_lost_is_sent_again_and_stored_once(desk: Desk) -> None:
    page = desk.window()
    page.goto(desk.question(1))
    cut: list[str] = []

    def stored_but_unheard(route: Route) -> None:
        if cut:
            route.continue_()
            return
        cut.append(str(route.request.post_data))
        route.fetch()
        route.abort()

    page.route(SAVES, stored_but_unheard)
    chosen = chooses(page, 1)
    is_saved(page)
    assert desk.choices() == {1: chosen}
    assert desk.kinds().count("answered") == 1


def test_two_tabs_take_turns_and_a_stale_one_cannot_overwrite(desk: Desk) -> None:
    page = desk.window()
    page.goto(desk.question(1))
    other = page.context.new_page()
    other.goto(desk.question(1))
    standing = chooses(page, 0)
    is_saved(page)
    given = chooses(other, 3)
    expect(other.locator("[data-conflict]")).to_be_visible()
    expect(other.locator(f"#choice-{standing}")).to_be_checked()
    assert desk.choices() == {1: standing}
    assert desk.kinds().count("conflicted") == 1
    assert faults_of(other) == []
    other.get_by_role("button", name="Use what I gave here").click()
    is_saved(other)
    assert desk.choices() == {1: given}


def test_a_session_that_ended_is_renewed_over_the_page(desk: Desk) -> None:
    with desk.live.site.database.writing() as session:
        session.execute(update(User).values(password_hash=FAST_HASH))
    page = desk.window()
    page.goto(desk.question(1))
    has_the_paper(page)
    with desk.live.site.database.writing() as session:
        session.execute(update(UserSession).values(ended_at=desk.live.clock.now()))
    chosen = chooses(page, 1)
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible()
    expect(page.locator("[data-save-chip]")).to_contain_text("1 answer not yet saved")
    assert faults_of(page) == []
    dialog.get_by_label("E-mail address").fill(desk.room.officer.email)
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_contain_text("do not match")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    is_saved(page)
    assert desk.choices() == {1: chosen}
    second = chooses(page, 0)
    is_saved(page)
    assert desk.choices() == {1: second}


def test_who_has_a_second_factor_proves_it_over_the_page_as_well(desk: Desk) -> None:
    with desk.live.site.database.writing() as session:
        session.execute(update(User).values(password_hash=FAST_HASH))
    page = desk.window()
    page.goto(desk.question(1))
    code = code_of_new_app(desk.live, desk.room.officer.email)
    chosen = chooses(page, 1)
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible()
    dialog.get_by_label("E-mail address").fill(desk.room.officer.email)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    dialog.get_by_label("Code from your app").fill(code)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    is_saved(page)
    assert desk.choices() == {1: chosen}


SUMS = {
    "(12 + 3) * 4": "60",
    "2 - -3 \N{MULTIPLICATION SIGN} 4 \N{DIVISION SIGN} 8": "3.5",
    "1,000 / 3": "333.333333333",
    "0.1 + 0.2": "0.3",
    "1 / 0": "Nothing can be divided by zero.",
    "(1 + 2": "A parenthesis is not closed.",
    "alert(1)": "Use numbers, + - * / and parentheses.",
    "": "Use numbers, + - * / and parentheses.",
}


def test_the_calculator_reads_sums_and_runs_nothing(desk: Desk) -> None:
    page = desk.window()
    page.goto(desk.question(1))
    script = str(page.locator("script[src*='exam.js']").get_attribute("src")).replace("exam.js", "calculator.js")
    worked_out = "([at, typed]) => import(at).then((one) => one.workedOut(typed)).catch((fault) => fault.message)"
    assert {typed: page.evaluate(worked_out, [script, typed]) for typed in SUMS} == SUMS


def test_another_browser_cannot_write_until_the_proctor_releases_the_exam(desk: Desk) -> None:
    page = desk.window()
    with desk.live.site.database.writing() as session:
        session.execute(update(AttemptHead).values(device=digest("a-secret")))
    held = {"name": "exam-device", "value": "a-secret", "url": f"{desk.live.url}/attempts/{desk.attempt}"}
    page.context.add_cookies([held])  # type: ignore[list-item] # a plain cookie
    page.goto(desk.question(1))
    chosen = chooses(page, 1)
    is_saved(page)
    other = desk.window()
    other.goto(desk.question(1))
    expect(other.locator("h1")).to_have_text("This exam is being written on another device")
    assert faults_of(other) == []
    with desk.live.site.database.writing() as session:
        devices.release(session, Act(desk.room.proctor, Reason.TECHNICAL, "Screen broke", desk.live.clock.now()), attempt_id=desk.attempt)
    other.get_by_role("link", name="Try again").click()
    expect(other.locator("h1")).to_have_text("Question 2 of 6")
    page.locator(".usa-radio__label").nth(0).click()
    expect(page.locator("[data-save-chip]")).to_contain_text("another device")
    assert desk.choices() == {1: chosen}
    assert desk.kinds() == ["started", "answered", "released"]
    assert [one for one in desk.signals() if "device" in one] == ["second-device", "device-taken"]  # once a minute


def test_messages_extra_time_and_pauses_reach_the_page_and_are_acknowledged(desk: Desk) -> None:
    page = desk.window()
    page.goto(desk.question(1))
    is_beating(page)
    now = desk.live.clock.now()
    with desk.live.site.database.writing() as session:
        messages.send(session, actor=desk.room.proctor, attempt_ids=[desk.attempt], text="Lights come back soon.", now=now)
        acts.extend(session, Act(desk.room.proctor, Reason.TECHNICAL, "Slow", now), attempt_id=desk.attempt, more=timedelta(minutes=5))
    expect(page.locator("[data-messages]")).to_contain_text("From the proctor: Lights come back soon.", timeout=8_000)
    expect(page.locator("[data-messages]")).to_contain_text("Your exam ends 5 min later than before.")
    expect(page.locator("[data-timer-left]")).to_contain_text("64:")
    assert faults_of(page) == []
    with page.expect_response("**/acknowledgment"):
        page.locator(".exam-message", has_text="From the proctor").get_by_role("button").click()
    with desk.live.site.database.reading() as session:
        assert len(session.scalars(select(ExamMessageAcknowledgment)).all()) == 1
    with desk.live.site.database.writing() as session:
        acts.pause(session, Act(desk.room.proctor, Reason.REST, "Rest", now), attempt_id=desk.attempt)
    expect(page.locator("[data-paused]")).to_be_visible(timeout=8_000)
    expect(page.locator("#question-form")).to_be_hidden()
    assert faults_of(page) == []
    with desk.live.site.database.writing() as session:
        acts.resume(session, Act(desk.room.proctor, Reason.REST, "Rested", now), attempt_id=desk.attempt)
    expect(page.locator("#question-form")).to_be_visible(timeout=8_000)
    chooses(page, 1)
    is_saved(page)


def is_beating(page: Page) -> None:
    """Wait for the pulse after the first."""
    with page.expect_response("**/pulse"):
        pass


def test_leaving_the_page_and_coming_back_is_evidence(desk: Desk) -> None:
    page = desk.window()
    page.goto(desk.question(1))
    has_the_paper(page)
    expect(page.locator("main")).to_contain_text("Recorded for the proctor: that you leave this page or come back to it")
    for away in ("false", "true"):
        with page.expect_response("**/signals"):
            page.evaluate(f"document.hasFocus = () => {away}; window.dispatchEvent(new Event('blur'))")
    assert [one for one in desk.signals() if one != "paper-delivered"] == ["left-page", "returned"]


def test_the_page_fits_a_phone(desk: Desk) -> None:
    page = desk.window(viewport=PHONE)
    page.goto(desk.question(1))
    chooses(page, 1)
    is_saved(page)
    assert faults_of(page) == []
