"""Who a session belongs to, who there is, and which invitations are open."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import (
    AccountDisabling,
    AccountEnabling,
    Factor,
    FactorEnding,
    Grant,
    GrantEnding,
    Invitation,
    InvitationConfirmation,
    InvitationUse,
    InvitationWithdrawal,
    Lockdown,
    Officer,
    PasswordLink,
    PasswordLinkUse,
    PrivacyNotice,
    SignInFailure,
    User,
    UserSession,
)
from lms.accounts.permissions import STAFF_ROLES, Role
from lms.accounts.rules import Identity, identity_with
from lms.db.types import UtcDateTime
from lms.kernel.ids import digest


def held(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """That a grant is in force at `now`."""
    grant, ending = Grant.__table__.c, GrantEnding.__table__.c
    ended = exists().where(ending.grant_id == grant.id, ending.effective_at <= now)
    return and_(grant.effective_at <= now, ~ended)


def has_factor() -> ColumnElement[bool]:
    """That a user has a second factor that has not ended."""
    user, factor, ending = User.__table__.c, Factor.__table__.c, FactorEnding.__table__.c
    return exists().where(factor.user_id == user.id, ~exists().where(ending.factor_id == factor.id))


def _identity_asked() -> Select[Any]:
    opened, user, officer, grant, locked = (model.__table__ for model in (UserSession, User, Officer, Grant, Lockdown))
    now = bindparam("now", type_=UtcDateTime)
    session = (opened.c.id, opened.c.proven_at, has_factor().label("has_factor"))
    return (
        select(*session, user.c.id, user.c.name, user.c.email, officer.c.id, grant.c.role, grant.c.agency_id, locked.c.attempt_id)
        .join_from(opened, user, user.c.id == opened.c.user_id)
        .outerjoin(officer, officer.c.user_id == user.c.id)
        .outerjoin(locked, locked.c.user_id == user.c.id)
        .outerjoin(grant, and_(grant.c.user_id == user.c.id, held(now)))
        .where(opened.c.token_digest == bindparam("digest"), opened.c.expires_at > now, opened.c.ended_at.is_(None))
    )


IDENTITY = _identity_asked()
"""Every request asks this, so it is made once, and of columns: entities would cost more than the question itself."""


def identity_of(session: Session, *, token: str, now: datetime) -> Identity | None:
    """The person whose session `token` is, with the roles held at `now`; None when the session ended. One statement."""
    rows = session.execute(IDENTITY, {"digest": digest(token), "now": now}).all()
    return _identity(rows) if rows else None


def _identity(rows: Sequence[Any]) -> Identity:
    session_id, proven_at, has_one, user_id, name, email, officer_id, _, _, locked_to = rows[0]
    return identity_with(
        frozenset(Role(row[7]) for row in rows if row[7] is not None),
        user_id=user_id,
        name=name,
        email=email,
        officer_id=officer_id,
        session_id=session_id,
        has_factor=bool(has_one),
        proven_at=proven_at,
        locked_to=locked_to,
        agency_ids=frozenset(row[8] for row in rows if row[7] == Role.COORDINATOR),
    )


@dataclass(frozen=True, slots=True)
class Account:
    """What signing in needs to know of a user."""

    user_id: uuid.UUID
    password_hash: str


def account(session: Session, *, email: str) -> Account | None:
    """The account of a normalized e-mail address, if there is one."""
    row = session.execute(select(User.id, User.password_hash).where(User.email == email)).first()
    return None if row is None else Account(row.id, row.password_hash)


def disabled() -> ColumnElement[bool]:
    """That a user's account is disabled."""
    enabled = exists().where(AccountEnabling.disabling_id == AccountDisabling.id)
    return exists().where(AccountDisabling.user_id == User.id, ~enabled)


def is_disabled(session: Session, *, user_id: uuid.UUID) -> bool:
    """Whether the account is disabled."""
    return session.scalar(select(User.id).where(User.id == user_id, disabled())) is not None


@dataclass(frozen=True, slots=True)
class Disabling:
    """Why an account is disabled, and since when."""

    id: uuid.UUID
    reason: str
    at: datetime


def disabling_of(session: Session, *, user_id: uuid.UUID) -> Disabling | None:
    """The disabling that keeps the account closed now, if one does."""
    enabled = exists().where(AccountEnabling.disabling_id == AccountDisabling.id)
    asked = select(AccountDisabling.id, AccountDisabling.reason, AccountDisabling.at)
    row = session.execute(asked.where(AccountDisabling.user_id == user_id, ~enabled).limit(1)).first()
    return None if row is None else Disabling(*row)


def recent_failures(
    session: Session, *, account_digest: str, address_digest: str, since: datetime, besides: uuid.UUID | None = None
) -> tuple[int, int]:
    """Sign-ins since a moment that failed or are under way, `besides` one of them: for the account, and from the address."""
    others = true() if besides is None else SignInFailure.id != besides
    matching = SignInFailure.account_digest == account_digest
    row = session.execute(
        select(
            func.count().filter(matching),
            func.count().filter(SignInFailure.address_digest == address_digest),
        ).where(others, SignInFailure.at > since, or_(matching, SignInFailure.address_digest == address_digest))
    ).one()
    return int(row[0]), int(row[1])


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that can still be used."""

    id: uuid.UUID
    email: str
    name: str
    role: Role
    agency_id: uuid.UUID | None
    expires_at: datetime
    invited_by: uuid.UUID | None
    known: bool
    confirmed: bool


def confirmed() -> ColumnElement[bool]:
    """That an invitation waits for no second person: it was confirmed, made on the machine itself, or is for an officer."""
    second = exists().where(InvitationConfirmation.invitation_id == Invitation.id)
    return or_(second, Invitation.invited_by.is_(None), Invitation.role.not_in(STAFF_ROLES))


def waits(now: datetime) -> ColumnElement[bool]:
    """That an invitation can still be taken up: it was neither used nor withdrawn, and its time has not passed.

    One without an address is for the first administrator: whoever holds it chooses the address, so it is void once there is one.
    """
    used = exists().where(InvitationUse.invitation_id == Invitation.id)
    withdrawn = exists().where(InvitationWithdrawal.invitation_id == Invitation.id)
    administered = exists().where(Grant.role == Role.ADMINISTRATOR, held(now))
    return and_(Invitation.expires_at > now, ~used, ~withdrawn, or_(Invitation.email != "", ~administered))


def open_invitation(session: Session, *, token: str, now: datetime) -> OpenInvitation | None:
    """The invitation behind a link, if it still waits. `known`: the address has an account already."""
    row = session.execute(
        select(Invitation, User.id, confirmed())
        .outerjoin(User, User.email == Invitation.email)
        .where(Invitation.token_digest == digest(token), waits(now))
    ).first()
    if row is None:
        return None
    found: Invitation = row[0]
    role, facts = Role(found.role), (found.agency_id, found.expires_at, found.invited_by)
    return OpenInvitation(found.id, found.email, found.name, role, *facts, known=row[1] is not None, confirmed=bool(row[2]))


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person and one role they hold."""

    grant_id: uuid.UUID
    user_id: uuid.UUID
    name: str
    email: str
    role: Role
    agency_id: uuid.UUID | None
    since: datetime
    officer_id: uuid.UUID | None
    disabled: bool = False
    has_factor: bool = False


PEOPLE_PER_PAGE = 50
PERSON = (Grant.id, User.id, User.name, User.email, Grant.role, Grant.agency_id, Grant.effective_at, Officer.id)


def people(session: Session, *, now: datetime, agency_id: uuid.UUID | None = None, page: int = 1) -> list[PersonRow]:
    """One page of the people with the roles they hold now, by name; those of one agency when it is given."""
    asked = (
        select(*PERSON, disabled(), has_factor())
        .join(Grant, Grant.user_id == User.id)
        .outerjoin(Officer, Officer.user_id == User.id)
        .where(held(now))
        .order_by(User.name, User.id, Grant.role, Grant.id)
        .offset((page - 1) * PEOPLE_PER_PAGE)
        .limit(PEOPLE_PER_PAGE)
    )
    if agency_id is not None:
        asked = asked.where(Grant.agency_id == agency_id)
    return [_person_row(row) for row in session.execute(asked)]


def people_count(session: Session, *, now: datetime) -> int:
    """How many roles are held now: the rows of all pages of `people`."""
    return session.scalar(select(func.count()).select_from(Grant).where(held(now))) or 0


def role_held(session: Session, *, grant_id: uuid.UUID, now: datetime) -> PersonRow | None:
    """One person and the role that a grant gives them, unless it has ended."""
    asked = (
        select(*PERSON, disabled(), has_factor())
        .join(User, User.id == Grant.user_id)
        .outerjoin(Officer, Officer.user_id == User.id)
        .where(Grant.id == grant_id, held(now))
    )
    row = session.execute(asked).first()
    return None if row is None else _person_row(row)


def _person_row(row: Any) -> PersonRow:
    grant_id, user_id, name, email, role, agency_id, since, officer_id, is_closed, has_one = row
    return PersonRow(grant_id, user_id, name, email, Role(role), agency_id, since, officer_id, bool(is_closed), bool(has_one))


def roles_of(session: Session, *, user_id: uuid.UUID, now: datetime) -> list[PersonRow]:
    """The roles that one person holds, the oldest first."""
    asked = (
        select(*PERSON, disabled(), has_factor())
        .join(User, User.id == Grant.user_id)
        .outerjoin(Officer, Officer.user_id == User.id)
        .where(User.id == user_id, held(now))
        .order_by(Grant.effective_at, Grant.id)
    )
    return [_person_row(row) for row in session.execute(asked)]


@dataclass(frozen=True, slots=True)
class PendingInvitation:
    """An invitation sent and not yet used."""

    id: uuid.UUID
    email: str
    name: str
    role: Role
    agency_id: uuid.UUID | None
    expires_at: datetime
    invited_by: uuid.UUID | None
    confirmed: bool


def pending_invitations(session: Session, *, now: datetime) -> list[PendingInvitation]:
    """The invitations that wait to be used, the newest first."""
    rows = session.execute(select(Invitation, confirmed()).where(waits(now)).order_by(Invitation.created_at.desc()).limit(100))
    return [
        PendingInvitation(row.id, row.email, row.name, Role(row.role), row.agency_id, row.expires_at, row.invited_by, bool(agreed))
        for row, agreed in rows
    ]


@dataclass(frozen=True, slots=True)
class PersonName:
    """Somebody with an account."""

    user_id: uuid.UUID
    name: str
    email: str


def person(session: Session, *, user_id: uuid.UUID) -> PersonName | None:
    """The person with that id, if there is one."""
    row = session.execute(select(User.id, User.name, User.email).where(User.id == user_id)).first()
    return None if row is None else PersonName(*row)


@dataclass(frozen=True, slots=True)
class OpenPasswordLink:
    """A password link that can still be used, and whose password it sets."""

    id: uuid.UUID
    person: PersonName
    expires_at: datetime


def open_password_link(session: Session, *, token: str, now: datetime) -> OpenPasswordLink | None:
    """The link behind a secret, unless it was used, its time has passed, a newer one was made, or the password changed otherwise."""
    later = aliased(PasswordLink)
    superseded = exists().where(later.user_id == PasswordLink.user_id, later.created_at > PasswordLink.created_at)
    used = exists().where(PasswordLinkUse.password_link_id == PasswordLink.id)
    row = session.execute(
        select(PasswordLink.id, PasswordLink.expires_at, PasswordLink.replaces, User.password_hash, User.id, User.name, User.email)
        .join(User, User.id == PasswordLink.user_id)
        .where(PasswordLink.token_digest == digest(token), PasswordLink.expires_at > now, ~used, ~superseded)
    ).first()
    if row is None or row.replaces != digest(row.password_hash):
        return None
    return OpenPasswordLink(row[0], PersonName(*row[4:]), row.expires_at)


def someone_is(session: Session, *, role: Role, now: datetime) -> bool:
    """Whether anybody holds `role` at `now`."""
    return session.scalar(select(Grant.id).where(Grant.role == role, held(now)).limit(1)) is not None


def has_read_notice(session: Session, *, user_id: uuid.UUID, edition: str) -> bool:
    """Whether the person has read this edition of the notice of what is recorded about them."""
    asked = select(PrivacyNotice.id).where(PrivacyNotice.user_id == user_id, PrivacyNotice.edition == edition)
    return session.scalar(asked) is not None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser in which a person is signed in."""

    id: uuid.UUID
    browser: str
    created_at: datetime
    expires_at: datetime


def open_sessions(session: Session, *, user_id: uuid.UUID, now: datetime) -> list[SessionRow]:
    """The browsers in which a person is signed in, the newest first."""
    rows = session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None), UserSession.expires_at > now)
        .order_by(UserSession.created_at.desc())
    )
    return [SessionRow(row.id, row.browser, row.created_at, row.expires_at) for row in rows]
