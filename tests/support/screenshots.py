"""A developer's command that takes the pictures of README.md again: `python -m tests.support.screenshots`.

It fills a throw-away demonstration with a class of the shipped course, photographs the exam page in a browser and draws the
certificate as poppler prints it.
"""

import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import notice
from lms.accounts import service as accounts
from lms.accounts.rules import SYSTEM
from lms.app import create_app, open_site, work_off
from lms.certificates import keyring
from lms.certificates import queries as certificates
from lms.certificates import service as certifying
from lms.certificates.reserving import Terms
from lms.courses import queries as courses
from lms.courses.manifest import lessons_of
from lms.db import migrate
from lms.enrollments import service as enrollments
from lms.enrollments.models import Completion, Enrollment
from lms.exams import planning, queries, service, starting
from lms.exams.service import Change
from lms.kernel.clock import FrozenClock
from lms.settings import Settings
from lms.web.site import Site
from tests.support.cast import PASSWORD, Cast, Person, cast_of, person
from tests.support.live import Live, chromium, free_port, live_site, new_context
from tests.support.shelf import publish_everything

DOCS = Path(__file__).parents[2] / "docs"
STARTED = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
COURSE = "wso"
ANSWERED = range(1, 19)
FLAGGED = (7, 12)
SHOWN = 15
DOTS_PER_INCH = "96"
WINDOW = {"width": 1280, "height": 860}


@dataclass(frozen=True, slots=True)
class Ready:
    """An officer who has completed every lesson and started the exam."""

    person: Person
    enrollment_id: uuid.UUID
    attempt_id: uuid.UUID


def main() -> None:
    """Take both pictures."""
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lms-screenshots-") as name, demonstration(Path(name)) as live:
        with live.site.database.writing() as session:
            cast = cast_of(session, now=live.clock.now())
            sitting = ready(session, cast, cast.officer, live.clock)
            answer_some(session, sitting, live.clock)
        photograph_exam(live, sitting)
        draw_certificate(live, cast, Path(name))


@contextmanager
def demonstration(folder: Path) -> Iterator[Live]:
    """A demonstration with the shipped course published and its keys made, on a port."""
    port = free_port()
    clock = FrozenClock(STARTED)
    settings = Settings(data=folder / "data", demo=True, compress=False, base_url=f"http://127.0.0.1:{port}")
    settings.data.mkdir()
    site = open_site(settings, clock=clock)
    migrate.upgrade(site.database)
    say("Publishing the shipped course ...")
    publish_everything(settings.data / "lms.db")
    keyring.found(settings.data, name=settings.authority_name, specimen=True, now=clock.now())
    with live_site(create_app(site), site, clock, port=port) as live:
        yield live
    site.database.close()


def ready(session: Session, cast: Cast, officer: Person, clock: FrozenClock) -> Ready:
    """Enroll the officer in a class of their own, complete every lesson, and start the exam."""
    now = clock.now()
    course = courses.head(session, COURSE)
    assert course is not None
    offering = enrollments.open_offering(
        session,
        actor=SYSTEM,
        course_hash=course.hash,
        title=f"Class of {officer.name}",
        starts_on=date(2026, 11, 16),
        ends_on=date(2026, 12, 18),
        time_zone="America/New_York",
        now=now,
    )
    enrollments.enroll(session, actor=SYSTEM, offering_id=offering, officer_ids=[officer.officer], now=now)
    session.flush()
    enrollment = session.scalars(select(Enrollment).where(Enrollment.officer_id == officer.officer)).one()
    for lesson in lessons_of(course.manifest):
        minutes = sum(lesson["minutes"].values())
        done = Completion(enrollment_id=enrollment.id, lesson_id=lesson["id"], lesson_hash=lesson["hash"], credited_minutes=minutes, at=now)
        done.active_seconds = minutes * 45
        session.add(done)
    accounts.read_notice(session, actor=officer.identity, edition=notice.EDITION, now=now)
    session.flush()
    return Ready(officer, enrollment.id, start(session, cast, officer, enrollment.id, now))


def start(session: Session, cast: Cast, officer: Person, enrollment_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """Let the proctor admit the officer, and start."""
    (exam,) = planning.plans(session, enrollment_id=enrollment_id)
    document = "Agency photo ID"
    proctor = cast.proctor.identity
    code = starting.admit(session, actor=proctor, enrollment_id=enrollment_id, exam_id=exam.exam_id, identity_document=document, now=now)
    session.flush()
    return starting.start(session, actor=officer.identity, enrollment_id=enrollment_id, exam_id=exam.exam_id, code=code, now=now)


def answer_some(session: Session, sitting: Ready, clock: FrozenClock) -> None:
    """Look at the first questions, answer most of them and flag a few, over twenty minutes."""
    shown = queries.sheet(session, actor=sitting.person.identity, attempt_id=sitting.attempt_id)
    for position in ANSWERED:
        now = clock.advance(timedelta(seconds=65))
        service.note_view(session, attempt_id=sitting.attempt_id, position=position, now=now)
        if position == SHOWN + 1:
            continue
        question = queries.question(session, paper_hash=shown.paper_hash, position=position)
        choice, _ = question.choices[position % 4]
        change = Change(position, choice, flagged=position in FLAGGED, revision=0, key=f"picture-{position}")
        service.answer(session, actor=sitting.person.identity, attempt_id=sitting.attempt_id, change=change, now=now)


def photograph_exam(live: Live, sitting: Ready) -> None:
    """The page of one question."""
    say("Photographing the exam page ...")
    with chromium() as browser:
        page = new_context(browser, live, viewport=WINDOW).new_page()
        sign_in(page, sitting.person)
        page.goto(f"/attempts/{sitting.attempt_id}/questions/{SHOWN}")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=DOCS / "exam.png")


def sign_in(page: Page, who: Person) -> None:
    """Sign in by the form."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(who.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "sign-in" not in address)


def draw_certificate(live: Live, cast: Cast, folder: Path) -> None:
    """Let a second officer pass and the certifier issue; then print the paper."""
    say("Printing a certificate ...")
    with live.site.database.writing() as session:
        officer = person(session, name="Łukasz Nguyễn", role=cast.officer.role, agency_id=cast.palmetto, now=live.clock.now())
        passed = ready(session, cast, officer, live.clock)
        answer_right(session, passed, live.clock)
        service.submit(session, actor=officer.identity, attempt_id=passed.attempt_id, now=live.clock.advance(timedelta(seconds=30)))
        session.flush()
        certifier, chosen = cast.certifier.identity, [passed.enrollment_id]
        (number,) = certifying.issue(session, actor=certifier, enrollment_ids=chosen, terms=terms(live.site), now=live.clock.now())
    work_off(live.site)
    paper = folder / "certificate.pdf"
    paper.write_bytes(paper_of(live.site, number))
    command = ["pdftoppm", "-png", "-r", DOTS_PER_INCH, "-singlefile", str(paper), str(DOCS / "certificate")]
    subprocess.run(command, check=True)


def answer_right(session: Session, sitting: Ready, clock: FrozenClock) -> None:
    """Answer every question right."""
    shown = queries.sheet(session, actor=sitting.person.identity, attempt_id=sitting.attempt_id)
    for one in queries.keys(session, paper_hash=shown.paper_hash):
        change = Change(one.position, one.key, flagged=False, revision=0, key=f"right-{one.position}")
        now = clock.advance(timedelta(seconds=50))
        service.answer(session, actor=sitting.person.identity, attempt_id=sitting.attempt_id, change=change, now=now)


def terms(site: Site) -> Terms:
    """What the paper says of its issuer: an address for the picture, and that it is a specimen."""
    settings = site.settings
    printed_url = "https://training.example.gov/verify"
    return Terms(settings.authority_name, printed_url, settings.disclaimer, tsa_url="", demo=settings.demo)


def paper_of(site: Site, number: str) -> bytes:
    """The stored paper of a certificate."""
    with site.database.reading() as session:
        found = certificates.by_number(session, number)
    assert found is not None
    assert found.seal is not None
    return site.blobs.read(found.seal.digest)


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
