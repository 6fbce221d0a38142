"""Drawing papers, tried on everything hypothesis can think of (R-09)."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exams import drawing
from lms.exams.drawing import Candidate
from lms.exams.selection import Recipe, TooFewQuestions

SPECIFICATION = {"A-1": 3, "B-1": 2}
PLAIN = Recipe(SPECIFICATION)
OBJECTIVES = ("A-1", "B-1", "C-1")
BANK = [
    Candidate(f"{objective}-{n}", objective, f"Stem {n}", ("a", "b", "c", "d"), n % 4)
    for objective in ("A-1", "B-1", "C-1")
    for n in range(8)
]
seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)


@given(seeds, st.permutations(BANK))
def test_a_paper_is_a_function_of_specification_and_seed(seed: str, shuffled: list[Candidate]) -> None:
    first = drawing.draw(PLAIN, BANK, seed=seed)
    assert drawing.draw(PLAIN, shuffled, seed=seed) == first
    assert drawing.paper_hash(first, seed=seed) == drawing.paper_hash(drawing.draw(PLAIN, shuffled, seed=seed), seed=seed)


@given(seeds)
def test_a_paper_holds_exactly_what_the_specification_asks(seed: str) -> None:
    drawn = drawing.draw(PLAIN, BANK, seed=seed)
    assert Counter(one.objective for one in drawn) == SPECIFICATION
    assert len({one.hash for one in drawn}) == 5


@given(seeds, seeds)
def test_a_retake_shares_no_question_with_the_failed_paper(first: str, second: str) -> None:
    """R-09."""
    failed = frozenset(one.hash for one in drawing.draw(PLAIN, BANK, seed=first))
    retake = drawing.draw(Recipe(SPECIFICATION, avoided=failed), BANK, seed=second)
    assert failed.isdisjoint(one.hash for one in retake)


def test_a_bank_that_cannot_fill_the_paper_is_refused_by_objective() -> None:
    with pytest.raises(TooFewQuestions, match="A-1 needs 9 questions and has 8 left that were not asked before"):
        drawing.draw(Recipe({"A-1": 9}), BANK, seed="00" * 32)


@given(seeds, seeds)
def test_a_retake_may_share_what_the_course_allows_and_not_a_question_more(first: str, second: str) -> None:
    """R-09: five of eight questions were asked; five are needed, three are fresh, so two must be shared: 400 thousandths."""
    wanted = {"A-1": 5}
    failed = frozenset(one.hash for one in drawing.draw(Recipe(wanted), BANK, seed=first))
    retake = drawing.draw(Recipe(wanted, avoided=failed, shared_share=400), BANK, seed=second)
    assert len(failed.intersection(one.hash for one in retake)) == 2
    with pytest.raises(TooFewQuestions, match="A-1 needs 5 questions and has 3 left"):
        drawing.draw(Recipe(wanted, avoided=failed, shared_share=399), BANK, seed=second)


@given(seeds)
def test_choices_are_shown_under_opaque_ids_and_the_key_is_one_of_them(seed: str) -> None:
    for one in drawing.draw(PLAIN, BANK, seed=seed):
        texts = dict(one.choices)
        source = next(candidate for candidate in BANK if candidate.hash == one.hash)
        assert texts[one.key] == source.choices[source.right]
        assert len(texts) == 4
        assert sorted(texts.values()) == ["a", "b", "c", "d"]


def test_the_right_choice_stands_at_every_place_equally_often_and_its_id_is_no_hint() -> None:
    places: Counter[int] = Counter()
    ranks: Counter[int] = Counter()
    for n in range(400):
        for one in drawing.draw(PLAIN, BANK, seed=f"{n:064x}"):
            ids = [id_ for id_, _ in one.choices]
            places[ids.index(one.key)] += 1
            ranks[sorted(ids).index(one.key)] += 1
    for counted in (places, ranks):
        statistic = sum((counted[i] - 500) ** 2 / 500 for i in range(4))
        assert statistic < 16.27  # chi-square with 3 degrees of freedom, p = 0.001


def test_changing_anything_in_a_paper_changes_its_name() -> None:
    seed = "ab" * 32
    drawn = drawing.draw(PLAIN, BANK, seed=seed)
    name = drawing.paper_hash(drawn, seed=seed)
    assert drawing.paper_hash([replace(drawn[0], stem="Another"), *drawn[1:]], seed=seed) != name
    assert drawing.paper_hash([replace(drawn[0], key=drawn[0].choices[0][0] + "x"), *drawn[1:]], seed=seed) != name
    assert drawing.paper_hash(drawn, seed="ac" * 32) != name
