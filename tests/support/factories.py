"""Small things to test with, put straight into the database: a course, a bank, a class, an enrollment, a finished lesson."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.agencies import agreement_service as agreements
from lms.agencies import nomination_service as nominations
from lms.agencies.agreement_rules import TERMS, Basis, Component, State, Step
from lms.agencies.agreement_service import Draft
from lms.agencies.models import Agreement, Nomination
from lms.agencies.nomination_rules import Candidate, Outcome
from lms.agencies.rule_sets import shipped_rule_set
from lms.courses.models import CourseLesson, CourseRevision, LessonRevision, PracticalRevision
from lms.enrollments import service as enrollments
from lms.enrollments.enrolling import service as enrolling
from lms.enrollments.models import Completion, Enrollment
from lms.enrollments.rules import LARGEST_CLASS, Plan
from lms.facts.source import Fact, Jurisdiction, Origin, Status
from lms.kernel.ids import digest, new_id
from lms.questions.models import BankRevision
from tests.support.cast import Person

MINUTES = {"reading": 20, "instruction": 0, "laboratory": 0, "practice": 10}
BANK = "palmetto-bank"
EXAM = "final"


def a_lesson(
    session: Session, *, number: int, now: datetime, course: str = "palmetto", edition: int = 1, minutes: Mapping[str, int] = MINUTES
) -> dict[str, Any]:
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
        minutes=dict(minutes),
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
    return {"id": lesson_id, "hash": name, "title": revision.title, "minutes": dict(minutes), "objectives": objectives}


def a_course(
    session: Session,
    *,
    now: datetime,
    course: str = "palmetto",
    number: int = 1,
    lessons: int = 2,
    proctored: bool = True,
    bank: str = BANK,
    minutes: Mapping[str, int] = MINUTES,
    model: str = "WSO",
    practicals: int = 0,
) -> str:
    """A published course revision of so many lessons and practicals with one exam; returns its hash."""
    entries = [a_lesson(session, number=at, now=now, course=course, edition=number, minutes=minutes) for at in range(1, lessons + 1)]
    manifest = {
        "id": course,
        "number": number,
        "title": "Palmetto course",
        "program_model": model,
        "summary": "A course to test with.",
        "hours": 1,
        "minimum_active_share": 400,
        "subjects": ["immigration law"],
        "law_as_of": "2026-11-22",
        "modules": [_module(course, entries)],
        "practicals": [a_practical(session, number=at, now=now, course=course) for at in range(1, practicals + 1)],
        "exams": [_exam(proctored=proctored, bank=bank, objectives=[entry["objectives"][0]["id"] for entry in entries])],
    }
    name = digest(f"{course} {number} {lessons} {proctored} {bank} {model}")
    session.add(
        CourseRevision(
            hash=name,
            course_id=course,
            number=number,
            title=str(manifest["title"]),
            program_model=model,
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
    criteria = [
        {"id": "C1", "text": "Reads the paper first", "points": 2, "critical": True},
        {"id": "C2", "text": "Says who they are", "points": 3, "critical": False},
        {"id": "C3", "text": "Writes down the time", "points": 5, "critical": False},
    ]
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
        session, actor=SYSTEM, course_hash=course_hash or a_course(session, now=now), plan=a_plan(title=title), now=now
    )


def a_plan(**changes: Any) -> Plan:
    """A plan from the first of November 2026 to the end of the year, with room for everybody."""
    facts: dict[str, Any] = {"title": "Palmetto class", "capacity": LARGEST_CLASS, "time_zone": "America/New_York"}
    dates: dict[str, Any] = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 12, 31)}
    return Plan(**(facts | dates | changes))


def an_agreement(session: Session, *, agency_id: uuid.UUID, now: datetime, rule_set_id: str = "wso-2025") -> uuid.UUID:
    """The agency's agreement on a template, operational for a month; the one that is there, if there is one."""
    rule_set = shipped_rule_set(rule_set_id)
    assert rule_set is not None
    there = select(Agreement.id).where(Agreement.agency_id == agency_id, Agreement.rule_set_hash == rule_set.hash)
    found = session.scalars(there).first()
    if found is not None:
        return found
    begun = now - timedelta(days=30)
    basis, contingency = Basis(rule_set.basis), rule_set.basis == "103a10"
    draft = Draft(rule_set_id, basis, Component.ICE, contingency, tuple(sorted(rule_set.function_ids)), None, begun)
    made = agreements.draft_agreement(session, actor=SYSTEM, agency_id=agency_id, draft=draft, form_id=new_id(), now=now)
    if contingency:
        session.flush()
        agreements.record_terms(session, actor=SYSTEM, agreement_id=made, places=dict.fromkeys(TERMS, "Section 1"), now=now)
    for days, state in enumerate((State.SIGNED, *(() if contingency else (State.OPERATIONAL,))), 1):
        session.flush()
        step = Step(state, begun + timedelta(days=days), "As agreed")
        agreements.move_agreement(session, actor=SYSTEM, agreement_id=made, step=step, now=now)
    session.flush()
    return made


def a_nomination(
    session: Session,
    *,
    person: Person,
    now: datetime,
    rule_set_id: str = "wso-2025",
    decided: bool = True,
    agreement_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """The nomination of an officer by the agency served in, approved unless told; the one that is there, if there is one.

    It is made under the agreement on that template, or under the one that is named.
    """
    assert person.agency_id is not None
    agreement_id = agreement_id or an_agreement(session, agency_id=person.agency_id, now=now, rule_set_id=rule_set_id)
    asked = select(Nomination.id).where(Nomination.agreement_id == agreement_id, Nomination.email == person.email)
    found = session.scalars(asked).first()
    if found is not None:
        return found
    rule_set = shipped_rule_set(rule_set_id)
    assert rule_set is not None
    coordinator = replace(SYSTEM, agency_ids=frozenset({person.agency_id}))
    answers = {test.id: True for test in rule_set.eligibility if test.kind == "attested"}
    candidate = Candidate(person.name, person.email, date(2015, 3, 2), answers, "Sheriff Ana Ortiz", date(2026, 1, 5))
    made = nominations.nominate(session, actor=coordinator, agreement_id=agreement_id, candidate=candidate, now=now)
    session.flush()
    for test in rule_set.eligibility:
        if decided and test.kind == "screened" and test.before == "training":
            nominations.screen(session, actor=SYSTEM, nomination_id=made, test=test.id, met=True, note="", now=now)
            session.flush()
    if decided:
        nominations.decide(session, actor=SYSTEM, nomination_id=made, outcome=Outcome.APPROVED, reason="Fit", now=now)
    session.flush()
    return made


def an_enrollment(session: Session, *, person: Person, offering_id: uuid.UUID, now: datetime, rule_set_id: str = "wso-2025") -> uuid.UUID:
    """The enrollment of an officer in a class, by an approved nomination; returns its id."""
    nominated = a_nomination(session, person=person, now=now, rule_set_id=rule_set_id)
    enrolling.enroll(session, actor=SYSTEM, offering_id=offering_id, nomination_ids=[nominated], now=now)
    session.flush()
    asked = select(Enrollment.id).where(Enrollment.offering_id == offering_id, Enrollment.officer_id == person.officer)
    return session.execute(asked).scalar_one()


def a_completion(
    session: Session,
    *,
    enrollment_id: uuid.UUID,
    number: int,
    now: datetime,
    course: str = "palmetto",
    minutes: int = 30,
) -> None:
    """A lesson of the course finished, with all its minutes credited."""
    lesson_id = f"{course}-lesson-{number}"
    edition = digest(f"{lesson_id} 1")
    credited, spent = minutes, 60 * minutes
    session.add(
        Completion(
            enrollment_id=enrollment_id, lesson_id=lesson_id, lesson_hash=edition, credited_minutes=credited, active_seconds=spent, at=now
        )
    )
    session.flush()
