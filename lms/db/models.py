"""The database's own bookkeeping: who does the periodic work at this moment."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import UtcDateTime


class Lease(Base):
    """A piece of work that one process at a time may do: `holder` may, until `until`."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime] = mapped_column(UtcDateTime)
