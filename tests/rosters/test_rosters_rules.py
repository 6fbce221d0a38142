"""Only who passed counts as trained (R-33), and what differs between two revisions is told lesson by lesson."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exams.retakes import Standing as ExamStanding
from lms.rosters.rules import Change, Facts, Standing, difference, standing, totals

DONE = Facts(withdrawn=False, started=True, exams=(ExamStanding.PASSED,), lessons_left=0, owed=0)
FACTS = st.builds(
    Facts,
    withdrawn=st.booleans(),
    started=st.booleans(),
    exams=st.lists(st.sampled_from(ExamStanding), max_size=3).map(tuple),
    lessons_left=st.integers(0, 3),
    owed=st.integers(0, 90),
    practicals_left=st.integers(0, 2),
)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Standing.PASSED),
        ({"lessons_left": 1}, Standing.IN_TRAINING),
        ({"owed": 1}, Standing.IN_TRAINING),
        ({"practicals_left": 1}, Standing.IN_TRAINING),
        ({"exams": ()}, Standing.IN_TRAINING),
        ({"exams": (ExamStanding.PASSED, ExamStanding.IN_TRAINING)}, Standing.IN_TRAINING),
        ({"exams": (ExamStanding.SITTING,)}, Standing.IN_TRAINING),
        ({"exams": (ExamStanding.PASSED, ExamStanding.RETAKE_OFFERED)}, Standing.RETAKE),
        ({"exams": (ExamStanding.DISQUALIFIED, ExamStanding.PASSED)}, Standing.DISQUALIFIED),
        ({"withdrawn": True}, Standing.WITHDREW),
        ({"started": False, "lessons_left": 3, "exams": (ExamStanding.IN_TRAINING,)}, Standing.NOT_STARTED),
    ],
)
def test_an_officer_stands_where_the_record_says(changed: dict[str, Any], expected: Standing) -> None:
    assert standing(replace(DONE, **changed)) is expected


@given(FACTS)
def test_passed_is_only_who_has_done_everything(facts: Facts) -> None:
    """R-01, R-33."""
    left = facts.lessons_left or facts.owed or facts.practicals_left
    everything = set(facts.exams) == {ExamStanding.PASSED} and not (facts.withdrawn or left)
    assert (standing(facts) is Standing.PASSED) is everything


@given(st.lists(FACTS, max_size=20))
def test_a_roster_counts_as_trained_only_who_passed(roster: list[Facts]) -> None:
    """R-33."""
    found = totals((standing(facts), facts.started) for facts in roster)
    assert found.trained == sum(standing(facts) is Standing.PASSED for facts in roster)
    assert found.enrolled == len(roster)
    assert found.passed + found.retake + found.disqualified + found.withdrew + found.in_training <= found.enrolled
    assert found.started == sum(facts.started for facts in roster)


def lesson(name: str, edition: str = "1", minutes: int = 30) -> dict[str, Any]:
    return {"id": name, "hash": f"{name} {edition}", "title": name.title(), "minutes": {"reading": minutes}, "objectives": []}


MANIFEST: dict[str, Any] = {
    "title": "Course",
    "hours": 8,
    "minimum_active_share": 400,
    "law_as_of": "2026-11-22",
    "subjects": ["immigration law"],
    "modules": [{"id": "one", "lessons": [lesson("a"), lesson("b")]}, {"id": "two", "lessons": [lesson("c")]}],
    "exams": [{"id": "final", "title": "Final", "bank": "bank", "minutes": 60, "retakes": 1, "specification": {"A": 1}}],
}


def test_the_same_revision_differs_in_nothing() -> None:
    found = difference(MANIFEST, deepcopy(MANIFEST))
    assert (found.lessons, found.exams, found.course) == ((), (), ())


def test_what_is_added_changed_and_removed_is_told() -> None:
    new = deepcopy(MANIFEST)
    new["hours"] = 9
    new["modules"][0]["lessons"] = [lesson("a", "2", minutes=45), lesson("d")]
    new["exams"] = [MANIFEST["exams"][0] | {"minutes": 90, "specification": {"A": 2}}, {"id": "second", "title": "Second"}]
    found = difference(MANIFEST, new)
    assert [(one.id, one.change, one.minutes_before, one.minutes_after, one.has_texts) for one in found.lessons] == [
        ("a", Change.CHANGED, 30, 45, True),
        ("d", Change.ADDED, 0, 30, False),
        ("b", Change.REMOVED, 30, 0, False),
    ]
    assert [(one.title, one.change, one.what) for one in found.exams] == [
        ("Final", Change.CHANGED, ("time", "number of questions by objective")),
        ("Second", Change.ADDED, ()),
    ]
    assert found.course == ("hours",)
    assert found.concerned == {"a", "b"}
