"""Marks of written answers: what a rubric gives, when a second and a third marker are needed, and what stands. Pure."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WHOLE = 1000


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that earns points."""

    id: str
    text: str
    points: int


@dataclass(frozen=True, slots=True)
class Mark:
    """One marker's mark, in thousandths of a point, and whether the marker asks for a second one."""

    points: int
    second_wanted: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """What a question is worth, whether the policy asks for a second marker, and how far two marks may differ (thousandths of it)."""

    out_of: int
    second: bool
    apart: int


def points_of(given: Mapping[str, int], rubric: Sequence[Criterion], *, out_of: int) -> int:
    """What the points given by criterion come to of what the question is worth, in thousandths of a point; an uneven rest is cut."""
    return sum(given[one.id] for one in rubric) * out_of // sum(one.points for one in rubric)


def is_drawn_for_second(answer_id: uuid.UUID, share: int) -> bool:
    """Whether the policy's share of answers that get a second marker takes this one. The id is random, so nobody chooses it."""
    return answer_id.int % WHOLE < share


def settled(marks: Sequence[Mark], terms: Terms) -> int | None:
    """What the answer is worth by these marks, in their order; None while another marker is needed.

    One mark stands by itself unless the policy or the marker asks for a second one. Two that are near each other give their mean; of two
    that are further apart neither stands, and the third decides.
    """
    if not marks or (len(marks) == 1 and (terms.second or marks[0].second_wanted)):
        return None
    if len(marks) == 1:
        return marks[0].points
    first, second = marks[0].points, marks[1].points
    if abs(first - second) * WHOLE <= terms.apart * terms.out_of:
        return (first + second) // 2
    return marks[2].points if len(marks) > 2 else None


def in_order_of(marker_id: uuid.UUID, answers: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """The answers in an order of chance that is the marker's own: it follows no roster, no class and no time."""
    return sorted(answers, key=lambda one: hashlib.sha256(marker_id.bytes + one.bytes).digest())
