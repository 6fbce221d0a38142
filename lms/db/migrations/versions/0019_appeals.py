"""Corrections of questions and what they did; challenges, appeals, requests to score again; who was shown a question."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "question_correction",
    "correction_effect",
    "challenge",
    "challenge_decision",
    "appeal",
    "appeal_move",
    "regrade_request",
    "regrade_decision",
    "question_sight",
)


def upgrade() -> None:
    op.create_table(
        "question_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("accepted", types.CanonicalJson(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_hash"], ["question_revision.hash"], name=op.f("fk_question_correction_question_hash_question_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_correction")),
    )
    with op.batch_alter_table("question_correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_correction_question_hash"), ["question_hash"], unique=False)

    op.create_table(
        "question_sight",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_hash"], ["question_revision.hash"], name=op.f("fk_question_sight_question_hash_question_revision")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_question_sight_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_sight")),
    )
    with op.batch_alter_table("question_sight", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_sight_question_hash"), ["question_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_question_sight_user_id"), ["user_id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("received_at", types.UtcDateTime(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_appeal_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
    )
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_challenge_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
    )
    with op.batch_alter_table("challenge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_challenge_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "correction_effect",
        sa.Column("correction_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("scoring", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_correction_effect_attempt_id_attempt")),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["question_correction.id"], name=op.f("fk_correction_effect_correction_id_question_correction")
        ),
        sa.PrimaryKeyConstraint("correction_id", "attempt_id", name=op.f("pk_correction_effect")),
    )
    with op.batch_alter_table("correction_effect", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correction_effect_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "appeal_move",
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("moved_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_move_appeal_id_appeal")),
        sa.PrimaryKeyConstraint("appeal_id", "number", name=op.f("pk_appeal_move")),
    )
    op.create_table(
        "challenge_decision",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_decision_challenge_id_challenge")),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_challenge_decision")),
    )
    op.create_table(
        "regrade_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("accepted", types.CanonicalJson(), nullable=False),
        sa.Column("hold_harmless", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenge.id"], name=op.f("fk_regrade_request_challenge_id_challenge")),
        sa.ForeignKeyConstraint(
            ["question_hash"], ["question_revision.hash"], name=op.f("fk_regrade_request_question_hash_question_revision")
        ),
        sa.ForeignKeyConstraint(["requested_by"], ["user.id"], name=op.f("fk_regrade_request_requested_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade_request")),
    )
    with op.batch_alter_table("regrade_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_regrade_request_question_hash"), ["question_hash"], unique=False)

    op.create_table(
        "regrade_decision",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("correction_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["question_correction.id"], name=op.f("fk_regrade_decision_correction_id_question_correction")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_regrade_decision_decided_by_user")),
        sa.ForeignKeyConstraint(["request_id"], ["regrade_request.id"], name=op.f("fk_regrade_decision_request_id_regrade_request")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_regrade_decision")),
    )
    for table in APPEND_ONLY:
        protect(op.get_bind(), table)


def downgrade() -> None:
    op.drop_table("regrade_decision")
    with op.batch_alter_table("regrade_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_regrade_request_question_hash"))

    op.drop_table("regrade_request")
    op.drop_table("challenge_decision")
    op.drop_table("appeal_move")
    with op.batch_alter_table("correction_effect", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_correction_effect_attempt_id"))

    op.drop_table("correction_effect")
    with op.batch_alter_table("challenge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_challenge_attempt_id"))

    op.drop_table("challenge")
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeal_attempt_id"))

    op.drop_table("appeal")
    with op.batch_alter_table("question_sight", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_sight_user_id"))
        batch_op.drop_index(batch_op.f("ix_question_sight_question_hash"))

    op.drop_table("question_sight")
    with op.batch_alter_table("question_correction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_correction_question_hash"))

    op.drop_table("question_correction")
