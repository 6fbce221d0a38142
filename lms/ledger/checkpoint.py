"""Signed checkpoints of a ledger: signed notes (c2sp.org/signed-note) that tell a tree's head (c2sp.org/tlog-checkpoint). Pure."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lms.kernel.errors import Invalid

ED25519: Final = b"\x01"
"""The signature type of Ed25519 in key ids and encoded keys."""
DASH: Final = "\N{EM DASH} "
PROOF: Final = "c2sp.org/tlog-proof@v1"
NAME: Final = re.compile(r"[^\s+]+")
SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
BLOCK: Final = re.compile(r"[^\n]+\n[^\n]+\n[^\n]+\n(?:[^\n]+\n)*\n(?:\N{EM DASH} [^\n]+\n)+")
LARGEST_NOTE: Final = 100_000


class NoCheckpoint(Invalid):
    """The text is no checkpoint, or no key of this form."""


class Forged(Invalid):
    """The checkpoint was not signed with the ledger's key, or was changed since."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a tree: how many leaves it has and their root, under the name of its ledger in the world."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes that tell which key signed: SHA-256 over name, newline, type and key, cut (c2sp.org/signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public key under which a ledger's checkpoints hold."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key written as `name+id+base64`. Raises NoCheckpoint."""
        name, found, encoded = _parts(text.strip(), 3)
        made = cls(name, _key_in(encoded))
        if made.id.hex() != found:
            raise NoCheckpoint("The id of this key is not that of its name and bytes.")
        return made

    @property
    def id(self) -> bytes:
        """The key's id."""
        return key_id(self.name, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    def open(self, note: str) -> Checkpoint:
        """The checkpoint in `note`, which must be signed with this key and bear its name. Raises NoCheckpoint and Forged."""
        found = parse(note)
        text, _, lines = note.partition("\n\n")
        signatures = [signature for name, key, signature in _signatures(lines) if (name, key) == (self.name, self.id)]
        if not signatures or found.origin != self.name:
            raise Forged(f"A checkpoint of {found.origin} is not signed with the key {self.id.hex()} of {self.name}.")
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signatures[0], f"{text}\n".encode())
        except InvalidSignature:
            raise Forged(f"The signature on the checkpoint of {found.size} entries is false.") from None
        return found


@dataclass(frozen=True, slots=True)
class Signer:
    """The private key that signs a ledger's checkpoints."""

    name: str
    seed: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key written as `PRIVATE+KEY+name+id+base64`, as x/mod/sumdb/note writes it. Raises NoCheckpoint."""
        private, key, name, found, encoded = _parts(text.strip(), 5)
        made = cls(name, _key_in(encoded))
        if (private, key) != ("PRIVATE", "KEY") or made.verifier.id.hex() != found:
            raise NoCheckpoint("That is not the private key of a ledger.")
        return made

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self._key().public_key().public_bytes_raw())

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def __str__(self) -> str:
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{base64.b64encode(ED25519 + self.seed).decode()}"

    def sign(self, *, size: int, root: bytes) -> str:
        """The signed note over a tree's head."""
        text = Checkpoint(self.name, size, root).text
        signature = base64.b64encode(self.verifier.id + self._key().sign(text.encode())).decode()
        return f"{text}\n{DASH}{self.name} {signature}\n"


def _parts(text: str, count: int) -> list[str]:
    parts = text.split("+", count - 1)  # the last part is base64, which may hold the sign itself
    if len(parts) != count or not NAME.fullmatch(parts[-3]):
        raise NoCheckpoint("That is not a ledger's key.")
    return parts


def _key_in(encoded: str) -> bytes:
    found = _decoded(encoded)
    if len(found) != 33 or found[:1] != ED25519:
        raise NoCheckpoint("That is not an Ed25519 key.")
    return found[1:]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoCheckpoint("What should be base64 is not.") from None


def parse(note: str) -> Checkpoint:
    """The checkpoint in a signed note, whoever signed it. Raises NoCheckpoint."""
    if len(note) > LARGEST_NOTE or not BLOCK.fullmatch(note):
        raise NoCheckpoint("That is not a signed checkpoint.")
    origin, size, root = note.split("\n", 3)[:3]
    found = _decoded(root)
    if not SIZE.fullmatch(size) or len(found) != 32:
        raise NoCheckpoint("The checkpoint does not tell a size and a root.")
    return Checkpoint(origin, int(size), found)


def _signatures(lines: str) -> Iterator[tuple[str, bytes, bytes]]:
    """(name, key id, signature) of each signature line that can be read."""
    for line in lines.rstrip("\n").split("\n"):
        name, _, encoded = line.removeprefix(DASH).partition(" ")
        signature = _decoded(encoded)
        yield name, signature[:4], signature[4:]


def notes_in(text: str) -> list[str]:
    """The signed checkpoints of a file that holds one or many, in their order. Raises NoCheckpoint for anything else in it."""
    if BLOCK.sub("", text).strip():
        raise NoCheckpoint("The file holds something that is no signed checkpoint.")
    return BLOCK.findall(text)


def proof_text(*, index: int, proof: Sequence[bytes], note: str) -> str:
    """A proof that stands alone, as c2sp.org/tlog-proof writes it: index, hashes from the leaf's sibling upward, checkpoint."""
    hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in proof)
    return f"{PROOF}\nindex {index}\n{hashes}\n{note}"
