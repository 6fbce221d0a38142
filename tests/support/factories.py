"""Small things to test with, put straight into the database: a course, a bank, a class, an enrollment, a finished lesson."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.courses.models import CourseLesson, CourseRevision, LessonRevision, PracticalRevision
from lms.enrollments import service as enrollments
from lms.enrollments.models import Completion, Enrollment
from lms.facts.source import Fact, Jurisdiction, Origin, Status
from lms.kernel.ids import digest
from lms.questions.models import BankRevision
from tests.support.cast import Person

MINUTES = {"reading": 20, "instruction": 0, "laboratory": 0, "practice": 10}
BANK = "palmetto-bank"
EXAM = "final"


def a_lesson(session: Session, *, number: int, now: datetime, course: str = "palmetto", edition: int = 1) -> dict[str, Any]:
    """A lesson with one check, and what a manifest says of it."""
    lesson_id = f"{course}-lesson-{number}"
    name = digest(f"{lesson_id} {edition}")
    objectives = [{"id": f"{course.upper()}-{number}", "text": "Say what a detainer is."}]
    choices = [{"id": "a", "html": "<p>A request</p>"}, {"id": "b", "html": "<p>A warrant</p>"}]
    revision = LessonRevision(
        hash=name,
        lesson_id=lesson_id,
        title=f"Lesson {number}",
        source="A detainer is a request.",
        html="<p>A detainer is a request.</p>",
        outline=[],
        minutes=MINUTES,
        objectives=objectives,
        facts=[],
        checks=[{"id": "check", "objective": objectives[0]["id"], "prompt_html": "<p>What is a detainer?</p>", "choices": choices}],
        check_keys={"check": {"correct": "a", "feedback": {"a": "<p>Yes.</p>", "b": "<p>No.</p>"}}},
        law_as_of="2026-11-22",
        renderer="test",
        published_at=now,
    )
    session.add(revision)
    session.flush()
    return {"id": lesson_id, "hash": name, "title": revision.title, "minutes": MINUTES, "objectives": objectives}


def a_course(
    session: Session,
    *,
    now: datetime,
    course: str = "palmetto",
    number: int = 1,
    lessons: int = 2,
    proctored: bool = True,
    bank: str = BANK,
    practicals: int = 0,
) -> str:
    """A published course revision of so many lessons and practicals with one exam; returns its hash."""
    entries = [a_lesson(session, number=at, now=now, course=course, edition=number) for at in range(1, lessons + 1)]
    manifest = {
        "id": course,
        "number": number,
        "title": "Palmetto course",
        "program_model": "WSO",
        "summary": "A course to test with.",
        "hours": 1,
        "minimum_active_share": 400,
        "subjects": ["immigration law"],
        "law_as_of": "2026-11-22",
        "modules": [_module(course, entries)],
        "practicals": [a_practical(session, number=at, now=now, course=course) for at in range(1, practicals + 1)],
        "exams": [_exam(proctored=proctored, bank=bank, objectives=[entry["objectives"][0]["id"] for entry in entries])],
    }
    name = digest(f"{course} {number} {lessons} {proctored} {bank}")
    session.add(
        CourseRevision(
            hash=name,
            course_id=course,
            number=number,
            title=str(manifest["title"]),
            program_model="WSO",
            manifest=manifest,
            note="For tests",
            published_by=None,
            published_at=now,
        )
    )
    session.flush()
    places = enumerate(entries, start=1)
    session.add_all(CourseLesson(course_hash=name, lesson_id=entry["id"], position=at, lesson_hash=entry["hash"]) for at, entry in places)
    session.flush()
    return name


def a_practical(session: Session, *, number: int, now: datetime, course: str = "palmetto") -> dict[str, Any]:
    """A practical exercise, and what a manifest says of it."""
    identity = f"{course}-practical-{number}"
    criteria = [{"id": "C1", "text": "Reads the paper first", "points": 2, "critical": True}]
    content = {
        "title": f"Practical {number}",
        "source": "## Setting",
        "officer_html": "<h2>Setting</h2><p>The release desk.</p>",
        "staff_html": "<h2>For raters</h2><p>Look at the order of acts.</p>",
        "minutes": 60,
        "objectives": [f"{course.upper()}-1"],
        "pass_share": 80_000,
        "facts": [],
        "law_as_of": "2026-11-22",
        "review_by": "2027-05-22",
    }
    name = digest(identity)
    session.add(PracticalRevision(hash=name, practical_id=identity, content=content, criteria=criteria, published_at=now))
    session.flush()
    kept = {key: content[key] for key in ("title", "minutes", "objectives", "pass_share")}
    return {"id": identity, "hash": name, "day": 0, "criteria": criteria, **kept}


def a_fact(identity: str, *, status: Status = Status.SETTLED) -> Fact:
    """An entry of the register, in force everywhere."""
    return Fact(
        id=identity,
        citation="8 U.S.C. 1357(g)",
        statement=f"The statement of {identity}.",
        status=status,
        jurisdiction=Jurisdiction.FEDERAL,
        court="",
        source=Origin.PRIMARY,
        as_of=date(2026, 11, 1),
        review_by=date(2027, 5, 1),
    )


def _module(course: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": f"{course}-module",
        "title": "The only module",
        "subject": "immigration law",
        "day": 1,
        "terminal_objective": "Know what a detainer is.",
        "evaluation": "Exam",
        "intro_html": "",
        "lessons": entries,
    }


def _exam(*, proctored: bool, bank: str, objectives: list[str]) -> dict[str, Any]:
    return {
        "id": EXAM,
        "title": "Final examination",
        "bank": bank,
        "minutes": 60,
        "proctored": proctored,
        "cut_score": 70_000,
        "retakes": 1,
        "shared_share": 500,
        "rule": "R-06",
        "specification": dict.fromkeys(objectives, 1),
    }


def a_bank(session: Session, *, now: datetime, public: bool = True, number: int = 1, bank: str = BANK) -> str:
    """A revision of a bank without questions; returns its hash."""
    revision = BankRevision(
        hash=digest(f"{bank} {number} {public}"),
        bank_id=bank,
        number=number,
        title="Palmetto bank",
        public=public,
        law_as_of="2026-11-22",
        published_by=None,
        published_at=now,
    )
    session.add(revision)
    session.flush()
    return revision.hash


def a_class(session: Session, *, now: datetime, course_hash: str | None = None, title: str = "Palmetto class") -> uuid.UUID:
    """A class on a course (a new one unless given), open from the first of November 2026 to the end of the year."""
    return enrollments.open_offering(
        session,
        actor=SYSTEM,
        course_hash=course_hash or a_course(session, now=now),
        title=title,
        starts_on=date(2026, 11, 1),
        ends_on=date(2026, 12, 31),
        time_zone="America/New_York",
        now=now,
    )


def an_enrollment(session: Session, *, person: Person, offering_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """The enrollment of an officer in a class; returns its id."""
    enrollments.enroll(session, actor=SYSTEM, offering_id=offering_id, officer_ids=[person.officer], now=now)
    session.flush()
    asked = select(Enrollment.id).where(Enrollment.offering_id == offering_id, Enrollment.officer_id == person.officer)
    return session.execute(asked).scalar_one()


def a_completion(session: Session, *, enrollment_id: uuid.UUID, number: int, now: datetime, course: str = "palmetto") -> None:
    """A lesson of the course finished, with all its minutes credited."""
    lesson_id = f"{course}-lesson-{number}"
    edition = digest(f"{lesson_id} 1")
    credited, spent = sum(MINUTES.values()), 60 * sum(MINUTES.values())
    session.add(
        Completion(
            enrollment_id=enrollment_id, lesson_id=lesson_id, lesson_hash=edition, credited_minutes=credited, active_seconds=spent, at=now
        )
    )
    session.flush()
