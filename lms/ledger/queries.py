"""Reading a stored ledger: its size, subtrees, leaves, and signed checkpoints."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from lms.ledger import tlog
from lms.ledger.models import LedgerCheckpoint, LedgerLeaf, LedgerNode, LedgerWaiting

STEP: Final = 8
"""Of the tree's levels every eighth is stored; what lies between is worked out from at most 128 hashes below it."""


class LeafRow(NamedTuple):
    """A leaf of the tree. A tuple, because a million of them are read at a time."""

    number: int
    reference: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as it is stored."""

    size: int
    root: bytes
    note: str
    at: datetime


LEAVES: Final = cast("Table", LedgerLeaf.__table__).c
LEAF: Final = (LEAVES.number, LEAVES.reference, LEAVES.hash)
SIGNED = (LedgerCheckpoint.size, LedgerCheckpoint.root, LedgerCheckpoint.note, LedgerCheckpoint.at)


def size_of(session: Session, *, ledger: str) -> int:
    """How many entries have their place in the ledger."""
    last = session.scalar(select(func.max(LedgerLeaf.number)).where(LedgerLeaf.ledger == ledger))
    return 0 if last is None else last + 1


def leaf(session: Session, *, ledger: str, number: int) -> LeafRow | None:
    """The leaf at an index."""
    row = session.execute(select(*LEAF).where(LedgerLeaf.ledger == ledger, LedgerLeaf.number == number)).first()
    return None if row is None else LeafRow(*row)


def leaves(session: Session, *, ledger: str, after: int, limit: int) -> list[LeafRow]:
    """The leaves that follow the index `after`, in order."""
    asked = select(*LEAF).where(LEAVES.ledger == ledger, LEAVES.number > after)
    return [LeafRow(*row) for row in session.execute(asked.order_by(LEAVES.number).limit(limit)).all()]


def places(session: Session, *, ledger: str, references: Sequence[str]) -> Mapping[str, LeafRow]:
    """The leaf of each of these entries that has one."""
    asked = select(*LEAF).where(LedgerLeaf.ledger == ledger, LedgerLeaf.reference.in_(references))
    return {row.reference: LeafRow(*row) for row in session.execute(asked)}


def nodes(session: Session, *, ledger: str) -> Iterator[tuple[int, int, bytes]]:
    """Every stored subtree: level, index, root."""
    asked = select(LedgerNode.level, LedgerNode.number, LedgerNode.hash).where(LedgerNode.ledger == ledger)
    for row in session.execute(asked.order_by(LedgerNode.level, LedgerNode.number)):
        yield row.level, row.number, row.hash


def reader(session: Session, *, ledger: str) -> tlog.Reader:
    """Reads full subtrees of the stored tree."""

    def read(level: int, index: int) -> tlog.Hash:
        above = level % STEP
        below = _stored(session, ledger=ledger, level=level - above, start=index << above, count=1 << above)
        return tlog.root_of(below)

    return read


def _stored(session: Session, *, ledger: str, level: int, start: int, count: int) -> list[tlog.Hash]:
    if level:
        asked = select(LedgerNode.hash).where(LedgerNode.ledger == ledger, LedgerNode.level == level)
        number = LedgerNode.number
    else:
        asked = select(LedgerLeaf.hash).where(LedgerLeaf.ledger == ledger)
        number = LedgerLeaf.number
    found = list(session.scalars(asked.where(number >= start, number < start + count).order_by(number)))
    if len(found) != count:
        raise Damaged(f"The ledger {ledger} lacks hashes of its tree at level {level} from {start} on. Run `lms ledger verify`.")
    return found


class Damaged(RuntimeError):
    """The stored tree is not what was signed: somebody changed the database."""


def newest_checkpoint(session: Session, *, ledger: str) -> Signed | None:
    """The checkpoint over the most entries."""
    return next(iter(checkpoints(session, ledger=ledger, newest=1)), None)


def checkpoints(session: Session, *, ledger: str, above: int = -1, newest: int | None = None) -> list[Signed]:
    """The checkpoints over more than `above` entries, the smallest first; or only the `newest` so many, the largest first."""
    asked = select(*SIGNED).where(LedgerCheckpoint.ledger == ledger, LedgerCheckpoint.size > above)
    order = LedgerCheckpoint.size.asc() if newest is None else LedgerCheckpoint.size.desc()
    return [Signed(*row) for row in session.execute(asked.order_by(order).limit(newest))]


def waiting(session: Session, *, ledger: str, limit: int | None = None) -> list[str]:
    """The references of entries without a place, in the order in which they get one."""
    asked = select(LedgerWaiting.reference).where(LedgerWaiting.ledger == ledger)
    return list(session.scalars(asked.order_by(LedgerWaiting.at, LedgerWaiting.reference).limit(limit)))
