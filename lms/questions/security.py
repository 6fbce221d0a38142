"""Signing the test-security agreement, and asking for it before exam content is shown (R-10)."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.kernel.errors import Forbidden
from lms.kernel.ids import new_id
from lms.questions import security_rules
from lms.questions.models import QuestionSight, SecurityAgreement
from lms.questions.security_rules import Signature


class AgreementNeeded(Forbidden):
    """The person has not signed the test-security agreement, or signed it too long ago."""


def signature(session: Session, *, user_id: uuid.UUID | None) -> Signature | None:
    """The newest signature of a person."""
    asked = select(SecurityAgreement).where(SecurityAgreement.user_id == user_id)
    found = session.scalars(asked.order_by(SecurityAgreement.signed_at.desc(), SecurityAgreement.id).limit(1)).first()
    return None if found is None else Signature(found.edition, found.signed_at)


def require(session: Session, *, actor: Identity, now: datetime) -> None:
    """Refuse whoever may not see exam content today. Raises AgreementNeeded."""
    if not security_rules.counts(signature(session, user_id=actor.user_id), now=now):
        raise AgreementNeeded(
            "Sign the test-security agreement first. Open the page Test security, or the page you came from: it leads you there."
        )


def sign(session: Session, *, actor: Identity, now: datetime) -> None:
    """Sign the agreement of today. While a signature counts, a second one changes nothing."""
    if actor.user_id is None or security_rules.counts(signature(session, user_id=actor.user_id), now=now):
        return
    made = SecurityAgreement(
        id=new_id(), user_id=actor.user_id, edition=security_rules.EDITION, text_hash=security_rules.TEXT_HASH, signed_at=now
    )
    session.add(made)
    audit.record(
        session,
        actor=actor,
        action="signed the test-security agreement",
        object_type="security agreement",
        object_id=made.id,
        details={"edition": made.edition, "text": made.text_hash},
        now=now,
    )


def note_sight(session: Session, *, actor: Identity, question_hash: str, purpose: str, now: datetime) -> None:
    """Record that a question was shown to somebody outside an exam, and what for (R-10)."""
    if actor.user_id is not None:
        session.add(QuestionSight(id=new_id(), question_hash=question_hash, user_id=actor.user_id, purpose=purpose, at=now))
