"""Challenges and appeals: how long there is, what may be appealed, how an appeal moves, and who may decide it. Pure."""

import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from lms.agencies.clocks import days_later
from lms.exams.retakes import Standing
from lms.exams.rules import Kind
from lms.sittings.proctor_rules import OfficerSide, ProctorSide, Tie, ties

CLOCKS: Final = Path(__file__).parent / "clocks.toml"


class Ruling(StrEnum):
    """What came of a challenge."""

    UPHELD = "upheld"
    REJECTED = "rejected"


class Outcome(StrEnum):
    """What an officer may appeal."""

    FAILED = "failed"
    TERMINATED = "terminated"
    VOIDED = "voided"
    DISQUALIFIED = "disqualified"


class State(StrEnum):
    """Where an appeal stands."""

    RECEIVED = "received"
    UNDER_REVIEW = "under review"
    UPHELD = "upheld"
    DENIED = "denied"
    RETURNED = "returned"


DECIDED: Final = frozenset({State.UPHELD, State.DENIED, State.RETURNED})
MOVES: Final[Mapping[State, tuple[State, ...]]] = {
    State.RECEIVED: (State.UNDER_REVIEW, State.RETURNED),
    State.UNDER_REVIEW: (State.UPHELD, State.DENIED, State.RETURNED),
}
"""An appeal is looked at before it is upheld or denied. One that cannot be decided as it is goes back to whoever made it."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Calendar days: how long after the result there is for it, and how long for its decision; and who says so."""

    window: int
    decision: int
    source: str

    def closes_at(self, since: datetime, zone: str) -> datetime:
        """Until when it may be made, of a result that was told at `since`."""
        return days_later(since, days=self.window, zone=zone)

    def due_at(self, received: datetime, zone: str) -> datetime:
        """By when it is to be decided."""
        return days_later(received, days=self.decision, zone=zone)


@cache
def clock(name: str) -> Clock:
    """The clock of a challenge or an appeal, as the program's file gives it."""
    return Clock(**tomllib.loads(CLOCKS.read_text(encoding="utf-8"))[name])


def appealable(*, passed: bool, voided: bool, closed_by: Kind | None, standing: Standing) -> tuple[Outcome, ...]:
    """What about a closed attempt its officer may appeal; nothing of one that was passed."""
    found = {
        Outcome.FAILED: not passed and not voided,
        Outcome.TERMINATED: closed_by is Kind.TERMINATED and not passed,
        Outcome.VOIDED: voided,
        Outcome.DISQUALIFIED: standing is Standing.DISQUALIFIED,
    }
    return tuple(outcome for outcome, holds in found.items() if holds)


class Involvement(StrEnum):
    """Why somebody may not decide an appeal, as they read it."""

    SELF = "It is about your own exam."
    CHAIN = "You serve or hold a role in the officer's agency."
    INSTRUCTOR = "You are or were an instructor of record of this class."
    PROCTOR = "You admitted the officer to this exam, were named to proctor it, or acted on it as a proctor or as a second person."
    MARKER = "You marked a written answer of this exam."
    AUTHOR = "You published the question bank that the paper was drawn from."
    APPELLANT = "You sent this appeal."


TIED: Final = {Tie.SELF: Involvement.SELF, Tie.CHAIN: Involvement.CHAIN, Tie.INSTRUCTOR: Involvement.INSTRUCTOR}


@dataclass(frozen=True, slots=True)
class Hands:
    """Whose hands an attempt went through: who proctored, admitted or acted on it, published its bank, sent the appeal, marked it."""

    proctors: frozenset[uuid.UUID] = frozenset()
    authors: frozenset[uuid.UUID] = frozenset()
    appellants: frozenset[uuid.UUID] = frozenset()
    markers: frozenset[uuid.UUID] = frozenset()


def involvements(decider: ProctorSide, officer: OfficerSide, hands: Hands) -> tuple[Involvement, ...]:
    """Every reason why this person may not decide about this exam; none for who may."""
    held = {Involvement.PROCTOR: hands.proctors, Involvement.AUTHOR: hands.authors, Involvement.APPELLANT: hands.appellants}
    held[Involvement.MARKER] = hands.markers
    tied = [TIED[tie] for tie in ties(decider, officer)]
    return (*tied, *(why for why, people in held.items() if decider.user_id in people))


def may_rule_on_challenge(decider: ProctorSide, officer: OfficerSide) -> bool:
    """Whether this person may decide a challenge: it is about the question, so that its teachers may, but nobody's own or own agency's."""
    return not {Tie.SELF, Tie.CHAIN} & set(ties(decider, officer))


def is_overdue(due_at: datetime, *, now: datetime, decided: bool) -> bool:
    """Whether it should have been decided by now."""
    return not decided and now > due_at
