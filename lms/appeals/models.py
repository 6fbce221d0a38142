"""Challenges, appeals and requests to score again: rows that are never changed."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class Challenge(Base):
    """What an officer says is wrong with one question of a closed attempt. `due_at`: by when it is to be decided."""

    __tablename__ = "challenge"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), index=True)
    position: Mapped[int]
    claim: Mapped[str]
    made_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChallengeDecision(Base):
    """The program's word on a challenge, with reasons that the officer reads. Its key makes a second one impossible."""

    __tablename__ = "challenge_decision"
    __append_only__ = True

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    outcome: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Appeal(Base):
    """An officer's appeal of what came out of an attempt, by the officer or by the agency's coordinator."""

    __tablename__ = "appeal"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), index=True)
    outcome: Mapped[str]
    statement: Mapped[str]
    made_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AppealMove(Base):
    """One move of an appeal: taken under review, or decided. The newest is where it stands; a decision is the last."""

    __tablename__ = "appeal_move"
    __append_only__ = True

    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    reason: Mapped[str]
    moved_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RegradeRequest(Base):
    """One person's request to exclude a question revision, or to correct its key, in every paper that holds it (R-08).

    `digest` names the picture that the person saw: every attempt with its result before and after. `hold_harmless`: a result that would
    fall stands.
    """

    __tablename__ = "regrade_request"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    question_hash: Mapped[str] = mapped_column(ForeignKey("question_revision.hash"), index=True)
    kind: Mapped[str]
    accepted: Mapped[Any] = mapped_column(CanonicalJson)
    hold_harmless: Mapped[bool]
    reason: Mapped[str]
    digest: Mapped[str]
    challenge_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("challenge.id"))
    requested_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RegradeDecision(Base):
    """Another person's word on a request: carried out by `correction_id`, or declined. Its key makes a second one impossible."""

    __tablename__ = "regrade_decision"
    __append_only__ = True

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("regrade_request.id"), primary_key=True)
    correction_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("question_correction.id"))
    reason: Mapped[str]
    decided_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
