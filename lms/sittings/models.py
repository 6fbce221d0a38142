"""Sittings with their plans, officers and named proctors; accommodations; identity checks and tickets."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class Sitting(Base):
    """A supervised window of one exam of a class. What was planned of it stands in its plans."""

    __tablename__ = "sitting"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), index=True)
    exam_id: Mapped[str]
    planned_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SittingPlan(Base):
    """What was planned of a sitting from a moment on: the newest row counts.

    `opens_at` and `closes_at` are the window. `networks` are address ranges from which it may be started, `seb_keys` Config Keys of Safe
    Exam Browser; empty lists ask for nothing.
    """

    __tablename__ = "sitting_plan"
    __append_only__ = True

    sitting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mode: Mapped[str]
    place: Mapped[str]
    capacity: Mapped[int]
    networks: Mapped[list[str]] = mapped_column(CanonicalJson)
    seb_keys: Mapped[list[str]] = mapped_column(CanonicalJson)
    reason: Mapped[str]
    planned_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SittingCancellation(Base):
    """The end of a sitting before it was held."""

    __tablename__ = "sitting_cancellation"
    __append_only__ = True

    sitting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    reason: Mapped[str]
    cancelled_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SittingProctor(Base):
    """That somebody is named to proctor a sitting, from `at` on (R-11). The same person may be named again after an end."""

    __tablename__ = "sitting_proctor"
    __append_only__ = True

    sitting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    named_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SittingProctorEnd(Base):
    """That a named proctor proctors the sitting no more."""

    __tablename__ = "sitting_proctor_end"
    __append_only__ = True
    __table_args__ = (
        ForeignKeyConstraint(
            ["sitting_id", "user_id", "number"], ["sitting_proctor.sitting_id", "sitting_proctor.user_id", "sitting_proctor.number"]
        ),
    )

    sitting_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SittingOfficer(Base):
    """An officer's place in a sitting. There may be another one after its removal."""

    __tablename__ = "sitting_officer"
    __append_only__ = True

    sitting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), primary_key=True, index=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    placed_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SittingOfficerRemoval(Base):
    """That an officer has a place in the sitting no more."""

    __tablename__ = "sitting_officer_removal"
    __append_only__ = True
    __table_args__ = (
        ForeignKeyConstraint(
            ["sitting_id", "enrollment_id", "number"],
            ["sitting_officer.sitting_id", "sitting_officer.enrollment_id", "sitting_officer.number"],
        ),
    )

    sitting_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    removed_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Accommodation(Base):
    """What an officer is granted in every exam, from `starts_at` until `ends_at` or an end. It holds no word about health.

    `time_percent` is 100 for the exam's own time and 150 for time and a half; `rest_minutes` may be taken as pauses.
    """

    __tablename__ = "accommodation"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("officer.id"), index=True)
    time_percent: Mapped[int]
    extra_minutes: Mapped[int]
    rest_minutes: Mapped[int]
    category: Mapped[str]
    approved_by: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccommodationEnd(Base):
    """The end of an accommodation before its time; another one may follow it."""

    __tablename__ = "accommodation_end"
    __append_only__ = True

    accommodation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accommodation.id"), primary_key=True)
    reason: Mapped[str]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class IdentityCheck(Base):
    """That a named proctor checked an officer's identity at the door of a sitting (R-11), and by which kind of document."""

    __tablename__ = "identity_check"
    __append_only__ = True

    sitting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sitting.id"), primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), primary_key=True, index=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    identity_document: Mapped[str]
    checked_by: Mapped[uuid.UUID] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Ticket(Base):
    """A one-time ticket of one officer for one sitting. Only its digest is kept; a newer one of the same officer takes its place."""

    __tablename__ = "ticket"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    sitting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sitting.id"), index=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), index=True)
    digest: Mapped[str]
    issued_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TicketRevocation(Base):
    """That a ticket opens nothing any more."""

    __tablename__ = "ticket_revocation"
    __append_only__ = True

    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    reason: Mapped[str]
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
