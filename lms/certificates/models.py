"""Certificates and what became of them: every step of issuing and every fate is a row of its own, and none is ever changed."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class Certificate(Base):
    """Reserved: every prerequisite was met, and the number is taken. Nothing personal stands here.

    `ordinal` counts the certificates of one class that an enrollment had: its key lets only one be made of two that are asked for
    at once. `status_index` is random, so that it tells nothing about the number. `facts`: what the paper says, frozen:
    {"agency", "course": {"id", "title"}, "program_model", "minutes", "subjects", "completed_on", "issued_on", "expires_at",
    "certified_title", "issuer", "disclaimer", "printed_url", "notes", "acknowledgments", "demo", "paper"}.
    A time-boxed one has "good_until", its last day, too.
    """

    __tablename__ = "certificate"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("enrollment_id", "certificate_class", "ordinal"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    certificate_class: Mapped[str]
    series: Mapped[str]
    ordinal: Mapped[int]
    enrollment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrollment.id"))
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("officer.id"), index=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    course_hash: Mapped[str] = mapped_column(ForeignKey("course_revision.hash"))
    status_index: Mapped[int] = mapped_column(unique=True)
    reserved_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    reserved_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    facts: Mapped[Any] = mapped_column(CanonicalJson)


class CertificateOrder(Base):
    """On which order a time-boxed certificate rests, and when it ends at the latest. A full certificate has no such row."""

    __tablename__ = "certificate_order"
    __append_only__ = True

    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("training_order.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CertificateSecret(Base):
    """Names, the salts that hide them and the token of the QR code. A retention schedule may dispose of the row.

    `salts`: {"agency", "name", "number"}; `searched_name` is the officer's name as names are compared.
    """

    __tablename__ = "certificate_secret"

    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    name: Mapped[str]
    searched_name: Mapped[str] = mapped_column(index=True)
    certified_by: Mapped[str]
    salts: Mapped[Any] = mapped_column(CanonicalJson)
    token: Mapped[str]


class CertificateStatement(Base):
    """Stated: the canonical text that is signed and may be published. There is a second one only if the key changed before signing."""

    __tablename__ = "certificate_statement"
    __append_only__ = True

    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Seal(Base):
    """Signed: the one paper of a certificate, by the digest of its bytes. Its key makes a second paper impossible."""

    __tablename__ = "seal"
    __append_only__ = True

    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]
    key_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Storing(Base):
    """Stored: the bytes were read back and are what was signed. From here on the paper may be delivered."""

    __tablename__ = "storing"
    __append_only__ = True

    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("seal.certificate_id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Revocation(Base):
    """The certificate no longer attests anything, for good. `note` is for the program; `public_reason` is told to who holds the paper."""

    __tablename__ = "revocation"
    __append_only__ = True

    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    by: Mapped[uuid.UUID | None] = mapped_column(Id)
    reason: Mapped[str]
    public_reason: Mapped[str]
    note: Mapped[str]
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Suspension(Base):
    """The certificate is not to be relied on until the suspension ends."""

    __tablename__ = "suspension"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), index=True)
    by: Mapped[uuid.UUID | None] = mapped_column(Id)
    note: Mapped[str]
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SuspensionEnding(Base):
    """The end of a suspension: the certificate counts again."""

    __tablename__ = "suspension_ending"
    __append_only__ = True

    suspension_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("suspension.id"), primary_key=True)
    by: Mapped[uuid.UUID | None] = mapped_column(Id)
    note: Mapped[str]
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Supersession(Base):
    """The certificate was replaced by another one, a corrected one."""

    __tablename__ = "supersession"
    __append_only__ = True

    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    replaced_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate.id"), unique=True)
    reason: Mapped[str]
    by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
