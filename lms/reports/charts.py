"""Small charts as plain shapes: where each bar lies and how long it is. Templates draw them as SVG. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 400
"""Units of a drawing: its text is as large as that of the page when it is about as wide."""
ROW: Final = 46
PLOT_TOP: Final = 24
PLOT_HEIGHT: Final = 130


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar. `kind` is its place in the legend."""

    x: int
    width: int
    kind: int


@dataclass(frozen=True, slots=True)
class Line:
    """One bar with its label, the numbers of its parts, and what it says in words."""

    label: str
    numbers: str
    told: str
    y: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars lying one below the other, each of one or several parts."""

    title: str
    lines: tuple[Line, ...]
    kinds: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    @property
    def height(self) -> int:
        return ROW * len(self.lines)

    @property
    def text(self) -> str:
        """The chart in words."""
        return _in_words((line.label, line.told) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Post:
    """One upright bar."""

    label: str
    value: int
    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True, slots=True)
class Histogram:
    """Upright bars over spans of days."""

    title: str
    axis: str
    posts: tuple[Post, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    @property
    def height(self) -> int:
        return PLOT_TOP + PLOT_HEIGHT + 44

    @property
    def base(self) -> int:
        return PLOT_TOP + PLOT_HEIGHT

    @property
    def text(self) -> str:
        """The chart in words."""
        return _in_words((post.label, str(post.value)) for post in self.posts)


Chart = Bars | Histogram


def _in_words(pairs: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{label}: {told}" for label, told in pairs) + "."


def scaled(value: int, *, largest: int, room: int) -> int:
    """A length for a value: the largest takes all the room, and what is not nothing is seen."""
    if value <= 0 or largest <= 0:
        return 0
    return max(2, value * room // largest)


def bars(title: str, *, of: str, kinds: Sequence[str], values: Sequence[tuple[str, Sequence[int]]]) -> Bars:
    """Bars of the values of each label, one part for each kind. Parts of one bar never lie over each other."""
    largest = max((sum(parts) for _, parts in values), default=0)
    lines = [
        Line(label, " / ".join(f"{part:,}" for part in parts), _told(kinds, parts), number * ROW, _segments(parts, largest))
        for number, (label, parts) in enumerate(values)
    ]
    rows = tuple((label, *parts) for label, parts in values)
    return Bars(title, tuple(lines), tuple(kinds), (of, *kinds), rows)


def _told(kinds: Sequence[str], parts: Sequence[int]) -> str:
    if len(kinds) == 1:
        return f"{parts[0]:,}"
    return ", ".join(f"{part:,} {kind}" for kind, part in zip(kinds, parts, strict=True))


def _segments(parts: Sequence[int], largest: int) -> tuple[Segment, ...]:
    found, x = [], 0
    for kind, part in enumerate(parts):
        width = min(scaled(part, largest=largest, room=WIDTH), WIDTH - x)
        if width > 0:
            found.append(Segment(x, width, kind))
        x += width
    return tuple(found)


def histogram(title: str, *, axis: str, of: str, values: Sequence[tuple[str, int]]) -> Histogram:
    """Upright bars, as many as there are spans."""
    largest = max((value for _, value in values), default=0)
    step = WIDTH // max(1, len(values))
    posts = []
    for number, (label, value) in enumerate(values):
        height = scaled(value, largest=largest, room=PLOT_HEIGHT)
        posts.append(Post(label, value, number * step + step // 8, PLOT_TOP + PLOT_HEIGHT - height, step * 3 // 4, height))
    return Histogram(title, axis, tuple(posts), (axis, of), tuple(values))
