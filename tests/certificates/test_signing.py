"""Signing: one revision, wholly covered, certified against change, stamped, with its validation data inside."""

import asyncio
import io
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import tsp
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from lms.certificates import signing
from lms.certificates.authority import Authority, create_in_memory
from lms.certificates.inspection import PaperFinding, inspect
from lms.certificates.signing import FIELD, CannotSign, DemoSigner, FileSigner, NotSignable, Signer, SpecimenAuthority
from lms.certificates.stamping import OwnStamper, as_asn1
from tests.certificates.papers import NAME, NOW


def status_of(paper: bytes, authority: Authority) -> PdfSignatureStatus:
    """What pyHanko's own validator says, given the root and the lists."""
    (signature,) = PdfFileReader(io.BytesIO(paper)).embedded_signatures
    context = ValidationContext(
        trust_roots=[as_asn1(authority.root)],
        crls=[asn1_crl.CertificateList.load(crl.public_bytes(Encoding.DER)) for crl in authority.crls],
        moment=NOW,
        allow_fetching=False,
        revocation_mode="require",
    )
    return validate_pdf_signature(signature, context)


def test_a_signed_paper_is_valid_trusted_and_wholly_covered(paper: bytes, authority: Authority) -> None:
    status = status_of(paper, authority)
    assert status.bottom_line
    assert status.intact
    assert status.trusted
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok
    assert status.timestamp_validity
    assert status.timestamp_validity.timestamp == NOW.replace(microsecond=0)


def test_a_paper_is_certified_against_any_change(paper: bytes) -> None:
    (signature,) = PdfFileReader(io.BytesIO(paper)).embedded_signatures
    assert signature.docmdp_level is MDPPerm.NO_CHANGES
    assert signature.field_name == FIELD
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.self_reported_timestamp == NOW.replace(microsecond=0)


def test_validation_data_is_in_the_signed_revision(paper: bytes, authority: Authority) -> None:
    reader = PdfFileReader(io.BytesIO(paper))
    store = DocumentSecurityStore.read_dss(reader)
    assert len(store.crls) == len(authority.crls) == 2
    assert len(store.certs) >= 3
    assert reader.xrefs.total_revisions == 2


def test_the_signer_says_whose_key_it_holds(signer: FileSigner, authority: Authority) -> None:
    held: Signer = signer
    assert held.key_id == authority.key_id
    assert len(held.key_id) == 64
    assert not held.specimen


def test_what_cannot_be_signed_is_refused(signer: FileSigner, paper: bytes) -> None:
    for wrong in (b"", b"%PDF-1.7\n%%EOF", b"hello"):
        with pytest.raises(NotSignable):
            signer.sign(wrong, now=NOW)
    with pytest.raises((NotSignable, CannotSign)):
        signer.sign(paper, now=NOW)


@pytest.mark.parametrize("shift", [timedelta(days=-1), timedelta(days=41), timedelta(days=4000)])
def test_nothing_is_signed_outside_the_life_of_certificates_and_lists(signer: FileSigner, unsigned: bytes, shift: timedelta) -> None:
    with pytest.raises(CannotSign):
        signer.sign(unsigned, now=NOW + shift)


def test_a_demo_signs_specimens_and_warns(unsigned: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger=signing.__name__):
        demo = DemoSigner.throw_away(name=NAME, now=NOW)
    assert "SPECIMEN" in caplog.text
    assert demo.specimen
    assert len(demo.key_id) == 64
    assert b"SPECIMEN" in demo.sign(unsigned, now=NOW)


def test_signing_itself_logs_nothing(signer: FileSigner, unsigned: bytes, caplog: pytest.LogCaptureFixture) -> None:
    signer.sign(unsigned, now=NOW)
    assert not caplog.records


def test_a_demo_and_a_real_authority_are_never_exchanged(authority: Authority) -> None:
    with pytest.raises(SpecimenAuthority):
        FileSigner(create_in_memory(name=NAME, now=NOW))
    with pytest.raises(SpecimenAuthority):
        DemoSigner(authority)


def test_a_stamper_must_be_told_the_moment(authority: Authority) -> None:
    stamper = OwnStamper(authority.stamper, authority.intermediates)
    request = tsp.TimeStampReq({"version": 1, "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}})
    with pytest.raises(ValueError, match="what moment"):
        asyncio.run(stamper.async_request_tsa_response(request))


@pytest.fixture
def stamping_site() -> Iterator[tuple[str, Authority]]:
    """A time-stamp authority that answers by HTTP, under a root of its own."""
    other = create_in_memory(name="Elsewhere", now=NOW)
    stamper = OwnStamper(other.stamper, other.intermediates).at(NOW + timedelta(seconds=3))

    class Site(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply" if self.path == "/tsa" else "text/html")
            self.end_headers()
            self.wfile.write(answer(stamper, query))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", other
        server.shutdown()
        thread.join()


def answer(stamper: OwnStamper, query: tsp.TimeStampReq) -> bytes:
    dumped: bytes = asyncio.run(stamper.async_request_tsa_response(query)).dump()
    return dumped


def test_time_may_be_stamped_elsewhere(stamping_site: tuple[str, Authority], authority: Authority, unsigned: bytes) -> None:
    url, other = stamping_site
    paper = FileSigner(authority, tsa_url=f"{url}/tsa", tsa_roots=[other.root]).sign(unsigned, now=NOW)
    assert other.stamper.certificate.public_bytes(Encoding.DER).hex().upper().encode() in paper
    found = inspect(paper, roots=[authority.root, other.root], crls=[*authority.crls, *other.crls], now=NOW + timedelta(days=1))
    assert found is PaperFinding.GENUINE


@pytest.mark.parametrize("path", ["/tsa", "/page"])
def test_a_stamp_that_is_not_trusted_or_not_given_stops_the_signing(
    stamping_site: tuple[str, Authority], authority: Authority, unsigned: bytes, path: str
) -> None:
    url, _ = stamping_site
    with pytest.raises(CannotSign):
        FileSigner(authority, tsa_url=url + path).sign(unsigned, now=NOW)


def test_an_authority_that_does_not_answer_stops_the_signing(authority: Authority, unsigned: bytes) -> None:
    with pytest.raises(CannotSign):
        FileSigner(authority, tsa_url="http://127.0.0.1:9/tsa").sign(unsigned, now=NOW)
