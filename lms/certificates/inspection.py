"""What an uploaded file is: a paper that our authority signed, byte for byte, or something else. Made for hostile input.

No PDF is parsed. A paper is genuine when everything in the file but one hexadecimal string is what our key signed, and that
string is exactly the signature: so nothing can be hidden in a structure that one reader sees and another does not.
"""

import asyncio
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from asn1crypto import cms
from asn1crypto import crl as asn1_crl
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from lms.certificates.exactness import certificates_in, is_as_written, issued_by
from lms.certificates.stamping import as_asn1
from lms.certificates.x509_shapes import DOCUMENT_SIGNING

LARGEST: Final = 5 * 1024 * 1024
"""Bytes. A paper has about a hundred thousand."""
MOST_SIGNATURES: Final = 4
"""Signatures looked at in one file, from its end."""
_SIGNATURE: Final = re.compile(rb"<(30[0-9A-Fa-f]{1000,65536}+)>")
_EDGE: Final = 1024
"""Bytes at either end in which readers look for the marks of a PDF."""
_USES: Final = KeyUsageConstraints(key_usage={"non_repudiation"}, extd_key_usage={DOCUMENT_SIGNING.dotted_string})

# Strangers upload what they like: that it is not trusted is our answer, not news for the log with a traceback each time.
for noisy in ("pyhanko.sign.validation.generic_cms", "pyhanko_certvalidator"):
    logging.getLogger(noisy).setLevel(logging.CRITICAL)


class PaperFinding(StrEnum):
    """What a file turned out to be."""

    GENUINE = "genuine"
    """Every byte is as our authority signed it, and the key was good at the stamped time."""
    ALTERED = "altered"
    """It carries a signature made under our authority, but is not what was signed; or the key had been withdrawn by then."""
    FOREIGN = "foreign"
    """It is signed, but not by our authority so far as can be read."""
    UNSIGNED = "unsigned"
    NOT_A_PDF = "not_a_pdf"
    """Something else, or larger than any paper."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A signature in a file: where its brackets stand, and its digits."""

    start: int
    end: int
    digits: bytes

    def content(self) -> cms.ContentInfo:
        return cms.ContentInfo.load(bytes.fromhex(self.digits.decode()))

    def is_exact(self) -> bool:
        """Whether the digits are those of the signature, as we write them, and nothing else than filling zeros."""
        exact: bytes = self.content().dump().hex().upper().encode().ljust(len(self.digits), b"0")
        return self.digits == exact


def inspect(
    pdf: bytes,
    *,
    roots: Sequence[x509.Certificate],
    crls: Sequence[x509.CertificateRevocationList],
    now: datetime,
) -> PaperFinding:
    """What `pdf` is, judged under `roots` at its stamped time (at `now` if that lies ahead) with the latest `crls`.

    Never raises for any content of `pdf`; takes time linear in its size.
    """
    if len(pdf) > LARGEST or b"%PDF-" not in pdf[:_EDGE]:
        return PaperFinding.NOT_A_PDF
    found = [_Found(match.start(), match.end(), match[1]) for match in _last(_SIGNATURE.finditer(pdf))]
    if any(_holds(one, pdf, roots=roots, crls=crls, now=now) for one in found):
        return PaperFinding.GENUINE
    if any(_is_ours(one, roots) for one in found):
        return PaperFinding.ALTERED
    if found:
        return PaperFinding.FOREIGN
    return PaperFinding.UNSIGNED if b"%%EOF" in pdf[-_EDGE:] else PaperFinding.NOT_A_PDF


def _last(matches: Iterable[re.Match[bytes]]) -> list[re.Match[bytes]]:
    return list(matches)[-MOST_SIGNATURES:]


def _holds(
    found: _Found,
    pdf: bytes,
    *,
    roots: Sequence[x509.Certificate],
    crls: Sequence[x509.CertificateRevocationList],
    now: datetime,
) -> bool:
    """Whether the signature covers everything around itself and was made under our roots."""
    try:
        signed = found.content()["content"]
        context = _context(roots, crls, moment=min(_stamped_at(signed), now))
        around = pdf[: found.start] + pdf[found.end :]
        status = asyncio.run(async_validate_detached_cms(around, signed, context, key_usage_settings=_USES))
        return found.is_exact() and status.bottom_line and is_as_written(found.content(), roots)
    except Exception:  # noqa: BLE001 - hostile input: whatever cannot be checked does not hold
        return False


def _context(roots: Sequence[x509.Certificate], crls: Sequence[x509.CertificateRevocationList], *, moment: datetime) -> ValidationContext:
    return ValidationContext(
        trust_roots=[as_asn1(root) for root in roots],
        crls=[asn1_crl.CertificateList.load(crl.public_bytes(Encoding.DER)) for crl in crls],
        moment=moment,
        allow_fetching=False,
        revocation_mode="require",
        retroactive_revinfo=True,
    )


def _stamped_at(signed: cms.SignedData) -> datetime:
    """The time that the stamp on the signature states. Raises KeyError when there is none."""
    (signer,) = signed["signer_infos"]
    for attribute in signer["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            stamped: datetime = token["gen_time"].native
            return stamped
    raise KeyError("signature_time_stamp_token")


def _is_ours(found: _Found, roots: Sequence[x509.Certificate]) -> bool:
    """Whether the signature brings a certificate that one of our issuing authorities issued, at whatever time."""
    brought = _brought(found)
    issuers = [issuer for issuer in brought if any(issued_by(root, issuer) for root in roots)]
    return any(issued_by(issuer, certificate) for issuer in issuers for certificate in brought)


def _brought(found: _Found) -> list[x509.Certificate]:
    """The certificates in a signature; none when it cannot be read."""
    try:
        return certificates_in(found.content()["content"])
    except Exception:  # noqa: BLE001 - hostile input: what cannot be read was not brought
        return []
