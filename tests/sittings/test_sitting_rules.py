"""Windows, places, networks, Config Keys, accommodations and tickets: pure rules, whatever the numbers."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exams import timing
from lms.exams.rules import Policy
from lms.exams.timing import Accommodation, accommodated, deadline_at_start
from lms.sittings import rules, ticket_rules
from lms.sittings.rules import Grant, Mode, Plan, Stage

ELEVEN = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AN_HOUR = Policy("Final", 3600, 60, 70_000, 1, 6)
LOOK_ALIKE = ("0O", "1IL", "2Z", "5S", "8B", "UV")


def plan(opens: datetime = ELEVEN, minutes: int = 65, **changed: object) -> Plan:
    told: dict[str, object] = {"mode": Mode.ROOM, "place": "Room 2", "capacity": 10} | changed
    return Plan(opens, opens + minutes * MINUTE, **told)  # type: ignore[arg-type] # the values of a plan by their names


def fault(one: Plan, *, placed: int = 0, now: datetime = ELEVEN - MINUTE) -> str:
    return rules.fault_of_plan(one, seconds=3600, placed=placed, now=now) or ""


# --- The window -----------------------------------------------------------------------------------------------------


def test_time_and_a_half_widens_the_window_of_five_past_twelve_to_twelve_thirty_five() -> None:
    """Invariant 11: whoever has more time is not cut short by the end of the window."""
    half_more = Accommodation(factor=1500)
    policy = accommodated(AN_HOUR, half_more, window_end=ELEVEN + 65 * MINUTE)
    assert (policy.seconds, policy.extra_seconds) == (5400, 1800)
    assert deadline_at_start(ELEVEN, policy) == ELEVEN + 90 * MINUTE
    assert deadline_at_start(ELEVEN + 30 * MINUTE, policy) == ELEVEN + 95 * MINUTE
    plain = accommodated(AN_HOUR, Accommodation(), window_end=ELEVEN + 65 * MINUTE)
    assert deadline_at_start(ELEVEN + 30 * MINUTE, plain) == ELEVEN + 65 * MINUTE


@given(
    percent=st.integers(100, 300),
    extra=st.integers(0, 240),
    window=st.integers(60, 600),
    late=st.integers(0, 600),
    seconds=st.integers(60, 14400),
)
def test_an_accommodation_never_takes_time_away_and_the_window_cuts_all_alike(
    percent: int, extra: int, window: int, late: int, seconds: int
) -> None:
    exam, end = Policy("Final", seconds, 60, 70_000, 1, 6), ELEVEN + window * MINUTE
    start = ELEVEN + min(late, window) * MINUTE
    granted = Accommodation(percent * 10, extra)
    plain = deadline_at_start(start, accommodated(exam, Accommodation(), window_end=end))
    longer = deadline_at_start(start, accommodated(exam, granted, window_end=end))
    assert longer - plain == timedelta(seconds=granted.extra_seconds(seconds))
    assert plain <= end


@given(minutes=st.integers(1, 1440), at=st.integers(-2000, 4000))
def test_a_sitting_is_planned_then_open_then_over_and_nothing_else(minutes: int, at: int) -> None:
    one, now = plan(minutes=minutes), ELEVEN + at * MINUTE
    expected = Stage.PLANNED if at < 0 else Stage.OPEN if at < minutes else Stage.OVER
    assert rules.stage(one, cancelled=False, now=now) is expected
    assert rules.stage(one, cancelled=True, now=now) is Stage.CANCELLED


@pytest.mark.parametrize(
    ("one", "placed", "said"),
    [
        (plan(minutes=0), 0, "ends before it begins"),
        (plan(minutes=24 * 60 + 1), 0, "24 hours at most"),
        (plan(minutes=59), 0, "takes 60 minutes"),
        (plan(place=""), 0, "where the sitting is held"),
        (plan(capacity=0), 0, "from 1 to 500"),
        (plan(capacity=3), 4, "4 officers have a place"),
        (plan(networks=("nowhere",)), 0, "no range of network addresses"),
        (plan(seb_keys=("abc",)), 0, "no Config Key"),
        (plan(networks=("10.0.0.0/8",) * 21), 0, "at most 20"),
        (plan(), 0, ""),
    ],
)
def test_what_cannot_be_planned_is_refused_with_the_reason(one: Plan, placed: int, said: str) -> None:
    assert said in fault(one, placed=placed)
    assert bool(said) == bool(fault(one, placed=placed))


def test_a_window_that_has_passed_is_not_planned() -> None:
    assert "over already" in fault(plan(), now=ELEVEN + 65 * MINUTE)


@given(capacity=st.integers(1, 500), placed=st.integers(0, 500), more=st.integers(1, 500))
def test_a_sitting_is_full_exactly_when_its_places_do_not_suffice(capacity: int, placed: int, more: int) -> None:
    assert rules.is_full(capacity=capacity, placed=placed, more=more) == (placed + more > capacity)


def test_changes_are_told_by_their_words() -> None:
    assert rules.changes(plan(), plan(place="Room 3", capacity=12)) == ("place", "places")


# --- Place and browser ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "networks", "inside"),
    [
        ("192.0.2.9", (), True),
        ("192.0.2.9", ("192.0.2.0/28",), True),
        ("192.0.2.16", ("192.0.2.0/28",), False),
        ("192.0.2.16", ("10.0.0.0/8", "192.0.2.16"), True),
        ("::ffff:192.0.2.9", ("192.0.2.0/28",), True),
        ("2001:db8::5", ("2001:db8::/32",), True),
        ("2001:db8::5", ("192.0.2.0/28",), False),
        ("", ("192.0.2.0/28",), False),
        ("not an address", ("0.0.0.0/0",), False),
    ],
)
def test_an_address_lies_in_a_network_or_not(address: str, networks: tuple[str, ...], inside: bool) -> None:
    assert rules.is_inside(address, networks) is inside


def test_a_config_key_is_shown_by_its_hash_with_the_address_of_the_page() -> None:
    """As Safe Exam Browser does: SHA-256 over the address and the key, in hex."""
    keys, url = ("0" * 64, "ab" * 32), "https://example.gov/exam"
    sent = rules.config_key_hash(url, keys[1])
    assert sent == "68ad003035c66f8b661917d016e03b51169b551b77881098082b858856d64f24"
    assert rules.is_configured(sent.upper(), url=url, keys=keys)
    assert not rules.is_configured(sent, url=f"{url}/other", keys=keys)
    assert not rules.is_configured("", url=url, keys=keys)
    assert not rules.is_configured("é", url=url, keys=keys)
    assert rules.is_configured("", url=url, keys=())


# --- Accommodations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grant", "words"),
    [
        (Grant(150), "time factor 1.5"),
        (Grant(125, 10, 15), "time factor 1.25, 10 minutes more, breaks of 15 minutes in all"),
        (Grant(200), "time factor 2"),
        (Grant(), ""),
    ],
)
def test_a_proctor_reads_factor_and_breaks_and_nothing_else(grant: Grant, words: str) -> None:
    assert grant.words == words


@pytest.mark.parametrize(
    ("grant", "said"),
    [
        (Grant(99, 5), "between 100 and 300"),
        (Grant(301), "between 100 and 300"),
        (Grant(100, 241), "between 0 and 240"),
        (Grant(100, 0, -1), "between 0 and 240"),
        (Grant(), "changes nothing"),
        (Grant(150), None),
    ],
)
def test_an_accommodation_that_cannot_be_is_refused(grant: Grant, said: str | None) -> None:
    found = rules.fault_of_grant(grant, starts_at=ELEVEN, ends_at=None)
    assert (said in found) if said and found else found is said


def test_an_accommodation_does_not_end_before_it_begins() -> None:
    assert "ends before it begins" in str(rules.fault_of_grant(Grant(150), starts_at=ELEVEN, ends_at=ELEVEN))


@given(percent=st.integers(100, 300))
def test_a_percent_becomes_the_factor_of_the_clock_without_loss(percent: int) -> None:
    assert Accommodation(percent * timing.WHOLE_FACTOR // 100).extra_seconds(3600) == 36 * (percent - 100)


# --- Tickets --------------------------------------------------------------------------------------------------------


def test_no_two_characters_of_a_ticket_look_alike() -> None:
    assert len(set(ticket_rules.ALPHABET)) == len(ticket_rules.ALPHABET) == 23
    for alike in LOOK_ALIKE:
        assert len(set(alike) & set(ticket_rules.ALPHABET)) <= 1, alike


@given(picks=st.lists(st.integers(0, 22), min_size=ticket_rules.LENGTH, max_size=ticket_rules.LENGTH), lower=st.booleans())
def test_a_ticket_is_read_as_it_was_meant_however_it_is_typed(picks: list[int], lower: bool) -> None:
    chosen = iter(picks)
    code = ticket_rules.minted(lambda alphabet: alphabet[next(chosen)])
    typed = ticket_rules.shown(code)
    assert len(typed) == 14
    assert ticket_rules.read(f" {typed.lower() if lower else typed.replace(' ', '-')} ") == code


def test_a_ticket_is_bound_to_its_officer_and_its_sitting() -> None:
    sitting, officer, other = (uuid.UUID(int=number) for number in (1, 2, 3))
    kept = ticket_rules.kept("ACDE FGHJ KMNP", sitting_id=sitting, enrollment_id=officer)
    assert kept == ticket_rules.kept("acdefghjkmnp", sitting_id=sitting, enrollment_id=officer)
    assert kept != ticket_rules.kept("ACDEFGHJKMNP", sitting_id=sitting, enrollment_id=other)
    assert kept != ticket_rules.kept("ACDEFGHJKMNP", sitting_id=other, enrollment_id=officer)
