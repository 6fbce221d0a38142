"""When people are reminded, pure."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.authorizations.reminder_rules import DAYS, About, left, reached

END = date(2027, 3, 15)


@pytest.mark.parametrize(
    ("days_before", "reminded"),
    [(91, None), (90, 90), (61, 90), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (1, 7), (0, 7), (-1, None)],
)
def test_the_end_of_an_authorization_is_told_90_60_30_and_7_days_before(days_before: int, reminded: int | None) -> None:
    assert reached(DAYS[About.ENDING], on=END, today=END - timedelta(days=days_before)) == reminded


@pytest.mark.parametrize(("days_before", "reminded"), [(31, None), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)])
def test_training_that_is_due_is_told_30_and_7_days_before(days_before: int, reminded: int | None) -> None:
    assert reached(DAYS[About.TRAINING], on=END, today=END - timedelta(days=days_before)) == reminded


@given(about=st.sampled_from(About), first=st.integers(0, 400), later=st.integers(0, 400))
def test_the_nearer_the_day_the_later_the_reminder(about: About, first: int, later: int) -> None:
    nearer, further = sorted((first, later))
    told = [reached(DAYS[about], on=END, today=END - timedelta(days=days)) for days in (nearer, further)]
    assert told[1] is None or (told[0] is not None and told[0] <= told[1])


def test_what_is_left_is_told_in_days() -> None:
    assert [left(on=END, today=END - timedelta(days=days)) for days in (30, 1, 0)] == ["30 days", "1 day", "Less than one day"]
