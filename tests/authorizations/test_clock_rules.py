"""The clocks of notices, refreshers and complaints, by template and in the agency's time zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.agencies.rules import TIME_ZONES
from lms.authorizations.complaint_rules import Report, Source, fault_of_report, fault_of_resolution
from lms.authorizations.notice_rules import (
    Clock,
    Due,
    Moved,
    NoticeKind,
    clock,
    due_after_complaint,
    due_after_move,
    due_after_resolution,
    suspends,
)
from lms.authorizations.refresher_rules import Demand, RefresherKind, fault_of_demand, plan
from lms.authorizations.rules import MoveKind, Reason
from tests.agencies.program import rules

FRIDAY = datetime(2026, 11, 20, 22, tzinfo=UTC)
"""Five in the afternoon in New York."""
ZONE = "America/New_York"
DAY = timedelta(days=1)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def after_move(template: str, kind: MoveKind, reason: Reason = Reason.ICE, *, empties: bool = False, at: datetime = FRIDAY) -> list[Due]:
    return due_after_move(Moved(kind, reason, at, empties), rule_set=rules(template), zone=ZONE, now=FRIDAY)


# --- Notices of moves -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [MoveKind.REVOCATION, MoveKind.WITHDRAWAL])
def test_the_other_party_is_told_within_48_hours_under_the_task_force_model(kind: MoveKind) -> None:
    """R-19."""
    (due,) = after_move("tfm-2025", kind)
    assert (due.kind, due.due_at - due.starts_at) == (NoticeKind.OTHER_PARTY, timedelta(hours=48))


@pytest.mark.parametrize("kind", [MoveKind.SUSPENSION, MoveKind.REINSTATEMENT])
def test_what_ends_nothing_makes_no_notice_due(kind: MoveKind) -> None:
    assert after_move("tfm-2025", kind) == []
    assert after_move("jem-2025", kind, empties=True) == []


def test_the_agencys_notice_of_a_leaver_had_to_come_90_days_before() -> None:
    """R-19: in calendar days of the agency's zone, so that the clock's change in between moves nothing (R-22)."""
    leaves = datetime(2027, 3, 20, 4, tzinfo=UTC)  # midnight of daylight saving time; 90 days before is standard time
    (due,) = after_move("wso-2025", MoveKind.WITHDRAWAL, Reason.LEFT, at=leaves)
    assert (due.kind, due.due_at, due.given_at) == (NoticeKind.LEAVER, datetime(2026, 12, 20, 5, tzinfo=UTC), FRIDAY)
    assert clock(due_at=due.due_at, given_at=due.given_at, now=FRIDAY) is Clock.GIVEN
    (short,) = after_move("wso-2025", MoveKind.WITHDRAWAL, Reason.LEFT, at=FRIDAY + 30 * DAY)
    assert clock(due_at=short.due_at, given_at=short.given_at, now=FRIDAY) is Clock.LATE
    assert after_move("wso-2025", MoveKind.WITHDRAWAL, Reason.ICE) == []
    assert after_move("jem-2025", MoveKind.REVOCATION, Reason.LEFT) == []


def test_an_empty_roster_raises_the_steps_of_suspension_and_termination_under_the_jail_model() -> None:
    """R-18."""
    (due,) = after_move("jem-2025", MoveKind.REVOCATION, empties=True)
    assert (due.kind, due.due_at) == (NoticeKind.ROSTER, FRIDAY)
    assert after_move("jem-2025", MoveKind.REVOCATION) == []
    assert after_move("wso-2025", MoveKind.REVOCATION, empties=True) == []


def test_a_notice_is_open_overdue_in_time_or_late() -> None:
    due_at = FRIDAY
    assert clock(due_at=due_at, given_at=None, now=FRIDAY) is Clock.OPEN
    assert clock(due_at=due_at, given_at=None, now=FRIDAY + DAY) is Clock.OVERDUE
    assert clock(due_at=due_at, given_at=FRIDAY, now=FRIDAY + DAY) is Clock.GIVEN
    assert clock(due_at=due_at, given_at=FRIDAY + DAY, now=FRIDAY + DAY) is Clock.LATE


# --- Complaints -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", ["jem-2025", "wso-2025"])
def test_ice_is_told_of_a_complaint_within_48_hours_without_weekends(template: str) -> None:
    """R-21, R-22: from Friday five o'clock to Tuesday five o'clock, where the agency is."""
    (due,) = due_after_complaint(received_at=FRIDAY, rule_set=rules(template), zone=ZONE)
    assert (due.kind, due.due_at) == (NoticeKind.COMPLAINT, datetime(2026, 11, 24, 22, tzinfo=UTC))


def test_the_weekend_is_the_agencys_own() -> None:
    """R-22: when it is Saturday in New York it is still Friday in Honolulu."""
    received = datetime(2026, 11, 21, 6, tzinfo=UTC)  # 1 a.m. on Saturday in New York, 8 p.m. on Friday in Honolulu
    jem = rules("jem-2025")
    (east,) = due_after_complaint(received_at=received, rule_set=jem, zone=ZONE)
    (west,) = due_after_complaint(received_at=received, rule_set=jem, zone="Pacific/Honolulu")
    assert (east.due_at, west.due_at) == (datetime(2026, 11, 25, 5, tzinfo=UTC), datetime(2026, 11, 25, 6, tzinfo=UTC))


def test_the_result_runs_from_the_resolution_in_the_jail_and_from_the_receipt_in_the_task_force_model() -> None:
    """R-21."""
    (jem,) = due_after_resolution(resolved_at=FRIDAY, rule_set=rules("jem-2025"), zone=ZONE)
    assert (jem.kind, jem.due_at) == (NoticeKind.RESULT, FRIDAY + 30 * DAY)
    (tfm,) = due_after_complaint(received_at=FRIDAY, rule_set=rules("tfm-2025"), zone=ZONE)
    assert (tfm.kind, tfm.due_at) == (NoticeKind.RESULT, FRIDAY + 90 * DAY)
    assert due_after_resolution(resolved_at=FRIDAY, rule_set=rules("tfm-2025"), zone=ZONE) == []
    assert due_after_resolution(resolved_at=FRIDAY, rule_set=rules("wso-2025"), zone=ZONE) == []


def test_a_complaint_that_may_bring_discipline_suspends_under_the_task_force_model_alone() -> None:
    """R-21."""
    assert suspends(rule_set=rules("tfm-2025"), may_bring_discipline=True)
    assert not suspends(rule_set=rules("tfm-2025"), may_bring_discipline=False)
    assert not suspends(rule_set=rules("jem-2025"), may_bring_discipline=True)


@given(MOMENTS, st.sampled_from(sorted(TIME_ZONES)))
def test_no_clock_of_a_complaint_runs_backwards_or_ends_on_a_weekend(received_at: datetime, zone: str) -> None:
    (due,) = due_after_complaint(received_at=received_at, rule_set=rules("jem-2025"), zone=zone)
    assert timedelta(hours=47) <= due.due_at - received_at <= timedelta(hours=48 + 2 * 24 + 2)


REPORT = Report(FRIDAY, Source.PUBLIC, "Rude at the counter", may_bring_discipline=False)


def test_what_a_complaint_and_its_resolution_must_say() -> None:
    assert fault_of_report(REPORT, began_at=FRIDAY - DAY, now=FRIDAY) is None
    for report, began, now in (
        (Report(FRIDAY, Source.PUBLIC, " ", may_bring_discipline=False), FRIDAY, FRIDAY),
        (REPORT, FRIDAY, FRIDAY - DAY),
        (REPORT, FRIDAY + DAY, FRIDAY + 2 * DAY),
    ):
        assert fault_of_report(report, began_at=began, now=now) is not None
    assert fault_of_resolution(received_at=FRIDAY, resolved_at=FRIDAY, note="Seen", now=FRIDAY) is None
    for resolved, note in ((FRIDAY, ""), (FRIDAY + DAY, "Seen"), (FRIDAY - DAY, "Seen")):
        assert fault_of_resolution(received_at=FRIDAY, resolved_at=resolved, note=note, now=FRIDAY) is not None


# --- Refreshers -----------------------------------------------------------------------------------------------------

TRAINED = date(2026, 11, 20)


def demanded(template: str, kind: RefresherKind, due_on: date, title: str = "Refresher") -> str | None:
    return fault_of_demand(Demand(kind, title, due_on), rules(template), last_on=TRAINED, today=date(2026, 11, 22))


def test_a_refresher_in_the_jail_model_is_not_asked_for_before_two_years() -> None:
    """R-20."""
    said = demanded("jem-2025", RefresherKind.REFRESHER, date(2028, 11, 19))
    assert said is not None
    assert "R-20" in said
    assert "2028-11-20" in said
    assert demanded("jem-2025", RefresherKind.REFRESHER, date(2028, 11, 20)) is None


def test_what_ice_asks_for_beside_the_plan_is_not_held_back() -> None:
    """R-20: ad-hoc training may be asked for at any time."""
    assert demanded("jem-2025", RefresherKind.AD_HOC, date(2026, 12, 1)) is None


def test_a_demand_names_its_training_and_a_day_that_is_to_come() -> None:
    assert demanded("tfm-2025", RefresherKind.UPDATE, date(2026, 11, 21)) is not None
    assert demanded("tfm-2025", RefresherKind.UPDATE, date(2027, 11, 21), title=" ") is not None


@pytest.mark.parametrize(
    ("template", "kind", "not_before", "due_on"),
    [
        ("jem-2025", RefresherKind.REFRESHER, date(2028, 11, 20), None),
        ("tfm-2025", RefresherKind.UPDATE, None, date(2027, 11, 20)),
        ("wso-2025", RefresherKind.REVIEW, None, date(2027, 11, 20)),
        ("influx-2003", RefresherKind.REFRESHER, None, None),
    ],
)
def test_what_comes_next_is_the_templates(template: str, kind: RefresherKind, not_before: date | None, due_on: date | None) -> None:
    found = plan(rules(template), last_on=TRAINED)
    assert (found.kind, found.not_before, found.due_on) == (kind, not_before, due_on)
    assert found.source
