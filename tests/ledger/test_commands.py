"""`lms ledger verify` and `lms ledger prove`: clear sentences, and exit code 1 for any finding."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms.audit.entries import AUDIT
from lms.cli import Told
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.ledger import commands
from tests.ledger.seals import Archive, archive


@pytest.fixture
def small(sqlite: Database, clock: FrozenClock, tmp_path: Path) -> Archive:
    made = archive(sqlite, clock, tmp_path / "data")
    made.records(3)
    made.settles()
    return made


def lms(kept: Archive, *arguments: object) -> Result:
    group = Told(commands=[commands.commands_for([AUDIT])])
    return CliRunner().invoke(group, ["ledger", *map(str, arguments)], obj=kept.site)


def test_an_untouched_ledger_is_told_to_be_so(small: Archive) -> None:
    small.records(1)
    done = lms(small, "verify")
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "Ledger audit: 3 entries, 1 waiting for their place, 1 signed checkpoints.",
        "Everything fits: nothing was altered, deleted, inserted, reordered or rolled back.",
    ]


def test_a_finding_is_told_with_exit_code_1(small: Archive) -> None:
    small.unguards()
    small.does("UPDATE audit_entry SET action = 'closed a class' WHERE object_id = 'class 1'")
    done = lms(small, "verify")
    assert done.exit_code == 1
    assert "- Entry 1 (" in done.output
    assert done.output.endswith("was altered: it is not what was entered.\n1 finding.\n")


def test_a_copied_checkpoint_with_other_line_endings_is_understood(small: Archive, tmp_path: Path) -> None:
    copied = tmp_path / "copied.txt"
    copied.write_bytes(small.file.read_bytes().replace(b"\n", b"\r\n"))
    assert lms(small, "verify", "--checkpoint", copied).exit_code == 0


@pytest.mark.parametrize(("content", "expected"), [("", "holds no checkpoint"), ("lorem ipsum\n", "cannot be read")])
def test_a_file_without_a_checkpoint_is_no_comfort(small: Archive, tmp_path: Path, content: str, expected: str) -> None:
    file = tmp_path / "empty.txt"
    file.write_text(content, encoding="utf-8")
    done = lms(small, "verify", "--checkpoint", file)
    assert done.exit_code == 1
    assert expected in done.output


def test_a_proof_is_printed_and_written(small: Archive, tmp_path: Path) -> None:
    done = lms(small, "prove", 2, "--into", tmp_path / "proof")
    assert done.exit_code == 0
    folder = tmp_path / "proof"
    entry, proof, key = ((folder / name).read_text(encoding="utf-8") for name in ("entry.json", "entry.tlog-proof", "key.pub"))
    assert all(part in done.output for part in ("Index: 2\n", f"{entry}\n", key))
    assert done.output.endswith(f"Proof:\n{proof}")
    assert proof.startswith("c2sp.org/tlog-proof@v1\nindex 2\n")


def test_what_cannot_be_proven_is_refused_in_a_sentence(small: Archive) -> None:
    done = lms(small, "prove", 9)
    assert (done.exit_code, done.output) == (1, "Error: The ledger audit has no entry 9.\n")
    small.records(1)
    small.works()
    done = lms(small, "prove", 3)
    assert done.exit_code == 1
    assert "within a minute" in done.output
    shutil.rmtree(small.key.parent)
    done = lms(small, "prove", 0)
    assert done.exit_code == 1
    assert "key was taken away" in done.output


def test_a_new_installation_has_an_empty_ledger_that_fits(sqlite: Database, clock: FrozenClock, tmp_path: Path) -> None:
    done = lms(archive(sqlite, clock, tmp_path / "data"), "verify")
    assert done.exit_code == 0
    assert "0 entries" in done.output
