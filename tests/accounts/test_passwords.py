"""Passwords are hashed as the house has decided, and the ones anybody would try first are refused."""

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from lms.accounts import passwords
from lms.accounts.weak_passwords import COMMON, fault_of

GOOD = "eleven quiet kettles"


def fault(password: str) -> str | None:
    return fault_of(password, name="Dana Rivera", email="dana.rivera@example.gov")


def test_a_password_is_hashed_with_argon2id_at_two_passes_over_nineteen_mebibytes() -> None:
    found = extract_parameters(passwords.hashed(GOOD, fips=False))
    assert (found.type, found.time_cost, found.memory_cost, found.parallelism) == (Type.ID, 2, 19 * 1024, 1)


def test_where_only_approved_algorithms_run_it_is_pbkdf2_with_600000_rounds() -> None:
    algorithm, rounds, salt, _ = passwords.hashed(GOOD, fips=True).split("$")
    assert (algorithm, rounds) == ("pbkdf2_sha256", "600000")
    assert len(salt) == 24


@pytest.mark.parametrize("fips", [False, True])
def test_only_the_right_password_matches_its_hash(fips: bool) -> None:
    stored = passwords.hashed(GOOD, fips=fips)
    assert stored != passwords.hashed(GOOD, fips=fips)
    assert passwords.matches(GOOD, stored, fips=fips)
    assert not passwords.matches(f"{GOOD} ", stored, fips=fips)


@pytest.mark.parametrize("fips", [False, True])
def test_nothing_stored_matches_nothing(fips: bool) -> None:
    assert not passwords.matches("nobody's password", None, fips=fips)


def test_nothing_stored_costs_the_same_work_as_a_wrong_password() -> None:
    assert extract_parameters(passwords.DUMMY) == extract_parameters(passwords.hashed(GOOD, fips=False))
    assert passwords.DUMMY_FIPS.split("$")[:2] == passwords.hashed(GOOD, fips=True).split("$")[:2]


def test_a_hash_of_either_kind_still_matches_after_the_other_was_chosen() -> None:
    assert passwords.matches(GOOD, passwords.hashed(GOOD, fips=True), fips=False)
    assert passwords.matches(GOOD, passwords.hashed(GOOD, fips=False), fips=True)


def test_a_damaged_hash_matches_nothing() -> None:
    assert not passwords.matches(GOOD, "$argon2id$v=19$damaged", fips=False)


@pytest.mark.parametrize("password", [GOOD, "Tr0ub4dor and a mule", "ab12345678 lamp post now", "пять тихих чайников", "x9!fQ_72:kLp"])
def test_a_password_that_nobody_would_try_first_will_do(password: str) -> None:
    assert fault(password) is None


@pytest.mark.parametrize("password", ["", "short", "eleven char"])
def test_fewer_than_twelve_characters_are_refused(password: str) -> None:
    assert fault(password) == "Use at least 12 characters. A few unrelated words are easy to remember."


def test_a_password_too_long_to_hash_quickly_is_refused() -> None:
    assert fault("a b c d e f " * 17) == "Use at most 200 characters."


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password2026!",
        "P@ssw0rd1234",
        "correct horse battery staple",
        "!!!Welcome!!!2026",
        "sheriffsheriff",
        "123456789012",
        "987654321098",
        "abcdefghijkl",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "aaaaaaaaaaaab",
        "ababababababab",
    ],
)
def test_the_commonest_passwords_are_refused_however_they_are_dressed(password: str) -> None:
    assert fault(password) is not None


@pytest.mark.parametrize("password", ["rivera sails at dawn", "I am DANA.RIVERA!", "my name is dána 77"])
def test_a_password_with_the_persons_name_or_address_is_refused(password: str) -> None:
    assert fault(password) == "Leave your name and your e-mail address out of the password."


def test_short_parts_of_a_name_do_not_count() -> None:
    assert fault_of("the lee side of a barn", name="Ng Lee", email="n@example.gov") is None


def test_the_list_holds_what_was_meant() -> None:
    assert {"password", "qwerty", "sheriff"} <= COMMON
    assert len(COMMON) > 120
