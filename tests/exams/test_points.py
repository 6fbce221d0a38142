"""What a response earns, type by type, tried on everything hypothesis can think of (R-04: exact, never rounded up)."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exams import drawing, points, responses, rules
from lms.exams.drawing import Candidate, DrawnQuestion
from lms.exams.rules import AnswerState, KeyedQuestion
from lms.exams.selection import Recipe
from lms.questions.items import POINT, ItemType

seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)
worth = st.integers(1, 20).map(lambda n: n * POINT)
CHOSEN = {
    ItemType.SINGLE: 2,
    ItemType.TRUE_FALSE: 1,
    ItemType.MULTIPLE: (0, 2, 3),
    ItemType.ORDERING: (0, 1, 2, 3),
    ItemType.MATCHING: (0, 1, 2, 3),
}


def candidate(type_: ItemType, worth_: int, partial: bool) -> Candidate:
    right: Any = CHOSEN[type_]
    texts = ("True", "False") if type_ is ItemType.TRUE_FALSE else ("a", "b", "c", "d")
    matches = ("v", "w", "x", "y", "z") if type_ is ItemType.MATCHING else ()
    return Candidate("h", "A-1", "Stem", texts, right, type=type_, matches=matches, points=worth_, partial=partial)


def drawn(one: Candidate, seed: str) -> DrawnQuestion:
    (found,) = drawing.draw(Recipe({"A-1": 1}), [one], seed=seed)
    return found


def earned(one: DrawnQuestion, response: Any) -> int:
    return points.earned(one.type, one.key, responses.read(one.shown(), response), points=one.points, partial=one.partial)


@given(seeds, worth, st.sampled_from(sorted(CHOSEN)), st.booleans())
def test_the_key_of_a_drawn_question_earns_every_point_however_it_was_shuffled(
    seed: str, worth: int, type_: ItemType, partial: bool
) -> None:
    one = drawn(candidate(type_, worth, partial), seed)
    assert earned(one, one.key) == worth
    assert {text for _, text in one.choices} == set(candidate(type_, worth, partial).choices)
    assert all(id_ not in str(candidate(type_, worth, partial)) for id_, _ in one.choices)


@given(seeds, worth, st.booleans(), st.data())
def test_anything_but_the_key_earns_less(seed: str, worth: int, partial: bool, data: st.DataObject) -> None:
    one = drawn(candidate(data.draw(st.sampled_from(sorted(CHOSEN))), worth, partial), seed)
    ids = [id_ for id_, _ in one.choices]
    some = st.lists(st.sampled_from(ids), unique=True)
    match one.type:
        case ItemType.MULTIPLE | ItemType.ORDERING:
            response: Any = data.draw(some if one.type is ItemType.MULTIPLE else some | st.permutations(ids))
        case ItemType.MATCHING:
            response = data.draw(st.dictionaries(st.sampled_from(ids), st.sampled_from([id_ for id_, _ in one.matches])))
        case _:
            response = data.draw(st.sampled_from(ids))
    stored = responses.read(one.shown(), response)
    got = earned(one, response)
    assert 0 <= got <= worth
    assert (got == worth) is (stored == one.key)
    if not partial:
        assert got in {0, worth}


@given(seeds)
def test_true_stands_before_false_and_an_order_is_no_hint(seed: str) -> None:
    assert [text for _, text in drawn(candidate(ItemType.TRUE_FALSE, POINT, partial=False), seed).choices] == ["True", "False"]


def test_the_lines_of_an_ordering_stand_in_every_order_about_as_often() -> None:
    shown = [drawn(candidate(ItemType.ORDERING, POINT, partial=False), f"{n:064x}").choices[0][1] for n in range(400)]
    assert all(60 < shown.count(text) < 140 for text in "abcd")


@pytest.mark.parametrize(
    ("chosen", "share"),
    [([0, 2, 3], 1000), ([0, 2], 666), ([0], 333), ([0, 1], 0), ([0, 1, 2, 3], 666), ([1], 0), ([0, 2, 1], 333)],
)
def test_of_several_choices_the_right_less_the_wrong_count(chosen: list[int], share: int) -> None:
    ids = ["a", "b", "c", "d"]
    assert points.earned("multiple", ["a", "c", "d"], [ids[n] for n in chosen], points=1000, partial=True) == share


@pytest.mark.parametrize(
    ("given_", "share"), [("abcd", 1000), ("abdc", 333), ("dcba", 0), ("bcda", 666), ("ab", 333), ("a", 0), ("dabc", 666)]
)
def test_of_an_order_the_neighbors_count(given_: str, share: int) -> None:
    assert points.earned("ordering", list("abcd"), list(given_), points=1000, partial=True) == share


def test_a_gap_in_an_order_makes_no_neighbors() -> None:
    assert points.earned("ordering", list("abcd"), ["a", None, "c", "d"], points=1000, partial=True) == 333


decimals = st.decimals(-(10**6), 10**6, places=4, allow_nan=False)


@given(decimals, decimals.map(abs), decimals)
def test_a_number_within_the_tolerance_counts_exactly(value: Decimal, tolerance: Decimal, given_: Decimal) -> None:
    key = {"value": f"{value:f}", "tolerance": f"{tolerance:f}"}
    got = points.earned("numeric", key, f"{given_:f}", points=1000, partial=False)
    assert got == (1000 if abs(given_ - value) <= tolerance else 0)


def test_the_edge_of_a_tolerance_is_exact_where_floating_point_is_not() -> None:
    key = {"value": "0.3", "tolerance": "0.1"}
    assert points.earned("numeric", key, "0.2", points=1000, partial=False) == 1000
    long = "0.2" + "0" * 30 + "1"
    assert points.earned("numeric", {"value": "0.2", "tolerance": "0"}, long, points=1000, partial=False) == 0


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1,000", 1000),
        ("48.", 48),
        (".5", 0.5),
        ("-3", -3),
        ("\N{MINUS SIGN}3x", None),
        ("1e5", None),
        ("48 hours", None),
        ("", None),
        ("1,00", None),
        ("٤٨", None),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, read: float | None) -> None:
    found = points.number(text)
    assert (None if found is None else float(found)) == read


@pytest.mark.parametrize(
    "text", ["I-205", "i-205", "  I-205. ", "\N{LEFT DOUBLE QUOTATION MARK}I\N{EN DASH}205\N{RIGHT DOUBLE QUOTATION MARK}", "I-205!"]
)
def test_a_short_text_is_compared_without_case_spaces_and_punctuation(text: str) -> None:
    assert points.earned("short", {"accepted": ["I-205"]}, text, points=1000, partial=False) == 1000
    assert points.earned("short", {"accepted": ["I-200"]}, text, points=1000, partial=False) == 0


@given(st.lists(st.tuples(worth, st.booleans()), min_size=1, max_size=30), st.integers(0, 100_000))
def test_the_total_is_the_sum_of_its_questions_and_is_compared_exactly(found: list[tuple[int, bool]], cut: int) -> None:
    """R-04: exactly the cut score passes, and a thousandth of a point below fails."""
    keys = [KeyedQuestion(n, "A", "x", points=one) for n, (one, _) in enumerate(found, 1)]
    answers = {n: AnswerState(1, "x" if right else "y") for n, (_, right) in enumerate(found, 1)}
    score = rules.score(answers, keys)
    assert score.points == sum(rules.earned(key, answers[key.position].response) for key in keys)
    assert score.out_of == sum(key.points for key in keys)
    assert score.passes(cut) is (score.points * 100_000 >= cut * score.out_of)
    assert score.thousandths * score.out_of <= score.points * 100_000 < (score.thousandths + 1) * score.out_of


def test_seventy_percent_of_the_points_passes_and_a_thousandth_less_fails() -> None:
    keys = [KeyedQuestion(1, "A", None, type="written", points=10_000)]
    answers = {1: AnswerState(1, "text")}
    assert rules.score(answers, keys, awarded={1: 7000}).passes(70_000)
    assert not rules.score(answers, keys, awarded={1: 6999}).passes(70_000)


# --- Scenarios ---

SIZES = (1, 1, 2, 3, 2, 1)
BANK = [
    Candidate(f"{group}-{part}", "A-1", "Stem", ("a", "b", "c", "d"), 0, group=f"G{group}" if size > 1 else "", part=part)
    for group, size in enumerate(SIZES)
    for part in range(1, size + 1)
]


@given(seeds, st.permutations(BANK), st.integers(1, 10))
def test_a_scenario_is_drawn_whole_or_not_at_all_and_its_questions_follow_each_other(seed: str, bank: list[Candidate], count: int) -> None:
    found = [one.hash for one in drawing.draw(Recipe({"A-1": count}), bank, seed=seed)]
    assert len(found) == count == len(set(found))
    for group, size in enumerate(SIZES):
        places = [found.index(f"{group}-{part}") for part in range(1, size + 1) if f"{group}-{part}" in found]
        assert not places or places == list(range(places[0], places[0] + size))


@given(seeds, seeds)
def test_a_retake_shares_no_scenario_with_the_failed_paper(first: str, second: str) -> None:
    """R-09."""
    failed = frozenset(one.hash for one in drawing.draw(Recipe({"A-1": 5}), BANK, seed=first))
    retake = drawing.draw(Recipe({"A-1": 5}, avoided=failed), BANK, seed=second)
    assert failed.isdisjoint(one.hash for one in retake)
