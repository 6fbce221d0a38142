"""The base of every table, and the list of tables that are only ever appended to."""

from typing import ClassVar

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """A remembered thing. With `__append_only__` its rows are never updated or deleted: triggers refuse both."""

    metadata = MetaData(naming_convention=NAMES)
    __append_only__: ClassVar[bool] = False


def append_only_tables() -> list[str]:
    """The names of the tables whose rows never change, in alphabetical order."""
    return sorted(str(mapper.local_table) for mapper in Base.registry.mappers if getattr(mapper.class_, "__append_only__", False))
