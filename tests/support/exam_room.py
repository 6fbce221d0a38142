"""A small course with an exam, an officer who has finished its one lesson, and the codes to start: all by rows."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Grant, Officer, User
from lms.accounts.permissions import Role
from lms.accounts.rules import Identity, identity_with
from lms.agencies.models import Agency
from lms.courses.models import CourseLesson, CourseRevision, LessonRevision
from lms.enrollments.models import Completion, Enrollment, Offering, OfferingNumber, OfferingPlan
from lms.exams import service, starting
from lms.exams.models import Attempt, PaperKey
from lms.exams.service import Change
from lms.kernel.ids import new_id
from lms.questions.models import BankQuestion, BankRevision, QuestionRevision
from tests.support.cast import signs_security

OBJECTIVES = ("ONE-1", "TWO-1")
KEY_CANARY = "KEYCANARY"
EXAM = "small-final"
UNCHANGED: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Room:
    """Who and what the tests of the exam engine need."""

    officer: Identity
    stranger: Identity
    proctor: Identity
    enrollment_id: uuid.UUID
    offering_id: uuid.UUID
    questions: int

    def admits(self, session: Session, *, now: datetime, exam_id: str = EXAM) -> str:
        """Let the proctor admit the officer; returns the code."""
        return starting.admit(
            session, actor=self.proctor, enrollment_id=self.enrollment_id, exam_id=exam_id, identity_document="Agency photo ID", now=now
        )

    def starts(self, session: Session, *, now: datetime, exam_id: str = EXAM) -> uuid.UUID:
        """Admit and start; returns the attempt."""
        code = self.admits(session, now=now, exam_id=exam_id)
        return starting.start(session, actor=self.officer, enrollment_id=self.enrollment_id, exam_id=exam_id, code=code, now=now)

    def takes(self, session: Session, *, now: datetime, right: bool, exam_id: str = EXAM) -> uuid.UUID:
        """Admit, start, answer every question rightly or none, and hand in; returns the attempt."""
        attempt_id = self.starts(session, now=now, exam_id=exam_id)
        paper = session.get_one(Attempt, attempt_id).paper_hash
        keys = session.scalars(select(PaperKey).where(PaperKey.paper_hash == paper, PaperKey.position <= (self.questions if right else 0)))
        for key in keys.all():
            change = Change(key.position, key.key, flagged=False, revision=0, key=f"right {key.position}")
            service.answer(session, actor=self.officer, attempt_id=attempt_id, change=change, now=now)
        service.submit(session, actor=self.officer, attempt_id=attempt_id, now=now)
        session.flush()
        return attempt_id


def furnish(
    session: Session,
    *,
    now: datetime,
    per_objective: int = 8,
    drawn: int = 3,
    finished: bool = True,
    changed: Mapping[str, object] = UNCHANGED,
) -> Room:
    """Put everything into the database; the officer has finished the lesson when `finished`. `changed`: of the course's manifest."""
    proctor = _person(session, Role.PROCTOR, now)
    assert proctor.user_id is not None
    signs_security(session, user_id=proctor.user_id, now=now)
    officer, stranger = (_officer(session, name, now) for name in ("Dana Rivera", "Sam Okafor"))
    agency = Agency(id=new_id(), name=f"Palmetto {new_id()}", kind="sheriff", state="FL", time_zone="America/New_York", created_at=now)
    session.add(agency)
    course = "course"
    if session.get(CourseRevision, course) is None:  # a second room holds the same class
        _course(session, manifest={**_manifest(drawn), **changed}, now=now)
        _bank(session, per_objective=per_objective, now=now)
    offering = Offering(
        id=new_id(),
        course_hash=course,
        title="A small class",
        starts_on=date(2026, 11, 1),
        ends_on=date(2026, 12, 31),
        time_zone="America/New_York",
        opened_at=now,
    )
    session.add(offering)
    session.flush()
    _plan(session, offering, now=now)
    officer = replace(officer, agency_ids=frozenset({agency.id}))
    enrollment_id = _enrolled(session, officer, offering.id, finished=finished, now=now)
    return Room(officer, stranger, proctor, enrollment_id, offering.id, drawn * len(OBJECTIVES))


def joins(session: Session, room: Room, name: str, *, now: datetime) -> Room:
    """The same class and agency for another officer, who has finished the lesson as well."""
    officer = replace(_officer(session, name, now), agency_ids=room.officer.agency_ids)
    return replace(room, officer=officer, enrollment_id=_enrolled(session, officer, room.offering_id, finished=True, now=now))


def _enrolled(session: Session, officer: Identity, offering_id: uuid.UUID, *, finished: bool, now: datetime) -> uuid.UUID:
    (agency_id,) = officer.agency_ids
    enrollment = Enrollment(
        id=new_id(), offering_id=offering_id, officer_id=officer.officer_id, agency_id=agency_id, enrolled_by=None, enrolled_at=now
    )
    session.add(enrollment)
    session.flush()
    if finished:
        done = Completion(
            enrollment_id=enrollment.id, lesson_id="small-lesson", lesson_hash="lesson", credited_minutes=30, active_seconds=900, at=now
        )
        session.add(done)
        session.flush()
    return enrollment.id


def _plan(session: Session, offering: Offering, *, now: datetime) -> None:
    ordinal = (session.scalar(select(func.count()).select_from(OfferingNumber)) or 0) + 1
    dates = {"starts_on": offering.starts_on, "ends_on": offering.ends_on, "time_zone": offering.time_zone, "at": now}
    session.add(OfferingNumber(offering_id=offering.id, year=2026, ordinal=ordinal))
    session.add(
        OfferingPlan(
            offering_id=offering.id,
            number=1,
            title=offering.title,
            mode="online",
            place="",
            state="",
            capacity=24,
            day_starts="08:00",
            weekends=False,
            days_off=[],
            reason="",
            **dates,
        )
    )


def _person(session: Session, role: Role, now: datetime, name: str = "Pat Lindqvist") -> Identity:
    user = User(id=new_id(), email=f"{new_id()}@example.org", name=name, password_hash="-", created_at=now)
    session.add(user)
    session.flush()
    session.add(Grant(id=new_id(), user_id=user.id, role=role, effective_at=now, recorded_at=now))
    return identity_with(frozenset({role}), user_id=user.id, name=name, email=user.email)


def _officer(session: Session, name: str, now: datetime) -> Identity:
    person = _person(session, Role.OFFICER, now, name)
    assert person.user_id is not None
    officer = Officer(id=new_id(), user_id=person.user_id, name=name, normalized_name=name.lower(), created_at=now)
    session.add(officer)
    session.flush()
    return replace(person, officer_id=officer.id)


MINUTES = {"reading": 20, "instruction": 0, "laboratory": 0, "practice": 10}
IN_WORDS = [{"id": one, "text": f"Objective {one} in words"} for one in OBJECTIVES]


def _course(session: Session, *, manifest: dict[str, object], now: datetime) -> None:
    lesson = LessonRevision(
        hash="lesson",
        lesson_id="small-lesson",
        title="A small lesson",
        source="",
        html="<p>Text.</p>",
        outline=[],
        minutes=MINUTES,
        objectives=IN_WORDS,
        facts=[],
        checks=[],
        check_keys={},
        law_as_of="2026-11-22",
        renderer="test",
        published_at=now,
    )
    course = CourseRevision(
        hash="course",
        course_id="small",
        number=1,
        title="Small course",
        program_model="WSO",
        manifest=manifest,
        note="first",
        published_by=None,
        published_at=now,
    )
    session.add_all([lesson, course])
    session.flush()
    session.add(CourseLesson(course_hash="course", lesson_id="small-lesson", position=1, lesson_hash="lesson"))


def an_exam(drawn: int = 3, exam_id: str = EXAM) -> dict[str, object]:
    """An exam of the course, as its manifest holds it."""
    return {
        "id": exam_id,
        "title": "Small final",
        "bank": "small",
        "minutes": 60,
        "proctored": True,
        "cut_score": 70_000,
        "retakes": 1,
        "shared_share": 0,
        "rule": "test rule",
        "specification": dict.fromkeys(OBJECTIVES, drawn),
    }


def _manifest(drawn: int) -> dict[str, object]:
    lesson = {"id": "small-lesson", "hash": "lesson", "title": "A small lesson", "minutes": MINUTES, "objectives": IN_WORDS}
    module = {
        "id": "small",
        "title": "Small",
        "subject": "immigration law",
        "day": 1,
        "terminal_objective": "Know it.",
        "evaluation": "Exam",
        "intro_html": "",
        "lessons": [lesson],
    }
    return {
        "id": "small",
        "title": "Small course",
        "program_model": "WSO",
        "summary": "",
        "hours": 1,
        "minimum_active_share": 400,
        "subjects": ["immigration law"],
        "law_as_of": "2026-11-22",
        "modules": [module],
        "exams": [an_exam(drawn)],
    }


def _bank(session: Session, *, per_objective: int, now: datetime) -> None:
    bank = BankRevision(hash="bank", bank_id="small", number=1, title="Small bank", public=True, law_as_of="2026-11-22", published_at=now)
    session.add(bank)
    questions = [
        QuestionRevision(
            hash=f"{objective}-{number}",
            question_id=f"{objective}-{number}",
            objective=objective,
            content=content(objective, number),
            published_at=now,
        )
        for objective in OBJECTIVES
        for number in range(per_objective)
    ]
    session.add_all(questions)
    session.flush()
    session.add_all([BankQuestion(bank_hash="bank", question_hash=one.hash) for one in questions])


def content(objective: str, number: int) -> dict[str, object]:
    """A question whose right choice, rationale and reasons carry canaries that no officer may ever receive."""
    choices: list[dict[str, object]] = [{"text": f"Choice {letter} of {objective}-{number}"} for letter in "ABCD"]
    choices[number % 4]["correct"] = True
    for choice in choices:
        choice["why"] = f"{KEY_CANARY} reason"
    return {
        "stem": f"What of {objective}-{number}?",
        "choices": choices,
        "rationale": f"{KEY_CANARY} rationale",
        "citation": f"{KEY_CANARY} citation",
        "fact": "IL-01",
    }


def in_minutes(now: datetime, minutes: float) -> datetime:
    """The moment `minutes` later."""
    return now + timedelta(minutes=minutes)
