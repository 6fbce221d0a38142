"""Answers and keys of every type of question, points, written answers and their marks, and when results come out."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect, recasting

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

APPEND_ONLY = ("written_answer", "written_score", "result_release", "marking_turn", "written_mark")


def upgrade() -> None:
    connection = op.get_bind()
    _renamed("attempt_answer", "choice_id", "response", type_=sa.Text(), nullable=True)
    op.execute("UPDATE attempt_answer SET response = '\"' || response || '\"' WHERE response IS NOT NULL")
    with recasting(connection, "paper_key"):
        _renamed("paper_key", "choice_id", "key", type_=sa.Text())
        op.execute("UPDATE paper_key SET key = '\"' || key || '\"'")
    op.add_column("paper_key", sa.Column("type", sa.String(), nullable=False, server_default="single"))
    op.add_column("paper_key", sa.Column("points", sa.Integer(), nullable=False, server_default="1000"))
    op.add_column("paper_key", sa.Column("partial", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in ("exam_scoring", "exam_result"):
        op.add_column(table, sa.Column("points", sa.Integer(), nullable=False, server_default="0"))
        op.add_column(table, sa.Column("out_of", sa.Integer(), nullable=False, server_default="0"))
    with recasting(connection, "exam_scoring"):
        op.execute('UPDATE exam_scoring SET points = "right" * 1000, out_of = asked * 1000')
    op.execute('UPDATE exam_result SET points = "right" * 1000, out_of = asked * 1000')
    _waiting()
    _marks()
    for table in APPEND_ONLY:
        protect(connection, table)


def _renamed(table: str, old: str, new: str, *, type_: sa.String, nullable: bool = False) -> None:
    was = sa.String() if isinstance(type_, sa.Text) else sa.Text()
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.alter_column(old, new_column_name=new, type_=type_, existing_type=was, existing_nullable=nullable)


def _waiting() -> None:
    op.create_table(
        "written_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("waits_since", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_written_answer_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_written_answer")),
        sa.UniqueConstraint("attempt_id", "position", "revision", name=op.f("uq_written_answer_attempt_id")),
    )
    op.create_index(op.f("ix_written_answer_attempt_id"), "written_answer", ["attempt_id"], unique=False)
    op.create_table(
        "written_score",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["written_answer.id"], name=op.f("fk_written_score_answer_id_written_answer")),
        sa.PrimaryKeyConstraint("answer_id", "number", name=op.f("pk_written_score")),
    )
    op.create_table(
        "result_wait",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("unmarked", sa.Integer(), nullable=False),
        sa.Column("closed_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_result_wait_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_result_wait_offering_id_offering")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_result_wait")),
    )
    op.create_index(op.f("ix_result_wait_offering_id"), "result_wait", ["offering_id"], unique=False)
    op.create_table(
        "result_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("exam_id", sa.String(), nullable=False),
        sa.Column("released_at", types.UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_result_release_offering_id_offering")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_release")),
    )
    op.create_index(op.f("ix_result_release_offering_id"), "result_release", ["offering_id"], unique=False)


def _marks() -> None:
    op.create_table(
        "marking_turn",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("marker_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["written_answer.id"], name=op.f("fk_marking_turn_answer_id_written_answer")),
        sa.ForeignKeyConstraint(["marker_id"], ["user.id"], name=op.f("fk_marking_turn_marker_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marking_turn")),
        sa.UniqueConstraint("answer_id", "marker_id", name=op.f("uq_marking_turn_answer_id")),
    )
    op.create_index(op.f("ix_marking_turn_answer_id"), "marking_turn", ["answer_id"], unique=False)
    op.create_index(op.f("ix_marking_turn_marker_id"), "marking_turn", ["marker_id"], unique=False)
    op.create_table(
        "written_mark",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Uuid(), nullable=False),
        sa.Column("by_criterion", types.CanonicalJson(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("second_wanted", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["written_answer.id"], name=op.f("fk_written_mark_answer_id_written_answer")),
        sa.ForeignKeyConstraint(["marker_id"], ["user.id"], name=op.f("fk_written_mark_marker_id_user")),
        sa.PrimaryKeyConstraint("answer_id", "number", name=op.f("pk_written_mark")),
        sa.UniqueConstraint("answer_id", "marker_id", name=op.f("uq_written_mark_answer_id")),
    )
    op.create_index(op.f("ix_written_mark_marker_id"), "written_mark", ["marker_id"], unique=False)


def downgrade() -> None:
    connection = op.get_bind()
    for table in ("written_mark", "marking_turn", "result_release", "result_wait", "written_score", "written_answer"):
        op.drop_table(table)
    for table in ("exam_result", "exam_scoring"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN out_of")
        op.execute(f"ALTER TABLE {table} DROP COLUMN points")
    for column in ("partial", "points", "type"):
        op.execute(f"ALTER TABLE paper_key DROP COLUMN {column}")
    with recasting(connection, "paper_key"):
        op.execute("UPDATE paper_key SET key = substr(key, 2, length(key) - 2)")
        _renamed("paper_key", "key", "choice_id", type_=sa.String())
    op.execute("UPDATE attempt_answer SET response = substr(response, 2, length(response) - 2) WHERE response IS NOT NULL")
    _renamed("attempt_answer", "response", "choice_id", type_=sa.String(), nullable=True)
