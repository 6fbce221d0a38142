"""What counts as a change of law, pure."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lms.currency.rules import LAW, Edition, changes, is_overdue

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FACT = dict.fromkeys(LAW, "as it was") | {"status": "settled", "as_of": "2026-11-01"}


def editions(*facts: dict[str, dict[str, str]]) -> list[Edition]:
    """Editions a day apart."""
    return [Edition(NOON + timedelta(days=at), one) for at, one in enumerate(facts)]


@pytest.mark.parametrize("field", LAW)
def test_a_change_of_what_the_law_says_is_found_with_its_moment(field: str) -> None:
    """R-32."""
    found = changes(editions({"F": FACT}, {"F": FACT | {field: "otherwise"}}, {"F": FACT | {field: "otherwise"}}))
    assert found["F"].at == NOON + timedelta(days=1)
    assert (found["F"].before[field], found["F"].after[field]) == (FACT[field], "otherwise")


def test_looking_again_and_adding_a_fact_call_nobody_back() -> None:
    """R-32."""
    assert changes(editions({"F": FACT}, {"F": FACT | {"as_of": "2026-11-20"}, "G": FACT})) == {}


def test_a_fact_that_was_taken_out_says_so() -> None:
    """R-32."""
    assert changes(editions({"F": FACT}, {}))["F"].said == "taken out of the register"
    assert changes(editions({"F": FACT}, {"F": FACT | {"status": "enjoined"}}))["F"].said == "changed from settled to enjoined"
    assert changes(editions({"F": FACT}, {"F": FACT | {"statement": "New"}}))["F"].said == "changed in what it says"


def test_a_review_is_overdue_the_day_after() -> None:
    today = date(2026, 11, 22)
    assert [is_overdue(today + timedelta(days=days), today) for days in (-1, 0, 1)] == [True, False, False]
