"""The time of an attempt: what its start, its pauses and what was added give. Pure; the server alone keeps it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lms.exams.rules import AttemptState, Policy

WHOLE_FACTOR = 1000
"""An accommodation's time factor of one, in thousandths."""


@dataclass(frozen=True, slots=True)
class Accommodation:
    """What an officer is granted in every exam: `factor` in thousandths of the exam's time (1500 is time and a half), and minutes more.

    `rest_minutes` may be taken as pauses, which the proctor begins and ends.
    """

    factor: int = WHOLE_FACTOR
    extra_minutes: int = 0
    rest_minutes: int = 0

    def extra_seconds(self, seconds: int) -> int:
        """What it adds to an exam of so many seconds; part seconds count for the officer."""
        return -(-seconds * (self.factor - WHOLE_FACTOR) // WHOLE_FACTOR) + self.extra_minutes * 60


def accommodated(policy: Policy, granted: Accommodation, *, window_end: datetime | None = None) -> Policy:
    """The exam's rule as it counts for one officer: with what is granted to them, and within the window of their sitting."""
    extra = granted.extra_seconds(policy.seconds)
    end = "" if window_end is None else window_end.isoformat(timespec="milliseconds")
    return replace(policy, seconds=policy.seconds + extra, extra_seconds=extra, window_end=end)


def deadline_at_start(started_at: datetime, policy: Policy) -> datetime:
    """When an attempt ends that is neither paused nor extended: its time after the start, clipped to the widened window."""
    full = started_at + timedelta(seconds=policy.seconds)
    if not policy.window_end:
        return full
    return min(full, datetime.fromisoformat(policy.window_end) + timedelta(seconds=policy.extra_seconds))


def deadline(state: AttemptState, policy: Policy, *, now: datetime) -> datetime:
    """When an attempt in this state ends, seen at `now`: a pause that still lasts counts until then."""
    if state.started_at is None:
        message = "An attempt that has not begun has no deadline."
        raise ValueError(message)
    rested = sum(((end or now) - begin for begin, end in state.pauses), timedelta())
    return deadline_at_start(state.started_at, policy) + state.extended + rested


def due_at_start(started_at: datetime, policy: Policy) -> datetime:
    """Until when an answer sent before that deadline may still arrive: the deadline and its grace."""
    return deadline_at_start(started_at, policy) + grace(policy)


def grace(policy: Policy) -> timedelta:
    """How long an answer that was on its way at the deadline may take to arrive."""
    return timedelta(seconds=policy.grace_seconds)


def accepts(now: datetime, due_at: datetime | None, paused_at: datetime | None = None) -> bool:
    """Whether an answer arriving now is stored: the attempt is neither closed nor paused, and its grace has not passed."""
    return due_at is not None and paused_at is None and now <= due_at


def is_open(now: datetime, due_at: datetime | None, paused_at: datetime | None = None) -> bool:
    """Whether the attempt is under way: a paused one is, however long the pause."""
    return due_at is not None and (paused_at is not None or now <= due_at)


def is_late(now: datetime, due_at: datetime, policy: Policy) -> bool:
    """Whether an answer arriving now arrives in the grace after the deadline."""
    return now > due_at - grace(policy)


def closing_moment(now: datetime, due_at: datetime, policy: Policy) -> datetime:
    """When an attempt closed at `now` ends: now, or at its deadline however late that is noticed."""
    return min(now, due_at - grace(policy))


def lost(state: AttemptState, policy: Policy, *, since: datetime, until: datetime) -> timedelta:
    """How much running time an attempt lost between two moments: what lies after its start and before its end, without pauses."""
    if state.started_at is None or until <= since:
        return timedelta()
    end = state.closed_at or deadline(state, policy, now=until)
    begin, end = max(since, state.started_at), min(until, end)
    rested = sum((_overlap(begin, end, first, last or until) for first, last in state.pauses), timedelta())
    return max(end - begin - rested, timedelta())


def left_at_closing(state: AttemptState, policy: Policy) -> timedelta:
    """How much time a closed attempt had left when it closed."""
    if state.closed_at is None:
        return timedelta()
    return max(deadline(state, policy, now=state.closed_at) - state.closed_at, timedelta())


def _overlap(begin: datetime, end: datetime, first: datetime, last: datetime) -> timedelta:
    return max(min(end, last) - max(begin, first), timedelta())
