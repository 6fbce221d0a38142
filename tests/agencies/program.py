"""Agreements and nominees for the tests of the program."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.agencies import agreement_service as agreements
from lms.agencies.agreement_rules import Basis, Component, State, Step
from lms.agencies.agreement_service import Draft
from lms.agencies.nomination_rules import Candidate
from lms.agencies.rule_sets import RuleSet, shipped_rule_set
from lms.audit.models import AuditEntry
from lms.kernel.ids import new_id
from tests.support.cast import Cast

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LONG_AGO = datetime(2026, 1, 5, 5, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


def rules(rule_set_id: str) -> RuleSet:
    found = shipped_rule_set(rule_set_id)
    assert found is not None
    return found


def draft_of(rule_set_id: str, **changes: Any) -> Draft:
    rule_set = rules(rule_set_id)
    facts: dict[str, Any] = {
        "rule_set_id": rule_set_id,
        "basis": Basis(rule_set.basis),
        "component": Component.ICE,
        "contingency": False,
        "functions": tuple(sorted(rule_set.function_ids)),
        "letter_id": None,
        "effective_at": LONG_AGO,
    }
    return Draft(**(facts | changes))


def agreement(
    session: Session, cast: Cast, rule_set_id: str = "tfm-2025", *, now: datetime = NOON, agency: uuid.UUID | None = None
) -> uuid.UUID:
    """A draft."""
    actor, draft = cast.program_officer.identity, draft_of(rule_set_id)
    return agreements.draft_agreement(session, actor=actor, agency_id=agency or cast.palmetto, draft=draft, form_id=new_id(), now=now)


def moved(session: Session, cast: Cast, agreement_id: uuid.UUID, *states: State, now: datetime = NOON) -> uuid.UUID:
    """Move an agreement through states, a day apart, the last of them before today."""
    for number, state in enumerate(states):
        step = Step(state, LONG_AGO + timedelta(days=number + 1), "As agreed")
        agreements.move_agreement(session, actor=cast.program_officer.identity, agreement_id=agreement_id, step=step, now=now)
        session.flush()
    return agreement_id


def operational(
    session: Session, cast: Cast, rule_set_id: str = "tfm-2025", *, now: datetime = NOON, agency: uuid.UUID | None = None
) -> uuid.UUID:
    """An agreement that is operational."""
    made = agreement(session, cast, rule_set_id, now=now, agency=agency)
    return moved(session, cast, made, State.SIGNED, State.OPERATIONAL, now=now)


def candidate(name: str = "Jo Park", **changes: Any) -> Candidate:
    facts: dict[str, Any] = {
        "name": name,
        "email": f"{name.lower().replace(' ', '.')}@example.gov",
        "sworn_on": date(2020, 3, 1),
        "answers": {"us-citizen": True},
        "consent_by": "Sheriff Ana Ortiz",
        "consent_on": date(2026, 11, 1),
    }
    return Candidate(**(facts | changes))


def entries(session: Session, object_id: uuid.UUID) -> list[str]:
    """What the audit trail says of a thing, sorted."""
    session.flush()
    return sorted(session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == str(object_id))))
