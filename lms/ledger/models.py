"""What a ledger remembers: entries that wait for their place, leaves, roots of full subtrees, and signed checkpoints."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base
from lms.db.types import UtcDateTime


class LedgerWaiting(Base):
    """An entry that was committed and has no index yet. Written with the entry, so that writers never wait for each other."""

    __tablename__ = "ledger_waiting"
    __table_args__ = (Index("ix_ledger_waiting_order", "ledger", "at", "reference"),)

    ledger: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LedgerLeaf(Base):
    """The entry `reference` of a ledger at its index, `number`, from 0. `hash`: of the entry's canonical text."""

    __tablename__ = "ledger_leaf"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("ledger", "reference"),)

    ledger: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reference: Mapped[str]
    hash: Mapped[bytes]


class LedgerNode(Base):
    """The root of a full subtree of `2**level` leaves. Every eighth level is stored: a proof reads some hundred rows."""

    __tablename__ = "ledger_node"
    __append_only__ = True

    ledger: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class LedgerCheckpoint(Base):
    """A signed checkpoint over the first `size` leaves. `at` is for this installation's own use and is not signed."""

    __tablename__ = "ledger_checkpoint"
    __append_only__ = True

    ledger: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    note: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
