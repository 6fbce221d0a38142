"""Inviting, taking up and withdrawing an invitation, opening and ending sessions."""

import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from lms.accounts import queries, rules
from lms.accounts.models import (
    Grant,
    GrantEnding,
    Invitation,
    InvitationUse,
    InvitationWithdrawal,
    Officer,
    PrivacyNotice,
    User,
    UserSession,
)
from lms.accounts.permissions import AGENCY_ROLES, STAFF_ROLES, Role
from lms.accounts.queries import OpenInvitation
from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import digest, new_id, token

INVITATION_LASTS = timedelta(days=7)
SESSION_LASTS = timedelta(hours=12)


INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs"})
"""Unicode categories that no name on a certificate needs: controls, directions, private signs."""


class InvitationGone(NotFound):
    """The link was used or withdrawn, has expired, or never was one."""


class RoleNeedsAgency(Invalid):
    """Officers and coordinators belong to an agency; the other roles to none."""


class AlreadyMade(Conflict):
    """The form was sent before, and what it makes is made."""


class OwnRoles(Forbidden):
    """Nobody changes their own roles, alone or with a second person's help."""


class NotConfirmed(Forbidden):
    """The role is a staff role, and no second person has agreed to the invitation yet."""


class SessionGone(Forbidden):
    """The session ended while its person was proving that it is them."""


class SignInAgain(Conflict):
    """The account exists: it takes up the role by signing in."""


def invite(  # noqa: PLR0913 - an invitation has this many sides, each named at the call
    session: Session,
    *,
    actor: Identity,
    email: str,
    name: str,
    role: Role,
    agency_id: uuid.UUID | None,
    now: datetime,
    form_id: uuid.UUID | None = None,
) -> str:
    """Make an invitation and return its secret, which is shown once and kept only as a digest.

    Without an address whoever opens the link enters their own. Raises AlreadyMade when the form was sent before.
    """
    if (role in AGENCY_ROLES) is (agency_id is None):
        raise RoleNeedsAgency("Choose an agency for an officer or a coordinator, and none for the other roles.")
    if role in STAFF_ROLES and actor.email and rules.normalized_email(email) == actor.email:
        raise OwnRoles("Nobody changes their own roles. Ask another administrator.")
    if form_id is not None and session.scalar(select(Invitation.id).where(Invitation.form_id == form_id)) is not None:
        raise AlreadyMade("This invitation is already made.")
    secret = token()
    invitation = Invitation(
        id=new_id(),
        token_digest=digest(secret),
        email=rules.normalized_email(email),
        name=" ".join(name.split()),
        role=role,
        agency_id=agency_id,
        invited_by=actor.user_id,
        form_id=form_id or new_id(),
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    session.add(invitation)
    details = {"role": role, "person": audit.commitment(invitation.email)}
    audit.record(
        session,
        actor=actor,
        action="invited a person",
        object_type="invitation",
        object_id=invitation.id,
        agency_id=agency_id,
        details=details,
        now=now,
    )
    return secret


def withdraw_invitation(session: Session, *, actor: Identity, invitation_id: uuid.UUID, now: datetime) -> None:
    """End an invitation that nobody took up: its link answers as gone from now on."""
    _lock(session, Invitation.id == invitation_id)
    found = session.scalar(select(Invitation).where(Invitation.id == invitation_id, queries.waits(now)))
    if found is None:
        raise InvitationGone("This invitation is not open any more.")
    session.add(InvitationWithdrawal(invitation_id=found.id, withdrawn_by=actor.user_id, at=now))
    audit.record(
        session,
        actor=actor,
        action="withdrew an invitation",
        object_type="invitation",
        object_id=found.id,
        agency_id=found.agency_id,
        details={"role": found.role},
        now=now,
    )


def _lock(session: Session, which: ColumnElement[bool]) -> None:
    """Let taking up and withdrawing one invitation happen one after the other."""
    session.execute(select(Invitation.id).where(which).with_for_update())


@dataclass(frozen=True, slots=True)
class Welcome:
    """What taking up an invitation made: the person, their role, and the officer record where the role has one."""

    user_id: uuid.UUID
    officer_id: uuid.UUID | None
    role: Role
    agency_id: uuid.UUID | None


def take_up(session: Session, *, secret: str, name: str, password_hash: str, now: datetime, email: str = "") -> Welcome:
    """Make the account that an invitation offers; `email` counts where the invitation has no address.

    An address that has an account already signs in to take the role up (`take_up_as`).
    """
    invitation = _invitation(session, secret=secret, now=now)
    address = invitation.email or rules.normalized_email(email)
    if not address:
        raise Invalid("Enter your e-mail address.")
    if queries.account(session, email=address) is not None:
        raise SignInAgain("You already have an account with this address. Sign in and open the link again to add the role.")
    user = User(id=new_id(), email=address, name=_clean_name(name), password_hash=password_hash, created_at=now)
    session.add(user)
    session.flush()  # the rows below point to it
    return _grant(session, invitation=invitation, user=user, now=now)


def take_up_as(session: Session, *, actor: Identity, secret: str, now: datetime) -> Welcome:
    """Add the role that an invitation offers to the signed-in person it was sent to; to anybody's who has it when it has no address."""
    invitation = _invitation(session, secret=secret, now=now)
    if invitation.email not in {"", actor.email}:
        raise Forbidden("This invitation was sent to another address than the one you are signed in with.")
    if invitation.invited_by is not None and invitation.invited_by == actor.user_id:  # whoever sends it to a second address of theirs
        raise OwnRoles("Nobody changes their own roles. Ask another administrator.")
    user = session.get_one(User, actor.user_id)
    welcome = _grant(session, invitation=invitation, user=user, now=now)
    end_sessions(session, user_id=user.id, but=actor.session_id, now=now)
    return welcome


def _invitation(session: Session, *, secret: str, now: datetime) -> OpenInvitation:
    _lock(session, Invitation.token_digest == digest(secret))
    found = queries.open_invitation(session, token=secret, now=now)
    if found is None:
        raise InvitationGone("This link was already used or has expired. Ask for a new one.")
    if not found.confirmed:
        raise NotConfirmed("A second person must confirm this invitation before its link works. Try again later.")
    return found


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not rules.normalized_name(cleaned):
        raise Invalid("Enter your name as it should appear on a certificate.")
    if any(unicodedata.category(sign) in INVISIBLE for sign in cleaned):
        raise Invalid("The name holds an invisible character. Type it anew instead of pasting it.")
    return cleaned


def _grant(session: Session, *, invitation: OpenInvitation, user: User, now: datetime) -> Welcome:
    session.add(InvitationUse(invitation_id=invitation.id, user_id=user.id, at=now))
    grant = Grant(
        id=new_id(),
        user_id=user.id,
        role=invitation.role,
        agency_id=invitation.agency_id,
        granted_by=None,
        effective_at=now,
        recorded_at=now,
    )
    session.add(grant)
    officer = _officer_of(session, user=user, now=now) if invitation.role is Role.OFFICER else None
    audit.record(
        session,
        actor=Identity(user.id, user.name),
        action="took up a role",
        object_type="grant",
        object_id=grant.id,
        agency_id=invitation.agency_id,
        details={"role": invitation.role, "invitation": str(invitation.id)},
        now=now,
    )
    return Welcome(user.id, officer.id if officer else None, invitation.role, invitation.agency_id)


def _officer_of(session: Session, *, user: User, now: datetime) -> Officer:
    officer = session.scalar(select(Officer).where(Officer.user_id == user.id))
    if officer is None:
        officer = Officer(id=new_id(), user_id=user.id, name=user.name, normalized_name=rules.normalized_name(user.name), created_at=now)
        session.add(officer)
        session.flush()  # a membership points to it
    return officer


def end_grant(session: Session, *, actor: Identity, grant_id: uuid.UUID, reason: str, now: datetime) -> None:
    """End a role, and with it every session of the person: they sign in again with what is left."""
    grant = session.get(Grant, grant_id)
    if grant is None or session.get(GrantEnding, grant_id) is not None:
        raise NotFound("There is no such role to end.")
    if grant.user_id == actor.user_id:
        raise OwnRoles("Nobody changes their own roles. Ask another administrator.")
    session.add(GrantEnding(grant_id=grant_id, ended_by=actor.user_id, reason=reason, effective_at=now, recorded_at=now))
    end_sessions(session, user_id=grant.user_id, now=now)
    audit.record(
        session,
        actor=actor,
        action="ended a role",
        object_type="grant",
        object_id=grant_id,
        agency_id=grant.agency_id,
        reason=reason,
        details={"role": grant.role},
        now=now,
    )


def move_officer_role(
    session: Session, *, actor: Identity, user_id: uuid.UUID, agency_id: uuid.UUID, to: uuid.UUID, reason: str, now: datetime
) -> None:
    """Let a person hold the role of officer in another agency instead, and sign in again. Whoever calls writes the entry of the move."""
    own = (Grant.user_id == user_id, Grant.role == Role.OFFICER, Grant.agency_id == agency_id, queries.held(now))
    ended = session.scalars(select(Grant.id).where(*own)).all()
    for grant_id in ended:
        session.add(GrantEnding(grant_id=grant_id, ended_by=actor.user_id, reason=reason, effective_at=now, recorded_at=now))
    if ended:
        given = {"granted_by": actor.user_id, "effective_at": now, "recorded_at": now}
        session.add(Grant(id=new_id(), user_id=user_id, role=Role.OFFICER, agency_id=to, **given))
    session.flush()
    end_sessions(session, user_id=user_id, now=now)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was opened: its secret for the cookie, and who is in it."""

    secret: str
    identity: Identity


def open_session(session: Session, *, user_id: uuid.UUID, browser: str, now: datetime, proof: str | None = None) -> Opened:
    """Open a server-side session. `proof` says by what kind of factor the person has just proved that it is them."""
    secret = token(256)
    opened = UserSession(
        id=new_id(),
        token_digest=digest(secret),
        user_id=user_id,
        created_at=now,
        expires_at=now + SESSION_LASTS,
        ended_at=None,
        browser=browser[:200],
        proven_at=now if proof else None,
    )
    session.add(opened)
    session.flush()
    identity = queries.identity_of(session, token=secret, now=now)
    if identity is None:
        raise NotFound("There is no such person.")
    action = "signed in" if identity.owes is None else "gave the right password"
    details = {"factor": proof} if proof else {}
    audit.record(session, actor=identity, action=action, object_type="session", object_id=opened.id, details=details, now=now)
    return Opened(secret, identity)


def replace_session(session: Session, *, actor: Identity, browser: str, proof: str | None, now: datetime) -> Opened:
    """Let a new session take the place of the actor's: what it may do has grown. Raises SessionGone when that one has ended."""
    own = (UserSession.id == actor.session_id, UserSession.ended_at.is_(None))
    ended = session.execute(update(UserSession).where(*own).values(ended_at=now).returning(UserSession.id)).first()
    if ended is None or actor.user_id is None:
        raise SessionGone("You were signed out in the meantime. Sign in again.")
    return open_session(session, user_id=actor.user_id, browser=browser, proof=proof, now=now)


def end_session(session: Session, *, actor: Identity, session_id: uuid.UUID, now: datetime) -> None:
    """End one of one's own sessions."""
    own = (UserSession.id == session_id, UserSession.user_id == actor.user_id, UserSession.ended_at.is_(None))
    ended = session.execute(update(UserSession).where(*own).values(ended_at=now).returning(UserSession.id)).first()
    if ended is None:
        raise NotFound("There is no such session.")
    audit.record(session, actor=actor, action="ended a session", object_type="session", object_id=session_id, now=now)


def end_sessions(session: Session, *, user_id: uuid.UUID, now: datetime, but: uuid.UUID | None = None) -> None:
    """End every session of a person `but` one, on every worker at once."""
    ended = update(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    session.execute((ended if but is None else ended.where(UserSession.id != but)).values(ended_at=now))


def read_notice(session: Session, *, actor: Identity, edition: str, now: datetime) -> None:
    """Record that the person has read what is recorded about them; a second time changes nothing."""
    if actor.user_id is None or queries.has_read_notice(session, user_id=actor.user_id, edition=edition):
        return
    session.add(PrivacyNotice(id=new_id(), user_id=actor.user_id, edition=edition, at=now))
    audit.record(session, actor=actor, action="read the notice of what is recorded", object_type="notice", object_id=edition, now=now)
