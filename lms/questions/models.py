"""Immutable revisions of questions and banks."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class SecurityAgreement(Base):
    """That a person signed an edition of the test-security agreement (R-10). It lasts a year; each signing is a row of its own."""

    __tablename__ = "security_agreement"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    edition: Mapped[str]
    text_hash: Mapped[str]
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuestionRevision(Base):
    """One edition of a question, named by its content hash.

    `content`: {"stem", "choices": [{"text", "correct", "why"}], "rationale", "citation", "fact", "difficulty", "scenario"},
    and "pilot" where it is only being tried out; never sent to an officer as it is.
    """

    __tablename__ = "question_revision"
    __append_only__ = True

    hash: Mapped[str] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(index=True)
    objective: Mapped[str]
    content: Mapped[Any] = mapped_column(CanonicalJson)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BankRevision(Base):
    """One edition of a bank, named by the hash of its list of questions. `public`: anyone can read the questions."""

    __tablename__ = "bank_revision"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("bank_id", "number"),)

    hash: Mapped[str] = mapped_column(primary_key=True)
    bank_id: Mapped[str] = mapped_column(index=True)
    number: Mapped[int]
    title: Mapped[str]
    public: Mapped[bool]
    law_as_of: Mapped[str]
    published_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BankQuestion(Base):
    """Which question revisions a bank revision holds."""

    __tablename__ = "bank_question"
    __append_only__ = True

    bank_hash: Mapped[str] = mapped_column(ForeignKey("bank_revision.hash"), primary_key=True)
    question_hash: Mapped[str] = mapped_column(ForeignKey("question_revision.hash"), primary_key=True)


class QuestionSight(Base):
    """That a question was shown to somebody of the program outside an exam, and what for (R-10)."""

    __tablename__ = "question_sight"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    question_hash: Mapped[str] = mapped_column(ForeignKey("question_revision.hash"), index=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    purpose: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuestionStatistics(Base):
    """Projection: what the attempts that count say of one question revision, as sums: see `statistics_rules.Sums`."""

    __tablename__ = "question_statistics"

    question_hash: Mapped[str] = mapped_column(ForeignKey("question_revision.hash"), primary_key=True)
    asked: Mapped[int]
    points: Mapped[int] = mapped_column(BigInteger)
    points_squared: Mapped[int] = mapped_column(BigInteger)
    rest: Mapped[int] = mapped_column(BigInteger)
    rest_squared: Mapped[int] = mapped_column(BigInteger)
    crossed: Mapped[int] = mapped_column(BigInteger)


class QuestionCorrection(Base):
    """What scoring makes of a question revision from a moment on, in every paper that holds it (R-08). The newest of a question counts.

    `kind`: excluded, key corrected (then `accepted` names the right choices, by their places in the revision), or restored.
    """

    __tablename__ = "question_correction"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    question_hash: Mapped[str] = mapped_column(ForeignKey("question_revision.hash"), index=True)
    kind: Mapped[str]
    accepted: Mapped[Any] = mapped_column(CanonicalJson)
    reason: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
