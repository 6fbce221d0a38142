"""Fixtures that every test may ask for: a migrated database of each kind, a frozen clock and the site on it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.app import create_app, open_site
from lms.db.blobs import MemoryBlobs
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.settings import Settings
from lms.web.application import Application
from lms.web.site import Site
from tests.support.databases import PostgresServer, sqlite_template
from tests.support.once import made_once, quick_folder, turn
from tests.support.shelf import publish_everything

os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(quick_folder()))  # pytest's own word for where its folders lie


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One for all processes of the run, in a folder outside pytest's own: pytest closes that to other users, and the server runs as one."""
    with turn(tmp_path_factory, "postgres") as note:
        if not note.exists() or not Path(note.read_text(encoding="utf-8")).exists():
            note.write_text(tempfile.mkdtemp(prefix="lms-postgres-", dir=quick_folder()), encoding="utf-8")
        server = PostgresServer(Path(note.read_text(encoding="utf-8")))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "migrated.db", sqlite_template)


@pytest.fixture(scope="session")
def published_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which the shipped courses and banks are published, to copy from."""

    def publish(path: Path) -> None:
        shutil.copy(migrated_sqlite, path)
        publish_everything(path)

    return made_once(tmp_path_factory, "published.db", publish)


@pytest.fixture
def sqlite(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "lms.db"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A fresh, migrated database; each test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.fresh_database() as found:
        yield found


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writing() as opened:
        yield opened


@pytest.fixture
def site(sqlite: Database, clock: FrozenClock, tmp_path: Path) -> Site:
    settings = Settings(data=tmp_path / "data", compress=False)
    return open_site(settings, clock=clock, database=sqlite, blobs=MemoryBlobs())


@pytest.fixture
def app(site: Site) -> Application:
    made = create_app(site)
    made.config["TESTING"] = False
    return made
