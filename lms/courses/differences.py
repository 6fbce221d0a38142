"""Two texts compared: by line, and by word within lines that changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

WORDS = re.compile(r"\s+|[^\s]+")
AROUND = 2


class Kind(StrEnum):
    """What became of a piece of text. `GAP` stands for lines left out because nothing in them changed."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison, in pieces of (kind, text). `number` counts in the new text, or in the old for a removed line."""

    kind: Kind
    number: int
    pieces: tuple[tuple[Kind, str], ...]


def between(old: str, new: str) -> tuple[Line, ...]:
    """What turns `old` into `new`, with two unchanged lines around each change; nothing when they are the same."""
    before, after = old.splitlines(), new.splitlines()
    groups = SequenceMatcher(a=before, b=after, autojunk=False).get_grouped_opcodes(AROUND)
    lines: list[Line] = []
    for group in groups:
        if lines:
            lines.append(Line(Kind.GAP, group[0][3], ()))
        for tag, a, b, c, d in group:
            lines.extend(_lines(tag, before[a:b], after[c:d], a, c))
    return tuple(lines)


def _lines(tag: str, old: list[str], new: list[str], at_old: int, at_new: int) -> Iterator[Line]:
    if tag == "equal":
        yield from (Line(Kind.SAME, at_new + n, ((Kind.SAME, text),)) for n, text in enumerate(new, start=1))
        return
    paired = min(len(old), len(new))
    for n in range(paired):
        yield Line(Kind.CHANGED, at_new + n + 1, tuple(_words(old[n], new[n])))
    for n in range(paired, len(old)):
        yield Line(Kind.REMOVED, at_old + n + 1, ((Kind.REMOVED, old[n]),))
    for n in range(paired, len(new)):
        yield Line(Kind.ADDED, at_new + n + 1, ((Kind.ADDED, new[n]),))


def _words(old: str, new: str) -> Iterator[tuple[Kind, str]]:
    before, after = WORDS.findall(old), WORDS.findall(new)
    for tag, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Kind.SAME, "".join(after[c:d])
            continue
        if b > a:
            yield Kind.REMOVED, "".join(before[a:b])
        if d > c:
            yield Kind.ADDED, "".join(after[c:d])
