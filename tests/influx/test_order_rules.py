"""What an order on training needs, how long it holds, and what it leaves owed (R-23, R-24, R-25, R-26)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.influx.order_rules import (
    Certified,
    Covered,
    Extension,
    Necessity,
    Order,
    Proposal,
    ScopeLesson,
    ScopeModule,
    Treatment,
    gates,
    good_until,
    holds,
    is_in_force,
    owed,
    standing,
    subjects_missing,
    taken,
    unmet,
)
from lms.influx.period import Act, Boundaries, Interval, Kind, Reach
from lms.influx.rules import Declared, Ground

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
END = NOON + 50 * DAY
FIRST = Act(Kind.DECLARED, 1, NOON - 10 * DAY, NOON - 9 * DAY, NOON - 10 * DAY, END, Boundaries(frozenset({"FL"})))
DECLARED = Declared(drill=False, grounds=frozenset({Ground.INFLUX}), acts=(FIRST,))
AGREEMENT = Covered("Bay County", "103a10", True, True, (), Reach.WHOLLY, "Sheriff Ana Ortiz", TODAY, "Letter of November 20", 3)


def module(name: str, *kept: bool, treatment: Treatment | None = None) -> ScopeModule:
    lessons = tuple(ScopeLesson(f"{name}-{at}", f"{name} {at}", 30, one) for at, one in enumerate(kept, 1))
    word = treatment or (Treatment.KEPT if all(kept) else Treatment.SHORTENED if any(kept) else Treatment.WAIVED)
    return ScopeModule(name, name.capitalize(), f"subject of {name}", word, lessons)


SCOPE = (module("rights", True, True), module("people", True, False), module("status", False, False))
SOUND = Proposal(
    decider="Dana Fictional",
    office="Office of the Demonstration",
    necessities=frozenset({Necessity.SAFETY}),
    available=4,
    needed=40,
    finding="Arrivals doubled within two days.",
    agreements=(AGREEMENT,),
    scope=SCOPE,
    ends_at=END,
)


def missing(order: Proposal, declared: Declared = DECLARED) -> list[str]:
    return [gate.label for gate in unmet(gates(declared, order, now=NOON, today=TODAY))]


def test_r23_an_order_with_everything_can_be_recorded() -> None:
    """R-23: all seven conditions together."""
    assert missing(SOUND) == []
    assert len(gates(DECLARED, SOUND, now=NOON, today=TODAY)) == 7


@pytest.mark.parametrize(
    ("change", "label"),
    [
        ({"decider": " "}, "A named decider"),
        ({"office": ""}, "A named decider"),
        ({"necessities": frozenset()}, "At least one of the three grounds"),
        ({"available": None}, "A finding of too few officers"),
        ({"available": 40}, "A finding of too few officers"),
        ({"available": -1}, "A finding of too few officers"),
        ({"finding": " "}, "A finding of too few officers"),
        ({"agreements": ()}, "Agreements that can be covered"),
        ({"ends_at": END + DAY}, "A declared mass influx in force"),
        ({"ends_at": NOON}, "A declared mass influx in force"),
        ({"scope": (module("rights", True),)}, "Module by module"),
        ({"scope": (replace(SCOPE[0], treatment=None), SCOPE[2])}, "Module by module"),
        ({"scope": (module("rights", True, True, treatment=Treatment.SHORTENED), SCOPE[2])}, "Module by module"),
    ],
)
def test_r23_one_missing_refuses_it_and_is_named_with_its_source(change: dict[str, object], label: str) -> None:
    """R-23, R-24: every unmet condition is told."""
    order = replace(SOUND, **change)  # type: ignore[arg-type] # any field
    assert label in missing(order)
    assert all(gate.source and gate.reason for gate in gates(DECLARED, order, now=NOON, today=TODAY))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"basis": "287g"}, "R-26"),
        ({"is_signed": False}, "not signed"),
        ({"missing_terms": ("iv",)}, "iv"),
        ({"awake": False}, "not activated"),
        ({"reach": Reach.OUTSIDE}, "outside"),
        ({"officers": 0}, "at least one officer"),
    ],
)
def test_r26_an_order_covers_only_agreements_for_the_influx_that_are_in_force_inside(change: dict[str, object], said: str) -> None:
    """R-26: an agreement under section 287(g) never takes such an order."""
    order = replace(SOUND, agreements=(replace(AGREEMENT, **change),))  # type: ignore[arg-type] # any field
    (gate,) = unmet(gates(DECLARED, order, now=NOON, today=TODAY))
    assert said in gate.reason


@pytest.mark.parametrize("change", [{"consent_by": ""}, {"consent_on": None}, {"consent_paper": " "}, {"consent_on": TODAY + DAY}])
def test_r23_each_department_head_consents_in_writing_and_not_ahead(change: dict[str, object]) -> None:
    """R-23."""
    order = replace(SOUND, agreements=(replace(AGREEMENT, **change),))  # type: ignore[arg-type] # any field
    assert missing(order) == ["Each department head consents"]


def test_r23_only_a_declared_mass_influx_in_force_will_do() -> None:
    """R-23."""
    assert missing(SOUND, replace(DECLARED, grounds=frozenset({Ground.OTHER}))) == ["A declared mass influx in force"]
    assert missing(SOUND, replace(DECLARED, acts=())) == ["A declared mass influx in force"]


ORDER = Order(DECLARED, NOON, END, (), SCOPE)
EXTENDED = Act(Kind.EXTENDED, 2, NOON + 40 * DAY, NOON + 40 * DAY, END, END + 90 * DAY)


def test_r24_the_order_ends_with_the_declaration_and_does_not_follow_its_extension() -> None:
    """R-24: an extension of the declaration needs an explicit extension of the order."""
    longer = replace(ORDER, declared=replace(DECLARED, acts=(FIRST, EXTENDED)))
    known = NOON + 200 * DAY
    assert holds(longer, known=known) == (Interval(NOON, END),)
    extended = replace(longer, extensions=(Extension(END + 30 * DAY, NOON + 41 * DAY),))
    assert holds(extended, known=known) == (Interval(NOON, END + 30 * DAY),)
    assert holds(extended, known=NOON + 40 * DAY) == (Interval(NOON, END),)
    over = replace(ORDER, declared=replace(DECLARED, acts=(FIRST, Act(Kind.TERMINATED, 2, NOON + DAY, NOON + DAY))))
    assert not is_in_force(over, at=NOON + 2 * DAY, known=NOON + 2 * DAY)
    assert holds(ORDER, known=NOON - DAY) == ()
    assert holds(replace(ORDER, ends_at=NOON), known=NOON) == ()


def test_r24_what_is_issued_ends_with_the_stretch_that_covers_it() -> None:
    """R-24."""
    assert good_until(ORDER, at=NOON) == END
    assert good_until(ORDER, at=END) is None


@given(st.integers(0, 400), st.integers(0, 400), st.integers(1, 300), st.integers(0, 400))
def test_r24_no_order_ever_holds_outside_the_period(known: int, effective: int, length: int, later: int) -> None:
    """R-24: whatever the extensions say."""
    acts = (FIRST, Act(Kind.EXTENDED, 2, NOON + effective * DAY, NOON, END, END + length * DAY))
    order = replace(ORDER, declared=replace(DECLARED, acts=acts), extensions=(Extension(END + later * DAY, NOON),))
    moment, seen = NOON + later * DAY, NOON + known * DAY
    assert not is_in_force(order, at=moment, known=seen) or order.declared.is_in_force(moment, known=seen)


def test_r25_what_was_waived_stays_owed_and_credit_is_kept() -> None:
    """R-25: nothing is owed once the full certificate was earned."""
    assert [(one.title, one.minutes) for one in owed(SCOPE, (), is_certified=False)] == [("People", 30), ("Status", 60)]
    assert [one.lessons for one in owed(SCOPE, {"people-2", "status-1"}, is_certified=False)] == [("status 2",)]
    assert owed(SCOPE, (), is_certified=True) == ()


def test_r24_the_paper_lists_what_was_really_taken() -> None:
    """R-24: taken, shortened, waived."""
    found = taken(SCOPE, {"rights-1", "rights-2", "people-1"})
    assert (found.taken, found.shortened, found.waived) == (("Rights",), ("People",), ("Status",))
    assert subjects_missing(SCOPE, {"rights-1", "people-1"}) == ("subject of status",)


def test_r25_without_an_order_that_holds_an_officer_is_not_certified() -> None:
    """R-25: until the whole course is finished."""
    said = {"is_certified": False, "drill": False, "order_holds": True, "short": Certified.ABBREVIATED}
    assert standing(**said) is Certified.ABBREVIATED  # type: ignore[arg-type] # facts by name
    assert standing(**said | {"short": Certified.WAIVED}) is Certified.WAIVED  # type: ignore[arg-type] # as above
    assert standing(**said | {"order_holds": False}) is Certified.NOT  # type: ignore[arg-type] # as above
    assert standing(**said | {"short": None}) is Certified.NOT  # type: ignore[arg-type] # as above
    assert standing(**said | {"drill": True}) is Certified.DRILL  # type: ignore[arg-type] # as above
    assert standing(**said | {"is_certified": True}) is Certified.FULL  # type: ignore[arg-type] # as above


def test_an_order_that_keeps_nothing_waives_everything() -> None:
    assert not ORDER.waives_everything
    assert ORDER.kept_lessons == {"rights-1", "rights-2", "people-1"}
    assert replace(ORDER, scope=(module("status", False),)).waives_everything
