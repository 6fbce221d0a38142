"""Challenging a question, appealing what came out of an exam, and deciding both."""

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.accounts.rules import Identity
from lms.agencies.telling import Facts, coordinator_readers, officer_reader, tell
from lms.appeals import hands, queries, rules
from lms.appeals.models import Appeal, AppealMove, Challenge, ChallengeDecision
from lms.appeals.queries import AppealRow, Ended, NoSuchChallenge
from lms.appeals.rules import Outcome, Ruling, State
from lms.audit import service as audit
from lms.exams.models import Attempt
from lms.kernel.errors import Conflict, Forbidden, Invalid
from lms.kernel.ids import new_id
from lms.notices.rules import Kind
from lms.questions import security
from lms.sittings import proctors
from lms.sittings.proctor_rules import OfficerSide


class TooLate(Conflict):
    """The days in which it may be made are over."""


class NoSuchPosition(Invalid):
    """The exam has no question of this number."""


class MadeAlready(Conflict):
    """The same waits for a decision already."""


class NotAppealable(Invalid):
    """This did not come out of the exam."""


class NothingSaid(Invalid):
    """Words are needed: somebody has to decide by them."""


class Involved(Forbidden):
    """Nobody decides about an exam that they had a hand in."""


class WrongMove(Conflict):
    """An appeal in this state does not move so."""


# --- Challenges -----------------------------------------------------------------------------------------------------


def challenge(session: Session, *, actor: Identity, attempt_id: uuid.UUID, position: int, claim: str, now: datetime) -> uuid.UUID:
    """Say what is wrong with a question of one's own closed exam. Returns the challenge."""
    found = queries.own_ended(session, identity=actor, attempt_id=attempt_id)
    clock = rules.clock("challenge")
    if now > clock.closes_at(found.told_at, found.zone):
        raise TooLate(f"A question is challenged within {clock.window} days of the result. If the outcome is wrong, appeal it.")
    if not 1 <= position <= found.questions:
        raise NoSuchPosition(f"Your exam had the questions 1 to {found.questions}. Enter the number of one of them.")
    if any(row.position == position and not row.ruling for row in queries.challenges_of(session, attempt_id=attempt_id)):
        raise MadeAlready(f"Your challenge of question {position} waits for a decision. You are told when it is decided.")
    made = Challenge(
        id=new_id(),
        attempt_id=attempt_id,
        position=position,
        claim=_said(claim),
        made_by=actor.user_id,
        made_at=now,
        due_at=clock.due_at(now, found.zone),
    )
    session.add(made)
    audit.record(
        session,
        actor=actor,
        action="challenged an exam question",
        object_type="challenge",
        object_id=made.id,
        agency_id=found.agency_id,
        details={"attempt": str(attempt_id), "question": position},
        now=now,
    )
    return made.id


def _said(text: str) -> str:
    if not text.strip():
        raise NothingSaid("Say what is wrong and why.")
    return text.strip()


def rule(session: Session, *, actor: Identity, challenge_id: uuid.UUID, ruling: Ruling, reason: str, now: datetime) -> None:
    """Decide a challenge. Upholding it changes no score by itself: two persons have the exam scored again."""
    security.require(session, actor=actor, now=now)
    locked = session.scalar(select(Challenge).where(Challenge.id == challenge_id).with_for_update())
    if locked is None or session.get(ChallengeDecision, challenge_id) is not None:
        raise NoSuchChallenge("There is no such challenge waiting.")
    attempt = session.get_one(Attempt, locked.attempt_id)
    if not may_rule(session, actor=actor, attempt=attempt, now=now):
        raise Involved("This challenge is about your own exam, or comes from an agency that you belong to. Somebody else must decide it.")
    session.add(ChallengeDecision(challenge_id=challenge_id, outcome=ruling, reason=_said(reason), decided_by=actor.user_id, at=now))
    audit.record(
        session,
        actor=actor,
        action=f"{'upheld' if ruling is Ruling.UPHELD else 'rejected'} a challenge of an exam question",
        object_type="challenge",
        object_id=challenge_id,
        agency_id=attempt.agency_id,
        reason=reason.strip(),
        details={"attempt": str(attempt.id), "question": locked.position},
        now=now,
    )
    reader = officer_reader(session, officer_id=attempt.officer_id, agency_id=attempt.agency_id)
    facts: Facts = {"what": "challenge", "exam": str(attempt.policy["title"]), "step": "decided", "when": now}
    path = f"/attempts/{attempt.id}/challenges"
    tell(session, reader=reader, kind=Kind.RULING, key=f"challenge:{challenge_id}", facts=facts, path=path, now=now)


def may_rule(session: Session, *, actor: Identity, attempt: Attempt, now: datetime) -> bool:
    """Whether somebody may decide challenges of an attempt. Four statements."""
    decider = proctors.proctor_side(session, actor=actor, now=now)
    return rules.may_rule_on_challenge(decider, _officer_side(session, attempt))


def _officer_side(session: Session, attempt: Attempt) -> OfficerSide:
    return proctors.officer_of(session, enrollment_id=attempt.enrollment_id)


# --- Appeals --------------------------------------------------------------------------------------------------------


def appeal(session: Session, *, actor: Identity, attempt_id: uuid.UUID, outcome: Outcome, statement: str, now: datetime) -> uuid.UUID:
    """Appeal what came out of an exam: the officer, or a coordinator of the officer's agency. Returns the appeal."""
    found = queries.ended(session, identity=actor, attempt_id=attempt_id)
    clock = rules.clock("appeal")
    if now > clock.closes_at(found.told_at, found.zone):
        raise TooLate(f"An outcome is appealed within {clock.window} days. Ask the program what is still possible.")
    if outcome not in queries.appealable(session, found=found):
        raise NotAppealable("This did not come out of the exam. Choose what did.")
    open_ones = [row for row in queries.appeals_of(session, attempt_ids=[attempt_id]) if row.state not in rules.DECIDED]
    if any(row.outcome is outcome for row in open_ones):
        raise MadeAlready("An appeal of this waits for a decision. You are told about each step.")
    made = Appeal(
        id=new_id(),
        attempt_id=attempt_id,
        outcome=outcome,
        statement=_said(statement),
        made_by=actor.user_id,
        received_at=now,
        due_at=clock.due_at(now, found.zone),
    )
    session.add(made)
    session.flush()  # moves point to it
    _record(session, actor, "appealed the outcome of an exam", made, found.agency_id, now, outcome=outcome)
    _tell_appeal(session, found, made.id, "received", now)
    return made.id


def _record(session: Session, actor: Identity, action: str, made: Appeal, agency_id: uuid.UUID, now: datetime, **details: object) -> None:
    reason = details.pop("reason", None)
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="appeal",
        object_id=made.id,
        agency_id=agency_id,
        reason=None if reason is None else str(reason),
        details={"attempt": str(made.attempt_id), **details},
        now=now,
    )


def _tell_appeal(session: Session, found: Ended | AppealRow, appeal_id: uuid.UUID, step: str, now: datetime) -> None:
    """Tell the officer and the agency's coordinators of a step of an appeal."""
    facts: Facts = {"what": "appeal", "exam": found.exam, "step": step, "when": now}
    readers = [officer_reader(session, officer_id=found.officer_id, agency_id=found.agency_id)]
    for reader in (*readers, *coordinator_readers(session, agency_id=found.agency_id, now=now)):
        tell(session, reader=reader, kind=Kind.RULING, key=f"appeal:{appeal_id}:{step}", facts=facts, path=f"/appeals/{appeal_id}", now=now)


def move(session: Session, *, actor: Identity, appeal_id: uuid.UUID, state: State, reason: str, now: datetime) -> None:
    """Take an appeal under review, or decide it. Nobody does who had a hand in the exam.

    Upholding changes no result by itself: the attempt is then voided, reinstated or scored again by the acts that do this.
    """
    locked = session.scalar(select(Appeal).where(Appeal.id == appeal_id).with_for_update())
    found = queries.appeal(session, identity=actor, appeal_id=appeal_id)
    if locked is None or state not in rules.MOVES.get(found.state, ()):
        raise WrongMove(f"This appeal is {found.state}: it does not become {state} from there.")
    involved = involvements(session, actor=actor, found=found, now=now)
    if involved:
        raise Involved(f"{' '.join(involved)} Somebody who had no hand in this exam must decide it.")
    if state in rules.DECIDED or reason.strip():
        reason = _said(reason)
    number = (session.scalar(select(func.max(AppealMove.number)).where(AppealMove.appeal_id == appeal_id)) or 0) + 1
    session.add(AppealMove(appeal_id=appeal_id, number=number, state=state, reason=reason, moved_by=actor.user_id, at=now))
    action = "took an appeal under review" if state is State.UNDER_REVIEW else f"decided an appeal: {state}"
    _record(session, actor, action, locked, found.agency_id, now, reason=reason or None, outcome=found.outcome)
    _tell_appeal(session, found, appeal_id, "taken under review" if state is State.UNDER_REVIEW else "decided", now)


def involvements(session: Session, *, actor: Identity, found: AppealRow, now: datetime) -> tuple[str, ...]:
    """Why somebody may not decide an appeal; nothing for who may. Seven statements."""
    attempt = session.get_one(Attempt, found.attempt_id)
    officer = session.get_one(Officer, attempt.officer_id)
    sender = session.get_one(Appeal, found.id).made_by
    held = hands.hands_of(session, attempt_id=attempt.id, officer_user=officer.user_id, appellant=sender)
    decider = proctors.proctor_side(session, actor=actor, now=now)
    return tuple(str(one) for one in rules.involvements(decider, _officer_side(session, attempt), held))
