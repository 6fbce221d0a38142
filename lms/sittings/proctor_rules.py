"""Who may proctor: nobody involved (R-11). Pure."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Tie(StrEnum):
    """Why somebody may not proctor an officer's exam, as the proctor reads it."""

    SELF = "You cannot admit yourself. Another proctor must."
    INSTRUCTOR = "You are or were an instructor of record of this class. A proctor who did not teach it must admit this officer."
    CHAIN = "You serve or hold a role in the officer's agency. A proctor from outside that agency must admit this officer."


AS_SEEN: Final = {
    Tie.SELF: "is one of its officers",
    Tie.INSTRUCTOR: "is or was an instructor of record of the class",
    Tie.CHAIN: "serves or holds a role in the agency of one of its officers",
}
"""The same ties, of somebody else who is to be named for a sitting."""


@dataclass(frozen=True, slots=True)
class ProctorSide:
    """Who would proctor: the agencies in which they serve or hold a role, and the classes of which they were ever instructor of record."""

    user_id: uuid.UUID | None
    agencies: frozenset[uuid.UUID]
    classes: frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class OfficerSide:
    """Whose exam it is: the class, and the agencies that the officer is in it for and serves in now."""

    user_id: uuid.UUID
    offering_id: uuid.UUID
    agencies: frozenset[uuid.UUID]


def ties(proctor: ProctorSide, officer: OfficerSide) -> tuple[Tie, ...]:
    """Every reason why this person may not proctor this officer's exam; none for who may."""
    found = {
        Tie.SELF: proctor.user_id == officer.user_id,
        Tie.INSTRUCTOR: officer.offering_id in proctor.classes,
        Tie.CHAIN: bool(proctor.agencies & officer.agencies),
    }
    return tuple(tie for tie, holds in found.items() if holds)


def ties_to_sitting(proctor: ProctorSide, *, offering_id: uuid.UUID, officers: Iterable[OfficerSide]) -> tuple[Tie, ...]:
    """Every reason why this person may not be named for a sitting of the class with these officers; none for who may (R-11)."""
    found = {tie for officer in officers for tie in ties(proctor, officer)}
    if offering_id in proctor.classes:
        found.add(Tie.INSTRUCTOR)
    return tuple(tie for tie in Tie if tie in found)


def refusal(name: str, found: Iterable[Tie]) -> str:
    """The sentence that refuses to name somebody for a sitting."""
    return f"{name} cannot proctor this sitting: {name} {' and '.join(AS_SEEN[tie] for tie in found)}. Name somebody who is not involved."
