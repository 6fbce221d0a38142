"""New passwords: changed by their owner, or set by a link that an administrator made for somebody who forgot theirs."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.models import PasswordLink, PasswordLinkUse, User
from lms.accounts.queries import Account, PersonName
from lms.accounts.rules import Identity
from lms.accounts.service import AlreadyMade, end_sessions
from lms.audit import service as audit
from lms.kernel.errors import Conflict, Forbidden, NotFound
from lms.kernel.ids import digest, new_id, token

PASSWORD_LINK_LASTS = timedelta(hours=24)


class NobodySuch(NotFound):
    """Nobody has that id."""


class OwnPassword(Forbidden):
    """Nobody makes a password link for themselves: a session left open would be enough to take the account over."""


class PasswordLinkGone(NotFound):
    """The link was used, has expired, was followed by a newer one, or never was one."""


class PasswordChanged(Conflict):
    """The password was changed while this change was under way."""


def still_stands(session: Session, *, account: Account) -> bool:
    """Whether the password checked a moment ago is still the account's; until the end of the transaction it then stays so."""
    unchanged = (User.id == account.user_id, User.password_hash == account.password_hash)
    return session.scalar(select(User.id).where(*unchanged).with_for_update()) is not None


def change_password(session: Session, *, actor: Identity, account: Account, password_hash: str, now: datetime) -> None:
    """Replace one's own password, which was checked to be `account`'s, and end one's sessions in other browsers."""
    if account.user_id != actor.user_id or not still_stands(session, account=account):
        raise PasswordChanged("Your password was changed in the meantime. Sign in with the new one.")
    _replace(session, user_id=account.user_id, password_hash=password_hash)
    end_sessions(session, user_id=account.user_id, but=actor.session_id, now=now)
    audit.record(session, actor=actor, action="changed the own password", object_type="user", object_id=account.user_id, now=now)


def whom_to_help(session: Session, *, actor: Identity, user_id: uuid.UUID) -> PersonName:
    """The person for whom `actor` is about to make a password link. Refused for oneself."""
    if user_id == actor.user_id:
        raise OwnPassword(
            "Nobody makes a password link for themselves. Change your password on your account page, or ask another administrator."
        )
    found = queries.person(session, user_id=user_id)
    if found is None:
        raise NobodySuch("There is no such person.")
    return found


def make_password_link(session: Session, *, actor: Identity, user_id: uuid.UUID, form_id: uuid.UUID, now: datetime) -> str:
    """Make a link by which a person sets a new password, and return its secret, shown once. Links made before stop working.

    Raises AlreadyMade when the form was sent before.
    """
    whom_to_help(session, actor=actor, user_id=user_id)
    if session.scalar(select(PasswordLink.id).where(PasswordLink.form_id == form_id)) is not None:
        raise AlreadyMade("This link is already made.")
    secret = token()
    link = PasswordLink(
        id=new_id(),
        token_digest=digest(secret),
        user_id=user_id,
        replaces=digest(session.execute(select(User.password_hash).where(User.id == user_id)).scalar_one()),
        made_by=actor.user_id,
        form_id=form_id,
        created_at=now,
        expires_at=now + PASSWORD_LINK_LASTS,
    )
    session.add(link)
    details = {"link": str(link.id)}
    audit.record(session, actor=actor, action="made a password link", object_type="user", object_id=user_id, details=details, now=now)
    return secret


def set_password(session: Session, *, secret: str, password_hash: str, now: datetime) -> None:
    """Set the password of the person whose link it is, once, and end every session of theirs."""
    owner = select(PasswordLink.user_id).where(PasswordLink.token_digest == digest(secret)).scalar_subquery()
    session.execute(select(User.id).where(User.id == owner).with_for_update())  # a change under way ends first
    link = queries.open_password_link(session, token=secret, now=now)
    if link is None:
        raise PasswordLinkGone("This link was already used or has expired. Ask for a new one.")
    person = link.person
    session.add(PasswordLinkUse(password_link_id=link.id, at=now))
    _replace(session, user_id=person.user_id, password_hash=password_hash)
    end_sessions(session, user_id=person.user_id, now=now)
    audit.record(
        session,
        actor=Identity(person.user_id, person.name),
        action="set a new password by a link",
        object_type="user",
        object_id=person.user_id,
        details={"link": str(link.id)},
        now=now,
    )


def _replace(session: Session, *, user_id: uuid.UUID, password_hash: str) -> None:
    session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))
