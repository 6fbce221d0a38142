"""The stored papers of closed sittings."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import UtcDateTime


class SittingPaper(Base):
    """The one signed PDF of a closed sitting, by the digest of its bytes, which were read back. It is never drawn again."""

    __tablename__ = "sitting_paper"
    __append_only__ = True

    sitting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sitting_closing.sitting_id"), primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int]
    key_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
