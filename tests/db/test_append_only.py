"""Tables that are only appended to refuse UPDATE and DELETE after every migration, on both databases."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from lms.app import features
from lms.db import migrate
from lms.db.base import Base, append_only_tables
from lms.db.session import Database

features("models")


def test_every_append_only_table_is_guarded_against_update_and_delete(database: Database) -> None:
    unguarded = {table: missing for table in append_only_tables() if (missing := {"update", "delete"} - _guards(database, table))}
    assert not unguarded


def _guards(database: Database, table: str) -> set[str]:
    if database.sqlite:
        asked = "SELECT lower(sql) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
    else:
        asked = "SELECT lower(event_manipulation) FROM information_schema.triggers WHERE event_object_table = :table"
    with database.engine.connect() as connection:
        found = " ".join(connection.execute(text(asked), {"table": table}).scalars())
    return {verb for verb in ("update", "delete") if verb in found}


def test_a_row_of_an_append_only_table_can_be_neither_changed_nor_deleted(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("INSERT INTO fact_register (hash, number, content, published_at) VALUES ('h', 1, '{}', 0)"))
    for statement in ("UPDATE fact_register SET number = 2", "DELETE FROM fact_register"):
        with pytest.raises(DBAPIError, match="never changed"), database.writing() as session:
            session.execute(text(statement))


def test_the_migrated_schema_is_the_schema_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_can_be_undone_and_run_again(database: Database) -> None:
    with database.engine.begin() as connection:
        config = migrate.configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}
    migrate.upgrade(database)
    assert migrate.is_current(database)
