"""Who may proctor: nobody involved (R-11). Pure."""

import uuid
from dataclasses import dataclass
from enum import StrEnum


class Tie(StrEnum):
    """Why somebody may not proctor an officer's exam, as the proctor reads it."""

    SELF = "You cannot admit yourself. Another proctor must."
    INSTRUCTOR = "You are or were an instructor of record of this class. A proctor who did not teach it must admit this officer."
    CHAIN = "You serve or hold a role in the officer's agency. A proctor from outside that agency must admit this officer."


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
