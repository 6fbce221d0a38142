"""Who opened a written answer, and the marks it was given."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class MarkingTurn(Base):
    """That a marker was given a written answer to read (R-10: every view of exam content is logged)."""

    __tablename__ = "marking_turn"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("answer_id", "marker_id"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    answer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("written_answer.id"), index=True)
    marker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WrittenMark(Base):
    """One marker's mark of a written answer: `number` 1 is the first, 2 the second, 3 decides. Never changed.

    `by_criterion`: {criterion id: points}. `points` in thousandths of a point. `second_wanted`: the marker asks for a second one.
    """

    __tablename__ = "written_mark"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("answer_id", "marker_id"),)

    answer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("written_answer.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    marker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    by_criterion: Mapped[Any] = mapped_column(CanonicalJson)
    points: Mapped[int]
    comment: Mapped[str]
    second_wanted: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
