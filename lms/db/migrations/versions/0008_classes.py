"""Plans, pins, timetables and attendance of classes; enrollment by nomination, waiting lists, withdrawals."""

from datetime import date
from itertools import groupby

import sqlalchemy as sa
from alembic import op

from lms.db import types
from lms.db.append_only import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "attendance",
    "make_up",
    "make_up_annulment",
    "nomination_invitation",
    "offering_cancellation",
    "offering_instructor",
    "offering_number",
    "offering_pin",
    "offering_plan",
    "timetable_day",
    "waiting_end",
    "waiting_place",
    "withdrawal",
)
CAPACITY = 500
"""What a class of before is planned for: nobody in it is to wait."""


def upgrade() -> None:
    op.create_table(
        "nomination_invitation",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("nomination_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_nomination_invitation_invitation_id_invitation")),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_nomination_invitation_nomination_id_nomination")),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_nomination_invitation")),
    )
    with op.batch_alter_table("nomination_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nomination_invitation_nomination_id"), ["nomination_id"], unique=False)

    op.create_table(
        "offering_number",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_offering_number_offering_id_offering")),
        sa.PrimaryKeyConstraint("offering_id", name=op.f("pk_offering_number")),
        sa.UniqueConstraint("year", "ordinal", name=op.f("uq_offering_number_year")),
    )
    op.create_table(
        "offering_plan",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("day_starts", sa.String(), nullable=False),
        sa.Column("weekends", sa.Boolean(), nullable=False),
        sa.Column("days_off", types.CanonicalJson(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_offering_plan_offering_id_offering")),
        sa.PrimaryKeyConstraint("offering_id", "number", name=op.f("pk_offering_plan")),
    )
    op.create_table(
        "offering_instructor",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["offering_id", "number"], ["offering_plan.offering_id", "offering_plan.number"], name=op.f("fk_offering_instructor_offering_id_offering_plan")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_offering_instructor_user_id_user")),
        sa.PrimaryKeyConstraint("offering_id", "number", "user_id", name=op.f("pk_offering_instructor")),
    )
    with op.batch_alter_table("offering_instructor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offering_instructor_user_id"), ["user_id"], unique=False)

    op.create_table(
        "offering_pin",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("course_hash", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("pinned_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["course_hash"], ["course_revision.hash"], name=op.f("fk_offering_pin_course_hash_course_revision")),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_offering_pin_offering_id_offering")),
        sa.PrimaryKeyConstraint("offering_id", "number", name=op.f("pk_offering_pin")),
    )
    op.create_table(
        "offering_cancellation",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_offering_cancellation_offering_id_offering")),
        sa.PrimaryKeyConstraint("offering_id", name=op.f("pk_offering_cancellation")),
    )
    op.create_table(
        "timetable_day",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("starts", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_timetable_day_offering_id_offering")),
        sa.PrimaryKeyConstraint("offering_id", "day", "number", name=op.f("pk_timetable_day")),
    )
    op.create_table(
        "withdrawal",
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_withdrawal_enrollment_id_enrollment")),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_withdrawal")),
    )
    op.create_table(
        "waiting_place",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("listed_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nomination.id"], name=op.f("fk_waiting_place_nomination_id_nomination")),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_waiting_place_offering_id_offering")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_waiting_place_officer_id_officer")),
        sa.PrimaryKeyConstraint("offering_id", "number", name=op.f("pk_waiting_place")),
    )
    with op.batch_alter_table("waiting_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_place_nomination_id"), ["nomination_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiting_place_officer_id"), ["officer_id"], unique=False)

    op.create_table(
        "waiting_end",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("enrolled", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["offering_id", "number"], ["waiting_place.offering_id", "waiting_place.number"], name=op.f("fk_waiting_end_offering_id_waiting_place")),
        sa.PrimaryKeyConstraint("offering_id", "number", name=op.f("pk_waiting_end")),
    )
    op.create_table(
        "attendance",
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_attendance_enrollment_id_enrollment")),
        sa.PrimaryKeyConstraint("enrollment_id", "day", "number", name=op.f("pk_attendance")),
    )
    op.create_table(
        "make_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollment.id"], name=op.f("fk_make_up_enrollment_id_enrollment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_make_up")),
    )
    with op.batch_alter_table("make_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_make_up_enrollment_id"), ["enrollment_id"], unique=False)

    op.create_table(
        "make_up_annulment",
        sa.Column("make_up_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("annulled_by", sa.Uuid(), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["make_up_id"], ["make_up.id"], name=op.f("fk_make_up_annulment_make_up_id_make_up")),
        sa.PrimaryKeyConstraint("make_up_id", name=op.f("pk_make_up_annulment")),
    )
    with op.batch_alter_table("enrollment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("nomination_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_enrollment_nomination_id_nomination"), "nomination", ["nomination_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_enrollment_nomination_id"), ["nomination_id"], unique=False)

    _plan_the_classes_of_before()
    for table in (*APPEND_ONLY, "enrollment"):
        protect(op.get_bind(), table)


def _plan_the_classes_of_before() -> None:
    """Each class gets its number, a first plan with the dates it has, and the pin it was opened with."""
    found = sa.table(
        "offering",
        sa.column("id", sa.Uuid()),
        *(sa.column(name, sa.String()) for name in ("course_hash", "title", "time_zone")),
        *(sa.column(name, sa.Date()) for name in ("starts_on", "ends_on")),
        sa.column("opened_by", sa.Uuid()),
        sa.column("opened_at", types.UtcDateTime()),
    )
    connection = op.get_bind()
    offerings = connection.execute(sa.select(found)).all()

    def year(row: sa.Row[tuple[object, ...]]) -> int:
        first: date = row.starts_on
        return first.year

    ordered = sorted(offerings, key=lambda row: (year(row), row.opened_at, row.id.hex))
    for _, rows in groupby(ordered, key=year):
        for ordinal, row in enumerate(rows, 1):
            _plan(connection, row, year=year(row), ordinal=ordinal)


def _plan(connection: sa.Connection, row: sa.Row[tuple[object, ...]], *, year: int, ordinal: int) -> None:
    _insert(connection, "offering_number", offering_id=row.id, year=year, ordinal=ordinal)
    made = {"offering_id": row.id, "number": 1, "reason": "Opened", "at": row.opened_at}
    _insert(connection, "offering_pin", course_hash=row.course_hash, pinned_by=row.opened_by, **made)
    dates = {"title": row.title, "starts_on": row.starts_on, "ends_on": row.ends_on, "time_zone": row.time_zone}
    held = {"mode": "online", "place": "", "state": "", "capacity": CAPACITY}
    days = {"day_starts": "08:00", "weekends": False, "days_off": []}
    _insert(connection, "offering_plan", planned_by=row.opened_by, **made, **dates, **held, **days)


def _insert(connection: sa.Connection, name: str, **values: object) -> None:
    kinds = {"offering_id": sa.Uuid(), "planned_by": sa.Uuid(), "pinned_by": sa.Uuid(), "at": types.UtcDateTime()}
    kinds |= {"starts_on": sa.Date(), "ends_on": sa.Date(), "days_off": types.CanonicalJson(), "weekends": sa.Boolean()}
    columns = [sa.column(key, kinds.get(key, sa.Integer() if isinstance(value, int) else sa.String())) for key, value in values.items()]
    connection.execute(sa.insert(sa.table(name, *columns)).values(**values))


def downgrade() -> None:
    with op.batch_alter_table("enrollment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrollment_nomination_id"))
        batch_op.drop_constraint(batch_op.f("fk_enrollment_nomination_id_nomination"), type_="foreignkey")
        batch_op.drop_column("nomination_id")

    for table in (
        "make_up_annulment", "make_up", "attendance", "waiting_end", "waiting_place", "withdrawal", "timetable_day", "offering_cancellation", "offering_pin", "offering_instructor", "offering_plan", "offering_number", "nomination_invitation",
    ):
        op.drop_table(table)
    protect(op.get_bind(), "enrollment")
