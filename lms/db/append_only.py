"""Triggers that refuse UPDATE and DELETE on tables whose rows are never changed."""

from sqlalchemy import Connection

REFUSAL = "rows of this table are never changed"
SQLITE_BODY = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
POSTGRES_CALL = "EXECUTE FUNCTION lms_refuse_change()"
POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION lms_refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$ LANGUAGE plpgsql
"""


def protect(connection: Connection, table: str) -> None:
    """From now on the database itself refuses to change or delete rows of `table`. Doing it again changes nothing."""
    for statement in _sqlite(table) if connection.dialect.name == "sqlite" else _postgres(table):
        connection.exec_driver_sql(statement)


def _sqlite(table: str) -> list[str]:
    return [
        f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{verb}" BEFORE {verb.upper()} ON "{table}" {SQLITE_BODY}'
        for verb in ("update", "delete")
    ]


def _postgres(table: str) -> list[str]:
    return [
        POSTGRES_FUNCTION,
        f'CREATE OR REPLACE TRIGGER "{table}_no_change" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW {POSTGRES_CALL}',
        f'CREATE OR REPLACE TRIGGER "{table}_no_truncate" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {POSTGRES_CALL}',
    ]
