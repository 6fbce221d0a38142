"""Signed checkpoints: the form of C2SP, keys that Go's `note` reads, and everything that is refused."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from lms.ledger.checkpoint import Checkpoint, Forged, NoCheckpoint, Signer, Verifier, notes_in, parse, proof_text

SIGNER = Signer("example.org/ledger/audit", bytes(range(32)))
ROOT = hashlib.sha256(b"root").digest()
NOTE = SIGNER.sign(size=7, root=ROOT)
GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
"""The pair in the documentation of golang.org/x/mod/sumdb/note."""


def test_keys_are_those_of_the_go_package_note() -> None:
    assert str(Signer.parse(GO_PRIVATE).verifier) == GO_PUBLIC
    assert str(Signer.parse(GO_PRIVATE)) == GO_PRIVATE
    assert str(Verifier.parse(GO_PUBLIC)) == GO_PUBLIC


def test_a_checkpoint_is_three_lines_a_blank_one_and_a_signature() -> None:
    origin, size, root, blank, signed, end = NOTE.split("\n")
    assert (origin, size, base64.b64decode(root), blank, end) == (SIGNER.name, "7", ROOT, "", "")
    dash, name, encoded = signed.split(" ")
    assert (dash, name) == ("—", SIGNER.name)
    signature = base64.b64decode(encoded)
    public = SIGNER.verifier.public
    assert signature[:4] == hashlib.sha256(SIGNER.name.encode() + b"\n\x01" + public).digest()[:4]
    Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], f"{origin}\n7\n{root}\n".encode())


def test_what_was_signed_is_opened() -> None:
    assert SIGNER.verifier.open(NOTE) == parse(NOTE) == Checkpoint(SIGNER.name, 7, ROOT)


@given(st.integers(0, len(NOTE) - 1), st.characters(codec="utf-8"))
def test_no_changed_note_is_opened(at: int, other: str) -> None:
    changed = NOTE[:at] + other + NOTE[at + 1 :]
    if changed != NOTE:
        with pytest.raises((Forged, NoCheckpoint)):
            SIGNER.verifier.open(changed)


def test_another_key_and_another_name_are_refused() -> None:
    with pytest.raises(Forged, match="not signed with the key"):
        SIGNER.verifier.open(Signer(SIGNER.name, bytes(32)).sign(size=7, root=ROOT))
    with pytest.raises(Forged, match="not signed with the key"):
        SIGNER.verifier.open(Signer("example.org/other", SIGNER.seed).sign(size=7, root=ROOT))


def test_a_signature_by_a_witness_beside_the_own_is_no_harm() -> None:
    witness = Signer("witness.example.net", bytes(32)).sign(size=7, root=ROOT).splitlines()[-1]
    assert SIGNER.verifier.open(f"{NOTE}{witness}\n").size == 7


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        NOTE.rstrip("\n"),
        NOTE.replace("\n7\n", "\n07\n"),
        NOTE.replace("\n7\n", "\n-7\n"),
        NOTE.replace("\n7\n", "\nseven\n"),
        NOTE.replace(base64.b64encode(ROOT).decode(), "AAAA"),
        NOTE.replace(base64.b64encode(ROOT).decode(), "*"),
        NOTE + "x" * 100_001,
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoCheckpoint):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ["", "name", "name+c74f20a3", GO_PUBLIC.replace("c74f20a3", "00000000"), GO_PUBLIC[:-4], "a b+c74f20a3+AAAA", "n+c74f20a3+****"],
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(NoCheckpoint):
        Verifier.parse(text)


@pytest.mark.parametrize("text", [GO_PUBLIC, GO_PRIVATE.replace("PRIVATE", "PUBLIC"), GO_PRIVATE.replace("c74f20a3", "00000000")])
def test_what_is_no_private_key_is_refused(text: str) -> None:
    with pytest.raises(NoCheckpoint):
        Signer.parse(text)


def test_a_file_may_hold_many_checkpoints() -> None:
    notes = [SIGNER.sign(size=size, root=ROOT) for size in (1, 2, 3)]
    assert notes_in("\n".join(notes)) == notes_in("".join(notes)) == notes
    assert notes_in("") == []
    with pytest.raises(NoCheckpoint):
        notes_in("\n".join([*notes, "a word"]))


def test_a_proof_that_stands_alone_has_the_form_of_c2sp() -> None:
    told = proof_text(index=4, proof=[ROOT, bytes(32)], note=NOTE).split("\n")
    assert told[:2] == ["c2sp.org/tlog-proof@v1", "index 4"]
    assert [base64.b64decode(line) for line in told[2:4]] == [ROOT, bytes(32)]
    assert "\n".join(told[4:]) == f"\n{NOTE}"
