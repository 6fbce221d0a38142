"""The receipt of a handed-in exam: what an officer keeps, and anybody can check against the records."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.entries import LEDGER, reference_of
from lms.audit.models import AuditEntry
from lms.exams import queries, rules
from lms.exams.models import Attempt
from lms.exams.queries import Sheet
from lms.exams.rules import CLOSING, Entry
from lms.kernel.errors import Conflict, Invalid
from lms.ledger import queries as ledger

LINES: Final = {
    "attempt_id": re.compile(r"^Attempt: ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$", re.MULTILINE),
    "answers": re.compile(r"^Answers: sha256 ([0-9a-f]{64})$", re.MULTILINE),
    "step": re.compile(r"^Record: step ([0-9]{1,6}), sha256 [0-9a-f]{64}$", re.MULTILINE),
    "head": re.compile(r"^Record: step [0-9]{1,6}, sha256 ([0-9a-f]{64})$", re.MULTILINE),
}
"""The lines of a receipt that are checked."""
LONGEST: Final = 20_000


class NotClosed(Conflict):
    """There is a receipt once the exam is closed."""


class NoReceipt(Invalid):
    """What was pasted is no receipt."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the records say of an attempt at its closing. `place` is its entry's index in the audit ledger, once it has one."""

    attempt_id: uuid.UUID
    closed_by: str
    closed_at: datetime
    answered: tuple[int, ...]
    questions: int
    answers: str
    step: int
    head: str
    entry_id: uuid.UUID | None
    place: int | None


def receipt(session: Session, *, sheet: Sheet) -> Receipt:
    """The receipt of a closed attempt, from its steps. Raises NotClosed."""
    steps = queries.entries(session, attempt_id=sheet.attempt_id)
    closing = _closing(steps)
    if closing is None:
        raise NotClosed("The receipt is made when the exam is closed, within a minute of its end. Open this page again then.")
    given = rules.fold(steps[: closing.number]).answers
    entry_id, place = _place(session, sheet.attempt_id, closing)
    return Receipt(
        attempt_id=sheet.attempt_id,
        closed_by=closing.kind.value,
        closed_at=datetime.fromisoformat(str(closing.payload["closed_at"])),
        answered=tuple(position for position, one in sorted(given.items()) if one.response is not None),
        questions=sheet.policy.questions,
        answers=rules.answers_hash(given),
        step=closing.number,
        head=closing.hash,
        entry_id=entry_id,
        place=place,
    )


def _closing(steps: Sequence[Entry]) -> Entry | None:
    return next((one for one in reversed(steps) if one.kind in CLOSING), None)


def _place(session: Session, attempt_id: uuid.UUID, closing: Entry) -> tuple[uuid.UUID | None, int | None]:
    asked = select(AuditEntry.id).where(AuditEntry.object_id == str(attempt_id), AuditEntry.object_type == "attempt")
    entry_id = session.scalar(asked.where(AuditEntry.at == closing.at, AuditEntry.action.in_(queries.CLOSING_ACTIONS.values())))
    if entry_id is None:
        return None, None
    reference = reference_of(entry_id)
    found = ledger.places(session, ledger=LEDGER, references=[reference]).get(reference)
    return entry_id, found and found.number


def written(found: Receipt, *, title: str, officer_name: str, site_name: str, address: str) -> str:
    """The receipt as plain text, which the officer keeps."""
    ranges = ", ".join(str(one) for one in found.answered) or "none"
    entry = f"entry {found.entry_id}" if found.entry_id else "no entry"
    place = f"place {found.place} of the audit ledger" if found.place is not None else "its place in the ledger follows within a minute"
    lines = (
        f"Receipt of an exam: {site_name}",
        "",
        f"Officer: {officer_name}",
        f"Exam: {title}",
        f"Closed: {found.closed_at.isoformat(timespec='milliseconds')} ({found.closed_by})",
        f"Questions answered: {len(found.answered)} of {found.questions} ({ranges})",
        "",
        f"Attempt: {found.attempt_id}",
        f"Answers: sha256 {found.answers}",
        f"Record: step {found.step}, sha256 {found.head}",
        f"Audit trail: {entry}, {place}",
        "",
        "How to check it: paste this text at",
        f"  {address}",
        "The site works both hashes out anew from the steps it recorded. If one answer were lost, added or changed after",
        "the exam was closed, they would differ. The entry of the audit trail holds the same two hashes and is covered by",
        "the ledger's signed checkpoints, copies of which are kept elsewhere.",
        "",
    )
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a receipt: whether it matches, and if so when the attempt was closed."""

    matches: bool
    closed_at: datetime | None = None
    answered: int = 0


def check(session: Session, *, text: str) -> Checked:
    """Check a receipt against the records. An attempt that is none and one that differs look alike. Raises NoReceipt."""
    found = {name: pattern.findall(text[:LONGEST].replace("\r\n", "\n")) for name, pattern in LINES.items()}
    if any(len(values) != 1 for values in found.values()):
        raise NoReceipt("This is not a whole receipt. Paste all of its text, from the first line to the last.")
    attempt_id, number = uuid.UUID(found["attempt_id"][0]), int(found["step"][0])
    if session.get(Attempt, attempt_id) is None:
        return Checked(matches=False)
    steps = queries.entries(session, attempt_id=attempt_id)
    until = steps[:number]
    if not until or not rules.chain_holds(steps) or until[-1].kind not in CLOSING or until[-1].hash != found["head"][0]:
        return Checked(matches=False)
    state = rules.fold(until)
    if rules.answers_hash(state.answers) != found["answers"][0]:
        return Checked(matches=False)
    return Checked(matches=True, closed_at=state.closed_at, answered=sum(one.response is not None for one in state.answers.values()))
