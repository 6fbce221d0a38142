"""When a class may run, what it may be planned as, and where it stands."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from lms.enrollments.rules import Mode, Plan, Stage, changes, class_number, fault_of_dates, fault_of_plan, stage

START = date(2027, 1, 4)


@pytest.mark.parametrize("ends_on", [START, date(2027, 1, 5), date(2028, 1, 5)])
def test_a_class_runs_from_one_day_to_a_year(ends_on: date) -> None:
    assert fault_of_dates(starts_on=START, ends_on=ends_on) is None


@pytest.mark.parametrize(("ends_on", "says"), [(date(2027, 1, 3), "ends before it starts"), (date(2028, 1, 6), "for a year at most")])
def test_a_class_that_ends_before_it_starts_or_never_ends_is_refused(ends_on: date, says: str) -> None:
    assert says in str(fault_of_dates(starts_on=START, ends_on=ends_on))


PLAN = Plan("January", START, date(2027, 1, 15), "America/Denver")


def test_a_sound_plan_is_not_refused() -> None:
    resident = replace(PLAN, mode=Mode.RESIDENT, place="Training room 2", state="CO", capacity=500, days_off=(date(2027, 1, 18),))
    assert (fault_of_plan(PLAN), fault_of_plan(resident)) == (None, None)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"title": ""}, "needs a name"),
        ({"time_zone": "Mars/Olympus"}, "time zones offered"),
        ({"mode": Mode.BLENDED}, "place and the State"),
        ({"mode": Mode.RESIDENT, "place": "Room 2"}, "place and the State"),
        ({"state": "ZZ"}, "State from the list"),
        ({"capacity": 0}, "from 1 to 500"),
        ({"capacity": 501}, "from 1 to 500"),
        ({"day_starts": "8 o'clock"}, "as in 08:00"),
        ({"day_starts": "24:00"}, "as in 08:00"),
        ({"days_off": tuple(date(2027, 1, 1 + n % 28) for n in range(61))}, "at most 60 days off"),
        ({"ends_on": date(2027, 1, 3)}, "ends before it starts"),
    ],
)
def test_a_plan_that_cannot_be_held_is_refused_with_what_to_do(changed: dict[str, Any], says: str) -> None:
    assert says in str(fault_of_plan(replace(PLAN, **changed)))


def test_what_changed_in_a_plan_is_told_in_words() -> None:
    assert changes(PLAN, PLAN) == ()
    assert changes(PLAN, replace(PLAN, ends_on=date(2027, 1, 16), capacity=3, weekends=True)) == (
        "last day",
        "capacity",
        "training on weekends",
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2027, 1, 4, 6, 59, tzinfo=UTC), Stage.PLANNED),
        (datetime(2027, 1, 4, 7, 0, tzinfo=UTC), Stage.UNDER_WAY),
        (datetime(2027, 1, 16, 6, 59, tzinfo=UTC), Stage.UNDER_WAY),
        (datetime(2027, 1, 16, 7, 0, tzinfo=UTC), Stage.FINISHED),
    ],
)
def test_a_class_stands_by_its_dates_in_its_own_zone_unless_it_was_cancelled(now: datetime, expected: Stage) -> None:
    dates = {"starts_on": PLAN.starts_on, "ends_on": PLAN.ends_on, "time_zone": PLAN.time_zone}
    assert stage(**dates, cancelled=False, now=now) is expected  # type: ignore[arg-type] # named above
    assert stage(**dates, cancelled=True, now=now) is Stage.CANCELLED  # type: ignore[arg-type] # named above


def test_a_class_is_named_by_year_and_place_in_it() -> None:
    assert (class_number(2026, 7), class_number(2026, 12345)) == ("CL-2026-0007", "CL-2026-12345")
