"""The Merkle tree of RFC 6962 with SHA-256: roots, growing at the right edge, proofs of inclusion and of consistency. Pure.

Sections are those of RFC 6962 where a proof is made, and of RFC 9162, which describes the same tree, where one is checked.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

Hash = bytes
LEAF: Final = b"\x00"
NODE: Final = b"\x01"
EMPTY_ROOT: Final[Hash] = hashlib.sha256().digest()
"""The root of a tree without leaves (RFC 6962, section 2.1)."""
Reader = Callable[[int, int], Hash]
"""`read(level, index)` tells the root of the full subtree over the leaves from `index * 2**level` on, `2**level` of them."""


class NoSuchLeaf(ValueError):
    """A proof is asked about a place that the tree does not have."""


def leaf_hash(content: bytes) -> Hash:
    """The hash of one entry: SHA-256 over 0x00 and the entry (RFC 6962, section 2.1)."""
    return hashlib.sha256(LEAF + content).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """The hash over two subtrees: SHA-256 over 0x01 and both (RFC 6962, section 2.1)."""
    return hashlib.sha256(NODE + left + right).digest()


def root_of(leaves: Sequence[Hash]) -> Hash:
    """The root over leaf hashes, MTH(D[n]) of RFC 6962, section 2.1."""
    if not leaves:
        return EMPTY_ROOT
    return subtree(0, len(leaves), lambda level, index: _full(leaves[index << level : (index + 1) << level]))


def _full(leaves: Sequence[Hash]) -> Hash:
    """The root over leaves whose number is a power of two."""
    row = list(leaves)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def split(size: int) -> int:
    """The largest power of two smaller than `size`, k of RFC 6962, section 2.1: where a tree of two or more leaves is divided."""
    return 1 << ((size - 1).bit_length() - 1)


def subtree(start: int, end: int, read: Reader) -> Hash:
    """MTH(D[start:end]) for a part of the tree that begins where a subtree does and is not empty; asks `read` for full subtrees only."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return read(level, start >> level)
    k = split(size)
    return node_hash(subtree(start, start + k, read), subtree(start + k, end, read))


@dataclass(frozen=True, slots=True)
class Node:
    """A full subtree: the root over `2**level` leaves, the `index`-th such counted from the left."""

    level: int
    index: int
    hash: Hash


@dataclass(slots=True)
class RightEdge:
    """The full subtrees of which a tree of `size` leaves consists, the largest first: all that growing it needs."""

    size: int = 0
    hashes: list[Hash] = field(default_factory=list)

    @classmethod
    def of(cls, size: int, read: Reader) -> "RightEdge":
        """The edge of a stored tree."""
        return cls(size, [read(level, index) for level, index in edge_places(size)])

    def append(self, leaf: Hash) -> Iterator[Node]:
        """Add a leaf; yields it and every subtree that it completes, from below. The edge has grown when the iterator is used up."""
        node, index, level = leaf, self.size, 0
        yield Node(0, index, node)
        while index & 1:
            node, index, level = node_hash(self.hashes.pop(), node), index >> 1, level + 1
            yield Node(level, index, node)
        self.hashes.append(node)
        self.size += 1

    def extend(self, leaves: Iterable[Hash]) -> list[Node]:
        """Add leaves; returns every subtree that they complete."""
        return [node for leaf in leaves for node in self.append(leaf)]

    def root(self) -> Hash:
        """The root of the tree so far."""
        if not self.hashes:
            return EMPTY_ROOT
        *before, root = self.hashes
        for left in reversed(before):
            root = node_hash(left, root)
        return root


def edge_places(size: int) -> list[tuple[int, int]]:
    """(level, index) of the full subtrees of which a tree of `size` leaves consists, the largest first."""
    places, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            places.append((level, start >> level))
            start += 1 << level
    return places


def root_at(size: int, read: Reader) -> Hash:
    """The root of the first `size` leaves of a stored tree."""
    return subtree(0, size, read) if size else EMPTY_ROOT


def inclusion(index: int, size: int, read: Reader) -> list[Hash]:
    """The proof that the leaf `index` is in the tree of `size` leaves: PATH(m, D[n]) of RFC 6962, section 2.1.1. Raises NoSuchLeaf."""
    if not 0 <= index < size:
        raise NoSuchLeaf(f"A tree of {size} leaves has no leaf {index}.")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(subtree(middle, end, read))
            end = middle
        else:
            path.append(subtree(start, middle, read))
            start = middle
    return path[::-1]


def includes(root: Hash, *, size: int, index: int, leaf: Hash, proof: Sequence[Hash]) -> bool:
    """Whether `proof` shows that `leaf` is leaf `index` of the tree of `size` leaves with this root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            at, last = _past_left_edges(at, last)
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def _past_left_edges(at: int, last: int) -> tuple[int, int]:
    """Climb while the node is a left child without a sibling: it is its own parent there."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def consistency(old: int, size: int, read: Reader) -> list[Hash]:
    """The proof that the tree of `old` leaves is the beginning of that of `size`: PROOF(m, D[n]) of RFC 6962, section 2.1.2.

    Raises NoSuchLeaf unless 0 < old <= size.
    """
    if not 0 < old <= size:
        raise NoSuchLeaf(f"A tree of {size} leaves does not begin with {old}.")
    proof, start, end, whole = [], 0, size, True
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            proof.append(subtree(middle, end, read))
            end = middle
        else:
            proof.append(subtree(start, middle, read))
            start, whole = middle, False
    return ([] if whole else [subtree(start, end, read)]) + proof[::-1]


def is_consistent(old_root: Hash, root: Hash, *, old: int, size: int, proof: Sequence[Hash]) -> bool:
    """Whether `proof` shows that the tree of `size` leaves begins with that of `old` (RFC 9162, section 2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if not steps:
        return False
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            at, last = _past_left_edges(at, last)
        else:
            after = node_hash(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == root
