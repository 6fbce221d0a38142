"""The demonstration's agreements under section 287(g), and the officers nominated under them."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies import agreement_service as agreements
from lms.agencies import nomination_service as nominations
from lms.agencies.agreement_rules import Basis, Component, State, Step
from lms.agencies.agreement_service import Draft
from lms.agencies.nomination_rules import Candidate, Outcome
from lms.agencies.rule_sets import shipped_rule_set
from lms.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Office:
    """An agency with its head, the coordinator who nominates, and the program officer who decides."""

    agency_id: uuid.UUID
    head: str
    coordinator: Identity
    program: Identity


def agree(session: Session, office: Office, *, rule_set_id: str, now: datetime) -> uuid.UUID:
    """From a letter of interest at `now` to an operational agreement twenty days later. Returns its id."""
    rules = shipped_rule_set(rule_set_id)
    model = rules.model if rules else ""
    actor, agency_id = office.program, office.agency_id
    letter = agreements.record_letter(
        session, actor=actor, agency_id=agency_id, models=[model], signed_by=office.head, dated_on=now.date(), now=now
    )
    functions = tuple(one.id for one in rules.functions) if rules else ()
    draft = Draft(
        rule_set_id, Basis.SECTION_287G, Component.ICE, contingency=False, functions=functions, letter_id=letter, effective_at=now
    )
    made = agreements.draft_agreement(session, actor=actor, agency_id=agency_id, draft=draft, form_id=new_id(), now=now)
    for number, state in enumerate((State.SIGNED, State.OPERATIONAL), 1):
        session.flush()
        at = now + timedelta(days=10 * number)
        step = Step(state, at, "Signed by both" if state is State.SIGNED else "The program began here")
        agreements.move_agreement(session, actor=actor, agreement_id=made, step=step, now=at)
    return made


def nominate(
    session: Session, office: Office, *, agreement_id: uuid.UUID, rule_set_id: str, name: str, email: str, now: datetime
) -> uuid.UUID:
    """Put an officer forward who meets everything that the agency attests. Returns the nomination's id."""
    rules = shipped_rule_set(rule_set_id)
    answers = {one.id: True for one in rules.eligibility if one.kind == "attested"} if rules else {}
    candidate = Candidate(name, email, now.date() - timedelta(days=4 * 365), answers, office.head, now.date())
    made = nominations.nominate(session, actor=office.coordinator, agreement_id=agreement_id, candidate=candidate, now=now)
    session.flush()
    return made


def approve(session: Session, office: Office, *, nomination_id: uuid.UUID, rule_set_id: str, now: datetime) -> None:
    """Screen a nominee and approve the nomination."""
    rules = shipped_rule_set(rule_set_id)
    screened = [one for one in rules.eligibility if one.kind == "screened"] if rules else []
    for test in screened:
        if test.before == "training":
            _screen(session, office, nomination_id, test.id, now)
    reason = "Every condition is met."
    nominations.decide(session, actor=office.program, nomination_id=nomination_id, outcome=Outcome.APPROVED, reason=reason, now=now)
    session.flush()  # screening for the authorization looks at the decision
    for test in screened:
        if test.before != "training":
            _screen(session, office, nomination_id, test.id, now + timedelta(days=1))


def _screen(session: Session, office: Office, nomination_id: uuid.UUID, test: str, now: datetime) -> None:
    nominations.screen(session, actor=office.program, nomination_id=nomination_id, test=test, met=True, note="Cleared", now=now)
    session.flush()
