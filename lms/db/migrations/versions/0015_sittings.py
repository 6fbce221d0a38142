"""Sittings with their plans, officers and proctors; accommodations; identity checks and tickets; papers drawn ahead."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "accommodation",
    "accommodation_end",
    "sitting",
    "sitting_plan",
    "sitting_cancellation",
    "sitting_proctor",
    "sitting_proctor_end",
    "sitting_officer",
    "sitting_officer_removal",
    "identity_check",
    "ticket",
    "ticket_revocation",
    "ticket_use",
    "prepared_paper",
)


def upgrade() -> None:
    op.create_table(
        "accommodation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("time_percent", sa.Integer(), nullable=False),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column("rest_minutes", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", types.UtcDateTime(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_accommodation_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodation")),
    )
    with op.batch_alter_table("accommodation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accommodation_officer_id"), ["officer_id"], unique=False)

    op.create_table(
        "sitting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("exam_id", sa.String(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_sitting_offering_id_offering")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
    )
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitting_offering_id"), ["offering_id"], unique=False)

    op.create_table(
        "accommodation_end",
        sa.Column("accommodation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accommodation_id"], ["accommodation.id"], name=op.f("fk_accommodation_end_accommodation_id_accommodation")
        ),
        sa.PrimaryKeyConstraint("accommodation_id", name=op.f("pk_accommodation_end")),
    )
    op.create_table(
        "sitting_cancellation",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_cancellation_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_sitting_cancellation")),
    )
    op.create_table(
        "sitting_plan",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opens_at", types.UtcDateTime(), nullable=False),
        sa.Column("closes_at", types.UtcDateTime(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("networks", types.CanonicalJson(), nullable=False),
        sa.Column("seb_keys", types.CanonicalJson(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_plan_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", "number", name=op.f("pk_sitting_plan")),
    )
    with op.batch_alter_table("sitting_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitting_plan_opens_at"), ["opens_at"], unique=False)

    op.create_table(
        "sitting_proctor",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_proctor_sitting_id_sitting")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sitting_proctor_user_id_user")),
        sa.PrimaryKeyConstraint("sitting_id", "user_id", "number", name=op.f("pk_sitting_proctor")),
    )
    with op.batch_alter_table("sitting_proctor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitting_proctor_user_id"), ["user_id"], unique=False)

    op.create_table(
        "sitting_proctor_end",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sitting_id", "user_id", "number"],
            ["sitting_proctor.sitting_id", "sitting_proctor.user_id", "sitting_proctor.number"],
            name=op.f("fk_sitting_proctor_end_sitting_id_sitting_proctor"),
        ),
        sa.PrimaryKeyConstraint("sitting_id", "user_id", "number", name=op.f("pk_sitting_proctor_end")),
    )
    op.create_table(
        "identity_check",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("identity_document", sa.String(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_identity_check_enrollment_id_enrollment")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_identity_check_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", "enrollment_id", "number", name=op.f("pk_identity_check")),
    )
    with op.batch_alter_table("identity_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_check_enrollment_id"), ["enrollment_id"], unique=False)

    op.create_table(
        "prepared_paper",
        sa.Column("paper_hash", sa.String(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_prepared_paper_enrollment_id_enrollment")),
        sa.ForeignKeyConstraint(["paper_hash"], ["paper.hash"], name=op.f("fk_prepared_paper_paper_hash_paper")),
        sa.PrimaryKeyConstraint("paper_hash", name=op.f("pk_prepared_paper")),
    )
    with op.batch_alter_table("prepared_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prepared_paper_enrollment_id"), ["enrollment_id"], unique=False)

    op.create_table(
        "sitting_officer",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_sitting_officer_enrollment_id_enrollment")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_officer_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", "enrollment_id", "number", name=op.f("pk_sitting_officer")),
    )
    with op.batch_alter_table("sitting_officer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitting_officer_enrollment_id"), ["enrollment_id"], unique=False)

    op.create_table(
        "ticket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_ticket_enrollment_id_enrollment")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_ticket_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_enrollment_id"), ["enrollment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "sitting_officer_removal",
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sitting_id", "enrollment_id", "number"],
            ["sitting_officer.sitting_id", "sitting_officer.enrollment_id", "sitting_officer.number"],
            name=op.f("fk_sitting_officer_removal_sitting_id_sitting_officer"),
        ),
        sa.PrimaryKeyConstraint("sitting_id", "enrollment_id", "number", name=op.f("pk_sitting_officer_removal")),
    )
    op.create_table(
        "ticket_revocation",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_revocation_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_revocation")),
    )
    op.create_table(
        "ticket_use",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_ticket_use_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_use_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_use")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_ticket_use_attempt_id")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sitting_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_attempt_sitting_id"), ["sitting_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_attempt_sitting_id_sitting"), "sitting", ["sitting_id"], ["id"])
    for table in (*APPEND_ONLY, "attempt"):
        protect(op.get_bind(), table)


def downgrade() -> None:
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_attempt_sitting_id_sitting"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_attempt_sitting_id"))
        batch_op.drop_column("sitting_id")

    op.drop_table("ticket_use")
    op.drop_table("ticket_revocation")
    op.drop_table("sitting_officer_removal")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_sitting_id"))
        batch_op.drop_index(batch_op.f("ix_ticket_enrollment_id"))

    op.drop_table("ticket")
    with op.batch_alter_table("sitting_officer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sitting_officer_enrollment_id"))

    op.drop_table("sitting_officer")
    with op.batch_alter_table("prepared_paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prepared_paper_enrollment_id"))

    op.drop_table("prepared_paper")
    with op.batch_alter_table("identity_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_check_enrollment_id"))

    op.drop_table("identity_check")
    op.drop_table("sitting_proctor_end")
    with op.batch_alter_table("sitting_proctor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sitting_proctor_user_id"))

    op.drop_table("sitting_proctor")
    with op.batch_alter_table("sitting_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sitting_plan_opens_at"))

    op.drop_table("sitting_plan")
    op.drop_table("sitting_cancellation")
    op.drop_table("accommodation_end")
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sitting_offering_id"))

    op.drop_table("sitting")
    with op.batch_alter_table("accommodation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_accommodation_officer_id"))

    op.drop_table("accommodation")
    protect(op.get_bind(), "attempt")
