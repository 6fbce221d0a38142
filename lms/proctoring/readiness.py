"""What is known of a sitting before it opens, gathered in a number of statements that does not grow with its officers."""

import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.db import lease
from lms.exams import papers, planning
from lms.exams.models import Attempt, Paper, PreparedPaper
from lms.exams.retakes import Standing
from lms.proctoring import queries as room
from lms.proctoring.readiness_rules import Facts
from lms.questions import security_rules
from lms.questions.models import BankRevision, SecurityAgreement
from lms.questions.security_rules import Signature
from lms.sittings import accommodating, placing
from lms.sittings import queries as sittings
from lms.sittings.queries import NamedProctor, PlacedOfficer, SittingRow

THROUGH = frozenset({Standing.SITTING, Standing.PASSED})
"""Officers who need no paper any more."""


def facts_of(session: Session, *, sitting: SittingRow, data: Path, now: datetime) -> Facts:
    """Everything that decides whether the sitting is ready."""
    named = sittings.proctors_named(session, sitting_id=sitting.id)
    tied = placing.tied_proctors(session, of=sitting, now=now)
    officers = [one for one in sittings.officers(session, sitting_id=sitting.id) if not one.withdrew]
    standings = _standings(session, sitting, officers, now)
    waiting = [one for one in officers if standings.get(one.enrollment_id) not in THROUGH]
    granted = accommodating.granted(session, officer_ids=[one.officer_id for one in officers], now=max(now, sitting.plan.opens_at))
    ready = _with_paper(session, sitting, [one.enrollment_id for one in waiting])
    return Facts(
        proctors=tuple(one.name for one in named),
        tied=tuple(one.name for one in named if one.user_id in tied),
        unsigned=_unsigned(session, named, at=sitting.plan.closes_at),
        officers=len(officers),
        unready=tuple((one.name, _why(standings.get(one.enrollment_id))) for one in waiting if not _ready(standings, one)),
        without_paper=tuple(one.name for one in waiting if one.enrollment_id not in ready),
        bank_fault=_bank_fault(session, sitting, officers),
        worker_alive=lease.is_held(session, name=lease.WORK, now=now),
        free_bytes=shutil.disk_usage(data).free,
        accommodations=tuple((one.name, granted[one.officer_id].words) for one in officers if one.officer_id in granted),
    )


def _standings(session: Session, sitting: SittingRow, officers: Collection[PlacedOfficer], now: datetime) -> dict[UUID, str]:
    """Where each officer stands before the exam on the day of the sitting; nobody whose class does not run then."""
    ids = [one.enrollment_id for one in officers]
    found = room.candidates(session, now=max(now, sitting.plan.opens_at), enrollment_ids=ids)
    return {one.enrollment_id: one.standing for one in found if one.exam_id == sitting.exam_id}


def _ready(standings: dict[UUID, str], officer: PlacedOfficer) -> bool:
    return standings.get(officer.enrollment_id) in {room.READY, Standing.RETAKE_OFFERED}


def _why(standing: str | None) -> str:
    return "the class does not run that day" if standing is None else str(standing)


def _unsigned(session: Session, named: Collection[NamedProctor], *, at: datetime) -> tuple[str, ...]:
    asked = select(SecurityAgreement).where(SecurityAgreement.user_id.in_([one.user_id for one in named]))
    newest = {row.user_id: Signature(row.edition, row.signed_at) for row in session.scalars(asked.order_by(SecurityAgreement.signed_at))}
    return tuple(one.name for one in named if not security_rules.counts(newest.get(one.user_id), now=at))


def _with_paper(session: Session, sitting: SittingRow, enrollment_ids: Collection[UUID]) -> frozenset[UUID]:
    """The officers for whom a paper of the newest bank lies ready."""
    sat = exists().where(Attempt.paper_hash == Paper.hash)
    asked = (
        select(PreparedPaper.enrollment_id, Paper.bank_hash, BankRevision.bank_id)
        .join(Paper, Paper.hash == PreparedPaper.paper_hash)
        .join(BankRevision, BankRevision.hash == Paper.bank_hash)
        .where(PreparedPaper.enrollment_id.in_(enrollment_ids), Paper.exam_id == sitting.exam_id, ~sat)
    )
    rows = session.execute(asked).all()
    current = frozenset(papers.newest_hashes(session, bank_ids={row.bank_id for row in rows}))
    return frozenset(row.enrollment_id for row in rows if row.bank_hash in current)


def _bank_fault(session: Session, sitting: SittingRow, officers: Collection[PlacedOfficer]) -> str:
    if not officers:
        return ""
    first = next(iter(officers)).enrollment_id
    return papers.fault_of_bank(session, exam=planning.plan_to_admit(session, enrollment_id=first, exam_id=sitting.exam_id))
