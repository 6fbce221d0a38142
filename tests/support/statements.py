"""Counting what is asked of a database: every statement but BEGIN, COMMIT and the settings of a connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event

from lms.db.session import Database


@contextmanager
def statements_on(database: Database) -> Iterator[list[str]]:
    """The statements that `database` is asked while the block runs, in order."""
    heard: list[str] = []

    def hear(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        heard.append(" ".join(statement.split()))

    engines = {database.engine, database.reader}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", hear)


def is_write(statement: str) -> bool:
    """Whether the statement changes rows."""
    return statement.split(" ", 1)[0].upper() in {"INSERT", "UPDATE", "DELETE"}
