"""Everything that is recorded of an attempt, as plain data for its bundle. It holds exam content (R-10)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer, User
from lms.agencies.models import Agency
from lms.appeals.models import Appeal, AppealMove, Challenge, ChallengeDecision
from lms.audit.models import AuditEntry
from lms.enrollments.models import Enrollment, Offering
from lms.evidence import sitting_queries
from lms.exams import corrections, queries
from lms.exams.correction_rules import CorrectionKind
from lms.exams.models import (
    Admission,
    AdmissionUse,
    Attempt,
    CorrectionEffect,
    ExamResult,
    ExamScoring,
    Paper,
    PaperKey,
    PaperQuestion,
    QuestionView,
    Remediation,
)
from lms.exams.rules import Entry, chain_holds
from lms.kernel.errors import NotFound
from lms.proctoring.models import SittingAct
from lms.questions.models import QuestionCorrection

OBJECT: Final = "evidence"
MOST: Final = 50


class NoSuchAttempt(NotFound):
    """There is no such attempt."""


@dataclass(frozen=True, slots=True)
class Head:
    """Whose attempt it is."""

    attempt_id: uuid.UUID
    officer: str
    agency: str
    agency_id: uuid.UUID
    class_title: str
    zone: str
    exam: str
    ordinal: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """Everything recorded of an attempt. `data` is what the bundle's JSON says of it; `people` names those in it by their ids."""

    head: Head
    entries: tuple[Entry, ...]
    questions: tuple[dict[str, Any], ...]
    people: Mapping[str, str]
    data: dict[str, Any]


def head(session: Session, *, attempt_id: uuid.UUID) -> Head:
    """Whose attempt it is. Raises NoSuchAttempt. One statement."""
    row = session.execute(
        select(Attempt, Officer.name, Agency.name, Offering.title, Offering.time_zone)
        .join(Officer, Officer.id == Attempt.officer_id)
        .join(Agency, Agency.id == Attempt.agency_id)
        .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .where(Attempt.id == attempt_id)
    ).first()
    if row is None:
        raise NoSuchAttempt("There is no such exam.")
    attempt, officer, agency, title, zone = row
    policy = attempt.policy
    return Head(attempt.id, officer, agency, attempt.agency_id, title, zone, policy["title"], attempt.ordinal, attempt.created_at)


@dataclass(frozen=True, slots=True)
class TakenOut:
    """That somebody took the evidence out: when, with the key or not, and the SHA-256 of what was signed."""

    at: datetime
    who: str
    with_key: bool
    digest: str
    reason: str


def taken_out(session: Session, *, attempt_id: uuid.UUID) -> list[TakenOut]:
    """Who took the evidence of an attempt out, the newest first. One statement."""
    asked = select(AuditEntry, User.name).outerjoin(User, User.id == AuditEntry.actor_id)
    asked = asked.where(AuditEntry.object_type == OBJECT, AuditEntry.object_id == str(attempt_id))
    rows = session.execute(asked.order_by(AuditEntry.at.desc(), AuditEntry.id).limit(MOST))
    return [
        TakenOut(entry.at, name or "", bool(entry.details["key"]), str(entry.details["manifest"]), entry.reason or "")
        for entry, name in rows
    ]


def record(session: Session, *, attempt_id: uuid.UUID) -> Record:
    """Everything recorded of an attempt, the key included. Raises NoSuchAttempt."""
    shown, attempt = head(session, attempt_id=attempt_id), session.get_one(Attempt, attempt_id)
    entries = tuple(queries.entries(session, attempt_id=attempt_id))
    data = {
        "attempt": _attempt(session, shown, attempt),
        "chain_holds": chain_holds(entries),
        "steps": [_step(entry) for entry in entries],
        **{name: _rows(session, asked) for name, asked in (_parts(attempt_id) | sitting_queries.around(attempt)).items()},
        "proctor_acts": [_act(*row) for row in sitting_queries.acts_on(session, attempt)],
    }
    return Record(shown, entries, tuple(_questions(session, attempt)), _people(session, data), data)


def _attempt(session: Session, shown: Head, attempt: Attempt) -> dict[str, Any]:
    paper = session.get_one(Paper, attempt.paper_hash)
    result = session.get(ExamResult, attempt.id)
    return {
        "id": str(attempt.id),
        "officer": shown.officer,
        "agency": shown.agency,
        "class": shown.class_title,
        "time_zone": shown.zone,
        "exam": attempt.exam_id,
        "title": shown.exam,
        "ordinal": attempt.ordinal,
        "started_at": told(attempt.created_at),
        "policy": attempt.policy,
        "paper": {"hash": paper.hash, "bank": paper.bank_hash, "specification": paper.specification, "drawn_at": told(paper.drawn_at)},
        "result": None if result is None else {"score": result.score, "passed": result.passed, "voided": result.voided},
    }


def _act(act: SittingAct, done: bool, said: str) -> dict[str, Any]:
    why = {"kind": act.kind, "reason": act.reason, "note": act.note, "told": act.told}
    return {**why, "done_by": str(act.done_by), "at": told(act.at), "done": done, "said": said}


def _step(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "kind": str(entry.kind),
        "at": told(entry.at),
        "actor": entry.actor,
        "payload": dict(entry.payload),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _questions(session: Session, attempt: Attempt) -> list[dict[str, Any]]:
    """Each question as it stood in the paper, with its key, and what counts as right since it was corrected."""
    counts = {one.position: one for one in queries.key_of(session, attempt_id=attempt.id, paper_hash=attempt.paper_hash)}
    corrected = corrections.in_force(session, attempts={attempt.id: attempt.paper_hash})[attempt.id]
    views = session.execute(select(QuestionView.position, QuestionView.at).where(QuestionView.attempt_id == attempt.id))
    seen = {row.position: row.at for row in views}
    rows = session.execute(
        select(PaperQuestion.content, PaperKey)
        .join(PaperKey, (PaperKey.paper_hash == PaperQuestion.paper_hash) & (PaperKey.position == PaperQuestion.position))
        .where(PaperQuestion.paper_hash == attempt.paper_hash)
        .order_by(PaperQuestion.position)
    )
    found = []
    for content, key in rows:
        position, now_right = key.position, counts.get(key.position)
        question = {
            "position": position,
            "revision": key.question_hash,
            "objective": key.objective,
            "shown": content,
            "first_shown_at": told(seen[position]) if position in seen else None,
            "key": key.key,
            "type": key.type,
            "points": key.points,
            "scored": key.scored,
            "counts": now_right is not None,
        }
        if now_right is not None and position in corrected and corrected[position].kind is CorrectionKind.KEY:
            question["corrected_key"] = sorted({str(now_right.key), *now_right.also})
        found.append(question)
    return found


def _parts(attempt_id: uuid.UUID) -> dict[str, sitting_queries.Asked]:
    """What else is recorded of an attempt, each by the columns that are told."""
    used = select(AdmissionUse.admission_id).where(AdmissionUse.attempt_id == attempt_id)
    return {
        "admission": select(Admission.identity_document, Admission.admitted_by, Admission.admitted_at).where(Admission.id.in_(used)),
        "scorings": select(
            ExamScoring.number,
            ExamScoring.cause,
            ExamScoring.right,
            ExamScoring.asked,
            ExamScoring.points,
            ExamScoring.out_of,
            ExamScoring.score,
            ExamScoring.recorded_score,
            ExamScoring.passed,
            ExamScoring.by_objective,
            ExamScoring.closed_at,
            ExamScoring.recorded_at,
        )
        .where(ExamScoring.attempt_id == attempt_id)
        .order_by(ExamScoring.number),
        "corrections": select(
            QuestionCorrection.question_hash,
            QuestionCorrection.kind,
            QuestionCorrection.reason,
            QuestionCorrection.recorded_by,
            QuestionCorrection.recorded_at,
            CorrectionEffect.scoring,
        )
        .join(CorrectionEffect, CorrectionEffect.correction_id == QuestionCorrection.id)
        .where(CorrectionEffect.attempt_id == attempt_id)
        .order_by(QuestionCorrection.recorded_at),
        "reviews": select(Remediation.reviewed, Remediation.minutes, Remediation.held_on, Remediation.recorded_by, Remediation.recorded_at)
        .where(Remediation.attempt_id == attempt_id)
        .order_by(Remediation.recorded_at),
        "challenges": select(
            Challenge.position,
            Challenge.claim,
            Challenge.made_at,
            Challenge.due_at,
            ChallengeDecision.outcome,
            ChallengeDecision.reason,
            ChallengeDecision.decided_by,
            ChallengeDecision.at.label("decided_at"),
        )
        .outerjoin(ChallengeDecision, ChallengeDecision.challenge_id == Challenge.id)
        .where(Challenge.attempt_id == attempt_id)
        .order_by(Challenge.made_at),
        "appeals": select(Appeal.id, Appeal.outcome, Appeal.statement, Appeal.made_by, Appeal.received_at, Appeal.due_at)
        .where(Appeal.attempt_id == attempt_id)
        .order_by(Appeal.received_at),
        "appeal_moves": select(AppealMove.appeal_id, AppealMove.state, AppealMove.reason, AppealMove.moved_by, AppealMove.at)
        .join(Appeal, Appeal.id == AppealMove.appeal_id)
        .where(Appeal.attempt_id == attempt_id)
        .order_by(AppealMove.at),
        "audit": select(AuditEntry.id, AuditEntry.at, AuditEntry.actor_id, AuditEntry.action, AuditEntry.reason, AuditEntry.details)
        .where(AuditEntry.object_type == "attempt", AuditEntry.object_id == str(attempt_id))
        .order_by(AuditEntry.at, AuditEntry.id),
    }


def _rows(session: Session, asked: sitting_queries.Asked) -> list[dict[str, Any]]:
    return [{name: plain(value) for name, value in row._mapping.items()} for row in session.execute(asked)]  # noqa: SLF001 - SQLAlchemy's public name


def plain(value: object) -> object:
    """A column's value as canonical JSON takes it."""
    if isinstance(value, datetime):
        return told(value)
    return str(value) if isinstance(value, uuid.UUID | date) else value


def told(at: datetime) -> str:
    """A moment as the bundle tells it: UTC, to the millisecond."""
    return at.isoformat(timespec="milliseconds")


PEOPLE: Final = ("actor", "actor_id", "admitted_by", "recorded_by", "decided_by", "made_by", "moved_by", *sitting_queries.PEOPLE)


def _people(session: Session, data: Mapping[str, Any]) -> dict[str, str]:
    """The names of everybody whom the record names by id. One statement."""
    lists: list[Sequence[Mapping[str, Any]]] = [value for value in data.values() if isinstance(value, list)]
    ids = {str(row[name]) for rows in lists for row in rows for name in PEOPLE if row.get(name)}
    ids |= {str(one["payload"]["confirmed_by"]) for one in data["steps"] if one["payload"].get("confirmed_by")}
    rows = session.execute(select(User.id, User.name).where(User.id.in_([uuid.UUID(one) for one in ids])))
    return {str(user_id): name for user_id, name in rows}
