"""When and where a declaration is in force, whatever acts follow each other (R-29, 28 CFR 65.83(d))."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lms.influx.period import (
    Act,
    Boundaries,
    Interval,
    Kind,
    Reach,
    boundaries_at,
    common,
    covers,
    ends_at,
    gaps,
    is_in_force,
    joined,
    period,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def act(kind: Kind, number: int, *, effective: int, known: int, begins: int = 0, ends: int = 0) -> Act:
    spans = kind in {Kind.DECLARED, Kind.EXTENDED}
    return Act(kind, number, day(effective), day(known), day(begins) if spans else None, day(ends) if spans else None)


def declared(ends: int = 60) -> Act:
    return act(Kind.DECLARED, 1, effective=0, known=0, begins=0, ends=ends)


DAYS = st.integers(0, 400)


@st.composite
def an_act(draw: st.DrawFn, number: int) -> Act:
    kind = Kind.DECLARED if number == 1 else draw(st.sampled_from([Kind.EXTENDED, Kind.TERMINATED, Kind.BOUNDED, Kind.PUBLISHED]))
    begins = draw(DAYS)
    where = Boundaries(frozenset({draw(st.sampled_from(["FL", "TX", "GA"]))})) if kind in {Kind.DECLARED, Kind.BOUNDED} else None
    spans = kind in {Kind.DECLARED, Kind.EXTENDED}
    until = day(begins + draw(st.integers(1, 200))) if spans else None
    return Act(kind, number, day(draw(DAYS)), day(draw(DAYS)), day(begins) if spans else None, until, where)


HISTORIES = st.integers(1, 6).flatmap(lambda size: st.tuples(*(an_act(number) for number in range(1, size + 1))))


def test_an_extension_that_begins_with_the_end_joins_and_one_that_comes_later_leaves_a_gap() -> None:
    joining = act(Kind.EXTENDED, 2, effective=58, known=58, begins=60, ends=240)
    assert period([declared(), joining], known=day(58)) == (Interval(day(0), day(240)),)
    late = act(Kind.EXTENDED, 2, effective=65, known=66, begins=60, ends=240)
    found = period([declared(), late], known=day(70))
    assert found == (Interval(day(0), day(60)), Interval(day(65), day(240)))
    assert gaps(found) == (Interval(day(60), day(65)),)
    assert not is_in_force([declared(), late], at=day(62), known=day(300))


def test_an_ending_cuts_from_the_moment_at_which_it_takes_effect_and_no_earlier() -> None:
    ended = act(Kind.TERMINATED, 2, effective=30, known=31)
    assert period([declared(), ended], known=day(40)) == (Interval(day(0), day(30)),)
    assert is_in_force([declared(), ended], at=day(35), known=day(30))
    assert not is_in_force([declared(), ended], at=day(35), known=day(31))
    assert ends_at([declared(), ended], known=day(31)) == day(30)


def test_nothing_is_in_force_before_the_instrument_takes_effect_or_is_confirmed() -> None:
    late = act(Kind.DECLARED, 1, effective=5, known=9, begins=0, ends=60)
    assert period([late], known=day(8)) == ()
    assert ends_at([late], known=day(8)) is None
    assert period([late], known=day(9)) == (Interval(day(5), day(60)),)
    never = act(Kind.DECLARED, 1, effective=90, known=0, begins=0, ends=60)
    assert period([never], known=day(9)) == ()


@given(HISTORIES, DAYS, DAYS)
def test_no_interval_ever_covers_a_gap(acts: tuple[Act, ...], at: int, known: int) -> None:
    moment, seen = day(at), day(known)
    heard = [one for one in acts if one.known_at <= seen]
    said = any(
        one.begins_at is not None and one.ends_at is not None and max(one.begins_at, one.effective_at) <= moment < one.ends_at
        for one in heard
    )
    cut = any(one.kind is Kind.TERMINATED and one.effective_at <= moment for one in heard)
    found = period(acts, known=seen)
    assert covers(found, moment) == (said and not cut)
    assert not any(covers(found, gap.starts_at) for gap in gaps(found))
    assert all(before.ends_at < after.starts_at for before, after in pairwise(found))


@given(HISTORIES, st.integers(0, 400), DAYS, DAYS)
def test_nothing_recorded_later_changes_an_answer_about_a_moment_and_a_state_of_knowledge(
    acts: tuple[Act, ...], more: int, at: int, known: int
) -> None:
    later = [
        act(Kind.EXTENDED, 98, effective=0, known=known + 1 + more, begins=0, ends=999),
        act(Kind.TERMINATED, 99, effective=0, known=known + 1 + more),
        Act(Kind.BOUNDED, 97, day(0), day(known + 1 + more), boundaries=Boundaries(frozenset({"ME"}))),
    ]
    asked = {"at": day(at), "known": day(known)}
    assert is_in_force([*acts, *later], **asked) == is_in_force(acts, **asked)
    assert boundaries_at([*acts, *later], **asked) == boundaries_at(acts, **asked)


@given(HISTORIES, HISTORIES, DAYS)
def test_what_two_periods_have_in_common_is_in_both(one: tuple[Act, ...], other: tuple[Act, ...], at: int) -> None:
    first, second = period(one, known=day(900)), period(other, known=day(900))
    assert covers(common(first, second), day(at)) == (covers(first, day(at)) and covers(second, day(at)))


def test_intervals_that_touch_or_overlap_become_one() -> None:
    assert joined([Interval(day(5), day(9)), Interval(day(0), day(5)), Interval(day(7), day(12))]) == (Interval(day(0), day(12)),)


def test_boundaries_are_versions_and_the_latest_that_took_effect_counts() -> None:
    first = Act(Kind.DECLARED, 1, day(0), day(0), day(0), day(60), Boundaries(frozenset({"FL"})))
    wider = Act(Kind.BOUNDED, 2, day(10), day(12), boundaries=Boundaries(frozenset({"FL", "GA"})))
    assert boundaries_at([first, wider], at=day(11), known=day(11)) == Boundaries(frozenset({"FL"}))
    assert boundaries_at([first, wider], at=day(11), known=day(12)) == Boundaries(frozenset({"FL", "GA"}))
    assert boundaries_at([first, wider], at=day(9), known=day(99)) == Boundaries(frozenset({"FL"}))
    assert boundaries_at([first], at=day(-1), known=day(99)) is None


def test_an_agency_lies_inside_by_its_state_or_by_its_counties() -> None:
    monroe, dade, leon = "12087", "12086", "12073"
    found = Boundaries(frozenset({"TX"}), frozenset({monroe, dade}))
    assert found.postal == {"TX", "FL"}
    assert found.reach(state="TX", counties=()) is Reach.WHOLLY
    assert found.reach(state="FL", counties=(monroe,)) is Reach.WHOLLY
    assert found.reach(state="FL", counties=(monroe, leon)) is Reach.PARTLY
    assert found.reach(state="FL", counties=()) is Reach.PARTLY
    assert found.reach(state="FL", counties=(leon,)) is Reach.OUTSIDE
    assert found.reach(state="GA", counties=()) is Reach.OUTSIDE
    assert Boundaries(frozenset(), frozenset({"99999"})).postal == frozenset()
