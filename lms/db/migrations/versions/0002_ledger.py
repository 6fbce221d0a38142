"""The ledger: entries that wait, leaves, subtrees and checkpoints. Audit entries written before it wait for their place."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_checkpoint", "ledger_leaf", "ledger_node")
TABLES = ("ledger_checkpoint", "ledger_leaf", "ledger_node", "ledger_waiting")


def upgrade() -> None:
    op.create_table(
        "ledger_checkpoint",
        sa.Column("ledger", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ledger", "size", name=op.f("pk_ledger_checkpoint")),
    )
    op.create_table(
        "ledger_leaf",
        sa.Column("ledger", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ledger", "number", name=op.f("pk_ledger_leaf")),
        sa.UniqueConstraint("ledger", "reference", name=op.f("uq_ledger_leaf_ledger")),
    )
    op.create_table(
        "ledger_node",
        sa.Column("ledger", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ledger", "level", "number", name=op.f("pk_ledger_node")),
    )
    op.create_table(
        "ledger_waiting",
        sa.Column("ledger", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ledger", "reference", name=op.f("pk_ledger_waiting")),
    )
    op.create_index("ix_ledger_waiting_order", "ledger_waiting", ["ledger", "at", "reference"], unique=False)
    for table in APPEND_ONLY:
        protect(op.get_bind(), table)
    hexadecimal = "id" if op.get_bind().dialect.name == "sqlite" else "replace(id::text, '-', '')"
    op.execute(f"INSERT INTO ledger_waiting (ledger, reference, at) SELECT 'audit', {hexadecimal}, at FROM audit_entry")


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
