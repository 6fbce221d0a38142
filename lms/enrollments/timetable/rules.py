"""On which dates the days of a course fall, and when each part of a day begins. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lms.enrollments.hours import Part, TrainingDay
from lms.enrollments.rules import Plan

SATURDAY = 5
LUNCH_AFTER = 4 * 60
LUNCH = 60
MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class SetDay:
    """What was set by hand for a day. Without a date it lies where it falls."""

    held_on: date | None
    starts: str
    room: str


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a day by the clock, in minutes after midnight. Without a part it is the break at noon."""

    starts: int
    ends: int
    part: Part | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a class. `held_on` is None when the class has too few training days for it."""

    number: int
    title: str
    held_on: date | None
    starts: str
    room: str
    is_set: bool
    course_day: TrainingDay
    blocks: tuple[Block, ...]

    @property
    def ends(self) -> int:
        return self.blocks[-1].ends if self.blocks else minutes_of(self.starts)


def training_dates(plan: Plan, *, count: int) -> list[date]:
    """The first `count` dates of a class on which training is held: not on its days off, nor on weekends unless it is planned so."""
    found: list[date] = []
    day = plan.starts_on
    while day <= plan.ends_on and len(found) < count:
        if day not in plan.days_off and (plan.weekends or day.weekday() < SATURDAY):
            found.append(day)
        day += timedelta(days=1)
    return found


def timetable(days: Sequence[TrainingDay], *, plan: Plan, by_hand: Mapping[int, SetDay]) -> tuple[Day, ...]:
    """The days of a course laid on the training days of a class in order; what was set by hand goes before."""
    dates = training_dates(plan, count=len(days))
    free = [*dates, *[None] * (len(days) - len(dates))]
    return tuple(_day(day, falls_on, plan, by_hand.get(day.number)) for day, falls_on in zip(days, free, strict=True))


def _day(day: TrainingDay, falls_on: date | None, plan: Plan, by_hand: SetDay | None) -> Day:
    held_on = by_hand.held_on if by_hand and by_hand.held_on else falls_on
    starts = by_hand.starts if by_hand else plan.day_starts
    room = by_hand.room if by_hand else plan.place
    return Day(day.number, day.title, held_on, starts, room, by_hand is not None, day, blocks(day.parts, starts=starts))


def blocks(parts: Sequence[Part], *, starts: str) -> tuple[Block, ...]:
    """The parts one after the other, with a break of an hour at the first change after four hours."""
    at = begun = minutes_of(starts)
    rested = False
    found: list[Block] = []
    for part in parts:
        if not rested and at - begun >= LUNCH_AFTER:
            found.append(Block(at, at + LUNCH, None))
            at, rested = at + LUNCH, True
        found.append(Block(at, at + part.minutes, part))
        at += part.minutes
    return tuple(found)


def minutes_of(time_of_day: str) -> int:
    """Minutes after midnight of a time such as 08:00."""
    hour, minute = time_of_day.split(":")
    return int(hour) * 60 + int(minute)


def spoken_time(minutes: int) -> str:
    """A time of day as people say it: 480 is "8:00 AM". What runs past midnight belongs to the next day."""
    hour, minute = divmod(minutes % MIDNIGHT, 60)
    after = " (next day)" if minutes >= MIDNIGHT else ""
    return f"{(hour + 11) % 12 + 1}:{minute:02d} {'AM' if hour < 12 else 'PM'}{after}"


def fault_of_day(plan: Plan, held_on: date | None) -> str | None:
    """Why a training day cannot be held on a date, or None."""
    if held_on is not None and not plan.starts_on <= held_on <= plan.ends_on:
        return "Choose a date between the first and the last day of the class, or change the dates of the class first."
    return None


def day_on(found: Sequence[Day], today: date) -> Day | None:
    """The day that is held on a date."""
    return next((day for day in found if day.held_on == today), None)


def over(found: Sequence[Day], today: date) -> frozenset[int]:
    """The days that were held before a date."""
    return frozenset(day.number for day in found if day.held_on is not None and day.held_on < today)
