"""Drawing the papers of a sitting ahead of its start, so that a room that starts together asks little of the server."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM, Identity
from lms.enrollments.models import Enrollment
from lms.enrollments.queries import withdrawn
from lms.exams import papers, planning, prepared
from lms.exams.models import Attempt, ExamResult, Paper, PreparedPaper
from lms.exams.papers import NoBank
from lms.exams.planning import NoSuchExam
from lms.exams.retakes import Standing
from lms.sittings import queries as sittings
from lms.sittings import service as sitting_service
from lms.sittings.models import Sitting, SittingOfficer, SittingPlan

AHEAD = timedelta(hours=2)
"""How long before its window the papers of a sitting are drawn."""
SETTLED = frozenset({Standing.PASSED, Standing.DISQUALIFIED, Standing.SITTING})


@dataclass(frozen=True, slots=True)
class PaperState:
    """Whether the paper of an officer lies ready; `fault` says why it cannot be drawn. Nobody needs one who sits or is through."""

    ready: bool
    fault: str = ""
    needed: bool = True


def paper_state(session: Session, *, enrollment_id: uuid.UUID, exam_id: str, now: datetime, draw: bool = False) -> PaperState:
    """How it stands with one officer's paper; with `draw`, it is drawn and stored where it is missing."""
    try:
        exam = planning.plan_to_admit(session, enrollment_id=enrollment_id, exam_id=exam_id)
        bank_hash = papers.newest_bank(session, exam)
    except (NoBank, NoSuchExam) as refusal:
        return PaperState(ready=False, fault=str(refusal))
    found = planning.all_tries(session, enrollment_id=enrollment_id)
    if planning.standing_of(found, exam_id=exam_id, terms=exam.policy.terms) in SETTLED:
        return PaperState(ready=False, needed=False)
    avoided = planning.drawn_questions(session, paper_hashes=[one.paper_hash for one in found if one.exam_id == exam_id])
    if prepared.fitting(session, exam=exam, bank_hash=bank_hash, avoided=avoided) is not None:
        return PaperState(ready=True)
    if not draw:
        return PaperState(ready=False)
    try:
        paper = papers.drawn_paper(session, exam=exam, bank_hash=bank_hash, avoided=avoided, now=now)
    except NoBank as refusal:
        return PaperState(ready=False, fault=str(refusal))
    session.add(PreparedPaper(paper_hash=paper.hash, enrollment_id=enrollment_id, at=now))
    session.flush()
    return PaperState(ready=True)


def prepare(session: Session, *, actor: Identity, sitting_id: uuid.UUID, now: datetime) -> int:
    """Draw every paper of a sitting that is missing, and say how many lie ready. Raises NoSuchSitting and SittingIsOver."""
    found = sitting_service.still_to_hold(session, sitting_id=sitting_id, now=now)
    states = [
        paper_state(session, enrollment_id=one.enrollment_id, exam_id=found.exam_id, now=now, draw=True)
        for one in sittings.officers(session, sitting_id=sitting_id)
    ]
    ready = sum(one.ready for one in states)
    sitting_service.note(session, actor, "drew the papers of a sitting ahead", sitting_id, now, details={"ready": ready})
    return ready


def draw_missing(session: Session, *, now: datetime, limit: int = 20) -> int:
    """Draw papers of sittings that begin soon, at most `limit`. The first one that a bank cannot fill ends the round of its sitting."""
    drawn: Counter[uuid.UUID] = Counter()
    faulty: set[uuid.UUID] = set()
    for sitting_id, enrollment_id, exam_id in without_paper(session, now=now, limit=limit):
        if sitting_id in faulty:
            continue
        state = paper_state(session, enrollment_id=enrollment_id, exam_id=exam_id, now=now, draw=True)
        drawn[sitting_id] += state.ready
        if state.fault:
            faulty.add(sitting_id)
    for sitting_id, ready in drawn.items():
        if ready:
            sitting_service.note(session, SYSTEM, "drew the papers of a sitting ahead", sitting_id, now, details={"ready": ready})
    return drawn.total()


def without_paper(session: Session, *, now: datetime, limit: int) -> list[tuple[uuid.UUID, uuid.UUID, str]]:
    """Sitting, enrollment and exam of officers of sittings that begin soon, for whom no paper lies ready. One statement."""
    ready = (
        exists()
        .where(PreparedPaper.enrollment_id == SittingOfficer.enrollment_id, Paper.hash == PreparedPaper.paper_hash)
        .where(Paper.exam_id == Sitting.exam_id, ~papers.was_sat())
    )
    started = exists().where(Attempt.sitting_id == Sitting.id, Attempt.enrollment_id == SittingOfficer.enrollment_id)
    passed = (
        exists()
        .where(Attempt.enrollment_id == SittingOfficer.enrollment_id, Attempt.exam_id == Sitting.exam_id)
        .where(ExamResult.attempt_id == Attempt.id, ExamResult.passed.is_(True), ExamResult.voided.is_(False))
    )
    asked = (
        select(Sitting.id, Enrollment.id, Sitting.exam_id)
        .join(SittingOfficer, SittingOfficer.sitting_id == Sitting.id)
        .join(Enrollment, Enrollment.id == SittingOfficer.enrollment_id)
        .join(SittingPlan, and_(SittingPlan.sitting_id == Sitting.id, SittingPlan.number == sittings.newest_plan()))
        .where(SittingPlan.opens_at <= now + AHEAD, SittingPlan.closes_at > now, ~sittings.cancelled())
        .where(sittings.placed(), ~withdrawn(), ~ready, ~started, ~passed)
        .order_by(SittingPlan.opens_at, Sitting.id, Enrollment.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(asked)]
