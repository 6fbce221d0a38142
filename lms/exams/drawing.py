"""Drawing a paper: which questions, in which order, their choices shuffled and named by opaque ids. Pure functions of a seed."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lms.kernel.canonical import content_hash


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be drawn. `choices` in the bank's order; `right` is the index of the correct one."""

    hash: str
    objective: str
    stem: str
    choices: tuple[str, ...]
    right: int


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """A question as it stands in a paper: choices as (opaque id, text) in the order shown; `key` never leaves the server."""

    hash: str
    objective: str
    stem: str
    choices: tuple[tuple[str, str], ...]
    key: str


class TooFewQuestions(ValueError):
    """The bank cannot fill the specification."""


def draw(
    specification: Mapping[str, int],
    candidates: Iterable[Candidate],
    *,
    seed: str,
    avoided: frozenset[str] = frozenset(),
    shared_share: int = 0,
) -> list[DrawnQuestion]:
    """The paper that (specification, seed) gives on these candidates: always the same one, whatever order they come in.

    `avoided` holds hashes of questions of papers already sat; of each objective's questions at most `shared_share` (thousandths)
    may be among them, and only where the others do not suffice (R-09). Raises TooFewQuestions.
    """
    pools: dict[str, list[Candidate]] = {objective: [] for objective in specification}
    for candidate in candidates:
        if candidate.objective in pools:
            pools[candidate.objective].append(candidate)
    rank = {one.hash: (one.hash in avoided, _rank(seed, "pick", one.hash)) for pool in pools.values() for one in pool}
    chosen = []
    for objective, count in sorted(specification.items()):
        found = sorted(pools[objective], key=lambda one: rank[one.hash])[:count]
        _refuse_too_few(objective, found, count, avoided, most_shared=count * shared_share // 1000)
        chosen += found
    chosen.sort(key=lambda one: _rank(seed, "order", one.hash))
    return [_drawn(one, seed) for one in chosen]


def _refuse_too_few(objective: str, found: Sequence[Candidate], count: int, avoided: frozenset[str], *, most_shared: int) -> None:
    fresh = sum(one.hash not in avoided for one in found)
    if len(found) < count or count - fresh > most_shared:
        raise TooFewQuestions(f"{objective} needs {count} questions and has {fresh} left that were not asked before.")


def _drawn(candidate: Candidate, seed: str) -> DrawnQuestion:
    ids = [_rank(seed, f"choice id {index}", candidate.hash)[:12] for index in range(len(candidate.choices))]
    order = sorted(range(len(ids)), key=lambda index: _rank(seed, f"choice order {index}", candidate.hash))
    shown = tuple((ids[index], candidate.choices[index]) for index in order)
    return DrawnQuestion(candidate.hash, candidate.objective, candidate.stem, shown, ids[candidate.right])


def _rank(seed: str, purpose: str, subject: str) -> str:
    return hmac.new(bytes.fromhex(seed), f"{purpose}\0{subject}".encode(), hashlib.sha256).hexdigest()


def paper_hash(questions: Sequence[DrawnQuestion], *, seed: str) -> str:
    """The name of a paper: a hash over everything shown, the key and the seed, so that nothing in it can change unseen."""
    rows = [[q.hash, q.objective, q.stem, [list(choice) for choice in q.choices], q.key] for q in questions]
    return content_hash({"questions": rows, "seed": seed})
