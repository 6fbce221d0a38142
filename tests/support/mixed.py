"""An exam with a question of every type, a scenario among them, and what a right answer to each is."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams import service
from lms.exams.models import Attempt, PaperKey
from lms.exams.queries import QuestionShown
from lms.exams.service import Change
from lms.questions.items import ItemType
from lms.questions.models import BankQuestion, BankRevision, QuestionRevision
from tests.support.exam_room import KEY_CANARY, Room, an_exam, content, furnish

WRITTEN_TEXT = "Certified is not authorized.\nThe letter comes first."
ABOUT = {"rationale": f"{KEY_CANARY} rationale", "citation": f"{KEY_CANARY} citation", "fact": "IL-01"}
SCENE = {"group": "SCENE", "parts": 2, "text": "A deputy stands at the desk.\n\nA man speaks."}


def _choices(right: str, letters: str = "ABCD") -> list[dict[str, Any]]:
    return [{"text": f"Choice {one}", "correct": one in right, "why": f"{KEY_CANARY} why"} for one in letters]


TYPED: dict[str, dict[str, Any]] = {
    "single": content("ONE-1", 1),
    "multiple": {"type": "multiple", "partial": True, "stem": "Which are right?", "choices": _choices("ABE", "ABCDE"), **ABOUT},
    "true-false": {
        "type": "true-false",
        "stem": "It is so.",
        "choices": [{"text": "True", "correct": False, "why": f"{KEY_CANARY} why"}, {"text": "False", "correct": True, "why": ""}],
        **ABOUT,
    },
    "ordering": {"type": "ordering", "partial": True, "stem": "In order?", "order": ["First", "Second", "Third", "Fourth"], **ABOUT},
    "matching": {
        "type": "matching",
        "partial": True,
        "stem": "Match.",
        "pairs": [{"left": f"Left {n}", "right": f"Right {n}"} for n in range(3)],
        "others": ["Nobody's"],
        **ABOUT,
    },
    "numeric": {"type": "numeric", "stem": "How long?", "answer": "48", "tolerance": "0.5", "unit": "hours", **ABOUT},
    "short": {"type": "short", "stem": "Which form?", "accepted": ["I-205", f"{KEY_CANARY} form"], **ABOUT},
    "scene-1": {**SCENE, "part": 1, "stem": "What first?", "choices": _choices("B"), **ABOUT},
    "scene-2": {**SCENE, "part": 2, "type": "numeric", "stem": "Within?", "answer": "1", "tolerance": "0", "points": 2000, **ABOUT},
    "written": {
        "type": "written",
        "points": 5000,
        "stem": "Explain it.",
        "criteria": [{"id": "apart", "text": f"{KEY_CANARY} apart", "points": 2}, {"id": "step", "text": "Step", "points": 3}],
        "model": f"{KEY_CANARY} model",
        **ABOUT,
    },
}


def mixed_room(session: Session, *, now: datetime, written: bool = True, **policy: object) -> Room:
    """A room whose exam asks one question of every type. `policy`: more of the exam's rule."""
    chosen = {name: one for name, one in TYPED.items() if written or name != "written"}
    exam = an_exam() | {"bank": "mixed", "specification": {"ONE-1": len(chosen)}} | policy
    room = furnish(session, now=now, changed={"exams": [exam]})
    if session.get(BankRevision, "mixed") is None:
        session.add(
            BankRevision(hash="mixed", bank_id="mixed", number=1, title="Mixed", public=True, law_as_of="2026-11-22", published_at=now)
        )
        session.add_all(
            QuestionRevision(hash=f"mixed-{name}", question_id=f"mixed-{name}", objective="ONE-1", content=one, published_at=now)
            for name, one in chosen.items()
        )
        session.flush()
        session.add_all(BankQuestion(bank_hash="mixed", question_hash=f"mixed-{name}") for name in chosen)
        session.flush()
    return replace(room, questions=len(chosen))


def keys_of(session: Session, attempt_id: uuid.UUID) -> dict[str, PaperKey]:
    """The key of each question of an attempt, by its name in `TYPED`."""
    paper = session.get_one(Attempt, attempt_id).paper_hash
    rows = session.scalars(select(PaperKey).where(PaperKey.paper_hash == paper))
    return {row.question_hash.removeprefix("mixed-"): row for row in rows}


def some_responses(shown: QuestionShown) -> list[Any]:
    """Different responses to a question, each in the form in which it is stored."""
    ids = [one.id for one in shown.choices]
    match shown.type:
        case ItemType.MULTIPLE:
            return [ids[:1], sorted(ids[:2]), sorted(ids[1:4]), sorted(ids)]
        case ItemType.ORDERING:
            return [ids, ids[::-1], [None, ids[0]], ids[:2]]
        case ItemType.MATCHING:
            return [dict.fromkeys(ids[:count], other.id) for count, other in zip((1, 2, 3, 3), shown.matches, strict=True)]
        case ItemType.NUMERIC | ItemType.SHORT:
            return ["48", "1", "I-205", "two words"]
        case _:
            return list(ids)


def right_answer(type_: str, key: Any) -> Any:
    """A response that earns everything; a text that markers are to read for a written one."""
    match type_:
        case "numeric":
            return key["value"]
        case "short":
            return key["accepted"][0].lower()
        case "written":
            return WRITTEN_TEXT
        case _:
            return key


def answers_rightly(session: Session, room: Room, attempt_id: uuid.UUID, *, now: datetime, but: Mapping[str, Any] | None = None) -> None:
    """Answer every question rightly, but those that `but` answers."""
    for name, row in keys_of(session, attempt_id).items():
        response = (but or {}).get(name, right_answer(row.type, row.key))
        change = Change(row.position, response, flagged=False, revision=0, key=f"right {name}")
        service.answer(session, actor=room.officer, attempt_id=attempt_id, change=change, now=now)
