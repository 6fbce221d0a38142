"""An installation under a ledger, on both databases."""

from pathlib import Path

import pytest

from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.ledger.seals import Archive, archive


@pytest.fixture
def kept(database: Database, clock: FrozenClock, tmp_path: Path) -> Archive:
    return archive(database, clock, tmp_path / "data")
