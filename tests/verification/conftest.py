"""An installation with keys and a trained officer, whose pages anybody may ask."""

from pathlib import Path

import pytest

from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.certificates.desk import Desk, desk, keys_in


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keys_in(tmp_path_factory.mktemp("installation"))


@pytest.fixture
def office(sqlite: Database, clock: FrozenClock, tmp_path: Path, keys: Path) -> Desk:
    return desk(sqlite, clock, data=tmp_path / "data", keys=keys)


@pytest.fixture
def number(office: Desk) -> str:
    """The number of Dana Rivera's certificate, whose paper is made."""
    return office.certifies(office.trains())
