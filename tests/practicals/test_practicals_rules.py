"""What two sheets come to, whatever they say (R-01), and when an alarm is due (R-12)."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.practicals import rules
from lms.practicals.rules import Criterion, Given, Mark, Result, Rubric, Sheet, Standing, State

RUBRIC = Rubric(
    (Criterion("C1", "Reads", 2, critical=True), Criterion("C2", "Says", 3, critical=False), Criterion("C3", "Writes", 5, critical=False)),
    80_000,
)
ALL_MET: Sheet = {"C1": Mark.MET, "C2": Mark.MET, "C3": Mark.MET}


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    shape = draw(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=6))
    criteria = tuple(Criterion(f"C{at}", "Does it", points, critical) for at, (points, critical) in enumerate(shape))
    return Rubric(criteria, draw(st.integers(1, rules.WHOLE)))


@st.composite
def rated(draw: st.DrawFn) -> tuple[Rubric, Sheet, Sheet]:
    rubric = draw(rubrics())
    first, second = ({one.id: draw(st.sampled_from(one.marks)) for one in rubric.criteria} for _ in range(2))
    return rubric, first, second


def share(rubric: Rubric, *sheets: Sheet) -> Fraction:
    """The mean of the raters' shares, exactly."""
    worth = {Mark.MET: Fraction(1), Mark.PARTLY: Fraction(1, 2), Mark.NOT_MET: Fraction(0)}
    earned = sum((one.points * worth[sheet[one.id]] for sheet in sheets for one in rubric.criteria), Fraction(0))
    return earned / (len(sheets) * rubric.points)


def missed(rubric: Rubric, sheet: Sheet) -> set[str]:
    return {one.id for one in rubric.criteria if one.critical and sheet[one.id] is Mark.NOT_MET}


@given(rated())
def test_raters_who_agree_settle_it_and_others_never_do(found: tuple[Rubric, Sheet, Sheet]) -> None:
    """R-01: passed by both, failed by both, or a third rater; the share is compared exactly, without rounding (R-04)."""
    rubric, first, second = found
    asked = Fraction(rubric.pass_share, rules.WHOLE)
    one, other = (share(rubric, sheet) >= asked and not missed(rubric, sheet) for sheet in (first, second))
    state = rules.result(rubric, [first, second]).state
    if one is not other or missed(rubric, first) != missed(rubric, second):
        assert state is State.DIFFER
    else:
        assert state is (State.PASSED if one else State.FAILED)
        assert (state is State.PASSED) is (share(rubric, first, second) >= asked and not missed(rubric, first))


@given(rated(), st.booleans())
def test_a_third_raters_word_counts_only_where_the_two_differ(found: tuple[Rubric, Sheet, Sheet], decided: bool) -> None:
    """R-01."""
    rubric, first, second = found
    before, after = rules.result(rubric, [first, second]), rules.result(rubric, [first, second], decided=decided)
    expected = before.state if before.state is not State.DIFFER else State.PASSED if decided else State.FAILED
    assert (after.state, after.earned, after.possible) == (expected, before.earned, before.possible)


@given(rated())
def test_who_rated_first_makes_no_difference(found: tuple[Rubric, Sheet, Sheet]) -> None:
    rubric, first, second = found
    assert rules.result(rubric, [first, second]) == rules.result(rubric, [second, first])


@given(rated())
def test_a_critical_step_that_both_found_missed_fails_whatever_the_points(found: tuple[Rubric, Sheet, Sheet]) -> None:
    """R-01."""
    rubric, sheet, _ = found
    if missed(rubric, sheet):
        assert rules.result(rubric, [sheet, sheet]).state is State.FAILED


def test_one_sheet_settles_nothing() -> None:
    assert rules.result(RUBRIC, []) == Result(State.NOT_RATED)
    assert rules.result(RUBRIC, [ALL_MET]) == Result(State.ONE_RATER)
    assert rules.result(RUBRIC, [ALL_MET], decided=True) == Result(State.ONE_RATER)


@pytest.mark.parametrize(
    ("marks", "state"),
    [
        ({}, State.PASSED),
        ({"C2": Mark.PARTLY}, State.PASSED),
        ({"C2": Mark.NOT_MET}, State.FAILED),
        ({"C3": Mark.PARTLY}, State.FAILED),
        ({"C1": Mark.NOT_MET}, State.FAILED),
    ],
)
def test_eighty_percent_of_ten_points(marks: dict[str, Mark], state: State) -> None:
    sheet = {**ALL_MET, **marks}
    assert rules.result(RUBRIC, [sheet, sheet]).state is state


def test_exactly_the_share_passes_and_half_a_point_less_fails() -> None:
    """R-04."""
    assert rules.reaches(RUBRIC, 32, raters=2)
    assert not rules.reaches(RUBRIC, 31, raters=2)
    third = Rubric((Criterion("C1", "Does", 3, critical=False),), 66_667)
    assert not rules.reaches(third, 4, raters=1)


def test_a_critical_step_is_done_or_not_and_what_is_not_met_says_why() -> None:
    critical, other = RUBRIC.criteria[:2]
    assert rules.fault_of_given(critical, Given(Mark.MET)) is None
    assert "met or not met" in str(rules.fault_of_given(critical, Given(Mark.PARTLY, "Late")))
    assert "partly met" in str(rules.fault_of_given(other, None))
    assert "needs a note" in str(rules.fault_of_given(other, Given(Mark.NOT_MET, "  ")))
    assert rules.fault_of_given(other, Given(Mark.NOT_MET, "Said nothing")) is None
    assert "at most 1000" in str(rules.fault_of_given(other, Given(Mark.MET, "x" * 1001)))


@pytest.mark.parametrize(
    ("day", "sound"), [(date(2026, 10, 31), False), (date(2026, 11, 1), True), (date(2026, 11, 22), True), (date(2026, 11, 23), False)]
)
def test_an_exercise_is_held_in_its_class_and_not_in_time_to_come(day: date, sound: bool) -> None:
    found = rules.fault_of_day(day, starts_on=date(2026, 11, 1), today=date(2026, 11, 22))
    assert (found is None) is sound


def test_one_repeat_needs_nobody_and_the_next_one_the_program() -> None:
    failed = Result(State.FAILED, 0, 40)
    assert not Standing(1, failed).needs_program
    assert Standing(2, failed).needs_program
    assert not Standing(2, Result(State.PASSED, 40, 40)).needs_program
    assert [rules.go_label(go) for go in (1, 2, 3)] == ["First time", "Repeat 1", "Repeat 2"]


def test_all_are_passed_only_when_each_required_one_is() -> None:
    """R-01."""
    passed, failed = Standing(1, Result(State.PASSED, 40, 40)), Standing(1, Result(State.FAILED, 0, 40))
    assert rules.all_passed((), {})
    assert rules.all_passed(("a", "b"), {"a": passed, "b": passed, "c": failed})
    assert not rules.all_passed(("a", "b"), {"a": passed, "b": failed})
    assert not rules.all_passed(("a", "b"), {"a": passed})


@pytest.mark.parametrize(
    ("failed", "rated_officers", "alarms"),
    [
        (0, 0, False),
        (0, 20, False),
        (3, 20, True),
        (2, 20, False),
        (15, 100, True),
        (14, 100, False),
        (3, 21, False),
        (1, 6, True),
        (1, 7, False),
    ],
)
def test_fifteen_percent_alarms_and_less_does_not(failed: int, rated_officers: int, alarms: bool) -> None:
    """R-12: exactly 15 percent alarms."""
    assert rules.is_alarming(failed=failed, rated=rated_officers) is alarms


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_alarm_is_the_exact_share(failed: int, passed: int) -> None:
    """R-12."""
    rated_officers = failed + passed
    expected = rated_officers > 0 and Fraction(failed, rated_officers) >= Fraction(15, 100)
    assert rules.is_alarming(failed=failed, rated=rated_officers) is expected


def test_an_alarm_is_answered_within_a_day() -> None:
    """R-12."""
    raised = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert rules.alarm_due_at(raised) - raised == timedelta(hours=24)
