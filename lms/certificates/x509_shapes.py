"""The shapes of the authority's X.509 certificates and revocation lists (RFC 5280), as pure as signing allows: time comes in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT_LIFE: Final = timedelta(days=20 * 365 + 5)
ISSUING_LIFE: Final = timedelta(days=395)
"""Thirteen months: the longest that the root stays away."""
ISSUING_CRL_LIFE: Final = timedelta(days=40)
SPECIMEN: Final = "SPECIMEN"

DOCUMENT_SIGNING: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""id-kp-documentSigning, RFC 9336. Alone it is unknown to NSS, so `pdfsig` trusts a signer only with emailProtection too."""
SIGNER_USES: Final = (DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION)
STAMPER_USES: Final = (ExtendedKeyUsageOID.TIME_STAMPING,)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key and the certificate of its public half."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def subject(name: str, role: str, *, specimen: bool) -> x509.Name:
    """The name of one certificate: the program's name and the role; a demo authority says SPECIMEN in two places."""
    unit = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"{SPECIMEN} - proves nothing")] if specimen else []
    common = f"{SPECIMEN} {name} {role}" if specimen else f"{name} {role}"
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name), *unit, x509.NameAttribute(NameOID.COMMON_NAME, common)],
    )


def says_specimen(certificate: x509.Certificate) -> bool:
    """Whether the certificate belongs to a demo authority."""
    return SPECIMEN in certificate.subject.rfc4514_string()


def root_pair(named: x509.Name, *, now: datetime) -> KeyPair:
    """A self-signed P-384 root, valid for twenty years from `now`."""
    key = ec.generate_private_key(ec.SECP384R1())
    draft = _draft(named, named, key.public_key(), key.public_key(), begins=now, ends=now + ROOT_LIFE)
    return KeyPair(key, _authority(draft, path_length=1).sign(key, hashes.SHA384()))


def issuing_pair(named: x509.Name, *, root: KeyPair, now: datetime) -> KeyPair:
    """A P-256 issuing authority under `root`, for at most thirteen months, that may issue to no further authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    ends = _bounded(now + ISSUING_LIFE, by=root)
    draft = _draft(named, root.certificate.subject, key.public_key(), root.key.public_key(), begins=now, ends=ends)
    return KeyPair(key, _authority(draft, path_length=0).sign(root.key, hashes.SHA384()))


def leaf_pair(named: x509.Name, *, issuing: KeyPair, uses: tuple[x509.ObjectIdentifier, ...], now: datetime) -> KeyPair:
    """A P-256 key that signs papers or time stamps until its issuer ends. Time stamping is critical (RFC 3161, 2.3)."""
    key = ec.generate_private_key(ec.SECP256R1())
    ends = _bounded(now + ISSUING_LIFE, by=issuing)
    draft = _draft(named, issuing.certificate.subject, key.public_key(), issuing.key.public_key(), begins=now, ends=ends)
    certificate = (
        draft.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=uses == STAMPER_USES)
        .sign(issuing.key, hashes.SHA256())
    )
    return KeyPair(key, certificate)


def revocation_list(
    issuer: KeyPair,
    *,
    number: int,
    now: datetime,
    next_update: datetime,
    withdrawn: Mapping[int, datetime] | None = None,
) -> x509.CertificateRevocationList:
    """A list by `issuer` of the serial numbers `withdrawn` and since when."""
    draft = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now)
        .next_update(next_update)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    for entry in _entries(withdrawn or {}):
        draft = draft.add_revoked_certificate(entry)
    return draft.sign(issuer.key, hashes.SHA384() if issuer.key.curve.key_size > 256 else hashes.SHA256())


def key_id(certificate: x509.Certificate) -> str:
    """SHA-256 in hex of the certificate's SubjectPublicKeyInfo; pages show its first 16 digits."""
    spki = certificate.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(spki)
    return digest.finalize().hex()


def _entries(withdrawn: Mapping[int, datetime]) -> Iterable[x509.RevokedCertificate]:
    for serial, since in sorted(withdrawn.items()):
        yield x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()


def _bounded(ends: datetime, *, by: KeyPair) -> datetime:
    return min(ends.astimezone(UTC), by.certificate.not_valid_after_utc)


def _draft(
    named: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    issuer_public: ec.EllipticCurvePublicKey,
    *,
    begins: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public), critical=False)
    )


def _authority(draft: x509.CertificateBuilder, *, path_length: int) -> x509.CertificateBuilder:
    return draft.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True).add_extension(
        _key_usage(key_cert_sign=True, crl_sign=True),
        critical=True,
    )


def _key_usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
