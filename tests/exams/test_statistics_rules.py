"""Figures of questions: exact sums, shares and correlations, and what is flagged."""

import statistics

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.exams import statistics_rules
from lms.exams.rules import AnswerState, KeyedQuestion
from lms.exams.statistics_rules import MINIMUM_ANSWERS, Flag, Outcome, Sums

points = st.sampled_from([0, 500, 1000])
outcome_lists = st.lists(st.builds(Outcome, st.just("q"), points, st.integers(0, 1000)), max_size=30)


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def sums_of(found: list[Outcome]) -> Sums:
    sums = Sums()
    for one in found:
        sums = sums.plus(one)
    return sums


@patient
@given(outcome_lists, outcome_lists, st.randoms(use_true_random=False))
def test_what_is_taken_out_again_leaves_no_trace(kept: list[Outcome], taken: list[Outcome], chance: object) -> None:
    shuffled = [*kept, *taken]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    sums = sums_of(shuffled)
    for one in taken:
        sums = sums.plus(one, times=-1)
    assert sums == sums_of(kept)


@patient
@given(outcome_lists)
def test_share_and_discrimination_are_the_mean_and_the_correlation_cut_to_thousandths(found: list[Outcome]) -> None:
    sums, own, rest = sums_of(found), [one.points for one in found], [one.rest for one in found]
    assert sums.right_share == (sum(own) // len(own) if own else None)
    if len({*own}) < 2 or len({*rest}) < 2:
        assert sums.discrimination is None
    else:
        exact = 1000 * statistics.correlation(own, rest)
        assert sums.discrimination is not None
        assert abs(sums.discrimination) <= abs(exact) + 1e-6
        assert abs(sums.discrimination - exact) < 1 + 1e-6


def test_the_rest_of_the_exam_is_what_is_scored_without_the_question() -> None:
    keys = [KeyedQuestion(1, "A", "x"), KeyedQuestion(2, "A", "x"), KeyedQuestion(3, "A", "x"), KeyedQuestion(4, "A", "x", scored=False)]
    answers = {n: AnswerState(1, "x" if n in {1, 4} else "y") for n in range(1, 4 + 1)}
    found = statistics_rules.outcomes(answers, keys, {n: f"q{n}" for n in range(1, 5)})
    assert found == [Outcome("q1", 1000, 0), Outcome("q2", 0, 500), Outcome("q3", 0, 500), Outcome("q4", 1000, 333)]


def test_an_unanswered_question_counts_as_wrong_and_a_lone_one_has_no_rest() -> None:
    assert statistics_rules.outcomes({}, [KeyedQuestion(1, "A", "x")], {1: "q"}) == [Outcome("q", 0, 0)]


def sums(*, right: int, asked: int, strong_are_right: bool = True) -> Sums:
    """So many right of so many, given by those who do well in the rest, or by those who do badly."""
    good, bad = (900, 300) if strong_are_right else (300, 900)
    return sums_of([Outcome("q", 1000 * (n < right), good if n < right else bad) for n in range(asked)])


@pytest.mark.parametrize(
    ("found", "flags"),
    [
        (sums(right=29, asked=29), []),
        (sums(right=30, asked=30), [Flag.TOO_EASY]),
        (sums(right=38, asked=40), []),
        (sums(right=39, asked=40), [Flag.TOO_EASY]),
        (sums(right=12, asked=40), []),
        (sums(right=11, asked=40), [Flag.TOO_HARD]),
        (sums(right=25, asked=40, strong_are_right=False), [Flag.NEGATIVE]),
        (sums(right=19, asked=40, strong_are_right=False), [Flag.NEGATIVE, Flag.WRONG_KEY]),
        (sums(right=5, asked=40, strong_are_right=False), [Flag.TOO_HARD, Flag.NEGATIVE, Flag.WRONG_KEY]),
        (Sums(), []),
    ],
)
def test_a_question_is_flagged_only_with_enough_answers(found: Sums, flags: list[Flag]) -> None:
    assert statistics_rules.flags(found) == flags
    assert found.speaks is (found.asked >= MINIMUM_ANSWERS)


def test_every_flag_is_explained() -> None:
    assert set(statistics_rules.MEANING) == {*Flag}
