"""A sitting of six officers and their proctor: each before a browser of their own, doing what people do on the day of an exam."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.exams import preparing, queries, rules, timing
from lms.exams.models import Attempt
from lms.exams.rules import Policy
from lms.sittings import accommodating, placing
from lms.sittings.accommodating import Asked
from lms.sittings.rules import Category, Grant
from tests.e2e.actors import Actor, Stage
from tests.sittings.ground import Ground, a_plan, sits
from tests.support.cast import FAST_HASH, PASSWORD
from tests.support.exam_room import Room, an_exam, furnish, joins
from tests.support.live import passes_second_step
from tests.support.passkey import factor_of

ZONE = ZoneInfo("America/New_York")
FULL_SCREEN = {"exams": [{**an_exam(), "full_screen": True}]}
MOST_TABS = 80
DATE = "Nov 22, 2026, "
FIRST, *OTHERS = ("Dana Rivera", "Blair Quill", "Casey Osei", "Devon Marsh", "Emery Stone", "Finley Moss")


def clock_time(moment: datetime) -> str:
    """A moment as the exam's page tells it: "7:00:00 AM"."""
    local = moment.astimezone(ZONE)
    return f"{local.hour % 12 or 12}:{local:%M:%S %p}"


@dataclass(frozen=True, slots=True)
class Day:
    """The sitting as it was planned, and who has a place in it, by name."""

    ground: Ground
    rooms: dict[str, Room]


def plan_day(session: Session, *, now: datetime) -> Day:
    """Let an administrator have planned the sitting, granted Casey Osei time and a half, placed six officers and had their papers drawn."""
    room = furnish(session, now=now, changed=FULL_SCREEN)
    rooms = {FIRST: room} | {name: joins(session, room, name, now=now) for name in OTHERS}
    ground = sits(session, room, now=now, plan=a_plan(now, capacity=6), placed=False)
    casey = rooms["Casey Osei"].officer.officer_id
    assert casey is not None
    asked = Asked(Grant(percent=150), Category.DISABILITY, "Ana Ortiz, disability program manager", now - timedelta(days=1))
    accommodating.grant(session, actor=ground.planner, officer_id=casey, asked=asked, now=now)
    enrolled = [one.enrollment_id for one in rooms.values()]
    placing.place_officers(session, actor=ground.planner, sitting_id=ground.sitting_id, enrollment_ids=enrolled, now=now)
    session.flush()
    preparing.prepare(session, actor=ground.planner, sitting_id=ground.sitting_id, now=now)
    session.add(factor_of(room.proctor.email, user_id=room.proctor.user_id, created_at=now))
    session.execute(update(User).values(password_hash=FAST_HASH))
    return Day(ground, rooms)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database holds of a closed exam. `answers`: position to the answer and when it was saved, as the page would tell it."""

    answers: dict[int, tuple[Any, str]]
    deadline: datetime
    closed_at: datetime | None
    is_whole: bool


@dataclass(slots=True)
class Candidate(Actor):
    """An officer who sits the exam, and remembers what the pages said. `acts` are clicks, and fields typed into, since the first page."""

    saw: dict[int, tuple[Any, str]] = field(default_factory=dict)
    attempt: str = ""
    acts: int = 0

    # --- From the first page to the first question ---

    def comes_in(self, room: Room) -> Self:
        """Sign in, and find the exam on the first page."""
        self.knows("sign-in").signs_in(room.officer.email, password=PASSWORD)
        return self.sees("Your identity is checked. Open the exam, type your ticket and start.")

    def starts(self, ticket: str) -> Self:
        """Open the exam, accept its rules and type the ticket; the Enter key starts."""
        self.page.get_by_role("link", name="Open the exam").click()
        self.looks("door of the exam")
        self.page.locator("label", has_text="I have read").click()
        self.page.get_by_label("Ticket or code", exact=False).fill(ticket)
        self.page.keyboard.press("Enter")
        self.acts = 3
        return self.is_at(1)

    def is_at(self, position: int) -> Self:
        """Stand before a question, with every question in the page's memory."""
        expect(self.page.locator("h1")).to_have_text(f"Question {position} of 6")
        self.attempt = self.page.url.split("/attempts/")[1].split("/")[0]
        return self

    @property
    def exam(self) -> str:
        """The address of the attempt."""
        return f"/attempts/{self.attempt}"

    # --- Answering ---

    def answers(self, *choices: int) -> Self:
        """Answer the question on the page and those after it, and see for each that it is saved."""
        for choice in choices:
            self.gives(choice).reads_that_all_is_saved()
            if self.position < 6:
                self.goes_on()
        return self

    @property
    def position(self) -> int:
        """The question on the page."""
        return int(str(self.page.locator("#question-form").get_attribute("data-position")))

    def gives(self, choice: int) -> Self:
        """Choose, and remember what was chosen: not yet that it is saved."""
        label = self.page.locator(".usa-radio__label").nth(choice)
        label.click()
        return self._gave(str(label.get_attribute("for")).removeprefix("choice-"))

    def _gave(self, response: str) -> Self:
        self.saw[self.position] = (response, "")
        return self

    def goes_on(self) -> Self:
        """Go to the next question."""
        position = self.position
        self.presses("Next")
        return self.is_at(position + 1)

    def reads_that_all_is_saved(self) -> Self:
        """The page says that what was given is saved, and when."""
        expect(self.page.locator("[data-save-chip]")).to_have_attribute("data-state", "saved", timeout=15_000)
        said = " ".join(self.page.locator("[data-save-text]").inner_text().split()).removeprefix("Saved ")
        self.saw |= {position: (given, when or said) for position, (given, when) in self.saw.items()}
        return self

    def reads(self, words: str) -> Self:
        """The chip about what is saved says `words`."""
        expect(self.page.locator("[data-save-chip]")).to_contain_text(words, timeout=8_000)
        return self

    def is_told(self, words: str) -> Self:
        """A banner over the question says `words`."""
        expect(self.page.locator("[data-messages]")).to_contain_text(words, timeout=10_000)
        return self

    def acknowledges(self, words: str) -> Self:
        """Say that a message was read."""
        with self.page.expect_response("**/acknowledgment"):
            self.page.locator(".exam-message", has_text=words).get_by_role("button").click()
        return self

    def goes_offline(self) -> Self:
        """Lose the network, with the questions in the page's memory."""
        with self.page.expect_response("**/paper"):
            self.page.reload()
        self.page.context.set_offline(True)
        return self

    def comes_back_online(self) -> Self:
        """Have the network again."""
        self.page.context.set_offline(False)
        return self

    def leaves_full_screen(self) -> Self:
        """Sit in full screen as the exam asks, and leave it once."""
        with self.page.expect_response("**/signals"):
            self.presses("Use full screen")
        with self.page.expect_response("**/signals"):
            self.page.evaluate("document.exitFullscreen()")
        return self

    def opens_another_tab(self) -> Page:
        """The same question once more in the same browser."""
        other = self.page.context.new_page()
        other.goto(self.page.url)
        expect(other.locator("h1")).to_have_text(f"Question {self.position} of 6")
        return other

    def takes_another_browser(self, room: Room) -> Self:
        """Sign in on another machine, where the sign-in leads to the exam and nowhere else."""
        self.page = self.stage.window()
        self.signs_in(room.officer.email, password=PASSWORD)
        expect(self.page.locator("h1")).to_have_text("This exam is being written on another device")
        return self

    # --- The end ---

    def looks_over(self, *, ends: str) -> Self:
        """Go to the review, which tells when the exam ends."""
        self.presses("Review and hand in")
        expect(self.page.locator("h1")).to_have_text("Review before you hand in")
        return self.sees("6 of 6 questions are answered. All that you see here is saved.").has_until(ends)

    def has_until(self, ends: str) -> Self:
        """The page says when the exam ends."""
        expect(self.page.locator(".timer__end")).to_contain_text(f"ends at {ends}")
        return self

    def hands_in(self) -> Self:
        """Hand the exam in."""
        self.presses("Hand in my exam")
        return self.reads_the_result()

    def reads_the_result(self) -> Self:
        """The exam is over."""
        expect(self.page.locator("h1")).to_contain_text("pass", timeout=15_000)
        return self

    def keeps_the_receipt(self) -> str:
        """Open the receipt; returns its text."""
        self.follows("Your receipt").looks("receipt")
        return self.page.locator("pre.receipt").inner_text()

    def kept(self) -> Kept:
        """What the database holds."""
        attempt_id = uuid.UUID(self.attempt)
        with self.stage.live.site.database.reading() as session:
            answers = queries.answers_of(session, attempt_id=attempt_id)
            policy, steps = Policy(**session.get_one(Attempt, attempt_id).policy), queries.entries(session, attempt_id=attempt_id)
        state = rules.fold(steps)
        held = {n: (one.response, clock_time(one.at)) for n, one in answers.items() if one.at}
        deadline = timing.deadline(state, policy, now=self.stage.live.clock.now())
        return Kept(held, deadline, state.closed_at, rules.chain_holds(steps))


@dataclass(slots=True)
class KeyboardCandidate(Candidate):
    """An officer who uses the keyboard alone: the Tab key to move, and the keys that act on what has the focus."""

    def tabs_to(self, wanted: Locator) -> Self:
        """Press the Tab key until `wanted` has the focus, as whoever sees the page can."""
        for _ in range(MOST_TABS):
            if wanted.first.evaluate("one => one === document.activeElement"):
                return self
            self.page.keyboard.press("Tab")
        raise AssertionError(f"The Tab key does not reach {wanted} at {self.page.url}.")

    def presses(self, name: str) -> Self:
        """Move to a button and press Enter."""
        self.tabs_to(self.page.get_by_role("button", name=name, exact=True)).page.keyboard.press("Enter")
        return self

    def types(self, label: str, words: str) -> Self:
        """Move to a field and type."""
        self.tabs_to(self.page.get_by_label(label, exact=False)).page.keyboard.type(words)
        return self

    def signs_in(self, email: str, *, password: str = PASSWORD) -> Self:
        """Sign in."""
        self.opens("/sign-in").types("E-mail", email).types("Password", password).page.keyboard.press("Enter")
        return self

    def starts(self, ticket: str) -> Self:
        """Open the exam, accept its rules, type the ticket and press Enter."""
        self.tabs_to(self.page.get_by_role("link", name="Open the exam")).page.keyboard.press("Enter")
        self.tabs_to(self.page.get_by_label("I have read", exact=False)).page.keyboard.press("Space")
        self.types("Ticket or code", ticket).page.keyboard.press("Enter")
        return self.is_at(1)

    def acknowledges(self, words: str) -> Self:
        """Move to the message and say that it was read."""
        with self.page.expect_response("**/acknowledgment"):
            self.tabs_to(self.page.locator(".exam-message", has_text=words).get_by_role("button")).page.keyboard.press("Enter")
        return self

    def gives(self, choice: int) -> Self:
        """Move to the choices: the space bar takes the first, arrows go on."""
        self.tabs_to(self.page.locator("input[name=choice]")).page.keyboard.press("Space")
        for _ in range(choice):
            self.page.keyboard.press("ArrowDown")
        return self._gave(str(self.page.evaluate("document.activeElement.value")))


@dataclass(slots=True)
class Proctor(Actor):
    """Whoever proctors the sitting, through the pages alone."""

    email: str = ""

    # --- The door ---

    def comes_to_the_door(self, room: Room) -> Self:
        """Sign in, and open the roster of the sitting."""
        self.email = room.proctor.email
        self.knows("sign-in", "second step").signs_in(self.email, password=PASSWORD)
        return self.opens("/proctoring").follows("Check in").looks("door")

    def checks(self, name: str) -> Self:
        """Compare an officer's document with its holder, and write it down."""
        self.follows(name).looks("an officer at the door").chooses("Photo document you checked", "Agency photo ID")
        self.ticks("The photo and the name").presses("Record the identity check").sees("checked by Pat Lindqvist")
        return self.follows("Back to the roster")

    def makes_tickets(self) -> dict[str, str]:
        """Make the tickets of everybody; returns them by name."""
        self.presses("Make tickets for everybody without one").looks("tickets")
        sheets = self.page.locator("li.ticket")
        found = {one.locator(".ticket__name").inner_text(): one.locator("[data-code]").inner_text() for one in sheets.all()}
        self.follows("Back to the roster").follows("Console")
        return found

    # --- The console ---

    def sees_of(self, name: str, words: str) -> Self:
        """The console says `words` of an officer, by itself within seconds."""
        expect(self.seat(name)).to_contain_text(words, timeout=8_000)
        return self

    def seat(self, name: str) -> Locator:
        """An officer's place on the console."""
        return self.page.locator(".seat", has_text=name)

    def acts(self, name: str, *officers: str, why: str, note: str, **fields: str) -> Self:
        """Choose officers, choose the act, say why, and do it. `fields`: what else its form asks for, by label."""
        for officer in officers:
            self.page.get_by_label(officer, exact=True).check()
        self.presses(name).chooses("Reason", why).fills(**fields)
        self.page.locator("textarea[name=note]").fill(note)
        return self

    def does(self, name: str, *officers: str, why: str, note: str) -> Self:
        """An act that needs nothing more than that, up to the console that has done it."""
        self.acts(name, *officers, why=why, note=note).presses(name)
        expect(self.page.locator(".console-acts")).to_contain_text(note)
        return self

    def gives_back(self, officer: str, *, since: str, until: str, note: str) -> Self:
        """Give back what an officer lost between two times, after seeing how much it is."""
        self.acts("Give back lost time", officer, why="Technical trouble", note=note, Lost_from=since, Lost_until=until)
        self.presses("Show what each gets").sees("1 min").presses("Give it back")
        expect(self.page.locator(".console-acts")).to_contain_text(note)
        return self

    def notes_an_incident(self, officer: str, *, about: str, what: str, at: str) -> Self:
        """Write down what was seen."""
        self.page.get_by_label(officer, exact=True).check()
        self.presses("Note an incident").looks("incidents").chooses("What it is about", about)
        self.fills(What_happened=what, Time=at)
        return self.presses("Note it").sees(what).follows("Console")

    def rules_on(self, incident: str, *, ruling: str, why: str) -> Self:
        """Say what came of an incident that the console shows on top."""
        self.follows(incident).looks("ruling").chooses("Ruling", ruling).fills(Why=why)
        self.page.locator("main form button[type=submit]").click()
        return self.sees(why).follows("Console")

    # --- The end ---

    def closes(self, statement: str) -> Self:
        """Close the sitting by a statement and a fresh proof, up to its report, or its refusal."""
        if "/console" in self.page.url:
            self.follows("Close the sitting").looks("closing")
        self.page.get_by_label("Your statement", exact=False).fill(statement)
        self.page.locator("label[for=declared]").click()
        self.presses("Close the sitting")
        if self.heading() == "Confirm that it is you":
            passes_second_step(self.stage.live, self.page, self.email)
            self.presses("Send it now")
        return self

    def signed_paper(self) -> bytes:
        """Download the signed report."""
        with self.page.expect_download() as coming:
            self.follows("Signed paper (PDF)")
        return Path(coming.value.path()).read_bytes()

    def reads_the_timeline(self, name: str, attempt: str, *, brief: bool = True) -> list[str]:
        """Open an officer's timeline; returns its lines as sentences: time, what, why, by whom."""
        self.opens(f"/attempts/{attempt}/timeline" + ("?show=acts" if brief else "")).looks("timeline")
        assert self.heading() == f"Timeline: {name}"
        self.sees("The record is whole")
        rows = self.page.locator("table.timeline tbody tr").all()
        return [_sentence(row.locator("th, td").all_inner_texts()) for row in rows]


def _sentence(cells: list[str]) -> str:
    when, _number, what, why, who = (" ".join(cell.split()) for cell in cells)
    end = "" if what.endswith((".", "\N{RIGHT DOUBLE QUOTATION MARK}", ")")) else "."
    return when.removeprefix(DATE) + f" {what}{end}" + (f" {why}" if why else "") + (f" ({who})" if who else "")


def everybody(stage: Stage) -> dict[str, Candidate]:
    """The six, each before a browser."""
    return {name: (KeyboardCandidate if name == "Casey Osei" else Candidate).arrives(name, stage) for name in (FIRST, *OTHERS)}
