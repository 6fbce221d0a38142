"""Reading a backup from its first byte to its last, refusing whatever is not as it was written."""

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from lms.backup.making import FORMAT, Summary
from lms.backup.rows import KINDS, Shape, Tally
from lms.backup.sealed import Damaged, Opening
from lms.db import migrate
from lms.kernel.errors import Invalid

BROKEN = "The backup does not hold what it says: {what}."


class FromAnotherRelease(Invalid):
    """The backup has a form or a schema that this release does not know."""


@dataclass(frozen=True, slots=True)
class TableOf:
    """A table: its rows come one line at a time, and are checked as they do."""

    shape: Shape
    lines: Iterator[bytes]
    tally: Tally


@dataclass(frozen=True, slots=True)
class FileOf:
    """A file of the data folder."""

    path: PurePosixPath
    content: bytes


Part = TableOf | FileOf


class Reader:
    """The parts of a backup, in order. `revision` is the schema that its rows have; `summary` is known at the end."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._stream = io.BufferedReader(Opening(file, passphrase), 1024 * 1024)
        header = self._next()
        self.revision = str(header.get("revision"))
        if header.get("format") != FORMAT or not migrate.exists(self.revision):
            raise FromAnotherRelease("This backup was made by a later release. Install that release, then restore.")
        self.summary: Summary | None = None

    def parts(self) -> Iterator[Part]:
        """Every table, then every file. Take all the lines of a table before asking for the next part."""
        tables = rows = files = 0
        while "end" not in (entry := self._next()):
            if "table" in entry:
                part = self._table(entry)
                yield part
                tables, rows = tables + 1, rows + part.tally.rows
            else:
                yield self._file(entry)
                files += 1
        _insist([tables, rows, files] == [entry.get("tables"), entry.get("rows"), entry.get("files")], "its counts differ")
        _insist(not self._stream.read(1), "something follows its end")
        self.summary = Summary(tables, rows, files, self.revision)

    def _table(self, entry: dict[str, Any]) -> TableOf:
        columns = tuple((str(name), str(kind)) for name, kind in entry["columns"])
        _insist(all(kind in KINDS for _, kind in columns), "a column has an unknown kind")
        tally = Tally()
        return TableOf(Shape(str(entry["table"]), columns), self._lines(str(entry["table"]), tally), tally)

    def _lines(self, name: str, tally: Tally) -> Iterator[bytes]:
        while (line := self._stream.readline()).startswith(b"["):
            tally.add(line)
            yield line
        end = _parsed(line)
        _insist([end.get("rows"), end.get("digest")] == [tally.rows, tally.digest], f"the table {name} differs")

    def _file(self, entry: dict[str, Any]) -> FileOf:
        path = PurePosixPath(entry["file"])
        _insist(not path.is_absolute() and ".." not in path.parts, "a file stands outside the data folder")
        content = self._stream.read(int(entry["size"]))
        _insist(hashlib.sha256(content).hexdigest() == entry["sha256"] and self._stream.read(1) == b"\n", f"the file {path} differs")
        return FileOf(path, content)

    def _next(self) -> dict[str, Any]:
        return _parsed(self._stream.readline())


def verify(file: Path, passphrase: str) -> Summary:
    """Read the whole backup and check every part of it. Raises before anything is written anywhere."""
    with file.open("rb") as opened:
        reader = Reader(opened, passphrase)
        for part in reader.parts():
            if isinstance(part, TableOf):
                for _ in part.lines:
                    pass
    _insist(reader.summary is not None, "it has no end")
    assert reader.summary is not None  # noqa: S101 - insisted upon in the line above
    return reader.summary


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    _insist(isinstance(found, dict), "a line cannot be read")
    return dict(found)


def _insist(holds: bool, what: str) -> None:
    if not holds:
        raise Damaged(BROKEN.format(what=what))
