"""How far officers are who may be called up, in words and in modules. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Progress(StrEnum):
    """How far an officer is in the prescribed course."""

    CERTIFIED = "certified"
    PARTLY = "partly trained"
    NOT_BEGUN = "not begun"


@dataclass(frozen=True, slots=True)
class CourseModule:
    """A module of the prescribed course: its title and the ids of its lessons."""

    title: str
    lessons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far an officer is; `missing`: the modules of which a lesson is not completed."""

    progress: Progress
    missing: tuple[str, ...]


def readiness(course: Sequence[CourseModule], completed: Collection[str], *, is_certified: bool) -> Readiness:
    """How far an officer is (R-28: officers train ahead). Somebody who was certified needs no module."""
    if is_certified:
        return Readiness(Progress.CERTIFIED, ())
    missing = tuple(module.title for module in course if not set(module.lessons) <= set(completed))
    begun = any(lesson in completed for module in course for lesson in module.lessons)
    return Readiness(Progress.PARTLY if begun else Progress.NOT_BEGUN, missing)
