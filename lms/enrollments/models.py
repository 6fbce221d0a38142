"""Offerings, enrollments and the record of training: time spent, checks answered, lessons completed."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import Id, UtcDateTime


class Offering(Base):
    """A dated run of a course (a class), pinned to one course revision for good."""

    __tablename__ = "offering"

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    course_hash: Mapped[str] = mapped_column(ForeignKey("course_revision.hash"), index=True)
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    time_zone: Mapped[str]
    opened_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Enrollment(Base):
    """An officer in an offering, on behalf of the agency served in at that time."""

    __tablename__ = "enrollment"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("offering_id", "officer_id"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), index=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("officer.id"), index=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    enrolled_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PublicBankAcknowledgement(Base):
    """An administrator's word that a class is examined on a question bank that anyone can read. `wording` is what was agreed to."""

    __tablename__ = "public_bank_acknowledgement"
    __append_only__ = True

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), primary_key=True)
    acknowledged_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    wording: Mapped[str]


class Heartbeat(Base):
    """Seconds of active reading credited at a moment: the time since the last sign of life, capped by the server."""

    __tablename__ = "heartbeat"
    __append_only__ = True
    __table_args__ = (Index("ix_heartbeat_lesson", "enrollment_id", "lesson_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"))
    lesson_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[int]


class CheckAnswer(Base):
    """One answer to a check of understanding; any number may be given until one is right."""

    __tablename__ = "check_answer"
    __append_only__ = True
    __table_args__ = (Index("ix_check_answer_lesson", "enrollment_id", "lesson_id", "check_id"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"))
    lesson_id: Mapped[str]
    check_id: Mapped[str]
    choice_id: Mapped[str]
    correct: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Completion(Base):
    """A lesson finished: its minutes of reading and practice are credited, and the seconds actively spent stand beside them."""

    __tablename__ = "completion"
    __append_only__ = True

    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_hash: Mapped[str] = mapped_column(ForeignKey("lesson_revision.hash"))
    credited_minutes: Mapped[int]
    active_seconds: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
