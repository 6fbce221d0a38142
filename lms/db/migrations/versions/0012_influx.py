"""Mass influx: declarations, activations, orders on training, tracks and time-boxed certificates; the counties of agencies."""

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "activation",
    "activation_procedure",
    "agency_county",
    "certificate_order",
    "declaration",
    "declaration_act",
    "enrollment_track",
    "influx_confirmation",
    "policy_acknowledgment",
    "training_order",
    "training_order_agreement",
    "training_order_extension",
    "training_order_officer",
)


def upgrade() -> None:
    op.create_table('declaration',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('drill', sa.Boolean(), nullable=False),
    sa.Column('grounds', types.CanonicalJson(), nullable=False),
    sa.Column('time_zone', sa.String(), nullable=False),
    sa.Column('form_id', sa.Uuid(), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declaration')),
    sa.UniqueConstraint('form_id', name=op.f('uq_declaration_form_id'))
    )
    with op.batch_alter_table('declaration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_declaration_recorded_at'), ['recorded_at'], unique=False)

    op.create_table('influx_confirmation',
    sa.Column('of_id', sa.Uuid(), nullable=False),
    sa.Column('confirmed_by', sa.Uuid(), nullable=True),
    sa.Column('at', types.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('of_id', name=op.f('pk_influx_confirmation'))
    )
    op.create_table('agency_county',
    sa.Column('agency_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('fips', sa.String(), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['agency_id'], ['agency.id'], name=op.f('fk_agency_county_agency_id_agency')),
    sa.PrimaryKeyConstraint('agency_id', 'number', 'fips', name=op.f('pk_agency_county'))
    )
    op.create_table('declaration_act',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('declaration_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('issuing_office', sa.String(), nullable=False),
    sa.Column('instrument', sa.String(), nullable=False),
    sa.Column('citation', sa.String(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('effective_at', types.UtcDateTime(), nullable=False),
    sa.Column('published_on', sa.Date(), nullable=True),
    sa.Column('begins_at', types.UtcDateTime(), nullable=True),
    sa.Column('ends_at', types.UtcDateTime(), nullable=True),
    sa.Column('states', types.CanonicalJson(), nullable=True),
    sa.Column('counties', types.CanonicalJson(), nullable=True),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['declaration_id'], ['declaration.id'], name=op.f('fk_declaration_act_declaration_id_declaration')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declaration_act')),
    sa.UniqueConstraint('declaration_id', 'number', name=op.f('uq_declaration_act_declaration_id'))
    )
    op.create_table('training_order',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('declaration_id', sa.Uuid(), nullable=False),
    sa.Column('decider', sa.String(), nullable=False),
    sa.Column('office', sa.String(), nullable=False),
    sa.Column('necessities', types.CanonicalJson(), nullable=False),
    sa.Column('available', sa.Integer(), nullable=False),
    sa.Column('needed', sa.Integer(), nullable=False),
    sa.Column('finding', sa.String(), nullable=False),
    sa.Column('course_id', sa.String(), nullable=False),
    sa.Column('course_title', sa.String(), nullable=False),
    sa.Column('scope', types.CanonicalJson(), nullable=False),
    sa.Column('ends_at', types.UtcDateTime(), nullable=False),
    sa.Column('form_id', sa.Uuid(), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['declaration_id'], ['declaration.id'], name=op.f('fk_training_order_declaration_id_declaration')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_order')),
    sa.UniqueConstraint('form_id', name=op.f('uq_training_order_form_id'))
    )
    with op.batch_alter_table('training_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_order_declaration_id'), ['declaration_id'], unique=False)

    op.create_table('policy_acknowledgment',
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('officer_id', sa.Uuid(), nullable=False),
    sa.Column('wording', sa.String(), nullable=False),
    sa.Column('at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_policy_acknowledgment_officer_id_officer')),
    sa.ForeignKeyConstraint(['order_id'], ['training_order.id'], name=op.f('fk_policy_acknowledgment_order_id_training_order')),
    sa.PrimaryKeyConstraint('order_id', 'officer_id', name=op.f('pk_policy_acknowledgment'))
    )
    op.create_table('training_order_extension',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('ends_at', types.UtcDateTime(), nullable=False),
    sa.Column('decider', sa.String(), nullable=False),
    sa.Column('office', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['training_order.id'], name=op.f('fk_training_order_extension_order_id_training_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_order_extension'))
    )
    with op.batch_alter_table('training_order_extension', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_order_extension_order_id'), ['order_id'], unique=False)

    op.create_table('activation_procedure',
    sa.Column('agreement_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_activation_procedure_agreement_id_agreement')),
    sa.PrimaryKeyConstraint('agreement_id', 'number', name=op.f('pk_activation_procedure'))
    )
    op.create_table('enrollment_track',
    sa.Column('enrollment_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('track', sa.String(), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['enrollment_id'], ['enrollment.id'], name=op.f('fk_enrollment_track_enrollment_id_enrollment')),
    sa.ForeignKeyConstraint(['order_id'], ['training_order.id'], name=op.f('fk_enrollment_track_order_id_training_order')),
    sa.PrimaryKeyConstraint('enrollment_id', 'order_id', name=op.f('pk_enrollment_track'))
    )
    with op.batch_alter_table('enrollment_track', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enrollment_track_order_id'), ['order_id'], unique=False)

    op.create_table('training_order_agreement',
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('agreement_id', sa.Uuid(), nullable=False),
    sa.Column('consent_by', sa.String(), nullable=False),
    sa.Column('consent_on', sa.Date(), nullable=False),
    sa.Column('consent_paper', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_training_order_agreement_agreement_id_agreement')),
    sa.ForeignKeyConstraint(['order_id'], ['training_order.id'], name=op.f('fk_training_order_agreement_order_id_training_order')),
    sa.PrimaryKeyConstraint('order_id', 'agreement_id', name=op.f('pk_training_order_agreement'))
    )
    op.create_table('training_order_officer',
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('officer_id', sa.Uuid(), nullable=False),
    sa.Column('agreement_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_training_order_officer_agreement_id_agreement')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_training_order_officer_officer_id_officer')),
    sa.ForeignKeyConstraint(['order_id'], ['training_order.id'], name=op.f('fk_training_order_officer_order_id_training_order')),
    sa.PrimaryKeyConstraint('order_id', 'officer_id', name=op.f('pk_training_order_officer'))
    )
    with op.batch_alter_table('training_order_officer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_order_officer_officer_id'), ['officer_id'], unique=False)

    op.create_table('activation',
    sa.Column('declaration_id', sa.Uuid(), nullable=False),
    sa.Column('agreement_id', sa.Uuid(), nullable=False),
    sa.Column('move_number', sa.Integer(), nullable=True),
    sa.Column('procedure', sa.String(), nullable=False),
    sa.Column('told_how', sa.String(), nullable=False),
    sa.Column('told_whom', sa.String(), nullable=False),
    sa.Column('effective_at', types.UtcDateTime(), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['agreement_id', 'move_number'], ['agreement_move.agreement_id', 'agreement_move.number'], name=op.f('fk_activation_agreement_id_agreement_move')),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_activation_agreement_id_agreement')),
    sa.ForeignKeyConstraint(['declaration_id'], ['declaration.id'], name=op.f('fk_activation_declaration_id_declaration')),
    sa.PrimaryKeyConstraint('declaration_id', 'agreement_id', name=op.f('pk_activation'))
    )
    op.create_table('certificate_order',
    sa.Column('certificate_id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('expires_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_order_certificate_id_certificate')),
    sa.ForeignKeyConstraint(['order_id'], ['training_order.id'], name=op.f('fk_certificate_order_order_id_training_order')),
    sa.PrimaryKeyConstraint('certificate_id', name=op.f('pk_certificate_order'))
    )
    with op.batch_alter_table('certificate_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_certificate_order_order_id'), ['order_id'], unique=False)

    for table in APPEND_ONLY:
        protect(op.get_bind(), table)


def downgrade() -> None:
    with op.batch_alter_table('certificate_order', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_certificate_order_order_id'))

    op.drop_table('certificate_order')
    op.drop_table('activation')
    with op.batch_alter_table('training_order_officer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_order_officer_officer_id'))

    op.drop_table('training_order_officer')
    op.drop_table('training_order_agreement')
    with op.batch_alter_table('enrollment_track', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_enrollment_track_order_id'))

    op.drop_table('enrollment_track')
    op.drop_table('activation_procedure')
    with op.batch_alter_table('training_order_extension', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_order_extension_order_id'))

    op.drop_table('training_order_extension')
    op.drop_table('policy_acknowledgment')
    with op.batch_alter_table('training_order', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_order_declaration_id'))

    op.drop_table('training_order')
    op.drop_table('declaration_act')
    op.drop_table('agency_county')
    op.drop_table('influx_confirmation')
    with op.batch_alter_table('declaration', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_declaration_recorded_at'))

    op.drop_table('declaration')
