"""The database refuses what the house forbids."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.db.session import Database


def writes(session: Session) -> None:
    session.execute(text("INSERT INTO fact_register (hash, number, content, published_at) VALUES ('h', 1, '{}', 0)"))


def test_a_reading_session_is_refused_every_write_by_the_database(database: Database) -> None:
    with database.reading() as session, pytest.raises(DBAPIError):
        writes(session)


def _writes_then_fails(database: Database) -> None:
    with database.writing() as session:
        writes(session)
        raise ZeroDivisionError


def test_a_writing_session_leaves_nothing_behind_when_an_exception_passes(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        _writes_then_fails(database)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM fact_register")) == 0


def test_sqlite_settings_that_keep_answers_safe_hold_on_every_connection(sqlite: Database) -> None:
    for _ in range(3):
        with sqlite.engine.connect() as connection:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")
            }
        assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_reading_session_after_a_writing_one_on_the_same_connection_still_cannot_write(database: Database) -> None:
    for _ in range(2):
        with database.writing() as session:
            session.execute(text("SELECT 1"))
        with database.reading() as session, pytest.raises(DBAPIError):
            writes(session)
