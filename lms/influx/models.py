"""Declarations and their acts, activations, orders and acknowledgments: every one a row that is never changed."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class Declaration(Base):
    """A declaration of a mass influx, or a drill of one. What it says and what becomes of it is told by its acts."""

    __tablename__ = "declaration"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    title: Mapped[str]
    drill: Mapped[bool]
    grounds: Mapped[list[str]] = mapped_column(CanonicalJson)
    time_zone: Mapped[str]
    form_id: Mapped[uuid.UUID] = mapped_column(Id, unique=True)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DeclarationAct(Base):
    """Declaring, extending, ending, setting boundaries, publishing: with its own instrument and dates. It counts once it is confirmed."""

    __tablename__ = "declaration_act"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("declaration_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    declaration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("declaration.id"))
    number: Mapped[int]
    kind: Mapped[str]
    issuing_office: Mapped[str]
    instrument: Mapped[str]
    citation: Mapped[str]
    signed_on: Mapped[date]
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_on: Mapped[date | None]
    begins_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    states: Mapped[list[str] | None] = mapped_column(CanonicalJson)
    counties: Mapped[list[str] | None] = mapped_column(CanonicalJson)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InfluxConfirmation(Base):
    """A second person's word for an act of a declaration, an order or the extension of one. Its key makes a second one impossible."""

    __tablename__ = "influx_confirmation"
    __append_only__ = True

    of_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Activation(Base):
    """A contingency agreement activated for a declaration, by the procedure it names. In a drill there is no move of the agreement."""

    __tablename__ = "activation"
    __append_only__ = True
    __table_args__ = (ForeignKeyConstraint(["agreement_id", "move_number"], ["agreement_move.agreement_id", "agreement_move.number"]),)

    declaration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("declaration.id"), primary_key=True)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    move_number: Mapped[int | None]
    procedure: Mapped[str]
    told_how: Mapped[str]
    told_whom: Mapped[str]
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TrainingOrder(Base):
    """An order that abbreviates or waives training while a declaration is in force. It counts once it is confirmed.

    `scope`: [{"id", "title", "subject", "treatment", "lessons": [{"id", "title", "minutes", "kept"}]}] of the whole course `course_id`.
    """

    __tablename__ = "training_order"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    declaration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("declaration.id"), index=True)
    decider: Mapped[str]
    office: Mapped[str]
    necessities: Mapped[list[str]] = mapped_column(CanonicalJson)
    available: Mapped[int]
    needed: Mapped[int]
    finding: Mapped[str]
    course_id: Mapped[str]
    course_title: Mapped[str]
    scope: Mapped[list[dict[str, Any]]] = mapped_column(CanonicalJson)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    form_id: Mapped[uuid.UUID] = mapped_column(Id, unique=True)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OrderAgreement(Base):
    """An agreement that an order covers, with the consent of the department's head."""

    __tablename__ = "training_order_agreement"
    __append_only__ = True

    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("training_order.id"), primary_key=True)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    consent_by: Mapped[str]
    consent_on: Mapped[date]
    consent_paper: Mapped[str]


class OrderOfficer(Base):
    """An officer whom an order covers, under one of its agreements."""

    __tablename__ = "training_order_officer"
    __append_only__ = True

    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("training_order.id"), primary_key=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("officer.id"), primary_key=True, index=True)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"))


class OrderExtension(Base):
    """A later end of an order. It counts once it is confirmed."""

    __tablename__ = "training_order_extension"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("training_order.id"), index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decider: Mapped[str]
    office: Mapped[str]
    reason: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PolicyAcknowledgment(Base):
    """An officer's word to follow the policies and standards that apply (R-27). `wording` is what was agreed to."""

    __tablename__ = "policy_acknowledgment"
    __append_only__ = True

    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("training_order.id"), primary_key=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("officer.id"), primary_key=True)
    wording: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
