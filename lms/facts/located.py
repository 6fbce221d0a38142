"""TOML files read table by table, so that each value keeps its line and one broken table never hides the others."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.facts.faults import Fault
from lms.facts.fields import Fields

HEADER = re.compile(r"^\[\[([A-Za-z0-9_-]+)\]\]\s*(?:#.*)?$")
NESTED = re.compile(r"^\s*\[\[?[A-Za-z0-9_-]+\.([A-Za-z0-9_.-]+)\]\]?\s*(?:#.*)?$")
KEY = re.compile(r"^\s*\"?([A-Za-z0-9_.-]+)\"?\s*=")
PLACE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its values, the line of its header, the lines of its keys, and the tables nested in it by name."""

    values: Mapping[str, Any]
    line: int
    lines: Mapping[str, int] = field(default_factory=dict)
    nested: Mapping[str, tuple["Table", ...]] = field(default_factory=dict)

    def fields(self, thing: str, path: str) -> Fields:
        """The table's fields, nested tables included by name."""
        return Fields(thing, path, self.line, self.values, self.lines)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole file: the keys before the first table, then the tables by name in order."""

    head: Table
    tables: Mapping[str, tuple[Table, ...]]
    faults: tuple[Fault, ...]

    def called(self, name: str) -> tuple[Table, ...]:
        return self.tables.get(name, ())


def document(text: str, *, path: str, first_line: int = 1) -> Document:
    """Read `text`, whose first line is line `first_line` of the file at `path`."""
    faults: list[Fault] = []
    head = Table({}, first_line)
    tables: dict[str, list[Table]] = {}
    for name, line, chunk in _chunks(text.splitlines(), first_line):
        try:
            values: Any = tomllib.loads("\n".join(chunk))
        except tomllib.TOMLDecodeError as error:
            faults.append(_unreadable(error, path, line, len(chunk)))
            if name:
                tables.setdefault(name, [])
            continue
        if not name:
            head = Table(values, line, _key_lines(chunk, line))
        else:
            tables.setdefault(name, []).append(_table(values[name][0], chunk, line))
    return Document(head, {name: tuple(found) for name, found in tables.items()}, tuple(faults))


def _chunks(lines: list[str], first_line: int) -> list[tuple[str, int, list[str]]]:
    """(table name, its first line, its lines): a header at the start of a line always begins anew, even after an open quote."""
    starts = [0, *(at for at, line in enumerate(lines) if HEADER.match(line) and at > 0)]
    ends = [*starts[1:], len(lines)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        header = HEADER.match(lines[start]) if lines else None
        found.append((header[1] if header else "", first_line + start, lines[start:end]))
    return found


def _unreadable(error: tomllib.TOMLDecodeError, path: str, line: int, length: int) -> Fault:
    message = str(error)
    place = PLACE.search(message)
    at = line + int(place[1]) - 1 if place and place[1] else line + max(length - 1, 0)
    return Fault(path, at, f"This cannot be read as TOML: {PLACE.sub('', message)}", "correct the line, its quotes above all")


def _table(values: Mapping[str, Any], chunk: list[str], line: int) -> Table:
    headers = [(at, match[1]) for at, text in enumerate(chunk) if (match := NESTED.match(text))]
    ends = [*(at for at, _ in headers), len(chunk)]
    nested: dict[str, list[Table]] = {}
    for number, (at, name) in enumerate(headers):
        siblings = nested.setdefault(name, [])
        found = values.get(name)
        own = found[len(siblings)] if isinstance(found, list) and len(siblings) < len(found) else found
        if isinstance(own, dict):
            siblings.append(Table(own, line + at, _key_lines(chunk[at : ends[number + 1]], line + at)))
    return Table(values, line, _key_lines(chunk[: ends[0]], line), {name: tuple(tables) for name, tables in nested.items()})


def _key_lines(chunk: list[str], line: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, text in enumerate(chunk):
        match = KEY.match(text)
        if match:
            found.setdefault(match[1], line + at)
    return found
