"""What agreements may say and how they move: bases, functions, terms, notices, and the state on any date."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lms.agencies import clocks
from lms.agencies.agreement_rules import (
    NEXT,
    TERMS,
    Basis,
    Move,
    Standing,
    State,
    Step,
    fault_of_agreement,
    fault_of_step,
    gives_authority,
    known,
    missing_terms,
    notice_ends_at,
    state_at,
)
from lms.agencies.rules import TIME_ZONES
from tests.agencies.program import NOON, rules

ZONE = "America/New_York"
DAY = timedelta(days=1)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
ZONES = st.sampled_from(sorted(TIME_ZONES))


def move(number: int, to: State, day: int, *, recorded: int | None = None) -> Move:
    return Move(number, to, NOON + day * DAY, NOON + (day if recorded is None else recorded) * DAY)


def standing(*moves: Move, template: str = "jem-2025", terms: frozenset[str] = frozenset()) -> Standing:
    return Standing(moves, rules(template), ZONE, terms)


RUNNING = (move(1, State.DRAFT, 0), move(2, State.SIGNED, 1), move(3, State.OPERATIONAL, 2))
ENDING = (*RUNNING, move(4, State.TERMINATING, 3))


# --- What an agreement says -----------------------------------------------------------------------------------------


def test_the_two_authorities_never_mix() -> None:
    """R-26."""
    for template, basis in (("jem-2025", Basis.MASS_INFLUX), ("influx-2003", Basis.SECTION_287G)):
        functions = rules(template).function_ids
        fault = fault_of_agreement(rules(template), basis=basis, contingency=False, functions=functions)
        assert fault is not None
        assert "R-26" in fault


def test_only_a_mass_influx_agreement_is_a_contingency_agreement() -> None:
    """R-28."""
    jem, influx = rules("jem-2025"), rules("influx-2003")
    fault = fault_of_agreement(jem, basis=Basis.SECTION_287G, contingency=True, functions=jem.function_ids)
    assert fault is not None
    assert "65.84(a)(2)" in fault
    assert fault_of_agreement(influx, basis=Basis.MASS_INFLUX, contingency=True, functions=influx.function_ids) is None


@pytest.mark.parametrize(("functions", "accepted"), [({"interview"}, True), (set(), False), ({"interview", "arrest-felony"}, False)])
def test_an_agreement_names_functions_of_its_template_and_at_least_one(functions: set[str], *, accepted: bool) -> None:
    """R-16."""
    fault = fault_of_agreement(rules("jem-2025"), basis=Basis.SECTION_287G, contingency=False, functions=functions)
    assert (fault is None) is accepted


def test_there_are_fifteen_terms() -> None:
    assert len(TERMS) == 15
    assert missing_terms(set(TERMS) - {"xii"}) == ["xii"]


# --- Moving ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", list(State))
def test_an_agreement_moves_only_into_a_state_that_may_follow(to: State) -> None:
    fault = fault_of_step(standing(*RUNNING), Step(to, NOON + 3 * DAY, "Why"), now=NOON + 3 * DAY)
    assert (fault is None) is (to in NEXT[State.OPERATIONAL] and to is not State.ACTIVATED)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Step(State.SUSPENDED, NOON + 3 * DAY, " "), "Say why"),
        (Step(State.SUSPENDED, NOON, "Why"), "before the move"),
        (Step(State.SUSPENDED, NOON + 500 * DAY, "Why"), "a year ahead"),
    ],
)
def test_a_move_has_a_reason_and_stands_in_order(step: Step, told: str) -> None:
    assert told in (fault_of_step(standing(*RUNNING), step, now=NOON + 3 * DAY) or "")


def test_a_mass_influx_agreement_is_signed_only_with_all_fifteen_terms() -> None:
    step, draft = Step(State.SIGNED, NOON, "Signed"), move(1, State.DRAFT, 0)
    lacking = standing(draft, template="influx-2003", terms=frozenset(TERMS) - {"xi", "xv"})
    assert "xi, xv" in (fault_of_step(lacking, step, now=NOON) or "")
    assert fault_of_step(replace(lacking, terms=frozenset(TERMS)), step, now=NOON) is None
    assert fault_of_step(standing(draft), step, now=NOON) is None  # section 287(g) has no such list


def test_an_agreement_ends_when_its_notice_of_ninety_days_has_run() -> None:
    """R-19."""
    ends = notice_ends_at(ENDING, rules("jem-2025"), zone=ZONE)
    assert ends is not None
    early, late = Step(State.TERMINATED, ends - timedelta(minutes=1), "Over"), Step(State.TERMINATED, ends, "Over")
    assert "R-19" in (fault_of_step(standing(*ENDING), early, now=NOON + 4 * DAY) or "")
    assert fault_of_step(standing(*ENDING), late, now=NOON + 4 * DAY) is None
    assert notice_ends_at(RUNNING, rules("jem-2025"), zone=ZONE) is None
    assert notice_ends_at((), rules("jem-2025"), zone=ZONE) is None


def test_exigent_circumstances_cut_a_notice_short_only_where_the_template_says_so() -> None:
    step = Step(State.TERMINATED, NOON + 4 * DAY, "Emergency", exigent=True)
    assert fault_of_step(standing(*ENDING, template="wso-2025"), step, now=NOON + 4 * DAY) is None
    assert "no exception" in (fault_of_step(standing(*ENDING), step, now=NOON + 4 * DAY) or "")
    hurried = replace(step, exigent=False)
    assert "exigent" in (fault_of_step(standing(*ENDING, template="wso-2025"), hurried, now=NOON + 4 * DAY) or "")


def test_a_template_without_a_notice_lets_an_agreement_end_at_once() -> None:
    step = Step(State.TERMINATED, NOON + 4 * DAY, "Over")
    assert fault_of_step(standing(*ENDING, template="four-week"), step, now=NOON + 4 * DAY) is None


# --- Where it stands ------------------------------------------------------------------------------------------------


def test_a_late_entry_changes_what_is_known_now_and_not_what_was_known_then() -> None:
    """R-29."""
    moves = (*RUNNING, move(4, State.SUSPENDED, 5, recorded=9))
    assert state_at(moves, at=NOON + 6 * DAY, on_record=NOON + 8 * DAY) is State.OPERATIONAL
    assert state_at(moves, at=NOON + 6 * DAY, on_record=NOON + 9 * DAY) is State.SUSPENDED
    assert state_at(moves, at=NOON - DAY, on_record=NOON + 9 * DAY) is None


def test_authority_needs_an_operational_agreement_and_goes_on_while_a_notice_runs() -> None:
    """R-18."""
    suspended = (*RUNNING, move(4, State.SUSPENDED, 3), move(5, State.TERMINATING, 4))
    ended = (*ENDING, move(5, State.TERMINATED, 100))
    assert [gives_authority(RUNNING, at=NOON + day * DAY, contingency=False) for day in (-1, 1, 2)] == [False, False, True]
    assert gives_authority(ENDING, at=NOON + 50 * DAY, contingency=False)
    assert not gives_authority(suspended, at=NOON + 5 * DAY, contingency=False)
    assert gives_authority(ended, at=NOON + 99 * DAY, contingency=False)
    assert not gives_authority(ended, at=NOON + 100 * DAY, contingency=False)


def test_a_contingency_agreement_lies_dormant() -> None:
    """R-28."""
    assert not gives_authority(RUNNING, at=NOON + 3 * DAY, contingency=True)


class Life(RuleBasedStateMachine):
    """An agreement that people move about, now and then too early, too late or out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.moves = [move(1, State.DRAFT, 0)]
        self.told: dict[tuple[datetime, datetime], State | None] = {}

    @rule(days=st.integers(0, 120))
    def passes(self, days: int) -> None:
        self.now += days * DAY

    @rule(to=st.sampled_from(State), days=st.integers(-60, 400), exigent=st.booleans())
    def steps(self, to: State, days: int, *, exigent: bool) -> None:
        step = Step(to, self.now + days * DAY, "Why", exigent)
        newest = self.moves[-1]
        if fault_of_step(standing(*self.moves), step, now=self.now) is None:
            assert to in NEXT[newest.to]
            assert step.effective_at >= newest.effective_at
            if newest.to is State.TERMINATING and to is State.TERMINATED:
                assert step.effective_at - newest.effective_at >= 90 * DAY - timedelta(hours=1)  # a summer hour may lie between
            self.moves.append(Move(newest.number + 1, to, step.effective_at, self.now))

    @rule(ago=st.integers(0, 300))
    def asks(self, ago: int) -> None:
        asked = (self.now - ago * DAY, self.now - timedelta(milliseconds=1))
        self.told[asked] = state_at(self.moves, at=asked[0], on_record=asked[1])

    @precondition(lambda self: self.told)
    @invariant()
    def the_same_question_gets_the_same_answer_for_ever(self) -> None:
        assert {asked: state_at(self.moves, at=asked[0], on_record=asked[1]) for asked in self.told} == self.told

    @invariant()
    def nothing_follows_the_end(self) -> None:
        assert State.TERMINATED not in [one.to for one in self.moves[:-1]]
        assert known(self.moves, on=self.now) == self.moves


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


# --- Clocks ---------------------------------------------------------------------------------------------------------


@given(MOMENTS, st.integers(1, 200), ZONES)
def test_days_run_by_the_calendar_of_the_place(start: datetime, days: int, zone: str) -> None:
    """R-22."""
    local, end = start.astimezone(ZoneInfo(zone)), clocks.days_later(start, days=days, zone=zone)
    assert (end.astimezone(ZoneInfo(zone)).date() - local.date()).days == days
    assert abs(end - start - timedelta(days=days)) <= timedelta(hours=1)


@given(MOMENTS, st.integers(1, 120), ZONES)
def test_hours_without_weekends_end_on_a_working_day_and_run_their_length(start: datetime, hours: int, zone: str) -> None:
    """R-22."""
    end, place = clocks.working_hours_later(start, hours=hours, zone=zone), ZoneInfo(zone)
    counted, at = timedelta(), start
    while at < end:
        upto = min(end, clocks.start_of(at.astimezone(place).date() + DAY, zone=zone))
        counted += upto - at if at.astimezone(place).weekday() < 5 else timedelta()
        at = upto
    assert counted == timedelta(hours=hours)
    assert (end - timedelta(microseconds=1)).astimezone(place).weekday() < 5


@given(MOMENTS, MOMENTS, st.integers(1, 100), ZONES)
def test_an_earlier_start_never_ends_later(one: datetime, other: datetime, hours: int, zone: str) -> None:
    first, second = sorted((one, other))
    assert clocks.working_hours_later(first, hours=hours, zone=zone) <= clocks.working_hours_later(second, hours=hours, zone=zone)


def test_a_complaint_on_friday_evening_is_told_by_tuesday_evening() -> None:
    friday = datetime(2026, 11, 20, 18, tzinfo=ZoneInfo(ZONE))
    complaint, end = rules("jem-2025").notice("complaint"), rules("jem-2025").notice("termination")
    revocation = rules("tfm-2025").notice("revocation")
    assert complaint is not None
    assert revocation is not None
    assert end is not None
    assert clocks.ends_at(complaint, starts_at=friday, zone=ZONE) == datetime(2026, 11, 24, 18, tzinfo=ZoneInfo(ZONE))
    assert clocks.ends_at(revocation, starts_at=friday, zone=ZONE) == friday + timedelta(hours=48)
    assert clocks.ends_at(end, starts_at=friday, zone=ZONE) == datetime(2027, 2, 18, 18, tzinfo=ZoneInfo(ZONE))
