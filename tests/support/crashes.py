"""Officers who answer as fast as they can while the site is killed under them, and the proof that nothing acknowledged was lost."""

import json
import secrets
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException
from itertools import count, cycle
from threading import Event, Thread
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.permissions import Role
from lms.db.session import Database
from lms.enrollments.models import Completion, Enrollment, Offering
from lms.exams import queries, rules, service, starting
from lms.exams.models import Attempt, Step
from lms.exams.rules import Kind
from lms.kernel.clock import SystemClock
from lms.kernel.ids import new_id
from tests.support.cast import FAST_HASH, PASSWORD, Person, cast_of, person
from tests.support.exam_room import EXAM, furnish
from tests.support.wire import Wire

OFFICERS = 4
BETWEEN_TRIES = 0.1
"""Seconds until an officer's page sends an answer again that was not acknowledged."""
Receipt = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Examinee:
    """An officer with an attempt under way; `choices` holds the ids of each question's choices."""

    email: str
    attempt_id: uuid.UUID
    choices: dict[int, list[str]]


def seat(database: Database) -> list[Examinee]:
    """Fill `database` with the small exam and officers who sit it now."""
    now = SystemClock().now()
    with database.writing() as session:
        offering_id = furnish(session, now=now).offering_id
        session.execute(update(Offering).values(starts_on=now.date() - timedelta(days=2), ends_on=now.date() + timedelta(days=30)))
        cast = cast_of(session, now=now)
        people = [person(session, name=f"Officer {one}", role=Role.OFFICER, agency_id=cast.palmetto, now=now) for one in range(OFFICERS)]
        for one in people:
            session.add(
                Enrollment(
                    id=new_id(), offering_id=offering_id, officer_id=one.officer, agency_id=cast.palmetto, enrolled_by=None, enrolled_at=now
                )
            )
        session.flush()
        seated = [_seated(session, one, proctor=cast.proctor) for one in people]
        session.execute(update(User).values(password_hash=FAST_HASH))
    return seated


def _seated(session: Session, one: Person, *, proctor: Person) -> Examinee:
    now = SystemClock().now()
    enrollment_id = session.scalars(select(Enrollment.id).where(Enrollment.officer_id == one.officer)).one()
    done = {"lesson_id": "small-lesson", "lesson_hash": "lesson", "credited_minutes": 30, "active_seconds": 900}
    session.add(Completion(enrollment_id=enrollment_id, at=now, **done))
    session.flush()
    code = starting.admit(
        session, actor=proctor.identity, enrollment_id=enrollment_id, exam_id=EXAM, identity_document="Agency photo ID", now=now
    )
    attempt_id = starting.start(session, actor=one.identity, enrollment_id=enrollment_id, exam_id=EXAM, code=code, now=now)
    paper, asked = session.execute(select(Attempt.paper_hash, Attempt.policy).where(Attempt.id == attempt_id)).one()
    shown = [queries.question(session, paper_hash=paper, position=position) for position in range(1, asked["questions"] + 1)]
    return Examinee(one.email, attempt_id, {one.position: [choice.id for choice in one.choices] for one in shown})


@dataclass(slots=True)
class Desk:
    """One officer at work: an answer is sent again, with its key, until the site acknowledges it, as the exam page does."""

    examinee: Examinee
    wire: Wire
    stop: Event
    receipts: dict[str, Receipt] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    unsaved: int = 0
    """How often the site said that it could not save."""

    def signs_in(self) -> None:
        """Come as far as the first question."""
        self.wire.opens("/sign-in")
        self.wire.sends("/sign-in", email=self.examinee.email, password=PASSWORD)
        self.wire.opens(f"/attempts/{self.examinee.attempt_id}/questions/1")

    def works(self) -> None:
        """Answer until told to stop."""
        revisions = dict.fromkeys(self.examinee.choices, 0)
        keys = (f"key {number}" for number in count(1))
        for position in cycle(self.examinee.choices):
            if self.stop.is_set() or self.failures:
                return
            revisions[position] = self._saves(position, revisions[position], next(keys)) or revisions[position]

    def _saves(self, position: int, revision: int, key: str) -> int | None:
        """Send one answer until it is acknowledged; returns its revision, or None when told to stop first."""
        flagged, choice = ("1" if revision % 2 else ""), secrets.choice(self.examinee.choices[position])  # never what stands already
        path = f"/attempts/{self.examinee.attempt_id}/questions/{position}/answer"
        while not self.stop.is_set():
            try:
                answer = self.wire.sends_by_script(path, choice=choice, flagged=flagged, revision=str(revision), key=key)
            except (OSError, HTTPException):
                self.wire.close()
                time.sleep(BETWEEN_TRIES)
                continue
            if answer.status == 200:
                self.receipts[key] = json.loads(answer.text)
                return revision + 1
            if answer.status < 500:
                self.failures.append(f"{path} answered {answer.status}: {answer.text}")
                return None
            self.unsaved += 1
            time.sleep(BETWEEN_TRIES)
        return None


@contextmanager
def officers_at_work(examinees: Sequence[Examinee], port: int) -> Iterator[list[Desk]]:
    """Everybody answers while the block runs."""
    stop = Event()
    desks = [Desk(one, Wire(port), stop) for one in examinees]
    for desk in desks:
        desk.signs_in()
    threads = [Thread(target=desk.works) for desk in desks]
    for thread in threads:
        thread.start()
    try:
        yield desks
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for desk in desks:
            desk.wire.close()


def a_random_moment() -> None:
    """Let up to a third of a second pass, in which some hundred answers are saved."""
    time.sleep(secrets.randbelow(330) / 1000)


def refuse_loss(address: str, desks: Sequence[Desk]) -> None:
    """Fail when an answer that was acknowledged is not stored, or an officer was refused."""
    with opened(address) as session:
        faults = [*lost_answers(session, desks), *(told for desk in desks for told in desk.failures)]
    assert not faults, "\n".join(faults)


@contextmanager
def opened(address: str) -> Iterator[Session]:
    """A reading session on a connection of its own, so that this process never keeps the database open over a crash."""
    database = Database(address)
    try:
        with database.reading() as session:
            yield session
    finally:
        database.close()


def lost_answers(session: Session, desks: Sequence[Desk]) -> list[str]:
    """What was acknowledged and is not stored exactly as it was acknowledged."""
    return [
        f"{desk.examinee.attempt_id} {key}: {receipt}"
        for desk, receipts in [(desk, dict(desk.receipts)) for desk in desks]  # copied first: the officers go on
        for stored in [_stored(session, desk.examinee.attempt_id)]
        for key, receipt in receipts.items()
        if stored.get(key) != _said(receipt)
    ]


def _stored(session: Session, attempt_id: uuid.UUID) -> dict[str, tuple[object, ...]]:
    rows = session.execute(select(Step.key, Step.payload, Step.at).where(Step.attempt_id == attempt_id, Step.key.is_not(None)))
    return {key: _said({**payload, "at": at.isoformat(timespec="milliseconds")}) for key, payload, at in rows}


def _said(receipt: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(receipt[part] for part in ("position", "response", "flagged", "revision", "at"))


def is_sound(session: Session, attempt_id: uuid.UUID) -> bool:
    """Whether the chain of an attempt holds, its answers are what its steps say, and no change was stored twice."""
    entries = queries.entries(session, attempt_id=attempt_id)
    answers = queries.answers_of(session, attempt_id=attempt_id)
    saved = [(one.payload["position"], one.payload["revision"]) for one in entries if one.kind is Kind.ANSWERED]
    return rules.chain_holds(entries) and service.rebuilt(session, attempt_id=attempt_id) == answers and len(saved) == len(set(saved))
