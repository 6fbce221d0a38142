"""Which minutes of a course are credited by working online, and which an officer must attend, day by day. Pure.

`minutes` of a lesson name their kinds. Instruction and laboratory are given in person and earned by attendance; every other kind, such as
reading and practice, is credited by completing the lesson.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

IN_PERSON = ("instruction", "laboratory")


def online_minutes(minutes: Mapping[str, int]) -> int:
    """The minutes of a lesson that completing it credits."""
    return sum(count for kind, count in minutes.items() if kind not in IN_PERSON)


def attended_minutes(minutes: Mapping[str, int]) -> int:
    """The minutes of a lesson that are earned by attendance."""
    return sum(minutes.get(kind, 0) for kind in IN_PERSON)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a training day. `required`: the minutes of it that are earned by attendance."""

    kind: str
    id: str
    title: str
    minutes: int
    required: int


@dataclass(frozen=True, slots=True)
class TrainingDay:
    """A day of a course, with its parts in order."""

    number: int
    title: str
    parts: tuple[Part, ...]

    @property
    def minutes(self) -> int:
        """Everything that the day holds."""
        return sum(part.minutes for part in self.parts)

    @property
    def required(self) -> int:
        """What must be attended of it."""
        return sum(part.required for part in self.parts)

    @property
    def counted(self) -> int:
        """The minutes that attending the whole day counts: those that must be attended, or all where none must."""
        return self.required or self.minutes


def training_days(manifest: Mapping[str, Any]) -> tuple[TrainingDay, ...]:
    """The days of a course: as its plan names them, and otherwise the days of its modules, with the exams on the last."""
    placed = _named_days(manifest) if manifest.get("days") else _days_of_modules(manifest)
    return tuple(TrainingDay(number, title, tuple(parts)) for number, (title, parts) in sorted(placed.items()))


def required_by_day(manifest: Mapping[str, Any]) -> dict[int, int]:
    """The minutes that must be attended, by day; days without any are left out."""
    return {day.number: day.required for day in training_days(manifest) if day.required}


Placed = dict[int, tuple[str, list[Part]]]


def _named_days(manifest: Mapping[str, Any]) -> Placed:
    parts = {part.id: part for part in (*_lessons(manifest), *_practicals(manifest), *_exams(manifest))}
    placed: Placed = {}
    for day in manifest["days"]:
        named = [*day.get("lessons", ()), *day.get("practicals", ()), *day.get("exams", ())]
        placed[day["number"]] = (day["title"], [parts.pop(one) for one in named if one in parts])
    last = max(placed)
    of_module = {lesson["id"]: module.get("day", last) for module in manifest["modules"] for lesson in module["lessons"]}
    for part in parts.values():  # what no day names is still owed
        number = of_module.get(part.id, last)
        placed[number if number in placed else last][1].append(part)
    return placed


def _days_of_modules(manifest: Mapping[str, Any]) -> Placed:
    of_day: dict[int, list[Mapping[str, Any]]] = {}
    for module in manifest["modules"]:
        of_day.setdefault(module["day"], []).append(module)
    placed = {
        day: (_title(modules), [_lesson(lesson) for module in modules for lesson in module["lessons"]]) for day, modules in of_day.items()
    }
    if placed:
        placed[max(placed)][1].extend([*_practicals(manifest), *_exams(manifest)])
    return placed


def _title(modules: Sequence[Mapping[str, Any]]) -> str:
    first, *others = [module["title"] for module in modules]
    return "; ".join([first, *others]) if len(others) < 2 else f"{first}, and {len(others)} more modules"


def _lessons(manifest: Mapping[str, Any]) -> Iterable[Part]:
    return (_lesson(lesson) for module in manifest["modules"] for lesson in module["lessons"])


def _lesson(lesson: Mapping[str, Any]) -> Part:
    minutes = lesson["minutes"]
    return Part("lesson", lesson["id"], lesson["title"], sum(minutes.values()), attended_minutes(minutes))


def _practicals(manifest: Mapping[str, Any]) -> Iterable[Part]:
    """Practical exercises are held in person: every minute of them is attended."""
    for one in manifest.get("practicals", ()):
        minutes = int(one.get("minutes", 0))
        yield Part("practical", one["id"], one["title"], minutes, minutes)


def _exams(manifest: Mapping[str, Any]) -> Iterable[Part]:
    return (Part("exam", exam["id"], exam["title"], exam["minutes"], 0) for exam in manifest["exams"])


# --- What is owed ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DayHours:
    """One training day of one officer, in minutes. `attended` is None while nothing is recorded."""

    day: int
    required: int
    attended: int | None
    made_up: int

    @property
    def owed(self) -> int:
        """What is missing of the day; more on one day makes up for nothing on another."""
        return max(0, self.required - (self.attended or 0) - self.made_up)


@dataclass(frozen=True, slots=True)
class HoursAttended:
    """The attendance of one officer in a class, day by day, in minutes."""

    days: tuple[DayHours, ...]

    @property
    def required(self) -> int:
        return sum(day.required for day in self.days)

    @property
    def owed(self) -> int:
        return sum(day.owed for day in self.days)

    @property
    def credited(self) -> int:
        """What counts of the required minutes."""
        return self.required - self.owed

    def owed_until(self, days: Iterable[int]) -> int:
        """What is owed of `days`, those that are over."""
        over = set(days)
        return sum(day.owed for day in self.days if day.day in over)


def hours_of_day(hours: HoursAttended, manifest: Mapping[str, Any], day: int) -> DayHours | None:
    """The hours of one day of a course, also when none of them must be attended; None when it has no such day."""
    found = next((one for one in hours.days if one.day == day), None)
    exists = any(one.number == day for one in training_days(manifest))
    return found or (DayHours(day, 0, None, 0) if exists else None)


def hours_attended(required: Mapping[int, int], attended: Mapping[int, int], made_up: Mapping[int, int]) -> HoursAttended:
    """The attendance that these minutes by day give. Days of which nothing is asked count for nothing."""
    days = (DayHours(day, minutes, attended.get(day), made_up.get(day, 0)) for day, minutes in sorted(required.items()))
    return HoursAttended(tuple(days))
