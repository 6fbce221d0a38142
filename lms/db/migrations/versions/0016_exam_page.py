"""Messages in an exam, what an exam lets the officer look up, and who sees nothing but an exam."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

APPEND_ONLY = ("exam_message", "exam_message_acknowledgment", "exam_reference")


def upgrade() -> None:
    op.create_table(
        "exam_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_exam_message_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_message")),
    )
    with op.batch_alter_table("exam_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exam_message_attempt_id"), ["attempt_id"], unique=False)
    op.create_table(
        "exam_message_acknowledgment",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["exam_message.id"], name=op.f("fk_exam_message_acknowledgment_message_id_exam_message")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_exam_message_acknowledgment")),
    )
    op.create_table(
        "exam_reference",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("kept_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_exam_reference")),
    )
    op.create_table(
        "lockdown",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("since", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_lockdown_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_lockdown")),
    )
    with op.batch_alter_table("lockdown", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lockdown_attempt_id"), ["attempt_id"], unique=False)
    for table in APPEND_ONLY:
        protect(op.get_bind(), table)


def downgrade() -> None:
    with op.batch_alter_table("lockdown", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lockdown_attempt_id"))
    op.drop_table("lockdown")
    op.drop_table("exam_reference")
    op.drop_table("exam_message_acknowledgment")
    with op.batch_alter_table("exam_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exam_message_attempt_id"))
    op.drop_table("exam_message")
