"""Which minutes are credited online and which must be attended, and what is owed of them (R-01)."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lms.enrollments.hours import (
    attended_minutes,
    hours_attended,
    hours_of_day,
    online_minutes,
    required_by_day,
    training_days,
)

KINDS = ("reading", "cases", "practice", "instruction", "laboratory")
MINUTES = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 600))
BY_DAY = st.dictionaries(st.integers(1, 20), st.integers(0, 600))


def lesson(name: str, **minutes: int) -> dict[str, Any]:
    return {"id": name, "title": name.title(), "minutes": minutes, "hash": name}


def course(**more: Any) -> dict[str, Any]:
    modules = [
        {"id": "one", "title": "First", "day": 1, "lessons": [lesson("a", reading=10), lesson("b", reading=5, instruction=60)]},
        {"id": "two", "title": "Second", "day": 1, "lessons": [lesson("c", laboratory=30)]},
        {"id": "three", "title": "Third", "day": 3, "lessons": [lesson("d", reading=20, practice=10)]},
    ]
    return {"modules": modules, "exams": [{"id": "final", "title": "Final", "minutes": 90}], **more}


@given(MINUTES)
def test_every_minute_is_either_credited_online_or_attended(minutes: dict[str, int]) -> None:
    assert online_minutes(minutes) + attended_minutes(minutes) == sum(minutes.values())


def test_reading_cases_and_practice_are_credited_online_instruction_and_laboratory_are_attended() -> None:
    assert online_minutes({"reading": 14, "cases": 10, "practice": 6, "instruction": 60}) == 30
    assert attended_minutes({"reading": 14, "instruction": 60, "laboratory": 5}) == 65


def test_without_named_days_the_days_of_the_modules_count_and_exams_come_last() -> None:
    first, third = training_days(course())
    assert [(first.number, first.title, first.minutes, first.required)] == [(1, "First; Second", 105, 90)]
    assert [part.id for part in third.parts] == ["d", "final"]
    assert required_by_day(course()) == {1: 90}


def test_named_days_hold_what_they_name_and_what_no_day_names_is_still_owed() -> None:
    days = [
        {"number": 1, "title": "Law", "lessons": ["d", "a"]},
        {"number": 2, "title": "At the desk", "lessons": ["b"], "practicals": ["search"], "exams": ["final"]},
    ]
    practicals = [{"id": "search", "title": "A search", "minutes": 45}]
    law, desk = training_days(course(days=days, practicals=practicals))
    assert [part.id for part in law.parts] == ["d", "a", "c"]
    assert [(part.kind, part.required) for part in desk.parts] == [("lesson", 60), ("practical", 45), ("exam", 0)]
    assert required_by_day(course(days=days, practicals=practicals)) == {1: 30, 2: 105}


def test_a_day_without_hours_in_person_counts_whole_when_it_is_attended() -> None:
    third = training_days(course())[1]
    assert (third.required, third.counted) == (0, 120)
    assert training_days({"modules": [], "exams": []}) == ()


@given(BY_DAY, BY_DAY, BY_DAY)
def test_nothing_owed_is_ever_made_good_by_another_day(required: dict[int, int], attended: dict[int, int], made_up: dict[int, int]) -> None:
    """R-01: hours are complete only when those of every day are."""
    found = hours_attended(required, attended, made_up)
    assert found.owed == sum(max(0, minutes - attended.get(day, 0) - made_up.get(day, 0)) for day, minutes in required.items())
    assert found.credited + found.owed == found.required == sum(required.values())
    assert found.owed_until(required) == found.owed
    assert found.owed_until([]) == 0


def test_a_day_of_which_nothing_is_recorded_is_owed_whole() -> None:
    found = hours_attended({1: 60, 2: 30}, {1: 60}, {})
    assert [(day.day, day.attended, day.owed) for day in found.days] == [(1, 60, 0), (2, None, 30)]


def test_one_day_is_told_also_when_none_of_it_must_be_attended() -> None:
    hours = hours_attended(required_by_day(course()), {}, {})
    asked = [hours_of_day(hours, course(), day) for day in (1, 3, 2)]
    assert [one.owed if one else None for one in asked] == [90, 0, None]
