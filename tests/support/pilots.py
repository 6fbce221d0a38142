"""Questions to be tried out, put into the bank of the small exam; and attempts with given answers."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams import service
from lms.exams.models import Attempt, PaperKey, PaperQuestion
from lms.exams.service import Change
from lms.questions.models import BankQuestion, QuestionRevision
from tests.support.exam_room import OBJECTIVES, Room, an_exam, content

PILOTS: Final = ("pilot-1", "pilot-2")


def with_aims(**aims: object) -> Mapping[str, object]:
    """What changes in the manifest of the small course, so that its exam asks for more than objectives."""
    return {"exams": [{**an_exam(), **aims}]}


def try_out(session: Session, *, now: datetime) -> None:
    """Put two questions that are only being tried out into the small bank."""
    for number, name in enumerate(PILOTS):
        made = {**content("PILOT", number), "pilot": True, "stem": f"What of {name}?"}
        session.add(QuestionRevision(hash=name, question_id=name, objective=OBJECTIVES[0], content=made, published_at=now))
    session.flush()
    session.add_all([BankQuestion(bank_hash="bank", question_hash=name) for name in PILOTS])
    session.flush()


def keys_of(session: Session, attempt_id: uuid.UUID) -> list[PaperKey]:
    """The key of an attempt's paper, in its order."""
    paper = session.get_one(Attempt, attempt_id).paper_hash
    return list(session.scalars(select(PaperKey).where(PaperKey.paper_hash == paper).order_by(PaperKey.position)))


def answers(
    session: Session, room: Room, attempt_id: uuid.UUID, *, right: Callable[[PaperKey], bool], now: datetime, revision: int = 0
) -> None:
    """Answer every question, rightly where `right` says so."""
    for key in keys_of(session, attempt_id):
        shown = session.get_one(PaperQuestion, (key.paper_hash, key.position)).content["choices"]
        wrong = next(choice["id"] for choice in shown if choice["id"] != key.key)
        change = Change(key.position, key.key if right(key) else wrong, flagged=False, revision=revision, key=str(uuid.uuid4()))
        service.answer(session, actor=room.officer, attempt_id=attempt_id, change=change, now=now)
