"""Drawing a paper: which questions, in which order, their choices shuffled and named by opaque ids. Pure functions of a seed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lms.exams import selection
from lms.exams.selection import Recipe, rank
from lms.kernel.canonical import content_hash
from lms.questions.items import POINT, ItemType


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be drawn. `choices` (of matching the left side) and `matches` (its right side) stand in the bank's order.

    `right` by type: the index of the correct choice; of each correct one; all in their order; for each choice the index of its match;
    else the key itself. `more` is shown beside the stem. `difficulty` is its author's guess; a `pilot` is only being tried out. Those of
    one `group` are drawn together and stand in the order of `part`.
    """

    hash: str
    objective: str
    stem: str
    choices: tuple[str, ...]
    right: Any
    type: ItemType = ItemType.SINGLE
    matches: tuple[str, ...] = ()
    points: int = POINT
    partial: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)
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
    key: Any
    type: ItemType = ItemType.SINGLE
    matches: tuple[tuple[str, str], ...] = ()
    points: int = POINT
    partial: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)
    scored: bool = True

    def shown(self) -> dict[str, Any]:
        """What an officer's page may know of it. A plain single choice says no more than stem and choices, as it always did."""
        found: dict[str, Any] = {"stem": self.stem, "choices": [{"id": id_, "text": text} for id_, text in self.choices], **self.more}
        if self.type is not ItemType.SINGLE:
            found["type"] = str(self.type)
        if self.matches:
            found["matches"] = [{"id": id_, "text": text} for id_, text in self.matches]
        if self.points != POINT:
            found["points"] = self.points
        if self.partial:
            found["partial"] = True
        return found


def draw(recipe: Recipe, candidates: Iterable[Candidate], *, seed: str) -> list[DrawnQuestion]:
    """The paper that (recipe, seed) gives on these candidates: always the same one, whatever order they come in.

    The questions of a scenario are drawn together or not at all, and follow each other. Raises TooFewQuestions.
    """
    return [_drawn(one, seed) for one in selection.chosen(recipe, candidates, seed=seed)]


def _drawn(candidate: Candidate, seed: str) -> DrawnQuestion:
    ids = _opaque(seed, "choice", candidate, len(candidate.choices))
    match_ids = _opaque(seed, "match", candidate, len(candidate.matches))
    as_written = candidate.type is ItemType.TRUE_FALSE  # nobody looks for False before True; which is right, chance decides in the bank
    return DrawnQuestion(
        candidate.hash,
        candidate.objective,
        candidate.stem,
        _shuffled(seed, "choice", candidate, ids, candidate.choices, as_written=as_written),
        _key(candidate, ids, match_ids),
        type=candidate.type,
        matches=_shuffled(seed, "match", candidate, match_ids, candidate.matches),
        points=candidate.points,
        partial=candidate.partial,
        more=candidate.more,
        scored=not candidate.pilot,
    )


def _opaque(seed: str, what: str, candidate: Candidate, count: int) -> list[str]:
    return [_opaque_id(seed, what, candidate.hash, index) for index in range(count)]


def _opaque_id(seed: str, what: str, question_hash: str, index: int) -> str:
    return rank(seed, f"{what} id {index}", question_hash)[:12]


def choice_id(seed: str, question_hash: str, index: int) -> str:
    """The opaque id that the choice at `index` of a question, in the bank's order, has in the paper of this seed."""
    return _opaque_id(seed, "choice", question_hash, index)


def _shuffled(
    seed: str, what: str, candidate: Candidate, ids: Sequence[str], texts: Sequence[str], *, as_written: bool = False
) -> tuple[tuple[str, str], ...]:
    order = list(range(len(ids)))
    if not as_written:
        order.sort(key=lambda index: rank(seed, f"{what} order {index}", candidate.hash))
    return tuple((ids[index], texts[index]) for index in order)


def _key(candidate: Candidate, ids: Sequence[str], match_ids: Sequence[str]) -> Any:
    """What is right, by the ids of this paper."""
    right = candidate.right
    match candidate.type:
        case ItemType.SINGLE | ItemType.TRUE_FALSE:
            return ids[right]
        case ItemType.MULTIPLE:
            return sorted(ids[index] for index in right)
        case ItemType.ORDERING:
            return [ids[index] for index in right]
        case ItemType.MATCHING:
            return {ids[left]: match_ids[index] for left, index in enumerate(right)}
        case _:
            return right


def paper_hash(questions: Sequence[DrawnQuestion], *, seed: str) -> str:
    """The name of a paper: a hash over everything shown, the key and the seed, so that nothing in it can change unseen."""
    return content_hash({"questions": [_row(one) for one in questions], "seed": seed})


def _row(one: DrawnQuestion) -> list[Any]:
    """What is hashed of a question. A scored plain single choice is hashed as it always was, so that old papers keep their names."""
    row = [one.hash, one.objective, one.stem, [list(choice) for choice in one.choices], one.key]
    beyond = [str(one.type), [list(match) for match in one.matches], one.points, one.partial, dict(one.more)]
    plain = [str(ItemType.SINGLE), [], POINT, False, {}]
    return [*row, *(() if beyond == plain else beyond), *(() if one.scored else (False,))]
