"""Drawing a paper: which questions, in which order, their choices shuffled and named by opaque ids. Pure functions of a seed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lms.exams import selection
from lms.exams.selection import Recipe, rank
from lms.kernel.canonical import content_hash


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be drawn. `choices` in the bank's order; `right` is the index of the correct one.

    `difficulty` is its author's guess; a `pilot` is only being tried out. Those of one `group` are drawn
    together and stand in the order of `part`.
    """

    hash: str
    objective: str
    stem: str
    choices: tuple[str, ...]
    right: int
    difficulty: str = ""
    pilot: bool = False
    group: str = ""
    part: int = 0


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """A question as it stands in a paper: choices as (opaque id, text) in the order shown; `key` never leaves the server."""

    hash: str
    objective: str
    stem: str
    choices: tuple[tuple[str, str], ...]
    key: str
    scored: bool = True


def draw(recipe: Recipe, candidates: Iterable[Candidate], *, seed: str) -> list[DrawnQuestion]:
    """The paper that (recipe, seed) gives on these candidates: always the same one, whatever order they come in.

    Raises TooFewQuestions.
    """
    return [_drawn(one, seed) for one in selection.chosen(recipe, candidates, seed=seed)]


def _drawn(candidate: Candidate, seed: str) -> DrawnQuestion:
    ids = [rank(seed, f"choice id {index}", candidate.hash)[:12] for index in range(len(candidate.choices))]
    order = sorted(range(len(ids)), key=lambda index: rank(seed, f"choice order {index}", candidate.hash))
    shown = tuple((ids[index], candidate.choices[index]) for index in order)
    return DrawnQuestion(candidate.hash, candidate.objective, candidate.stem, shown, ids[candidate.right], not candidate.pilot)


def paper_hash(questions: Sequence[DrawnQuestion], *, seed: str) -> str:
    """The name of a paper: a hash over everything shown, the key and the seed, so that nothing in it can change unseen."""
    rows = [[q.hash, q.objective, q.stem, [list(choice) for choice in q.choices], q.key, *_unscored(q)] for q in questions]
    return content_hash({"questions": rows, "seed": seed})


def _unscored(question: DrawnQuestion) -> list[bool]:
    """What a scored question leaves out, so that papers from before there were others keep their names."""
    return [] if question.scored else [False]
