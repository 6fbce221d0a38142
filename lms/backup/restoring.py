"""Restoring a backup into an empty place: checked whole before anything is written, and compared again with what was written."""

import hashlib
import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final

from sqlalchemy import Connection, inspect, make_url
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.audit import service as audit
from lms.backup import rows
from lms.backup.making import Say, Summary
from lms.backup.reading import FileOf, Reader, TableOf, verify
from lms.backup.rows import Shape, Tally, tally_of
from lms.certificates.keyfiles import sync_folder
from lms.db import migrate
from lms.db.session import Database
from lms.kernel.clock import Clock
from lms.kernel.errors import Conflict
from lms.settings import Settings

STAGING: Final = ".restoring"


class NotEmpty(Conflict):
    """There is something where the backup would go."""


class DiffersAfterwards(Conflict):
    """What was written is not what the backup holds; nothing of it was kept."""


@dataclass(slots=True)
class Written:
    """What restoring has written so far, to be compared afterwards."""

    tables: list[tuple[Shape, Tally]] = field(default_factory=list)
    files: list[tuple[PurePosixPath, str]] = field(default_factory=list)


def restore(file: Path, settings: Settings, *, passphrase: str, clock: Clock, say: Say) -> Summary:
    """Put everything that `file` holds into the data folder and database of `settings`, both of which must be empty."""
    refuse_unless_empty(settings)
    say("Checking the whole backup before anything is written.")
    summary = verify(file, passphrase)
    staging = settings.data / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    staging.mkdir(mode=0o700)
    database = Database(replace(settings, data=staging).database)
    try:
        with database.engine.begin() as connection:
            _restore_into(connection, staging, file, passphrase, say)
            _record(connection, file, summary, clock)
    except BaseException:
        shutil.rmtree(staging)
        raise
    finally:
        database.close()
    _take_place(staging, settings)
    return summary


def refuse_unless_empty(settings: Settings) -> None:
    """Raise NotEmpty when the data folder or the database holds anything."""
    data = settings.data
    if data.exists() and any(path.name != STAGING for path in data.iterdir()):
        raise NotEmpty(f"{data} is not empty. Restore into a new data folder with --data, or move this one away.")
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return
    database = Database(settings.database)
    try:
        found = inspect(database.engine).get_table_names()
    finally:
        database.close()
    if found:
        raise NotEmpty(f"The database holds {len(found)} tables. Restore into a new, empty database.")


def _restore_into(connection: Connection, staging: Path, file: Path, passphrase: str, say: Say) -> None:
    written = Written()
    with file.open("rb") as opened:
        reader = Reader(opened, passphrase)
        migrate.upgrade_on(connection, reader.revision)
        for part in reader.parts():
            if isinstance(part, TableOf):
                rows.fill(connection, part.shape, part.lines)
                written.tables.append((part.shape, part.tally))
                if part.tally.rows:
                    say(f"{part.shape.name}: {part.tally.rows} rows")
            else:
                _write_file(staging, part, written)
    say("Comparing what was written with the backup.")
    _compare(connection, staging, written)
    migrate.upgrade_on(connection)


def _write_file(staging: Path, part: FileOf, written: Written) -> None:
    path = staging / part.path
    for folder in reversed(path.relative_to(staging).parents):
        (staging / folder).mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(part.content)
        opened.flush()
        os.fsync(opened.fileno())
    written.files.append((part.path, hashlib.sha256(part.content).hexdigest()))


def _compare(connection: Connection, staging: Path, written: Written) -> None:
    for shape, expected in written.tables:
        if tally_of(connection, shape) != expected:
            raise DiffersAfterwards(f"The table {shape.name} is not as in the backup after writing it. Nothing was restored.")
    for path, digest in written.files:
        if hashlib.sha256((staging / path).read_bytes()).hexdigest() != digest:
            raise DiffersAfterwards(f"The file {path} is not as in the backup after writing it. Nothing was restored.")


def _record(connection: Connection, file: Path, summary: Summary, clock: Clock) -> None:
    details = {"rows": summary.rows, "files": summary.files, "revision": summary.revision}
    with Session(connection) as session:
        audit.record(
            session, actor=SYSTEM, action="restored a backup", object_type="backup", object_id=file.name, details=details, now=clock.now()
        )
        session.flush()


def _take_place(staging: Path, settings: Settings) -> None:
    """Move what was restored into the data folder, the database last: without it the folder is no installation yet."""
    for path in sorted(staging.iterdir(), key=lambda path: path.name.startswith("lms.db")):
        path.rename(settings.data / path.name)
    staging.rmdir()
    sync_folder(settings.data)
