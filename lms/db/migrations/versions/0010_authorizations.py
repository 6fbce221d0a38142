"""Certification lists, authorizations, notices, refreshers, complaints and answers about any moment."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "authorization",
    "authorization_acknowledgment",
    "authorization_move",
    "certification",
    "certification_entry",
    "certification_striking",
    "complaint",
    "complaint_resolution",
    "notice_due",
    "notice_given",
    "program_paper",
    "property_receipt",
    "property_return",
    "refresher_requirement",
    "refresher_settlement",
    "standing_answer",
    "standing_question",
)


def upgrade() -> None:
    op.create_table(
        "certification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("official", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("facts", types.CanonicalJson(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification")),
        sa.UniqueConstraint("number", name=op.f("uq_certification_number")),
        sa.UniqueConstraint("form_id", name=op.f("uq_certification_form_id")),
    )
    op.create_table(
        "program_paper",
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("object_id", name=op.f("pk_program_paper")),
        sa.UniqueConstraint("digest", name=op.f("uq_program_paper_digest")),
    )
    op.create_table(
        "standing_answer",
        sa.Column("question_hash", sa.String(), nullable=False),
        sa.Column("question", types.CanonicalJson(), nullable=False),
        sa.Column("answer", types.CanonicalJson(), nullable=False),
        sa.Column("answer_hash", sa.String(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("question_hash", name=op.f("pk_standing_answer")),
    )
    with op.batch_alter_table("standing_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_answer_answer_hash"), ["answer_hash"], unique=False)

    op.create_table(
        "standing_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_hash", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["question_hash"], ["standing_answer.question_hash"], name=op.f("fk_standing_question_question_hash_standing_answer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_question")),
    )
    with op.batch_alter_table("standing_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_question_question_hash"), ["question_hash"], unique=False)

    op.create_table(
        "authorization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("nomination_id", sa.Uuid(), nullable=True),
        sa.Column("functions", types.CanonicalJson(), nullable=False),
        sa.Column("places", types.CanonicalJson(), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", types.UtcDateTime(), nullable=True),
        sa.Column("supervisor_name", sa.String(), nullable=False),
        sa.Column("supervisor_position", sa.String(), nullable=False),
        sa.Column("supervisor_phone", sa.String(), nullable=False),
        sa.Column("supervisor_email", sa.String(), nullable=False),
        sa.Column("field_office", sa.String(), nullable=False),
        sa.Column("facts", types.CanonicalJson(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_authorization_officer_id_officer")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_authorization_agency_id_agency")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_authorization_agreement_id_agreement")),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_authorization_certificate_id_certificate")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_authorization_nomination_id_nomination")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorization")),
        sa.UniqueConstraint("number", name=op.f("uq_authorization_number")),
        sa.UniqueConstraint("form_id", name=op.f("uq_authorization_form_id")),
    )
    with op.batch_alter_table("authorization", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_authorization_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_authorization_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_authorization_certificate_id"), ["certificate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_authorization_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_authorization_officer_id"), ["officer_id"], unique=False)
        batch_op.create_index("ix_authorization_recorded", ["recorded_at", "id"], unique=False)

    op.create_table(
        "certification_entry",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("certification_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_certification_entry_certificate_id_certificate")),
        sa.ForeignKeyConstraint(["certification_id"], ["certification.id"], name=op.f("fk_certification_entry_certification_id_certification")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certification_entry")),
    )
    with op.batch_alter_table("certification_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certification_entry_certification_id"), ["certification_id"], unique=False)

    op.create_table(
        "authorization_acknowledgment",
        sa.Column("authorization_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["authorization_id"], ["authorization.id"], name=op.f("fk_authorization_acknowledgment_authorization_id_authorization")),
        sa.PrimaryKeyConstraint("authorization_id", name=op.f("pk_authorization_acknowledgment")),
    )
    op.create_table(
        "authorization_move",
        sa.Column("authorization_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("until", types.UtcDateTime(), nullable=True),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["authorization_id"], ["authorization.id"], name=op.f("fk_authorization_move_authorization_id_authorization")),
        sa.PrimaryKeyConstraint("authorization_id", "number", name=op.f("pk_authorization_move")),
    )
    op.create_table(
        "certification_striking",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("struck_by", sa.Uuid(), nullable=True),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certification_entry.certificate_id"], name=op.f("fk_certification_striking_certificate_id_certification_entry")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certification_striking")),
    )
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authorization_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("may_bring_discipline", sa.Boolean(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["authorization_id"], ["authorization.id"], name=op.f("fk_complaint_authorization_id_authorization")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("form_id", name=op.f("uq_complaint_form_id")),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_authorization_id"), ["authorization_id"], unique=False)

    op.create_table(
        "property_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authorization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["authorization_id"], ["authorization.id"], name=op.f("fk_property_receipt_authorization_id_authorization")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_receipt")),
    )
    with op.batch_alter_table("property_receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_property_receipt_authorization_id"), ["authorization_id"], unique=False)

    op.create_table(
        "refresher_requirement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authorization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("not_before", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["authorization_id"], ["authorization.id"], name=op.f("fk_refresher_requirement_authorization_id_authorization")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresher_requirement")),
    )
    with op.batch_alter_table("refresher_requirement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refresher_requirement_authorization_id"), ["authorization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refresher_requirement_due_on"), ["due_on"], unique=False)

    op.create_table(
        "complaint_resolution",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_resolution_complaint_id_complaint")),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaint_resolution")),
    )
    op.create_table(
        "notice_due",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authorization_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["authorization_id"], ["authorization.id"], name=op.f("fk_notice_due_authorization_id_authorization")),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_notice_due_complaint_id_complaint")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_due")),
    )
    with op.batch_alter_table("notice_due", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_due_authorization_id"), ["authorization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_due_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_due_due_at"), ["due_at"], unique=False)

    op.create_table(
        "property_return",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["property_receipt.id"], name=op.f("fk_property_return_receipt_id_property_receipt")),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_property_return")),
    )
    op.create_table(
        "refresher_settlement",
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["requirement_id"], ["refresher_requirement.id"], name=op.f("fk_refresher_settlement_requirement_id_refresher_requirement")),
        sa.PrimaryKeyConstraint("requirement_id", name=op.f("pk_refresher_settlement")),
    )
    op.create_table(
        "notice_given",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice_due.id"], name=op.f("fk_notice_given_notice_id_notice_due")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notice_given")),
    )
    for table in APPEND_ONLY:
        protect(op.get_bind(), table)


def downgrade() -> None:
    op.drop_table("notice_given")
    op.drop_table("refresher_settlement")
    op.drop_table("property_return")
    with op.batch_alter_table("notice_due", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_due_due_at"))
        batch_op.drop_index(batch_op.f("ix_notice_due_complaint_id"))
        batch_op.drop_index(batch_op.f("ix_notice_due_authorization_id"))

    op.drop_table("notice_due")
    op.drop_table("complaint_resolution")
    with op.batch_alter_table("refresher_requirement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refresher_requirement_due_on"))
        batch_op.drop_index(batch_op.f("ix_refresher_requirement_authorization_id"))

    op.drop_table("refresher_requirement")
    with op.batch_alter_table("property_receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_property_receipt_authorization_id"))

    op.drop_table("property_receipt")
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_authorization_id"))

    op.drop_table("complaint")
    op.drop_table("certification_striking")
    op.drop_table("authorization_move")
    op.drop_table("authorization_acknowledgment")
    with op.batch_alter_table("certification_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certification_entry_certification_id"))

    op.drop_table("certification_entry")
    with op.batch_alter_table("authorization", schema=None) as batch_op:
        batch_op.drop_index("ix_authorization_recorded")
        batch_op.drop_index(batch_op.f("ix_authorization_officer_id"))
        batch_op.drop_index(batch_op.f("ix_authorization_ends_at"))
        batch_op.drop_index(batch_op.f("ix_authorization_certificate_id"))
        batch_op.drop_index(batch_op.f("ix_authorization_agreement_id"))
        batch_op.drop_index(batch_op.f("ix_authorization_agency_id"))

    op.drop_table("authorization")
    with op.batch_alter_table("standing_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_question_question_hash"))

    op.drop_table("standing_question")
    with op.batch_alter_table("standing_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_answer_answer_hash"))

    op.drop_table("standing_answer")
    op.drop_table("program_paper")
    op.drop_table("certification")
