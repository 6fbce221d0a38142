"""When an authorization is in force, as known at any moment: moves, agreement, end, activation; what a letter may say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.agencies.agreement_rules import Move as AgreementMove
from lms.agencies.agreement_rules import State
from lms.agencies.clocks import months_later
from lms.authorizations.rules import (
    MOST_COUNTIES,
    Authority,
    End,
    Listed,
    Move,
    MoveKind,
    Reason,
    Standing,
    Step,
    Training,
    Word,
    certified_by,
    covers,
    ends_by_rule,
    fault_of_functions,
    fault_of_places,
    fault_of_step,
    letter_number,
    place_name,
    standing,
)
from lms.certificates.rules import Fact, Life
from lms.influx.period import Act, Boundaries, Kind
from lms.influx.rules import Activated, Basis103, Declared, Ground
from lms.places.rules import counties_of
from tests.agencies.program import rules

NOON = datetime(2026, 11, 22, 17, tzinfo=UTC)
DAY = timedelta(days=1)
ZONE = "America/New_York"


def agreed(number: int, to: State, day: float, recorded: float | None = None) -> AgreementMove:
    return AgreementMove(number, to, NOON + day * DAY, NOON + (day if recorded is None else recorded) * DAY)


AGREEMENT = (agreed(1, State.DRAFT, -30), agreed(2, State.SIGNED, -29), agreed(3, State.OPERATIONAL, -28))
AUTHORITY = Authority(NOON, NOON, None, (), AGREEMENT)


def moved(number: int, kind: MoveKind, day: float, recorded: float | None = None, until: float | None = None) -> Move:
    ends = None if until is None else NOON + until * DAY
    return Move(number, kind, NOON + day * DAY, NOON + (day if recorded is None else recorded) * DAY, ends)


def with_moves(*moves: Move, **changes: object) -> Authority:
    return replace(AUTHORITY, moves=moves, **changes)  # type: ignore[arg-type] # facts are named by callers


def found(authority: Authority, day: float, known: float | None = None) -> Standing:
    at = NOON + day * DAY
    told = standing(authority, at=at, known=at if known is None else NOON + known * DAY)
    assert told is not None
    return told


def word(authority: Authority, day: float, known: float | None = None) -> Word:
    return found(authority, day, known).word


# --- Where it stands ------------------------------------------------------------------------------------------------


def test_nothing_stands_before_it_is_on_record() -> None:
    assert standing(AUTHORITY, at=NOON + DAY, known=NOON - DAY) is None
    assert word(replace(AUTHORITY, starts_at=NOON + 2 * DAY), 1) is Word.NOT_YET
    assert word(AUTHORITY, 0) is Word.ACTIVE


def test_a_letter_that_names_an_end_expires_at_that_moment() -> None:
    """R-17."""
    ending = replace(AUTHORITY, ends_at=NOON + 5 * DAY)
    assert (word(ending, 4.999), word(ending, 5)) == (Word.ACTIVE, Word.EXPIRED)


@pytest.mark.parametrize(("kind", "ended"), [(MoveKind.WITHDRAWAL, Word.WITHDRAWN), (MoveKind.REVOCATION, Word.REVOKED)])
def test_a_withdrawal_or_a_revocation_ends_it_for_good(kind: MoveKind, ended: Word) -> None:
    authority = with_moves(moved(1, kind, 3))
    assert (word(authority, 2), word(authority, 3), word(authority, 300)) == (Word.ACTIVE, ended, ended)


def test_what_ended_it_first_is_what_is_told() -> None:
    authority = with_moves(moved(1, MoveKind.REVOCATION, 3), ends_at=NOON + 2 * DAY)
    assert word(authority, 4) is Word.EXPIRED


def test_an_end_that_has_not_come_can_be_taken_back() -> None:
    leaving = moved(1, MoveKind.WITHDRAWAL, 90, recorded=1)
    assert word(with_moves(leaving), 91) is Word.WITHDRAWN
    assert word(with_moves(leaving, moved(2, MoveKind.REINSTATEMENT, 5)), 91) is Word.ACTIVE
    assert word(with_moves(leaving, moved(2, MoveKind.REINSTATEMENT, 91)), 92) is Word.WITHDRAWN


def test_a_suspension_holds_until_its_end_or_a_reinstatement() -> None:
    held = moved(1, MoveKind.SUSPENSION, 1, until=4)
    assert [word(with_moves(held), day) for day in (0, 1, 3.9, 4)] == [Word.ACTIVE, Word.SUSPENDED, Word.SUSPENDED, Word.ACTIVE]
    assert word(with_moves(held, moved(2, MoveKind.REINSTATEMENT, 2)), 3) is Word.ACTIVE


def test_suspending_the_agreement_suspends_and_ending_it_ends_every_authorization_at_that_moment() -> None:
    """R-18."""
    paused = (*AGREEMENT, agreed(4, State.SUSPENDED, 2), agreed(5, State.OPERATIONAL, 3))
    told = replace(AUTHORITY, agreement=paused)
    assert [word(told, day) for day in (1.999, 2, 3)] == [Word.ACTIVE, Word.SUSPENDED, Word.ACTIVE]
    ended = (*AGREEMENT, agreed(4, State.TERMINATING, 2), agreed(5, State.TERMINATED, 92))
    told = replace(AUTHORITY, agreement=ended)
    assert [word(told, day) for day in (2, 91.999, 92, 400)] == [Word.ACTIVE, Word.ACTIVE, Word.AGREEMENT_ENDED, Word.AGREEMENT_ENDED]


def test_an_agreement_that_is_not_operational_gives_no_authority() -> None:
    """R-18."""
    assert word(replace(AUTHORITY, agreement=AGREEMENT[:2]), 1) is Word.DORMANT
    assert word(replace(AUTHORITY, agreement=()), 1) is Word.DORMANT


def test_authority_for_a_mass_influx_lies_dormant_outside_every_activation() -> None:
    """R-28."""
    dormant = replace(AUTHORITY, influx=Basis103("103a10", contingency=True), agreement=AGREEMENT[:2])
    assert word(dormant, 1) is Word.DORMANT
    acts = (
        Act(Kind.DECLARED, 1, NOON, NOON, NOON, NOON + 9 * DAY, Boundaries(frozenset({"SC"}))),
        Act(Kind.TERMINATED, 2, NOON + 3 * DAY, NOON + 2 * DAY),
    )
    declared = Declared(drill=False, grounds=frozenset({Ground.INFLUX}), acts=acts)
    opened = replace(dormant, influx=awake(declared))
    assert [word(opened, day) for day in (0.5, 1, 2.9, 3)] == [Word.DORMANT, Word.ACTIVE, Word.ACTIVE, Word.DORMANT]
    assert word(opened, 4, known=1.5) is Word.ACTIVE
    assert word(replace(dormant, influx=awake(replace(declared, drill=True))), 1) is Word.DORMANT
    suspended = (*AGREEMENT, agreed(4, State.SUSPENDED, 2))
    assert word(replace(opened, agreement=suspended), 2.5) is Word.SUSPENDED
    plain = replace(opened, influx=Basis103("103a10", contingency=False, declarations=(declared,)))
    assert [word(plain, day) for day in (0.5, 4)] == [Word.DORMANT, Word.DORMANT]
    operational = replace(plain, agreement=AGREEMENT)
    assert [word(operational, day) for day in (2.9, 3)] == [Word.ACTIVE, Word.DORMANT]


def awake(declared: Declared) -> Basis103:
    """A contingency agreement activated for a declaration after a day."""
    return Basis103("103a10", contingency=True, activations=(Activated(declared, NOON + DAY, NOON + DAY),))


def test_what_else_ends_it_is_told_with_its_source() -> None:
    end = End(Word.EXPIRED, "the end of declaration 7", Fact(NOON + 2 * DAY, NOON + DAY))
    told = found(replace(AUTHORITY, ends=(end,)), 3)
    assert (told.word, told.source) == (Word.EXPIRED, "the end of declaration 7")
    assert word(replace(AUTHORITY, ends=(end,)), 3, known=0.5) is Word.ACTIVE


MOMENTS = st.integers(-20, 400)
MOVES = st.lists(st.tuples(st.sampled_from(MoveKind), MOMENTS, MOMENTS, st.none() | MOMENTS), max_size=6)
STATES = st.lists(
    st.tuples(st.sampled_from([State.OPERATIONAL, State.SUSPENDED, State.TERMINATING, State.TERMINATED]), MOMENTS, MOMENTS), max_size=4
)


def authority_of(moves: list[tuple[MoveKind, int, int, int | None]], states: list[tuple[State, int, int]]) -> Authority:
    own = [moved(n, kind, at, recorded, until) for n, (kind, at, recorded, until) in enumerate(moves, 1)]
    agreement = [agreed(n, to, at, recorded) for n, (to, at, recorded) in enumerate(states, 4)]
    return replace(AUTHORITY, recorded_at=NOON - 30 * DAY, moves=tuple(own), agreement=(*AGREEMENT, *agreement))


@given(MOVES, STATES, MOMENTS, MOMENTS)
def test_the_same_two_moments_get_the_same_answer_whatever_is_recorded_later(
    moves: list[tuple[MoveKind, int, int, int | None]], states: list[tuple[State, int, int]], at: int, known: int
) -> None:
    """R-29."""
    whole = authority_of(moves, states)
    then = NOON + known * DAY
    known_then = replace(
        whole,
        moves=tuple(move for move in whole.moves if move.recorded_at <= then),
        agreement=tuple(move for move in whole.agreement if move.recorded_at <= then),
    )
    moment = NOON + at * DAY
    assert standing(whole, at=moment, known=then) == standing(known_then, at=moment, known=then)


@given(MOVES, STATES, MOMENTS)
def test_what_has_ended_stays_ended(
    moves: list[tuple[MoveKind, int, int, int | None]], states: list[tuple[State, int, int]], at: int
) -> None:
    authority, known = authority_of(moves, states), NOON + 500 * DAY
    first = standing(authority, at=NOON + at * DAY, known=known)
    later = standing(authority, at=NOON + (at + 30) * DAY, known=known)
    assert first is not None
    assert later is not None
    assert later == first if first.has_ended else True


# --- Certified ------------------------------------------------------------------------------------------------------

LIST = Listed(3, Fact(NOON, NOON))
TRAINED = Training((("F1", Life(NOON - DAY)),), (LIST,))


def certified(training: Training, day: float, known: float | None = None) -> bool:
    at = NOON + day * DAY
    return certified_by(training, at=at, known=at if known is None else NOON + known * DAY) is not None


def test_certified_takes_both_a_valid_certificate_and_a_list() -> None:
    """R-15: certified is ICE's written act, and it is not authorized."""
    assert [certified(TRAINED, day) for day in (-0.5, 0, 5)] == [False, True, True]
    assert not certified(replace(TRAINED, listed=()), 5)
    revoked = replace(TRAINED, certificates=(("F1", Life(NOON - DAY, revoked=Fact(NOON + DAY, NOON + DAY))),))
    assert [certified(revoked, day) for day in (0.5, 1)] == [True, False]
    struck = replace(TRAINED, listed=(replace(LIST, struck=Fact(NOON + DAY, NOON + DAY)),))
    assert [certified(struck, day) for day in (0.5, 1)] == [True, False]


def test_a_corrected_certificate_is_of_the_same_training() -> None:
    replaced = Life(NOON - DAY, superseded=Fact(NOON + DAY, NOON + DAY))
    training = replace(TRAINED, certificates=(("F1", replaced), ("F2", Life(NOON + DAY))))
    assert certified(training, 2)
    assert certified_by(training, at=NOON + 2 * DAY, known=NOON + 2 * DAY) == ("F2", LIST)


def test_what_was_recorded_later_certifies_nobody_then() -> None:
    """R-29."""
    late = replace(TRAINED, listed=(Listed(3, Fact(NOON, NOON + 5 * DAY)),))
    assert (certified(late, 1), certified(late, 1, known=6)) == (False, True)


# --- What a letter says ---------------------------------------------------------------------------------------------


def test_functions_lie_within_the_agreements_and_those_within_the_models() -> None:
    """R-16."""
    jem = rules("jem-2025")
    assert fault_of_functions({"interview"}, agreement={"interview", "process"}, rule_set=jem) is None
    for chosen, agreement in (({"warrants"}, {"interview"}), ({"arrest-felony"}, {"arrest-felony"}), (set[str](), {"interview"})):
        assert fault_of_functions(chosen, agreement=agreement, rule_set=jem) is not None


def test_places_lie_in_the_agencys_state() -> None:
    assert fault_of_places(["45"], state="SC") is None
    assert fault_of_places(["45003", "45005"], state="SC") is None
    assert fault_of_places([], state="SC") is not None
    assert fault_of_places(["13001"], state="SC") is not None
    assert fault_of_places(["45999"], state="SC") is not None
    many = [county.fips for county in counties_of("TX")][: MOST_COUNTIES + 1]
    assert "whole State" in str(fault_of_places(many, state="TX"))
    assert (place_name("45"), place_name("45003")) == ("South Carolina", "Aiken, SC")


def test_a_state_covers_its_counties_and_a_county_no_state() -> None:
    assert covers(["45"], "45003")
    assert covers(["45003"], "45003")
    assert not covers(["45003"], "45")
    assert not covers(["45003"], "45005")


@pytest.mark.parametrize(
    ("template", "end"),
    [
        ("tfm-2025", datetime(2028, 11, 22, 5, tzinfo=UTC)),
        ("four-week", datetime(2027, 11, 22, 5, tzinfo=UTC)),
        ("jem-2025", None),
        ("wso-2025", None),
    ],
)
def test_how_long_an_authorization_lasts_is_the_templates(template: str, end: datetime | None) -> None:
    """R-17: two years under the Task Force Model, one under the old forms, until revoked under the others."""
    assert ends_by_rule(rules(template), starts_at=NOON, zone=ZONE) == end


def test_months_end_where_a_month_is_short() -> None:
    assert months_later(date(2024, 2, 29), months=24) == date(2026, 2, 28)
    assert months_later(date(2026, 11, 30), months=3) == date(2027, 2, 28)
    assert months_later(date(2026, 12, 1), months=1) == date(2027, 1, 1)


def test_letters_are_numbered_without_counting() -> None:
    assert letter_number(bytes(5)) == "L-0000-0000"
    assert letter_number(b"\xff" * 5) == "L-ZZZZ-ZZZZ"


# --- What may be done about it --------------------------------------------------------------------------------------


def fault(authority: Authority, kind: MoveKind, day: float, *, now: float = 1, until: float | None = None, note: str = "Why") -> str | None:
    ends = None if until is None else NOON + until * DAY
    return fault_of_step(authority, Step(kind, NOON + day * DAY, Reason.ICE, note, ends), now=NOON + now * DAY)


def test_what_may_be_done_now_may_be_done() -> None:
    for kind in (MoveKind.SUSPENSION, MoveKind.WITHDRAWAL, MoveKind.REVOCATION):
        assert fault(AUTHORITY, kind, 1) is None
    assert fault(AUTHORITY, MoveKind.SUSPENSION, 1, until=3) is None
    assert fault(with_moves(moved(1, MoveKind.SUSPENSION, 0.5)), MoveKind.REINSTATEMENT, 1) is None
    assert fault(with_moves(moved(1, MoveKind.WITHDRAWAL, 90, recorded=0)), MoveKind.REINSTATEMENT, 1) is None


@pytest.mark.parametrize(
    ("kind", "day", "until", "note", "said"),
    [
        (MoveKind.SUSPENSION, 1, None, " ", "Say why"),
        (MoveKind.SUSPENSION, 500, None, "Why", "a year ahead"),
        (MoveKind.SUSPENSION, -1, None, "Why", "before the authorization began"),
        (MoveKind.SUSPENSION, 2, 2, "Why", "ends after it began"),
        (MoveKind.REINSTATEMENT, 1, None, "Why", "nothing to take back"),
    ],
)
def test_what_cannot_be_done_says_why(kind: MoveKind, day: float, until: float | None, note: str, said: str) -> None:
    assert said in str(fault(AUTHORITY, kind, day, until=until, note=note))


def test_nothing_leads_back_from_an_end() -> None:
    ended = with_moves(moved(1, MoveKind.REVOCATION, 0.5))
    for kind in MoveKind:
        assert "Record a new one" in str(fault(ended, kind, 1))
