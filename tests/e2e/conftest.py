"""A running site with its real course for a real browser."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from lms.app import create_app, open_site
from lms.certificates import keyring
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.settings import Settings
from tests.e2e.actors import Stage
from tests.e2e.desk import Desk
from tests.support.exam_room import Room, furnish
from tests.support.live import chromium, free_port, live_site
from tests.support.mixed import mixed_room


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each module: while one is open its event loop runs in this thread, in which then nothing can sign."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def specimen() -> bool:
    """Whether the keys of the stage make specimens; the demonstration's do."""
    return False


@pytest.fixture
def stage(browser: Browser, published_sqlite: Path, clock: FrozenClock, tmp_path: Path, *, specimen: bool) -> Iterator[Stage]:
    """The site on a port, its content published, its keys made; nobody is there yet."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(published_sqlite, data / "lms.db")
    port = free_port()
    settings = Settings(data=data, compress=False, base_url=f"http://localhost:{port}")
    site = open_site(settings, clock=clock, database=Database(settings.database))
    keyring.found(data, name=settings.authority_name, specimen=specimen, now=clock.now())
    with live_site(create_app(site), site, clock, port=port) as live:
        made = Stage(browser, live, tmp_path)
        yield made
        made.close()
    site.database.close()


@pytest.fixture
def desk(browser: Browser, migrated_sqlite: Path, clock: FrozenClock, tmp_path: Path) -> Iterator[Desk]:
    """A small exam under way."""
    with _desk_in(furnish, browser, migrated_sqlite, clock, tmp_path) as made:
        yield made


@pytest.fixture
def mixed_desk(browser: Browser, migrated_sqlite: Path, clock: FrozenClock, tmp_path: Path) -> Iterator[Desk]:
    """An exam under way with a question of every type."""
    with _desk_in(mixed_room, browser, migrated_sqlite, clock, tmp_path) as made:
        yield made


@contextmanager
def _desk_in(furnished: Callable[..., Room], browser: Browser, migrated_sqlite: Path, clock: FrozenClock, tmp_path: Path) -> Iterator[Desk]:
    shutil.copy(migrated_sqlite, tmp_path / "lms.db")
    settings = Settings(data=tmp_path, compress=False)
    site = open_site(settings, clock=clock, database=Database(settings.database))
    with site.database.writing() as session:
        room = furnished(session, now=clock.now())
        attempt = room.starts(session, now=clock.now())
    with live_site(create_app(site), site, clock) as live:
        yield Desk(live, room, attempt, browser)
    for context in browser.contexts:
        context.close()
    site.database.close()
