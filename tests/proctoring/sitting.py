"""A sitting with its officers, by rows: who has begun, what was saved and seen. The console and its acts are tried on it."""

import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import Identity
from lms.exams import acts, rules, service, timing
from lms.exams.acts import Act, Reason
from lms.exams.chain import add_step
from lms.exams.models import Attempt, AttemptHead, Paper, PaperKey, PaperQuestion
from lms.exams.rules import Kind, Policy
from lms.exams.service import Change
from lms.kernel.ids import digest, new_id
from lms.questions.items import POINT
from lms.questions.models import BankRevision, QuestionRevision
from lms.sittings.models import IdentityCheck, Sitting, SittingOfficer, SittingPlan, SittingProctor
from lms.sittings.rules import Mode
from tests.support.cast import Cast, Person, cast_of, person
from tests.support.exam_room import content
from tests.support.factories import EXAM, a_bank, a_class, a_course, an_enrollment

MINUTES = 60
QUESTIONS = 10
CHOICES = ("a", "b", "c", "d")
FIRST = ("Dana", "Avery", "Blair", "Casey", "Devon", "Emery", "Finley", "Harper", "Indigo", "Jules")
LAST = ("Rivera", "Quill", "Osei")


@dataclass(slots=True)
class Seated:
    """One officer of the sitting."""

    who: Identity
    enrollment_id: uuid.UUID
    attempt_id: uuid.UUID | None = None


@dataclass(slots=True)
class Held:
    """A sitting that is under way."""

    cast: Cast
    sitting_id: uuid.UUID
    offering_id: uuid.UUID
    seats: list[Seated] = field(default_factory=list)

    @property
    def proctor(self) -> Person:
        """The proctor who is named."""
        return self.cast.proctor

    @property
    def path(self) -> str:
        """The address of the console."""
        return f"/sittings/{self.sitting_id}/console"

    def begins(self, session: Session, seat: int, *, now: datetime, extra_seconds: int = 0) -> uuid.UUID:
        """Let an officer begin; returns the attempt."""
        one = self.seats[seat]
        seconds = MINUTES * 60 + extra_seconds
        policy = Policy("Final exam", seconds, 60, 70_000, 1, QUESTIONS, extra_seconds=extra_seconds)
        paper = _paper(session, now)
        attempt = Attempt(
            id=new_id(),
            enrollment_id=one.enrollment_id,
            officer_id=one.who.officer_id,
            agency_id=self.cast.palmetto,
            sitting_id=self.sitting_id,
            exam_id=EXAM,
            ordinal=1,
            paper_hash=paper,
            policy=asdict(policy),
            created_at=now,
        )
        session.add(attempt)
        session.flush()
        told = {"paper": paper, "policy": attempt.policy}
        entry = rules.chained(after=None, kind=Kind.STARTED, at=now, actor=str(one.who.user_id), payload=told)
        add_step(session, attempt_id=attempt.id, entry=entry)
        session.add(AttemptHead(attempt_id=attempt.id, due_at=timing.due_at_start(now, policy)))
        session.flush()
        one.attempt_id = attempt.id
        return attempt.id

    def arrives(self, session: Session, seat: int, *, now: datetime) -> None:
        """Let the proctor check an officer's identity."""
        row: dict[str, Any] = {"sitting_id": self.sitting_id, "enrollment_id": self.seats[seat].enrollment_id, "number": 1}
        session.add(IdentityCheck(identity_document="Passport", checked_by=self.proctor.user_id, at=now, **row))
        session.flush()

    def saves(self, session: Session, seat: int, position: int, *, now: datetime) -> None:
        """Let an officer answer a question for the first time."""
        one = self.seats[seat]
        assert one.attempt_id is not None
        change = Change(position, CHOICES[position % 4], flagged=False, revision=0, key=str(uuid.uuid4()))
        service.note_view(session, attempt_id=one.attempt_id, position=position, now=now)
        service.answer(session, actor=one.who, attempt_id=one.attempt_id, change=change, now=now)

    def shows(self, session: Session, seat: int, signal: str, *, now: datetime) -> None:
        """Let an officer's page tell what it saw."""
        one = self.seats[seat]
        assert one.attempt_id is not None
        service.append(session, actor=one.who, attempt_id=one.attempt_id, kind=Kind.SIGNALED, payload={"signal": signal}, now=now)
        session.flush()

    def hands_in(self, session: Session, seat: int, *, now: datetime) -> None:
        """Let an officer hand in."""
        one = self.seats[seat]
        assert one.attempt_id is not None
        service.submit(session, actor=one.who, attempt_id=one.attempt_id, now=now)
        session.flush()

    def act(self, at: datetime, *, reason: Reason = Reason.TECHNICAL) -> Act:
        """An act of the proctor."""
        return Act(self.proctor.identity, reason, "The screen went dark.", at)

    def pauses(self, session: Session, seat: int, *, now: datetime) -> None:
        """Let the proctor pause an officer's exam."""
        attempt = self.seats[seat].attempt_id
        assert attempt is not None
        acts.pause(session, self.act(now), attempt_id=attempt)
        session.flush()


def furnish(session: Session, *, now: datetime, officers: int = 3) -> Held:
    """A class with a sitting that opened half an hour ago, one proctor named, and so many officers placed."""
    cast = cast_of(session, now=now)
    a_bank(session, now=now)
    offering_id = a_class(session, now=now, course_hash=a_course(session, now=now), title="WSO class 26-04")
    sitting_id = a_sitting(session, offering_id=offering_id, exam_id=EXAM, proctor=cast.proctor.user_id, now=now)
    held = Held(cast, sitting_id, offering_id)
    for number in range(officers):
        held.seats.append(_seated(session, held, number, now))
    session.flush()
    return held


def a_sitting(session: Session, *, offering_id: uuid.UUID, exam_id: str, proctor: uuid.UUID, now: datetime) -> uuid.UUID:
    """A sitting that opened half an hour ago and is proctored by that person; nobody has a place in it."""
    sitting = Sitting(id=new_id(), offering_id=offering_id, exam_id=exam_id, planned_by=None, at=now)
    session.add(sitting)
    session.flush()
    opens_at, closes_at = now - timedelta(minutes=30), now + timedelta(hours=4)
    where: dict[str, Any] = {
        "mode": Mode.ROOM,
        "place": "Training room 2",
        "capacity": 30,
        "networks": [],
        "seb_keys": [],
        "reason": "",
        "planned_by": None,
    }
    session.add(SittingPlan(sitting_id=sitting.id, number=1, opens_at=opens_at, closes_at=closes_at, at=now, **where))
    session.add(SittingProctor(sitting_id=sitting.id, user_id=proctor, number=1, named_by=None, at=now))
    session.flush()
    return sitting.id


def _seated(session: Session, held: Held, number: int, now: datetime) -> Seated:
    name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST)]}"
    one = person(session, name=name, role=Role.OFFICER, agency_id=held.cast.palmetto, now=now) if number else held.cast.officer
    enrollment_id = an_enrollment(session, person=one, offering_id=held.offering_id, now=now)
    placed: dict[str, Any] = {"sitting_id": held.sitting_id, "enrollment_id": enrollment_id, "number": 1}
    session.add(SittingOfficer(placed_by=held.cast.administrator.user_id, at=now, **placed))
    return Seated(one.identity, enrollment_id)


def _paper(session: Session, now: datetime) -> str:
    """A paper of ten questions whose right choice is always the first."""
    bank_hash = session.scalars(select(BankRevision.hash)).one()
    question = digest(f"question {bank_hash}")
    if session.get(QuestionRevision, question) is None:
        session.add(QuestionRevision(hash=question, question_id="A-1-1", objective="A-1", content=content("A-1", 1), published_at=now))
    name = digest(str(new_id()))
    session.add(Paper(hash=name, exam_id=EXAM, bank_hash=bank_hash, seed="seed", specification={}, drawn_at=now))
    session.flush()
    for position in range(1, QUESTIONS + 1):
        shown = {"stem": f"Question {position}", "choices": [{"id": one, "text": f"Choice {one}"} for one in CHOICES]}
        session.add(PaperQuestion(paper_hash=name, position=position, content=shown))
        key: dict[str, Any] = {"key": "a", "type": "single", "points": POINT, "partial": False, "scored": True}
        session.add(PaperKey(paper_hash=name, position=position, question_hash=question, objective="A-1", **key))
    session.flush()
    return name
