"""A whole sitting: a proctor and six officers, each in a browser of their own, to the report and to timelines that stand at a hearing.

The site's clock stands still but where the story lets time pass: a minute without network is a minute of that clock. Browsers count the
seconds between two words of the server by themselves.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lms.app import create_app, open_site
from lms.certificates import keyring
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.settings import Settings
from tests.e2e.actors import Stage
from tests.e2e.exam_day import Candidate, Day, Proctor, everybody, plan_day
from tests.support.live import Live, faults_of, live_site

pytestmark = pytest.mark.e2e

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Story:
    """The site, the sitting as it was planned, and the people before their browsers."""

    live: Live
    day: Day
    proctor: Proctor
    six: dict[str, Candidate]
    begun: datetime


@pytest.fixture
def story(browser: Browser, migrated_sqlite: Path, clock: FrozenClock, tmp_path: Path) -> Iterator[Story]:
    shutil.copy(migrated_sqlite, tmp_path / "lms.db")
    settings = Settings(data=tmp_path, compress=False)
    site = open_site(settings, clock=clock, database=Database(settings.database))
    with site.database.writing() as session:
        day = plan_day(session, now=clock.now())
    keyring.found(tmp_path, name=settings.authority_name, specimen=False, now=clock.now())
    with live_site(create_app(site), site, clock) as live:
        stage = Stage(browser, live, tmp_path)
        yield Story(live, day, Proctor.arrives("Pat Lindqvist", stage), everybody(stage), clock.now())
        stage.close()
    site.database.close()


def test_a_whole_sitting_of_six_officers_ends_with_what_each_of_them_saw(story: Story) -> None:
    begins_at_seven(story)
    works_a_minute_without_a_network(story)
    uses_two_tabs_and_two_machines(story)
    rests_and_is_told_something(story)
    leaves_full_screen(story)
    hand_in_or_run_out_of_time(story)
    closes_and_signs(story)
    ends = {"Dana Rivera": 61, "Blair Quill": 60, "Casey Osei": 90, "Devon Marsh": 67, "Emery Stone": 60, "Finley Moss": 60}
    for name, officer in story.six.items():
        kept = officer.kept()
        assert kept.answers == officer.saw, name
        assert kept.deadline == story.begun + ends[name] * MINUTE, name
        assert kept.is_whole, name
        assert officer.console == [], name
    assert story.proctor.console == []
    reads_the_timelines(story)


def begins_at_seven(story: Story) -> None:
    """Six officers come to the door with a photo document, and are before question 1 in three actions."""
    proctor, six = story.proctor.comes_to_the_door(story.day.ground.room), story.six
    for name in six:
        proctor.checks(name)
    tickets = proctor.makes_tickets()
    for choice, (name, officer) in enumerate(six.items()):
        officer.comes_in(story.day.rooms[name]).starts(tickets[name]).has_until("8:30 AM" if name == "Casey Osei" else "8:00 AM")
        assert officer.acts <= 3, "more than three actions from the first page to the first question"
        officer.answers(choice % 4)
    six["Dana Rivera"].looks("question")
    proctor.sees_of("Casey Osei", "1.5\N{MULTIPLICATION SIGN} the time").sees_of("Finley Moss", "1 of 6").looks("console")


def works_a_minute_without_a_network(story: Story) -> None:
    """7:10. Dana works on, and gets back the minute that the proctor saw her lose."""
    dana, live = story.six["Dana Rivera"], story.live
    live.passes(minutes=10)
    dana.goes_offline().gives(1).reads("Connection lost. Keep working. 1 answer not yet saved").looks("question without a network")
    live.passes(minutes=1)
    dana.goes_on().gives(2).reads("2 answers not yet saved").comes_back_online().reads_that_all_is_saved().goes_on()
    story.proctor.notes_an_incident("Dana Rivera", about="Technical trouble", what="The cable at seat 1 was loose.", at="07:10:00")
    story.proctor.gives_back("Dana Rivera", since="07:10:00", until="07:11:00", note="The cable was plugged in again.")
    dana.is_told("Your exam ends 1 min later than before.")


def rests_and_is_told_something(story: Story) -> None:
    """7:15. Devon rests for seven minutes, which move the end by seven minutes; then the room is told of the fire bell."""
    devon, proctor = story.six["Devon Marsh"], story.proctor
    story.live.passes(minutes=4)
    proctor.does("Pause", "Devon Marsh", why="Rest break", note="Asked for a break.").sees_of("Devon Marsh", "Paused")
    expect(devon.page.locator("[data-paused]")).to_be_visible(timeout=8_000)
    devon.looks("paused exam")
    story.live.passes(minutes=7)
    proctor.does("Resume", "Devon Marsh", why="Rest break", note="Came back to the seat.").sees_of("Devon Marsh", "Running")
    devon.is_told("Your exam ends 7 min later than before.")
    proctor.does("Send a message", *story.six, why="Another reason", note="The fire bell is tested at 7:45. Stay seated.")
    for name, officer in story.six.items():
        officer.is_told("From the proctor: The fire bell is tested at 7:45. Stay seated.")
        if name != "Finley Moss":
            officer.acknowledges("fire bell")


def leaves_full_screen(story: Story) -> None:
    """7:30. It is seen by the proctor as evidence, and ends nothing."""
    story.live.passes(minutes=8)
    story.six["Emery Stone"].leaves_full_screen()
    story.proctor.sees_of("Emery Stone", "Is out of full screen").sees_of("Emery Stone", "Full screen left 1")
    story.proctor.sees_of("Emery Stone", "Running")


def hand_in_or_run_out_of_time(story: Story) -> None:
    """7:40. Four hand in. At 8:00 the time of Finley ends, not that of Casey, who hands in at 8:05. Sooner nobody closes the sitting."""
    dana, blair, casey, devon, emery, finley = story.six.values()
    story.live.passes(minutes=10)
    dana.answers(3, 0, 1).looks_over(ends="8:01 AM").looks("review").hands_in()
    blair.answers(1, 2, 3, 0).looks_over(ends="8:00 AM").hands_in()
    devon.answers(1, 1, 2, 2, 3).looks_over(ends="8:07 AM").hands_in()
    emery.answers(3, 2, 1, 0, 3).looks_over(ends="8:00 AM").hands_in()
    finley.answers(0, 1)
    casey.answers(2, 3)
    story.proctor.sees_of("Dana Rivera", "Handed in").follows("Close the sitting").closes("Too early.").sees("under way")
    story.live.passes(minutes=20, seconds=5)
    finley.reads_the_result()
    assert finley.kept().closed_at == story.begun + 60 * MINUTE
    assert set(finley.saw) == {1, 2, 3}
    story.live.passes(minutes=5)
    casey.answers(0, 1, 2).looks_over(ends="8:30 AM").hands_in()
    somebody = casey.stage.somebody("A lawyer").knows("receipt check").opens("/receipts")
    somebody.fills(Text_of_the_receipt=dana.keeps_the_receipt()).presses("Check it").sees("The receipt matches the records")


def closes_and_signs(story: Story) -> None:
    """8:05. The proctor rules on the incident, closes the sitting and keeps the signed report."""
    story.proctor.follows("Console: Small final").sees_of("Finley Moss", "Timed out").rules_on(
        "Technical trouble: Dana Rivera", ruling="Lost time was given back", why="She got the minute back."
    )
    story.proctor.closes("All six sat. One cable was loose for a minute.").looks("report")
    assert story.proctor.heading() == "Report of a sitting: Small final"
    story.live.works()
    assert story.proctor.signed_paper().startswith(b"%PDF")


def uses_two_tabs_and_two_machines(story: Story) -> None:
    """7:11. A tab that is behind overwrites nothing, and another browser sees nothing until the proctor releases the exam."""
    blair, proctor = story.six["Blair Quill"], story.proctor
    behind = blair.opens_another_tab()
    blair.gives(0).reads_that_all_is_saved()
    behind.locator(".usa-radio__label").nth(3).click()
    expect(behind.locator("[data-conflict]")).to_be_visible()
    expect(behind.locator(f"#choice-{blair.saw[2][0]}")).to_be_checked()
    assert faults_of(behind) == []
    behind.close(run_before_unload=True)
    before = blair.page
    blair.takes_another_browser(story.day.rooms["Blair Quill"]).looks("exam on another device")
    proctor.sees_of("Blair Quill", "A second device waits for you")
    proctor.does("Release the device", "Blair Quill", why="Technical trouble", note="The screen of seat 2 broke.")
    blair.follows("Try again").is_at(3)
    expect(before.locator("[data-save-chip]")).to_contain_text("This exam is being written on another device", timeout=10_000)


def reads_the_timelines(story: Story) -> None:
    """Each is a story that needs no explanation: what, why and by whom, with each end that the exam had."""
    for name, officer in story.six.items():
        lines = [line for line in story.proctor.reads_the_timeline(name, officer.attempt) if DELIVERED not in line]
        assert lines == [one.format(name=name) for one in STORIES[name]], name
    whole = story.proctor.reads_the_timeline("Dana Rivera", story.six["Dana Rivera"].attempt, brief=False)
    assert [line for line in whole if line.startswith("7:11:00") and "saved" in line] == [
        "7:11:00 AM EST Question 2 saved, change 1. (Dana Rivera)",
        "7:11:00 AM EST Question 3 saved, change 1. (Dana Rivera)",
    ]


DELIVERED = "Seen: the questions were delivered to the device."
CHECKED = "7:00:00 AM EST Identity checked: Agency photo ID. (Pat Lindqvist)"
BEGAN = "7:00:00 AM EST Exam started, with 60 min; the exam ends at 8:00:00 AM EST. ({name})"
TOLD = (
    "7:22:00 AM EST Message to the officer: "
    "\N{LEFT DOUBLE QUOTATION MARK}The fire bell is tested at 7:45. Stay seated.\N{RIGHT DOUBLE QUOTATION MARK} (Pat Lindqvist)"
)
READ = "7:22:00 AM EST The officer acknowledged the message."
DONE = "7:40:00 AM EST Handed in by the officer, 6 of 6 questions answered. ({name})"
STORIES = {
    "Dana Rivera": [
        CHECKED,
        BEGAN,
        (
            "7:10:00 AM EST Incident, technical trouble: The cable at seat 1 was loose. "
            "(written down Nov 22, 2026, 7:11 AM EST) (Pat Lindqvist)"
        ),
        (
            "7:11:00 AM EST Time lost from 7:10:00 AM EST to 7:11:00 AM EST given back: 1 min; the exam ends at 8:01:00 AM EST. "
            "Technical trouble: The cable was plugged in again. The officer was on question 4. (Pat Lindqvist)"
        ),
        TOLD,
        READ,
        DONE,
        "8:05:05 AM EST Ruling on the incident: lost time was given back. She got the minute back. (Pat Lindqvist)",
    ],
    "Blair Quill": [
        CHECKED,
        BEGAN,
        "7:11:00 AM EST Seen: a second device tried to write. ({name})",
        (
            "7:11:00 AM EST Released: the next device that opens the exam writes. Technical trouble: The screen of seat 2 broke. "
            "The officer was on question 2. (Pat Lindqvist)"
        ),
        "7:11:00 AM EST Seen: another device took the exam. ({name})",
        TOLD,
        READ,
        DONE,
    ],
    "Casey Osei": [
        CHECKED,
        "7:00:00 AM EST Exam started, with 90 min, 30 min of them by an accommodation; the exam ends at 8:30:00 AM EST. ({name})",
        TOLD,
        READ,
        "8:05:05 AM EST Handed in by the officer, 6 of 6 questions answered. ({name})",
    ],
    "Devon Marsh": [
        CHECKED,
        BEGAN,
        "7:15:00 AM EST Exam paused: the time stands still. Rest break: Asked for a break. The officer was on question 2. (Pat Lindqvist)",
        TOLD,
        READ,
        (
            "7:22:00 AM EST Exam resumed; the exam ends at 8:07:00 AM EST. Rest break: Came back to the seat. "
            "The officer was on question 2. (Pat Lindqvist)"
        ),
        DONE,
    ],
    "Emery Stone": [
        CHECKED,
        BEGAN,
        TOLD,
        READ,
        "7:30:00 AM EST Seen: went to full screen. ({name})",
        "7:30:00 AM EST Seen: left full screen. ({name})",
        DONE,
    ],
    "Finley Moss": [
        CHECKED,
        BEGAN,
        TOLD,
        "8:00:05 AM EST Closed at its deadline at 8:00:00 AM EST, 3 of 6 questions answered. (The system)",
    ],
}
