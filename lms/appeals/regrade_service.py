"""Having exams scored again: one person asks, another confirms, and both see the same picture (R-08)."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies.telling import Facts, officer_reader, tell
from lms.appeals import regrade_queries as queries
from lms.appeals import regrade_rules as rules
from lms.appeals.models import RegradeDecision, RegradeRequest
from lms.appeals.regrade_queries import Change, DryRun, NoSuchRequest
from lms.appeals.regrade_rules import Line
from lms.audit import service as audit
from lms.exams import corrections, scoring
from lms.exams.models import Attempt, ExamResult, PaperKey
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.kernel.ids import new_id
from lms.notices.rules import Kind
from lms.questions import security
from lms.questions.models import QuestionCorrection


class NotCorrectable(Invalid):
    """The question cannot be corrected so."""


class OwnRequest(Forbidden):
    """Scoring again takes two persons."""


class PictureChanged(Conflict):
    """What it would do is no longer what was seen."""


def ask(
    session: Session, *, actor: Identity, change: Change, digest: str, reason: str, now: datetime, challenge_id: uuid.UUID | None = None
) -> uuid.UUID:
    """Ask for a question to be corrected and for every result that rests on it to be scored again. Returns the request.

    `digest` names the picture that the person saw. An earlier request about the question that still waits is replaced.
    """
    security.require(session, actor=actor, now=now)
    if not reason.strip() or actor.user_id is None:
        raise Invalid("Say why: the officers concerned and a hearing will ask.")
    _refuse_fault(session, change)
    if queries.dry_run(session, change).digest != digest:
        raise PictureChanged("The picture has changed since you looked. Look at it again below, and ask then.")
    _replace(session, actor, change, now)
    made = RegradeRequest(
        id=new_id(),
        question_hash=change.question_hash,
        kind=change.kind,
        accepted=list(change.accepted),
        hold_harmless=change.hold_harmless,
        reason=reason.strip(),
        digest=digest,
        challenge_id=challenge_id,
        requested_by=actor.user_id,
        at=now,
    )
    session.add(made)
    session.flush()
    _tell(session, actor, "asked for exams to be scored again", made, now, hold_harmless=change.hold_harmless)
    return made.id


def _refuse_fault(session: Session, change: Change) -> None:
    seen = queries.question(session, question_hash=change.question_hash)
    fault = rules.fault_of_correction(seen.state, change.kind, change.accepted)
    if fault:
        raise NotCorrectable(fault)


def _replace(session: Session, actor: Identity, change: Change, now: datetime) -> None:
    decided = select(RegradeDecision.request_id).where(RegradeDecision.request_id == RegradeRequest.id)
    open_ones = select(RegradeRequest).where(RegradeRequest.question_hash == change.question_hash, ~decided.exists())
    for earlier in session.scalars(open_ones.with_for_update()).all():
        _decide(session, actor, earlier, None, "A newer request about the question took its place.", now)


def _decide(
    session: Session, actor: Identity, made: RegradeRequest, correction: QuestionCorrection | None, reason: str, now: datetime
) -> None:
    session.add(
        RegradeDecision(
            request_id=made.id, correction_id=correction.id if correction else None, reason=reason, decided_by=actor.user_id, at=now
        )
    )


def _tell(session: Session, actor: Identity, action: str, made: RegradeRequest, now: datetime, **details: object) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="regrade_request",
        object_id=made.id,
        reason=made.reason,
        details={"question": made.question_hash, "kind": made.kind, **details},
        now=now,
    )


def confirm(session: Session, *, actor: Identity, request_id: uuid.UUID, now: datetime) -> DryRun:
    """Carry out what another person asked for: score every result that rests on the question again. Returns what that did.

    The correction counts from now on. Refused when the picture is no longer the one that was asked for.
    """
    security.require(session, actor=actor, now=now)
    made = _open(session, actor, request_id)
    if made.requested_by == actor.user_id:
        raise OwnRequest("You asked for this. Another person must confirm it.")
    change = queries.request(session, request_id=request_id).change
    _refuse_fault(session, change)
    _lock(session, change.question_hash)
    found = queries.dry_run(session, change)
    if found.fault:
        raise NotCorrectable(found.fault)
    if found.digest != made.digest:
        raise PictureChanged("Results have changed since this was asked for. Look at the new picture below; whoever asks must ask again.")
    _apply(session, actor, made, found, now)
    return found


def _open(session: Session, actor: Identity, request_id: uuid.UUID) -> RegradeRequest:
    found = session.scalar(select(RegradeRequest).where(RegradeRequest.id == request_id).with_for_update())
    if found is None or actor.user_id is None or session.get(RegradeDecision, request_id) is not None:
        raise NoSuchRequest("There is no such request waiting.")
    return found


def _lock(session: Session, question_hash: str) -> None:
    """On PostgreSQL an attempt that is being closed is waited for: then it is in the picture, or closed by the correction."""
    held = select(PaperKey.paper_hash).where(PaperKey.question_hash == question_hash)
    session.execute(select(Attempt.id).where(Attempt.paper_hash.in_(held)).order_by(Attempt.id).with_for_update())


def _apply(session: Session, actor: Identity, made: RegradeRequest, found: DryRun, now: datetime) -> None:
    change = queries.request(session, request_id=made.id).change
    correction = corrections.record(
        session,
        question_hash=change.question_hash,
        kind=change.kind,
        accepted=change.accepted,
        reason=made.reason,
        recorded_by=actor.user_id,
        now=now,
    )
    _decide(session, actor, made, correction, "", now)
    counts = {"touched": len(found.lines), "gained": found.gained, "lost": found.lost, "standing": found.standing}
    _tell(session, actor, "confirmed that exams are scored again", made, now, correction=str(correction.id), **counts)
    for line, attempt in _in_order(session, found.lines):
        _score_again(session, actor, attempt, line, correction, now)


def _in_order(session: Session, lines: Sequence[Line]) -> list[tuple[Line, Attempt]]:
    """Earlier attempts first: what is recorded of a later one rests on them."""
    pairs = [(line, session.get_one(Attempt, line.attempt_id)) for line in lines]
    return sorted(pairs, key=lambda pair: (pair[1].ordinal, str(pair[1].id)))


def _score_again(session: Session, actor: Identity, attempt: Attempt, line: Line, correction: QuestionCorrection, now: datetime) -> None:
    if line.stands:
        corrections.spare(session, correction_id=correction.id, attempt_id=attempt.id)
    elif line.holds:
        scoring.rescored(session, attempt=attempt, correction=correction, now=now)
    if line.changes and (line.stands or not line.holds):
        scoring.follow(session, attempt=attempt, now=now)
    result = session.get_one(ExamResult, attempt.id)
    if (result.points, result.out_of, result.passed) != (line.after.points, line.after.out_of, line.after.passed):
        raise PictureChanged("A result came out otherwise than the picture showed. Nothing was changed: look at it again.")
    if line.changes:
        _tell_officer(session, actor, attempt, line, correction, now)


def _tell_officer(session: Session, actor: Identity, attempt: Attempt, line: Line, correction: QuestionCorrection, now: datetime) -> None:
    details = {"correction": str(correction.id), "before": line.before.score, "after": line.after.score, "passed": line.after.passed}
    audit.record(
        session,
        actor=actor,
        action="scored an exam again",
        object_type="attempt",
        object_id=attempt.id,
        agency_id=attempt.agency_id,
        reason=correction.reason,
        details=details,
        now=now,
    )
    reader = officer_reader(session, officer_id=attempt.officer_id, agency_id=attempt.agency_id)
    facts: Facts = {"exam": str(attempt.policy["title"]), "when": now}
    key, path = f"rescored:{correction.id}:{attempt.id}", f"/attempts/{attempt.id}/result"
    tell(session, reader=reader, kind=Kind.RESCORED, key=key, facts=facts, path=path, now=now)


def decline(session: Session, *, actor: Identity, request_id: uuid.UUID, reason: str, now: datetime) -> None:
    """Let a request rest for good. Whoever made it may take it back so."""
    made = _open(session, actor, request_id)
    if not reason.strip():
        raise Invalid("Say why.")
    _decide(session, actor, made, None, reason.strip(), now)
    _tell(session, actor, "declined to have exams scored again", made, now, note=reason.strip())
