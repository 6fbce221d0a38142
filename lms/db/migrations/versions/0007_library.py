"""The library: guides, practicals, drawings, and pass marks entered by hand."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = ("lesson_guide", "practical_revision", "diagram_revision", "course_without_mark", "pass_mark")


def upgrade() -> None:
    op.create_table(
        "lesson_guide",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("published_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_lesson_guide")),
    )
    op.create_index(op.f("ix_lesson_guide_lesson_id"), "lesson_guide", ["lesson_id"], unique=False)
    op.create_table(
        "practical_revision",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("practical_id", sa.String(), nullable=False),
        sa.Column("content", types.CanonicalJson(), nullable=False),
        sa.Column("criteria", types.CanonicalJson(), nullable=False),
        sa.Column("published_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_practical_revision")),
    )
    op.create_index(op.f("ix_practical_revision_practical_id"), "practical_revision", ["practical_id"], unique=False)
    op.create_table(
        "diagram_revision",
        sa.Column("diagram_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("svg", sa.Text(), nullable=False),
        sa.Column("published_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("diagram_id", "number", name=op.f("pk_diagram_revision")),
    )
    op.create_table(
        "course_without_mark",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("manifest", types.CanonicalJson(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_course_without_mark")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_without_mark_course_id")),
    )
    op.create_table(
        "pass_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("exam_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cut_score", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_mark")),
        sa.UniqueConstraint("course_id", "exam_id", "number", name=op.f("uq_pass_mark_course_id")),
    )
    op.add_column("lesson_draft", sa.Column("guide", sa.Text(), nullable=False, server_default=""))
    for table in APPEND_ONLY:
        protect(op.get_bind(), table)


def downgrade() -> None:
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)
    op.drop_column("lesson_draft", "guide")
