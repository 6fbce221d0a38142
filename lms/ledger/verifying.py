"""Recomputing a whole ledger from the rows it covers, and holding it against every checkpoint that was ever signed."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from lms.ledger import queries, tlog
from lms.ledger.checkpoint import Checkpoint, Forged, NoCheckpoint, Verifier, parse
from lms.ledger.queries import STEP, LeafRow
from lms.ledger.source import Source

AT_ONCE: Final = 1000
TOLD: Final = 20
"""Findings of one kind that are told one by one; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A signed note and where it was found: `stored`, in the database, or kept outside of it."""

    note: str
    place: str
    stored: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What was compared, and everything that does not fit."""

    size: int
    waiting: int
    checkpoints: int
    findings: tuple[str, ...]


@dataclass(slots=True)
class Findings:
    """What does not fit, by kind."""

    told: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, sentence: str) -> None:
        """Note a finding; beyond the first of a kind only their number is kept."""
        self.counts[kind] += 1
        if self.counts[kind] <= TOLD:
            self.told[kind].append(sentence)

    def all(self) -> Iterator[str]:
        """Every finding as a sentence."""
        for kind, sentences in self.told.items():
            yield from sentences
            if self.counts[kind] > TOLD:
                yield f"And {self.counts[kind] - TOLD} more of this kind: {kind}."


def verify(session: Session, *, source: Source, verifier: Verifier | None, outside: Sequence[Claim] = ()) -> Report:
    """Compare entries, leaves, subtrees, signatures and checkpoints, stored and from `outside`. Findings are data, never exceptions."""
    findings = Findings()
    stored = [Claim(one.note, f"The stored checkpoint of {one.size} entries", stored=True) for one in _stored(session, source, findings)]
    claims = [*stored, *outside]
    if verifier is None and claims:
        findings.add("key", "The ledger's public key is missing from the data folder, so no signature can be judged.")
    heads = _heads(claims, verifier, findings)
    size = _Walk(session, source, findings, heads).go()
    _ahead(heads, size, findings)
    _dropped(stored, outside, findings)
    waiting = _waiting(session, source, size, findings)
    return Report(size, waiting, len(stored), tuple(findings.all()))


def _stored(session: Session, source: Source, findings: Findings) -> Iterator[queries.Signed]:
    """The stored checkpoints; their columns must say what their notes say."""
    for one in queries.checkpoints(session, ledger=source.ledger):
        try:
            head = parse(one.note)
        except NoCheckpoint:
            head = None
        if head is not None and (head.size, head.root) != (one.size, one.root):
            findings.add("checkpoint row", f"The row of the checkpoint of {one.size} entries says something else than its note.")
        yield one


Heads = dict[int, list[tuple[str, bytes]]]
"""By size of the tree: where a checkpoint over it was found, and its root."""


def _heads(claims: Sequence[Claim], verifier: Verifier | None, findings: Findings) -> Heads:
    heads: Heads = defaultdict(list)
    judged: dict[str, Checkpoint | None] = {}
    for claim in claims:
        if claim.note not in judged:
            judged[claim.note] = _judged(claim, verifier, findings)
        head = judged[claim.note]
        if head is not None:
            heads[head.size].append((claim.place, head.root))
    return heads


def _judged(claim: Claim, verifier: Verifier | None, findings: Findings) -> Checkpoint | None:
    try:
        return parse(claim.note) if verifier is None else verifier.open(claim.note)
    except Forged as refusal:
        findings.add("signature", f"{claim.place} is forged, or the key was changed: {refusal}")
    except NoCheckpoint as refusal:
        findings.add("signature", f"{claim.place} cannot be read: {refusal}")
    return None


@dataclass(slots=True)
class _Walk:
    """One pass over the leaves in order, growing the tree anew."""

    session: Session
    source: Source
    findings: Findings
    heads: Heads
    edge: tlog.RightEdge = field(default_factory=tlog.RightEdge)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    expected: int = 0
    found: int = 0
    """Leaves whose entry is there."""

    def go(self) -> int:
        """Walk to the end; returns how many leaves there are."""
        self.nodes = {(level, index): root for level, index, root in queries.nodes(self.session, ledger=self.source.ledger)}
        self._compare_root()
        after = -1
        while chunk := queries.leaves(self.session, ledger=self.source.ledger, after=after, limit=AT_ONCE):
            texts = self.source.texts(self.session, [leaf.reference for leaf in chunk])
            for leaf in chunk:
                self._compare(leaf, texts.get(leaf.reference))
                self._grow(leaf)
            after = chunk[-1].number
        for level, index in self.nodes:
            self.findings.add("subtree", f"The stored tree has a hash at level {level}, place {index}, that no entries give.")
        self._compare_counts()
        return self.edge.size

    def _compare(self, leaf: LeafRow, text: str | None) -> None:
        if leaf.number != self.expected:
            self.findings.add("order", f"The ledger has no entries from index {self.expected} to {leaf.number - 1}.")
        self.expected = leaf.number + 1
        if text is None:
            self.findings.add("deleted", f"Entry {leaf.number} ({leaf.reference}) was deleted.")
            return
        self.found += 1
        if tlog.leaf_hash(text.encode()) != leaf.hash:
            self.findings.add("altered", f"Entry {leaf.number} ({leaf.reference}) was altered: it is not what was entered.")

    def _grow(self, leaf: LeafRow) -> None:
        for node in self.edge.append(leaf.hash):
            if node.level and node.level % STEP == 0 and self.nodes.pop((node.level, node.index), None) != node.hash:
                self.findings.add("subtree", f"The stored tree is wrong at level {node.level}, place {node.index}.")
        if self.edge.size in self.heads:
            self._compare_root()

    def _compare_root(self) -> None:
        for place, root in self.heads.get(self.edge.size, ()):
            if root != self.edge.root():
                what = f"The first {self.edge.size} entries are not those that were signed: altered, removed, added or reordered"
                self.findings.add("history", f"{what}. {place} shows it.")

    def _compare_counts(self) -> None:
        """Every entry must have a leaf or wait for one."""
        waiting = queries.waiting(self.session, ledger=self.source.ledger)
        there = self.source.texts(self.session, waiting)
        if self.source.count(self.session) == self.found + len(there):
            return
        known = self.found
        for chunk in _chunks(self.source.references(self.session)):
            placed = queries.places(self.session, ledger=self.source.ledger, references=chunk)
            known -= len(placed)
            for reference in chunk:
                if reference not in placed and reference not in there:
                    self.findings.add("inserted", f"Entry {reference} was inserted beside the ledger: it has no place and waits for none.")
        if known:
            self.findings.add("order", "Entries stand in the ledger more than once, or wait for a place that they have.")
        for reference in queries.places(self.session, ledger=self.source.ledger, references=waiting):
            self.findings.add("order", f"Entry {reference} waits for a place that it has already.")


def _chunks(references: Iterator[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for reference in references:
        chunk.append(reference)
        if len(chunk) == AT_ONCE:
            yield chunk
            chunk = []
    yield chunk


def _ahead(heads: Heads, size: int, findings: Findings) -> None:
    for signed in sorted(heads):
        if signed > size:
            place = heads[signed][0][0]
            findings.add("roll-back", f"The ledger was rolled back: it has {size} entries, and {signed} were signed. {place} shows it.")


def _dropped(stored: Sequence[Claim], outside: Sequence[Claim], findings: Findings) -> None:
    """What was once published must still be stored."""
    kept = {claim.note for claim in stored}
    for claim in outside:
        if claim.note not in kept:
            findings.add("dropped", f"{claim.place} is not among the stored checkpoints any more.")


def _waiting(session: Session, source: Source, size: int, findings: Findings) -> int:
    waiting = queries.waiting(session, ledger=source.ledger)
    there = source.texts(session, waiting)
    for reference in waiting:
        if reference not in there:
            findings.add("deleted", f"Entry {reference} was deleted before it got its place after the {size} that have one.")
    return len(waiting)
