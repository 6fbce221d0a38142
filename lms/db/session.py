"""Sessions: reading ones cannot write, writing ones take the lock first, and durability is asserted on every connection."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
POSTGRES_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")
LONGEST_WAIT = 30
"""Seconds that a transaction waits for others on SQLite."""


class NotDurable(RuntimeError):
    """The database could lose an answer it has acknowledged, so the site refuses to start on it."""


class Database:
    """One database, SQLite or PostgreSQL, with the two kinds of session the house knows.

    `engine` writes, `reader` reads. On SQLite each has connections of its own: making one connection refuse writes, or accept them
    again, would make SQLite prepare every statement anew, which costs more than the statements themselves.
    """

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        self._line = Lock()
        self.engine = _sqlite_engine(url) if self.sqlite else _postgres_engine(url)
        self.reader = (
            _sqlite_engine(url).execution_options(lms_reading=True)
            if self.sqlite
            else self.engine.execution_options(postgresql_readonly=True)
        )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one consistent state and is refused every write by the database itself."""
        with Session(self.reader, expire_on_commit=False, autoflush=False) as session:
            yield session  # closing it ends the transaction

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits at the end, or leaves nothing behind when an exception passes."""
        with self._turn(), Session(self.engine, expire_on_commit=False, info={"writing": True}) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait in line for SQLite's one write lock with the other threads of this process."""
        if not self.sqlite:
            yield
            return
        if not self._line.acquire(timeout=LONGEST_WAIT):
            raise TimeoutError("Another transaction has kept the database for too long.")
        try:
            yield
        finally:
            self._line.release()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        self.reader.dispose()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=24,
        hide_parameters=True,  # errors are logged, answers are not
        connect_args={"check_same_thread": False, "timeout": LONGEST_WAIT, "cached_statements": 512},
    )

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for name, value in SQLITE_PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")
        found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in SQLITE_PRAGMAS}
        if found != SQLITE_PRAGMAS:
            message = f"SQLite did not accept the settings that keep answers safe: {found}."
            raise NotDurable(message)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("lms_reading", False)
        driver: Any = connection.connection.driver_connection
        if connection.info.get("lms_reading") is not reading:
            driver.execute(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
            driver.execute(f"PRAGMA busy_timeout={LONGEST_WAIT * 1000 if reading else 0}")
            connection.info["lms_reading"] = reading
        if reading:
            driver.execute("BEGIN")
        else:
            _begin_writing(driver)

    return engine


def _begin_writing(driver: Any) -> None:
    """Take the write lock, asking every millisecond while another process has it.

    SQLite's own waiting backs off to a tenth of a second, in which whoever came later is served first.
    """
    until = monotonic() + LONGEST_WAIT
    while True:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(0.001)
        else:
            return


def _postgres_engine(url: str) -> Engine:
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
        hide_parameters=True,  # errors are logged, answers are not
    )

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            for name in POSTGRES_SETTINGS:
                if cursor.execute(f"SHOW {name}").fetchone()[0] in {"off", "local"}:
                    message = f"PostgreSQL runs with {name} off: an acknowledged answer could be lost. Turn it on."
                    raise NotDurable(message)
        connection.rollback()

    return engine
