"""A developer's command that takes the pictures of README.md again: `python -m tests.support.screenshots`.

It fills a throw-away demonstration, photographs the exam page of an officer who sits, and prints a certificate with poppler.
"""

import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer, User
from lms.accounts.permissions import Role
from lms.accounts.rules import Identity, identity_with
from lms.app import create_app, open_site
from lms.certificates import keyring
from lms.certificates import queries as certificates
from lms.certificates.numbers import parse
from lms.db import migrate
from lms.demo import program as demo
from lms.enrollments.models import Enrollment
from lms.exams import planning, queries, service, starting
from lms.exams.service import Change
from lms.kernel.clock import FrozenClock
from lms.settings import Settings
from tests.support.live import Live, chromium, free_port, live_site, new_context
from tests.support.shelf import publish_everything

DOCS = Path(__file__).parents[2] / "docs"
NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
BASE_URL = "https://training.example.gov"
"""What the paper prints; the site itself listens elsewhere."""
SITTING = "Casey Lindgren"
PROCTOR = "Pat Lindqvist"
ANSWERED = (*range(1, 16), 17, 18)
SEEN = range(1, 19)
FLAGGED = (7, 12)
SHOWN = 15
DOTS_PER_INCH = "96"
WINDOW = {"width": 1280, "height": 860}


def main() -> None:
    """Take both pictures."""
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lms-screenshots-") as name:
        folder = Path(name)
        with demonstration(folder) as (live, program):
            with live.site.database.writing() as session:
                attempt_id = sits(session, live.clock)
            photograph_exam(live, program, attempt_id)
            print_certificate(live, program, folder / "certificate.pdf")


@contextmanager
def demonstration(folder: Path) -> Iterator[tuple[Live, demo.Program]]:
    """A filled demonstration on a port, with its people and papers."""
    clock = FrozenClock(NOW)
    settings = Settings(data=folder / "data", demo=True, compress=False, base_url=BASE_URL)
    settings.data.mkdir()
    site = open_site(settings, clock=clock)
    migrate.upgrade(site.database)
    say("Publishing the shipped course ...")
    publish_everything(settings.data / "lms.db")
    keyring.found(settings.data, name=settings.authority_name, specimen=True, now=clock.now() - timedelta(days=30))
    program = demo.fill(site, say=say)
    app = create_app(site)
    app.config.update(SESSION_COOKIE_NAME="lms", SESSION_COOKIE_SECURE=False)  # the browser comes without TLS
    with live_site(app, site, clock, port=free_port()) as live:
        yield live, program
    site.database.close()


def sits(session: Session, clock: FrozenClock) -> uuid.UUID:
    """Let the officer be admitted, start, and answer some questions over twenty minutes; returns the attempt."""
    officer = identity(session, SITTING, Role.OFFICER)
    enrollment = session.scalars(select(Enrollment).where(Enrollment.officer_id == officer.officer_id)).one()
    (exam,) = planning.plans(session, enrollment_id=enrollment.id, officer_id=enrollment.officer_id)
    proctor, now = identity(session, PROCTOR, Role.PROCTOR), clock.now()
    code = starting.admit(
        session, actor=proctor, enrollment_id=enrollment.id, exam_id=exam.exam_id, identity_document="Agency photo ID", now=now
    )
    session.flush()
    attempt_id = starting.start(session, actor=officer, enrollment_id=enrollment.id, exam_id=exam.exam_id, code=code, now=now)
    session.flush()
    for position in SEEN:
        service.note_view(session, attempt_id=attempt_id, position=position, now=clock.advance(timedelta(seconds=65)))
        answers(session, officer, attempt_id, position, clock.now())
    return attempt_id


def answers(session: Session, officer: Identity, attempt_id: uuid.UUID, position: int, now: datetime) -> None:
    """Answer one of the questions that are to be answered, and flag it if it is one to be flagged."""
    if position not in ANSWERED:
        return
    sheet = queries.sheet(session, actor=officer, attempt_id=attempt_id)
    question = queries.question(session, paper_hash=sheet.paper_hash, position=position)
    choice = question.choices[position % len(question.choices)]
    change = Change(position, choice.id, flagged=position in FLAGGED, revision=0, key=f"picture-{position}")
    service.answer(session, actor=officer, attempt_id=attempt_id, change=change, now=now)


def identity(session: Session, name: str, role: Role) -> Identity:
    """A person of the demonstration, acting in a role."""
    user, officer_id = session.execute(select(User, Officer.id).outerjoin(Officer).where(User.name == name)).one()
    return identity_with(frozenset({role}), user_id=user.id, name=user.name, email=user.email, officer_id=officer_id)


def photograph_exam(live: Live, program: demo.Program, attempt_id: uuid.UUID) -> None:
    """The page of one question, as the officer sees it."""
    say("Photographing the exam page ...")
    account = next(one for one in program["accounts"] if one["user"].startswith(SITTING.lower().replace(" ", ".")))
    with chromium() as browser:
        page = new_context(browser, live, viewport=WINDOW).new_page()
        sign_in(page, account)
        page.goto(f"/attempts/{attempt_id}/questions/{SHOWN}")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=DOCS / "exam.png")


def sign_in(page: Page, account: demo.Account) -> None:
    """Sign in by the form."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(account["user"])
    page.get_by_label("Password", exact=True).fill(account["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "sign-in" not in address)


def print_certificate(live: Live, program: demo.Program, paper: Path) -> None:
    """A certificate that counts, as poppler prints it."""
    say("Printing a certificate ...")
    number = parse(next(one["number"] for one in program["certificates"] if one["status"] == "valid"))
    assert isinstance(number, str)
    with live.site.database.reading() as session:
        found = certificates.by_number(session, number)
    assert found is not None
    assert found.seal is not None
    paper.write_bytes(live.site.blobs.read(found.seal.digest))
    command = ["pdftoppm", "-png", "-r", DOTS_PER_INCH, "-singlefile", str(paper), str(DOCS / "certificate")]
    subprocess.run(command, check=True)


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
