"""Signing papers: PAdES B-LT, certified against any change, with the validation data inside what is signed."""

import asyncio
import io
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from asn1crypto import crl as asn1_crl
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, PdfSigningSession, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp.noop import NoOpStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from lms.certificates.authority import Authority, create_in_memory, current_crls
from lms.certificates.stamping import HeldKey, OwnStamper, RemoteStamper, as_asn1
from lms.kernel.errors import Conflict, Invalid

FIELD: Final = "IssuerSignature"
"""Name of the signature field, which the paper brings with it, tagged for screen readers."""
RESERVED: Final = 20_480
"""Hexadecimal digits kept free for the signature: twice what ours takes, room for the chain of another time-stamp authority."""
REASON: Final = "Issue of a certificate of training"
"""What a signature is put on for, unless told."""
EMBEDDED: Final = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)
"""Certificates and revocation lists go into the signed revision: one revision, so every reader sees the whole file signed."""

log = logging.getLogger(__name__)


def _is_news(record: logging.LogRecord) -> bool:
    """Not pyHanko's reminder, at each signature, that revocation lists are not fetched: ours lie beside the keys."""
    return "fetching is not allowed" not in record.msg


logging.getLogger("pyhanko.sign.signers.pdf_signer").addFilter(_is_news)


class CannotSign(Conflict):
    """The authority is not fit to sign now: a certificate or revocation list has run out, or the time stamp was not given."""


class NotSignable(Invalid):
    """What was to be signed is not an unsigned paper of ours."""


class SpecimenAuthority(Invalid):
    """A demo's authority may sign specimens only."""


class Signer(Protocol):
    """Signs a drawn paper. A signer of specimens says so, and the paper is then drawn with SPECIMEN across it."""

    @property
    def key_id(self) -> str: ...

    @property
    def specimen(self) -> bool: ...

    def sign(self, pdf: bytes, *, now: datetime, reason: str = REASON) -> bytes: ...

    def attest(self, content: bytes, *, now: datetime) -> bytes: ...


class FileSigner:
    """Signs with the keys of an authority's folder, loaded once; revocation lists are read anew, as others renew them."""

    specimen = False

    def __init__(self, authority: Authority, *, tsa_url: str = "", tsa_roots: Sequence[x509.Certificate] = ()) -> None:
        """Stamps time itself, or through `tsa_url`, whose chain must end in one of `tsa_roots`. Refuses a demo's authority."""
        if authority.specimen:
            raise SpecimenAuthority(
                "This authority belongs to a demonstration. Start with a data folder of its own; `lms serve` makes a real one."
            )
        self._seal = _Seal(authority, tsa_url=tsa_url, tsa_roots=tsa_roots)

    @property
    def key_id(self) -> str:
        return self._seal.key_id

    def sign(self, pdf: bytes, *, now: datetime, reason: str = REASON) -> bytes:
        """The paper `pdf` signed as of `now`. Raises CannotSign or NotSignable."""
        return self._seal.put_on(pdf, now=now, reason=reason)

    def attest(self, content: bytes, *, now: datetime) -> bytes:
        """A signature beside `content`, whatever it is (CMS in DER), as of `now`. Raises CannotSign."""
        return self._seal.beside(content, now=now)


class DemoSigner:
    """Signs specimens, under an authority whose every name says so. Production settings refuse it."""

    specimen = True

    def __init__(self, authority: Authority) -> None:
        """Warns. Refuses an authority that does not say SPECIMEN."""
        if not authority.specimen:
            raise SpecimenAuthority("A demonstration may not sign with a real authority.")
        self._seal = _Seal(authority)
        log.warning("Papers are signed by a demonstration authority. They say SPECIMEN and prove nothing.")

    @classmethod
    def throw_away(cls, *, name: str, now: datetime) -> "DemoSigner":
        """A signer whose authority lives in memory only."""
        return cls(create_in_memory(name=name, now=now))

    @property
    def key_id(self) -> str:
        return self._seal.key_id

    def sign(self, pdf: bytes, *, now: datetime, reason: str = REASON) -> bytes:
        """The specimen `pdf` signed as of `now`. Raises CannotSign or NotSignable."""
        return self._seal.put_on(pdf, now=now, reason=reason)

    def attest(self, content: bytes, *, now: datetime) -> bytes:
        """A specimen's signature beside `content` (CMS in DER), as of `now`. Raises CannotSign."""
        return self._seal.beside(content, now=now)


class _Seal:
    """The signing itself, alike for real papers and specimens."""

    def __init__(self, authority: Authority, *, tsa_url: str = "", tsa_roots: Sequence[x509.Certificate] = ()) -> None:
        self.key_id = authority.key_id
        self._authority = authority
        self._signer = HeldKey(authority.signer, authority.intermediates)
        self._stamper = RemoteStamper(tsa_url) if tsa_url else OwnStamper(authority.stamper, authority.intermediates)
        self._revocation = "soft-fail" if tsa_url else "require"
        self._roots = [as_asn1(root) for root in (authority.root, *tsa_roots)]
        self._intermediates = [as_asn1(certificate) for certificate in authority.intermediates]

    def put_on(self, pdf: bytes, *, now: datetime, reason: str) -> bytes:
        signed = io.BytesIO()
        try:
            writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
            self._prepared(now, reason).sign_pdf(writer, existing_fields_only=True, bytes_reserved=RESERVED, output=signed)
        except (SigningError, PathBuildingError, PathValidationError, TimestampRequestError, OSError) as wrong:
            raise CannotSign(f"The paper was not signed: {wrong}") from wrong
        except PdfError as wrong:
            raise NotSignable(f"This is not a paper to sign: {wrong}") from wrong
        return signed.getvalue()

    def beside(self, content: bytes, *, now: datetime) -> bytes:
        """A detached signature with a time stamp, the chain beside it: `openssl cms -verify` needs only the root."""
        said = PdfCMSSignedAttributes(signing_time=now)
        try:
            made = asyncio.run(
                self._signer.async_sign_general_data(content, "sha256", timestamper=self._stamper.at(now), signed_attr_settings=said)
            )
        except (SigningError, TimestampRequestError, OSError) as wrong:
            raise CannotSign(f"The signature was not made: {wrong}") from wrong
        return bytes(made.dump())

    def _prepared(self, now: datetime, reason: str) -> "_DatedSigner":
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            reason=reason,
            name=_common_name(self._authority.signer.certificate),
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            validation_context=self._context(now),
            embed_validation_info=True,
            dss_settings=EMBEDDED,
        )
        return _DatedSigner(metadata, self._signer, self._stamper.at(now), now=now)

    def _context(self, now: datetime) -> ValidationContext:
        authority = self._authority
        crls = current_crls(authority.folder) if authority.folder else authority.crls
        return ValidationContext(
            trust_roots=self._roots,
            other_certs=self._intermediates,
            crls=[asn1_crl.CertificateList.load(crl.public_bytes(Encoding.DER)) for crl in crls],
            moment=now,
            allow_fetching=False,
            revocation_mode=self._revocation,
        )


class _DatedSigner(PdfSigner):
    """pyHanko's signer with the moment given, where pyHanko reads the machine's clock."""

    def __init__(self, metadata: PdfSignatureMetadata, signer: HeldKey, timestamper: TimeStamper, *, now: datetime) -> None:
        super().__init__(metadata, signer=signer, timestamper=timestamper, stamp_style=NoOpStampStyle())
        self._now = now

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        """A session dated now."""
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self._now
        return session


def _common_name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
