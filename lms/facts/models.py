"""Published editions of the register."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import CanonicalJson, UtcDateTime


class FactRegister(Base):
    """One edition of the whole register, named by its content hash. `content`: fact id to its fields."""

    __tablename__ = "fact_register"
    __append_only__ = True

    hash: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    content: Mapped[Any] = mapped_column(CanonicalJson)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
