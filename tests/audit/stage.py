"""For every address that changes something: the people and things it needs, and a valid call of it by the one whose act it is."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.accounts import granting
from lms.accounts.models import Grant, Invitation, User, UserSession
from lms.accounts.rules import SYSTEM
from lms.courses import edition
from lms.courses import service as courses
from lms.courses.source import tree_in
from lms.facts.standing import questions_in
from lms.kernel.clock import FrozenClock
from lms.web.application import Application
from lms.web.site import Site
from tests.certificates.program import issued, program, trained
from tests.enrollments.lessons.world import furnish as furnish_reading
from tests.support.browser import Visitor
from tests.support.cast import FAST_HASH, PASSWORD, Cast, cast_of
from tests.support.exam_room import EXAM, Room
from tests.support.exam_room import furnish as furnish_exam
from tests.support.factories import a_bank, a_class, a_course
from tests.support.writing import COURSE, TODAY, change, write_program

NEW = {"password": "eleven quiet kettles", "again": "eleven quiet kettles"}
LESSON = "/lessons/lesson-one"
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Act:
    """A call: who makes it, where, and with which fields."""

    visitor: Visitor
    path: str
    fields: dict[str, object]

    def does(self) -> TestResponse:
        """Make it."""
        return self.visitor.sends(self.path, **self.fields)


@dataclass(frozen=True, slots=True)
class Stage:
    """A site with nobody on it yet."""

    app: Application
    site: Site
    clock: FrozenClock
    folder: Path

    def made(self, make: Callable[[Session], Made]) -> Made:
        """What `make` puts into the database."""
        with self.site.database.writing() as session:
            return make(session)

    def cast(self) -> Cast:
        """Everybody."""
        return self.made(lambda session: cast_of(session, now=self.clock.now()))

    def visitor(self, who: str = "") -> tuple[Visitor, Cast]:
        """The browser of somebody of the cast, signed in; nobody's without a name."""
        cast = self.cast()
        visitor = Visitor(self.app)
        return (visitor.signs_in_as(getattr(cast, who)) if who else visitor), cast

    def room(self) -> Room:
        """A small exam, and people who sign in."""

        def make(session: Session) -> Room:
            room = furnish_exam(session, now=self.clock.now())
            session.execute(update(User).values(password_hash=FAST_HASH))
            return room

        return self.made(make)


Scene = Callable[[Stage], Act]


def link_in(answer: TestResponse) -> str:
    """The path of the link that a page shows once."""
    found = re.search(r'value="http://[^/"]+(/[^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def signs_in(stage: Stage) -> Act:
    visitor, cast = stage.visitor()
    return Act(visitor, "/sign-in", {"email": cast.proctor.email, "password": PASSWORD})


def signs_out(stage: Stage) -> Act:
    return Act(stage.visitor("proctor")[0], "/sign-out", {})


def changes_the_password(stage: Stage) -> Act:
    return Act(stage.visitor("proctor")[0], "/account/password", {"current": PASSWORD, **NEW})


def ends_another_session(stage: Stage) -> Act:
    visitor, cast = stage.visitor("proctor")
    elsewhere = stage.made(lambda session: session.scalars(select(UserSession.id).where(UserSession.ended_at.is_(None))).one())
    Visitor(stage.app).signs_in_as(cast.certifier)
    here = Visitor(stage.app).signs_in_as(cast.proctor)
    del visitor
    return Act(here, f"/account/sessions/{elsewhere}/ending", {})


def reads_the_notice(stage: Stage) -> Act:
    return Act(stage.visitor("officer")[0], "/privacy/reading", {})


def creates_an_agency(stage: Stage) -> Act:
    fields: dict[str, object] = {"name": "Heron Bay Police", "kind": "police", "state": "FL", "time_zone": "America/New_York"}
    return Act(stage.visitor("administrator")[0], "/agencies", fields)


def invites(stage: Stage) -> Act:
    visitor, _ = stage.visitor("administrator")
    visitor.opens("/people/invitations")
    sent = {"name": "Jo Whitaker", "email": "jo@example.gov", "role": "proctor", "agency": ""}
    return Act(visitor, "/people/invitations", {**sent, "form_id": visitor.page.hidden("form_id")})


def takes_up_an_invitation(stage: Stage) -> Act:
    link = link_in(invites(stage).does())

    def confirm(session: Session) -> None:
        (waiting,) = granting.waiting(session, now=stage.clock.now())
        granting.confirm_invitation(session, actor=SYSTEM, invitation_id=waiting.id, now=stage.clock.now())

    stage.made(confirm)
    return Act(Visitor(stage.app), link, {"name": "Jo Whitaker", **NEW})


def withdraws_an_invitation(stage: Stage) -> Act:
    act = invites(stage)
    act.does()
    found = stage.made(lambda session: session.scalars(select(Invitation.id).where(Invitation.email == "jo@example.gov")).one())
    return Act(act.visitor, f"/people/invitations/{found}/withdrawal", {})


def ends_a_role(stage: Stage) -> Act:
    visitor, cast = stage.visitor("administrator")
    grant = stage.made(lambda session: session.scalars(select(Grant.id).where(Grant.user_id == cast.proctor.user_id)).one())
    return Act(visitor, f"/people/grants/{grant}/ending", {"reason": "Left the program"})


def makes_a_password_link(stage: Stage) -> Act:
    visitor, cast = stage.visitor("administrator")
    path = f"/people/{cast.proctor.user_id}/password-links"
    visitor.opens(path)
    return Act(visitor, path, {"form_id": visitor.page.hidden("form_id")})


def sets_a_password_by_a_link(stage: Stage) -> Act:
    return Act(Visitor(stage.app), link_in(makes_a_password_link(stage).does()), dict(NEW))


def opens_a_class(stage: Stage) -> Act:
    visitor, _ = stage.visitor("administrator")
    course = stage.made(lambda session: a_course(session, now=stage.clock.now()))
    fields: dict[str, object] = {
        "course": course,
        "title": "January",
        "starts_on": "2027-01-04",
        "ends_on": "2027-01-08",
        "time_zone": "America/New_York",
        "mode": "online",
        "state": "",
        "capacity": "24",
        "day_starts": "08:00",
    }
    return Act(visitor, "/classes", fields)


def accepts_a_public_bank(stage: Stage) -> Act:
    visitor, _ = stage.visitor("administrator")

    def make(session: Session) -> uuid.UUID:
        a_bank(session, now=stage.clock.now())
        return a_class(session, now=stage.clock.now())

    return Act(visitor, f"/classes/{stage.made(make)}/bank-acknowledgement", {})


def admits(stage: Stage) -> Act:
    room = stage.room()
    proctor = Visitor(stage.app).signs_in_as(room.proctor)
    path = f"/enrollments/{room.enrollment_id}/exams/{EXAM}/admission"
    proctor.opens(path)
    fields: dict[str, object] = {}
    for one in proctor.page.all("input"):
        name, kind = one.attributes.get("name"), one.attributes.get("type")
        if name and kind in {"checkbox", "radio"}:
            fields.setdefault(name, one.attributes.get("value") or "y")
    for select_box in proctor.page.all("select"):
        option = next(found for found in proctor.page.all("option") if select_box in found.around and found.attributes.get("value"))
        fields[str(select_box.attributes["name"])] = option.attributes["value"]
    return Act(proctor, path, fields)


def signs_the_security_agreement(stage: Stage) -> Act:
    return Act(stage.visitor("officer")[0], "/test-security/signatures", {"promised": "y", "next": "/"})


def opens_a_question(stage: Stage) -> Act:
    stage.room()
    return Act(stage.visitor("instructor")[0], "/question-statistics/small/ONE-1-0/views", {})


def records_a_review(stage: Stage) -> Act:
    room = stage.room()
    failed = stage.made(lambda session: room.takes(session, now=stage.clock.now(), right=False))
    sent: dict[str, object] = {"reviewed": "The two powers", "minutes": "30", "held_on": stage.clock.now().date().isoformat()}
    return Act(stage.visitor("instructor")[0], f"/attempts/{failed}/reviews", sent)


def starts_an_exam(stage: Stage) -> Act:
    room = stage.room()
    code = stage.made(lambda session: room.admits(session, now=stage.clock.now()))
    officer = Visitor(stage.app).signs_in_as(room.officer)
    return Act(officer, f"/enrollments/{room.enrollment_id}/exams/{EXAM}/attempts", {"rules_read": "y", "code": code})


def hands_in(stage: Stage) -> Act:
    act = starts_an_exam(stage)
    attempt = act.does().headers["Location"].partition("/questions/")[0]
    return Act(act.visitor, f"{attempt}/submission", {})


def completes_a_lesson(stage: Stage) -> Act:
    world = stage.made(lambda session: furnish_reading(session, now=stage.clock.now()))

    def read(session: Session) -> None:
        world.reads(session, "first", clock=stage.clock)
        world.answers(session, "first", now=stage.clock.now())

    stage.made(read)
    return Act(Visitor(stage.app).signs_in_as(world.officer), world.path("lessons", "first", "completion"), {})


def issues(stage: Stage) -> Act:
    def make(session: Session) -> tuple[Cast, uuid.UUID]:
        found = program(session, now=stage.clock.now())
        return found.cast, trained(session, found, now=stage.clock.now())

    cast, enrollment = stage.made(make)
    return Act(Visitor(stage.app).signs_in_as(cast.certifier), "/certificates", {"officers": [enrollment]})


def decides(act: str, **fields: object) -> Scene:
    """Something decided about a certificate."""

    def scene(stage: Stage) -> Act:
        def make(session: Session) -> tuple[Cast, str]:
            found = program(session, now=stage.clock.now())
            return found.cast, issued(session, found, trained(session, found, now=stage.clock.now()), now=stage.clock.now())

        cast, number = stage.made(make)
        return Act(Visitor(stage.app).signs_in_as(cast.certifier), f"/certificates/{number}/{act}", fields)

    return scene


suspends = decides("suspension", **{"suspension-note": "Asked by the agency"})


def lifts(stage: Stage) -> Act:
    act = suspends(stage)
    act.does()
    return replace(act, path=f"{act.path}/ending", fields={"ending-note": "Cleared"})


def saves_a_draft(stage: Stage) -> Act:
    folder = write_program(stage.folder)
    tree, _ = tree_in(folder / "courses", today=TODAY, banks=questions_in(folder / "question_banks"), reader=edition)
    stage.made(lambda session: courses.publish(session, actor=SYSTEM, tree=tree, now=stage.clock.now()))
    visitor, _ = stage.visitor("instructor")
    visitor.opens(f"{LESSON}/edit")
    hidden = {name: visitor.page.hidden(name) or "" for name in ("based_on", "seen")}
    source = visitor.page.all("textarea")[0].text.strip() + "\n"
    return Act(visitor, f"{LESSON}/drafts", {"source": source.replace("It rests on", "It now rests on"), **hidden})


def enters_a_pass_mark(stage: Stage) -> Act:
    folder = write_program(stage.folder)
    change(folder, COURSE, 'program_model = "WSO"', 'program_model = "TFM"')
    change(folder, COURSE, 'cut_score = "70.00"\n', "")
    tree, _ = tree_in(folder / "courses", today=TODAY, banks=questions_in(folder / "question_banks"), reader=edition)
    stage.made(lambda session: courses.publish(session, actor=SYSTEM, tree=tree, now=stage.clock.now()))
    visitor, _ = stage.visitor("administrator")
    visitor.opens("/courses/mini")
    fields: dict[str, object] = {"percent": "70", "source": "Letter of ICE of November 20", "set_on": "2026-11-20"}
    return Act(visitor, "/courses/mini/exams/mini-final/pass-marks", fields)


def publishes_a_lesson(stage: Stage) -> Act:
    act = saves_a_draft(stage)
    act.visitor.follows(Act(act.visitor, act.path, act.fields | {"then": "publication"}).does())
    return Act(act.visitor, f"{LESSON}/publication", {"draft": act.visitor.page.hidden("draft"), "note": "Clearer"})


ACTS: dict[str, tuple[Scene, tuple[str, ...]]] = {
    "accounts.signing_in": (signs_in, ("gave the right password",)),
    "accounts.sign_out": (signs_out, ("ended a session",)),
    "accounts.change_password": (changes_the_password, ("changed the own password",)),
    "accounts.end_session": (ends_another_session, ("ended a session",)),
    "accounts.read_privacy": (reads_the_notice, ("read the notice of what is recorded",)),
    "agencies.create_agency": (creates_an_agency, ("created an agency",)),
    "agencies.invite": (invites, ("invited a person",)),
    "agencies.take_up": (takes_up_an_invitation, ("gave the right password", "took up a role")),
    "agencies.withdraw_invitation": (withdraws_an_invitation, ("withdrew an invitation",)),
    "agencies.end_grant": (ends_a_role, ("ended a role",)),
    "password_links.make_password_link": (makes_a_password_link, ("made a password link",)),
    "password_links.set_password": (sets_a_password_by_a_link, ("set a new password by a link",)),
    "enrollments.open_offering": (opens_a_class, ("opened a class",)),
    "enrollments.acknowledge_public_bank": (accepts_a_public_bank, ("accepted a public question bank",)),
    "proctoring.admit": (admits, ("admitted an officer to an exam",)),
    "security.sign": (signs_the_security_agreement, ("signed the test-security agreement",)),
    "question_statistics.show": (opens_a_question, ("looked at an exam question",)),
    "remediation.record": (records_a_review, ("recorded a review before a retake",)),
    "exams.start": (starts_an_exam, ("started an exam",)),
    "exams.submission": (hands_in, ("handed in an exam",)),
    "lessons.complete": (completes_a_lesson, ("completed a lesson",)),
    "certificates.issue": (issues, ("issued a certificate",)),
    "certificates.revoke": (
        decides("revocation", **{"revocation-reason": "training record wrong", "revocation-note": "Reported"}),
        ("revoked a certificate",),
    ),
    "certificates.suspend": (suspends, ("suspended a certificate",)),
    "certificates.lift": (lifts, ("lifted the suspension of a certificate",)),
    "certificates.correct": (
        decides("correction", **{"correction-name": "Dana M. Rivera", "correction-note": "Middle initial"}),
        ("issued a certificate", "replaced a certificate by a corrected one"),
    ),
    "courses.save_draft": (saves_a_draft, ("saved a draft of a lesson",)),
    "course_pages.enter_pass_mark": (enters_a_pass_mark, ("entered the pass mark of an exam", "published a course revision")),
    "courses.publish": (publishes_a_lesson, ("published a course revision", "published a lesson")),
}
"""Endpoint: how it is called rightly, and the entries that this leaves. More than one where a call makes several changes: making an
account also signs in, a correction also issues, and a lesson's edition is also a new revision of each course that holds it."""
EXCEPTIONS = {
    "second_step.passkey_question": "A challenge is a random number that opens nothing; the proof that answers it leaves its entry.",
    "factors.passkey_question": "A challenge is a random number that opens nothing; the passkey that answers it leaves its entry.",
    "exams.answer": "Each answer is a step of the attempt's own chain, which holds the hash of the step before it.",
    "exam_page.paper": "That the paper was handed to a page is a step of the attempt's own chain.",
    "exam_page.views": "That a question was shown is a row of its own, which is never changed.",
    "receipts.check": "Nothing is stored: a receipt is compared with the record.",
    "pulse.signal": "What a page saw is a step of the attempt's own chain, as an answer is.",
    "pulse.acknowledge": "That a message was read is a row beside the message, which is never changed; sending it left the entry.",
    "lessons.beat": "A sign of life is a row of the record of reading; its sum enters the trail with the completed lesson.",
    "lessons.answer": "An answer to a check is a row of the record of reading, which is never changed.",
    "nominations.check_file": "Nothing is stored: it shows what would become of each row of a file.",
    "courses.preview": "Nothing is stored: the text is only shown as its page would look.",
    "verification.check": "Nothing is stored: a number is looked up.",
    "verification.paper": "Nothing is stored: a file is compared.",
}
"""Endpoints that are posted to and leave no entry, each with the reason."""
