"""Admitting an officer to an exam, and starting the attempt: the gates, the code, the paper."""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts import lockdown
from lms.accounts.rules import SYSTEM, Identity
from lms.audit import service as audit
from lms.enrollments.models import Enrollment
from lms.exams import papers, planning, prepared, rules, service, timing
from lms.exams.chain import add_step
from lms.exams.models import (
    Admission,
    AdmissionFailure,
    AdmissionUse,
    Attempt,
    AttemptHead,
    ExamReference,
    TicketUse,
)
from lms.exams.planning import ExamPlan, TryRow
from lms.exams.rules import Gate, Kind, Policy
from lms.kernel.errors import Conflict, Forbidden, Invalid, TooMany
from lms.kernel.ids import digest, new_id
from lms.questions import security
from lms.sittings import proctor_rules, proctors, ticket_rules, tickets
from lms.sittings import rules as sitting_rules
from lms.sittings.queries import Due

ADMISSION_LASTS = timedelta(minutes=10)
CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
CODE_LENGTH = 8
WRONG_CODES_ALLOWED = 5


class NotReady(Conflict):
    """A gate of the exam is not met. Carries the gates that are not."""

    def __init__(self, unmet: list[Gate]) -> None:
        super().__init__("The exam cannot start yet. " + " ".join(f"{gate.name}: {gate.why}" for gate in unmet))
        self.unmet = unmet


class WrongCode(Invalid):
    """The code is not the one the proctor gave, or its time has passed."""


class TooManyCodes(TooMany):
    """Too many wrong codes in a row."""


class HasSitting(Conflict):
    """The officer has a place in a sitting of the exam and is let in there."""


class WrongPlace(Forbidden):
    """The sitting may be started from its own networks or its own browser only."""


class UnderWay(Conflict):
    """The officer is sitting the exam already."""


class InvolvedProctor(Forbidden):
    """Nobody proctors their own exam, that of a class they taught, or that of an officer of their own agency (R-11)."""


def admit(session: Session, *, actor: Identity, enrollment_id: uuid.UUID, exam_id: str, identity_document: str, now: datetime) -> str:
    """Record that a proctor checked an officer's identity, and return the single-use code, which is shown once."""
    exam = planning.plan_to_admit(session, enrollment_id=enrollment_id, exam_id=exam_id)
    proctor = proctors.proctor_side(session, actor=actor, now=now)
    ties = proctor_rules.ties(proctor, proctors.officer_of(session, enrollment_id=enrollment_id))
    if ties:
        raise InvolvedProctor(" ".join(ties))
    security.require(session, actor=actor, now=now)
    found = planning.all_tries(session, enrollment_id=enrollment_id)
    if any(timing.is_open(now, one.due_at, one.paused_at) for one in found if one.exam_id == exam_id):
        raise UnderWay("This officer's exam is under way: no new code is needed. The officer opens the exam page and goes on.")
    if planning.sitting_of(session, exam=exam, now=now) is not None:
        raise HasSitting("This officer has a place in a sitting of this exam. The proctor named for it checks the officer in there.")
    facts = planning.readiness(session, exam=exam, found=found, now=now)
    unmet = [gate for gate in rules.gates(facts) if not gate.met and gate.name != "Admitted by a proctor"]
    if unmet:
        raise NotReady(unmet)
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    admission = Admission(
        id=new_id(),
        enrollment_id=enrollment_id,
        exam_id=exam_id,
        code_digest=_code_digest(enrollment_id, code),
        identity_document=identity_document,
        admitted_by=actor.user_id,
        admitted_at=now,
        expires_at=now + ADMISSION_LASTS,
    )
    session.add(admission)
    audit.record(
        session,
        actor=actor,
        action="admitted an officer to an exam",
        object_type="admission",
        object_id=admission.id,
        agency_id=exam.agency_id,
        details={"enrollment": str(enrollment_id), "exam": exam_id, "document": identity_document},
        now=now,
    )
    return code


def _code_digest(enrollment_id: uuid.UUID, code: str) -> str:
    return digest(f"{enrollment_id}:{''.join(code.upper().split()).replace('-', '')}")


def note_wrong_code(session: Session, *, actor: Identity, enrollment_id: uuid.UUID, exam_id: str, now: datetime) -> None:
    """Remember a wrong code, in a transaction of its own after the refusal."""
    planning.plan(session, enrollment_id=enrollment_id, exam_id=exam_id, officer_id=actor.officer_id)
    session.add(AdmissionFailure(id=new_id(), enrollment_id=enrollment_id, at=now))


@dataclass(frozen=True, slots=True)
class Seen:
    """What the site sees of the browser that asks to start: its address, the page it asked for, and what Safe Exam Browser says."""

    address: str = ""
    url: str = ""
    config_key_hash: str = ""


NOTHING_SEEN = Seen()


def start(
    session: Session,
    *,
    actor: Identity,
    enrollment_id: uuid.UUID,
    exam_id: str,
    code: str,
    now: datetime,
    seen: Seen = NOTHING_SEEN,
) -> uuid.UUID:
    """Start the officer's attempt, or return the one already open: starting twice gives one attempt."""
    _one_at_a_time(session, enrollment_id)  # before the plan is read: a class that moves to a newer revision holds the same rows
    exam = planning.plan(session, enrollment_id=enrollment_id, exam_id=exam_id, officer_id=actor.officer_id)
    found = planning.all_tries(session, enrollment_id=enrollment_id)
    under_way = {one.exam_id: one.attempt_id for one in found if timing.is_open(now, one.due_at, one.paused_at)}
    if exam_id in under_way:
        return under_way[exam_id]
    found = [one if one.exam_id in under_way else _closed(session, one, now) for one in found]
    unmet = [gate for gate in rules.gates(planning.readiness(session, exam=exam, found=found, now=now)) if not gate.met]
    if unmet:
        raise NotReady(unmet)
    sitting = planning.sitting_of(session, exam=exam, now=now)
    let_in = _let_in(session, exam=exam, sitting=sitting, code=code, seen=seen, now=now) if exam.proctored else None
    exam = replace(exam, policy=planning.own_policy(session, exam=exam, sitting=sitting, now=now))
    attempt = _new_attempt(session, exam=exam, sitting=sitting, found=[one for one in found if one.exam_id == exam_id], now=now)
    if let_in is not None:
        session.add(let_in(attempt.id))
    _record_start(session, actor=actor, attempt=attempt, now=now)
    return attempt.id


def _one_at_a_time(session: Session, enrollment_id: uuid.UUID) -> None:
    """On PostgreSQL two starts wait for each other here, so that the second finds the attempt and not a code that is used up."""
    session.execute(select(Enrollment.id).where(Enrollment.id == enrollment_id).with_for_update(key_share=True))


def _closed(session: Session, one: TryRow, now: datetime) -> TryRow:
    """The try with its closing written, when its time has passed and nobody has written that yet."""
    if one.passed is not None:
        return one
    service.close(session, actor=SYSTEM, attempt_id=one.attempt_id, kind=Kind.EXPIRED, now=now)
    session.flush()  # the fresh look below must see the result
    enrollment_id = session.get_one(Attempt, one.attempt_id).enrollment_id
    return next(again for again in planning.all_tries(session, enrollment_id=enrollment_id) if again.attempt_id == one.attempt_id)


def _let_in(
    session: Session, *, exam: ExamPlan, sitting: Due | None, code: str, seen: Seen, now: datetime
) -> Callable[[uuid.UUID], AdmissionUse | TicketUse]:
    """What the attempt uses up: a proctor's admission, or the ticket of a sitting. Raises WrongCode, TooManyCodes, WrongPlace."""
    _refuse_guessing(session, exam, now)
    if sitting is None:
        admission = _admission_for(session, exam=exam, code=code, now=now)
        return lambda attempt_id: AdmissionUse(admission_id=admission.id, attempt_id=attempt_id, at=now)
    ticket = tickets.recognized(session, sitting_id=sitting.sitting_id, enrollment_id=exam.enrollment_id, typed=code)
    if ticket is None or session.get(TicketUse, ticket.id) is not None:
        raise WrongCode(ticket_rules.REFUSAL)
    if not sitting_rules.is_inside(seen.address, sitting.plan.networks):
        raise WrongPlace("This sitting may be started from its own network only. Use the machine that your proctor shows you.")
    if not sitting_rules.is_configured(seen.config_key_hash, url=seen.url, keys=sitting.plan.seb_keys):
        raise WrongPlace("This sitting is taken in Safe Exam Browser with the settings of this exam. Ask your proctor to open it for you.")
    return lambda attempt_id: TicketUse(ticket_id=ticket.id, attempt_id=attempt_id, at=now)


def _refuse_guessing(session: Session, exam: ExamPlan, now: datetime) -> None:
    wrong = session.scalar(
        select(func.count()).where(AdmissionFailure.enrollment_id == exam.enrollment_id, AdmissionFailure.at > now - ADMISSION_LASTS)
    )
    if (wrong or 0) >= WRONG_CODES_ALLOWED:
        raise TooManyCodes("Too many wrong codes. Ask the proctor, and try again in ten minutes.")


def _admission_for(session: Session, *, exam: ExamPlan, code: str, now: datetime) -> Admission:
    offered = _code_digest(exam.enrollment_id, code)
    admissions = planning.open_admissions(session, enrollment_id=exam.enrollment_id, exam_id=exam.exam_id, now=now)
    match = next((one for one in admissions if secrets.compare_digest(one.code_digest, offered)), None)
    if match is None:
        raise WrongCode("That is not the code for this exam, or its ten minutes have passed. Check it, or ask the proctor for a new one.")
    return match


def _new_attempt(session: Session, *, exam: ExamPlan, sitting: Due | None, found: list[TryRow], now: datetime) -> Attempt:
    paper_hash = _paper(session, exam=exam, found=found, now=now)
    _keep_reference(session, exam, now)
    attempt = Attempt(
        id=new_id(),
        enrollment_id=exam.enrollment_id,
        officer_id=exam.officer_id,
        agency_id=exam.agency_id,
        sitting_id=None if sitting is None else sitting.sitting_id,
        exam_id=exam.exam_id,
        ordinal=len(found) + 1,
        paper_hash=paper_hash,
        policy=asdict(papers.policy_on(session, exam.policy, paper_hash=paper_hash)),
        created_at=now,
    )
    session.add(attempt)
    session.flush()  # a second start fails here, on its unique key, before anything else is written
    return attempt


def _paper(session: Session, *, exam: ExamPlan, found: list[TryRow], now: datetime) -> str:
    """The paper drawn ahead for the officer, if it still fits; otherwise one drawn now."""
    bank_hash = papers.newest_bank(session, exam)
    avoided = planning.drawn_questions(session, paper_hashes=[one.paper_hash for one in found])
    ready = prepared.fitting(session, exam=exam, bank_hash=bank_hash, avoided=avoided)
    if ready is not None:
        return ready
    made = papers.drawn_paper(session, exam=exam, bank_hash=bank_hash, avoided=avoided, now=now)
    session.flush()  # the policy counts its questions
    return made.hash


def _keep_reference(session: Session, exam: ExamPlan, now: datetime) -> None:
    """What may be looked up stays what it was at the start, whatever becomes of the course."""
    if exam.reference_html and session.get(ExamReference, exam.policy.reference) is None:
        session.add(ExamReference(hash=exam.policy.reference, html=exam.reference_html, kept_at=now))


def _record_start(session: Session, *, actor: Identity, attempt: Attempt, now: datetime) -> None:
    payload = {"paper": attempt.paper_hash, "policy": attempt.policy}
    entry = rules.chained(after=None, kind=Kind.STARTED, at=now, actor=str(actor.user_id or ""), payload=payload)
    add_step(session, attempt_id=attempt.id, entry=entry)
    lockdown.begin(session, user_id=actor.user_id, attempt_id=attempt.id, now=now)
    session.add(AttemptHead(attempt_id=attempt.id, due_at=timing.due_at_start(now, Policy(**attempt.policy))))
    audit.record(
        session,
        actor=actor,
        action="started an exam",
        object_type="attempt",
        object_id=attempt.id,
        agency_id=attempt.agency_id,
        details={"exam": attempt.exam_id, "ordinal": attempt.ordinal, "paper": attempt.paper_hash},
        now=now,
    )
