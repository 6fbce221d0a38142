"""Letters of interest, agreements and nominations."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "agreement",
    "agreement_move",
    "agreement_term",
    "letter_of_interest",
    "nomination",
    "nomination_batch",
    "nomination_outcome",
    "nomination_screening",
    "nominee",
    "program_document",
    "rule_set_revision",
)


def upgrade() -> None:
    op.create_table(
        "nominee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("normalized_name", sa.String(), nullable=False),
        sa.Column("sworn_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nominee")),
        sa.UniqueConstraint("email", name=op.f("uq_nominee_email")),
    )
    with op.batch_alter_table("nominee", schema=None) as batch_op:
        batch_op.create_index("ix_nominee_name", ["normalized_name", "sworn_on"], unique=False)

    op.create_table(
        "rule_set_revision",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("rule_set_id", sa.String(), nullable=False),
        sa.Column("content", types.CanonicalJson(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_rule_set_revision")),
    )
    op.create_table(
        "letter_of_interest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("models", types.CanonicalJson(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_letter_of_interest_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_of_interest")),
    )
    with op.batch_alter_table("letter_of_interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_of_interest_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("component", sa.String(), nullable=False),
        sa.Column("contingency", sa.Boolean(), nullable=False),
        sa.Column("rule_set_hash", sa.String(), nullable=False),
        sa.Column("functions", types.CanonicalJson(), nullable=False),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agreement_agency_id_agency")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter_of_interest.id"], name=op.f("fk_agreement_letter_id_letter_of_interest")),
        sa.ForeignKeyConstraint(["rule_set_hash"], ["rule_set_revision.hash"], name=op.f("fk_agreement_rule_set_hash_rule_set_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("form_id", name=op.f("uq_agreement_form_id")),
    )
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "agreement_move",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("exigent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_move_agreement_id_agreement")),
        sa.PrimaryKeyConstraint("agreement_id", "number", name=op.f("pk_agreement_move")),
    )
    op.create_table(
        "agreement_term",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_term_agreement_id_agreement")),
        sa.PrimaryKeyConstraint("agreement_id", "term", "number", name=op.f("pk_agreement_term")),
    )
    op.create_table(
        "nomination_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_nomination_batch_agreement_id_agreement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_batch")),
    )
    with op.batch_alter_table("nomination_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nomination_batch_agreement_id"), ["agreement_id"], unique=False)

    op.create_table(
        "nomination",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("nominee_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("substitute_for", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("sworn_on", sa.Date(), nullable=True),
        sa.Column("answers", types.CanonicalJson(), nullable=False),
        sa.Column("consent_by", sa.String(), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("nominated_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_nomination_agreement_id_agreement")),
        sa.ForeignKeyConstraint(["batch_id"], ["nomination_batch.id"], name=op.f("fk_nomination_batch_id_nomination_batch")),
        sa.ForeignKeyConstraint(["nominee_id"], ["nominee.id"], name=op.f("fk_nomination_nominee_id_nominee")),
        sa.ForeignKeyConstraint(["substitute_for"], ["nomination.id"], name=op.f("fk_nomination_substitute_for_nomination")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("substitute_for", name=op.f("uq_nomination_substitute_for")),
    )
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nomination_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nomination_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nomination_nominee_id"), ["nominee_id"], unique=False)
        batch_op.create_index("ix_nomination_recorded", ["recorded_at", "id"], unique=False)

    op.create_table(
        "nomination_outcome",
        sa.Column("nomination_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_nomination_outcome_nomination_id_nomination")),
        sa.PrimaryKeyConstraint("nomination_id", name=op.f("pk_nomination_outcome")),
    )
    op.create_table(
        "nomination_screening",
        sa.Column("nomination_id", sa.Uuid(), nullable=False),
        sa.Column("test", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_nomination_screening_nomination_id_nomination")),
        sa.PrimaryKeyConstraint("nomination_id", "test", "number", name=op.f("pk_nomination_screening")),
    )
    op.create_table(
        "program_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("nomination_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("(agreement_id IS NULL) <> (nomination_id IS NULL)", name=op.f("ck_program_document_belongs_to_one")),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_program_document_agreement_id_agreement")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_program_document_nomination_id_nomination")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_document")),
    )
    with op.batch_alter_table("program_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_program_document_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_program_document_nomination_id"), ["nomination_id"], unique=False)

    for table in APPEND_ONLY:
        protect(op.get_bind(), table)


def downgrade() -> None:
    with op.batch_alter_table("program_document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_program_document_nomination_id"))
        batch_op.drop_index(batch_op.f("ix_program_document_agreement_id"))

    op.drop_table("program_document")
    op.drop_table("nomination_screening")
    op.drop_table("nomination_outcome")
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.drop_index("ix_nomination_recorded")
        batch_op.drop_index(batch_op.f("ix_nomination_nominee_id"))
        batch_op.drop_index(batch_op.f("ix_nomination_batch_id"))
        batch_op.drop_index(batch_op.f("ix_nomination_agreement_id"))

    op.drop_table("nomination")
    with op.batch_alter_table("nomination_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_nomination_batch_agreement_id"))

    op.drop_table("nomination_batch")
    op.drop_table("agreement_term")
    op.drop_table("agreement_move")
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreement_agency_id"))

    op.drop_table("agreement")
    with op.batch_alter_table("letter_of_interest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_of_interest_agency_id"))

    op.drop_table("letter_of_interest")
    op.drop_table("rule_set_revision")
    with op.batch_alter_table("nominee", schema=None) as batch_op:
        batch_op.drop_index("ix_nominee_name")

    op.drop_table("nominee")
