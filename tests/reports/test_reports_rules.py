"""Shares, charts and the map by rules alone: nothing is rounded up, nothing is drawn outside its frame, every count has one shade."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.places.rules import STATES
from lms.reports import charts, states
from lms.reports.catalogue import CATALOGUE
from lms.reports.rules import EXPIRING, OVERDUE, WAITING, Filter, Share, Span, moment_of, percent

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
COUNTS = st.integers(0, 10_000)


@given(part=COUNTS, more=COUNTS)
def test_only_a_whole_is_a_hundred_percent(part: int, more: int) -> None:
    whole = part + more
    told = percent(part, whole)
    assert (told == "100.0 %") == (whole > 0 and not more)
    assert (told == "not applicable") == (whole == 0)


def test_a_share_is_cut_and_tells_both_numbers() -> None:
    assert percent(9996, 10_000) == "99.9 %"
    assert percent(1, 3) == "33.3 %"
    assert (Share("x", 0, 0).percent, Share("x", 3).percent) == ("", "")
    assert Share("x", 1, 5, wanted=0).is_wrong
    assert not Share("x", 0, 5, wanted=0).is_wrong


def test_a_day_speaks_for_its_last_moment_and_today_for_now() -> None:
    assert moment_of(date(2026, 11, 22), now=NOON) == NOON
    assert moment_of(date(2026, 11, 21), now=NOON) == datetime(2026, 11, 21, 23, 59, 59, 999_000, tzinfo=UTC)
    assert moment_of(date(2026, 11, 23), now=NOON) == NOON


@pytest.mark.parametrize(("spans", "first", "last"), [(OVERDUE, 1, 2000), (WAITING, 0, 2000), (EXPIRING, 0, 90)])
def test_every_number_of_days_is_in_one_span(spans: tuple[Span, ...], first: int, last: int) -> None:
    assert {sum(span.holds(days) for span in spans) for days in range(first, last + 1)} == {1}


@given(values=st.lists(st.tuples(st.text(max_size=5), st.lists(COUNTS, min_size=3, max_size=3)), max_size=6))
def test_bars_stay_in_their_frame_and_show_what_is_not_nothing(values: list[tuple[str, list[int]]]) -> None:
    drawn = charts.bars("t", of="o", kinds=("a", "b", "c"), values=values)
    for (_, parts), line in zip(values, drawn.lines, strict=True):
        assert all(one.x >= 0 and one.x + one.width <= charts.WIDTH for one in line.segments)
        assert all(parts[one.kind] for one in line.segments)
        assert line.y + charts.ROW <= drawn.height
    assert [row[1:] for row in drawn.rows] == [tuple(parts) for _, parts in values]


@given(values=st.lists(st.tuples(st.text(max_size=5), COUNTS), min_size=1, max_size=6))
def test_posts_stay_in_their_frame_and_the_largest_is_the_highest(values: list[tuple[str, int]]) -> None:
    drawn = charts.histogram("t", axis="Days", of="o", values=values)
    assert all(charts.PLOT_TOP <= post.y <= drawn.base and post.x + post.width <= charts.WIDTH for post in drawn.posts)
    assert max(post.height for post in drawn.posts) == (charts.PLOT_HEIGHT if any(value for _, value in values) else 0)
    assert drawn.rows == tuple(values)


@given(largest=st.integers(0, 5000))
def test_at_most_five_shades_cover_every_count_once(largest: int) -> None:
    found = states.steps(largest)
    assert len(found) == min(largest, states.STEPS)
    for count in {1, 2, largest // 2, largest - 1, largest} - {0, -1}:
        if 1 <= count <= largest:
            assert sum(step.first <= count <= step.last for step in found) == 1


def test_the_map_draws_every_state_and_the_district() -> None:
    drawn = states.drawn({"TX": 12, "PR": 40})
    assert [one.shape.state.postal for one in drawn.shaded] == [state.postal for state in STATES if state.fips < "60"]
    by_state = {one.shape.state.postal: one for one in drawn.shaded}
    assert by_state["TX"].step > 0 == by_state["VT"].step
    assert (by_state["TX"].count, by_state["VT"].count) == (12, 0)


def test_every_report_says_whom_it_answers_and_what_it_counts() -> None:
    for report_id, report in CATALOGUE.items():
        assert report.id == report_id
        assert report.source
        assert report.definitions
        assert report.question.endswith((".", "?"))
        assert Filter.DAY in report.filters
        names = [column.name for column in report.columns]
        assert len(set(names)) == len(names)


def test_a_chart_says_its_numbers_in_words() -> None:
    drawn = charts.bars("t", of="Model", kinds=("certified", "authorized"), values=[("JEM", (1200, 3))])
    assert drawn.text == "JEM: 1,200 certified, 3 authorized."
    assert drawn.lines[0].numbers == "1,200 / 3"
    assert charts.histogram("t", axis="Days", of="o", values=[("0-30", 4)]).text == "0-30: 4."


def test_a_day_before_the_first_counts_in_no_span() -> None:
    assert not any(span.holds(0) for span in OVERDUE)
    assert timedelta(days=EXPIRING[-1].last or 0) == timedelta(days=90)
