"""The report of a sitting as it stands: what its closing freezes, and what a proctor reads before closing it."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer, User
from lms.accounts.rules import Identity
from lms.enrollments.models import Enrollment
from lms.exams import messages
from lms.exams.models import Attempt, AttemptHead, ExamResult
from lms.exams.rules import AttemptState
from lms.proctoring import console_queries, incident_queries, rules
from lms.proctoring.console_queries import Card, Ground
from lms.proctoring.models import ActDecision, ActRequest, Incident, SittingAct, SittingClosing
from lms.proctoring.rules import ActKind
from lms.proctoring.timeline_rules import spoken
from lms.sittings import queries as sittings
from lms.sittings.models import IdentityCheck, SittingProctor

Report = dict[str, Any]
MOST_ACTS = 1000


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act of a proctor in a sitting: what, to whom, why, and whom it could not be done to."""

    id: uuid.UUID
    at: datetime
    who: str
    kind: str
    reason: str
    note: str
    told: Mapping[str, Any]
    outcomes: tuple[Mapping[str, Any], ...]
    acknowledged: int = 0
    """Of a message: by how many officers."""

    @property
    def label(self) -> str:
        """What was done, in words."""
        return ActKind(self.kind).label

    @property
    def done_to(self) -> str:
        """The names of those to whom it was done."""
        return ", ".join(sorted(one["name"] for one in self.outcomes if one["done"]))

    @property
    def count(self) -> int:
        """To how many officers it was done."""
        return sum(bool(one["done"]) for one in self.outcomes)


def acts(session: Session, *, sitting_id: uuid.UUID, most: int = MOST_ACTS) -> list[ActRow]:
    """The acts of a sitting, the newest first, with how many read each message. Two statements."""
    asked = (
        select(SittingAct, User.name)
        .join(User, User.id == SittingAct.done_by)
        .where(SittingAct.sitting_id == sitting_id)
        .order_by(SittingAct.at.desc(), SittingAct.id)
        .limit(most)
    )
    rows = session.execute(asked).all()
    sent = [one["attempt"] for act, _ in rows if act.kind == ActKind.MESSAGE for one in act.outcomes if one["done"]]
    read = messages.history(session, attempt_ids=[uuid.UUID(one) for one in sorted(set(sent))]) if sent else []
    return [
        ActRow(act.id, act.at, name, act.kind, act.reason, act.note, act.told, tuple(act.outcomes), _acknowledged(act, read))
        for act, name in rows
    ]


def _acknowledged(act: SittingAct, read: Iterable[messages.MessageRow]) -> int:
    if act.kind != ActKind.MESSAGE:
        return 0
    to = {one["attempt"] for one in act.outcomes if one["done"]}
    return sum(one.acknowledged_at is not None and one.at == act.at and str(one.attempt_id) in to for one in read)


def closing(session: Session, *, sitting_id: uuid.UUID) -> tuple[Report, datetime] | None:
    """The report of a closed sitting, and when it was closed; None while it is open. One statement."""
    found = session.get(SittingClosing, sitting_id)
    return None if found is None else (found.report, found.at)


def recorded_after(session: Session, *, sitting_id: uuid.UUID, since: datetime) -> int:
    """How many incidents of a closed sitting were written down after its report."""
    asked = select(func.count()).select_from(Incident).where(Incident.sitting_id == sitting_id, Incident.recorded_at > since)
    return session.scalar(asked) or 0


def report(session: Session, *, actor: Identity, ground: Ground, now: datetime) -> Report:
    """Everything that a report says but the proctor's own words. Ten statements."""
    room = console_queries.room(session, actor=actor, sitting_id=ground.sitting_id, now=now)
    found = states_of(session, ground.sitting_id)
    return {
        "exam": ground.exam_title,
        "class": ground.class_title,
        "mode": ground.mode,
        "place": ground.place,
        "zone": ground.zone,
        "opens_at": iso(ground.opens_at),
        "closes_at": iso(ground.closes_at),
        "proctors": proctor_names(session, ground.sitting_id),
        "officers": _officers(session, ground.sitting_id, room.cards, found),
        "incidents": _incident_lines(incident_queries.incidents(session, sitting_id=ground.sitting_id)),
        "acts": [_act_line(one) for one in reversed(acts(session, sitting_id=ground.sitting_id))],
        "requests": _request_lines(session, ground.sitting_id),
    }


def iso(moment: datetime | None) -> str:
    """A moment as the report keeps it; empty for none."""
    return moment.isoformat(timespec="milliseconds") if moment else ""


def moment_of(kept: str) -> datetime | None:
    """A moment as the report kept it."""
    return datetime.fromisoformat(kept) if kept else None


def states_of(session: Session, sitting_id: uuid.UUID) -> dict[uuid.UUID, AttemptState]:
    """What the attempts of a sitting add up to, without their answers. One statement."""
    return {attempt_id: state for attempt_id, (state, *_) in console_queries.states(session, sitting_id).items()}


def proctor_names(session: Session, sitting_id: uuid.UUID) -> list[str]:
    """Those named to proctor the sitting at this time."""
    asked = (
        select(User.name)
        .join(SittingProctor, SittingProctor.user_id == User.id)
        .where(SittingProctor.sitting_id == sitting_id, sittings.named())
    )
    return list(session.scalars(asked.distinct().order_by(User.name)))


def _officers(
    session: Session, sitting_id: uuid.UUID, cards: Iterable[Card], found: Mapping[uuid.UUID, AttemptState]
) -> list[dict[str, Any]]:
    checks = select(IdentityCheck.enrollment_id, IdentityCheck.identity_document, IdentityCheck.at).where(
        IdentityCheck.sitting_id == sitting_id
    )
    checked = {row[0]: (row[1], row[2]) for row in session.execute(checks.order_by(IdentityCheck.number))}
    times = select(Attempt.id, Attempt.created_at, ExamResult.closed_at).outerjoin(ExamResult, ExamResult.attempt_id == Attempt.id)
    began = {row[0]: (row[1], row[2]) for row in session.execute(times.where(Attempt.sitting_id == sitting_id))}
    lines = []
    for card in cards:
        document, at = checked.get(card.enrollment_id, ("", None))
        started, closed = began.get(card.attempt_id or card.enrollment_id, (None, None))
        state = found.get(card.attempt_id or card.enrollment_id, AttemptState())
        lines.append(
            {
                "name": card.officer_name,
                "agency": card.agency_name,
                "place": str(card.place),
                "document": document,
                "checked_at": iso(at),
                "began_at": iso(started),
                "ended_at": iso(closed),
                "answered": card.answered,
                "questions": card.questions,
                "accommodation": f"{card.time_factor} times the time" if card.time_factor else "",
                "pauses": len(state.pauses),
                "given": spoken(state.extended) if state.extended > timedelta() else "",
                "signals": [f"{rules.SAID.get(name, name)}: {count}" for name, count in sorted(card.signals.counts.items())],
            }
        )
    return lines


def _incident_lines(found: Iterable[incident_queries.IncidentRow]) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind,
            "what": one.what,
            "whom": one.names,
            "questions": [question for *_, question, _name in one.officers if question],
            "happened_at": iso(one.happened_at),
            "recorded_at": iso(one.recorded_at),
            "recorded_by": one.recorded_by,
            "ruling": one.ruling,
            "note": one.note,
            "ruled_by": one.ruled_by,
        }
        for one in reversed(list(found))
    ]


def _act_line(one: ActRow) -> dict[str, Any]:
    line = {"at": iso(one.at), "who": one.who, "what": one.label, "kind": one.kind, "reason": one.reason, "note": one.note}
    read = {"acknowledged": one.acknowledged} if one.kind == ActKind.MESSAGE else {}
    return line | {"told": dict(one.told), "to": one.done_to, "count": one.count} | read


def _request_lines(session: Session, sitting_id: uuid.UUID) -> list[dict[str, Any]]:
    first, second = User.__table__.alias(), User.__table__.alias()
    asked = (
        select(ActRequest.asked, ActRequest.minutes, ActRequest.at, first.c.name, Officer.name, ActDecision.outcome, second.c.name)
        .join(Attempt, Attempt.id == ActRequest.attempt_id)
        .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .join(first, first.c.id == ActRequest.requested_by)
        .outerjoin(ActDecision, ActDecision.request_id == ActRequest.id)
        .outerjoin(second, second.c.id == ActDecision.decided_by)
        .where(Attempt.sitting_id == sitting_id)
        .order_by(ActRequest.at, ActRequest.id)
    )
    return [
        {
            "asked": what,
            "minutes": minutes,
            "at": iso(at),
            "by": by,
            "whom": officer,
            "outcome": outcome or "waiting",
            "decided_by": decider or "",
        }
        for what, minutes, at, by, officer, outcome, decider in session.execute(asked)
    ]


def open_attempts(session: Session, *, sitting_id: uuid.UUID) -> list[tuple[uuid.UUID, str, datetime | None, datetime | None]]:
    """(attempt, officer, due, paused) of each attempt of a sitting that nobody has closed. One statement."""
    asked = (
        select(Attempt.id, Officer.name, AttemptHead.due_at, AttemptHead.paused_at)
        .join(AttemptHead, AttemptHead.attempt_id == Attempt.id)
        .join(Officer, Officer.id == Attempt.officer_id)
        .where(Attempt.sitting_id == sitting_id, AttemptHead.due_at.is_not(None))
        .order_by(Officer.name)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(asked)]
