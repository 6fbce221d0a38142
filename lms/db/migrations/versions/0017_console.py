"""Acts, incidents, requests and closings of sittings, and the papers of closed ones; an index for consoles."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "sitting_act",
    "incident",
    "incident_officer",
    "incident_ruling",
    "act_request",
    "act_decision",
    "sitting_closing",
    "sitting_paper",
)


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("happened_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by"], ["user.id"], name=op.f("fk_incident_recorded_by_user")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_incident_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_sitting_id"), ["sitting_id"], unique=False)
    op.create_table(
        "sitting_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("told", types.CanonicalJson(), nullable=False),
        sa.Column("outcomes", types.CanonicalJson(), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["done_by"], ["user.id"], name=op.f("fk_sitting_act_done_by_user")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_act_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting_act")),
    )
    with op.batch_alter_table("sitting_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitting_act_sitting_id"), ["sitting_id"], unique=False)
    op.create_table(
        "sitting_closing",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("report", types.CanonicalJson(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by"], ["user.id"], name=op.f("fk_sitting_closing_closed_by_user")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_closing_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_sitting_closing")),
    )
    op.create_table(
        "incident_ruling",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("ruling", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("ruled_by", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_ruling_incident_id_incident")),
        sa.ForeignKeyConstraint(["ruled_by"], ["user.id"], name=op.f("fk_incident_ruling_ruled_by_user")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incident_ruling")),
    )
    op.create_table(
        "sitting_paper",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting_closing.sitting_id"], name=op.f("fk_sitting_paper_sitting_id_sitting_closing")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_sitting_paper")),
        sa.UniqueConstraint("digest", name=op.f("uq_sitting_paper_digest")),
    )
    op.create_table(
        "act_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("standing", types.CanonicalJson(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_act_request_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["requested_by"], ["user.id"], name=op.f("fk_act_request_requested_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_request")),
    )
    with op.batch_alter_table("act_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_act_request_attempt_id"), ["attempt_id"], unique=False)
    op.create_table(
        "incident_officer",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_incident_officer_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_incident_officer_enrollment_id_enrollment")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_officer_incident_id_incident")),
        sa.PrimaryKeyConstraint("incident_id", "enrollment_id", name=op.f("pk_incident_officer")),
    )
    with op.batch_alter_table("incident_officer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_officer_attempt_id"), ["attempt_id"], unique=False)
    op.create_table(
        "act_decision",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_act_decision_decided_by_user")),
        sa.ForeignKeyConstraint(["request_id"], ["act_request.id"], name=op.f("fk_act_decision_request_id_act_request")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_act_decision")),
    )
    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.create_index(
            "ix_step_told",
            ["attempt_id", "number"],
            unique=False,
            sqlite_where=sa.text("kind != 'answered'"),
            postgresql_where=sa.text("kind != 'answered'"),
        )
    for table in APPEND_ONLY:
        protect(op.get_bind(), table)


def downgrade() -> None:
    with op.batch_alter_table("step", schema=None) as batch_op:
        batch_op.drop_index("ix_step_told", sqlite_where=sa.text("kind != 'answered'"), postgresql_where=sa.text("kind != 'answered'"))
    op.drop_table("act_decision")
    with op.batch_alter_table("incident_officer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_officer_attempt_id"))
    op.drop_table("incident_officer")
    with op.batch_alter_table("act_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_act_request_attempt_id"))
    op.drop_table("act_request")
    op.drop_table("sitting_paper")
    op.drop_table("incident_ruling")
    op.drop_table("sitting_closing")
    with op.batch_alter_table("sitting_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sitting_act_sitting_id"))
    op.drop_table("sitting_act")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_sitting_id"))
    op.drop_table("incident")
