"""The evidence of an exam held against OpenSSL, which shares no code with us."""

import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from lms.certificates.signing import FileSigner
from lms.evidence import rules, service
from lms.kernel.ids import new_id
from tests.certificates.papers import NOW, found_in


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked bundle."""
    place = tmp_path_factory.mktemp("evidence")
    authority = found_in(place / "authority")
    root = authority.root.public_bytes(Encoding.PEM)
    made = service.bundle({rules.RECORD: b"{}"}, attempt_id=new_id(), signer=FileSigner(authority), root=root, now=NOW)
    with zipfile.ZipFile(BytesIO(made.content)) as packed:
        packed.extractall(place)
    return place


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[bytes]:
    """What a program that is not ours says about the files in the folder."""
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)


def verified(folder: Path, manifest: str) -> bool:
    """Whether OpenSSL accepts the signature beside a manifest, at the moment of signing, by the root in the bundle alone."""
    at = ("-attime", str(int(NOW.timestamp())))
    signed = ("-in", rules.SIGNATURE, "-content", manifest, "-CAfile", rules.ROOT, "-out", "/dev/null")
    return run(folder, "openssl", "cms", "-verify", "-binary", "-inform", "DER", *signed, *at).returncode == 0


def test_openssl_accepts_the_signature_as_the_file_tells_how(folder: Path) -> None:
    assert verified(folder, rules.MANIFEST)
    command = " ".join(line.strip() for line in rules.HOW_TO_VERIFY.splitlines() if "openssl" in line)
    assert command.startswith("openssl cms -verify -binary -inform DER")


def test_openssl_refuses_a_manifest_with_one_letter_changed(folder: Path) -> None:
    content = (folder / rules.MANIFEST).read_bytes()
    (folder / "changed.json").write_bytes(content.replace(b'"format"', b'"formaT"'))
    assert not verified(folder, "changed.json")


def test_the_sums_are_those_that_coreutils_make(folder: Path) -> None:
    said = run(folder, "sha256sum", rules.RECORD).stdout.decode().split()[0]
    assert said in (folder / rules.MANIFEST).read_text(encoding="utf-8")
