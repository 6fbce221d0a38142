"""Reading earns what the clock says and no more, lessons open in order, and gates say what is missing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.enrollments.lessons import rules
from lms.enrollments.lessons.rules import ClassState, GateKind, LessonState

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MOMENTS = st.integers(0, 4 * 3600 * 1000).map(lambda ms: START + timedelta(milliseconds=ms))
CLAIMS = st.none() | st.integers(-100, 10_000)
IDS = st.lists(st.text("abcdef", min_size=1, max_size=3), unique=True, max_size=12)


def earn(signs: Sequence[tuple[str, datetime, int | None]], minutes: int = 30) -> dict[str, list[int]]:
    """What a run of signs of life (lesson, when, claim) earns in each lesson, as the service would record it."""
    last: datetime | None = None
    earned_in: dict[str, list[int]] = {}
    for lesson, now, claimed in signs:
        got = earned_in.setdefault(lesson, [])
        seconds = rules.credit(last=last, now=now, claimed=claimed, earned=sum(got), minutes=minutes)
        if seconds is not None:
            got.append(seconds)
            last = now if last is None else max(last, now)
    return earned_in


def test_the_first_sign_of_life_earns_nothing() -> None:
    assert rules.credit(last=None, now=START, claimed=60, earned=0, minutes=30) == 0


@pytest.mark.parametrize(("passed", "claimed", "earned"), [(30, None, 30), (30, 20, 20), (30, 500, 30), (600, None, 60), (600, -5, 0)])
def test_a_sign_of_life_earns_the_time_since_the_last_one_capped_at_a_minute(passed: int, claimed: int | None, earned: int) -> None:
    now = START + timedelta(seconds=passed)
    assert rules.credit(last=START, now=now, claimed=claimed, earned=0, minutes=30) == earned


def test_the_same_second_again_tells_nothing_new() -> None:
    assert rules.credit(last=START, now=START + timedelta(milliseconds=900), claimed=None, earned=0, minutes=30) is None


def test_a_lesson_that_has_earned_three_times_its_minutes_earns_no_more() -> None:
    now = START + timedelta(seconds=30)
    assert rules.credit(last=START, now=now, claimed=None, earned=3 * 600 - 10, minutes=10) == 10
    assert rules.credit(last=START, now=now, claimed=None, earned=3 * 600, minutes=10) is None


@given(last=MOMENTS, now=MOMENTS, claimed=CLAIMS, earned=st.integers(0, 20_000), minutes=st.integers(1, 120))
def test_no_credit_is_negative_or_over_a_cap(last: datetime, now: datetime, claimed: int | None, earned: int, minutes: int) -> None:
    got = rules.credit(last=last, now=now, claimed=claimed, earned=earned, minutes=minutes) or 0
    assert 0 <= got <= rules.LONGEST_CREDIT
    assert not got or earned + got <= 3 * minutes * 60
    assert not got or got <= (now - last).total_seconds() + 1


@given(signs=st.lists(st.tuples(st.sampled_from("ab"), MOMENTS, CLAIMS), max_size=40))
def test_two_tabs_never_earn_the_same_second_twice(signs: list[tuple[str, datetime, int | None]]) -> None:
    """In whatever order the requests of two tabs arrive, together they earn at most the time that passed."""
    total = sum(sum(got) for got in earn(signs).values())
    passed = max((now for _, now, _ in signs), default=START).timestamp() - min((now for _, now, _ in signs), default=START).timestamp()
    assert total <= passed + 1


@given(signs=st.lists(st.tuples(st.just("a"), MOMENTS, CLAIMS), max_size=60), minutes=st.integers(1, 5))
def test_no_lesson_earns_more_than_three_times_its_minutes(signs: list[tuple[str, datetime, int | None]], minutes: int) -> None:
    assert sum(earn(sorted(signs, key=lambda sign: sign[1]), minutes).get("a", [])) <= 3 * minutes * 60


def test_steady_beats_lose_no_second_to_rounding() -> None:
    beats = [("a", START + timedelta(milliseconds=30_700 * number), None) for number in range(11)]
    assert sum(earn(beats)["a"]) == 307


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (datetime(2026, 11, 22, 6, 59, tzinfo=UTC), ClassState.NOT_STARTED),
        (datetime(2026, 11, 22, 7, 0, tzinfo=UTC), ClassState.RUNNING),
        (datetime(2026, 11, 25, 6, 59, tzinfo=UTC), ClassState.RUNNING),
        (datetime(2026, 11, 25, 7, 0, tzinfo=UTC), ClassState.ENDED),
    ],
)
def test_a_class_runs_from_its_first_to_its_last_day_in_its_own_zone(now: datetime, state: ClassState) -> None:
    found = rules.class_state(starts_on=date(2026, 11, 22), ends_on=date(2026, 11, 24), time_zone="America/Phoenix", now=now)
    assert found is state


@given(order=IDS, data=st.data())
def test_lessons_open_in_order(order: list[str], data: st.DataObject) -> None:
    complete = set(order[: data.draw(st.integers(0, len(order)))])
    states = rules.lesson_states(order, complete)
    assert [lesson for lesson, state in states.items() if state is LessonState.COMPLETE] == [x for x in order if x in complete]
    assert [lesson for lesson, state in states.items() if state is LessonState.OPEN] == order[len(complete) : len(complete) + 1]
    assert rules.next_lesson(order, complete) == (order[len(complete)] if len(complete) < len(order) else None)


@given(order=IDS, data=st.data())
def test_a_lesson_is_open_or_complete_only_when_it_or_all_before_it_are_complete(order: list[str], data: st.DataObject) -> None:
    complete = data.draw(st.sets(st.sampled_from(order))) if order else set()
    for position, (lesson, state) in enumerate(rules.lesson_states(order, complete).items()):
        before = set(order[:position]) <= complete
        assert (state is LessonState.LOCKED) == (lesson not in complete and not before)


@given(minutes=st.integers(0, 500), share=st.integers(0, 1000), seconds=st.integers(0, 40_000))
def test_the_time_gate_compares_exactly(minutes: int, share: int, seconds: int) -> None:
    gate = rules.completion_gates(checks=(), right=(), seconds=seconds, minutes=minutes, share=share)[1]
    assert gate.met == (seconds * 1000 >= share * minutes * 60)


@given(checks=IDS, data=st.data())
def test_the_check_gate_is_met_when_every_check_was_right_once(checks: list[str], data: st.DataObject) -> None:
    right = data.draw(st.sets(st.sampled_from(checks))) if checks else set()
    gate = rules.completion_gates(checks=checks, right=right, seconds=0, minutes=0, share=0)[0]
    assert gate.met == (set(checks) <= right)


def test_gates_say_what_is_missing_and_whose_rule_it_is() -> None:
    checks, time = rules.completion_gates(checks=("a", "b", "c"), right=("a",), seconds=65, minutes=10, share=400)
    assert (checks.kind, checks.state) == (GateKind.CHECKS, "not met")
    assert checks.reason == "1 of 3 answered right. Answer the other 2 right; you may try as often as you need."
    assert time.reason == "You were active for 1 min 5 s of 4 min. Read on and work the cases; 2 min 55 s to go."
    assert time.source == "course rule: at least 40% of the stated 10 minutes"


@pytest.mark.parametrize(
    ("checks", "right", "reason"),
    [
        ((), (), "This lesson has no check of understanding."),
        (("a",), ("a",), "You answered the one question right."),
        (("a", "b"), ("a", "b"), "You answered all 2 questions right."),
        (("a", "b"), (), "0 of 2 answered right. Answer each right; you may try as often as you need."),
        (("a", "b"), ("b",), "1 of 2 answered right. Answer the last one right; you may try as often as you need."),
    ],
)
def test_the_check_gate_is_told_in_words(checks: tuple[str, ...], right: tuple[str, ...], reason: str) -> None:
    gate = rules.completion_gates(checks=checks, right=right, seconds=600, minutes=10, share=400)[0]
    assert gate.reason == reason


def test_a_met_time_gate_still_shows_both_figures() -> None:
    gate = rules.completion_gates(checks=(), right=(), seconds=5400, minutes=10, share=125)[1]
    assert gate.reason == "You were active for 90 min; the lesson asks for 1 min 15 s."
    assert gate.state == "met"
    assert gate.source == "course rule: at least 12.5% of the stated 10 minutes"


@pytest.mark.parametrize(("minutes", "shown"), [(0, "0"), (30, "0.5"), (90, "1.5"), (119, "1.9"), (120, "2"), (480, "8")])
def test_hours_are_cut_and_never_rounded_up(minutes: int, shown: str) -> None:
    assert rules.hours(minutes) == shown


@pytest.mark.parametrize(("seconds", "left"), [(0, 30), (1, 30), (60, 29), (1799, 1), (1800, 0), (9999, 0)])
def test_minutes_left_count_the_begun_one(seconds: int, left: int) -> None:
    assert rules.minutes_left(minutes=30, seconds=seconds) == left


def test_short_times_are_told_in_seconds() -> None:
    assert rules.spoken(42) == "42 s"
    assert rules.spoken(-3) == "0 s"
