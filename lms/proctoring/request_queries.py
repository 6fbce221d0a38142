"""Requests that wait for a second person, and what became of the others."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer, User
from lms.accounts.rules import Identity
from lms.enrollments.models import Enrollment, Offering
from lms.exams.models import Attempt
from lms.proctoring.models import ActDecision, ActRequest
from lms.sittings import proctors
from lms.sittings.proctor_rules import Tie, ties

PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request: what was asked for, about whom, by whom, and what became of it. `ties` are why the asker may not decide it."""

    id: uuid.UUID
    attempt_id: uuid.UUID
    officer_name: str
    exam_title: str
    class_title: str
    zone: str
    asked: str
    minutes: int
    reason: str
    note: str
    requested_by: uuid.UUID
    requested_by_name: str
    at: datetime
    outcome: str
    decided_by_name: str
    decision_note: str
    decided_at: datetime | None
    ties: tuple[Tie, ...] = ()

    def may_be_confirmed_by(self, who: uuid.UUID | None) -> bool:
        """Whether this person may be the second one."""
        return not self.outcome and not self.ties and who != self.requested_by


def requests(session: Session, *, actor: Identity, page: int, now: datetime) -> tuple[list[RequestRow], int]:
    """Requests, those that wait first, and how many there are. Five statements."""
    count = session.scalar(select(func.count()).select_from(ActRequest)) or 0
    return _rows(session, actor, now, limit=PER_PAGE, offset=PER_PAGE * (page - 1)), count


def request(session: Session, *, actor: Identity, request_id: uuid.UUID, now: datetime) -> RequestRow | None:
    """One request. Four statements."""
    return next(iter(_rows(session, actor, now, ActRequest.id == request_id)), None)


def of_attempt(session: Session, *, actor: Identity, attempt_id: uuid.UUID, now: datetime) -> list[RequestRow]:
    """The requests about one attempt. Four statements."""
    return _rows(session, actor, now, ActRequest.attempt_id == attempt_id)


def waiting_count(session: Session, *, actor: Identity) -> int:
    """How many requests somebody else than this person made and nobody has decided."""
    undecided = ~select(ActDecision.request_id).where(ActDecision.request_id == ActRequest.id).exists()
    return session.scalar(select(func.count()).select_from(ActRequest).where(undecided, ActRequest.requested_by != actor.user_id)) or 0


def _rows(
    session: Session, actor: Identity, now: datetime, *where: ColumnElement[bool], limit: int = PER_PAGE, offset: int = 0
) -> list[RequestRow]:
    first, second = User.__table__.alias(), User.__table__.alias()
    asked = (
        select(
            ActRequest,
            Officer.name,
            Attempt.policy,
            Offering.title,
            Offering.time_zone,
            first.c.name,
            ActDecision,
            second.c.name,
            *proctors.OFFICER_SIDE,
        )
        .join(Attempt, Attempt.id == ActRequest.attempt_id)
        .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(Officer, Officer.id == Attempt.officer_id)
        .join(first, first.c.id == ActRequest.requested_by)
        .outerjoin(ActDecision, ActDecision.request_id == ActRequest.id)
        .outerjoin(second, second.c.id == ActDecision.decided_by)
        .where(*where)
        .order_by(ActDecision.request_id.is_not(None), ActRequest.at.desc(), ActRequest.id)
        .limit(limit)
        .offset(offset)
    )
    side = proctors.proctor_side(session, actor=actor, now=now)
    return [_row(row, ties(side, proctors.officer_side(row[8:]))) for row in session.execute(asked)]


def _row(row: Any, found: tuple[Tie, ...]) -> RequestRow:
    one, officer, policy, class_title, zone, asker, decision, decider = row[:8]
    return RequestRow(
        id=one.id,
        attempt_id=one.attempt_id,
        officer_name=officer,
        exam_title=policy["title"],
        class_title=class_title,
        zone=zone,
        asked=one.asked,
        minutes=one.minutes,
        reason=one.reason,
        note=one.note,
        requested_by=one.requested_by,
        requested_by_name=asker,
        at=one.at,
        outcome=decision.outcome if decision else "",
        decided_by_name=decider or "",
        decision_note=decision.note if decision else "",
        decided_at=decision.at if decision else None,
        ties=found,
    )
