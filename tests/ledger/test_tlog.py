"""The Merkle tree of RFC 6962: reference vectors, and what holds for trees of every size."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.ledger import tlog
from lms.ledger.tlog import NoSuchLeaf, RightEdge, leaf_hash, root_of

ENTRIES = tuple(map(bytes.fromhex, ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")))
"""The entries of the reference tests of Certificate Transparency, and the roots over the first one, two, and so on."""
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
PATHS = {(0, 1): [], (0, 8): [A, B, C], (5, 8): [D, E, ROOTS[3]], (2, 3): [ROOTS[1]], (1, 5): [ROOTS[0], B, D]}
GROWTHS = {(1, 1): [], (1, 8): [A, B, C], (6, 8): [F, E, ROOTS[3]], (2, 5): [B, D]}

leaves_of_a_tree = st.lists(st.binary(max_size=4), min_size=1, max_size=70).map(lambda entries: [leaf_hash(one) for one in entries])


def reading(leaves: list[bytes]) -> tlog.Reader:
    """Reads full subtrees by computing them from the leaves, in the plainest way."""
    return lambda level, index: plain_root(leaves[index << level : (index + 1) << level])


def plain_root(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 writes it down."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


def test_the_empty_tree_has_the_root_of_the_rfc() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [found.hex() for found in (root_of([]), RightEdge().root(), tlog.root_at(0, reading([])))] == [empty] * 3


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("place", "path"), PATHS.items())
def test_inclusion_proofs_are_those_of_certificate_transparency(place: tuple[int, int], path: list[str]) -> None:
    assert [step.hex() for step in tlog.inclusion(*place, reading(LEAVES))] == path


@pytest.mark.parametrize(("sizes", "proof"), GROWTHS.items())
def test_consistency_proofs_are_those_of_certificate_transparency(sizes: tuple[int, int], proof: list[str]) -> None:
    assert [step.hex() for step in tlog.consistency(*sizes, reading(LEAVES))] == proof


@given(leaves_of_a_tree)
def test_a_tree_grown_leaf_by_leaf_is_the_tree_of_the_rfc(leaves: list[bytes]) -> None:
    edge, nodes = RightEdge(), {}
    for size, leaf in enumerate(leaves, 1):
        nodes.update({(node.level, node.index): node.hash for node in edge.append(leaf)})
        assert edge.root() == plain_root(leaves[:size]) == root_of(leaves[:size])
    assert nodes == {
        (level, index): plain_root(leaves[index << level : (index + 1) << level])
        for level in range(len(leaves).bit_length())
        for index in range(len(leaves) >> level)
    }


@given(leaves_of_a_tree, st.data())
def test_a_stored_edge_grows_as_one_that_was_kept(leaves: list[bytes], data: st.DataObject) -> None:
    before = data.draw(st.integers(0, len(leaves)))
    edge = RightEdge.of(before, reading(leaves[:before]))
    edge.extend(leaves[before:])
    assert (edge.size, edge.root()) == (len(leaves), plain_root(leaves))


@given(leaves_of_a_tree, st.data())
def test_every_inclusion_proof_holds_and_no_changed_one_does(leaves: list[bytes], data: st.DataObject) -> None:
    size, root = len(leaves), root_of(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = tlog.inclusion(index, size, reading(leaves))
    assert tlog.includes(root, size=size, index=index, leaf=leaves[index], proof=proof)
    other = bytes(32)
    assert not tlog.includes(root, size=size, index=index, leaf=other, proof=proof)
    assert not tlog.includes(other, size=size, index=index, leaf=leaves[index], proof=proof)
    assert not tlog.includes(root, size=size, index=index, leaf=leaves[index], proof=[*proof, other])
    assert not tlog.includes(root, size=size, index=size, leaf=leaves[index], proof=proof)
    for at in range(len(proof)):
        assert not tlog.includes(root, size=size, index=index, leaf=leaves[index], proof=[*proof[:at], other, *proof[at + 1 :]])
        assert not tlog.includes(root, size=size, index=index, leaf=leaves[index], proof=[*proof[:at], *proof[at + 1 :]])


@given(leaves_of_a_tree, st.data())
def test_every_consistency_proof_holds_and_no_changed_one_does(leaves: list[bytes], data: st.DataObject) -> None:
    size = len(leaves)
    old = data.draw(st.integers(1, size))
    before, after = root_of(leaves[:old]), root_of(leaves)
    proof = tlog.consistency(old, size, reading(leaves))
    assert tlog.is_consistent(before, after, old=old, size=size, proof=proof)
    other = bytes(32)
    assert not tlog.is_consistent(other, after, old=old, size=size, proof=proof)
    assert not tlog.is_consistent(before, other, old=old, size=size, proof=proof)
    assert not tlog.is_consistent(before, after, old=old, size=size, proof=[*proof, other])
    assert not tlog.is_consistent(before, after, old=size + 1, size=size, proof=proof)
    for at in range(len(proof)):
        assert not tlog.is_consistent(before, after, old=old, size=size, proof=[*proof[:at], other, *proof[at + 1 :]])
        assert not tlog.is_consistent(before, after, old=old, size=size, proof=[*proof[:at], *proof[at + 1 :]])


def test_an_empty_proof_shows_nothing_of_two_different_trees() -> None:
    three, four = (root_of(LEAVES[:size]) for size in (3, 4))
    assert not tlog.is_consistent(three, four, old=3, size=4, proof=[])


@pytest.mark.parametrize("index", [-1, 8])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(NoSuchLeaf):
        tlog.inclusion(index, 8, reading(LEAVES))


@pytest.mark.parametrize("old", [0, 9])
def test_there_is_no_proof_that_a_tree_begins_with_nothing_or_with_a_larger_one(old: int) -> None:
    with pytest.raises(NoSuchLeaf):
        tlog.consistency(old, 8, reading(LEAVES))
