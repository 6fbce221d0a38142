"""What a class may be planned as, where it stands, and what an administrator agrees to whose class is examined on a public bank. Pure."""

import re
import uuid
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from lms.agencies.rules import STATES, TIME_ZONES

LONGEST_CLASS = timedelta(days=366)
LARGEST_CLASS = 500
"""Officers in one class at most: a whole roster stands on one page."""
MOST_DAYS_OFF = 60
TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

PUBLIC_BANK_WARNING = (
    "The exam of this class is drawn on a question bank that anyone can read. An officer may have seen every question and its answer."
)
PUBLIC_BANK_WORDING = (
    "I know that anyone can read the questions and answers of this exam beforehand, and I accept certificates of this class all the same."
)


class Mode(StrEnum):
    """How a class is held."""

    RESIDENT = "resident"
    ONLINE = "online"
    BLENDED = "blended"


MODE_LABELS = {
    Mode.RESIDENT: "Resident: in one place",
    Mode.ONLINE: "Online",
    Mode.BLENDED: "Blended: online, with days in one place",
}


class Stage(StrEnum):
    """Where a class stands."""

    PLANNED = "planned"
    UNDER_WAY = "under way"
    FINISHED = "finished"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned of a class. `weekends`: training is held on them, too; `day_starts` is a time of day such as 08:00."""

    title: str
    starts_on: date
    ends_on: date
    time_zone: str
    mode: Mode = Mode.ONLINE
    place: str = ""
    state: str = ""
    capacity: int = 24
    instructors: frozenset[uuid.UUID] = frozenset()
    day_starts: str = "08:00"
    weekends: bool = False
    days_off: tuple[date, ...] = ()


LABELS = {
    "title": "name",
    "starts_on": "first day",
    "ends_on": "last day",
    "time_zone": "time zone",
    "mode": "mode",
    "place": "place",
    "state": "State",
    "capacity": "capacity",
    "instructors": "instructors",
    "day_starts": "beginning of the day",
    "weekends": "training on weekends",
    "days_off": "days off",
}


def changes(old: Plan, new: Plan) -> tuple[str, ...]:
    """What differs between two plans, in words."""
    return tuple(LABELS[one.name] for one in fields(Plan) if getattr(old, one.name) != getattr(new, one.name))


def fault_of_dates(*, starts_on: date, ends_on: date) -> str | None:
    """The sentence that refuses the dates of a class, or None when they will do."""
    if ends_on < starts_on:
        return "The class ends before it starts. Check the two dates."
    if ends_on - starts_on > LONGEST_CLASS:
        return "A class runs for a year at most. Check the two dates."
    return None


def fault_of_plan(plan: Plan) -> str | None:
    """The sentence that refuses a plan, or None when it will do."""
    sound = {
        "A class needs a name and one of the time zones offered.": bool(plan.title) and plan.time_zone in TIME_ZONES,
        "Enter the place and the State of a class that is not held online.": plan.mode is Mode.ONLINE or bool(plan.place and plan.state),
        "Choose the State from the list.": plan.state in {"", *STATES},
        f"A class holds from 1 to {LARGEST_CLASS} officers.": 1 <= plan.capacity <= LARGEST_CLASS,
        "Enter the beginning of the day as in 08:00.": TIME_OF_DAY.fullmatch(plan.day_starts) is not None,
        f"A class has at most {MOST_DAYS_OFF} days off.": len(plan.days_off) <= MOST_DAYS_OFF,
    }
    wrong = next((sentence for sentence, is_so in sound.items() if not is_so), None)
    return wrong or fault_of_dates(starts_on=plan.starts_on, ends_on=plan.ends_on)


def stage(*, starts_on: date, ends_on: date, time_zone: str, cancelled: bool, now: datetime) -> Stage:
    """Where a class stands at `now`, in its own time zone; first and last day are included."""
    if cancelled:
        return Stage.CANCELLED
    today = now.astimezone(ZoneInfo(time_zone)).date()
    if today < starts_on:
        return Stage.PLANNED
    return Stage.UNDER_WAY if today <= ends_on else Stage.FINISHED


def class_number(year: int, ordinal: int) -> str:
    """The number by which people name a class, as in CL-2026-0007."""
    return f"CL-{year}-{ordinal:04d}"
