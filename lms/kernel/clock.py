"""The one place that reads the clock. Everything else takes `now` as an argument."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final, Protocol

STEADY: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts the seconds since this machine started, the same for all its processes; setting the machine's time does not move it."""


class Clock(Protocol):
    """Tells the moment: aware, UTC, cut to milliseconds."""

    def now(self) -> datetime: ...


def machine_time() -> float:
    """Seconds since 1970, as this machine's time says now."""
    return time.time()


def _since_start() -> float:
    return time.clock_gettime(STEADY)


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's time as it was when this was made, carried on by a count that nobody can set.

    Whoever sets the machine's time while the site runs moves no deadline. The processes of a site are handed the same one.
    """

    wall: Callable[[], float] = machine_time
    ahead: float = field(init=False)
    """Seconds between the start of the machine and 1970, as its time said when this was made."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "ahead", self.wall() - _since_start())

    def now(self) -> datetime:
        return cut(datetime.fromtimestamp(self.ahead + _since_start(), UTC))

    def moved(self) -> timedelta:
        """By how much the machine's time was set forward, or back, since this was made."""
        return timedelta(seconds=round(self.wall() - _since_start() - self.ahead, 3))


@dataclass(slots=True)
class FrozenClock:
    """A clock that moves only when told to. For tests and for filling a demonstration."""

    at: datetime
    _lock: Lock = field(default_factory=Lock, repr=False)

    def now(self) -> datetime:
        return cut(self.at)

    def advance(self, by: timedelta) -> datetime:
        with self._lock:
            self.at += by
            return self.now()


def cut(moment: datetime) -> datetime:
    """`moment` in UTC without its microseconds: what is stored is what was compared."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
