"""A passkey without a device: it makes and signs what a browser would send."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from lms.accounts.factor_rules import FactorKind
from lms.accounts.models import Factor
from lms.accounts.passkeys import Party
from lms.kernel.ids import new_id

PRESENT, ATTESTED = 0x01, 0x40


def text(raw: bytes) -> str:
    """Base64url without its padding, as browsers write it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(slots=True)
class SoftPasskey:
    """A key pair under an id. `counter` is how often it says that it was used; zero says that it does not count."""

    credential_id: bytes
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    counter: int = 0

    @property
    def public_key(self) -> bytes:
        """The public half as WebAuthn keeps it (COSE)."""
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def creates(self, question: dict[str, Any], party: Party) -> str:
        """What a browser answers when it is asked to make this passkey."""
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self.public_key
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(party, PRESENT | ATTESTED) + attested})
        client = self._client("webauthn.create", question, party)
        return self._answer({"attestationObject": text(made), "clientDataJSON": text(client)})

    def proves(self, question: dict[str, Any], party: Party) -> str:
        """What a browser answers when it is asked to prove this passkey."""
        client, data = self._client("webauthn.get", question, party), self._data(party, PRESENT)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        signed = {"authenticatorData": text(data), "clientDataJSON": text(client), "signature": text(signature)}
        return self._answer(signed)

    def _data(self, party: Party, flags: int) -> bytes:
        return hashlib.sha256(party.id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client(self, kind: str, question: dict[str, Any], party: Party) -> bytes:
        return json.dumps({"type": kind, "challenge": question["challenge"], "origin": party.origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        id_ = text(self.credential_id)
        return json.dumps({"id": id_, "rawId": id_, "type": "public-key", "response": response, "clientExtensionResults": {}})


SHARED_KEY = ec.derive_private_key(287, ec.SECP256R1())
"""The key of everybody's passkey in the tests: what tells people apart is its id."""


def passkey_of(email: str) -> SoftPasskey:
    """The passkey that staff of the tests have, by their address."""
    return SoftPasskey(hashlib.sha256(email.encode()).digest(), SHARED_KEY)


def factor_of(email: str, **whose: Any) -> Factor:
    """The row of that passkey, as if it had been set up."""
    made = passkey_of(email)
    held = {"credential_id": text(made.credential_id), "public_key": made.public_key, "sealed": None, "counter": 0}
    return Factor(id=new_id(), kind=FactorKind.PASSKEY, name="A passkey of the tests", last_used_at=None, **held, **whose)
