"""Ratings of practical exercises with their marks, what they come to, decisions, repeats, and alarms."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import Id, UtcDateTime


class PracticalRating(Base):
    """How one rater rated one go of an officer. The newest number of a rater counts; one after the first says why it corrects."""

    __tablename__ = "practical_rating"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("enrollment_id", "practical_id", "go", "rater_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"))
    practical_id: Mapped[str]
    go: Mapped[int]
    rater_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    number: Mapped[int]
    practical_hash: Mapped[str] = mapped_column(ForeignKey("practical_revision.hash"))
    held_on: Mapped[date]
    reason: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PracticalMark(Base):
    """How a rating found one criterion, and the note to it."""

    __tablename__ = "practical_mark"
    __append_only__ = True

    rating_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("practical_rating.id"), primary_key=True)
    criterion_id: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str]
    note: Mapped[str]


class PracticalDecision(Base):
    """A third rater's word on a go in which the two raters differ. The newest counts."""

    __tablename__ = "practical_decision"
    __append_only__ = True

    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    practical_id: Mapped[str] = mapped_column(primary_key=True)
    go: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    passed: Mapped[bool]
    reason: Mapped[str]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PracticalRepeat(Base):
    """A further go opened after a failure: what was practiced before it, and for one beyond the first repeat why the program allows it."""

    __tablename__ = "practical_repeat"
    __append_only__ = True

    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    practical_id: Mapped[str] = mapped_column(primary_key=True)
    go: Mapped[int] = mapped_column(primary_key=True)
    remediation: Mapped[str]
    opened_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PracticalResult(Base):
    """Where a go stood from a moment on, worked out when it changed: the newest number counts. Half points, by both raters together."""

    __tablename__ = "practical_result"
    __append_only__ = True

    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    practical_id: Mapped[str] = mapped_column(primary_key=True)
    go: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    earned: Mapped[int]
    possible: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PracticalAlarm(Base):
    """So many officers of a class failed an exercise that the program is told, once (R-12)."""

    __tablename__ = "practical_alarm"
    __append_only__ = True

    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id"), primary_key=True)
    practical_id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    failed: Mapped[int]
    rated: Mapped[int]
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PracticalAlarmAnswer(Base):
    """What was done about an alarm: it is open no more."""

    __tablename__ = "practical_alarm_answer"
    __append_only__ = True
    __table_args__ = (
        ForeignKeyConstraint(["offering_id", "practical_id"], ["practical_alarm.offering_id", "practical_alarm.practical_id"]),
    )

    offering_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    practical_id: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
