"""Challenges and appeals: how long there is, what may be appealed, and who may decide (R-11 for appeals, R-22 for clocks)."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.appeals.rules import (
    DECIDED,
    MOVES,
    Hands,
    Involvement,
    Outcome,
    State,
    appealable,
    clock,
    involvements,
    is_overdue,
    may_rule_on_challenge,
)
from lms.exams.retakes import Standing
from lms.exams.rules import Kind
from lms.sittings.proctor_rules import OfficerSide, ProctorSide

ME, OFFICER, CLASS, AGENCY = (uuid.UUID(int=n) for n in range(1, 5))
NONE: frozenset[uuid.UUID] = frozenset()
STRANGER = ProctorSide(ME, NONE, NONE)
EXAMINED = OfficerSide(OFFICER, CLASS, frozenset({AGENCY}))


def test_days_are_counted_on_the_clock_of_the_agency() -> None:
    """R-22: ten days over the change to winter time end at the same time of day, which is an hour more."""
    told = datetime(2026, 10, 28, 16, 0, tzinfo=UTC)
    assert clock("challenge").closes_at(told, "America/New_York") == datetime(2026, 11, 7, 17, 0, tzinfo=UTC)
    assert clock("appeal").due_at(told, "America/Phoenix") == datetime(2026, 11, 27, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", ["challenge", "appeal"])
def test_every_clock_says_who_set_it(name: str) -> None:
    found = clock(name)
    assert found.window > 0
    assert found.decision > 0
    assert found.source


def test_what_is_due_is_overdue_a_moment_later_and_never_once_decided() -> None:
    due = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert not is_overdue(due, now=due, decided=False)
    later = datetime(2026, 11, 22, 12, 0, 1, tzinfo=UTC)
    assert is_overdue(due, now=later, decided=False)
    assert not is_overdue(due, now=later, decided=True)


def test_only_what_came_out_may_be_appealed() -> None:
    assert appealable(passed=True, voided=False, closed_by=Kind.SUBMITTED, standing=Standing.PASSED) == ()
    assert appealable(passed=False, voided=False, closed_by=Kind.TERMINATED, standing=Standing.RETAKE_OFFERED) == (
        Outcome.FAILED,
        Outcome.TERMINATED,
    )
    assert appealable(passed=False, voided=True, closed_by=Kind.SUBMITTED, standing=Standing.IN_TRAINING) == (Outcome.VOIDED,)
    assert Outcome.DISQUALIFIED in appealable(passed=False, voided=False, closed_by=Kind.EXPIRED, standing=Standing.DISQUALIFIED)


def test_an_appeal_is_looked_at_before_it_is_decided_and_a_decision_is_the_last() -> None:
    assert State.UPHELD not in MOVES[State.RECEIVED]
    assert not DECIDED & MOVES.keys()
    assert {state for moves in MOVES.values() for state in moves} == set(State) - {State.RECEIVED}


def test_nobody_decides_who_had_a_hand_in_the_exam() -> None:
    """R-11 carried on: not the officer, their agency, the instructor of record, the proctor, who published the bank, or who appealed."""
    assert involvements(STRANGER, EXAMINED, Hands()) == ()
    assert may_rule_on_challenge(STRANGER, EXAMINED)
    mine = frozenset({ME})
    cases = {
        Involvement.SELF: (ProctorSide(OFFICER, NONE, NONE), Hands()),
        Involvement.CHAIN: (ProctorSide(ME, frozenset({AGENCY}), NONE), Hands()),
        Involvement.INSTRUCTOR: (ProctorSide(ME, NONE, frozenset({CLASS})), Hands()),
        Involvement.PROCTOR: (STRANGER, Hands(proctors=mine)),
        Involvement.AUTHOR: (STRANGER, Hands(authors=mine)),
        Involvement.APPELLANT: (STRANGER, Hands(appellants=mine)),
        Involvement.MARKER: (STRANGER, Hands(markers=mine)),
    }
    assert {why: involvements(who, EXAMINED, hands) for why, (who, hands) in cases.items()} == {why: (why,) for why in cases}


def test_an_instructor_of_the_class_may_decide_about_a_question_but_not_about_an_appeal() -> None:
    teacher = ProctorSide(ME, NONE, frozenset({CLASS}))
    assert may_rule_on_challenge(teacher, EXAMINED)
    assert not may_rule_on_challenge(ProctorSide(OFFICER, NONE, NONE), EXAMINED)
    assert not may_rule_on_challenge(ProctorSide(ME, frozenset({AGENCY}), NONE), EXAMINED)


@given(st.sets(st.sampled_from(sorted(Involvement))))
def test_every_hand_that_somebody_had_is_named(held: set[Involvement]) -> None:
    mine = frozenset({ME})
    decider = ProctorSide(
        ME,
        frozenset({AGENCY}) if Involvement.CHAIN in held else NONE,
        frozenset({CLASS}) if Involvement.INSTRUCTOR in held else NONE,
    )
    officer = OfficerSide(ME if Involvement.SELF in held else OFFICER, CLASS, frozenset({AGENCY}))
    hands = Hands(
        proctors=mine if Involvement.PROCTOR in held else NONE,
        authors=mine if Involvement.AUTHOR in held else NONE,
        appellants=mine if Involvement.APPELLANT in held else NONE,
        markers=mine if Involvement.MARKER in held else NONE,
    )
    assert set(involvements(decider, officer, hands)) == held
