"""The audit trail's only table."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, Id, UtcDateTime


class AuditEntry(Base):
    """One act. Personal values never stand here in clear: `details` carries ids, and salted commitments where needed."""

    __tablename__ = "audit_entry"
    __append_only__ = True

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(Id, index=True)
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str] = mapped_column(index=True)
    agency_id: Mapped[uuid.UUID | None] = mapped_column(Id, index=True)
    reason: Mapped[str | None]
    outcome: Mapped[str]
    details: Mapped[Any] = mapped_column(CanonicalJson)
