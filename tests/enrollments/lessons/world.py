"""A course of three lessons in two modules, a class that runs, and two officers in it: all by rows, for tests of reading."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import notice, service
from lms.courses.models import CourseLesson, CourseRevision, LessonRevision
from lms.enrollments.lessons import service as lessons
from lms.enrollments.models import Enrollment, Heartbeat, Offering
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from tests.support.cast import Cast, Person, cast_of

KEY_CANARY = "KEYCANARY"
COURSE_HASH = "course-hash"
LESSONS = ("first", "second", "third")
"""Ten stated minutes each, of which 400 thousandths must be active: four minutes. The third has no check."""
REQUIRED = 240
RIGHT, WRONG = "b", "a"


@dataclass(frozen=True, slots=True)
class World:
    """Everybody, and the enrollments of the officer and of the outsider in the same class."""

    cast: Cast
    offering_id: uuid.UUID
    enrollment_id: uuid.UUID
    outsider_enrollment_id: uuid.UUID

    @property
    def officer(self) -> Person:
        return self.cast.officer

    def path(self, *parts: str) -> str:
        """An address below the officer's enrollment."""
        return "/".join([f"/enrollments/{self.enrollment_id}", *parts])

    def reads(self, session: Session, lesson: str, *, clock: FrozenClock, seconds: int = REQUIRED, every: int = 30) -> int:
        """The officer reads for `seconds`, with a sign of life `every` so many; returns what the lesson has earned."""
        total = self.beats(session, lesson, now=clock.now()).total
        for _ in range(seconds // every):
            total = self.beats(session, lesson, now=clock.advance(timedelta(seconds=every))).total
        return total

    def beats(self, session: Session, lesson: str, *, now: datetime, claimed: int | None = None) -> lessons.Spent:
        """One sign of life of the officer."""
        return lessons.beat(
            session, actor=self.officer.identity, enrollment_id=self.enrollment_id, lesson_id=lesson, now=now, claimed=claimed
        )

    def answers(self, session: Session, lesson: str, *, now: datetime, choice: str = RIGHT, check: str = "") -> lessons.Feedback:
        """One answer of the officer to the lesson's check."""
        asked = lessons.Choice(check or f"CHK-{lesson}", choice)
        return lessons.answer_check(
            session, actor=self.officer.identity, enrollment_id=self.enrollment_id, lesson_id=lesson, choice=asked, now=now
        )

    def completes(self, session: Session, lesson: str, *, now: datetime) -> None:
        """The officer completes a lesson."""
        lessons.complete(session, actor=self.officer.identity, enrollment_id=self.enrollment_id, lesson_id=lesson, now=now)

    def finishes(self, session: Session, lesson: str, *, clock: FrozenClock) -> None:
        """The officer reads a lesson, answers its check and completes it."""
        self.reads(session, lesson, clock=clock)
        if lesson != "third":
            self.answers(session, lesson, now=clock.now())
        self.completes(session, lesson, now=clock.now())


def furnish(
    session: Session,
    *,
    now: datetime,
    starts_on: date = date(2026, 11, 1),
    ends_on: date = date(2026, 12, 31),
    informed: bool = True,
) -> World:
    """Put everything into the database; everybody has read the notice of what is recorded, when `informed`."""
    cast = cast_of(session, now=now)
    for person in cast.people if informed else ():
        service.read_notice(session, actor=person.identity, edition=notice.EDITION, now=now)
    publish(session, now=now)
    offering = Offering(
        id=new_id(),
        course_hash=COURSE_HASH,
        title="Fall class",
        starts_on=starts_on,
        ends_on=ends_on,
        time_zone="America/New_York",
        opened_by=None,
        opened_at=now,
    )
    session.add(offering)
    session.flush()
    own = _enrollment(session, offering, cast.officer, now)
    other = _enrollment(session, offering, cast.outsider, now)
    return World(cast, offering.id, own, other)


def _enrollment(session: Session, offering: Offering, person: Person, now: datetime) -> uuid.UUID:
    made = Enrollment(
        id=new_id(),
        offering_id=offering.id,
        officer_id=person.officer,
        agency_id=person.agency_id,
        enrolled_by=None,
        enrolled_at=now,
    )
    session.add(made)
    session.flush()
    return made.id


def publish(session: Session, *, now: datetime) -> None:
    """The course and its lessons as one revision."""
    editions = [edition(lesson, now=now) for lesson in LESSONS]
    entries = [lesson_entry(one) for one in editions]
    manifest: dict[str, Any] = {
        "id": "small",
        "number": 1,
        "title": "Small course",
        "program_model": "WSO",
        "summary": "Half an hour of it.",
        "hours": 1,
        "minimum_active_share": 400,
        "subjects": ["immigration law"],
        "law_as_of": "2026-11-22",
        "modules": [module("one", entries[:2]), module("two", entries[2:])],
        "exams": [exam()],
    }
    course = CourseRevision(
        hash=COURSE_HASH,
        course_id="small",
        number=1,
        title="Small course",
        program_model="WSO",
        manifest=manifest,
        note="First edition",
        published_by=None,
        published_at=now,
    )
    session.add_all([*editions, course])
    session.flush()
    session.add_all(
        CourseLesson(course_hash=COURSE_HASH, lesson_id=one.lesson_id, position=place, lesson_hash=one.hash)
        for place, one in enumerate(editions, 1)
    )
    session.flush()


def edition(lesson: str, *, now: datetime, title: str = "", name: str = "") -> LessonRevision:
    """One edition of a lesson; every key and every feedback of its check carries a canary."""
    check = f"CHK-{lesson}"
    choices = [{"id": letter, "html": f"Choice {letter} of {lesson}"} for letter in "abc"]
    feedback = {letter: f"{KEY_CANARY}-{letter} because of {lesson}" for letter in "abc"}
    asks = lesson != "third"
    return LessonRevision(
        hash=name or f"hash-{lesson}",
        lesson_id=lesson,
        title=title or f"The {lesson} lesson",
        source=f"{KEY_CANARY} source",
        html=f"<p>Text of {lesson}.</p>" + '<h2 id="part-sources">Sources</h2><ul class="sources"><li id="fact-IL-01">IL-01</li></ul>',
        outline=[],
        minutes={"reading": 5, "instruction": 0, "laboratory": 0, "practice": 5},
        objectives=[{"id": "ONE-1", "text": f"Tell what {lesson} is about."}],
        facts=["IL-01"],
        checks=[{"id": check, "objective": "ONE-1", "prompt_html": f"What of {lesson}?", "choices": choices}] if asks else [],
        check_keys={check: {"correct": RIGHT, "feedback": feedback}} if asks else {},
        law_as_of="2026-11-22",
        renderer="test",
        published_at=now,
    )


def lesson_entry(one: LessonRevision) -> dict[str, Any]:
    """What a manifest says of a lesson."""
    return {"id": one.lesson_id, "hash": one.hash, "title": one.title, "minutes": one.minutes, "objectives": one.objectives}


def module(name: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """A module of a manifest."""
    return {
        "id": name,
        "title": f"Module {name}",
        "subject": "immigration law",
        "day": 1,
        "terminal_objective": f"After module {name} you can.",
        "evaluation": "Checks",
        "intro_html": f"<p>Why {name} matters.</p>",
        "lessons": entries,
    }


def exam() -> dict[str, Any]:
    """The exam of a manifest."""
    return {
        "id": "small-final",
        "title": "Small final",
        "bank": "small",
        "minutes": 60,
        "proctored": True,
        "cut_score": 70_000,
        "retakes": 1,
        "shared_share": 0,
        "rule": "test rule",
        "specification": {"ONE-1": 2},
    }


def heartbeats(session: Session, enrollment_id: uuid.UUID) -> list[Heartbeat]:
    """The signs of life of an enrollment, in order."""
    return list(session.scalars(select(Heartbeat).where(Heartbeat.enrollment_id == enrollment_id).order_by(Heartbeat.at)))
