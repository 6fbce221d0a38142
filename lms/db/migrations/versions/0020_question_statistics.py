"""Unscored questions of a paper, and what the attempts say of each question."""

import sqlalchemy as sa
from alembic import op

from lms.db import types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("paper_key", sa.Column("scored", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index("ix_paper_exam_id_drawn_at", "paper", ["exam_id", "drawn_at"], unique=False)
    op.create_table(
        "question_statistics",
        sa.Column("question_hash", sa.String(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("points", "points_squared", "rest", "rest_squared", "crossed")),
        sa.ForeignKeyConstraint(
            ["question_hash"], ["question_revision.hash"], name=op.f("fk_question_statistics_question_hash_question_revision")
        ),
        sa.PrimaryKeyConstraint("question_hash", name=op.f("pk_question_statistics")),
    )
    op.create_table(
        "counted_attempt",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("outcomes", types.CanonicalJson(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_counted_attempt_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_counted_attempt")),
    )
    op.create_table(
        "statistics_waiting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_statistics_waiting_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_waiting")),
    )
    op.execute("INSERT INTO statistics_waiting (id, attempt_id) SELECT attempt_id, attempt_id FROM exam_result")


def downgrade() -> None:
    op.drop_table("statistics_waiting")
    op.drop_table("counted_attempt")
    op.drop_table("question_statistics")
    op.drop_index("ix_paper_exam_id_drawn_at", table_name="paper")
    op.drop_column("paper_key", "scored")
