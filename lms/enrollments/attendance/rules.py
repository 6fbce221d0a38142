"""What may be recorded of attendance and of hours made up. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Mark(StrEnum):
    """How an officer attended a day."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left early"
    ABSENT = "absent"


MARK_LABELS = {Mark.PRESENT: "Present", Mark.LATE: "Late", Mark.LEFT_EARLY: "Left early", Mark.ABSENT: "Absent"}
IN_PART = frozenset({Mark.LATE, Mark.LEFT_EARLY})


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one officer's day, in minutes."""

    mark: Mark
    minutes: int


def entry_of(mark: Mark, *, minutes: int | None, whole: int) -> Entry | str:
    """What a mark says of a day of `whole` minutes; the sentence that refuses it when its minutes cannot be so.

    Present is the whole day and absent none of it, whatever was typed beside them.
    """
    if mark is Mark.PRESENT:
        return Entry(mark, whole)
    if mark is Mark.ABSENT:
        return Entry(mark, 0)
    if minutes is None or not 0 < minutes < whole:
        return f"{MARK_LABELS[mark]}: enter the minutes attended, from 1 to {whole - 1}."
    return Entry(mark, minutes)


def fault_of_making_up(*, minutes: int, owed: int, held_on: date, starts_on: date, today: date) -> str | None:
    """Why hours cannot be made up so, or None."""
    if owed == 0:
        return "Nothing of this day is owed."
    if not 1 <= minutes <= owed:
        return f"{owed} minutes of this day are owed. Enter that many or fewer."
    if not starts_on <= held_on <= today:
        return "Hours are made up after the class began, and recorded when it is done. Check the date."
    return None
