"""One-time codes, recovery codes and the second person: pure rules, for many values."""

import uuid
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.factor_rules import (
    ALPHABET,
    RECOVERY_LENGTH,
    code_of,
    grouped,
    matching_step,
    recovery_code_of,
    step_of,
    unused_code,
)
from lms.accounts.permissions import AGENCY_ROLES, ROLE_PERMISSIONS, STAFF_ROLES, Permission, Role
from lms.accounts.rules import Owed, fault_of_second, identity_with

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
people = st.one_of(st.none(), st.sampled_from([uuid.UUID(int=n) for n in range(1, 5)]))


def code_at(moment: datetime) -> str:
    return pyotp.TOTP(SECRET).at(moment)


@given(st.integers(min_value=-3, max_value=3))
def test_a_code_counts_in_its_step_and_in_the_ones_beside_it(steps: int) -> None:
    code = code_at(NOON + timedelta(seconds=30 * steps))
    found = matching_step(SECRET, code, now=NOON)
    assert (found == step_of(NOON) + steps) is (abs(steps) <= 1)


@given(st.text(alphabet="0123456789", min_size=6, max_size=6))
def test_only_the_three_codes_of_the_moment_count(code: str) -> None:
    three = {code_at(NOON + timedelta(seconds=30 * step)) for step in (-1, 0, 1)}
    assert (matching_step(SECRET, code, now=NOON) is not None) is (code in three)


@pytest.mark.parametrize(("typed", "code"), [("123456", "123456"), (" 123 456 ", "123456"), ("123-456", "123456")])
def test_a_code_is_read_as_people_type_it(typed: str, code: str) -> None:
    assert code_of(typed) == code


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "１２３４５６", "-", "٣٣٣٣٣٣"])  # noqa: RUF001 - digits of other scripts
def test_what_is_no_code_is_none(typed: str) -> None:
    assert code_of(typed) is None


@given(st.text(alphabet=ALPHABET, min_size=RECOVERY_LENGTH, max_size=RECOVERY_LENGTH))
def test_a_recovery_code_is_read_back_as_it_was_shown(code: str) -> None:
    assert recovery_code_of(grouped(code)) == recovery_code_of(f" {grouped(code).lower()} ") == code


def test_letters_that_look_like_digits_are_taken_for_them() -> None:
    assert recovery_code_of("OIL0-OIL0-OIL0") == "011001100110"
    assert recovery_code_of("UUUU-UUUU-UUUU") is None
    assert recovery_code_of("0110") is None


def test_the_next_code_is_one_that_was_not_used() -> None:
    here = step_of(NOON)
    assert unused_code(SECRET, after=0, now=NOON) == code_at(NOON)
    assert unused_code(SECRET, after=here, now=NOON) == code_at(NOON + timedelta(seconds=30))
    assert unused_code(SECRET, after=here + 1, now=NOON) is None


@given(first=people, second=people, subject=people)
def test_a_staff_role_takes_two_persons_and_neither_is_the_one_who_gets_it(
    first: uuid.UUID | None, second: uuid.UUID | None, subject: uuid.UUID | None
) -> None:
    """Whoever may confirm is not the one who proposed and not the one who gets the role; the machine itself is a second person."""
    may = fault_of_second(second=second, first=first, subject=subject) is None
    assert may is (second is None or (second not in {first, subject}))


@given(roles=st.frozensets(st.sampled_from(Role)), has_factor=st.booleans(), proven=st.booleans(), in_session=st.booleans())
def test_what_a_session_owes(roles: frozenset[Role], has_factor: bool, proven: bool, in_session: bool) -> None:
    who = identity_with(
        roles,
        user_id=None,
        name="",
        session_id=uuid.uuid4() if in_session else None,
        has_factor=has_factor,
        proven_at=NOON if proven else None,
    )
    if not in_session or (has_factor and proven) or (not has_factor and not roles & STAFF_ROLES):
        assert who.owes is None
    else:
        assert who.owes is (Owed.PROOF if has_factor else Owed.FACTOR)


def test_whoever_acts_on_others_records_is_staff() -> None:
    assert {Role.OFFICER} == set(Role) - STAFF_ROLES
    assert ROLE_PERMISSIONS[Role.OFFICER] == {Permission.COURSE_TAKE}
    assert {Role.COORDINATOR, Role.OFFICER} == AGENCY_ROLES


def test_an_administrator_decides_on_no_nomination_and_keeps_no_agreement() -> None:
    programs = {Permission.AGREEMENT_MANAGE, Permission.NOMINATION_DECIDE}
    assert {role for role in Role if ROLE_PERMISSIONS[role] & programs} == {Role.PROGRAM_OFFICER}
    assert {role for role in Role if Permission.PERSON_INVITE in ROLE_PERMISSIONS[role]} == {Role.ADMINISTRATOR}
