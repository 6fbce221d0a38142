"""Agencies and memberships; agreements with their moves; nominations with their outcomes."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class Agency(Base):
    """An employer of officers. `state` is the two-letter postal code; `time_zone` an IANA name in which its people read clocks."""

    __tablename__ = "agency"
    __table_args__ = (UniqueConstraint("name", "state"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    time_zone: Mapped[str]
    created_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AgencyCounty(Base):
    """A county that an agency serves, by its five-digit FIPS code. The rows of the newest number count; one of no county: State-wide."""

    __tablename__ = "agency_county"
    __append_only__ = True

    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    fips: Mapped[str] = mapped_column(primary_key=True)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Membership(Base):
    """An officer serving in an agency, from a moment on."""

    __tablename__ = "membership"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("officer.id"), index=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RuleSetRevision(Base):
    """The rules of a template as they were when an agreement was first made on them, named by their hash."""

    __tablename__ = "rule_set_revision"
    __append_only__ = True

    hash: Mapped[str] = mapped_column(primary_key=True)
    rule_set_id: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LetterOfInterest(Base):
    """An agency's letter that it wants to take part, and under which program models."""

    __tablename__ = "letter_of_interest"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    models: Mapped[list[str]] = mapped_column(CanonicalJson)
    signed_by: Mapped[str]
    dated_on: Mapped[date]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Agreement(Base):
    """A written agreement with an agency: basis, component, template and functions never change. Where it stands is told by its moves."""

    __tablename__ = "agreement"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    letter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter_of_interest.id"))
    model: Mapped[str]
    basis: Mapped[str]
    component: Mapped[str]
    contingency: Mapped[bool]
    rule_set_hash: Mapped[str] = mapped_column(ForeignKey("rule_set_revision.hash"))
    functions: Mapped[list[str]] = mapped_column(CanonicalJson)
    form_id: Mapped[uuid.UUID] = mapped_column(Id, unique=True)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AgreementMove(Base):
    """A move of an agreement into a state. Of two that are recorded at once the second fails on the key."""

    __tablename__ = "agreement_move"
    __append_only__ = True

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    to_state: Mapped[str]
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    reason: Mapped[str]
    exigent: Mapped[bool]


class AgreementTerm(Base):
    """Whether one of the fifteen terms was found in an agreement, and where. The newest row of a term counts."""

    __tablename__ = "agreement_term"
    __append_only__ = True

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    found: Mapped[bool]
    place: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ActivationProcedure(Base):
    """By which procedure a contingency agreement is activated, in its own words. The newest row counts."""

    __tablename__ = "activation_procedure"
    __append_only__ = True

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NominationBatch(Base):
    """One file of nominations that was taken in: `digest` is its SHA-256."""

    __tablename__ = "nomination_batch"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"), index=True)
    digest: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Nominee(Base):
    """A person whom agencies nominate. One person keeps one record, in whichever agency: by address, or by name and day of being sworn."""

    __tablename__ = "nominee"
    __append_only__ = True
    __table_args__ = (Index("ix_nominee_name", "normalized_name", "sworn_on"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    normalized_name: Mapped[str]
    sworn_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Nomination(Base):
    """An officer put forward by an agency under an agreement, with what the agency attests and its head's consent."""

    __tablename__ = "nomination"
    __append_only__ = True
    __table_args__ = (Index("ix_nomination_recorded", "recorded_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    nominee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("nominee.id"), index=True)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"), index=True)
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("nomination_batch.id"), index=True)
    substitute_for: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("nomination.id"), unique=True)
    name: Mapped[str]
    email: Mapped[str]
    sworn_on: Mapped[date | None]
    answers: Mapped[dict[str, bool]] = mapped_column(CanonicalJson)
    consent_by: Mapped[str]
    consent_on: Mapped[date | None]
    nominated_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NominationScreening(Base):
    """What the program found in screening a nominee for one test. The newest row of a test counts."""

    __tablename__ = "nomination_screening"
    __append_only__ = True

    nomination_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("nomination.id"), primary_key=True)
    test: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    met: Mapped[bool]
    note: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NominationOutcome(Base):
    """How a nomination ended: approved, declined or withdrawn. Its key makes a second outcome impossible."""

    __tablename__ = "nomination_outcome"
    __append_only__ = True

    nomination_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("nomination.id"), primary_key=True)
    outcome: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class NominationInvitation(Base):
    """The invitation by which an approved nominee comes in: whoever takes it up is the officer of the nomination."""

    __tablename__ = "nomination_invitation"
    __append_only__ = True

    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation.id"), primary_key=True)
    nomination_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("nomination.id"), index=True)


class ProgramDocument(Base):
    """A PDF that belongs to an agreement or to a nomination; its bytes lie in the blob store under `digest`."""

    __tablename__ = "program_document"
    __append_only__ = True
    __table_args__ = (CheckConstraint("(agreement_id IS NULL) <> (nomination_id IS NULL)", name="belongs_to_one"),)

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    agreement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    nomination_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("nomination.id"), index=True)
    title: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
