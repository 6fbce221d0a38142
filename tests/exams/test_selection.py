"""Which questions a paper holds, tried on small banks of every shape (R-09)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lms.exams import selection
from lms.exams.selection import GUESSED, Level, Recipe, TooFewQuestions

seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)
SEED = "5a" * 32
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@dataclass(frozen=True, slots=True)
class Pooled:
    """A question as choosing sees it."""

    hash: str
    objective: str
    difficulty: str = "medium"
    pilot: bool = False
    group: str = ""
    part: int = 0


@st.composite
def banks(draw: st.DrawFn) -> list[Pooled]:
    """Up to three objectives with up to six questions each, some of them only being tried out."""
    levels = st.sampled_from([*Level])
    return [
        Pooled(f"{objective}-{n}", objective, draw(levels), pilot=draw(st.integers(0, 5)) == 0)
        for objective in ("A-1", "B-1", "C-1")
        for n in range(draw(st.integers(1, 6)))
    ]


@st.composite
def recipes(draw: st.DrawFn, bank: Sequence[Pooled]) -> Recipe:
    """What an exam might ask of a bank, and what might be known of it."""
    some = st.sets(st.sampled_from([one.hash for one in bank])).map(frozenset)
    easy = draw(st.integers(0, 1000))
    medium = draw(st.integers(0, 1000 - easy))
    there = Counter(one.objective for one in bank if not one.pilot)
    objectives = draw(st.sets(st.sampled_from(sorted(there)), min_size=1)) if there else {"A-1"}
    shares = {Level.EASY: easy, Level.MEDIUM: medium, Level.HARD: 1000 - easy - medium}
    return Recipe(
        objectives={objective: draw(st.integers(1, max(1, min(3, there[objective])))) for objective in sorted(objectives)},
        difficulty=draw(st.sampled_from([{}, shares])),
        right_share=draw(st.none() | st.integers(1, 1000)),
        pilots=draw(st.integers(0, 3)),
        shared_share=draw(st.sampled_from([0, 400, 1000])),
        avoided=draw(some),
        worn=draw(some),
        measured=draw(st.dictionaries(st.sampled_from([one.hash for one in bank]), st.integers(0, 1000))),
    )


def paper_of(recipe: Recipe, bank: Sequence[Pooled], seed: str) -> list[Pooled]:
    """The paper; examples of which there is none are left out."""
    try:
        return selection.chosen(recipe, bank, seed=seed)
    except TooFewQuestions:
        assume(False)
        raise


def split(paper: Sequence[Pooled]) -> tuple[list[Pooled], list[Pooled]]:
    return [one for one in paper if not one.pilot], [one for one in paper if one.pilot]


@patient
@given(st.data(), seeds)
def test_a_paper_holds_what_was_asked_once_each_whatever_order_the_bank_has(data: st.DataObject, seed: str) -> None:
    bank = data.draw(banks())
    recipe = data.draw(recipes(bank))
    paper = paper_of(recipe, bank, seed)
    scored, pilots = split(paper)
    assert Counter(one.objective for one in scored) == recipe.objectives
    assert len(set(paper)) == len(paper)
    assert len(pilots) == min(recipe.pilots, sum(one.pilot and one.objective in recipe.objectives for one in bank))
    assert selection.chosen(recipe, data.draw(st.permutations(bank)), seed=seed) == paper


@patient
@given(st.data(), seeds)
def test_a_kept_recipe_draws_the_same_paper(data: st.DataObject, seed: str) -> None:
    bank = data.draw(banks())
    recipe = data.draw(recipes(bank))
    paper, kept = paper_of(recipe, bank, seed), Recipe.of(recipe.content())
    assert kept.content() == recipe.content()
    assert selection.chosen(kept, bank, seed=seed) == paper


@patient
@given(st.data(), seeds)
def test_no_question_is_shared_with_the_papers_before_where_the_bank_allows(data: st.DataObject, seed: str) -> None:
    """R-09: of each objective as many fresh questions as there are, and never more shared ones than the course allows."""
    bank = data.draw(banks())
    recipe = data.draw(recipes(bank))
    scored, pilots = split(paper_of(recipe, bank, seed))
    for objective, count in recipe.objectives.items():
        own = [one for one in bank if one.objective == objective and not one.pilot]
        fresh = sum(one.hash not in recipe.avoided for one in own)
        shared = sum(one.hash in recipe.avoided for one in scored if one.objective == objective)
        assert shared == max(0, count - fresh)
        assert shared * 1000 <= count * recipe.shared_share
    spare = {one for one in bank if one.pilot and one.objective in recipe.objectives and one.hash not in recipe.avoided} - {*pilots}
    assert not spare or not any(one.hash in recipe.avoided for one in pilots)


@patient
@given(st.data(), seeds)
def test_a_question_used_often_is_avoided_while_others_suffice(data: st.DataObject, seed: str) -> None:
    bank = data.draw(banks())
    recipe = replace(data.draw(recipes(bank)), avoided=frozenset())
    scored, _ = split(paper_of(recipe, bank, seed))
    for objective, count in recipe.objectives.items():
        rested = sum(one.objective == objective and not one.pilot and one.hash not in recipe.worn for one in bank)
        assert sum(one.hash in recipe.worn for one in scored if one.objective == objective) == max(0, count - rested)


@patient
@given(st.data(), seeds)
def test_no_single_exchange_comes_nearer_to_the_difficulty_asked_for(data: st.DataObject, seed: str) -> None:
    bank = data.draw(banks())
    recipe = replace(data.draw(recipes(bank)), avoided=frozenset(), worn=frozenset())
    scored, _ = split(paper_of(recipe, bank, seed))
    here = selection.miss(recipe, selection.tally(recipe, scored))
    others = [one for one in bank if one not in scored and not one.pilot]
    for out in scored if recipe.aims else ():
        for into in (one for one in others if one.objective == out.objective):
            exchanged = [into if one == out else one for one in scored]
            assert here <= selection.miss(recipe, selection.tally(recipe, exchanged))


RICH = [Pooled(f"{objective}-{level}-{n}", objective, level) for objective in ("A-1", "B-1") for level in Level for n in range(10)]
THIRDS: Mapping[str, int] = {Level.EASY: 300, Level.MEDIUM: 500, Level.HARD: 200}


@patient
@given(seeds)
def test_a_rich_bank_gives_exactly_the_difficulty_asked_for(seed: str) -> None:
    recipe = Recipe({"A-1": 5, "B-1": 5}, difficulty=THIRDS)
    levels = Counter(one.difficulty for one in selection.chosen(recipe, RICH, seed=seed))
    assert levels == {Level.EASY: 3, Level.MEDIUM: 5, Level.HARD: 2}


@patient
@given(seeds, st.integers(600, 800))
def test_papers_are_drawn_to_one_share_of_right_answers(seed: str, wanted: int) -> None:
    measured = {one.hash: GUESSED[Level(one.difficulty)] + 7 * (place % 15) - 49 for place, one in enumerate(RICH)}
    recipe = Recipe({"A-1": 5, "B-1": 5}, right_share=wanted, measured=measured)
    paper = selection.chosen(recipe, RICH, seed=seed)
    assert abs(sum(recipe.expected(one) for one in paper) - 10 * wanted) <= 20  # within 0.2 percent points


def test_enough_answers_outweigh_the_authors_guess() -> None:
    hard_in_truth = {one.hash: 400 for one in RICH if one.difficulty == Level.EASY}
    recipe = Recipe({"A-1": 3}, difficulty={Level.EASY: 0, Level.MEDIUM: 0, Level.HARD: 1000}, measured=hard_in_truth)
    found = {one.difficulty for n in range(40) for one in selection.chosen(recipe, RICH, seed=f"{n:064x}")}
    assert found == {Level.EASY, Level.HARD}


def test_questions_tried_out_stand_at_every_place_equally_often() -> None:
    bank = [*RICH, *(Pooled(f"pilot-{n}", "A-1", pilot=True) for n in range(4))]
    places: Counter[int] = Counter()
    for n in range(400):
        paper = selection.chosen(Recipe({"A-1": 4, "B-1": 4}, pilots=2), bank, seed=f"{n:064x}")
        places.update(place for place, one in enumerate(paper) if one.pilot)
    statistic = sum((places[place] - 80) ** 2 / 80 for place in range(10))
    assert statistic < 27.88  # chi-square with 9 degrees of freedom, p = 0.001


def test_what_is_withheld_is_in_no_paper() -> None:
    withheld = frozenset(one.hash for one in RICH if one.difficulty == Level.EASY)
    paper = selection.chosen(Recipe({"A-1": 20}, withheld=withheld), RICH, seed=SEED)
    assert withheld.isdisjoint(one.hash for one in paper)
    with pytest.raises(TooFewQuestions, match="A-1 needs 21 questions and has 20 left"):
        selection.chosen(Recipe({"A-1": 21}, withheld=withheld), RICH, seed=SEED)


@patient
@given(seeds, st.sampled_from([2, 3, 4, 5]), st.booleans())
def test_questions_on_one_text_are_drawn_together_and_follow_each_other(seed: str, count: int, aims: bool) -> None:
    parts = [Pooled(f"{text}-{part}", "A-1", group=text, part=part) for text in ("fire", "flood") for part in (3, 1, 2)]
    bank = [*parts, *(Pooled(f"single-{n}", "A-1", Level.HARD) for n in range(2))]
    paper = selection.chosen(Recipe({"A-1": count}, right_share=700 if aims else None, shared_share=0), bank, seed=seed)
    assert len(paper) == count
    for text in ("fire", "flood"):
        places = [place for place, one in enumerate(paper) if one.group == text]
        assert places in ([], [*range(places[0], places[0] + 3)] if places else [])
        assert [one.part for one in paper if one.group == text] in ([], [1, 2, 3])


def test_an_objective_that_no_whole_texts_can_fill_is_refused() -> None:
    parts = [Pooled(f"fire-{part}", "A-1", group="fire", part=part) for part in (1, 2, 3)]
    with pytest.raises(TooFewQuestions, match="A-1 needs 2 questions"):
        selection.chosen(Recipe({"A-1": 2}), parts, seed=SEED)


@pytest.mark.parametrize(("share", "said"), [(1000, "easy"), (800, "easy"), (799, "medium"), (600, "medium"), (599, "hard"), (0, "hard")])
def test_a_share_of_right_answers_says_a_level(share: int, said: str) -> None:
    assert selection.level(share) == said
