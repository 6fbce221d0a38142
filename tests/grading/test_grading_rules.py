"""What marks of a written answer come to."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exams.release_rules import ClassState, Release, is_out
from lms.grading import rules
from lms.grading.rules import Criterion, Mark, Terms
from tests.support.town import NOON

RUBRIC = (Criterion("a", "A", 2), Criterion("b", "B", 3))
ALONE, SECOND = Terms(5000, second=False, apart=250), Terms(5000, second=True, apart=250)


@given(st.integers(0, 2), st.integers(0, 3), st.integers(1, 20))
def test_a_full_rubric_earns_every_point_and_a_part_its_share_cut(first: int, second: int, worth: int) -> None:
    got = rules.points_of({"a": first, "b": second}, RUBRIC, out_of=worth * 1000)
    assert got == (first + second) * worth * 1000 // 5
    assert (got == worth * 1000) is (first + second == 5)


@pytest.mark.parametrize(
    ("marks", "terms", "stands"),
    [
        ([], ALONE, None),
        ([4000], ALONE, 4000),
        ([4000], SECOND, None),
        ([4000, 3000], SECOND, 3500),
        ([4000, 2750], SECOND, 3375),
        ([4000, 2749], SECOND, None),
        ([4000, 1000, 1500], SECOND, 1500),
        ([5000, 0, 5000], SECOND, 5000),
    ],
)
def test_marks_stand_alone_by_their_mean_or_by_the_third(marks: list[int], terms: Terms, stands: int | None) -> None:
    assert rules.settled([Mark(points) for points in marks], terms) == stands


def test_a_marker_may_ask_for_a_second_one() -> None:
    assert rules.settled([Mark(4000, second_wanted=True)], ALONE) is None
    assert rules.settled([Mark(4000, second_wanted=True), Mark(4000)], ALONE) == 4000


@given(st.uuids(version=4))
def test_the_policys_share_takes_all_none_or_its_part(answer_id: uuid.UUID) -> None:
    assert rules.is_drawn_for_second(answer_id, 1000)
    assert not rules.is_drawn_for_second(answer_id, 0)


@given(st.lists(st.uuids(version=4), unique=True), st.uuids(version=4))
def test_each_marker_has_an_order_of_their_own_and_misses_none(answers: list[uuid.UUID], marker: uuid.UUID) -> None:
    found = rules.in_order_of(marker, answers)
    assert sorted(found) == sorted(answers)
    assert found == rules.in_order_of(marker, answers[::-1])


def test_results_come_out_as_the_policy_says() -> None:
    assert is_out(Release.AT_ONCE, ClassState(9, None), now=NOON)
    assert not is_out(Release.ALL_MARKED, ClassState(1, None), now=NOON)
    assert is_out(Release.ALL_MARKED, ClassState(0, None), now=NOON)
    assert not is_out(Release.ON_DATE, ClassState(0, None), now=NOON)
    assert is_out(Release.ON_DATE, ClassState(3, NOON), now=NOON)
