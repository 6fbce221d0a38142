"""People, their roles, invitations, second factors and sessions."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint
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


class InvitationConfirmation(Base):
    """That a second person agrees to an invitation to a staff role. Without it the link opens nothing."""

    __tablename__ = "invitation_confirmation"
    __append_only__ = True

    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"), primary_key=True)
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GrantProposal(Base):
    """A staff role that somebody wants to give to a person who has an account. It counts when a second person confirms it."""

    __tablename__ = "grant_proposal"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str]
    agency_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    proposed_by: Mapped[uuid.UUID] = mapped_column(Id)
    form_id: Mapped[uuid.UUID] = mapped_column(Id, unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GrantDecision(Base):
    """What became of a proposal: `grant_id` names the grant when it was confirmed, and is empty when it was declined."""

    __tablename__ = "grant_decision"
    __append_only__ = True

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("grant_proposal.id"), primary_key=True)
    grant_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("grant.id"))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccountDisabling(Base):
    """From then on nobody signs in to the account, until it is enabled again."""

    __tablename__ = "account_disabling"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    disabled_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccountEnabling(Base):
    """The end of a disabling."""

    __tablename__ = "account_enabling"
    __append_only__ = True

    disabling_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account_disabling.id"), primary_key=True)
    enabled_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Factor(Base):
    """A code app or a passkey with which a person proves that it is them. Rows change: `counter` only ever grows.

    Of a code app `sealed` is the secret, encrypted, and `counter` the last time step used; of a passkey there is a public key, and
    `counter` is how often its device says it was used.
    """

    __tablename__ = "factor"

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    credential_id: Mapped[str | None] = mapped_column(unique=True)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    counter: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FactorEnding(Base):
    """The end of a factor: removed by its owner, or reset for them."""

    __tablename__ = "factor_ending"
    __append_only__ = True

    factor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("factor.id"), primary_key=True)
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecoverySet(Base):
    """Recovery codes made together. A set replaces those before it; one without codes only ends them."""

    __tablename__ = "recovery_set"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecoveryCode(Base):
    """One recovery code, by its keyed digest only."""

    __tablename__ = "recovery_code"
    __append_only__ = True

    digest: Mapped[str] = mapped_column(primary_key=True)
    set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("recovery_set.id"), index=True)


class RecoveryCodeUse(Base):
    """The one use of a recovery code: its key makes a second one impossible."""

    __tablename__ = "recovery_code_use"
    __append_only__ = True

    digest: Mapped[str] = mapped_column(ForeignKey("recovery_code.digest"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


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
    """A signed-in browser. The cookie holds the secret; this row decides whether it still counts.

    `proven_at` is when the person last proved a second factor in it; `challenge` what the next passkey must answer, once.
    """

    __tablename__ = "user_session"

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    browser: Mapped[str]
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    challenge: Mapped[str | None]
    challenge_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Lockdown(Base):
    """That a person sits an exam and sees nothing else meanwhile, on whatever device they sign in. Gone when the attempt is closed."""

    __tablename__ = "lockdown"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(Id, index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


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
