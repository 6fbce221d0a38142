"""What the people of the town argue about: an exam not passed, with a challenge, an appeal and a request to score again that wait."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.appeals import regrade_queries as regrades
from lms.appeals import regrade_service as scoring_again
from lms.appeals import service as rulings
from lms.appeals.rules import Outcome
from lms.enrollments.models import Offering
from lms.exams import service as exams
from lms.exams import starting
from lms.exams.correction_rules import CorrectionKind
from lms.exams.models import Attempt, PaperKey
from tests.certificates.program import EXAM, Program, completes
from tests.support.cast import Person
from tests.support.factories import a_class, an_enrollment

Things = dict[str, Any]


def exam_over(session: Session, made: Program, officer: Person, *, now: datetime) -> Things:
    """An exam that the officer did not pass, with a challenge and an appeal that wait."""
    course_hash = session.scalars(select(Offering.course_hash).where(Offering.id == made.offering_id)).one()
    offering_id = a_class(session, now=now, course_hash=course_hash, title=f"Third class of {officer.name}")
    enrollment_id = an_enrollment(session, person=officer, offering_id=offering_id, now=now)
    completes(session, made, enrollment_id, now=now)
    begun: dict[str, Any] = {"enrollment_id": enrollment_id, "exam_id": EXAM, "now": now}
    code = starting.admit(session, actor=made.cast.proctor.identity, identity_document="Badge", **begun)
    attempt_id = starting.start(session, actor=officer.identity, code=code, **begun)
    exams.submit(session, actor=officer.identity, attempt_id=attempt_id, now=now)
    session.flush()
    about: dict[str, Any] = {"actor": officer.identity, "attempt_id": attempt_id, "now": now}
    challenge_id = rulings.challenge(session, position=1, claim="Two choices are right.", **about)
    appeal_id = rulings.appeal(session, outcome=Outcome.FAILED, statement="The room was dark.", **about)
    paper = session.get_one(Attempt, attempt_id).paper_hash
    question_hash = session.scalars(select(PaperKey.question_hash).where(PaperKey.paper_hash == paper)).one()
    return {"over_id": attempt_id, "challenge_id": challenge_id, "appeal_id": appeal_id, "question_hash": question_hash}


def regrade(session: Session, things: Things, judge: Person, *, now: datetime) -> Things:
    """A request to score again that waits for another person, and the picture of another change."""
    change = regrades.Change(things["question_hash"], CorrectionKind.KEY, (0, 1, 2), hold_harmless=True)
    name = regrades.dry_run(session, change).digest
    asked = scoring_again.ask(session, actor=judge.identity, change=change, digest=name, reason="Three are right", now=now)
    session.flush()
    another_key = regrades.Change(things["question_hash"], CorrectionKind.KEY, (3,), hold_harmless=True)
    return {"request_id": asked, "regrade_digest": regrades.dry_run(session, another_key).digest}
