"""Papers held against verifiers that share no code with us: poppler with NSS, OpenSSL, qpdf and ZBar."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.serialization import Encoding

from lms.certificates.authority import Authority, export_public
from lms.certificates.pdf import draw
from lms.certificates.signing import DemoSigner, FileSigner
from tests.certificates.papers import FACE, NAME, NOW, VERIFY_URL, face, found_in

MOMENT = str(int(NOW.timestamp()))
TOOLS = ("pdfsig", "pdftoppm", "pdfinfo", "pdfdetach", "certutil", "openssl", "qpdf", "zbarimg")


def run(*command: str | Path) -> str:
    """What the command, which must succeed, says on its standard output."""
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode(errors="replace")


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    assert not missing, f"Install the packages listed in .ci/packages; missing: {', '.join(missing)}."


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("papers")


@pytest.fixture(scope="module")
def authority(workplace: Path) -> Authority:
    return found_in(workplace / "authority")


@pytest.fixture(scope="module")
def paper(workplace: Path, authority: Authority) -> Path:
    path = workplace / "paper.pdf"
    path.write_bytes(FileSigner(authority).sign(draw(FACE), now=NOW))
    return path


@pytest.fixture(scope="module")
def trust(workplace: Path, root: Path) -> Path:
    """An NSS database that trusts our root and nothing else."""
    folder = workplace / "nss"
    folder.mkdir()
    run("certutil", "-N", "-d", f"sql:{folder}", "--empty-password")
    run("certutil", "-A", "-d", f"sql:{folder}", "-n", "root", "-t", "CT,C,C", "-i", root)
    return folder


def certificate_said(trust: Path, paper: Path) -> str:
    return run("pdfsig", "-nssdir", f"sql:{trust}", paper)


def test_poppler_says_valid_trusted_and_the_whole_document(trust: Path, paper: Path) -> None:
    said = certificate_said(trust, paper)
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said
    assert said.count("Signature #") == 1
    assert "ETSI.CAdES.detached" in said


def test_poppler_does_not_trust_another_root(trust: Path, workplace: Path) -> None:
    other = workplace / "other.pdf"
    other.write_bytes(DemoSigner.throw_away(name=NAME, now=NOW).sign(draw(FACE), now=NOW))
    assert "Certificate is Trusted" not in certificate_said(trust, other)


def test_poppler_says_that_one_byte_was_changed(trust: Path, paper: Path, workplace: Path) -> None:
    pdf = bytearray(paper.read_bytes())
    pdf[pdf.index(b"/Title") + 12] ^= 1
    changed = workplace / "changed.pdf"
    changed.write_bytes(pdf)
    said = run("pdfsig", "-nssdir", f"sql:{trust}", changed)
    assert "Digest Mismatch" in said
    assert "Signature is Valid" not in said


def test_poppler_says_that_something_was_added(trust: Path, paper: Path, workplace: Path) -> None:
    added = workplace / "added.pdf"
    added.write_bytes(paper.read_bytes() + b"\n% more\n")
    assert "Total document signed" not in certificate_said(trust, added)


def test_qpdf_finds_no_fault(paper: Path) -> None:
    assert "No syntax or stream encoding errors found" in run("qpdf", "--check", paper)


def test_openssl_verifies_each_chain_with_its_lists(authority: Authority, workplace: Path) -> None:
    assert authority.folder
    bundle, lists = workplace / "chain.pem", workplace / "lists.pem"
    exported = export_public(authority.folder)
    bundle.write_bytes(b"".join(path.read_bytes() for path in exported if path.name.startswith("issuing-") and path.suffix == ".pem"))
    lists.write_bytes(b"".join(path.read_bytes() for path in exported if path.suffix == ".crl"))
    root = authority.folder / "public" / "root.pem"
    common = ("openssl", "verify", "-x509_strict", "-crl_check_all", "-CRLfile", lists, "-CAfile", root, "-untrusted", bundle)
    for role, purpose in (("signer", "smimesign"), ("tsa", "timestampsign")):
        (leaf,) = (path for path in exported if path.name.startswith(f"{role}-"))
        assert ": OK" in run(*common, "-attime", MOMENT, "-purpose", purpose, leaf)


def signature_of(pdf: bytes) -> tuple[bytes, bytes]:
    """The signature in a paper, with its filling zeros, and everything around it."""
    found = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf)
    assert found
    start, before, after, rest = map(int, found.groups())
    assert start == 0
    assert after + rest == len(pdf)
    return bytes.fromhex(pdf[before + 1 : after - 1].decode()), pdf[:before] + pdf[after:]


@pytest.fixture(scope="module")
def root(workplace: Path, authority: Authority) -> Path:
    path = workplace / "openssl-root.pem"
    path.write_bytes(authority.root.public_bytes(Encoding.PEM))
    return path


def test_openssl_verifies_the_signature(paper: Path, root: Path, workplace: Path) -> None:
    signature, content = workplace / "signature.der", workplace / "content"
    signed, around = signature_of(paper.read_bytes())
    signature.write_bytes(signed)
    content.write_bytes(around)
    verify = ("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-attime", MOMENT, "-out", "/dev/null")
    run(*verify, "-in", signature, "-content", content, "-CAfile", root)


def test_openssl_verifies_the_time_stamp(paper: Path, root: Path, workplace: Path) -> None:
    signed, _ = signature_of(paper.read_bytes())
    (signer,) = cms.ContentInfo.load(signed)["content"]["signer_infos"]
    stamp, stamped = workplace / "stamp.der", workplace / "stamped"
    stamp.write_bytes(signer["unsigned_attrs"][0]["values"][0].dump())
    stamped.write_bytes(signer["signature"].native)
    said = run("openssl", "ts", "-verify", "-token_in", "-in", stamp, "-data", stamped, "-CAfile", root, "-attime", MOMENT)
    assert "Verification: OK" in said
    assert "Nov 22 12:00:00 2026 GMT" in run("openssl", "ts", "-reply", "-token_in", "-in", stamp, "-token_out", "-text")


def test_the_code_is_read_from_the_printed_paper(paper: Path, workplace: Path) -> None:
    run("pdftoppm", "-r", "150", "-png", "-singlefile", paper, workplace / "printed")
    assert run("zbarimg", "--quiet", "--raw", workplace / "printed.png").strip() == VERIFY_URL


def test_the_code_is_read_through_the_stamp_of_a_specimen(workplace: Path) -> None:
    specimen = workplace / "specimen.pdf"
    specimen.write_bytes(draw(face(specimen=True)))
    run("pdftoppm", "-r", "150", "-png", "-singlefile", specimen, workplace / "specimen")
    assert run("zbarimg", "--quiet", "--raw", workplace / "specimen.png").strip() == VERIFY_URL


def test_poppler_reads_out_the_structure(paper: Path) -> None:
    said = run("pdfinfo", "-struct-text", paper)
    assert '"Certificate of Training' in said
    assert all(element in said for element in ("H1", "Link", "Figure", "Form"))
    assert said.index(FACE.officer) < said.index(FACE.course) < said.index("Certificate number")


def test_poppler_takes_out_the_statement(paper: Path, workplace: Path) -> None:
    taken = workplace / "attached"
    taken.mkdir()
    run("pdfdetach", "-saveall", "-o", taken, paper)
    assert (taken / "statement.json").read_text() == FACE.statement
    assert (taken / "salts.json").read_text() == FACE.salts


def test_no_key_leaves_with_the_public_files(authority: Authority) -> None:
    assert authority.folder
    for path in export_public(authority.folder):
        kind = "crl" if path.suffix == ".crl" else "x509"
        assert run("openssl", kind, "-in", path, "-noout", "-issuer")
        assert b"PRIVATE KEY" not in path.read_bytes()
