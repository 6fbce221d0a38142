"""The acts after an exam, each a valid call by the one whose act it is."""

import uuid
from collections.abc import Callable

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.permissions import Role
from lms.appeals import regrade_queries
from lms.appeals import service as rulings
from lms.appeals.rules import Outcome
from lms.certificates import keyring
from lms.exams.models import Attempt
from tests.appeals.hall import Hall, accepting, excluding, hall
from tests.audit.stage import Act, Scene, Stage
from tests.support.browser import Visitor
from tests.support.cast import FAST_HASH, Person, person

CLAIM = "Two of its choices are right."


def _hall(stage: Stage) -> tuple[Hall, uuid.UUID]:
    """An exam that was failed by one question, with everybody able to sign in."""

    def make(session: Session) -> tuple[Hall, uuid.UUID]:
        made = hall(session, now=stage.clock.now())
        attempt_id = made.sits(session, now=stage.clock.now(), right=6)
        session.execute(update(User).values(password_hash=FAST_HASH))
        return made, attempt_id

    return stage.made(make)


def _judge(stage: Stage) -> Person:
    return stage.made(lambda session: person(session, name="Ruth Lang", role=Role.PROGRAM_OFFICER, now=stage.clock.now()))


def officers(path: str, **fields: object) -> Scene:
    """Something that the officer sends about the exam."""

    def scene(stage: Stage) -> Act:
        made, attempt_id = _hall(stage)
        return Act(Visitor(stage.app).signs_in_as(made.room.officer), path.format(attempt=attempt_id), fields)

    return scene


def judges(path: str, prepare: Callable[[Session, Hall, uuid.UUID], object], **fields: object) -> Scene:
    """Something that the program sends about what `prepare` makes."""

    def scene(stage: Stage) -> Act:
        made, attempt_id = _hall(stage)
        judge = _judge(stage)
        thing = stage.made(lambda session: prepare(session, made, attempt_id))
        keyring.found(
            stage.site.settings.data, name="Delegated Authority Training", specimen=stage.site.settings.demo, now=stage.clock.now()
        )
        return Act(Visitor(stage.app).signs_in_as(judge), path.format(attempt=attempt_id, thing=thing), fields)

    return scene


def _challenge(session: Session, made: Hall, attempt_id: uuid.UUID) -> uuid.UUID:
    now = session.get_one(Attempt, attempt_id).created_at
    return rulings.challenge(session, actor=made.room.officer, attempt_id=attempt_id, position=7, claim=CLAIM, now=now)


def _appeal(session: Session, made: Hall, attempt_id: uuid.UUID) -> uuid.UUID:
    now = session.get_one(Attempt, attempt_id).created_at
    statement = "The room was dark."
    return rulings.appeal(session, actor=made.room.officer, attempt_id=attempt_id, outcome=Outcome.FAILED, statement=statement, now=now)


def _regrade(session: Session, made: Hall, attempt_id: uuid.UUID) -> uuid.UUID:
    now = session.get_one(Attempt, attempt_id).created_at
    return made.asks(session, accepting(session, attempt_id, 7), now=now)


def asks_to_score_again(stage: Stage) -> Act:
    """Look, and ask for what was seen."""
    made, attempt_id = _hall(stage)
    del made
    judge = _judge(stage)

    def look(session: Session) -> tuple[str, str]:
        change = excluding(session, attempt_id, 10)
        return change.question_hash, regrade_queries.dry_run(session, change).digest

    question_hash, digest = stage.made(look)
    fields: dict[str, object] = {"kind": "question excluded", "hold_harmless": "yes", "digest": digest, "reason": "It was wrong"}
    return Act(Visitor(stage.app).signs_in_as(judge), f"/regrades/questions/{question_hash}", fields)


RULINGS: dict[str, tuple[Scene, tuple[str, ...]]] = {
    "challenges.make": (officers("/attempts/{attempt}/challenges", position="7", claim=CLAIM), ("challenged an exam question",)),
    "challenges.decide": (
        judges("/challenges/{thing}/decision", _challenge, ruling="upheld", reason="So it is"),
        ("upheld a challenge of an exam question",),
    ),
    "appeals.make": (
        officers("/attempts/{attempt}/appeals", outcome="failed", statement="The room was dark."),
        ("appealed the outcome of an exam",),
    ),
    "appeals.move": (judges("/appeals/{thing}/moves", _appeal, state="under review", reason=""), ("took an appeal under review",)),
    "regrades.ask": (asks_to_score_again, ("asked for exams to be scored again",)),
    "regrades.confirm": (
        judges("/regrades/{thing}/confirmation", _regrade),
        ("confirmed that exams are scored again", "scored an exam again"),
    ),
    "regrades.decline": (judges("/regrades/{thing}/refusal", _regrade, reason="It is right"), ("declined to have exams scored again",)),
    "evidence.take_out": (
        judges("/attempts/{attempt}/evidence", lambda *_: None, reason="Hearing", key="with"),
        ("took out the evidence of an exam",),
    ),
}
"""Endpoint: how it is called rightly, and the entries that this leaves."""
