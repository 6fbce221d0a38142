"""Triggers that refuse UPDATE and DELETE on tables whose rows are never changed."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

REFUSAL = "rows of this table are never changed"
SQLITE_BODY = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
DISPOSING = "EXISTS (SELECT 1 FROM disposal_open)"
POSTGRES_CALL = "EXECUTE FUNCTION lms_refuse_change()"
POSTGRES_CALL_UNLESS_DISPOSING = "EXECUTE FUNCTION lms_refuse_change_unless_disposing()"
POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION lms_refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$ LANGUAGE plpgsql
"""
POSTGRES_FUNCTION_UNLESS_DISPOSING = f"""
CREATE OR REPLACE FUNCTION lms_refuse_change_unless_disposing() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'DELETE' AND {DISPOSING} THEN RETURN OLD; END IF;
  RAISE EXCEPTION '{REFUSAL}';
END $$ LANGUAGE plpgsql
"""


def protect(connection: Connection, table: str) -> None:
    """From now on the database itself refuses to change or delete rows of `table`. Doing it again changes nothing."""
    for statement in _sqlite(table) if connection.dialect.name == "sqlite" else _postgres(table):
        connection.exec_driver_sql(statement)


def allow_disposal(connection: Connection, table: str) -> None:
    """Rows of a protected `table` may be deleted from now on, but only inside a disposal that two persons have agreed on."""
    for statement in _sqlite_disposable(table) if connection.dialect.name == "sqlite" else _postgres_disposable(table):
        connection.exec_driver_sql(statement)


@contextmanager
def recasting(connection: Connection, table: str) -> Iterator[None]:
    """Inside, a migration may carry the rows of a protected `table` into another form that says the same; afterwards all is as before."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        yield
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        return
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
    made = connection.exec_driver_sql(asked, (table,)).all()
    for name, _ in made:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, statement in made:
        connection.exec_driver_sql(statement)


def _sqlite(table: str) -> list[str]:
    return [
        f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{verb}" BEFORE {verb.upper()} ON "{table}" {SQLITE_BODY}'
        for verb in ("update", "delete")
    ]


def _sqlite_disposable(table: str) -> list[str]:
    return [
        f'DROP TRIGGER "{table}_no_delete"',
        f'CREATE TRIGGER "{table}_no_delete" BEFORE DELETE ON "{table}" WHEN NOT {DISPOSING} {SQLITE_BODY}',
    ]


def _postgres(table: str) -> list[str]:
    return [
        POSTGRES_FUNCTION,
        f'CREATE OR REPLACE TRIGGER "{table}_no_change" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW {POSTGRES_CALL}',
        f'CREATE OR REPLACE TRIGGER "{table}_no_truncate" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {POSTGRES_CALL}',
    ]


def _postgres_disposable(table: str) -> list[str]:
    call = POSTGRES_CALL_UNLESS_DISPOSING
    return [
        POSTGRES_FUNCTION_UNLESS_DISPOSING,
        f'CREATE OR REPLACE TRIGGER "{table}_no_change" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW {call}',
    ]
