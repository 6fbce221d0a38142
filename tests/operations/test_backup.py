"""A backup taken while people work, restored elsewhere and compared; and every file that is refused."""

import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from lms.accounts.models import Invitation
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.accounts.service import invite
from lms.app import open_site
from lms.audit.models import AuditEntry
from lms.backup import sealed
from lms.backup.making import FileExists, backup, shapes_of_all
from lms.backup.reading import FromAnotherRelease
from lms.backup.restoring import NotEmpty, restore
from lms.backup.rows import tally_of
from lms.backup.sealed import Damaged, NoBackup, Opening, Sealing, WeakPassphrase, WrongPassphrase
from lms.certificates import keyring
from lms.cli import main
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.kernel.errors import Invalid
from lms.settings import Settings
from lms.web.site import Site
from tests.support.cast import cast_of
from tests.support.databases import PostgresServer
from tests.support.factories import a_bank, a_class, a_completion, an_enrollment

PASSPHRASE = "fiddler crabs at dusk"
PAPER = b"%PDF-1.7 a paper of some length " * 5000


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessing at passphrases is made cheap here; one test below measures nothing but uses the real cost."""
    monkeypatch.setattr(sealed, "WORK", 2**10)
    monkeypatch.setattr(sealed, "CHUNK", 32 * 1024)


@pytest.fixture
def working(database: Database, clock: FrozenClock, tmp_path: Path) -> Site:
    """A site with people, a class, papers and keys."""
    address = database.engine.url.render_as_string(hide_password=False)
    site = open_site(Settings(data=tmp_path / "data", database_url=address), clock=clock, database=database)
    keyring.found(site.settings.data, name="Test authority", specimen=True, now=clock.now())
    site.blobs.put(PAPER)
    with database.writing() as session:
        now = clock.now()
        cast, offering = cast_of(session, now=now), a_class(session, now=now)
        a_bank(session, now=now)
        enrollment = an_enrollment(session, person=cast.officer, offering_id=offering, now=now)
        a_completion(session, enrollment_id=enrollment, number=1, now=now)
    return site


def quiet(_: str) -> None:
    """Nobody listens."""


def made(site: Site, tmp_path: Path) -> Path:
    file = tmp_path / "backup.lms"
    backup(site, file, passphrase=PASSPHRASE, say=quiet)
    return file


@contextmanager
def empty_postgres(server: PostgresServer) -> Iterator[Database]:
    with server.fresh_database() as database:
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """An empty place on either database."""
    settings = Settings(data=tmp_path / "elsewhere")
    with ExitStack() as stack:
        if request.param == "postgresql":
            empty = stack.enter_context(empty_postgres(request.getfixturevalue("postgres_server")))
            settings = replace(settings, database_url=empty.engine.url.render_as_string(hide_password=False))
        yield settings


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database)
    yield database
    database.close()


def tallies(connection: Connection) -> dict[str, str]:
    return {shape.name: tally_of(connection, shape).digest for shape in shapes_of_all()}


def contents(data: Path) -> dict[str, bytes]:
    return {str(path.relative_to(data)): path.read_bytes() for path in data.rglob("*") if path.is_file() and "lms.db" not in path.name}


def test_everything_is_restored_on_either_database_from_either_and_guarded_as_before(
    working: Site, elsewhere: Settings, clock: FrozenClock, tmp_path: Path
) -> None:
    with working.database.engine.connect() as connection:
        before = tallies(connection)
    restore(made(working, tmp_path), elsewhere, passphrase=PASSPHRASE, clock=clock, say=quiet)
    assert contents(elsewhere.data) == contents(working.settings.data)
    assert PAPER in contents(elsewhere.data).values()
    assert keyring.load(elsewhere.data).specimen
    modes = {stat.S_IMODE(path.stat().st_mode) for path in elsewhere.data.rglob("*") if path.is_file() and "lms.db" not in path.name}
    assert modes == {0o600}
    with opened(elsewhere) as database:
        with database.engine.connect() as connection:
            after = tallies(connection)
        assert {name for name in before if before[name] != after[name]} == {"audit_entry", "ledger_waiting"}, "which tell of the restoring"
        with database.reading() as session:
            told = select(AuditEntry.action).where(AuditEntry.object_type == "backup")
            assert list(session.scalars(told)) == ["restored a backup"]
        with pytest.raises(DBAPIError, match="never changed"), database.writing() as session:
            session.execute(text("DELETE FROM audit_entry"))


def test_a_backup_taken_while_people_work_shows_one_moment(working: Site, clock: FrozenClock, tmp_path: Path) -> None:
    stop, acknowledged = Event(), [0]

    def work() -> None:
        while not stop.is_set():
            with working.database.writing() as session:
                now = clock.now()
                invite(session, actor=SYSTEM, email="a@b.gov", name="A", role=Role.PROCTOR, agency_id=None, now=now)
            acknowledged[0] += 1

    thread = Thread(target=work)
    thread.start()
    while acknowledged[0] < 20:
        pass
    before = acknowledged[0]
    file = made(working, tmp_path)
    during = acknowledged[0]
    stop.set()
    thread.join()
    assert during > before, "nothing was written while the backup was taken"
    settings = Settings(data=tmp_path / "elsewhere")
    restore(file, settings, passphrase=PASSPHRASE, clock=clock, say=quiet)
    with opened(settings) as database, database.reading() as session:
        invited = session.scalar(select(func.count()).where(Invitation.email == "a@b.gov")) or 0
        told = session.scalar(select(func.count()).where(AuditEntry.action == "invited a person"))
        assert before <= invited <= during + 1
        assert told == session.scalar(select(func.count()).select_from(Invitation))


@pytest.fixture
def little(sqlite: Database, clock: FrozenClock, tmp_path: Path) -> Site:
    """A site that holds nothing but a paper."""
    site = open_site(Settings(data=tmp_path / "data", database_url=str(sqlite.engine.url)), clock=clock, database=sqlite)
    site.blobs.put(PAPER)
    return site


@pytest.fixture
def small(little: Site, tmp_path: Path) -> Path:
    """Its backup, in several chunks."""
    return made(little, tmp_path)


def refused(file: Path, tmp_path: Path, clock: FrozenClock, passphrase: str = PASSPHRASE) -> type[Invalid]:
    """How restoring is refused; nothing may be written."""
    settings = Settings(data=tmp_path / "nowhere")
    with pytest.raises(Invalid) as refusal:
        restore(file, settings, passphrase=passphrase, clock=clock, say=quiet)
    assert str(refusal.value).endswith((".", "release, then restore."))
    assert not settings.data.exists()
    return refusal.type


def test_another_passphrase_is_refused_and_nothing_is_written(small: Path, tmp_path: Path, clock: FrozenClock) -> None:
    assert refused(small, tmp_path, clock, "fiddler crabs at dawn") is WrongPassphrase


@pytest.mark.parametrize("place", [0.3, 0.6, 0.999])
def test_a_changed_byte_is_refused_and_nothing_is_written(small: Path, tmp_path: Path, clock: FrozenClock, place: float) -> None:
    damaged = bytearray(small.read_bytes())
    damaged[int(len(damaged) * place)] ^= 1
    small.write_bytes(damaged)
    assert refused(small, tmp_path, clock) is Damaged


@pytest.mark.parametrize("kept", [-1, 68 + 32 * 1024 + 16, 68 + 5])
def test_a_file_that_was_cut_short_is_refused_and_nothing_is_written(small: Path, tmp_path: Path, clock: FrozenClock, kept: int) -> None:
    small.write_bytes(small.read_bytes()[:kept])
    assert refused(small, tmp_path, clock) is Damaged


def test_swapped_and_joined_chunks_are_refused(small: Path, tmp_path: Path, clock: FrozenClock) -> None:
    whole, size = small.read_bytes(), 32 * 1024 + 16
    first, second, rest = whole[68 : 68 + size], whole[68 + size : 68 + 2 * size], whole[68 + 2 * size :]
    for changed in (second + first + rest, first + rest, first + second + rest + rest[-size:]):
        small.write_bytes(whole[:68] + changed)
        assert refused(small, tmp_path, clock) is Damaged


def test_another_file_is_refused(tmp_path: Path, clock: FrozenClock) -> None:
    other = tmp_path / "holiday.zip"
    other.write_bytes(b"PK\x03\x04" * 100)
    assert refused(other, tmp_path, clock) is NoBackup


def test_a_backup_of_a_later_release_is_refused(tmp_path: Path, clock: FrozenClock) -> None:
    later = tmp_path / "later.lms"
    with later.open("wb") as file:
        sealing = Sealing(file, PASSPHRASE)
        sealing.write(b'{"format": 1, "revision": "9999"}\n')
        sealing.finish()
    assert refused(later, tmp_path, clock) is FromAnotherRelease


def test_a_file_that_was_never_finished_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "torn.lms"
    with path.open("wb") as file:
        Sealing(file, PASSPHRASE).write(b"x" * 100_000)
    with path.open("rb") as file, pytest.raises(Damaged):
        Opening(file, PASSPHRASE).readall()


def test_a_place_that_is_not_empty_is_left_alone(small: Path, little: Site, tmp_path: Path, clock: FrozenClock) -> None:
    before = contents(little.settings.data)
    with pytest.raises(NotEmpty, match="is not empty"):
        restore(small, little.settings, passphrase=PASSPHRASE, clock=clock, say=quiet)
    with pytest.raises(NotEmpty, match="tables"):
        restore(small, replace(little.settings, data=tmp_path / "new"), passphrase=PASSPHRASE, clock=clock, say=quiet)
    assert contents(little.settings.data) == before
    assert not (tmp_path / "new").exists()


def test_a_database_that_is_not_empty_is_left_alone_on_postgresql(
    small: Path, postgres_server: PostgresServer, tmp_path: Path, clock: FrozenClock
) -> None:
    with postgres_server.fresh_database() as taken:
        settings = Settings(data=tmp_path / "new", database_url=taken.engine.url.render_as_string(hide_password=False))
        with pytest.raises(NotEmpty, match="tables"):
            restore(small, settings, passphrase=PASSPHRASE, clock=clock, say=quiet)
    assert not (tmp_path / "new").exists()


def test_a_backup_replaces_no_file_and_stays_out_of_the_data_folder(little: Site, tmp_path: Path) -> None:
    file = made(little, tmp_path)
    with pytest.raises(FileExists):
        backup(little, file, passphrase=PASSPHRASE, say=quiet)
    with pytest.raises(Invalid, match="outside the data folder"):
        backup(little, little.settings.data / "b", passphrase=PASSPHRASE, say=quiet)
    with pytest.raises(WeakPassphrase):
        backup(little, tmp_path / "other", passphrase="short", say=quiet)
    assert sorted(path.name for path in tmp_path.iterdir() if "backup" in path.name or "other" in path.name) == ["backup.lms"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nothing_of_what_a_backup_holds_can_be_read_in_it(small: Path) -> None:
    assert b"%PDF" not in small.read_bytes()
    assert b"audit_entry" not in small.read_bytes()


def test_the_commands_ask_for_the_passphrase_and_tell_what_they_did(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the real cost of a guess
    address, file = str(sqlite.engine.url), str(tmp_path / "file")
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    made = CliRunner().invoke(main, ["--data", first, "backup", file], env={"LMS_DATABASE_URL": address}, input=f"{PASSPHRASE}\n" * 2)
    assert made.exit_code == 0, made.output
    wrong = CliRunner().invoke(main, ["--data", second, "restore", file], env={"LMS_BACKUP_PASSPHRASE": "some other words"})
    assert (wrong.exit_code, "is not the one this backup was made with" in wrong.output) == (1, True)
    done = CliRunner().invoke(main, ["--data", second, "restore", file], env={"LMS_BACKUP_PASSPHRASE": PASSPHRASE})
    assert done.exit_code == 0, done.output
    assert "Everyone signs in again" in done.output
    with opened(Settings(data=tmp_path / "second")) as database:
        assert "user_session" in inspect(database.engine).get_table_names()
