"""What a report is, what may be asked of it, and how shares are told. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

PER_PAGE: Final = 50
MOST_ROWS: Final = 100_000
"""Rows of one download. Whoever needs more narrows the report."""
MODELS: Final = {"JEM": "Jail Enforcement", "TFM": "Task Force", "WSO": "Warrant Service Officer", "INFLUX": "Mass influx"}
"""The models that agreements and courses name, in the order in which reports tell them."""
TARGET_DAYS: Final = 180
"""The yardstick for the way from a nomination to work: OIG-18-77 reports it as the target for equipping new participants."""


class Filter(StrEnum):
    """What a report may be narrowed by."""

    DAY = "on"
    STATE = "state"
    MODEL = "model"
    AGENCY = "agency"
    STANDING = "standing"


class Shown(StrEnum):
    """Which officers a roster shows."""

    BOTH = "both"
    CERTIFIED = "certified"
    AUTHORIZED = "authorized"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in JSON, its heading, and whether it holds numbers."""

    name: str
    label: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a report tells: the question it answers, who asked it, what is counted and what is not."""

    id: str
    title: str
    question: str
    source: str
    definitions: tuple[str, ...]
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    nothing: str
    per_page: int = PER_PAGE
    most: int = MOST_ROWS


Row = Sequence[object]
"""The cells of a row, in the order of the report's columns."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a report: everything on the day `on`, up to the moment `at`, as it is known now. What is empty does not matter."""

    on: date
    at: datetime
    state: str = ""
    model: str = ""
    agency: str = ""
    standing: str = ""


def moment_of(on: date, *, now: datetime) -> datetime:
    """The moment for which a report of a day speaks: the last one of that day of UTC, or now if it has not come."""
    return min(now, datetime.combine(on, time(), UTC) + timedelta(days=1) - timedelta(milliseconds=1))


def days_between(earlier: date, later: date) -> int:
    """How many days later."""
    return (later - earlier).days


# --- Shares ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, told with both numbers. `wanted` is the part that there must be, where there is one."""

    label: str
    part: int
    whole: int | None = None
    wanted: int | None = None

    @property
    def percent(self) -> str:
        """The share as people read it; empty where there is no whole."""
        return percent(self.part, self.whole) if self.whole else ""

    @property
    def is_wrong(self) -> bool:
        """Whether there must be another number."""
        return self.wanted is not None and self.part != self.wanted


def percent(part: int, whole: int) -> str:
    """A share in percent with one decimal, cut and never rounded up: 99.96 is not 100."""
    if whole <= 0:
        return "not applicable"
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10} %"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`; without `last`, all that are more."""

    first: int
    last: int | None

    @property
    def label(self) -> str:
        return f"{self.first} and more" if self.last is None else f"{self.first}\N{EN DASH}{self.last}"

    def holds(self, days: int) -> bool:
        return self.first <= days and (self.last is None or days <= self.last)


OVERDUE: Final = (Span(1, 30), Span(31, 60), Span(61, 90), Span(91, 180), Span(181, None))
WAITING: Final = (Span(0, 30), Span(31, 60), Span(61, 90), Span(91, 180), Span(181, 365), Span(366, None))
EXPIRING: Final = (Span(0, 30), Span(31, 60), Span(61, 90))
