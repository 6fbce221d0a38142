"""Certification lists, authorizations with their moves, receipts and notices, refreshers, complaints and answers: rows that stay."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class Certification(Base):
    """ICE's written act that names who passed the training. `facts`: {"demo", "disclaimer", "issuer"}, as its paper says them."""

    __tablename__ = "certification"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    official: Mapped[str]
    position: Mapped[str]
    dated_on: Mapped[date]
    facts: Mapped[Any] = mapped_column(CanonicalJson)
    form_id: Mapped[uuid.UUID] = mapped_column(Id, unique=True)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CertificationEntry(Base):
    """One officer named on a list, by the certificate: a certificate is on one list at most."""

    __tablename__ = "certification_entry"
    __append_only__ = True

    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    certification_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certification.id"), index=True)
    position: Mapped[int]


class CertificationStriking(Base):
    """An entry that no longer counts."""

    __tablename__ = "certification_striking"
    __append_only__ = True

    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certification_entry.certificate_id"), primary_key=True)
    reason: Mapped[str]
    struck_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Authorization(Base):
    """What ICE permits an officer to do under an agreement, where and from when. Its moves and the agreement's tell what became of it.

    `facts`: what the letter says beside these columns, frozen: {"agency", "agreement", "certificate", "certification", "demo",
    "disclaimer", "functions", "issuer", "model", "places", "zone"}. The officer's name stands with the certificate's secrets.
    """

    __tablename__ = "authorization"
    __append_only__ = True
    __table_args__ = (Index("ix_authorization_recorded", "recorded_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("officer.id"), index=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"), index=True)
    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), index=True)
    nomination_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("nomination.id"))
    functions: Mapped[list[str]] = mapped_column(CanonicalJson)
    places: Mapped[list[str]] = mapped_column(CanonicalJson)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    supervisor_name: Mapped[str]
    supervisor_position: Mapped[str]
    supervisor_phone: Mapped[str]
    supervisor_email: Mapped[str]
    field_office: Mapped[str]
    facts: Mapped[Any] = mapped_column(CanonicalJson)
    form_id: Mapped[uuid.UUID] = mapped_column(Id, unique=True)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuthorizationMove(Base):
    """A suspension, reinstatement, withdrawal or revocation. Of two that are recorded at once the second fails on the key."""

    __tablename__ = "authorization_move"
    __append_only__ = True

    authorization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("authorization.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str]
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)


class AuthorizationAcknowledgment(Base):
    """That the officer read the letter and its limits."""

    __tablename__ = "authorization_acknowledgment"
    __append_only__ = True

    authorization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("authorization.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProgramPaper(Base):
    """The one signed PDF of a letter or a certification list, by the digest of its bytes, which were read back. It is never drawn again."""

    __tablename__ = "program_paper"
    __append_only__ = True

    object_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    kind: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]
    key_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PropertyReceipt(Base):
    """A credential or other property that was handed to the officer."""

    __tablename__ = "property_receipt"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    authorization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("authorization.id"), index=True)
    kind: Mapped[str]
    serial: Mapped[str]
    issued_on: Mapped[date]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PropertyReturn(Base):
    """That it came back. Its key makes a second return impossible."""

    __tablename__ = "property_return"
    __append_only__ = True

    receipt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("property_receipt.id"), primary_key=True)
    returned_on: Mapped[date]
    note: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Complaint(Base):
    """A complaint about an officer. Who complained is kept as a kind alone."""

    __tablename__ = "complaint"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    authorization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("authorization.id"), index=True)
    source: Mapped[str]
    summary: Mapped[str]
    may_bring_discipline: Mapped[bool]
    form_id: Mapped[uuid.UUID] = mapped_column(Id, unique=True)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ComplaintResolution(Base):
    """How a complaint ended."""

    __tablename__ = "complaint_resolution"
    __append_only__ = True

    complaint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    outcome: Mapped[str]
    note: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeDue(Base):
    """A notice with its clock, made due by a move of an authorization or by a complaint."""

    __tablename__ = "notice_due"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    authorization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("authorization.id"), index=True)
    complaint_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("complaint.id"), index=True)
    kind: Mapped[str]
    label: Mapped[str]
    source: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeGiven(Base):
    """That a notice was given, and when."""

    __tablename__ = "notice_given"
    __append_only__ = True

    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice_due.id"), primary_key=True)
    note: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RefresherRequirement(Base):
    """Further training that an authorized officer owes."""

    __tablename__ = "refresher_requirement"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    authorization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("authorization.id"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    source: Mapped[str]
    not_before: Mapped[date | None]
    due_on: Mapped[date] = mapped_column(index=True)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RefresherSettlement(Base):
    """That the training was done, or that ICE waived it."""

    __tablename__ = "refresher_settlement"
    __append_only__ = True

    requirement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("refresher_requirement.id"), primary_key=True)
    outcome: Mapped[str]
    on: Mapped[date]
    note: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Reminder(Base):
    """That people were told, so many days before, of the end of an authorization or of training that is due. They are told so once."""

    __tablename__ = "reminder"
    __append_only__ = True

    object_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    about: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StandingAnswer(Base):
    """The answer to a question about a moment, by the hash of the question: it is given again, unchanged, for ever (R-29)."""

    __tablename__ = "standing_answer"
    __append_only__ = True

    question_hash: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[Any] = mapped_column(CanonicalJson)
    answer: Mapped[Any] = mapped_column(CanonicalJson)
    answer_hash: Mapped[str] = mapped_column(index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StandingQuestion(Base):
    """The receipt of a question: who asked, and when."""

    __tablename__ = "standing_question"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    question_hash: Mapped[str] = mapped_column(ForeignKey("standing_answer.question_hash"), index=True)
    asked_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
