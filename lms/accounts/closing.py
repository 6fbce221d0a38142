"""Disabling an account, and enabling it again."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.models import AccountDisabling, AccountEnabling, User
from lms.accounts.rules import Identity
from lms.accounts.service import end_sessions
from lms.audit import service as audit
from lms.kernel.errors import Conflict, Forbidden, NotFound
from lms.kernel.ids import new_id


class OwnAccount(Forbidden):
    """Nobody disables or enables their own account."""


class AccountDisabled(Forbidden):
    """The password was right, and the account is disabled."""


class DisabledAlready(Conflict):
    """The account is disabled."""


class NotDisabled(Conflict):
    """The account is not disabled."""


def refuse_disabled(session: Session, *, user_id: uuid.UUID) -> None:
    """Raise AccountDisabled where nobody signs in to the account."""
    if queries.is_disabled(session, user_id=user_id):
        raise AccountDisabled("This account is disabled. Ask the person who runs your program.")


def disable(session: Session, *, actor: Identity, user_id: uuid.UUID, reason: str, now: datetime) -> None:
    """Let nobody sign in to the account any more, and end every session of its person. Roles stay as they are."""
    _lock(session, actor=actor, user_id=user_id)
    if queries.is_disabled(session, user_id=user_id):
        raise DisabledAlready("This account is disabled already.")
    session.add(AccountDisabling(id=new_id(), user_id=user_id, disabled_by=actor.user_id, reason=reason, at=now))
    end_sessions(session, user_id=user_id, now=now)
    _record(session, actor, "disabled an account", user_id, reason, now)


def enable(session: Session, *, actor: Identity, user_id: uuid.UUID, now: datetime) -> None:
    """Let the person sign in again, with the roles they still hold."""
    _lock(session, actor=actor, user_id=user_id)
    found = queries.disabling_of(session, user_id=user_id)
    if found is None:
        raise NotDisabled("This account is not disabled.")
    session.add(AccountEnabling(disabling_id=found.id, enabled_by=actor.user_id, at=now))
    _record(session, actor, "enabled an account", user_id, None, now)


def _lock(session: Session, *, actor: Identity, user_id: uuid.UUID) -> None:
    """Let a sign-in under way end first. Refused for oneself."""
    if user_id == actor.user_id:
        raise OwnAccount("Nobody disables or enables their own account. Ask another administrator.")
    if session.scalar(select(User.id).where(User.id == user_id).with_for_update()) is None:
        raise NotFound("There is no such person.")


def _record(session: Session, actor: Identity, action: str, user_id: uuid.UUID, reason: str | None, now: datetime) -> None:
    audit.record(session, actor=actor, action=action, object_type="user", object_id=user_id, reason=reason, now=now)
