"""Who is eligible and why; who is the same person; and files row by row (R-13, R-14)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.agencies.agreement_rules import NOMINATING, State
from lms.agencies.nomination_file import MOST_ROWS, Row, columns, rows_of
from lms.agencies.nomination_rules import (
    Circumstances,
    Gate,
    GateState,
    Outcome,
    Screening,
    fault_of_candidate,
    fault_of_decision,
    gates,
    is_same,
    person_of,
    verdict,
    years_later,
)
from tests.agencies.program import TODAY, candidate, rules

TFM = Circumstances(rules("tfm-2025"), State.OPERATIONAL, TODAY)
JEM = Circumstances(rules("jem-2025"), State.SIGNED, TODAY)
HEAD = "name,email,sworn_on,consent_by,consent_on,us-citizen\n"
SOUND = "Jo Park,jo.park@example.gov,2020-03-01,Sheriff Ana Ortiz,2026-11-01,yes\n"


def gate_of(found: list[Gate], gate_id: str) -> Gate:
    return next(gate for gate in found if gate.id == gate_id)


def rows(text: str) -> list[Row]:
    return rows_of(text, rule_set=rules("tfm-2025"), today=TODAY)


def test_a_task_force_nominee_with_two_years_is_eligible() -> None:
    """R-13."""
    found = gates(candidate(), TFM)
    assert verdict(found) == "Eligible."
    assert gate_of(found, "background").state is GateState.UNKNOWN
    assert not gate_of(found, "background").holds_up_approval


def test_a_task_force_nominee_without_two_years_is_told_why_and_what_would_change_it() -> None:
    """R-13."""
    found = gates(candidate(sworn_on=date(2025, 3, 1)), TFM)
    gate = gate_of(found, "experience")
    assert verdict(found) == "Not eligible: TFM needs two years' experience; sworn 2025-03-01."
    assert gate.change == "Met from 2027-03-01."
    assert "TFM agreement" in gate.source
    assert gate.reason.endswith("Met from 2027-03-01.")


def test_two_years_are_met_on_the_day() -> None:
    assert gate_of(gates(candidate(sworn_on=date(2024, 11, 22)), TFM), "experience").state is GateState.MET
    assert gate_of(gates(candidate(sworn_on=date(2024, 11, 23)), TFM), "experience").state is GateState.NOT_MET
    assert gate_of(gates(candidate(sworn_on=None), TFM), "experience").state is GateState.UNKNOWN
    assert years_later(date(2024, 2, 29), 2) == date(2026, 3, 1)


@pytest.mark.parametrize("state", [*State, None])
def test_a_nominee_needs_an_agreement_of_the_model_that_is_signed(state: State | None) -> None:
    """R-14."""
    gate = gate_of(gates(candidate(), Circumstances(rules("tfm-2025"), state, TODAY)), "agreement")
    assert (gate.state is GateState.MET) is (state in NOMINATING)
    assert "R-14" in gate.source


@pytest.mark.parametrize(("answer", "state"), [(True, GateState.MET), (False, GateState.NOT_MET), (None, GateState.UNKNOWN)])
def test_citizenship_is_attested_denied_or_unknown(answer: bool | None, state: GateState) -> None:
    """R-13."""
    answers = {} if answer is None else {"us-citizen": answer}
    assert gate_of(gates(candidate(answers=answers), TFM), "us-citizen").state is state


@pytest.mark.parametrize(
    ("by", "on", "state"),
    [
        ("Sheriff", TODAY, GateState.MET),
        ("", TODAY, GateState.UNKNOWN),
        ("Sheriff", None, GateState.UNKNOWN),
        ("Sheriff", date(2026, 11, 23), GateState.NOT_MET),
    ],
)
def test_the_head_of_the_department_consents(by: str, on: date | None, state: GateState) -> None:
    assert gate_of(gates(candidate(consent_by=by, consent_on=on), TFM), "consent").state is state


def test_jem_waits_for_the_background_and_says_so() -> None:
    """R-13."""
    sound = candidate(answers={"us-citizen": True, "authority-to-enforce": True, "facility-security": True})
    assert verdict(gates(sound, JEM)).startswith("Not known yet: ICE has finished")
    for met, says in ((True, "Eligible."), (False, "Not eligible: Record found.")):
        around = Circumstances(JEM.rule_set, JEM.agreement_state, TODAY, {"background": Screening(met, "" if met else "Record found.")})
        assert verdict(gates(sound, around)) == says


def test_only_the_eligible_are_approved_and_nobody_decides_their_own() -> None:
    sound, short = gates(candidate(), TFM), gates(candidate(sworn_on=date(2025, 3, 1)), TFM)
    assert fault_of_decision(sound, outcome=Outcome.APPROVED, reason="Fit", is_own=False) is None
    assert fault_of_decision(short, outcome=Outcome.DECLINED, reason="Too new", is_own=False) is None
    assert "sworn 2025-03-01" in (fault_of_decision(short, outcome=Outcome.APPROVED, reason="Fit", is_own=False) or "")
    assert fault_of_decision(sound, outcome=Outcome.APPROVED, reason=" ", is_own=False) == "Say why."
    assert fault_of_decision(sound, outcome=Outcome.WITHDRAWN, reason="No", is_own=False) is not None
    assert "Somebody else" in (fault_of_decision(sound, outcome=Outcome.APPROVED, reason="Fit", is_own=True) or "")


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"name": "PARK, Jo", "email": "other@example.gov"}, True),
        ({"name": "José Parkß", "email": "JO.PARK@example.gov "}, True),
        ({"email": "other@example.gov", "sworn_on": date(2021, 1, 1)}, False),
        ({"name": "Bo Park", "email": "other@example.gov"}, False),
    ],
)
def test_the_same_person_is_known_by_address_or_by_name_and_day(changes: dict[str, Any], *, same: bool) -> None:
    assert is_same(person_of(candidate()), person_of(candidate(**changes))) is same


def test_two_without_a_day_are_not_one_by_their_name() -> None:
    one, other = candidate(sworn_on=None), candidate(sworn_on=None, email="other@example.gov")
    assert not is_same(person_of(one), person_of(other))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": " - "}, "no name"),
        ({"name": "J\x07o"}, "cannot be kept"),
        ({"email": "jo.park"}, "not whole"),
        ({"email": "jo park@example.gov"}, "not whole"),
        ({"email": "jo@a@example.gov"}, "not whole"),
        ({"sworn_on": date(2027, 1, 1)}, "2027-01-01"),
        ({"sworn_on": date(1901, 1, 1)}, "1901-01-01"),
    ],
)
def test_a_nominee_who_cannot_be_is_refused(changes: dict[str, Any], told: str) -> None:
    wrong = fault_of_candidate(candidate(**changes), today=TODAY)
    assert wrong is not None
    assert told in wrong[0]


def test_a_file_gives_the_nominees_that_its_rows_name() -> None:
    row, bare = rows("\ufeff" + HEAD + "\n" + SOUND + "Bo Lee,bo.lee@example.gov,,,,\n")
    assert (row.line, row.candidate) == (3, candidate())
    assert bare.candidate == candidate("Bo Lee", sworn_on=None, answers={}, consent_by="", consent_on=None)


@pytest.mark.parametrize(
    ("row", "what", "fix"),
    [
        (SOUND.replace("2020-03-01", "03/01/2020"), "sworn_on is “03/01/2020”", "2025-03-01"),
        (SOUND.replace(",yes", ",maybe"), "us-citizen is “maybe”", "yes or no"),
        (SOUND.replace("jo.park@example.gov", "jo.park"), "not whole", "name@agency.gov"),
        (SOUND.replace("Ortiz,", "Ortiz, Sr.,"), "7 cells, and the head 6", "double quotes"),
        (SOUND.replace("2020-03-01", "2027-03-01"), "2027-03-01", "has come"),
        ("\n", "", ""),
    ],
)
def test_a_wrong_row_is_told_with_line_and_fix_and_hides_no_other(row: str, what: str, fix: str) -> None:
    found = rows(HEAD + SOUND + row + SOUND.replace("Jo Park,jo.park", "Bo Lee,bo.lee"))
    refused = [one for one in found if one.candidate is None]
    assert len([one for one in found if one.candidate]) == 2
    assert all(one.line == 3 and what in one.what and fix in one.fix for one in refused)
    assert bool(refused) is bool(what)


def test_a_person_twice_in_a_file_is_told_with_both_lines() -> None:
    row = rows(HEAD + SOUND + SOUND.replace("Jo Park", "Park Jo").replace("jo.park", "j.park"))[1]
    assert (row.line, row.what) == (3, "this is the same person as on line 2")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "columns name, email"),
        ("name,email\n", "sworn_on, consent_by"),
        (HEAD.replace("\n", ",rank\n"), "rank"),
        (HEAD.replace("\n", ",name\n"), "stand twice"),
        (HEAD + '"Jo', "no file of comma-separated values"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_once(text: str, told: str) -> None:
    found = rows(text)
    assert len(found) == 1
    assert told in found[0].what
    assert found[0].fix


def test_a_file_is_read_only_so_far() -> None:
    text = HEAD + "".join(SOUND.replace("Jo Park,jo.park@", f"Jo {n},jo{n}@") for n in range(MOST_ROWS + 5))
    found = rows(text)
    assert len(found) == MOST_ROWS + 1
    assert found[-1].candidate is None


def test_the_columns_follow_the_template() -> None:
    assert columns(rules("wso-2025"))[-3:] == ["us-citizen", "has-enforced", "discipline-consent"]


@given(st.text(max_size=300))
def test_no_file_breaks_the_reader(text: str) -> None:
    for row in rows(HEAD + text):
        assert (row.candidate is None) is bool(row.what)
        assert bool(row.what) is bool(row.fix)
