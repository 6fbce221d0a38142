"""What may be done in an exam under way: answering, handing in, closing at the deadline."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.accounts import lockdown
from lms.accounts.rules import SYSTEM, Identity
from lms.audit import service as audit
from lms.exams import queries, releasing, responses, rules, timing
from lms.exams.chain import add_step
from lms.exams.models import Attempt, AttemptAnswer, AttemptHead, QuestionView
from lms.exams.queries import WritingPosition
from lms.exams.responses import Response
from lms.exams.rules import AnswerState, Entry, Kind, Policy, response_in
from lms.kernel.errors import Conflict, Invalid

NOTHING_SAID: Final[Mapping[str, object]] = {}


class AttemptClosed(Conflict):
    """The attempt is over; nothing more is stored."""


class AttemptPaused(Conflict):
    """A proctor has paused the attempt: nothing is stored until it is resumed."""


class OtherDevice(Conflict):
    """Another browser holds the exam."""

    def __init__(self) -> None:
        super().__init__("This exam is being written on another device. Ask the proctor to release it; everything saved is kept.")


class KeyReused(Invalid):
    """The same idempotency key came with another body."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an officer's page sends: the whole state of one question, the revision it was based on, and its idempotency key."""

    position: int
    response: Response
    flagged: bool
    revision: int
    key: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was stored. `conflict` is set when it was not: then this is what stands, and the other what was refused."""

    position: int
    response: Response
    flagged: bool
    revision: int
    at: datetime | None
    conflict: bool = False


def answer(
    session: Session, *, actor: Identity, attempt_id: uuid.UUID, change: Change, now: datetime, device: str | None = None
) -> Receipt:
    """Store one change of one answer, durably, and return its receipt. At most three statements.

    A resend with the same key returns the first receipt, and what stands already is not stored again; a change based on an older
    revision changes nothing, is kept for a hearing and answered with what stands; after the deadline and its grace nothing is stored.
    `device` is the digest of what the browser holds: one device writes.
    """
    found = queries.writing_position(session, attempt_id=attempt_id, officer_id=actor.officer_id, position=change.position, key=change.key)
    if found.replayed is not None:
        return _replayed(found, _read(found, change))
    require_device(found.device, device)
    if found.paused_at is not None and found.due_at is not None:
        raise AttemptPaused("Your exam is paused. Your time stands still; go on when the proctor resumes it.")
    if not timing.accepts(now, found.due_at):
        raise AttemptClosed("Your time is over. Everything saved before the deadline counts.")
    change = _read(found, change)
    if (change.response, change.flagged) == (found.current.response, found.current.flagged):
        return Receipt(change.position, change.response, change.flagged, found.current.revision, found.current.at or now)
    if change.revision != found.current.revision:
        return _conflict(session, actor=actor, attempt_id=attempt_id, found=found, change=change, now=now)
    late = found.due_at is not None and timing.is_late(now, found.due_at, found.policy)
    payload = _payload(change, revision=change.revision + 1, late=late)
    _append(session, actor=actor, attempt_id=attempt_id, found=found, kind=Kind.ANSWERED, payload=payload, key=change.key, now=now)
    _project(session, attempt_id=attempt_id, change=change, now=now)
    return Receipt(change.position, change.response, change.flagged, change.revision + 1, now)


def _read(found: WritingPosition, change: Change) -> Change:
    """The change with its response in the form in which it is stored. Raises what `responses.read` raises."""
    return replace(change, response=responses.read(found.content, change.response))


def require_device(bound: str | None, shown: str | None) -> None:
    """Refuse a browser that is not the one that holds the exam."""
    if rules.is_other_device(bound, shown):
        raise OtherDevice


def _payload(change: Change, *, revision: int, late: bool) -> dict[str, object]:
    return {
        "position": change.position,
        "response": change.response,
        "flagged": change.flagged,
        "revision": revision,
        **({"late": True} if late else {}),
    }


def _replayed(found: WritingPosition, change: Change) -> Receipt:
    stored = found.replayed or {}
    if (stored.get("position"), response_in(stored), stored.get("flagged")) != (change.position, change.response, change.flagged):
        raise KeyReused("This save was already used for another answer. Reload the page.")
    if stored.get("based_on") is not None:
        return _standing(found, change)
    return Receipt(change.position, change.response, change.flagged, int(stored["revision"]), found.replayed_at)


def _conflict(
    session: Session, *, actor: Identity, attempt_id: uuid.UUID, found: WritingPosition, change: Change, now: datetime
) -> Receipt:
    payload = {**_payload(change, revision=found.current.revision, late=False), "based_on": change.revision}
    _append(session, actor=actor, attempt_id=attempt_id, found=found, kind=Kind.CONFLICTED, payload=payload, key=change.key, now=now)
    return _standing(found, change)


def _standing(found: WritingPosition, change: Change) -> Receipt:
    now_stands: AnswerState = found.current
    return Receipt(change.position, now_stands.response, now_stands.flagged, now_stands.revision, now_stands.at, conflict=True)


def _append(  # noqa: PLR0913 - a step's own fields
    session: Session,
    *,
    actor: Identity,
    attempt_id: uuid.UUID,
    found: WritingPosition,
    kind: Kind,
    payload: Mapping[str, object],
    key: str,
    now: datetime,
) -> None:
    number, previous, who = found.head_number + 1, found.head_hash, str(actor.user_id or "")
    linked = rules.link(number, kind, now, who, payload, previous)
    add_step(session, attempt_id=attempt_id, entry=Entry(number, kind, now, who, payload, previous, linked), key=key)


def _project(session: Session, *, attempt_id: uuid.UUID, change: Change, now: datetime) -> None:
    values = {
        "attempt_id": attempt_id,
        "position": change.position,
        "revision": change.revision + 1,
        "response": change.response,
        "flagged": change.flagged,
        "at": now,
    }
    session.execute(_UPSERT[session.get_bind().dialect.name], values)


def _upsert(insert: type[sqlite.Insert | postgresql.Insert]) -> sqlite.Insert | postgresql.Insert:
    statement = insert(cast("Table", AttemptAnswer.__table__))
    fresh = {name: statement.excluded[name] for name in ("revision", "response", "flagged", "at")}
    return statement.on_conflict_do_update(index_elements=["attempt_id", "position"], set_=fresh)


def _insert_view(insert: type[sqlite.Insert | postgresql.Insert]) -> sqlite.Insert | postgresql.Insert:
    return insert(cast("Table", QuestionView.__table__)).on_conflict_do_nothing()


_UPSERT = {"sqlite": _upsert(sqlite.Insert), "postgresql": _upsert(postgresql.Insert)}
_INSERT_VIEW = {"sqlite": _insert_view(sqlite.Insert), "postgresql": _insert_view(postgresql.Insert)}


def note_view(session: Session, *, attempt_id: uuid.UUID, position: int, now: datetime) -> None:
    """Record that a question was shown for the first time (R-10). The caller has checked whose attempt it is."""
    values = {"attempt_id": attempt_id, "position": position, "at": now}
    session.execute(_INSERT_VIEW[session.get_bind().dialect.name], values)


def submit(session: Session, *, actor: Identity, attempt_id: uuid.UUID, now: datetime, device: str | None = None) -> None:
    """Hand the officer's own attempt in and score it. A second time changes nothing; after the time it closes at its deadline."""
    shown = queries.sheet(session, actor=actor, attempt_id=attempt_id)
    if shown.due_at is None:
        return
    require_device(shown.device, device)
    in_time = shown.paused_at is not None or now <= shown.deadline
    kind = Kind.SUBMITTED if shown.is_open(now) and in_time else Kind.EXPIRED
    close(session, actor=actor if kind is Kind.SUBMITTED else SYSTEM, attempt_id=attempt_id, kind=kind, now=now)


def close_expired(session: Session, *, now: datetime, limit: int = 50) -> int:
    """Close attempts whose time and grace have passed; each ends at its own deadline. Returns how many were closed."""
    due = queries.due_attempts(session, now=now, limit=limit)
    return sum(close(session, actor=SYSTEM, attempt_id=attempt_id, kind=Kind.EXPIRED, now=now) for attempt_id in due)


def close(
    session: Session, *, actor: Identity, attempt_id: uuid.UUID, kind: Kind, now: datetime, said: Mapping[str, object] = NOTHING_SAID
) -> bool:
    """Write the closing step, the scoring and the audit entry, unless the attempt is closed already. Says whether it did.

    A paused attempt that somebody closes ends when its pause began. `said` (reason, note, question) goes into the closing step.
    """
    attempt = locked(session, attempt_id)
    head = session.get_one(AttemptHead, attempt_id)
    if head.due_at is None:
        return False
    policy = Policy(**attempt.policy)
    closed_at = timing.closing_moment(head.paused_at or now, head.due_at, policy)
    answers = rules.answers_hash(queries.answers_of(session, attempt_id=attempt_id))
    payload = {"closed_at": closed_at.isoformat(timespec="milliseconds"), "answers": answers, **said}
    last = append(session, actor=actor, attempt_id=attempt_id, kind=kind, payload=payload, now=now)
    head.due_at, head.paused_at = None, None
    lockdown.end(session, attempt_id=attempt_id)
    found = releasing.settle(session, attempt=attempt, cause="closed", closed_at=closed_at, now=now)
    outcome = {"score": found.score, "passed": found.passed} if found else {"waits": "for the marks of written answers"}
    audit.record(
        session,
        actor=actor,
        action=queries.CLOSING_ACTIONS[kind],
        object_type="attempt",
        object_id=attempt.id,
        agency_id=attempt.agency_id,
        reason=f"{said['reason']}: {said['note']}" if said else None,
        details=outcome | {"answers": answers, "head": last.hash} | ({"question": said["question"]} if said else {}),
        now=now,
    )
    return True


def locked(session: Session, attempt_id: uuid.UUID) -> Attempt:
    """The attempt, locked where the database can: whoever acts on it next sees what was done."""
    return session.scalars(select(Attempt).where(Attempt.id == attempt_id).with_for_update()).one()


def append(session: Session, *, actor: Identity, attempt_id: uuid.UUID, kind: Kind, payload: Mapping[str, object], now: datetime) -> Entry:
    """Add a step that is not an answer. The caller has locked the attempt."""
    last = queries.last_step(session, attempt_id=attempt_id)
    entry = rules.chained(after=queries.entry_of(last), kind=kind, at=now, actor=str(actor.user_id or ""), payload=payload)
    add_step(session, attempt_id=attempt_id, entry=entry)
    return entry


def rebuilt(session: Session, *, attempt_id: uuid.UUID) -> dict[int, AnswerState]:
    """The projection of answers as its steps give it: equal to the stored one, or the projection is wrong."""
    return dict(rules.fold(queries.entries(session, attempt_id=attempt_id)).answers)
