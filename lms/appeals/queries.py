"""Challenges and appeals as officers, coordinators and the program see them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Officer, User
from lms.accounts.permissions import Permission
from lms.accounts.rules import Identity
from lms.agencies.models import Agency
from lms.agencies.queries import agency_of
from lms.appeals import rules
from lms.appeals.models import Appeal, AppealMove, Challenge, ChallengeDecision, RegradeDecision, RegradeRequest
from lms.appeals.rules import Outcome, State
from lms.enrollments.models import Enrollment, Offering
from lms.exams import planning
from lms.exams.models import Attempt, ExamResult, PaperKey, Step
from lms.exams.rules import CLOSING, Kind, Policy
from lms.kernel.errors import NotFound

PER_PAGE: Final = 50
MOST: Final = 100
"""How many rows of an agency or of one attempt a page shows."""


class NoSuchExam(NotFound):
    """There is no such closed exam, or it is not this person's."""


class NoSuchChallenge(NotFound):
    """There is no such challenge."""


class NoSuchAppeal(NotFound):
    """There is no such appeal, or it is not this person's."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A closed attempt of an officer, as far as challenges and appeals go: never a question."""

    attempt_id: uuid.UUID
    enrollment_id: uuid.UUID
    officer_id: uuid.UUID
    agency_id: uuid.UUID
    officer: str
    agency: str
    zone: str
    class_title: str
    exam: str
    exam_id: str
    ordinal: int
    questions: int
    policy: Policy
    paper_hash: str
    passed: bool
    voided: bool
    closed_at: datetime
    told_at: datetime


def own_agencies(identity: Identity) -> ColumnElement[bool]:
    """That an attempt's officer serves in an agency that the person coordinates."""
    return agency_of(Attempt.officer_id).in_(identity.agency_ids) if identity.agency_ids else false()


def seen_by(identity: Identity) -> ColumnElement[bool]:
    """That an attempt is one whose appeal the person may see: one's own, one's agency's, everybody's for who rules on exams."""
    if identity.may(Permission.EXAM_RULE):
        return true()
    own = Attempt.officer_id == identity.officer_id if identity.officer_id else false()
    return or_(own, own_agencies(identity))


def ended(session: Session, *, identity: Identity, attempt_id: uuid.UUID) -> Ended:
    """A closed attempt that is the officer's own, or of the coordinator's agency. Raises NoSuchExam. One statement."""
    own = Attempt.officer_id == identity.officer_id if identity.officer_id else false()
    row = session.execute(_ended().where(Attempt.id == attempt_id, or_(own, own_agencies(identity)))).first()
    if row is None:
        raise NoSuchExam("There is no such closed exam.")
    return _ended_row(row)


def own_ended(session: Session, *, identity: Identity, attempt_id: uuid.UUID) -> Ended:
    """A closed attempt of the officer's own. Raises NoSuchExam. One statement."""
    row = session.execute(_ended().where(Attempt.id == attempt_id, Attempt.officer_id == identity.officer_id)).first()
    if row is None:
        raise NoSuchExam("There is no such closed exam.")
    return _ended_row(row)


def ended_of_agency(session: Session, *, identity: Identity, agency_id: uuid.UUID, page: int) -> list[Ended]:
    """The closed attempts that were not passed, of officers who serve in an agency that the person coordinates, the newest first."""
    asked = _ended().where(own_agencies(identity), agency_of(Attempt.officer_id) == agency_id, ExamResult.passed.is_(False))
    asked = asked.order_by(ExamResult.closed_at.desc(), Attempt.id).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return [_ended_row(row) for row in session.execute(asked)]


def ended_count(session: Session, *, identity: Identity, agency_id: uuid.UUID) -> int:
    """How many there are."""
    asked = select(func.count()).select_from(Attempt).join(ExamResult, ExamResult.attempt_id == Attempt.id)
    asked = asked.where(own_agencies(identity), agency_of(Attempt.officer_id) == agency_id, ExamResult.passed.is_(False))
    return session.scalar(asked) or 0


def _ended() -> Any:
    told = select(func.max(Step.at)).where(Step.attempt_id == Attempt.id).scalar_subquery()
    return (
        select(Attempt, ExamResult, Officer.name, Agency.name, Agency.time_zone, Offering.title, told)
        .join(ExamResult, ExamResult.attempt_id == Attempt.id)
        .join(Officer, Officer.id == Attempt.officer_id)
        .join(Agency, Agency.id == Attempt.agency_id)
        .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
    )


def _ended_row(row: Any) -> Ended:
    attempt, result, officer, agency, zone, title, last_step = row
    policy = Policy(**attempt.policy)
    return Ended(
        attempt_id=attempt.id,
        enrollment_id=attempt.enrollment_id,
        officer_id=attempt.officer_id,
        agency_id=attempt.agency_id,
        officer=officer,
        agency=agency,
        zone=zone,
        class_title=title,
        exam=policy.title,
        exam_id=attempt.exam_id,
        ordinal=attempt.ordinal,
        questions=policy.questions,
        policy=policy,
        paper_hash=attempt.paper_hash,
        passed=result.passed,
        voided=result.voided,
        closed_at=result.closed_at,
        told_at=max(result.recorded_at, last_step or result.recorded_at),
    )


def appealable(session: Session, *, found: Ended) -> tuple[Outcome, ...]:
    """What of a closed attempt may be appealed today. Two statements."""
    closings = select(Step.kind).where(Step.attempt_id == found.attempt_id, Step.kind.in_(CLOSING))
    kind = session.scalars(closings.order_by(Step.number.desc()).limit(1)).first()
    tries = planning.all_tries(session, enrollment_id=found.enrollment_id)
    standing = planning.standing_of(tries, exam_id=found.exam_id, terms=found.policy.terms)
    return rules.appealable(passed=found.passed, voided=found.voided, closed_by=Kind(kind) if kind else None, standing=standing)


# --- Challenges -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChallengeRow:
    """A challenge and what came of it. `ruling` is empty while it waits. `rescored`: its question was corrected since."""

    id: uuid.UUID
    attempt_id: uuid.UUID
    position: int
    claim: str
    officer: str
    agency: str
    zone: str
    exam: str
    class_title: str
    made_at: datetime
    due_at: datetime
    ruling: str
    reason: str
    decided_at: datetime | None
    decider: str
    question_hash: str
    rescored: bool

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been decided by now."""
        return rules.is_overdue(self.due_at, now=now, decided=bool(self.ruling))


def challenges(session: Session, *, page: int) -> list[ChallengeRow]:
    """Every challenge: those that wait first, by when they are due."""
    waits = ChallengeDecision.challenge_id.is_(None).desc()
    asked = _challenges().order_by(waits, Challenge.due_at, Challenge.id).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    return [_challenge(row) for row in session.execute(asked)]


def challenge_count(session: Session) -> int:
    """How many challenges there are."""
    return session.scalar(select(func.count()).select_from(Challenge)) or 0


def challenges_of(session: Session, *, attempt_id: uuid.UUID) -> list[ChallengeRow]:
    """The challenges of one attempt, in order. The caller has checked whose it is."""
    asked = _challenges().where(Challenge.attempt_id == attempt_id).order_by(Challenge.made_at, Challenge.id)
    return [_challenge(row) for row in session.execute(asked.limit(MOST))]


def challenge(session: Session, *, challenge_id: uuid.UUID) -> ChallengeRow:
    """One challenge. Raises NoSuchChallenge."""
    row = session.execute(_challenges().where(Challenge.id == challenge_id)).first()
    if row is None:
        raise NoSuchChallenge("There is no such challenge.")
    return _challenge(row)


def challenges_waiting(session: Session, *, now: datetime) -> tuple[int, int]:
    """How many challenges wait for a decision, and how many of them are overdue."""
    decided = select(ChallengeDecision.challenge_id).where(ChallengeDecision.challenge_id == Challenge.id)
    overdue = func.count().filter(Challenge.due_at < now)
    row = session.execute(select(func.count(), overdue).select_from(Challenge).where(~decided.exists())).one()
    return row[0], row[1]


def _challenges() -> Any:
    decider = aliased(User)
    applied = select(RegradeDecision.request_id).join(RegradeRequest, RegradeRequest.id == RegradeDecision.request_id)
    applied = applied.where(RegradeRequest.challenge_id == Challenge.id, RegradeDecision.correction_id.is_not(None))
    return (
        select(
            Challenge,
            ChallengeDecision,
            decider.name,
            Attempt.policy,
            PaperKey.question_hash,
            Officer.name,
            Agency.name,
            Agency.time_zone,
            Offering.title,
            applied.exists(),
        )
        .join(Attempt, Attempt.id == Challenge.attempt_id)
        .join(PaperKey, and_(PaperKey.paper_hash == Attempt.paper_hash, PaperKey.position == Challenge.position))
        .join(Officer, Officer.id == Attempt.officer_id)
        .join(Agency, Agency.id == Attempt.agency_id)
        .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .outerjoin(ChallengeDecision, ChallengeDecision.challenge_id == Challenge.id)
        .outerjoin(decider, decider.id == ChallengeDecision.decided_by)
    )


def _challenge(row: Any) -> ChallengeRow:
    made, decision, decider, policy, question_hash, officer, agency, zone, title, rescored = row
    return ChallengeRow(
        id=made.id,
        attempt_id=made.attempt_id,
        position=made.position,
        claim=made.claim,
        officer=officer,
        agency=agency,
        zone=zone,
        exam=policy["title"],
        class_title=title,
        made_at=made.made_at,
        due_at=made.due_at,
        ruling=decision.outcome if decision else "",
        reason=decision.reason if decision else "",
        decided_at=decision.at if decision else None,
        decider=decider or "",
        question_hash=question_hash,
        rescored=rescored,
    )


# --- Appeals --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One move of an appeal."""

    state: State
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal and where it stands."""

    id: uuid.UUID
    attempt_id: uuid.UUID
    outcome: Outcome
    statement: str
    officer: str
    agency: str
    agency_id: uuid.UUID
    officer_id: uuid.UUID
    zone: str
    exam: str
    class_title: str
    received_at: datetime
    due_at: datetime
    state: State
    sender: str

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been decided by now."""
        return rules.is_overdue(self.due_at, now=now, decided=self.state in rules.DECIDED)


def appeals(session: Session, *, page: int) -> list[AppealRow]:
    """Every appeal: those that are not decided first, by when they are due."""
    decided = _newest_state().in_(rules.DECIDED)
    asked = _appeals().order_by(func.coalesce(decided, false()), Appeal.due_at, Appeal.id)
    return [_appeal(row) for row in session.execute(asked.limit(PER_PAGE).offset((page - 1) * PER_PAGE))]


def appeal_count(session: Session) -> int:
    """How many appeals there are."""
    return session.scalar(select(func.count()).select_from(Appeal)) or 0


def appeals_of(session: Session, *, attempt_ids: Sequence[uuid.UUID]) -> list[AppealRow]:
    """The appeals about these attempts, in order. The caller has checked whose they are."""
    asked = _appeals().where(Appeal.attempt_id.in_(attempt_ids)).order_by(Appeal.received_at, Appeal.id)
    return [_appeal(row) for row in session.execute(asked.limit(MOST))]


def appeal(session: Session, *, identity: Identity, appeal_id: uuid.UUID) -> AppealRow:
    """One appeal that the person may see. Raises NoSuchAppeal."""
    row = session.execute(_appeals().where(Appeal.id == appeal_id, seen_by(identity))).first()
    if row is None:
        raise NoSuchAppeal("There is no such appeal.")
    return _appeal(row)


def moves(session: Session, *, appeal_id: uuid.UUID) -> list[MoveRow]:
    """What was done about an appeal, in order."""
    asked = select(AppealMove, User.name).outerjoin(User, User.id == AppealMove.moved_by)
    asked = asked.where(AppealMove.appeal_id == appeal_id).order_by(AppealMove.number)
    return [MoveRow(State(move.state), move.reason, name or "", move.at) for move, name in session.execute(asked)]


def appeals_waiting(session: Session, *, now: datetime) -> tuple[int, int]:
    """How many appeals wait for a decision, and how many of them are overdue."""
    open_ones = func.coalesce(_newest_state().not_in(rules.DECIDED), true())
    overdue = func.count().filter(Appeal.due_at < now)
    row = session.execute(select(func.count(), overdue).select_from(Appeal).where(open_ones)).one()
    return row[0], row[1]


def _newest_state() -> Any:
    asked = select(AppealMove.state).where(AppealMove.appeal_id == Appeal.id).order_by(AppealMove.number.desc()).limit(1)
    return asked.correlate(Appeal).scalar_subquery()


def _appeals() -> Any:
    sender = aliased(User)
    return (
        select(Appeal, Attempt, Officer.name, Agency.name, Agency.time_zone, Offering.title, sender.name, _newest_state())
        .join(Attempt, Attempt.id == Appeal.attempt_id)
        .join(Officer, Officer.id == Attempt.officer_id)
        .join(Agency, Agency.id == Attempt.agency_id)
        .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .outerjoin(sender, sender.id == Appeal.made_by)
    )


def _appeal(row: Any) -> AppealRow:
    made, attempt, officer, agency, zone, title, sender, state = row
    return AppealRow(
        id=made.id,
        attempt_id=made.attempt_id,
        outcome=Outcome(made.outcome),
        statement=made.statement,
        officer=officer,
        agency=agency,
        agency_id=attempt.agency_id,
        officer_id=attempt.officer_id,
        zone=zone,
        exam=attempt.policy["title"],
        class_title=title,
        received_at=made.received_at,
        due_at=made.due_at,
        state=State(state or State.RECEIVED),
        sender=sender or "",
    )
