"""When people are reminded that an authorization ends or that training is due. Pure."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Final


class About(StrEnum):
    """What a reminder is about."""

    ENDING = "the end of an authorization"
    TRAINING = "training that is due"


DAYS: Final[dict[About, tuple[int, ...]]] = {About.ENDING: (7, 30, 60, 90), About.TRAINING: (7, 30)}
"""How many days before it people are reminded, the last time first."""


def reached(days: Sequence[int], *, on: date, today: date) -> int | None:
    """The last of the `days` before a day that has been reached; None when it is further off, or over.

    Whoever was not told in time is told once, of the time that is left, and not once for each time that went by.
    """
    left = (on - today).days
    return next((one for one in sorted(days) if 0 <= left <= one), None)


def left(*, on: date, today: date) -> str:
    """The days that are left, as they are read."""
    days = (on - today).days
    return {0: "Less than one day", 1: "1 day"}.get(days, f"{days} days")
