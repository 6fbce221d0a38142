"""Pausing, extending, reinstating and voiding attempts: every scoring is kept, and the result is the newest of them."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OUTCOME = "attempt_id, right, asked, score, passed, by_objective, closed_at, recorded_at"
QUOTED = OUTCOME.replace("right", '"right"')


def _outcome() -> list[sa.Column]:
    return [
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("by_objective", types.CanonicalJson(), nullable=False),
        sa.Column("closed_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
    ]


def _result(*more: sa.Column) -> None:
    op.create_table(
        "exam_result",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        *more,
        *_outcome(),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_exam_result_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_exam_result")),
    )


def upgrade() -> None:
    with op.batch_alter_table("attempt_head") as batch_op:
        batch_op.add_column(sa.Column("paused_at", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("device", sa.String(), nullable=True))
    op.create_table(
        "exam_scoring",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("recorded_score", sa.Integer(), nullable=False),
        *_outcome(),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_exam_scoring_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", "number", name=op.f("pk_exam_scoring")),
    )
    op.execute(
        f"INSERT INTO exam_scoring ({QUOTED}, number, cause, recorded_score) SELECT {QUOTED}, 1, 'closed', score FROM exam_result"
    )
    op.drop_table("exam_result")
    _result(
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("recorded_score", sa.Integer(), nullable=False),
    )
    op.execute(
        f"INSERT INTO exam_result ({QUOTED}, number, voided, recorded_score) SELECT {QUOTED}, 1, false, score FROM exam_scoring"
    )
    protect(op.get_bind(), "exam_scoring")


def downgrade() -> None:
    op.drop_table("exam_result")
    _result()
    op.execute(f"INSERT INTO exam_result ({QUOTED}) SELECT {QUOTED} FROM exam_scoring WHERE number = 1")
    protect(op.get_bind(), "exam_result")
    op.drop_table("exam_scoring")
    with op.batch_alter_table("attempt_head") as batch_op:
        batch_op.drop_column("device")
        batch_op.drop_column("paused_at")
