"""Time stamps (RFC 3161): an authority inside this process with its own key, or one that answers at an address."""

import asyncio
import copy
import secrets
import urllib.request
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Self
from urllib.error import URLError

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.signers import Signer as CmsSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from lms.certificates.x509_shapes import KeyPair

POLICY: Final = "2.25.271828182845904523536028747135266249775"
"""Name of our stamping policy, under the arc that needs no registration (ITU-T X.667): our clock, to the second."""
ACCURACY_SECONDS: Final = 1
ANSWER_WITHIN: Final = 10.0
"""Seconds that an authority elsewhere is given."""
LONGEST_ANSWER: Final = 64 * 1024


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate for pyHanko, which ships its types in part only."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


class HeldKey(CmsSigner):
    """Signs with an ECDSA key that stays loaded. pyHanko's own signer reads and checks its key again for each signature."""

    def __init__(self, pair: KeyPair, chain: Sequence[x509.Certificate]) -> None:
        """`chain` is embedded beside the certificate of `pair`."""
        super().__init__(
            signing_cert=as_asn1(pair.certificate),
            cert_registry=SimpleCertificateStore.from_certs(map(as_asn1, chain)),  # type: ignore[no-untyped-call] # not typed there
            signature_mechanism=cms.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        )
        self._key = pair.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """DER of an ECDSA signature with SHA-256, the one digest that `signature_mechanism` allows."""
        del digest_algorithm, dry_run
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class OwnStamper(TimeStamper):
    """Stamps with the instance's own key and the moment it is given: the paper says that the time is ours."""

    def __init__(self, pair: KeyPair, chain: Sequence[x509.Certificate]) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # not typed there
        self._signer = HeldKey(pair, chain)
        self._name = asn1_x509.GeneralName(name="directory_name", value=as_asn1(pair.certificate).subject)
        self._at: datetime | None = None

    def at(self, moment: datetime) -> Self:
        """This stamper, stamping `moment`. Copies share what pyHanko has learned of its certificates by a trial stamp."""
        dated = copy.copy(self)
        dated._at = moment  # noqa: SLF001 - a copy of this very class
        return dated

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The stamp asked for, granted always: whoever can call this holds the key."""
        stated = cms.EncapsulatedContentInfo(
            {"content_type": "tst_info", "content": cms.ParsableOctetString(self._stated(req).dump())},
        )
        token = await self._signer.async_sign_general_data(stated, "sha256", detached=False, use_cades=True)
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})

    def _stated(self, req: tsp.TimeStampReq) -> tsp.TSTInfo:
        if self._at is None:
            raise ValueError("Say first `at` what moment is to be stamped.")
        return tsp.TSTInfo(
            {
                "version": "v1",
                "policy": POLICY,
                "message_imprint": req["message_imprint"],
                "serial_number": secrets.randbits(63),
                "gen_time": self._at.replace(microsecond=0),
                "accuracy": {"seconds": ACCURACY_SECONDS},
                "nonce": req["nonce"],
                "tsa": self._name,
            },
        )


class RemoteStamper(TimeStamper):
    """Asks an authority at `url` by HTTP (RFC 3161, 3.4). Raises OSError when it does not answer in time or in form."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # not typed there
        self._url = url

    def at(self, moment: datetime) -> Self:
        """This stamper: the clock is elsewhere."""
        del moment
        return self

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The answer of the authority, which pyHanko checks against the request."""
        return tsp.TimeStampResp.load(await asyncio.to_thread(self._answer_to, req.dump()))

    def _answer_to(self, query: bytes) -> bytes:
        asked = urllib.request.Request(  # noqa: S310 - the operator sets the address
            self._url,
            data=query,
            headers={"Content-Type": "application/timestamp-query"},
        )
        with urllib.request.urlopen(asked, timeout=ANSWER_WITHIN) as answer:  # noqa: S310 - as above
            if answer.headers.get_content_type() != "application/timestamp-reply":
                raise URLError(f"{self._url} did not answer with a time stamp.")
            return bytes(answer.read(LONGEST_ANSWER))
