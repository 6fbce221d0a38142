"""Whether a signature (CMS, RFC 5652) is byte for byte as we write it, where neither its own signature nor a certificate's protects it.

Versions, algorithm names and the copies of certificates in a signature can be changed without breaking it. So it is written
anew from what is protected, and compared.
"""

from collections.abc import Sequence

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from lms.certificates.stamping import POLICY


def is_as_written(content: cms.ContentInfo, roots: Sequence[x509.Certificate]) -> bool:
    """Whether `content` is what we write around its signed attributes, certificates issued under `roots` and a time stamp.

    A stamp of another authority is taken as it came: its form is not ours to know. May raise for malformed content.
    """
    signed = content["content"]
    stamp = _stamp_in(signed)
    parts = [signed, stamp["content"]] if _is_own(stamp) else [signed]
    if not all(_all_vouched_for(certificates_in(part), roots) for part in parts):
        return False
    rewritten: bytes = _rewritten(signed, stamp=_rewritten_stamp(stamp)).dump()
    original: bytes = content.dump()
    return rewritten == original


def certificates_in(signed: cms.SignedData) -> list[x509.Certificate]:
    """The certificates that a signature brings. Raises ValueError when one cannot be read."""
    return [x509.load_der_x509_certificate(choice.dump()) for choice in signed["certificates"]]


def issued_by(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether the key of `issuer` signed `certificate`, at whatever time."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _all_vouched_for(brought: list[x509.Certificate], roots: Sequence[x509.Certificate]) -> bool:
    issuers = [certificate for certificate in brought if any(issued_by(root, certificate) for root in roots)]
    return all(certificate in issuers or any(issued_by(issuer, certificate) for issuer in issuers) for certificate in brought)


def _stamp_in(signed: cms.SignedData) -> cms.ContentInfo:
    (attribute,) = signed["signer_infos"][0]["unsigned_attrs"]
    (stamp,) = attribute["values"]
    return stamp


def _is_own(stamp: cms.ContentInfo) -> bool:
    return bool(stamp["content"]["encap_content_info"]["content"].parsed["policy"].dotted == POLICY)


def _rewritten_stamp(stamp: cms.ContentInfo) -> cms.ContentInfo:
    return _rewritten(stamp["content"], stamp=None) if _is_own(stamp) else stamp


def _rewritten(signed: cms.SignedData, *, stamp: cms.ContentInfo | None) -> cms.ContentInfo:
    (signer,) = signed["signer_infos"]
    written = cms.SignedData(
        {
            "version": "v1" if stamp else "v3",
            "digest_algorithms": [cms.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": _covered(signed, detached=stamp is not None),
            "certificates": list(signed["certificates"]),
            "signer_infos": [_rewritten_signer(signed, signer, stamp)],
        },
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": written})


def _covered(signed: cms.SignedData, *, detached: bool) -> cms.ContentInfo | cms.EncapsulatedContentInfo:
    if detached:
        return cms.ContentInfo({"content_type": "data"})
    stated = cms.ParsableOctetString(bytes(signed["encap_content_info"]["content"]))
    return cms.EncapsulatedContentInfo({"content_type": "tst_info", "content": stated})


def _rewritten_signer(signed: cms.SignedData, signer: cms.SignerInfo, stamp: cms.ContentInfo | None) -> cms.SignerInfo:
    parts = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": _named(signed, signer)}),
        "digest_algorithm": cms.DigestAlgorithm({"algorithm": "sha256"}),
        "signature_algorithm": cms.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        "signed_attrs": signer["signed_attrs"],
        "signature": signer["signature"],
    }
    if stamp:
        parts["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [stamp]})])
    return cms.SignerInfo(parts)


def _named(signed: cms.SignedData, signer: cms.SignerInfo) -> cms.IssuerAndSerialNumber:
    """The signer's certificate, named from the certificate itself."""
    serial = signer["sid"].chosen["serial_number"].native
    (certificate,) = (choice.chosen for choice in signed["certificates"] if choice.chosen.serial_number == serial)
    return cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
