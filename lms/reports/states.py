"""The map of the United States: shapes by FIPS code, and five steps by which a State is shaded. Pure: a file that ships with the product.

The shapes are those of the Census Bureau's cartographic boundary files of 2017, in a frame of 975 by 610 units; a label stands where there
is room for one. Territories are not drawn: they stand in the table.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from lms.places.rules import BY_FIPS, State

WIDTH: Final = 975
HEIGHT: Final = 610
STEPS: Final = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """The outline of a State, and where a number can stand on it."""

    state: State
    path: str
    label: tuple[int, int] | None


@cache
def shapes() -> tuple[Shape, ...]:
    """Every State that is drawn, in the order of the codes."""
    read = json.loads(files("lms.reports").joinpath("states.json").read_text(encoding="utf-8"))
    return tuple(
        Shape(BY_FIPS[fips], found["path"], tuple(found["label"]) if found["label"] else None)
        for fips, found in read.items()
        if fips in BY_FIPS
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One shade and the counts that have it."""

    number: int
    first: int
    last: int

    @property
    def label(self) -> str:
        return f"{self.first:,}" if self.first == self.last else f"{self.first:,}\N{EN DASH}{self.last:,}"


@dataclass(frozen=True, slots=True)
class Shaded:
    """A State with its count and its shade; 0 is the shade of nothing."""

    shape: Shape
    count: int
    step: int


@dataclass(frozen=True, slots=True)
class Map:
    """The States with their shades, and what the shades mean."""

    shaded: tuple[Shaded, ...]
    steps: tuple[Step, ...]


def steps(largest: int) -> tuple[Step, ...]:
    """At most five shades that cover 1 to `largest`, each reaching about twice as far as the one before it."""
    ends = sorted({max(number, -(-largest >> (STEPS - number))) for number in range(1, STEPS + 1)} if largest > 0 else set())
    ends = [end for end in ends if end <= largest]
    firsts = [1, *(end + 1 for end in ends[:-1])]
    return tuple(Step(number, first, last) for number, (first, last) in enumerate(zip(firsts, ends, strict=False), 1))


def drawn(counts: Mapping[str, int]) -> Map:
    """The map for counts by postal code."""
    found = steps(max(counts.values(), default=0))
    return Map(tuple(_shaded(shape, counts.get(shape.state.postal, 0), found) for shape in shapes()), found)


def _shaded(shape: Shape, count: int, found: tuple[Step, ...]) -> Shaded:
    return Shaded(shape, count, next((step.number for step in found if step.first <= count <= step.last), 0))
