"""Practical exercises: ratings and marks, results, decisions, repeats, alarms."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    "practical_rating",
    "practical_mark",
    "practical_decision",
    "practical_repeat",
    "practical_result",
    "practical_alarm",
    "practical_alarm_answer",
)


def upgrade() -> None:
    op.create_table(
        "practical_rating",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("practical_id", sa.String(), nullable=False),
        sa.Column("go", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("practical_hash", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_practical_rating_enrollment_id_enrollment")),
        sa.ForeignKeyConstraint(["practical_hash"], ["practical_revision.hash"], name=op.f("fk_practical_rating_practical_hash_practical_revision")),
        sa.ForeignKeyConstraint(["rater_id"], ["user.id"], name=op.f("fk_practical_rating_rater_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_rating")),
        sa.UniqueConstraint("enrollment_id", "practical_id", "go", "rater_id", "number", name=op.f("uq_practical_rating_enrollment_id")),
    )
    with op.batch_alter_table("practical_rating", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practical_rating_rater_id"), ["rater_id"], unique=False)

    op.create_table(
        "practical_mark",
        sa.Column("rating_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["rating_id"], ["practical_rating.id"], name=op.f("fk_practical_mark_rating_id_practical_rating")),
        sa.PrimaryKeyConstraint("rating_id", "criterion_id", name=op.f("pk_practical_mark")),
    )
    op.create_table(
        "practical_decision",
        *_go("practical_decision"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("enrollment_id", "practical_id", "go", "number", name=op.f("pk_practical_decision")),
    )
    op.create_table(
        "practical_repeat",
        *_go("practical_repeat"),
        sa.Column("remediation", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("enrollment_id", "practical_id", "go", name=op.f("pk_practical_repeat")),
    )
    op.create_table(
        "practical_result",
        *_go("practical_result"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("earned", sa.Integer(), nullable=False),
        sa.Column("possible", sa.Integer(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("enrollment_id", "practical_id", "go", "number", name=op.f("pk_practical_result")),
    )
    op.create_table(
        "practical_alarm",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("practical_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("rated", sa.Integer(), nullable=False),
        sa.Column("raised_at", types.UtcDateTime(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_practical_alarm_offering_id_offering")),
        sa.PrimaryKeyConstraint("offering_id", "practical_id", name=op.f("pk_practical_alarm")),
    )
    op.create_table(
        "practical_alarm_answer",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("practical_id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["offering_id", "practical_id"], ["practical_alarm.offering_id", "practical_alarm.practical_id"], name=op.f("fk_practical_alarm_answer_offering_id_practical_alarm")),
        sa.PrimaryKeyConstraint("offering_id", "practical_id", name=op.f("pk_practical_alarm_answer")),
    )
    for table in TABLES:
        protect(op.get_bind(), table)


def _go(table: str) -> tuple[sa.Column[object] | sa.ForeignKeyConstraint, ...]:
    return (
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("practical_id", sa.String(), nullable=False),
        sa.Column("go", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f(f"fk_{table}_enrollment_id_enrollment")),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
