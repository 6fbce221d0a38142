"""The practice exam of the demonstration: a question of every type, answered, and a written answer that waits for its mark."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.exams import queries, service, starting
from lms.exams.rules import KeyedQuestion
from lms.exams.service import Change
from lms.kernel.ids import token
from lms.questions.items import ItemType

EXAM: Final = "practice-exam"
WRITTEN: Final = (
    "That is not right. ICE has certified that I was trained, and that is not the same as being authorized.\n\n"
    "I still need the authorization letter that the field office director signs, and the credentials that come with it. "
    "Until I hold them I do not serve anything."
)


def sit(session: Session, *, who: Identity, enrollment_id: uuid.UUID, now: datetime) -> None:
    """Take the exam, answer every question rightly, and hand it in."""
    attempt = starting.start(session, actor=who, enrollment_id=enrollment_id, exam_id=EXAM, code="", now=now)
    paper = queries.sheet(session, actor=who, attempt_id=attempt).paper_hash
    for question in queries.keys(session, paper_hash=paper):
        now += timedelta(seconds=70)
        service.note_view(session, attempt_id=attempt, position=question.position, now=now)
        change = Change(question.position, _right(question), flagged=False, revision=0, key=token())
        service.answer(session, actor=who, attempt_id=attempt, change=change, now=now)
    service.submit(session, actor=who, attempt_id=attempt, now=now)


def _right(question: KeyedQuestion) -> Any:
    match question.type:
        case ItemType.NUMERIC:
            return question.key["value"]
        case ItemType.SHORT:
            return question.key["accepted"][0]
        case ItemType.WRITTEN:
            return WRITTEN
        case _:
            return question.key
