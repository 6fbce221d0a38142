"""Places are named by their codes, and no two of one State look alike."""

from collections import Counter

from lms.places.rules import BY_POSTAL, STATES, counties, counties_of


def test_there_are_fifty_states_the_district_and_five_territories() -> None:
    assert len(STATES) == 50 + 1 + 5
    assert len({state.fips for state in STATES}) == len({state.postal for state in STATES}) == 56


def test_every_county_lies_in_the_state_of_its_first_two_digits() -> None:
    assert all(len(fips) == 5 and county.state.fips == fips[:2] for fips, county in counties().items())
    assert {county.state for county in counties().values()} == set(STATES)


def test_no_two_counties_of_a_state_have_the_same_name() -> None:
    twice = [label for label, count in Counter(county.label for county in counties().values()).items() if count > 1]
    assert twice == []


def test_a_county_is_found_by_its_code_and_offered_by_name() -> None:
    assert counties()["04013"].label == "Maricopa, AZ"
    assert [county.name for county in counties_of("DE")] == ["Kent", "New Castle", "Sussex"]
    assert counties_of("XX") == ()
    assert BY_POSTAL["SC"].fips == "45"
