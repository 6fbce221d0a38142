"""A class whose course covers what a certificate needs, and officers who stand anywhere in it: all by rows."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.certificates import service
from lms.certificates.reserving import Terms
from lms.certificates.rules import SUBJECTS
from lms.courses.models import CourseLesson, CourseRevision
from lms.enrollments.models import Completion
from lms.exams.models import Admission, AdmissionUse, Attempt, AttemptHead, ExamResult, Paper
from lms.kernel.ids import digest, new_id, token
from tests.support.cast import Cast, Person, cast_of, person
from tests.support.factories import a_bank, a_class, a_lesson, an_enrollment

COURSE = "program"
EXAM = "program-final"
MINUTES = 30
POLICY = {"title": "Final examination", "seconds": 3600, "grace_seconds": 60, "cut_score": 70_000, "retakes": 1, "questions": 1}
TERMS = Terms(
    issuer="Delegated Authority Training",
    printed_url="https://training.example.gov/verify",
    disclaimer="Not a website or document of ICE, DHS or the U.S. Government",
    tsa_url="",
    demo=True,
)


@dataclass(frozen=True, slots=True)
class Program:
    """A class and its people."""

    cast: Cast
    offering_id: uuid.UUID
    bank_hash: str
    lessons: tuple[dict[str, Any], ...]

    @property
    def certifier(self) -> Person:
        return self.cast.certifier


def program(
    session: Session,
    *,
    now: datetime,
    subjects: tuple[str, ...] = SUBJECTS,
    public: bool = False,
    proctored: bool = True,
    exams: int = 1,
    title: str = "Program course",
    model: str = "WSO",
) -> Program:
    """A class on a course with one lesson for each subject and one exam."""
    cast = cast_of(session, now=now)
    bank_hash = a_bank(session, now=now, public=public, bank="program-bank")
    lessons = tuple(a_lesson(session, number=at, now=now, course=COURSE) for at in range(1, len(subjects) + 1))
    manifest = _manifest(subjects, lessons, title=title, exams=[_exam(proctored=proctored)] * exams) | {"program_model": model}
    course_hash = digest(f"program {subjects} {public} {proctored} {exams} {title} {model}")
    _publish(session, course_hash, manifest, lessons, now)
    offering_id = a_class(session, now=now, course_hash=course_hash, title="Program class")
    return Program(cast, offering_id, bank_hash, lessons)


def _exam(*, proctored: bool) -> dict[str, Any]:
    return {
        "id": EXAM,
        "title": "Final examination",
        "bank": "program-bank",
        "minutes": 60,
        "proctored": proctored,
        "cut_score": 70_000,
        "retakes": 1,
        "shared_share": 0,
        "rule": "R-06",
        "specification": {"PROGRAM-1": 1},
    }


def _manifest(subjects: tuple[str, ...], lessons: tuple[dict[str, Any], ...], *, title: str, exams: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": COURSE,
        "number": 1,
        "title": title,
        "program_model": "WSO",
        "summary": "A course to certify.",
        "hours": 2,
        "minimum_active_share": 400,
        "subjects": list(subjects),
        "law_as_of": "2026-11-22",
        "modules": [_module(at, subject, lesson) for at, (subject, lesson) in enumerate(zip(subjects, lessons, strict=True), 1)],
        "exams": exams,
    }


def _publish(session: Session, course_hash: str, manifest: dict[str, Any], lessons: tuple[dict[str, Any], ...], now: datetime) -> None:
    revision = CourseRevision(
        hash=course_hash,
        course_id=COURSE,
        number=1,
        title=manifest["title"],
        program_model=manifest["program_model"],
        manifest=manifest,
        note="For tests",
        published_by=None,
        published_at=now,
    )
    session.add(revision)
    session.flush()
    places = enumerate(lessons, 1)
    session.add_all(CourseLesson(course_hash=course_hash, lesson_id=one["id"], position=at, lesson_hash=one["hash"]) for at, one in places)


def _module(at: int, subject: str, lesson: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"module-{at}",
        "title": f"Module {at}",
        "subject": subject,
        "day": 1,
        "terminal_objective": "Know it.",
        "evaluation": "Exam",
        "intro_html": "",
        "lessons": [lesson],
    }


def enrolled(session: Session, made: Program, *, now: datetime, officer: Person | None = None, rule_set_id: str = "wso-2025") -> uuid.UUID:
    """The enrollment of an officer, usually Dana Rivera."""
    return an_enrollment(session, person=officer or made.cast.officer, offering_id=made.offering_id, now=now, rule_set_id=rule_set_id)


def completes(session: Session, made: Program, enrollment_id: uuid.UUID, *, now: datetime, lessons: int | None = None) -> None:
    """Lessons finished, all unless told."""
    for lesson in made.lessons[:lessons]:
        done = {"lesson_id": lesson["id"], "lesson_hash": lesson["hash"], "credited_minutes": MINUTES, "active_seconds": 1800}
        session.add(Completion(enrollment_id=enrollment_id, at=now, **done))
    session.flush()


def passes(
    session: Session,
    made: Program,
    enrollment_id: uuid.UUID,
    *,
    now: datetime,
    passed: bool = True,
    admitted: bool = True,
    exam: str = EXAM,
) -> uuid.UUID:
    """An attempt at the exam, closed, that passed unless told."""
    paper = Paper(hash=token(), exam_id=exam, bank_hash=made.bank_hash, seed="00", specification={}, drawn_at=now)
    session.add(paper)
    session.flush()
    officer = made.cast.officer
    attempt = Attempt(
        id=new_id(),
        enrollment_id=enrollment_id,
        officer_id=officer.officer,
        agency_id=made.cast.palmetto,
        exam_id=exam,
        ordinal=1,
        paper_hash=paper.hash,
        policy=POLICY,
        created_at=now,
    )
    session.add(attempt)
    session.flush()
    session.add(AttemptHead(attempt_id=attempt.id, due_at=None))
    score = 90_000 if passed else 50_000
    result = {
        "right": 9,
        "asked": 10,
        "points": 9_000,
        "out_of": 10_000,
        "score": score,
        "recorded_score": score,
        "passed": passed,
        "by_objective": {},
    }
    session.add(ExamResult(attempt_id=attempt.id, closed_at=now, recorded_at=now, number=1, voided=False, **result))
    if admitted:
        _admission(session, made, attempt, now)
    session.flush()
    return attempt.id


def _admission(session: Session, made: Program, attempt: Attempt, now: datetime) -> None:
    admission = Admission(
        id=new_id(),
        enrollment_id=attempt.enrollment_id,
        exam_id=attempt.exam_id,
        code_digest=token(),
        identity_document="Agency photo ID",
        admitted_by=made.cast.proctor.user_id,
        admitted_at=now,
        expires_at=now + timedelta(minutes=10),
    )
    session.add(admission)
    session.flush()
    session.add(AdmissionUse(admission_id=admission.id, attempt_id=attempt.id, at=now))


def trained(session: Session, made: Program, *, now: datetime, officer: Person | None = None, rule_set_id: str = "wso-2025") -> uuid.UUID:
    """An officer who has completed everything; returns the enrollment."""
    enrollment_id = enrolled(session, made, now=now, officer=officer, rule_set_id=rule_set_id)
    completes(session, made, enrollment_id, now=now)
    passes(session, made, enrollment_id, now=now)
    return enrollment_id


def another_officer(session: Session, made: Program, name: str, *, now: datetime) -> Person:
    """One more officer of Palmetto County."""
    return person(session, name=name, role=Role.OFFICER, agency_id=made.cast.palmetto, now=now)


def issued(session: Session, made: Program, enrollment_id: uuid.UUID, *, now: datetime, terms: Terms = TERMS) -> str:
    """The number of a certificate issued to the enrollment."""
    (number,) = service.issue(session, actor=made.certifier.identity, enrollment_ids=[enrollment_id], terms=terms, now=now)
    session.flush()
    return number
