"""Schedules, legal holds and disposals."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import allow_disposal, protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = ("disposal_decision", "disposal_proposal", "hold_lifting", "legal_hold", "retention_schedule")
DISPOSABLE = ("check_answer", "heartbeat", "notice", "notice_failure", "notice_sending")


def upgrade() -> None:
    op.create_table(
        "retention_schedule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_class", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_schedule")),
        sa.UniqueConstraint("record_class", "number", name=op.f("uq_retention_schedule_record_class")),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_class", sa.String(), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_legal_hold_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_table(
        "hold_lifting",
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["legal_hold.id"], name=op.f("fk_hold_lifting_hold_id_legal_hold")),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_hold_lifting")),
    )
    op.create_table(
        "disposal_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_class", sa.String(), nullable=False),
        sa.Column("cutoff", types.UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["proposed_by"], ["user.id"], name=op.f("fk_disposal_proposal_proposed_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_proposal")),
    )
    op.create_table(
        "disposal_decision",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_disposal_decision_decided_by_user")),
        sa.ForeignKeyConstraint(["proposal_id"], ["disposal_proposal.id"], name=op.f("fk_disposal_decision_proposal_id_disposal_proposal")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_disposal_decision")),
    )
    op.create_table(
        "disposal_open",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["disposal_proposal.id"], name=op.f("fk_disposal_open_proposal_id_disposal_proposal")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_disposal_open")),
    )
    for table in APPEND_ONLY:
        protect(op.get_bind(), table)
    for table in DISPOSABLE:
        allow_disposal(op.get_bind(), table)


def downgrade() -> None:
    connection = op.get_bind()
    for table in DISPOSABLE:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f'DROP TRIGGER "{table}_no_delete"')
        protect(connection, table)
    for table in ("disposal_open", "disposal_decision", "disposal_proposal", "hold_lifting", "legal_hold", "retention_schedule"):
        op.drop_table(table)
