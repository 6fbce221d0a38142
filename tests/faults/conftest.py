"""How often things fail, and the table of what was found."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from lms.db.session import Database
from tests.support.crashes import Examinee, seat
from tests.support.databases import PostgresServer
from tests.support.disks import Disk, NoDisk, disk
from tests.support.networks import Network, NoNetwork, network
from tests.support.reckoning import Outcome, table

LONG: Final = os.environ.get("LMS_FAULTS") == "long"
"""Whether this is `python3 run.py faults`; every run of the tests holds the short form."""
KEPT: Final = pytest.StashKey[list[Outcome]]()


def times(long: int, short: int = 1) -> int:
    """How often something fails in this run."""
    return long if LONG else short


@pytest.fixture
def outcomes(request: pytest.FixtureRequest) -> list[Outcome]:
    """The rows of the table so far."""
    return request.config.stash.setdefault(KEPT, [])


@pytest.fixture
def power(outcomes: list[Outcome]) -> Iterator[Disk | None]:
    """A disk of 192 MiB on the machine's own disk; None where it was refused, which the table tells."""
    yield from _disk(outcomes, "the data disk loses power")


@pytest.fixture
def full(outcomes: list[Outcome]) -> Iterator[Disk | None]:
    """The same, to be filled."""
    yield from _disk(outcomes, "the disk is full")


def _disk(outcomes: list[Outcome], fault: str) -> Iterator[Disk | None]:
    folder = Path(tempfile.mkdtemp(prefix="lms-disk-", dir="/var/tmp"))
    try:
        with disk(folder, mib=192) as made:
            yield made
    except NoDisk as lacking:
        outcomes.append(Outcome(fault, 0, refused=str(lacking)))
        yield None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cable(outcomes: list[Outcome]) -> Iterator[Network | None]:
    """A network for a browser."""
    try:
        with network() as made:
            yield made
    except NoNetwork as lacking:
        outcomes.append(Outcome("the browser is cut off", 0, refused=str(lacking)))
        yield None


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that no other test uses, since it is killed."""
    server = PostgresServer(Path(tempfile.mkdtemp(prefix="lms-postgres-", dir="/var/tmp")))
    yield server
    server.stop()


def seated_in(template: Path, folder: Path) -> tuple[str, list[Examinee]]:
    """A copy of the migrated database in `folder`, with officers who sit the small exam; its address and they."""
    shutil.copy(template, folder / "lms.db")
    address = f"sqlite:///{folder / 'lms.db'}"
    database = Database(address)
    examinees = seat(database)
    database.close()
    return address, examinees


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    found = config.stash.get(KEPT, [])
    if found:
        terminalreporter.section("faults")
        terminalreporter.write_line(table(found))
