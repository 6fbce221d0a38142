"""When results of an exam come out. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Release(StrEnum):
    """What an exam's policy says about it."""

    AT_ONCE = "at once"
    ALL_MARKED = "when all are marked"
    ON_DATE = "on a date"


RELEASE_WORDS = {
    Release.AT_ONCE: "You see your score at once, or, where you write answers in your own words, as soon as they are marked.",
    Release.ALL_MARKED: "Results come out for the whole class when every exam is closed and marked.",
    Release.ON_DATE: "Results come out for the whole class on a date that your program sets.",
}


@dataclass(frozen=True, slots=True)
class ClassState:
    """What decides in one class and exam: attempts under way or not marked yet, and the date that the program set, if any."""

    unfinished: int
    date: datetime | None


def is_out(release: Release, found: ClassState, *, now: datetime) -> bool:
    """Whether the result of an attempt that is marked may be known."""
    match release:
        case Release.AT_ONCE:
            return True
        case Release.ALL_MARKED:
            return found.unfinished == 0
        case Release.ON_DATE:
            return found.date is not None and found.date <= now
