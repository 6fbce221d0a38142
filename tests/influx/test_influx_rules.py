"""What a declaration may say, when agreements are activated, and how far authority reaches (R-26, R-28)."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lms.agencies.agreement_rules import State
from lms.influx.period import Act, Boundaries, Kind, Reach
from lms.influx.rules import (
    Activated,
    Basis103,
    Declared,
    Ground,
    Place,
    Standing,
    Told,
    bounded_by,
    fault_of_act,
    fault_of_boundaries,
    fault_of_confirmation,
    fault_of_period,
    fault_of_told,
    faults_of_activation,
    faults_of_declaration,
    is_awake,
    limits,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FLORIDA = Boundaries(frozenset({"FL"}))
FIRST = Act(Kind.DECLARED, 1, NOON - 10 * DAY, NOON - 9 * DAY, NOON - 10 * DAY, NOON + 50 * DAY, FLORIDA)
DECLARED = Declared(drill=False, grounds=frozenset({Ground.INFLUX}), acts=(FIRST,))
SOUND = Standing("103a10", contingency=True, state=State.SIGNED, missing_terms=(), procedure="By telephone", reach=Reach.WHOLLY)


def test_a_declaration_states_begin_end_and_boundaries() -> None:
    assert fault_of_act((), FIRST, now=NOON) is None
    assert fault_of_act((), replace(FIRST, ends_at=None), now=NOON)
    assert fault_of_act((), replace(FIRST, ends_at=FIRST.begins_at), now=NOON)
    assert fault_of_act((), replace(FIRST, boundaries=None), now=NOON)
    assert fault_of_period(NOON, NOON + DAY) is None
    assert fault_of_boundaries(Boundaries(frozenset({"ZZ"})))
    assert fault_of_boundaries(Boundaries(frozenset(), frozenset({"00000"})))


def test_what_follows_needs_a_confirmed_declaration_that_was_not_ended() -> None:
    extended = Act(Kind.EXTENDED, 2, NOON, NOON, NOON + 50 * DAY, NOON + 80 * DAY)
    assert "second person" in str(fault_of_act((), extended, now=NOON))
    assert fault_of_act((FIRST,), extended, now=NOON) is None
    assert "before the declaration" in str(fault_of_act((FIRST,), replace(extended, ends_at=NOON + DAY), now=NOON))
    assert fault_of_act((FIRST,), Act(Kind.BOUNDED, 2, NOON, NOON, boundaries=Boundaries()), now=NOON)
    assert fault_of_act((FIRST,), Act(Kind.PUBLISHED, 2, NOON, NOON), now=NOON) is None
    over = Act(Kind.TERMINATED, 2, NOON, NOON)
    assert "of its own" in str(fault_of_act((FIRST, over), extended, now=NOON))
    assert fault_of_act((FIRST, over), Act(Kind.PUBLISHED, 3, NOON, NOON), now=NOON) is None


def test_nobody_confirms_what_they_recorded() -> None:
    me, other = uuid.uuid4(), uuid.uuid4()
    assert fault_of_confirmation(recorded_by=me, confirmed_by=other, is_confirmed=False) is None
    assert fault_of_confirmation(recorded_by=me, confirmed_by=me, is_confirmed=False)
    assert fault_of_confirmation(recorded_by=me, confirmed_by=None, is_confirmed=False)
    assert "already" in str(fault_of_confirmation(recorded_by=me, confirmed_by=other, is_confirmed=True))


def test_only_a_mass_influx_in_force_activates() -> None:
    assert faults_of_declaration(DECLARED, at=NOON, now=NOON) == []
    other = replace(DECLARED, grounds=frozenset({Ground.ENDANGERED}))
    assert len(faults_of_declaration(other, at=NOON, now=NOON)) == 1
    assert faults_of_declaration(DECLARED, at=NOON - 20 * DAY, now=NOON)
    assert faults_of_declaration(DECLARED, at=NOON + DAY, now=NOON)
    assert faults_of_declaration(DECLARED, at=NOON, now=NOON + 99 * DAY)


def test_r28_a_signed_contingency_agreement_with_all_terms_inside_the_boundaries_is_activated() -> None:
    """R-28: by the agreed procedure, and only once for a declaration."""
    assert faults_of_activation(SOUND) == []
    assert faults_of_activation(replace(SOUND, state=State.ACTIVATED)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"basis": "287g"}, "R-26"),
        ({"contingency": False}, "no contingency"),
        ({"state": State.SUSPENDED}, "suspended"),
        ({"state": None}, "not yet made"),
        ({"missing_terms": ("iv", "xv")}, "iv, xv"),
        ({"procedure": ""}, "procedure"),
        ({"reach": Reach.OUTSIDE}, "outside"),
        ({"activated": True}, "already"),
    ],
)
def test_everything_else_stays_dormant_and_is_told_why(change: dict[str, object], said: str) -> None:
    """R-26: an agreement under section 287(g) is never activated."""
    (fault,) = faults_of_activation(replace(SOUND, **change))  # type: ignore[arg-type] # any field
    assert said in fault


def test_telling_says_how_and_whom() -> None:
    assert fault_of_told(Told(NOON, "by telephone", "the sheriff")) is None
    assert fault_of_told(Told(NOON, " ", "the sheriff"))


def awake(declared: Declared = DECLARED) -> Basis103:
    return Basis103("103a10", contingency=True, activations=(Activated(declared, NOON - 5 * DAY, NOON - 4 * DAY),))


def test_r28_authority_wakes_with_the_activation_and_sleeps_again_with_the_declaration() -> None:
    """R-28, R-29: dormant before, and again from the end on; what was known then stays known so."""
    found = awake()
    assert limits(found, at=NOON, known=NOON) == []
    assert is_awake(found.activations, at=NOON, known=NOON)
    assert not is_awake(found.activations, at=NOON, known=NOON - 5 * DAY)
    for at in (NOON - 6 * DAY, NOON + 60 * DAY):
        (limit,) = limits(found, at=at, known=NOON + 99 * DAY)
        assert limit.source == "R-28"
    over = replace(DECLARED, acts=(FIRST, Act(Kind.TERMINATED, 2, NOON, NOON + DAY)))
    assert limits(awake(over), at=NOON + DAY, known=NOON + DAY)
    assert limits(awake(over), at=NOON + DAY, known=NOON) == []


def test_authority_reaches_no_further_than_the_boundaries_but_for_persons_in_custody() -> None:
    found = awake()
    assert limits(found, at=NOON, known=NOON, place=Place("FL")) == []
    (limit,) = limits(found, at=NOON, known=NOON, place=Place("GA", "13001"))
    assert limit.source == "28 CFR 65.83(d)(4)"
    assert limits(found, at=NOON, known=NOON, place=Place("GA", "13001"), in_custody=True) == []


def test_the_boundaries_of_authority_are_those_of_the_declarations_in_force() -> None:
    """R-28: none while it lies dormant."""
    (bounded,) = bounded_by(awake(), at=NOON, known=NOON)
    assert bounded.names == ("Florida",)
    assert Boundaries(frozenset({"GA"}), frozenset({"12087"})).names == ("Georgia", "Monroe, FL")
    assert bounded_by(awake(), at=NOON + 60 * DAY, known=NOON + 60 * DAY) == ()
    assert bounded_by(awake(replace(DECLARED, drill=True)), at=NOON, known=NOON) == ()


def test_a_drill_wakes_nothing() -> None:
    assert limits(awake(replace(DECLARED, drill=True)), at=NOON, known=NOON)
    plain = Basis103("103a10", contingency=False, declarations=(replace(DECLARED, drill=True),))
    assert limits(plain, at=NOON, known=NOON)
    assert limits(replace(plain, declarations=(DECLARED,)), at=NOON, known=NOON) == []


def test_r26_the_mass_influx_takes_nothing_from_section_287g_and_gives_it_nothing() -> None:
    """R-26: the two authorities never mix."""
    assert limits(Basis103("287g", contingency=False), at=NOON, known=NOON, place=Place("GA")) == []
