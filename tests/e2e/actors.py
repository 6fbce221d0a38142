"""The people of the stories: each has a browser of their own and does what people do, in sentences."""

import os
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import granting
from lms.accounts import service as accounts
from lms.accounts.models import Officer
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM, Identity, identity_with
from lms.courses import queries as courses
from lms.courses.models import LessonRevision
from lms.enrollments.lessons import queries as lessons
from lms.enrollments.lessons import service as studying
from lms.enrollments.lessons.queries import LessonRow
from lms.enrollments.lessons.service import Choice
from lms.enrollments.models import Enrollment
from lms.exams import queries as exams
from lms.exams.models import Attempt, PaperKey
from tests.support.live import DESKTOP, PHONE, Live, faults_of, new_context, passes_second_step

SHOTS = os.environ.get("LMS_SHOTS", "")
"""A folder to keep pictures of every page in, for looking at them."""
PASSWORD = "quiet harbor lantern"


@dataclass(slots=True)
class Stage:
    """The running site, and the browsers that are open on it."""

    browser: Browser
    live: Live
    folder: Path
    contexts: list[BrowserContext] = field(default_factory=list)

    def somebody(self, name: str) -> "Actor":
        """A person with a fresh browser."""
        return Actor.arrives(name, self)

    def window(self) -> Page:
        """A fresh browser, closed with the stage."""
        context = new_context(self.browser, self.live, accept_downloads=True)
        self.contexts.append(context)
        context.set_default_timeout(30_000)
        return context.new_page()

    def first_link(self) -> str:
        """The link that a first start prints."""
        with self.live.site.database.writing() as session:
            secret = accounts.invite(
                session,
                actor=SYSTEM,
                email="",
                name="Administrator",
                role=Role.ADMINISTRATOR,
                agency_id=None,
                now=self.live.clock.now(),
            )
        return f"/invitations/{secret}"

    def second_person_confirms(self) -> None:
        """Somebody on the machine itself confirms every staff role that waits, as `lms people confirm` does."""
        now = self.live.clock.now()
        with self.live.site.database.writing() as session:
            for one in granting.waiting(session, now=now):
                granting.confirm_invitation(session, actor=SYSTEM, invitation_id=one.id, now=now)

    def close(self) -> None:
        """Close every browser."""
        for context in self.contexts:
            context.close()


@dataclass(slots=True)
class Actor:
    """A person in front of a browser. `looks` collects the pages that were checked for accessibility."""

    name: str
    stage: Stage
    page: Page
    console: list[str] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)

    # --- Everybody ---

    @classmethod
    def arrives(cls, name: str, stage: Stage) -> Self:
        """Sit down before a fresh browser."""
        actor = cls(name, stage, stage.window())
        actor.page.on("console", lambda message: actor.hears(f"{message.type}: {message.text}"))
        actor.page.on("pageerror", lambda error: actor.console.append(f"error: {error}"))
        return actor

    def hears(self, line: str) -> None:
        """Keep what the browser complains of, but for the refusals and lost connections that a story means to meet."""
        if not any(expected in line for expected in ("the server responded with a status of 4", "ERR_INTERNET_DISCONNECTED")):
            self.console.append(line)

    def opens(self, address: str) -> Self:
        """Go to an address."""
        self.page.goto(address)
        return self

    def looks(self, what: str) -> Self:
        """Look at the page at both widths: nothing that axe knows may be wrong with it. Once for each kind of page."""
        if what in self.looked_at:
            return self
        self.looked_at.add(what)
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size({"width": size["width"], "height": size["height"]})
            if SHOTS:
                self.page.screenshot(path=Path(SHOTS) / f"{what.replace(' ', '-')}-{size['width']}.png", full_page=True)
            assert faults_of(self.page) == [], f"{what} at {size['width']} px"
        return self

    def knows(self, *pages: str) -> Self:
        """Pages that another story looks at: they are not checked again."""
        self.looked_at.update(pages)
        return self

    def presses(self, name: str) -> Self:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()
        return self

    def follows(self, name: str) -> Self:
        """Follow a link, by its words."""
        self.page.get_by_role("link", name=name).first.click()
        return self

    def fills(self, **fields: str) -> Self:
        """Fill fields by their labels (underscores are spaces; the label may go on)."""
        for label, value in fields.items():
            self.page.get_by_label(label.replace("_", " "), exact=False).first.fill(value)
        return self

    def chooses(self, label: str, option: str) -> Self:
        """Choose from a list."""
        self.page.get_by_label(label, exact=True).select_option(label=option)
        return self

    def ticks(self, words: str) -> Self:
        """Tick a box or a radio button by clicking its label."""
        self.page.locator("label", has_text=words).first.click()
        return self

    def sees(self, words: str) -> Self:
        """The page says `words`."""
        expect(self.page.locator("main")).to_contain_text(words)
        return self

    def heading(self) -> str:
        """The page's heading."""
        return self.page.locator("h1").inner_text()

    def takes_up(self, link: str) -> Self:
        """Make an account from an invitation, and sign in."""
        self.opens(link).looks("invitation")
        self.page.get_by_label("name", exact=False).first.fill(self.name)
        if self.page.get_by_label("E-mail", exact=True).count():
            self.page.get_by_label("E-mail", exact=True).fill("administrator@example.gov")
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_label("Password again").fill(PASSWORD)
        self.presses("Make my account")
        return self

    def signs_in(self, email: str, *, password: str = PASSWORD) -> Self:
        """Sign in with the password that everybody in these stories has, and with a code where one is asked for."""
        self.opens("/sign-in").looks("sign-in")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.presses("Sign in")
        if "/sign-in/second-step" in self.page.url:
            self.looks("second step")
            passes_second_step(self.stage.live, self.page, email)
        return self

    def sets_up_a_code_app(self) -> Self:
        """Set up a code app as the role asks, and keep the recovery codes."""
        self.looks("set up a second factor").follows("Set up a code app").looks("set up a code app")
        secret = self.page.locator("[data-secret]").inner_text().replace("-", "")
        self.fills(Name="My phone", Code_that_the_app_shows_now=pyotp.TOTP(secret).at(self.stage.live.clock.now()))
        self.presses("Confirm the code").looks("recovery codes")
        assert self.page.locator("[data-recovery-codes] li").count() == 10
        return self.follows("I have them: go on")

    def sets_up_a_passkey(self) -> Self:
        """Set up a passkey on a device that the browser believes in."""
        self._has_a_device()
        self.follows("Set up a passkey").looks("set up a passkey")
        self.fills(Name="My laptop").presses("Make a passkey").sees("Your recovery codes")
        return self.follows("I have them: go on")

    def _has_a_device(self) -> None:
        device = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        browser = self.page.context.new_cdp_session(self.page)
        browser.send("WebAuthn.enable")
        browser.send("WebAuthn.addVirtualAuthenticator", {"options": device})

    def proves_by_passkey(self) -> Self:
        """Answer the page that asks for the second factor by the device."""
        return self.looks("fresh proof").presses("Use a passkey")

    # --- The administrator ---

    def invites(self, name: str, email: str, role: str, *, agency: bool = False) -> str:
        """Invite somebody, and return the link that is shown once."""
        self.opens("/people/invitations").looks("invite a person")
        self.fills(Full_name=name)
        self.page.get_by_label("E-mail", exact=False).fill(email)
        self.ticks(role)
        if agency:
            self.page.get_by_label("Agency", exact=False).last.select_option(index=1)
        self.presses("Make the invitation").looks("invitation made")
        return self.page.get_by_label(f"Link for {name}").input_value()

    # --- The officer ---

    def completes_lesson(self, *, wrong_first: bool = False) -> Self:
        """Read the lesson on the page long enough, answer its checks right and complete it."""
        self.spends_time(minutes=13)
        for check_id, choice_id, other_id in self._checks():
            if wrong_first:
                self._answers_check(check_id, other_id)
                expect(self.page.locator(f"#check-{check_id} .feedback")).to_have_class("feedback is-wrong")
            self._answers_check(check_id, choice_id)
            expect(self.page.locator(f"#check-{check_id} .feedback")).to_have_class("feedback is-correct")
        self.presses("Complete the lesson")
        return self

    def studies_on(self, *, until: int) -> Self:
        """Complete lessons through the service, as the pages would, until `until` of them are complete: the same pages again and again."""
        live = self.stage.live
        with live.site.database.writing() as session:
            enrollment = session.scalars(select(Enrollment).join(Officer).where(Officer.name == self.name)).one()
            who = identity_with(frozenset({Role.OFFICER}), user_id=None, name=self.name, officer_id=enrollment.officer_id)
            training = lessons.training(session, actor=who, enrollment_id=enrollment.id, now=live.clock.now())
            assert training is not None
            open_ones = [one for module in training.modules for one in module.lessons if not one.is_complete]
            for one in open_ones[: until - len(training.lessons) + len(open_ones)]:
                self._studies(session, who, enrollment.id, one)
        return self

    def _studies(self, session: Session, who: Identity, enrollment_id: uuid.UUID, one: LessonRow) -> None:
        clock, place = self.stage.live.clock, dict[str, Any](actor=who, enrollment_id=enrollment_id, lesson_id=one.id)
        for _ in range(14):
            studying.beat(session, now=clock.advance(timedelta(seconds=60)), **place)
        for check_id in courses.check_ids(session, one.hash):
            key = courses.check_key(session, one.hash, check_id)
            assert key is not None
            studying.answer_check(session, choice=Choice(check_id, key.correct), now=clock.now(), **place)
        studying.complete(session, now=clock.advance(timedelta(seconds=5)), **place)
        session.flush()

    def spends_time(self, *, minutes: int) -> Self:
        """Let the lesson's heartbeat tell of `minutes` of reading, a minute at a time."""
        for _ in range(minutes + 1):
            self._beats()
            self.stage.live.clock.advance(timedelta(seconds=60))
        return self

    def _beats(self) -> None:
        answer = self.page.evaluate(
            """async () => {
                const place = document.querySelector("[data-beats]").dataset.beats;
                const token = document.querySelector("input[name=csrf_token]").value;
                const headers = { "X-CSRF-Token": token, "X-Requested-With": "fetch", Accept: "application/json" };
                return (await fetch(place, { method: "POST", headers })).status;
            }"""
        )
        assert answer < 300, answer

    def _checks(self) -> list[tuple[str, str, str]]:
        lesson_id = self.page.url.rsplit("/", 1)[1].split("#")[0].split("?")[0]
        with self.stage.live.site.database.reading() as session:
            revision = session.scalars(select(LessonRevision).where(LessonRevision.lesson_id == lesson_id)).first()
            assert revision is not None
            found = []
            for check_id in courses.check_ids(session, revision.hash):
                key = courses.check_key(session, revision.hash, check_id)
                assert key is not None
                found.append((check_id, key.correct, next(one for one in key.feedback if one != key.correct)))
        return found

    def _answers_check(self, check_id: str, choice_id: str) -> None:
        self.page.locator(f'label[for="check-{check_id}-{choice_id}"]').click()
        self.page.locator(f"#check-{check_id}").get_by_role("button", name="Check my answer").click()

    def answers_question(self, *, right: bool = True) -> Self:
        """Answer the question on the page; wait until the server says that it is saved."""
        key, other = self._key()
        self.page.locator(f'label[for="choice-{key if right else other}"]').click()
        expect(self.page.locator("[data-save-chip]")).to_have_attribute("data-state", "saved")
        return self

    def loses_the_connection_while_answering(self) -> Self:
        """Choose while nothing gets through: the page says so, keeps the answer and sends it by itself afterwards."""
        chip = self.page.locator("[data-save-chip]")
        self.page.context.set_offline(offline=True)
        self.page.locator(".usa-radio__label").first.click()
        expect(chip).to_have_attribute("data-state", "waiting")
        self.page.context.set_offline(offline=False)
        expect(chip).to_have_attribute("data-state", "saved", timeout=15_000)
        return self

    def _key(self) -> tuple[str, str]:
        parts = self.page.url.split("/")
        attempt_id, position = uuid.UUID(parts[-3]), int(parts[-1].split("?")[0])
        with self.stage.live.site.database.reading() as session:
            paper = session.get_one(Attempt, attempt_id).paper_hash
            key = session.get_one(PaperKey, (paper, position)).key
            shown = exams.question(session, paper_hash=paper, position=position)
        return key, next(one.id for one in shown.choices if one.id != key)
