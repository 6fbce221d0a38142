"""The one place that reads the clock. Everything else takes `now` as an argument."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol


class Clock(Protocol):
    """Tells the moment: aware, UTC, cut to milliseconds."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return cut(datetime.now(UTC))  # noqa: TID251 - this is the one place


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
