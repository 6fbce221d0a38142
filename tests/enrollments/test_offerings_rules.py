"""When a class may run."""

from datetime import date

import pytest

from lms.enrollments.rules import fault_of_dates

START = date(2027, 1, 4)


@pytest.mark.parametrize("ends_on", [START, date(2027, 1, 5), date(2028, 1, 5)])
def test_a_class_runs_from_one_day_to_a_year(ends_on: date) -> None:
    assert fault_of_dates(starts_on=START, ends_on=ends_on) is None


@pytest.mark.parametrize(("ends_on", "says"), [(date(2027, 1, 3), "ends before it starts"), (date(2028, 1, 6), "for a year at most")])
def test_a_class_that_ends_before_it_starts_or_never_ends_is_refused(ends_on: date, says: str) -> None:
    assert says in str(fault_of_dates(starts_on=START, ends_on=ends_on))
