"""Schedules, legal holds and disposals: rows that are never changed."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import Id, UtcDateTime


class RetentionSchedule(Base):
    """How long a class of records is kept, from a moment on. The newest of a class counts; `years` is empty for ever."""

    __tablename__ = "retention_schedule"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("record_class", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    record_class: Mapped[str]
    number: Mapped[int]
    years: Mapped[int | None]
    authority: Mapped[str]
    set_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LegalHold(Base):
    """Nothing that it covers is disposed of until it is lifted: a class, an officer's records, or what is both."""

    __tablename__ = "legal_hold"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    record_class: Mapped[str | None]
    officer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("officer.id"))
    reason: Mapped[str]
    set_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HoldLifting(Base):
    """The end of a legal hold."""

    __tablename__ = "hold_lifting"
    __append_only__ = True

    hold_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("legal_hold.id"), primary_key=True)
    reason: Mapped[str]
    lifted_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DisposalProposal(Base):
    """One person's proposal to dispose of what is older than `cutoff` in a class; `count` is how many records that was."""

    __tablename__ = "disposal_proposal"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    record_class: Mapped[str]
    cutoff: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int]
    reason: Mapped[str]
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DisposalDecision(Base):
    """Another person's word on a proposal: carried out, with how many records went, or declined. Its key makes a second one impossible."""

    __tablename__ = "disposal_decision"
    __append_only__ = True

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disposal_proposal.id"), primary_key=True)
    outcome: Mapped[str]
    count: Mapped[int]
    decided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DisposalOpen(Base):
    """Stands only inside the transaction of a disposal: without it the database refuses to delete a record."""

    __tablename__ = "disposal_open"

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("disposal_proposal.id"), primary_key=True)
