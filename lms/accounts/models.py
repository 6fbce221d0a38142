"""People, their roles, invitations and sessions."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import Id, UtcDateTime


class User(Base):
    """An account that signs in."""

    __tablename__ = "user"

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Officer(Base):
    """A law officer who takes the course: the record of training, which outlives accounts and changes of agency."""

    __tablename__ = "officer"

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), unique=True)
    name: Mapped[str]
    normalized_name: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Grant(Base):
    """A role given to a person; in one agency where the role is an agency's."""

    __tablename__ = "grant"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str]
    agency_id: Mapped[uuid.UUID | None] = mapped_column(Id, index=True)
    granted_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GrantEnding(Base):
    """The end of a grant: from then on the role is not held."""

    __tablename__ = "grant_ending"
    __append_only__ = True

    grant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("grant.id"), primary_key=True)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    reason: Mapped[str]
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Invitation(Base):
    """A single-use link by which a person takes up a role. Only the digest of its secret is kept.

    Without an address, whoever opens the link enters their own. `form_id` names the form it was made with: sent again, that form makes
    no second one.
    """

    __tablename__ = "invitation"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    role: Mapped[str]
    agency_id: Mapped[uuid.UUID | None] = mapped_column(Id, index=True)
    invited_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    form_id: Mapped[uuid.UUID] = mapped_column(Id, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InvitationUse(Base):
    """The one use of an invitation: its key makes a second one impossible."""

    __tablename__ = "invitation_use"
    __append_only__ = True

    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class InvitationWithdrawal(Base):
    """The end of an invitation before anybody took it up."""

    __tablename__ = "invitation_withdrawal"
    __append_only__ = True

    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"), primary_key=True)
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PasswordLink(Base):
    """A single-use link by which a person sets a new password. Only the digest of its secret is kept.

    `replaces` is the digest of the password hash it was made to replace: once the person has another, in whatever way, the link is spent.
    """

    __tablename__ = "password_link"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    replaces: Mapped[str]
    made_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    form_id: Mapped[uuid.UUID] = mapped_column(Id, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PasswordLinkUse(Base):
    """The one use of a password link: its key makes a second one impossible."""

    __tablename__ = "password_link_use"
    __append_only__ = True

    password_link_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("password_link.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class UserSession(Base):
    """A signed-in browser. The cookie holds the secret; this row decides whether it still counts."""

    __tablename__ = "user_session"

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    browser: Mapped[str]


class SignInFailure(Base):
    """A sign-in that failed or is under way, by digests of account and address: enough to slow guessing, not to list people."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_account_at", "account_digest", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    account_digest: Mapped[str]
    address_digest: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PrivacyNotice(Base):
    """That a person has read what is recorded about them, and in which wording."""

    __tablename__ = "privacy_notice"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("user_id", "edition"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    edition: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
