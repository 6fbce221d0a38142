"""Rows as JSON lines that mean the same on every database, and a digest of a table that does not depend on their order."""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    String,
    TableClause,
    Text,
    Uuid,
    column,
    insert,
    select,
    table,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

BATCH: Final = 500
Same = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of one plain type are stored, and written into a line."""

    type: TypeEngine[Any]
    written: Same
    read: Same


def _same(value: Any) -> Any:
    return value


KINDS: Final = {
    "boolean": Kind(Boolean(), bool, bool),
    "integer": Kind(BigInteger(), _same, _same),
    "date": Kind(Date(), date.isoformat, date.fromisoformat),
    "uuid": Kind(Uuid(), lambda value: value.hex, uuid.UUID),
    "bytes": Kind(LargeBinary(), lambda value: base64.b64encode(value).decode(), base64.b64decode),
    "text": Kind(Text(), _same, _same),
}
PLAIN: Final = ((Boolean, "boolean"), (Integer, "integer"), (Date, "date"), (Uuid, "uuid"), (LargeBinary, "bytes"), (String, "text"))


@dataclass(frozen=True, slots=True)
class Shape:
    """A table's name and its columns with their kinds: all that is needed to read it and to fill it."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def table(self) -> TableClause:
        """The table as it is stored, without the types that the program puts upon it."""
        return table(self.name, *(column(name, KINDS[kind].type) for name, kind in self.columns))


def kind_of(stored: "Column[Any]") -> str:
    """The kind of a column. Raises TypeError for a type that backups do not know yet."""
    plain: TypeEngine[Any] = stored.type
    while isinstance(plain, TypeDecorator):
        plain = plain.impl_instance
    for known, kind in PLAIN:
        if isinstance(plain, known):
            return kind
    message = f"Backups do not know the type of {stored}: add it to lms/backup/rows.py."
    raise TypeError(message)


@dataclass(slots=True)
class Tally:
    """How many rows, and the sum of their SHA-256 digests: databases sort text differently, sums do not mind."""

    rows: int = 0
    _sum: int = field(default=0, repr=False)

    def add(self, line: bytes) -> None:
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line).digest(), "big")) % 2**256

    @property
    def digest(self) -> str:
        return f"{self._sum:064x}"


def lines_of(connection: Connection, shape: Shape) -> Iterator[bytes]:
    """Every row of a table as a line."""
    written = [KINDS[kind].written for _, kind in shape.columns]
    for row in connection.execute(select(shape.table), execution_options={"yield_per": BATCH}):
        values = [None if value is None else write(value) for write, value in zip(written, row, strict=True)]
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def fill(connection: Connection, shape: Shape, lines: Iterable[bytes]) -> None:
    """Add the rows of `lines` to a table."""
    names = [name for name, _ in shape.columns]
    reading = [KINDS[kind].read for _, kind in shape.columns]
    batch: list[dict[str, Any]] = []
    for line in lines:
        batch.append(dict(zip(names, _values(reading, json.loads(line)), strict=True)))
        if len(batch) == BATCH:
            connection.execute(insert(shape.table), batch)
            batch = []
    if batch:
        connection.execute(insert(shape.table), batch)


def _values(reading: Sequence[Same], written: Sequence[Any]) -> list[Any]:
    return [None if value is None else read(value) for read, value in zip(reading, written, strict=True)]


def tally_of(connection: Connection, shape: Shape) -> Tally:
    """Count and digest of what a table holds now."""
    tally = Tally()
    for line in lines_of(connection, shape):
        tally.add(line)
    return tally
