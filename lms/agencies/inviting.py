"""Inviting with a notice: the link goes to the person by mail, after the second person's word where one is needed."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import queries as accounts
from lms.accounts import service
from lms.accounts.models import Invitation
from lms.accounts.permissions import Role
from lms.accounts.rules import Identity
from lms.agencies.models import Agency
from lms.notices import service as notices
from lms.notices.rules import Kind, spoken
from lms.notices.service import Recipient

KEY: Final = "invitation"
NO_AGENCY: Final = "UTC"
"""The clock of people whom no agency invites."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is invited, as what and into which agency, if the role has one."""

    email: str
    name: str
    role: Role
    agency_id: uuid.UUID | None


def invite(session: Session, *, actor: Identity, guest: Guest, form_id: uuid.UUID, now: datetime) -> str:
    """Make an invitation and return its secret. Its link also goes out as a notice, which waits while a second person has to agree."""
    sent: dict[str, Any] = {"email": guest.email, "name": guest.name, "role": guest.role, "agency_id": guest.agency_id}
    secret = service.invite(session, actor=actor, form_id=form_id, now=now, **sent)
    session.flush()
    asked = select(Invitation, Agency.name, Agency.time_zone).outerjoin(Agency, Agency.id == Invitation.agency_id)
    made, agency, zone = session.execute(asked.where(Invitation.form_id == form_id)).one()
    facts = {
        "role": f"{guest.role} of {agency}" if agency else guest.role.value,
        "until": spoken(made.expires_at, zone or NO_AGENCY),
        "inviter": actor.name,
    }
    to, path = Recipient(made.name, made.email), f"/invitations/{secret}"
    notices.write(session, kind=Kind.INVITATION, key=f"{KEY}:{made.id}", to=to, facts=facts, path=path, now=now)
    if session.scalar(select(Invitation.id).where(Invitation.id == made.id, accounts.confirmed())) is None:
        notices.hold(session, key=f"{KEY}:{made.id}")
    return secret


def settle_held(session: Session, *, now: datetime) -> int:
    """Send the links to which a second person has agreed, and forget those that nobody can take up any more. Says how many."""
    settled = 0
    for notice_id, key in notices.held(session, kind=Kind.INVITATION):
        invitation_id = uuid.UUID(key.removeprefix(f"{KEY}:"))
        asked = select(Invitation.id).where(Invitation.id == invitation_id)
        if session.scalar(asked.where(accounts.waits(now))) is None:
            notices.forget(session, notice_id=notice_id)
        elif session.scalar(asked.where(accounts.confirmed())) is not None:
            notices.release(session, notice_id=notice_id, now=now)
        else:
            continue
        settled += 1
    return settled
