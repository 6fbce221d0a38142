"""A site with a small exam on it, and an officer's browser before its door."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from lms.accounts.models import User
from lms.exams import queries
from lms.exams.models import Attempt, PaperKey
from lms.exams.rules import AnswerState, Entry
from lms.kernel.clock import FrozenClock
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import FAST_HASH
from tests.support.exam_room import EXAM, UNCHANGED, Room, furnish

BY_SCRIPT = {"X-Requested-With": "fetch", "Accept": "application/json"}


@dataclass(slots=True)
class ExamSite:
    """The site, its people, and everything that the officer's browser was sent so far."""

    app: Flask
    site: Site
    clock: FrozenClock
    room: Room
    received: list[TestResponse] = field(default_factory=list)

    @property
    def door(self) -> str:
        """The exam's own page."""
        return f"/enrollments/{self.room.enrollment_id}/exams/{EXAM}"

    def officer(self) -> "Sitter":
        """The officer's browser, signed in."""
        visitor = Sitter(self.app, self)
        visitor.signs_in_as(self.room.officer)
        return visitor

    def stranger(self) -> Visitor:
        """The browser of another officer, signed in."""
        return Visitor(self.app).signs_in_as(self.room.stranger)

    def proctor(self) -> Visitor:
        """The proctor's browser, signed in."""
        return Visitor(self.app).signs_in_as(self.room.proctor)

    def code(self) -> str:
        """A code that the proctor has just given."""
        with self.site.database.writing() as session:
            return self.room.admits(session, now=self.clock.now())

    def key(self, position: int) -> str:
        """The right choice of a question of the newest paper."""
        with self.site.database.reading() as session:
            paper = session.scalars(select(Attempt.paper_hash).order_by(Attempt.ordinal.desc()).limit(1)).one()
            return str(session.get_one(PaperKey, (paper, position)).key)

    def steps(self) -> list[Entry]:
        """Everything recorded of the only attempt; nothing before there is one."""
        with self.site.database.reading() as session:
            attempt = session.scalars(select(Attempt.id)).one_or_none()
            return [] if attempt is None else queries.entries(session, attempt_id=attempt)

    def stored(self, position: int) -> AnswerState | None:
        """The answer that stands in the only attempt."""
        with self.site.database.reading() as session:
            return queries.answers_of(session, attempt_id=session.scalars(select(Attempt.id)).one()).get(position)


class Sitter(Visitor):
    """A visitor who sits the exam; all that the browser receives is kept."""

    def __init__(self, app: Flask, site: ExamSite) -> None:
        super().__init__(app)
        self.exam_site = site
        self.attempt = ""

    def starts(self) -> "Sitter":
        """Start with a fresh code, up to the first question."""
        answer = self.sends(f"{self.exam_site.door}/attempts", rules_read="y", code=self.exam_site.code())
        self.attempt = answer.headers["Location"].partition("/questions/")[0]
        self.follows(answer)
        return self

    def question(self, position: int) -> list[str]:
        """Open a question; the ids of its choices in the order shown."""
        self.opens(f"{self.attempt}/questions/{position}")
        return self.choices()

    def choices(self) -> list[str]:
        """The ids of the choices on the page."""
        return [str(one.attributes["value"]) for one in self.page.all("input") if one.attributes.get("name") == "choice"]

    def chosen(self) -> list[str]:
        """The choices that the page shows as chosen."""
        radios = [one.attributes for one in self.page.all("input") if one.attributes.get("name") == "choice"]
        return [str(one["value"]) for one in radios if "checked" in one]

    def saves(self, position: int, *, choice: str = "", revision: int = 0, flagged: str = "", key: str = "") -> TestResponse:
        """Save as the page's script does."""
        body = {"choice": choice, "flagged": flagged, "revision": str(revision), "key": key or str(uuid.uuid4())}
        headers = {**BY_SCRIPT, "X-CSRF-Token": self.token()}
        return self._seen(self.client.post(f"{self.attempt}/questions/{position}/answer", data=body, headers=headers))

    def _seen(self, answer: TestResponse) -> TestResponse:
        self.exam_site.received.append(answer)
        return super()._seen(answer)


def exam_site(app: Flask, site: Site, clock: FrozenClock, *, changed: Mapping[str, object] = UNCHANGED) -> ExamSite:
    """Furnish `site` with the small exam; everybody signs in with the tests' password. `changed`: of the course's manifest."""
    with site.database.writing() as session:
        room = furnish(session, now=clock.now(), changed=changed)
        session.execute(update(User).values(password_hash=FAST_HASH))
    return ExamSite(app, site, clock, room)
