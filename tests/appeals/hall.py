"""A small exam that is over, and the people who argue about it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import Identity, identity_with
from lms.appeals import regrade_queries, regrade_service
from lms.appeals.regrade_queries import Change
from lms.exams import service
from lms.exams.correction_rules import CorrectionKind
from lms.exams.models import Attempt, PaperKey, PaperQuestion
from lms.exams.service import Change as Answered
from tests.support.cast import person
from tests.support.exam_room import Room, furnish

REASON = "Two of its choices are right"


@dataclass(frozen=True, slots=True)
class Hall:
    """An exam room, two program officers and an instructor who all signed the test-security agreement."""

    room: Room
    first: Identity
    second: Identity
    instructor: Identity

    def sits(self, session: Session, *, now: datetime, right: int) -> uuid.UUID:
        """Take the exam with the first `right` questions answered rightly and the others wrongly."""
        attempt_id = self.room.starts(session, now=now)
        for key in keys_of(session, attempt_id):
            choice = key.key if key.position <= right else wrong_choice(session, attempt_id, key.position)
            at = now + timedelta(seconds=key.position)
            change = Answered(key.position, choice, flagged=False, revision=0, key=f"answer {key.position}")
            service.answer(session, actor=self.room.officer, attempt_id=attempt_id, change=change, now=at)
        service.submit(session, actor=self.room.officer, attempt_id=attempt_id, now=now + timedelta(minutes=10))
        session.flush()
        return attempt_id

    def regrades(self, session: Session, change: Change, *, now: datetime) -> uuid.UUID:
        """Ask for a change and have it confirmed; returns the request."""
        asked = self.asks(session, change, now=now)
        regrade_service.confirm(session, actor=self.second, request_id=asked, now=now)
        session.flush()
        return asked

    def asks(self, session: Session, change: Change, *, now: datetime) -> uuid.UUID:
        """Ask for a change, having looked at its picture."""
        name = regrade_queries.dry_run(session, change).digest
        return regrade_service.ask(session, actor=self.first, change=change, digest=name, reason=REASON, now=now)


def hall(session: Session, *, now: datetime, drawn: int = 5) -> Hall:
    """The hall, with an exam of ten questions unless told."""
    first, second = (person(session, name=name, role=Role.PROGRAM_OFFICER, now=now) for name in ("Lena Okonkwo", "Omar Haddad"))
    instructor = person(session, name="Ivan Castellanos", role=Role.INSTRUCTOR, now=now)
    return Hall(furnish(session, now=now, drawn=drawn, per_objective=drawn * 2), first.identity, second.identity, instructor.identity)


def keys_of(session: Session, attempt_id: uuid.UUID) -> list[PaperKey]:
    """The key of an attempt's paper, by position."""
    paper = session.get_one(Attempt, attempt_id).paper_hash
    return list(session.scalars(select(PaperKey).where(PaperKey.paper_hash == paper).order_by(PaperKey.position)))


def wrong_choice(session: Session, attempt_id: uuid.UUID, position: int) -> str:
    """A choice of a question that is not right."""
    place = wrong_place(session, attempt_id, position)
    return choice_at(session, attempt_id, position, place)


def wrong_place(session: Session, attempt_id: uuid.UUID, position: int) -> int:
    """The place, in the bank's order, of a wrong choice of a question."""
    right = right_place(session, attempt_id, position)
    return (right + 1) % 4


def right_place(session: Session, attempt_id: uuid.UUID, position: int) -> int:
    """The place of the right choice."""
    return regrade_queries.question(session, question_hash=hash_at(session, attempt_id, position)).state.published[0]


def choice_at(session: Session, attempt_id: uuid.UUID, position: int, place: int) -> str:
    """The opaque id, in an attempt's paper, of the choice at a place of the bank's order: found by its text."""
    seen = regrade_queries.question(session, question_hash=hash_at(session, attempt_id, position))
    paper = session.get_one(Attempt, attempt_id).paper_hash
    shown = session.get_one(PaperQuestion, (paper, position)).content["choices"]
    return next(str(choice["id"]) for choice in shown if choice["text"] == seen.choices[place])


def hash_at(session: Session, attempt_id: uuid.UUID, position: int) -> str:
    """The question revision at a position of an attempt's paper."""
    return keys_of(session, attempt_id)[position - 1].question_hash


def excluding(session: Session, attempt_id: uuid.UUID, position: int, *, hold_harmless: bool = True) -> Change:
    """The change that excludes the question at a position of an attempt."""
    return Change(hash_at(session, attempt_id, position), CorrectionKind.EXCLUDED, (), hold_harmless)


def accepting(session: Session, attempt_id: uuid.UUID, position: int) -> Change:
    """The change that makes the wrong choice of `sits` right as well."""
    places = sorted({right_place(session, attempt_id, position), wrong_place(session, attempt_id, position)})
    return Change(hash_at(session, attempt_id, position), CorrectionKind.KEY, tuple(places), hold_harmless=True)


def stranger() -> Identity:
    """Somebody who may rule on exams and has signed nothing."""
    return identity_with(frozenset({Role.PROGRAM_OFFICER}), user_id=uuid.UUID(int=9), name="Nobody")
