"""Making a backup while the site runs: one reading transaction for the tables, then the files, which never change."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import Connection, make_url

from lms.accounts.rules import SYSTEM
from lms.app import features
from lms.audit import service as audit
from lms.backup.rows import Shape, Tally, kind_of, lines_of
from lms.backup.sealed import Sealing
from lms.db import migrate
from lms.db.base import Base
from lms.db.session import Database
from lms.kernel.errors import Conflict, Invalid
from lms.settings import Settings
from lms.web.site import Site

FORMAT: Final = 1
NOT_KEPT: Final = frozenset({"lease", "user_session"})
"""Tables whose rows mean nothing elsewhere: after restoring, everyone signs in again and whoever works takes the lease."""
NOT_COPIED: Final = frozenset({"static", "checkpoints"})
"""Folders that are made again. A file of checkpoints may be newer than the tables that were read before it; the rows have them all."""
Say = Callable[[str], None]


class FileExists(Conflict):
    """A backup never replaces another file."""


class BadPlace(Invalid):
    """The file cannot be written there."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup holds."""

    tables: int
    rows: int
    files: int
    revision: str


def backup(site: Site, file: Path, *, passphrase: str, say: Say) -> Summary:
    """Write everything into `file`, sealed with `passphrase`; the file appears complete or not at all. The site may go on running."""
    _check(site, file)
    part = file.with_name(f".{file.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            summary = _write(site, opened, passphrase, say)
            opened.flush()
            os.fsync(opened.fileno())
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    with site.database.writing() as session:
        details = {"rows": summary.rows, "files": summary.files, "revision": summary.revision}
        now = site.clock.now()
        audit.record(session, actor=SYSTEM, action="made a backup", object_type="backup", object_id=file.name, details=details, now=now)
    return summary


def _check(site: Site, file: Path) -> None:
    if file.exists():
        raise FileExists(f"{file} exists already. Choose another name: a backup never replaces a file.")
    if not file.parent.is_dir():
        raise BadPlace(f"There is no folder {file.parent}.")
    if file.resolve().is_relative_to(site.settings.data.resolve()):
        raise BadPlace("Choose a place outside the data folder: what happens to the one should not happen to the other.")
    if not migrate.is_current(site.database):
        raise Conflict("The database lacks migrations of this release. Start the site once, then back it up.")


def _write(site: Site, file: BinaryIO, passphrase: str, say: Say) -> Summary:
    sealing = Sealing(file, passphrase)
    shapes, revision = shapes_of_all(), migrate.newest() or ""
    _line(sealing, {"format": FORMAT, "revision": revision, "made_at": site.clock.now().isoformat()})
    with snapshot(site.database) as connection:
        rows = sum(_write_table(sealing, connection, shape, say) for shape in shapes)
    files = list(files_of(site.settings))
    say(f"Copying {len(files)} files")
    for path in files:
        _write_file(sealing, path, site.settings.data)
    _line(sealing, {"end": True, "tables": len(shapes), "rows": rows, "files": len(files)})
    sealing.finish()
    return Summary(len(shapes), rows, len(files), revision)


def shapes_of_all() -> list[Shape]:
    """Every table that is kept, so ordered that each follows those it points to."""
    features("models")
    return [
        Shape(str(table.name), tuple((column.name, kind_of(column)) for column in table.columns))
        for table in Base.metadata.sorted_tables
        if table.name not in NOT_KEPT
    ]


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """A connection that sees one state of the whole database, however long it reads and whoever writes meanwhile."""
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with database.engine.connect() as connection:
        yield connection.execution_options(**({"lms_reading": True} if database.sqlite else options))


def _write_table(sealing: Sealing, connection: Connection, shape: Shape, say: Say) -> int:
    _line(sealing, {"table": shape.name, "columns": shape.columns})
    tally = Tally()
    for line in lines_of(connection, shape):
        tally.add(line)
        sealing.write(line)
    if tally.rows:
        say(f"{shape.name}: {tally.rows} rows")
    _line(sealing, {"rows": tally.rows, "digest": tally.digest})
    return tally.rows


def files_of(settings: Settings) -> Iterator[Path]:
    """The files of the data folder, apart from the database itself and what can be made again."""
    database = Path(make_url(settings.database).database or "").resolve()
    siblings = {database.with_name(f"{database.name}{ending}") for ending in ("", "-wal", "-shm", "-journal")}
    for folder, inner, names in os.walk(settings.data, followlinks=True):
        inner[:] = sorted(name for name in inner if name not in NOT_COPIED and not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and (Path(folder) / name).resolve() not in siblings:
                yield Path(folder) / name


def _write_file(sealing: Sealing, path: Path, data: Path) -> None:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    _line(sealing, {"file": path.relative_to(data).as_posix(), "size": len(content), "sha256": digest})
    sealing.write(content + b"\n")


def _line(sealing: Sealing, value: dict[str, Any]) -> None:
    sealing.write(json.dumps(value).encode() + b"\n")
