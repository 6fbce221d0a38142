"""Reviews before a retake, and the test-security agreement."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APPEND_ONLY = ("remediation", "security_agreement")


def upgrade() -> None:
    op.create_table(
        "remediation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("reviewed", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_remediation_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remediation")),
    )
    with op.batch_alter_table("remediation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remediation_attempt_id"), ["attempt_id"], unique=False)
    op.create_table(
        "security_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("signed_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_security_agreement_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_agreement")),
    )
    with op.batch_alter_table("security_agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_security_agreement_user_id"), ["user_id"], unique=False)
    for table in APPEND_ONLY:
        protect(op.get_bind(), table)


def downgrade() -> None:
    with op.batch_alter_table("security_agreement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_security_agreement_user_id"))
    op.drop_table("security_agreement")
    with op.batch_alter_table("remediation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remediation_attempt_id"))
    op.drop_table("remediation")
