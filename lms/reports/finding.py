"""How a report is asked of the database: its rows page by page, how many there are, and what its charts and shares show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select
from sqlalchemy.orm import Session

from lms.reports.charts import Chart
from lms.reports.rules import Asked, Row, Share
from lms.reports.states import Map

Rows = Callable[[Session, Asked, int, int], list[Row]]


@dataclass(frozen=True, slots=True)
class Picture:
    """How many rows there are in all, and what stands above the table of a report."""

    count: int
    shares: tuple[Share, ...] = ()
    charts: tuple[Chart, ...] = ()
    map: Map | None = None


Draw = Callable[[Session, Asked, Sequence[Row]], Picture]
"""The picture of a report, given the rows of the page."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a report comes from: `rows(session, asked, first, most)` and `draw(session, asked, rows)`."""

    rows: Rows
    draw: Draw


def of_select(build: Callable[[Asked], Select[Any]], draw: Draw, *, finish: Callable[[Asked, Row], Row] | None = None) -> Source:
    """A source of one ordered statement, whose last column is the time zone of the row's agency: moments become days there."""

    def rows(session: Session, asked: Asked, first: int, most: int) -> list[Row]:
        found = [in_zone(row) for row in session.execute(build(asked).offset(first).limit(most))]
        return found if finish is None else [finish(asked, row) for row in found]

    return Source(rows, draw)


def in_zone(row: Sequence[Any]) -> Row:
    """The cells of a row but for the last one, which names the zone in which its moments become days."""
    *cells, zone = row
    return tuple(cell.astimezone(ZoneInfo(zone)).date() if isinstance(cell, datetime) else cell for cell in cells)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a page: its rows and the picture."""

    asked: Asked
    rows: Sequence[Row]
    picture: Picture

    @property
    def count(self) -> int:
        """How many rows there are in all."""
        return self.picture.count


def day_of(cell: object) -> date:
    """A cell that holds a day."""
    if not isinstance(cell, date):
        raise TypeError(f"{cell!r} is not a day.")
    return cell
