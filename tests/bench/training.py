"""The data that the benchmark runs on: the shipped course with a final of fifty questions, and officers who are ready for it."""

import re
import shutil
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts import notice, passwords
from lms.accounts import service as accounts
from lms.accounts.models import User
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.agencies import service as agencies
from lms.agencies.rules import AgencyKind
from lms.courses import queries as course_queries
from lms.courses import service as courses
from lms.courses.commands import sound_tree
from lms.db import migrate
from lms.enrollments import service as enrollments
from lms.enrollments.models import Completion, Enrollment
from lms.enrollments.rules import Plan
from lms.exams import starting
from lms.kernel.content import banks_root, courses_root
from lms.kernel.ids import new_id
from lms.questions import service as banks
from lms.questions.commands import sound_banks
from lms.web.site import Site
from tests.support.cast import PASSWORD, Person, person

PROCTOR = "priya.nair@example.gov"
COURSE = "wso"
EXAM = "wso-final"
QUESTIONS = 50
COUNT = re.compile(r'^("[A-Z]+-\d+" = )(\d+)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Trainee:
    """An officer who has completed every lesson and holds a proctor's code."""

    email: str
    password: str
    enrollment_id: uuid.UUID
    lesson_id: str
    code: str


def train(site: Site, folder: Path, *, officers: int) -> list[Trainee]:
    """Fill `site` with the course and with `officers` of one class."""
    migrate.upgrade(site.database)
    now = site.clock.now()
    _publish(site, _content(folder), now)
    with site.database.writing() as session:
        people = _people(session, officers, now)
        offering_id, lesson_id = _offering(session, now)
        session.add_all(_enrollment(one, offering_id, now) for one in people)
        session.flush()
        proctor = person(session, name="Priya Nair", role=Role.PROCTOR, now=now)
        return [_ready(session, one, proctor=proctor, lesson_id=lesson_id, now=now) for one in people]


def _content(folder: Path) -> Path:
    """A copy of the shipped content whose final has fifty questions: one more of the objectives with the fullest pools."""
    shutil.copytree(courses_root(), folder / "courses")
    shutil.copytree(banks_root(), folder / "question_banks")
    path = folder / "courses" / COURSE / "course.toml"
    text = path.read_text(encoding="utf-8")
    missing = QUESTIONS - sum(int(count) for _, count in COUNT.findall(text))
    path.write_text(COUNT.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", text, count=missing), encoding="utf-8")
    return folder


def _publish(site: Site, folder: Path, now: datetime) -> None:
    with click.Context(click.Command("bench")):
        tree = sound_tree(folder / "courses", banks_folder=folder / "question_banks", today=now.date())
        found = sound_banks(folder / "question_banks", courses_folder=folder / "courses", today=now.date())
    with site.database.writing() as session:
        courses.publish(session, actor=SYSTEM, tree=tree, now=now)
        for bank in found:
            banks.publish(session, actor=SYSTEM, bank=bank, now=now)


def _people(session: Session, officers: int, now: datetime) -> list[Person]:
    agency_id = agencies.create_agency(
        session,
        actor=SYSTEM,
        name="Palmetto County Sheriff's Office",
        kind=AgencyKind.SHERIFF,
        state="SC",
        time_zone="America/New_York",
        now=now,
    )
    people = [person(session, name=f"Officer {number}", role=Role.OFFICER, agency_id=agency_id, now=now) for number in range(officers)]
    session.execute(update(User).values(password_hash=passwords.hashed(PASSWORD, fips=False)))  # at the product's own cost
    return people


def _offering(session: Session, now: datetime) -> tuple[uuid.UUID, str]:
    course = course_queries.head(session, COURSE)
    assert course is not None
    today = now.date()
    opened = enrollments.open_offering(
        session,
        actor=SYSTEM,
        course_hash=course.hash,
        plan=Plan("Benchmark class", today - timedelta(days=2), today + timedelta(days=30), "America/New_York"),
        now=now,
    )
    return opened, course.manifest["modules"][0]["lessons"][0]["id"]


def _enrollment(one: Person, offering_id: uuid.UUID, now: datetime) -> Enrollment:
    return Enrollment(
        id=new_id(), offering_id=offering_id, officer_id=one.officer, agency_id=one.agency_id, enrolled_by=None, enrolled_at=now
    )


def _ready(session: Session, one: Person, *, proctor: Person, lesson_id: str, now: datetime) -> Trainee:
    enrollment_id = session.scalars(select(Enrollment.id).where(Enrollment.officer_id == one.officer)).one()
    course = course_queries.head(session, COURSE)
    assert course is not None
    session.add_all(
        Completion(
            enrollment_id=enrollment_id,
            lesson_id=lesson["id"],
            lesson_hash=lesson["hash"],
            credited_minutes=sum(lesson["minutes"].values()),
            active_seconds=0,
            at=now,
        )
        for module in course.manifest["modules"]
        for lesson in module["lessons"]
    )
    session.flush()
    accounts.read_notice(session, actor=one.identity, edition=notice.EDITION, now=now)
    code = starting.admit(
        session, actor=proctor.identity, enrollment_id=enrollment_id, exam_id=EXAM, identity_document="Agency photo ID", now=now
    )
    return Trainee(one.email, PASSWORD, enrollment_id, lesson_id, code)
