"""Notices as they were written, and what became of each."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import Id, UtcDateTime


class Notice(Base):
    """One notice to one person, with places left open for the address, the product and the disclaimer.

    `key` says what it is about: a second one with the same key is never written.
    """

    __tablename__ = "notice"
    __append_only__ = True
    __table_args__ = (Index("ix_notice_written", "written_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str]
    email: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeWaiting(Base):
    """A notice that is still to be sent, with the path that it leads to: the row goes when the notice has gone or is given up."""

    __tablename__ = "notice_waiting"

    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    path: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class NoticeSending(Base):
    """The notice was handed over: `way` says to whom."""

    __tablename__ = "notice_sending"
    __append_only__ = True

    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    way: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeFailure(Base):
    """One try that failed, and why."""

    __tablename__ = "notice_failure"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"), index=True)
    why: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
