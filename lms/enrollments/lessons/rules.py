"""What reading earns, which lesson is open, and what completes it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

LONGEST_CREDIT = 60
"""Seconds that one sign of life can earn at most."""
MOST_TIMES = 3
"""How many times its stated minutes a lesson can earn at most."""


def credit(*, last: datetime | None, now: datetime, claimed: int | None, earned: int, minutes: int) -> int | None:
    """Seconds that a sign of life earns: the whole clock seconds since `last`, the officer's last sign of life in any lesson.

    0 for the first one, at most LONGEST_CREDIT, never negative, never more than the browser claims, and together with what was
    `earned` never more than MOST_TIMES the lesson's `minutes`. Counting from the last sign in *any* lesson, two tabs never earn the
    same second twice. None means that it tells nothing new (the same second again, or a lesson that has earned all it can): it
    leaves no row.
    """
    if last is None:
        return 0
    passed = int(now.timestamp()) - int(last.timestamp())
    room = MOST_TIMES * minutes * 60 - earned
    if passed <= 0 or room <= 0:
        return None
    offered = passed if claimed is None else max(0, min(passed, claimed))
    return min(offered, LONGEST_CREDIT, room)


class ClassState(StrEnum):
    """Where a class stands on a given day, in its own time zone."""

    NOT_STARTED = "not started"
    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"


def class_state(*, starts_on: date, ends_on: date, time_zone: str, now: datetime, stopped: bool = False) -> ClassState:
    """Where a class from `starts_on` to `ends_on`, both included, stands at `now` for an officer.

    `stopped`: the officer withdrew from it, or it was cancelled.
    """
    if stopped:
        return ClassState.STOPPED
    today = now.astimezone(ZoneInfo(time_zone)).date()
    if today < starts_on:
        return ClassState.NOT_STARTED
    return ClassState.RUNNING if today <= ends_on else ClassState.ENDED


class LessonState(StrEnum):
    """Where a lesson stands for one officer."""

    COMPLETE = "complete"
    OPEN = "open"
    LOCKED = "locked"


def lesson_states(order: Sequence[str], complete: Collection[str]) -> dict[str, LessonState]:
    """The state of each lesson of a course: one is open as soon as all before it are complete."""
    states: dict[str, LessonState] = {}
    opens = True
    for lesson in order:
        done = lesson in complete
        states[lesson] = LessonState.COMPLETE if done else LessonState.OPEN if opens else LessonState.LOCKED
        opens = opens and done
    return states


def next_lesson(order: Sequence[str], complete: Collection[str]) -> str | None:
    """The first lesson that is not complete; None when all are."""
    return next((lesson for lesson in order if lesson not in complete), None)


def required_seconds(*, minutes: int, share: int) -> int:
    """Seconds to be actively spent in a lesson of `minutes`; `share` is in thousandths. A broken second counts as a whole one."""
    return -(-minutes * 60 * share // 1000)


class GateKind(StrEnum):
    """What must hold before a lesson counts as complete."""

    CHECKS = "checks"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of completing a lesson, whether it is met, and why."""

    kind: GateKind
    label: str
    met: bool
    reason: str
    source: str

    @property
    def state(self) -> str:
        """How pages show it: met, or not met."""
        return "met" if self.met else "not met"


def completion_gates(*, checks: Collection[str], right: Collection[str], seconds: int, minutes: int, share: int) -> tuple[Gate, ...]:
    """The gates of completing a lesson with these `checks`, of which those in `right` were answered right at least once."""
    return (_checks_gate(checks, right), _time_gate(seconds, minutes, share))


def _checks_gate(checks: Collection[str], right: Collection[str]) -> Gate:
    left = len([check for check in checks if check not in right])
    total = len(checks)
    if not left:
        reason = f"You answered {_all(total)} right." if total else "This lesson has no check of understanding."
    else:
        reason = f"{total - left} of {total} answered right. Answer {_more(left, total)} right; you may try as often as you need."
    return Gate(GateKind.CHECKS, "Check of understanding", not left, reason, "course rule: every check answered right once")


def _all(total: int) -> str:
    return "the one question" if total == 1 else f"all {total} questions"


def _more(left: int, total: int) -> str:
    if left == total:
        return "each"
    return "the last one" if left == 1 else f"the other {left}"


def _time_gate(seconds: int, minutes: int, share: int) -> Gate:
    required = required_seconds(minutes=minutes, share=share)
    met = seconds >= required
    spent, asked = spoken(seconds), spoken(required)
    reason = f"You were active for {spent}; the lesson asks for {asked}."
    if not met:
        reason = f"You were active for {spent} of {asked}. Read on and work the cases; {spoken(required - seconds)} to go."
    source = f"course rule: at least {percent(share)} of the stated {minutes} minutes"
    return Gate(GateKind.TIME, "Time actively spent", met, reason, source)


def spoken(seconds: int) -> str:
    """A length of time as people say it: seconds below one minute, else minutes, with the seconds left over while they are few."""
    minutes, rest = divmod(max(0, seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest and minutes < 60 else f"{minutes} min"


def percent(thousandths: int) -> str:
    """A share in thousandths as a percentage: 400 is "40%", 125 is "12.5%"."""
    whole, tenth = divmod(thousandths, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


def hours(minutes: int) -> str:
    """Minutes as hours with at most one decimal, cut and never rounded up: 90 is "1.5", 119 is "1.9", 120 is "2"."""
    whole, tenth = divmod(minutes * 10 // 60, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def minutes_left(*, minutes: int, seconds: int) -> int:
    """Whole minutes of the stated time that are still ahead, a begun one included; 0 when all were spent."""
    return max(0, -(-(minutes * 60 - seconds) // 60))
