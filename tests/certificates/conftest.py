"""An authority on disk and a paper signed by it, made once for all these tests, which only read them."""

from pathlib import Path

import pytest

from lms.certificates.authority import Authority
from lms.certificates.pdf import draw
from lms.certificates.signing import FileSigner
from tests.certificates.papers import FACE, NOW, found_in


@pytest.fixture(scope="session")
def authority_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "authority"


@pytest.fixture(scope="session")
def authority(authority_folder: Path) -> Authority:
    return found_in(authority_folder)


@pytest.fixture(scope="session")
def signer(authority: Authority) -> FileSigner:
    return FileSigner(authority)


@pytest.fixture(scope="session")
def unsigned() -> bytes:
    return draw(FACE)


@pytest.fixture(scope="session")
def paper(signer: FileSigner, unsigned: bytes) -> bytes:
    return signer.sign(unsigned, now=NOW)
