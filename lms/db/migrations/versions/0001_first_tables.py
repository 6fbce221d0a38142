"""The first tables."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "admission",
    "admission_use",
    "attempt",
    "audit_entry",
    "bank_question",
    "bank_revision",
    "certificate",
    "certificate_statement",
    "check_answer",
    "completion",
    "course_lesson",
    "course_revision",
    "enrollment",
    "exam_result",
    "fact_register",
    "grant",
    "grant_ending",
    "heartbeat",
    "invitation",
    "invitation_use",
    "invitation_withdrawal",
    "lesson_draft",
    "lesson_revision",
    "membership",
    "paper",
    "paper_key",
    "paper_question",
    "password_link",
    "password_link_use",
    "privacy_notice",
    "public_bank_acknowledgement",
    "question_revision",
    "question_view",
    "revocation",
    "seal",
    "step",
    "storing",
    "supersession",
    "suspension",
    "suspension_ending",
)


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("name", "state", name=op.f("uq_agency_name")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("details", types.CanonicalJson(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_actor_id"), "audit_entry", ["actor_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_agency_id"), "audit_entry", ["agency_id"], unique=False)
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index(op.f("ix_audit_entry_object_id"), "audit_entry", ["object_id"], unique=False)
    op.create_table(
        "bank_revision",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("bank_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("law_as_of", sa.String(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_bank_revision")),
        sa.UniqueConstraint("bank_id", "number", name=op.f("uq_bank_revision_bank_id")),
    )
    op.create_index(op.f("ix_bank_revision_bank_id"), "bank_revision", ["bank_id"], unique=False)
    op.create_table(
        "course_revision",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("program_model", sa.String(), nullable=False),
        sa.Column("manifest", types.CanonicalJson(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_course_revision")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_revision_course_id")),
    )
    op.create_index(op.f("ix_course_revision_course_id"), "course_revision", ["course_id"], unique=False)
    op.create_table(
        "fact_register",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", types.CanonicalJson(), nullable=False),
        sa.Column("published_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_fact_register")),
        sa.UniqueConstraint("number", name=op.f("uq_fact_register_number")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("form_id", name=op.f("uq_invitation_form_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitation_token_digest")),
    )
    op.create_index(op.f("ix_invitation_agency_id"), "invitation", ["agency_id"], unique=False)
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"], unique=False)
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "lesson_revision",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("outline", types.CanonicalJson(), nullable=False),
        sa.Column("minutes", types.CanonicalJson(), nullable=False),
        sa.Column("objectives", types.CanonicalJson(), nullable=False),
        sa.Column("facts", types.CanonicalJson(), nullable=False),
        sa.Column("checks", types.CanonicalJson(), nullable=False),
        sa.Column("check_keys", types.CanonicalJson(), nullable=False),
        sa.Column("law_as_of", sa.String(), nullable=False),
        sa.Column("renderer", sa.String(), nullable=False),
        sa.Column("published_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_lesson_revision")),
    )
    op.create_index(op.f("ix_lesson_revision_lesson_id"), "lesson_revision", ["lesson_id"], unique=False)
    op.create_table(
        "question_revision",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("content", types.CanonicalJson(), nullable=False),
        sa.Column("published_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_question_revision")),
    )
    op.create_index(op.f("ix_question_revision_question_id"), "question_revision", ["question_id"], unique=False)
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_digest", sa.String(), nullable=False),
        sa.Column("address_digest", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index("ix_sign_in_failure_account_at", "sign_in_failure", ["account_digest", "at"], unique=False)
    op.create_index(op.f("ix_sign_in_failure_address_digest"), "sign_in_failure", ["address_digest"], unique=False)
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )
    op.create_table(
        "bank_question",
        sa.Column("bank_hash", sa.String(), nullable=False),
        sa.Column("question_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["bank_hash"], ["bank_revision.hash"], name=op.f("fk_bank_question_bank_hash_bank_revision")),
        sa.ForeignKeyConstraint(
            ["question_hash"], ["question_revision.hash"], name=op.f("fk_bank_question_question_hash_question_revision")
        ),
        sa.PrimaryKeyConstraint("bank_hash", "question_hash", name=op.f("pk_bank_question")),
    )
    op.create_table(
        "course_lesson",
        sa.Column("course_hash", sa.String(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lesson_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["course_hash"], ["course_revision.hash"], name=op.f("fk_course_lesson_course_hash_course_revision")),
        sa.ForeignKeyConstraint(["lesson_hash"], ["lesson_revision.hash"], name=op.f("fk_course_lesson_lesson_hash_lesson_revision")),
        sa.PrimaryKeyConstraint("course_hash", "lesson_id", name=op.f("pk_course_lesson")),
    )
    op.create_table(
        "grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_grant_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
    )
    op.create_index(op.f("ix_grant_agency_id"), "grant", ["agency_id"], unique=False)
    op.create_index(op.f("ix_grant_user_id"), "grant", ["user_id"], unique=False)
    op.create_table(
        "invitation_use",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_invitation_use_invitation_id_invitation")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_invitation_use_user_id_user")),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_invitation_use")),
    )
    op.create_table(
        "invitation_withdrawal",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_invitation_withdrawal_invitation_id_invitation")),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_invitation_withdrawal")),
    )
    op.create_table(
        "lesson_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.String(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("aside", sa.Boolean(), nullable=False),
        sa.Column("saved_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["based_on"], ["lesson_revision.hash"], name=op.f("fk_lesson_draft_based_on_lesson_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_draft")),
        sa.UniqueConstraint("lesson_id", "number", name=op.f("uq_lesson_draft_lesson_id")),
    )
    op.create_index(op.f("ix_lesson_draft_author_id"), "lesson_draft", ["author_id"], unique=False)
    op.create_table(
        "offering",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_hash", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["course_hash"], ["course_revision.hash"], name=op.f("fk_offering_course_hash_course_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering")),
    )
    op.create_index(op.f("ix_offering_course_hash"), "offering", ["course_hash"], unique=False)
    op.create_table(
        "officer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("normalized_name", sa.String(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_officer_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint("user_id", name=op.f("uq_officer_user_id")),
    )
    op.create_index(op.f("ix_officer_normalized_name"), "officer", ["normalized_name"], unique=False)
    op.create_table(
        "paper",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("exam_id", sa.String(), nullable=False),
        sa.Column("bank_hash", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("specification", types.CanonicalJson(), nullable=False),
        sa.Column("drawn_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["bank_hash"], ["bank_revision.hash"], name=op.f("fk_paper_bank_hash_bank_revision")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_paper")),
    )
    op.create_table(
        "password_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_password_link_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_link")),
        sa.UniqueConstraint("form_id", name=op.f("uq_password_link_form_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_password_link_token_digest")),
    )
    op.create_index(op.f("ix_password_link_user_id"), "password_link", ["user_id"], unique=False)
    op.create_table(
        "privacy_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_privacy_notice_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_notice")),
        sa.UniqueConstraint("user_id", "edition", name=op.f("uq_privacy_notice_user_id")),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("browser", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_session_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_user_session_token_digest")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "enrollment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("enrolled_by", sa.Uuid(), nullable=True),
        sa.Column("enrolled_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_enrollment_agency_id_agency")),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_enrollment_offering_id_offering")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_enrollment_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment")),
        sa.UniqueConstraint("offering_id", "officer_id", name=op.f("uq_enrollment_offering_id")),
    )
    op.create_index(op.f("ix_enrollment_agency_id"), "enrollment", ["agency_id"], unique=False)
    op.create_index(op.f("ix_enrollment_offering_id"), "enrollment", ["offering_id"], unique=False)
    op.create_index(op.f("ix_enrollment_officer_id"), "enrollment", ["officer_id"], unique=False)
    op.create_table(
        "grant_ending",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_grant_ending_grant_id_grant")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_grant_ending")),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_membership_agency_id_agency")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_membership_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_agency_id"), "membership", ["agency_id"], unique=False)
    op.create_index(op.f("ix_membership_officer_id"), "membership", ["officer_id"], unique=False)
    op.create_table(
        "paper_key",
        sa.Column("paper_hash", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question_hash", sa.String(), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("choice_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["paper_hash"], ["paper.hash"], name=op.f("fk_paper_key_paper_hash_paper")),
        sa.ForeignKeyConstraint(["question_hash"], ["question_revision.hash"], name=op.f("fk_paper_key_question_hash_question_revision")),
        sa.PrimaryKeyConstraint("paper_hash", "position", name=op.f("pk_paper_key")),
    )
    op.create_index(op.f("ix_paper_key_question_hash"), "paper_key", ["question_hash"], unique=False)
    op.create_table(
        "paper_question",
        sa.Column("paper_hash", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", types.CanonicalJson(), nullable=False),
        sa.ForeignKeyConstraint(["paper_hash"], ["paper.hash"], name=op.f("fk_paper_question_paper_hash_paper")),
        sa.PrimaryKeyConstraint("paper_hash", "position", name=op.f("pk_paper_question")),
    )
    op.create_table(
        "password_link_use",
        sa.Column("password_link_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["password_link_id"], ["password_link.id"], name=op.f("fk_password_link_use_password_link_id_password_link")
        ),
        sa.PrimaryKeyConstraint("password_link_id", name=op.f("pk_password_link_use")),
    )
    op.create_table(
        "public_bank_acknowledgement",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["user.id"], name=op.f("fk_public_bank_acknowledgement_acknowledged_by_user")),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_public_bank_acknowledgement_offering_id_offering")),
        sa.PrimaryKeyConstraint("offering_id", name=op.f("pk_public_bank_acknowledgement")),
    )
    op.create_table(
        "admission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("exam_id", sa.String(), nullable=False),
        sa.Column("code_digest", sa.String(), nullable=False),
        sa.Column("identity_document", sa.String(), nullable=False),
        sa.Column("admitted_by", sa.Uuid(), nullable=False),
        sa.Column("admitted_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_admission_enrollment_id_enrollment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission")),
    )
    op.create_index(op.f("ix_admission_enrollment_id"), "admission", ["enrollment_id"], unique=False)
    op.create_table(
        "admission_failure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_admission_failure_enrollment_id_enrollment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_failure")),
    )
    op.create_index(op.f("ix_admission_failure_enrollment_id"), "admission_failure", ["enrollment_id"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("exam_id", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("paper_hash", sa.String(), nullable=False),
        sa.Column("policy", types.CanonicalJson(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_attempt_agency_id_agency")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_attempt_enrollment_id_enrollment")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_attempt_officer_id_officer")),
        sa.ForeignKeyConstraint(["paper_hash"], ["paper.hash"], name=op.f("fk_attempt_paper_hash_paper")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("enrollment_id", "exam_id", "ordinal", name=op.f("uq_attempt_enrollment_id")),
        sa.UniqueConstraint("paper_hash", name=op.f("uq_attempt_paper_hash")),
    )
    op.create_index(op.f("ix_attempt_agency_id"), "attempt", ["agency_id"], unique=False)
    op.create_index(op.f("ix_attempt_enrollment_id"), "attempt", ["enrollment_id"], unique=False)
    op.create_index(op.f("ix_attempt_officer_id"), "attempt", ["officer_id"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("certificate_class", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("course_hash", sa.String(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("reserved_by", sa.Uuid(), nullable=True),
        sa.Column("reserved_at", types.UtcDateTime(), nullable=False),
        sa.Column("facts", types.CanonicalJson(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_certificate_agency_id_agency")),
        sa.ForeignKeyConstraint(["course_hash"], ["course_revision.hash"], name=op.f("fk_certificate_course_hash_course_revision")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_certificate_enrollment_id_enrollment")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_certificate_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("enrollment_id", "certificate_class", "ordinal", name=op.f("uq_certificate_enrollment_id")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
        sa.UniqueConstraint("status_index", name=op.f("uq_certificate_status_index")),
    )
    op.create_index(op.f("ix_certificate_agency_id"), "certificate", ["agency_id"], unique=False)
    op.create_index(op.f("ix_certificate_officer_id"), "certificate", ["officer_id"], unique=False)
    op.create_index(op.f("ix_certificate_reserved_at"), "certificate", ["reserved_at"], unique=False)
    op.create_table(
        "check_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("choice_id", sa.String(), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_check_answer_enrollment_id_enrollment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_answer")),
    )
    op.create_index("ix_check_answer_lesson", "check_answer", ["enrollment_id", "lesson_id", "check_id"], unique=False)
    op.create_table(
        "completion",
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("lesson_hash", sa.String(), nullable=False),
        sa.Column("credited_minutes", sa.Integer(), nullable=False),
        sa.Column("active_seconds", sa.Integer(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_completion_enrollment_id_enrollment")),
        sa.ForeignKeyConstraint(["lesson_hash"], ["lesson_revision.hash"], name=op.f("fk_completion_lesson_hash_lesson_revision")),
        sa.PrimaryKeyConstraint("enrollment_id", "lesson_id", name=op.f("pk_completion")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_heartbeat_enrollment_id_enrollment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat")),
    )
    op.create_index("ix_heartbeat_lesson", "heartbeat", ["enrollment_id", "lesson_id", "at"], unique=False)
    op.create_table(
        "admission_use",
        sa.Column("admission_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["admission_id"], ["admission.id"], name=op.f("fk_admission_use_admission_id_admission")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_admission_use_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("admission_id", name=op.f("pk_admission_use")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_admission_use_attempt_id")),
    )
    op.create_table(
        "attempt_answer",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("choice_id", sa.String(), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_answer_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", "position", name=op.f("pk_attempt_answer")),
    )
    op.create_table(
        "attempt_head",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_head_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_attempt_head")),
    )
    op.create_index(op.f("ix_attempt_head_due_at"), "attempt_head", ["due_at"], unique=False)
    op.create_table(
        "certificate_secret",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("searched_name", sa.String(), nullable=False),
        sa.Column("certified_by", sa.String(), nullable=False),
        sa.Column("salts", types.CanonicalJson(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_secret_certificate_id_certificate")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_secret")),
    )
    op.create_index(op.f("ix_certificate_secret_searched_name"), "certificate_secret", ["searched_name"], unique=False)
    op.create_table(
        "certificate_statement",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_statement_certificate_id_certificate")),
        sa.PrimaryKeyConstraint("certificate_id", "key_id", name=op.f("pk_certificate_statement")),
    )
    op.create_index(op.f("ix_certificate_statement_hash"), "certificate_statement", ["hash"], unique=False)
    op.create_table(
        "exam_result",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("by_objective", types.CanonicalJson(), nullable=False),
        sa.Column("closed_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_exam_result_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_exam_result")),
    )
    op.create_table(
        "question_view",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_question_view_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", "position", name=op.f("pk_question_view")),
    )
    op.create_table(
        "revocation",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("public_reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_revocation_certificate_id_certificate")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_revocation")),
    )
    op.create_table(
        "seal",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_seal_certificate_id_certificate")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_seal")),
        sa.UniqueConstraint("digest", name=op.f("uq_seal_digest")),
    )
    op.create_table(
        "step",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("payload", types.CanonicalJson(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_step_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", "number", name=op.f("pk_step")),
    )
    op.create_index("uq_step_key", "step", ["attempt_id", "key"], unique=True)
    op.create_table(
        "supersession",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("replaced_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_supersession_certificate_id_certificate")),
        sa.ForeignKeyConstraint(["replaced_by"], ["certificate.id"], name=op.f("fk_supersession_replaced_by_certificate")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_supersession")),
        sa.UniqueConstraint("replaced_by", name=op.f("uq_supersession_replaced_by")),
    )
    op.create_table(
        "suspension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_suspension_certificate_id_certificate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    op.create_index(op.f("ix_suspension_certificate_id"), "suspension", ["certificate_id"], unique=False)
    op.create_table(
        "storing",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["certificate_id"], ["seal.certificate_id"], name=op.f("fk_storing_certificate_id_seal")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_storing")),
    )
    op.create_table(
        "suspension_ending",
        sa.Column("suspension_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("effective_at", types.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["suspension_id"], ["suspension.id"], name=op.f("fk_suspension_ending_suspension_id_suspension")),
        sa.PrimaryKeyConstraint("suspension_id", name=op.f("pk_suspension_ending")),
    )
    for table in APPEND_ONLY:
        protect(op.get_bind(), table)


def downgrade() -> None:
    op.drop_table("suspension_ending")
    op.drop_table("storing")
    op.drop_index(op.f("ix_suspension_certificate_id"), table_name="suspension")
    op.drop_table("suspension")
    op.drop_table("supersession")
    op.drop_index("uq_step_key", table_name="step")
    op.drop_table("step")
    op.drop_table("seal")
    op.drop_table("revocation")
    op.drop_table("question_view")
    op.drop_table("exam_result")
    op.drop_index(op.f("ix_certificate_statement_hash"), table_name="certificate_statement")
    op.drop_table("certificate_statement")
    op.drop_index(op.f("ix_certificate_secret_searched_name"), table_name="certificate_secret")
    op.drop_table("certificate_secret")
    op.drop_index(op.f("ix_attempt_head_due_at"), table_name="attempt_head")
    op.drop_table("attempt_head")
    op.drop_table("attempt_answer")
    op.drop_table("admission_use")
    op.drop_index("ix_heartbeat_lesson", table_name="heartbeat")
    op.drop_table("heartbeat")
    op.drop_table("completion")
    op.drop_index("ix_check_answer_lesson", table_name="check_answer")
    op.drop_table("check_answer")
    op.drop_index(op.f("ix_certificate_reserved_at"), table_name="certificate")
    op.drop_index(op.f("ix_certificate_officer_id"), table_name="certificate")
    op.drop_index(op.f("ix_certificate_agency_id"), table_name="certificate")
    op.drop_table("certificate")
    op.drop_index(op.f("ix_attempt_officer_id"), table_name="attempt")
    op.drop_index(op.f("ix_attempt_enrollment_id"), table_name="attempt")
    op.drop_index(op.f("ix_attempt_agency_id"), table_name="attempt")
    op.drop_table("attempt")
    op.drop_index(op.f("ix_admission_failure_enrollment_id"), table_name="admission_failure")
    op.drop_table("admission_failure")
    op.drop_index(op.f("ix_admission_enrollment_id"), table_name="admission")
    op.drop_table("admission")
    op.drop_table("public_bank_acknowledgement")
    op.drop_table("password_link_use")
    op.drop_table("paper_question")
    op.drop_index(op.f("ix_paper_key_question_hash"), table_name="paper_key")
    op.drop_table("paper_key")
    op.drop_index(op.f("ix_membership_officer_id"), table_name="membership")
    op.drop_index(op.f("ix_membership_agency_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_table("grant_ending")
    op.drop_index(op.f("ix_enrollment_officer_id"), table_name="enrollment")
    op.drop_index(op.f("ix_enrollment_offering_id"), table_name="enrollment")
    op.drop_index(op.f("ix_enrollment_agency_id"), table_name="enrollment")
    op.drop_table("enrollment")
    op.drop_index(op.f("ix_user_session_user_id"), table_name="user_session")
    op.drop_table("user_session")
    op.drop_table("privacy_notice")
    op.drop_index(op.f("ix_password_link_user_id"), table_name="password_link")
    op.drop_table("password_link")
    op.drop_table("paper")
    op.drop_index(op.f("ix_officer_normalized_name"), table_name="officer")
    op.drop_table("officer")
    op.drop_index(op.f("ix_offering_course_hash"), table_name="offering")
    op.drop_table("offering")
    op.drop_index(op.f("ix_lesson_draft_author_id"), table_name="lesson_draft")
    op.drop_table("lesson_draft")
    op.drop_table("invitation_withdrawal")
    op.drop_table("invitation_use")
    op.drop_index(op.f("ix_grant_user_id"), table_name="grant")
    op.drop_index(op.f("ix_grant_agency_id"), table_name="grant")
    op.drop_table("grant")
    op.drop_table("course_lesson")
    op.drop_table("bank_question")
    op.drop_table("user")
    op.drop_index(op.f("ix_sign_in_failure_address_digest"), table_name="sign_in_failure")
    op.drop_index("ix_sign_in_failure_account_at", table_name="sign_in_failure")
    op.drop_table("sign_in_failure")
    op.drop_index(op.f("ix_question_revision_question_id"), table_name="question_revision")
    op.drop_table("question_revision")
    op.drop_index(op.f("ix_lesson_revision_lesson_id"), table_name="lesson_revision")
    op.drop_table("lesson_revision")
    op.drop_table("lease")
    op.drop_index(op.f("ix_invitation_email"), table_name="invitation")
    op.drop_index(op.f("ix_invitation_agency_id"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_table("fact_register")
    op.drop_index(op.f("ix_course_revision_course_id"), table_name="course_revision")
    op.drop_table("course_revision")
    op.drop_index(op.f("ix_bank_revision_bank_id"), table_name="bank_revision")
    op.drop_table("bank_revision")
    op.drop_index(op.f("ix_audit_entry_object_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_agency_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_actor_id"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_table("agency")
