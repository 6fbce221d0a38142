"""R-34: records are kept unless a schedule allows otherwise, and a hold goes before every schedule."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.retention.classes import RECORDS
from lms.retention.rules import (
    CLASSES,
    KEEP,
    Hold,
    RecordClass,
    Schedule,
    cutoff,
    fault_of_disposal,
    fault_of_schedule,
    held_officers,
    held_whole,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GONE = [name for name in RecordClass if not CLASSES[name].kept]
KEPT = [name for name in RecordClass if CLASSES[name].kept]


@pytest.mark.parametrize("name", RecordClass)
def test_by_default_everything_is_kept(name: RecordClass) -> None:
    """R-34."""
    assert cutoff(KEEP, now=NOW) is None
    assert "kept" in fault_of_disposal(KEEP, [], name)


@pytest.mark.parametrize("name", KEPT)
def test_what_chains_and_answers_rest_on_has_no_schedule(name: RecordClass) -> None:
    """R-34, R-29."""
    assert "These records are kept" in fault_of_schedule(name, 3, "Schedule 4")
    assert fault_of_disposal(Schedule(3, "Schedule 4"), [], name)
    assert name not in RECORDS


def test_every_class_that_may_go_says_which_rows_it_is() -> None:
    assert set(RECORDS) == set(GONE)


@pytest.mark.parametrize("name", GONE)
def test_a_schedule_names_its_rule_and_years_that_are_years(name: RecordClass) -> None:
    assert fault_of_schedule(name, 3, "Schedule 4, item 2") == ""
    assert "Name the rule" in fault_of_schedule(name, 3, " ")
    assert "from 1 to 100" in fault_of_schedule(name, 0, "Schedule 4")
    assert fault_of_schedule(name, None, "") == ""


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), st.integers(1, 80))  # noqa: DTZ001 - bounds take no zone
def test_nothing_younger_than_its_years_is_ever_due(now: datetime, years: int) -> None:
    """R-34: a leap day counts as the day before."""
    before = cutoff(Schedule(years, "Schedule 4"), now=now)
    assert before is not None
    assert before.year == now.year - years
    assert (before.month, before.day) in {(now.month, now.day), (2, 28)}


@pytest.mark.parametrize("name", GONE)
def test_a_hold_goes_before_the_schedule(name: RecordClass) -> None:
    schedule = Schedule(3, "Schedule 4")
    assert fault_of_disposal(schedule, [], name) == ""
    for hold in (Hold(None, ""), Hold(name, "")):
        assert held_whole([hold], name)
        assert "legal hold" in fault_of_disposal(schedule, [hold], name)
    other = next(one for one in GONE if one is not name)
    assert fault_of_disposal(schedule, [Hold(other, ""), Hold(name, "dana")], name) == ""
    assert held_officers([Hold(other, "sam"), Hold(name, "dana"), Hold(None, "lee")], name) == {"dana", "lee"}
