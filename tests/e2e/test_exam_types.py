"""Every type of question through the exam's page: saved, shown again, kept without a network, and never lost to another tab."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lms.exams import acts, timing
from lms.exams.acts import Act, Reason
from lms.exams.models import Attempt, AttemptHead
from lms.exams.rules import Policy
from tests.e2e.desk import Desk, chooses, is_saved
from tests.support.live import faults_of
from tests.support.mixed import TYPED, keys_of

pytestmark = pytest.mark.e2e

TEXT = "Certified is not authorized."
SELECTED = "[...document.querySelectorAll('#question-form select')].map((one) => [one.name.slice(6), one.value])"
CHECKED = "[...document.querySelectorAll('[name=choice]:checked')].map((one) => one.value)"


def places_of(desk: Desk) -> dict[str, tuple[int, str]]:
    """Position and type of each question, by its name."""
    with desk.live.site.database.reading() as session:
        return {name: (row.position, row.type) for name, row in keys_of(session, desk.attempt).items()}


def by_position(desk: Desk) -> Iterator[tuple[int, str]]:
    yield from sorted(places_of(desk).values())


def gives(page: Page, type_: str) -> Any:
    """Answer the question on the page as a person would; what the server is to hold of it."""
    lines = page.locator("#question-form select")
    match type_:
        case "multiple":
            page.locator(".usa-checkbox__label[for^='choice-']").nth(2).click()
            page.locator(".usa-checkbox__label[for^='choice-']").nth(0).click()
        case "ordering":
            for line, place in ((0, "1"), (1, "2"), (2, "3"), (3, "4"), (0, "3")):  # at last the first and the third change places
                lines.nth(line).select_option(place)
        case "matching":
            for line in range(lines.count()):
                lines.nth(line).select_option(index=line + 1)
        case "numeric" | "short":
            page.locator("#answer-text").press_sequentially("48")
        case "written":
            page.locator("#written-answer").press_sequentially(TEXT)
        case _:
            chooses(page, 1)
    return holds(page, type_)


def holds(page: Page, type_: str) -> Any:
    """What the fields on the page say, as the one value that is stored."""
    match type_:
        case "multiple":
            return sorted(page.evaluate(CHECKED))
        case "ordering":
            return [id_ for id_, place in sorted(page.evaluate(SELECTED), key=lambda one: one[1]) if place]
        case "matching":
            return {left: right for left, right in page.evaluate(SELECTED) if right}
        case "numeric" | "short" | "written":
            return page.locator("[name=text]").input_value()
        case _:
            return "".join(page.evaluate(CHECKED))


def test_every_type_is_saved_and_shown_again_after_a_reload(mixed_desk: Desk) -> None:
    page = mixed_desk.window()
    for position, type_ in by_position(mixed_desk):
        page.goto(mixed_desk.question(position))
        given = gives(page, type_)
        is_saved(page)
        expect(page.locator(f'.navigator [data-position="{position}"]')).to_contain_text("Question")
        page.reload()
        assert holds(page, type_) == given, type_
        assert mixed_desk.choices()[position] == given, type_
        assert len(given) > 0
    assert len(mixed_desk.choices()) == len(TYPED)


def test_every_type_is_answered_without_a_network_and_shown_again_from_memory(mixed_desk: Desk) -> None:
    page = mixed_desk.window()
    with page.expect_response("**/paper"):
        page.goto(mixed_desk.question(1))
    page.context.set_offline(True)
    given = {}
    for position, type_ in by_position(mixed_desk):
        expect(page.locator("h1")).to_have_text(f"Question {position} of {len(TYPED)}")
        given[position] = gives(page, type_)
        if position < len(TYPED):
            page.get_by_role("button", name="Next").click()
    for position, type_ in by_position(mixed_desk):
        page.locator(f'.navigator a[data-position="{position}"]').click()
        assert holds(page, type_) == given[position], type_
        expect(page.locator(f'.navigator [data-position="{position}"] [data-said]')).to_have_text("answered")
    assert faults_of(page) == []
    assert mixed_desk.choices() == {}
    page.context.set_offline(False)
    is_saved(page)
    assert mixed_desk.choices() == given


def test_an_answer_that_is_taken_away_is_no_answer(mixed_desk: Desk) -> None:
    page = mixed_desk.window()
    for name in ("multiple", "matching", "ordering", "short", "written"):
        position, type_ = places_of(mixed_desk)[name]
        page.goto(mixed_desk.question(position))
        gives(page, type_)
        is_saved(page)
        for chosen in page.evaluate(CHECKED):
            page.locator(f"[for='choice-{chosen}']").click()
        for line in page.locator("#question-form select").all():
            line.select_option("")
        for text in page.locator("[name=text]").all():
            text.fill("")
        expect(page.locator(f'.navigator [data-position="{position}"] [data-said]')).to_have_text("not answered")
        page.get_by_role("button", name="Review and hand in").first.click()
        expect(page.locator("h1")).to_have_text("Review before you hand in")
        assert mixed_desk.choices()[position] is None, name


def test_typing_is_sent_when_the_officer_rests_and_not_letter_by_letter(mixed_desk: Desk) -> None:
    page = mixed_desk.window()
    page.goto(mixed_desk.question(places_of(mixed_desk)["written"][0]))
    page.locator("#written-answer").press_sequentially("Twenty letters or so")
    is_saved(page)
    assert mixed_desk.kinds().count("answered") < 10


def test_enter_in_a_text_field_goes_on_and_not_back(mixed_desk: Desk) -> None:
    page = mixed_desk.window()
    position = max(places_of(mixed_desk)[name][0] for name in ("numeric", "short", "scene-2"))
    page.goto(mixed_desk.question(position))
    page.locator("#answer-text").fill("48")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(
        f"Question {position + 1} of {len(TYPED)}" if position < len(TYPED) else "Review before you hand in"
    )
    if position < len(TYPED):
        is_saved(page)
    assert mixed_desk.choices()[position] == "48"


def test_a_text_written_in_two_tabs_is_lost_in_neither(mixed_desk: Desk) -> None:
    page = mixed_desk.window()
    position = places_of(mixed_desk)["written"][0]
    page.goto(mixed_desk.question(position))
    other = page.context.new_page()
    other.goto(mixed_desk.question(position))
    page.locator("#written-answer").fill("The first tab's text.")
    is_saved(page)
    other.locator("#written-answer").fill("The second tab's text.")
    expect(other.locator("[data-conflict]")).to_be_visible()
    expect(other.locator("#written-answer")).to_have_value("The first tab's text.")
    expect(other.locator("#conflict-text")).to_have_value("The second tab's text.")
    assert faults_of(other) == []
    page.locator("#written-answer").fill("The first tab's text, longer.")
    expect(page.locator("[data-save-chip]")).to_have_attribute("data-state", "saved")
    other.locator("#written-answer").fill("More of the second.")
    expect(other.locator("#conflict-text")).to_have_value("The second tab's text.\n\nMore of the second.")
    other.get_by_role("button", name="Use what I gave here").click()
    is_saved(other)
    expect(other.locator("[data-conflict]")).to_be_hidden()
    assert mixed_desk.choices() == {position: "The second tab's text.\n\nMore of the second."}
    assert mixed_desk.kinds().count("conflicted") == 2


def test_a_number_that_is_also_on_a_button_is_shown_as_what_was_given(mixed_desk: Desk) -> None:
    page = mixed_desk.window()
    position = places_of(mixed_desk)["numeric"][0]
    page.goto(mixed_desk.question(position))
    other = page.context.new_page()
    other.goto(mixed_desk.question(position))
    page.locator("#answer-text").fill("48")
    is_saved(page)
    other.locator("#answer-text").fill(str(position + 1))
    expect(other.locator("#conflict-text")).to_have_value(str(position + 1))


def test_what_the_review_finds_overtaken_is_told_and_not_dropped(mixed_desk: Desk) -> None:
    page = mixed_desk.window()
    position = places_of(mixed_desk)["written"][0]
    page.goto(mixed_desk.question(position))
    page.route("**/answer", lambda route: route.abort())
    page.locator("#written-answer").fill("Never sent by this tab.")
    expect(page.locator("[data-save-chip]")).to_contain_text("not yet saved")
    other = mixed_desk.window()
    other.goto(mixed_desk.question(position))
    other.locator("#written-answer").fill("What stands.")
    is_saved(other)
    page.close()
    review = page.context.new_page()
    review.goto(f"/attempts/{mixed_desk.attempt}/review")
    expect(review.locator("main")).to_contain_text("What you sent from here is kept on record")
    expect(review.locator("main")).to_contain_text("Never sent by this tab.")
    expect(review.locator("#written-answer")).to_have_value("What stands.")


@pytest.mark.parametrize("place", ["questions/1", "review"])
def test_the_page_asks_whether_time_was_given_before_it_hands_in(desk: Desk, place: str) -> None:
    page, clock = desk.window(), desk.live.clock
    with desk.live.site.database.writing() as session:
        policy = Policy(**session.get_one(Attempt, desk.attempt).policy)
        session.get_one(AttemptHead, desk.attempt).due_at = clock.now() + timing.grace(policy) + timedelta(seconds=3)
    page.goto(f"/attempts/{desk.attempt}/{place}")
    expect(page.locator("[data-timer-left]")).to_have_text("0:00")
    with desk.live.site.database.writing() as session:
        act = Act(desk.room.proctor, Reason.TECHNICAL, "The lights went out", clock.now())
        acts.extend(session, act, attempt_id=desk.attempt, more=timedelta(seconds=4))
    expect(page.locator("[data-messages]")).to_contain_text("Your exam ends 4 s later than before.", timeout=10_000)
    expect(page.locator("[data-messages]")).not_to_contain_text("Your time is over")
    if place != "review":
        page.locator("label", has_text="Flag this question").click()
        is_saved(page)
    assert desk.kinds()[:2] == ["started", "extended"]
    assert "submitted" not in desk.kinds()
    clock.advance(timedelta(seconds=8))
    expect(page.locator("h1")).to_contain_text("did not pass", timeout=20_000)
    assert desk.kinds()[-1] == "expired"
