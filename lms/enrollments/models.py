"""Offerings and their plans, enrollments, attendance, and the record of training: time spent, checks answered, lessons completed."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class Offering(Base):
    """A dated run of a course (a class), as it stands now.

    Revision of the course, title, dates and time zone are those of its newest pin and plan, kept here for whoever asks at every page.
    """

    __tablename__ = "offering"

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    course_hash: Mapped[str] = mapped_column(ForeignKey("course_revision.hash"), index=True)
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    time_zone: Mapped[str]
    opened_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfferingNumber(Base):
    """The number by which people name a class: the year it was first planned for, and its place in that year."""

    __tablename__ = "offering_number"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("year", "ordinal"),)

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), primary_key=True)
    year: Mapped[int]
    ordinal: Mapped[int]


class OfferingPlan(Base):
    """What was planned of a class from a moment on: the newest row counts. `days_off` are ISO dates, `day_starts` a time such as 08:00."""

    __tablename__ = "offering_plan"
    __append_only__ = True

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    time_zone: Mapped[str]
    mode: Mapped[str]
    place: Mapped[str]
    state: Mapped[str]
    capacity: Mapped[int]
    day_starts: Mapped[str]
    weekends: Mapped[bool]
    days_off: Mapped[list[str]] = mapped_column(CanonicalJson)
    reason: Mapped[str]
    planned_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfferingInstructor(Base):
    """An instructor of record in one plan of a class."""

    __tablename__ = "offering_instructor"
    __append_only__ = True
    __table_args__ = (ForeignKeyConstraint(["offering_id", "number"], ["offering_plan.offering_id", "offering_plan.number"]),)

    offering_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)


class OfferingPin(Base):
    """The course revision that a class is on from a moment on: the newest row counts. The first is made when the class opens."""

    __tablename__ = "offering_pin"
    __append_only__ = True

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    course_hash: Mapped[str] = mapped_column(ForeignKey("course_revision.hash"))
    reason: Mapped[str]
    pinned_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class OfferingCancellation(Base):
    """The end of a class before its time: from then on nothing is recorded in it."""

    __tablename__ = "offering_cancellation"
    __append_only__ = True

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), primary_key=True)
    reason: Mapped[str]
    cancelled_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TimetableDay(Base):
    """How one training day of a class is held, set by hand: the newest row of a day counts. Without a date the day lies where it falls."""

    __tablename__ = "timetable_day"
    __append_only__ = True

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    held_on: Mapped[date | None]
    starts: Mapped[str]
    room: Mapped[str]
    set_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Enrollment(Base):
    """An officer in an offering, on behalf of the agency served in at that time, by an approved nomination of that agency."""

    __tablename__ = "enrollment"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("offering_id", "officer_id"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), index=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("officer.id"), index=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    nomination_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    enrolled_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EnrollmentTrack(Base):
    """That an enrollment takes less than the whole course by an order: `abbreviated`, or `waived`. Without a row it is standard."""

    __tablename__ = "enrollment_track"
    __append_only__ = True

    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("training_order.id"), primary_key=True, index=True)
    track: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Withdrawal(Base):
    """The end of an officer's way through a class: everything recorded stays, and nothing is added."""

    __tablename__ = "withdrawal"
    __append_only__ = True

    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    asked_by: Mapped[str]
    reason: Mapped[str]
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WaitingPlace(Base):
    """A place on the waiting list of a full class; the lowest number that still waits comes first."""

    __tablename__ = "waiting_place"
    __append_only__ = True

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    nomination_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("nomination.id"), index=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("officer.id"), index=True)
    listed_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WaitingEnd(Base):
    """The end of waiting: the officer was enrolled, or left the list."""

    __tablename__ = "waiting_end"
    __append_only__ = True
    __table_args__ = (ForeignKeyConstraint(["offering_id", "number"], ["waiting_place.offering_id", "waiting_place.number"]),)

    offering_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    enrolled: Mapped[bool]
    reason: Mapped[str]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Attendance(Base):
    """How an officer attended a training day, in minutes. The newest row of a day counts; one after the first says why it corrects."""

    __tablename__ = "attendance"
    __append_only__ = True

    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str]
    minutes: Mapped[int]
    held_on: Mapped[date]
    reason: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MakeUp(Base):
    """Hours of a training day made up: what was done instead, when, and who vouches for it."""

    __tablename__ = "make_up"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), index=True)
    day: Mapped[int]
    minutes: Mapped[int]
    what: Mapped[str]
    held_on: Mapped[date]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MakeUpAnnulment(Base):
    """The end of a make-up that was recorded wrongly: it counts no more."""

    __tablename__ = "make_up_annulment"
    __append_only__ = True

    make_up_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("make_up.id"), primary_key=True)
    reason: Mapped[str]
    annulled_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


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
