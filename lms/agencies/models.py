"""Agencies and memberships."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import Id, UtcDateTime


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


class Membership(Base):
    """An officer serving in an agency, from a moment on."""

    __tablename__ = "membership"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("officer.id"), index=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
