"""Bringing a database to the newest schema."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from lms.db.session import Database

MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 287_000_001
"""The PostgreSQL advisory lock under which machines that start together migrate one after the other."""


def upgrade(database: Database, revision: str = "head") -> None:
    """Run every migration that the database has not had yet, in one transaction."""
    with database.engine.begin() as connection:
        upgrade_on(connection, revision)


def upgrade_on(connection: Connection, revision: str = "head") -> None:
    """The same inside a transaction that the caller commits."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def is_current(database: Database) -> bool:
    """Whether the database has had every migration."""
    with database.reading() as session:
        return revision_of(session) == newest()


def revision_of(session: Session) -> str | None:
    """The migration that the database had last; None when it had none."""
    return MigrationContext.configure(session.connection()).get_current_revision()


@cache
def newest() -> str | None:
    """The last migration of this release."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def exists(revision: str) -> bool:
    """Whether this release knows the migration `revision`."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(configuration()).walk_revisions())


def configuration() -> Config:
    """Alembic's configuration, which needs no file of its own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
