"""Entering what a ledger covers, giving it an order, signing checkpoints, and proving that an entry is under one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from lms.kernel.errors import Conflict, NotFound
from lms.ledger import checkpoint, queries, tlog
from lms.ledger.checkpoint import Signer
from lms.ledger.models import LedgerCheckpoint, LedgerLeaf, LedgerNode, LedgerWaiting
from lms.ledger.queries import Damaged, LeafRow
from lms.ledger.source import Source

AT_ONCE: Final = 500
"""Entries that get their place in one transaction: other writers wait some hundredths of a second for it."""
CHECKPOINT_AFTER: Final = timedelta(seconds=60)
CHECKPOINT_ENTRIES: Final = 100


class NoSuchEntry(NotFound):
    """The ledger has no entry at that index."""


class NotSignedYet(Conflict):
    """The entry has its place, but no checkpoint covers it yet."""


class Altered(Conflict):
    """The entry is not what was entered."""


def enter(session: Session, *, ledger: str, reference: str, at: datetime) -> None:
    """Let an entry written in this transaction wait for its place in the ledger; the worker gives it one after the commit."""
    session.add(LedgerWaiting(ledger=ledger, reference=reference, at=at))


def sequence(session: Session, *, source: Source, limit: int = AT_ONCE) -> int:
    """Give entries that wait their place, by moment and reference, and grow the tree. Returns how many; doing it again changes nothing.

    Two that do this at once cannot both succeed: the second fails on the index that the first took.
    """
    waiting = queries.waiting(session, ledger=source.ledger, limit=limit)
    if not waiting:
        return 0
    texts = source.texts(session, waiting)
    coming = [(reference, tlog.leaf_hash(texts[reference].encode())) for reference in waiting if reference in texts]
    size = queries.size_of(session, ledger=source.ledger)
    edge = tlog.RightEdge.of(size, queries.reader(session, ledger=source.ledger))
    grown = edge.extend(leaf for _, leaf in coming)
    _insert_leaves(session, source.ledger, size, coming)
    _insert_nodes(session, source.ledger, grown)
    done = [reference for reference, _ in coming]
    session.execute(delete(LedgerWaiting).where(LedgerWaiting.ledger == source.ledger, LedgerWaiting.reference.in_(done)))
    return len(done)


def _insert_leaves(session: Session, ledger: str, size: int, coming: list[tuple[str, bytes]]) -> None:
    rows = [{"ledger": ledger, "number": number, "reference": one, "hash": leaf} for number, (one, leaf) in enumerate(coming, size)]
    if rows:
        session.execute(insert(LedgerLeaf), rows)


def _insert_nodes(session: Session, ledger: str, grown: list[tlog.Node]) -> None:
    stored = [one for one in grown if one.level and one.level % queries.STEP == 0]
    if stored:
        rows = [{"ledger": ledger, "level": one.level, "number": one.index, "hash": one.hash} for one in stored]
        session.execute(insert(LedgerNode), rows)


def checkpoint_is_due(session: Session, *, ledger: str, now: datetime) -> bool:
    """Whether entries have waited a minute for a checkpoint, or a hundred have come since the last."""
    size = queries.size_of(session, ledger=ledger)
    last = queries.newest_checkpoint(session, ledger=ledger)
    if last is None or size <= last.size:
        return last is None and size > 0
    return size - last.size >= CHECKPOINT_ENTRIES or now - last.at >= CHECKPOINT_AFTER


def sign(session: Session, *, ledger: str, signer: Signer, now: datetime) -> bool:
    """Sign the tree as it is, when that is due. Says whether it did.

    Raises Damaged, and signs nothing, when the stored tree does not grow out of the one signed before: a signature never covers up
    a change of what was signed.
    """
    if not checkpoint_is_due(session, ledger=ledger, now=now):
        return False
    read = queries.reader(session, ledger=ledger)
    last = queries.newest_checkpoint(session, ledger=ledger)
    if last is not None and tlog.root_at(last.size, read) != signer.verifier.open(last.note).root:
        raise Damaged(f"The ledger {ledger} is not what was signed at {last.size} entries. Run `lms ledger verify`.")
    size = queries.size_of(session, ledger=ledger)
    root = tlog.root_at(size, read)
    session.add(LedgerCheckpoint(ledger=ledger, size=size, root=root, note=signer.sign(size=size, root=root), at=now))
    return True


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry, its place, and the proof that the signed checkpoint covers it."""

    number: int
    reference: str
    text: str
    leaf: bytes
    path: tuple[bytes, ...]
    note: str

    @property
    def tlog_proof(self) -> str:
        """The proof as c2sp.org/tlog-proof writes it, which anyone can check offline."""
        return checkpoint.proof_text(index=self.number, proof=self.path, note=self.note)


def prove(session: Session, *, source: Source, number: int) -> Proof:
    """The proof of the entry at index `number` under the newest checkpoint. Raises NoSuchEntry, NotSignedYet, Altered."""
    leaf = queries.leaf(session, ledger=source.ledger, number=number)
    if leaf is None:
        raise NoSuchEntry(f"The ledger {source.ledger} has no entry {number}.")
    signed = queries.newest_checkpoint(session, ledger=source.ledger)
    if signed is None or signed.size <= number:
        raise NotSignedYet(f"Entry {number} is not under a signed checkpoint yet. The worker signs one within a minute: ask again then.")
    text = _text(session, source, leaf)
    path = tlog.inclusion(number, signed.size, queries.reader(session, ledger=source.ledger))
    head = checkpoint.parse(signed.note)
    if not tlog.includes(head.root, size=head.size, index=number, leaf=leaf.hash, proof=path):
        raise Altered(f"The stored tree does not lead from entry {number} to the signed checkpoint. Run `lms ledger verify`.")
    return Proof(number, leaf.reference, text, leaf.hash, tuple(path), signed.note)


def _text(session: Session, source: Source, leaf: LeafRow) -> str:
    text = source.texts(session, [leaf.reference]).get(leaf.reference)
    if text is None or tlog.leaf_hash(text.encode()) != leaf.hash:
        raise Altered(f"Entry {leaf.number} ({leaf.reference}) was altered or removed after it was entered. Run `lms ledger verify`.")
    return text
