"""The ledger's proofs held against Go's own checksum database packages, which share no code with us."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lms.audit.entries import AUDIT
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.ledger import commands, keys, service
from tests.ledger.seals import Archive, archive
from tests.support.databases import sqlite_template

GO_PATH = "/usr/share/gocode"
"""Where Debian puts golang-golang-x-mod-dev."""
SOURCE = Path(__file__).parent / "tlog" / "main.go"
NUMBERS = (0, 1, 100, 255, 256, 299)


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, compiled without a network."""
    go = shutil.which("go")
    assert go, "Install the packages listed in .ci/packages; missing: go."
    folder = tmp_path_factory.mktemp("go")
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": GO_PATH, "GOCACHE": str(folder / "cache"), "GOFLAGS": "", "GOPROXY": "off"}
    done = subprocess.run([go, "build", "-o", folder / "tlog", SOURCE], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "tlog"


@pytest.fixture(scope="module")
def proofs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a folder for each entry proven: its text, its proof, and the public key."""
    folder = tmp_path_factory.mktemp("proofs")
    sqlite_template(folder / "lms.db")
    database = Database(f"sqlite:///{folder / 'lms.db'}")
    kept = archive(database, FrozenClock(datetime(2026, 11, 22, 12, 0, tzinfo=UTC)), folder / "data")
    kept.records_at_once(300)
    kept.settles()
    for number in NUMBERS:
        _write(kept, number, folder / str(number))
    database.close()
    return folder


def _write(kept: Archive, number: int, folder: Path) -> None:
    with kept.site.database.reading() as session:
        proof = service.prove(session, source=AUDIT, number=number)
    commands.written_into(folder, proof, keys.verifier(kept.site.settings.data, ledger="audit"))


def said(checker: Path, folder: Path, **changed: Path) -> tuple[int, str]:
    files = {"key": folder / "key.pub", "proof": folder / "entry.tlog-proof", "entry": folder / "entry.json"} | changed
    done = subprocess.run([checker, *files.values()], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout or done.stderr


@pytest.mark.parametrize("number", NUMBERS)
def test_go_accepts_every_proof(checker: Path, proofs: Path, number: int) -> None:
    assert said(checker, proofs / str(number)) == (
        0,
        f"entry {number} of 300 is under the checkpoint that 127.0.0.1/ledger/audit signed\n",
    )


def test_go_refuses_another_entry(checker: Path, proofs: Path) -> None:
    code, why = said(checker, proofs / "1", entry=proofs / "100" / "entry.json")
    assert (code, "invalid transparency proof" in why) == (1, True)


@pytest.mark.parametrize(("old", "new", "why"), [("\n300\n", "\n301\n", "invalid signature"), ("index 1\n", "index 2\n", "proof")])
def test_go_refuses_a_changed_proof(checker: Path, proofs: Path, tmp_path: Path, old: str, new: str, why: str) -> None:
    changed = tmp_path / "changed.tlog-proof"
    changed.write_text((proofs / "1" / "entry.tlog-proof").read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    code, told = said(checker, proofs / "1", proof=changed)
    assert code == 1
    assert why in told
