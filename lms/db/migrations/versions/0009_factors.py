"""Second factors, recovery codes, second persons, and accounts that are disabled."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "account_disabling",
    "account_enabling",
    "factor_ending",
    "grant_decision",
    "grant_proposal",
    "invitation_confirmation",
    "recovery_code",
    "recovery_code_use",
    "recovery_set",
)


def upgrade() -> None:
    op.create_table(
        "account_disabling",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("disabled_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_account_disabling_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_disabling")),
    )
    with op.batch_alter_table("account_disabling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_disabling_user_id"), ["user_id"], unique=False)

    op.create_table(
        "factor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("credential_id", sa.String(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_used_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_factor_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_factor_credential_id")),
    )
    with op.batch_alter_table("factor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_factor_user_id"), ["user_id"], unique=False)

    op.create_table(
        "grant_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_grant_proposal_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_proposal")),
        sa.UniqueConstraint("form_id", name=op.f("uq_grant_proposal_form_id")),
    )
    with op.batch_alter_table("grant_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_proposal_user_id"), ["user_id"], unique=False)

    op.create_table(
        "invitation_confirmation",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_invitation_confirmation_invitation_id_invitation")),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_invitation_confirmation")),
    )
    op.create_table(
        "recovery_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recovery_set_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_set")),
    )
    with op.batch_alter_table("recovery_set", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_set_user_id"), ["user_id"], unique=False)

    op.create_table(
        "account_enabling",
        sa.Column("disabling_id", sa.Uuid(), nullable=False),
        sa.Column("enabled_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["disabling_id"], ["account_disabling.id"], name=op.f("fk_account_enabling_disabling_id_account_disabling")
        ),
        sa.PrimaryKeyConstraint("disabling_id", name=op.f("pk_account_enabling")),
    )
    op.create_table(
        "factor_ending",
        sa.Column("factor_id", sa.Uuid(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["factor_id"], ["factor.id"], name=op.f("fk_factor_ending_factor_id_factor")),
        sa.PrimaryKeyConstraint("factor_id", name=op.f("pk_factor_ending")),
    )
    op.create_table(
        "grant_decision",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_grant_decision_grant_id_grant")),
        sa.ForeignKeyConstraint(["proposal_id"], ["grant_proposal.id"], name=op.f("fk_grant_decision_proposal_id_grant_proposal")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_grant_decision")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["recovery_set.id"], name=op.f("fk_recovery_code_set_id_recovery_set")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_set_id"), ["set_id"], unique=False)

    op.create_table(
        "recovery_code_use",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["recovery_code.digest"], name=op.f("fk_recovery_code_use_digest_recovery_code")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_code_use")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proven_at", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("challenge", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("challenge_at", types.UtcDateTime(), nullable=True))

    for table in APPEND_ONLY:
        protect(op.get_bind(), table)


def downgrade() -> None:
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_column("challenge_at")
        batch_op.drop_column("challenge")
        batch_op.drop_column("proven_at")

    op.drop_table("recovery_code_use")
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_set_id"))

    op.drop_table("recovery_code")
    op.drop_table("grant_decision")
    op.drop_table("factor_ending")
    op.drop_table("account_enabling")
    with op.batch_alter_table("recovery_set", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_set_user_id"))

    op.drop_table("recovery_set")
    op.drop_table("invitation_confirmation")
    with op.batch_alter_table("grant_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_proposal_user_id"))

    op.drop_table("grant_proposal")
    with op.batch_alter_table("factor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_factor_user_id"))

    op.drop_table("factor")
    with op.batch_alter_table("account_disabling", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_disabling_user_id"))

    op.drop_table("account_disabling")
