"""What a console says, as pure rules: places, signals, alarms that no filter hides, and what makes a request void."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exams import signals
from lms.exams.rules import AttemptState, Entry, Kind, Policy
from lms.kernel.ids import new_id
from lms.proctoring import rules
from lms.proctoring.console_queries import Card, Room
from lms.proctoring.rules import ActKind, Alarm, Place, Signals

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POLICY = Policy("Final", 3600, 60, 70_000, 1, 10)
SIGNALS = st.lists(st.sampled_from([*rules.SAID, "something-new", Kind.RELEASED.value]), max_size=30)


def step(signal: str) -> Entry:
    if signal == Kind.RELEASED.value:
        return Entry(1, Kind.RELEASED, NOW, "", {}, "", "")
    return Entry(1, Kind.SIGNALED, NOW, "", {"signal": signal}, "", "")


def card(place: Place, alarms: tuple[Alarm, ...]) -> Card:
    return Card(new_id(), new_id(), "Dana", "Palmetto", None, place, None, None, 0, 10, None, 0, Signals(), alarms, 0, 0, 0)


CARDS = st.lists(st.builds(card, st.sampled_from(Place), st.lists(st.sampled_from(Alarm), max_size=3, unique=True).map(tuple)), max_size=40)


@given(cards=CARDS, place=st.none() | st.sampled_from(Place))
def test_no_filter_hides_whoever_calls_for_attention_and_they_come_first(cards: list[Card], place: Place | None) -> None:
    shown = Room(tuple(cards), (), None).shown(place)
    urgent = [one for one in cards if one.is_urgent]
    assert all(one.is_urgent for one in shown[: len(urgent)])
    assert {one.enrollment_id for one in urgent} <= {one.enrollment_id for one in shown}
    assert {one.enrollment_id for one in shown[len(urgent) :]} == {
        one.enrollment_id for one in cards if not one.is_urgent and place in {None, one.place}
    }


def test_what_presses_most_stands_first() -> None:
    quiet, second = card(Place.RUNNING, (Alarm.QUIET,)), card(Place.RUNNING, (Alarm.SECOND_DEVICE, Alarm.QUIET))
    assert Room((quiet, second), (), None).shown(None) == (second, quiet)


@given(seen=SIGNALS)
def test_every_signal_is_counted_and_each_ends_with_its_opposite(seen: list[str]) -> None:
    found = rules.signals_of([step(one) for one in seen])
    assert dict(found.counts) == {one: seen.count(one) for one in seen if one != Kind.RELEASED.value}
    places = {one: max((at for at, other in enumerate(seen) if other == one), default=-1) for one in seen}
    assert found.is_away == (places.get("left-page", -1) > places.get("returned", -1))
    assert found.is_windowed == (places.get("fullscreen-left", -1) > places.get("fullscreen-entered", -1))
    assert found.second_device == (places.get("second-device", -1) > places.get(Kind.RELEASED.value, -1))


def test_every_signal_of_the_exam_page_has_words() -> None:
    assert set(rules.SAID) == set(signals.Signal)


@pytest.mark.parametrize(
    ("state", "checked_in", "due", "place"),
    [
        (None, False, None, Place.NOT_ARRIVED),
        (None, True, None, Place.CHECKED_IN),
        (AttemptState(NOW), True, NOW + MINUTE, Place.RUNNING),
        (AttemptState(NOW), True, NOW - MINUTE, Place.TIMED_OUT),
        (AttemptState(NOW, pauses=((NOW, None),)), True, NOW - MINUTE, Place.PAUSED),
        (AttemptState(NOW, NOW, Kind.SUBMITTED), True, None, Place.HANDED_IN),
        (AttemptState(NOW, NOW, Kind.EXPIRED), True, None, Place.TIMED_OUT),
        (AttemptState(NOW, NOW, Kind.TERMINATED), True, None, Place.TERMINATED),
        (AttemptState(NOW, NOW, Kind.TERMINATED, voided=True), True, None, Place.VOIDED),
    ],
)
def test_an_officer_is_in_one_place(state: AttemptState | None, checked_in: bool, due: datetime | None, place: Place) -> None:
    assert rules.place_of(state, checked_in=checked_in, due_at=due, now=NOW) is place


def test_signals_alarm_only_while_the_exam_runs_and_never_end_it() -> None:
    seen = Signals({"left-page": 3}, is_away=True, is_windowed=True, second_device=True)
    old = NOW - 11 * MINUTE
    assert rules.alarms(Place.RUNNING, seen, last_sign=old, incidents=1, now=NOW) == tuple(Alarm)
    assert rules.alarms(Place.PAUSED, seen, last_sign=old, incidents=0, now=NOW) == (Alarm.SECOND_DEVICE,)
    assert rules.alarms(Place.HANDED_IN, seen, last_sign=old, incidents=0, now=NOW) == ()
    assert rules.alarms(Place.HANDED_IN, seen, last_sign=old, incidents=2, now=NOW) == (Alarm.INCIDENT,)
    assert rules.alarms(Place.RUNNING, Signals(), last_sign=NOW - 9 * MINUTE, incidents=0, now=NOW) == ()


@given(given_ms=st.integers(0, 3_600_000), more_ms=st.integers(1, 3_600_000))
def test_one_person_gives_at_most_a_quarter_of_the_exams_time_in_all(given_ms: int, more_ms: int) -> None:
    before, more = timedelta(milliseconds=given_ms), timedelta(milliseconds=more_ms)
    assert rules.more_than_alone(POLICY, given=before, more=more) == (given_ms + more_ms > 900_000)


STATES = st.builds(
    AttemptState,
    started_at=st.just(NOW),
    closed_at=st.none() | st.integers(0, 90).map(lambda minutes: NOW + minutes * MINUTE),
    closed_by=st.none() | st.sampled_from([Kind.SUBMITTED, Kind.EXPIRED, Kind.TERMINATED]),
    voided=st.booleans(),
    extended=st.integers(0, 30).map(lambda minutes: minutes * MINUTE),
)


@given(before=STATES, after=STATES, scorings=st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_a_request_stands_exactly_while_nothing_that_decides_the_outcome_changes(
    before: AttemptState, after: AttemptState, scorings: tuple[int, int]
) -> None:
    marks = [rules.standing_mark(state, scoring=number) for state, number in zip((before, after), scorings, strict=True)]
    assert (rules.what_changed(*marks) == "") == (marks[0] == marks[1])


def test_answers_pauses_and_signals_leave_a_request_standing() -> None:
    before = AttemptState(NOW)
    after = AttemptState(NOW, pauses=((NOW, NOW + MINUTE),))
    assert rules.what_changed(rules.standing_mark(before, scoring=0), rules.standing_mark(after, scoring=0)) == ""


@pytest.mark.parametrize("kind", ActKind)
def test_every_act_has_words_and_fits_somewhere(kind: ActKind) -> None:
    assert kind.label
    assert any(kind.fits(place) for place in Place)
    assert not kind.fits(Place.HANDED_IN)


def test_an_incident_happens_in_its_sitting_and_not_in_the_future() -> None:
    assert rules.fault_of_moment(NOW, since=NOW - MINUTE, now=NOW) is None
    assert "not come yet" in (rules.fault_of_moment(NOW + MINUTE, since=NOW, now=NOW) or "")
    assert "before the sitting" in (rules.fault_of_moment(NOW - 2 * MINUTE, since=NOW - MINUTE, now=NOW) or "")
