"""What an agreement may say, how it moves, and in which state it was on any date, as known on any date. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lms.agencies.clocks import ends_at
from lms.agencies.rule_sets import RuleSet


class Basis(StrEnum):
    """The law under which services are accepted. The two never mix (R-26)."""

    SECTION_287G = "287g"
    MASS_INFLUX = "103a10"


class Component(StrEnum):
    """The component that accepts the services."""

    ICE = "ICE"
    CBP = "CBP"


class State(StrEnum):
    """Where an agreement stands."""

    DRAFT = "draft"
    SIGNED = "signed"
    OPERATIONAL = "operational"
    ACTIVATED = "activated"
    SUSPENDED = "suspended"
    TERMINATING = "terminating"
    TERMINATED = "terminated"


NEXT: dict[State, tuple[State, ...]] = {
    State.DRAFT: (State.SIGNED, State.TERMINATED),
    State.SIGNED: (State.OPERATIONAL, State.ACTIVATED, State.TERMINATING),
    State.OPERATIONAL: (State.ACTIVATED, State.SUSPENDED, State.TERMINATING),
    State.ACTIVATED: (State.ACTIVATED, State.SUSPENDED, State.TERMINATING),
    State.SUSPENDED: (State.OPERATIONAL, State.TERMINATING),
    State.TERMINATING: (State.TERMINATED, State.OPERATIONAL),
    State.TERMINATED: (),
}
"""What may follow what. A draft may be given up; a notice may be withdrawn before it has run. Only a contingency agreement is activated,
for one declaration after another."""
READY = frozenset({State.SIGNED, State.OPERATIONAL, State.ACTIVATED})
"""States from which a contingency agreement can be activated: signed, and neither suspended nor ending (R-28)."""
IN_FORCE = frozenset({State.SIGNED, State.OPERATIONAL, State.ACTIVATED, State.SUSPENDED, State.TERMINATING})
"""States in which there is a signed agreement."""
NOMINATING = READY
"""States in which an agency may nominate under the agreement (R-14)."""
FURTHEST_AHEAD = timedelta(days=366)
TERMS = {
    "i": "Powers, privileges, duties, and the conditions on them",
    "ii": "Types of assistance that are reimbursed",
    "iii": "No authority until the determination is made",
    "iv": "No function before an officer has completed, and is certified in, a course in immigration law, enforcement fundamentals "
    "and procedures, civil rights law, and sensitivity and cultural awareness",
    "v": "Duration of the agreement and of the authority; how they are amended, ended and extended",
    "vi": "Functions only at the direction of the Service",
    "vii": "Officers follow the policies and standards set out in the training",
    "viii": "No abrogation of constitutional or civil rights",
    "ix": "How complaints are reported and resolved",
    "x": "How complaints are recorded and monitored",
    "xi": "The Service officers, by position, who may give operational direction",
    "xii": "Records of operational expenditures",
    "xiii": "Use of federal property and facilities",
    "xiv": "Full cooperation in federal investigations",
    "xv": "How the agency is told of the determination",
}
"""The fifteen terms that 28 CFR 65.84(a)(3) asks of every agreement for a mass influx, by their numbers there."""


@dataclass(frozen=True, slots=True)
class Move:
    """One move of an agreement: into which state, from which moment, and since when that is on record."""

    number: int
    to: State
    effective_at: datetime
    recorded_at: datetime
    reason: str = ""
    by: str = ""


# --- What an agreement says -----------------------------------------------------------------------------------------


def fault_of_agreement(rule_set: RuleSet, *, basis: Basis, contingency: bool, functions: Collection[str]) -> str | None:
    """Why an agreement cannot say this, or None."""
    if rule_set.basis != basis:
        return "This template rests on another authority. Section 287(g) and the mass influx authority never mix (R-26)."
    if contingency and basis is not Basis.MASS_INFLUX:
        return "Only an agreement for a mass influx can be a contingency agreement (28 CFR 65.84(a)(2))."
    if not functions:
        return "Choose at least one function that the agreement names."
    if not set(functions) <= rule_set.function_ids:
        return "An agreement names only functions of its template (R-16)."
    return None


def missing_terms(present: Collection[str]) -> list[str]:
    """Which of the fifteen terms are not found in an agreement, in their order."""
    return [term for term in TERMS if term not in present]


# --- Where it stands ------------------------------------------------------------------------------------------------


def known(moves: Iterable[Move], *, on: datetime) -> list[Move]:
    """The moves that were on record at that moment, in order."""
    return sorted((move for move in moves if move.recorded_at <= on), key=lambda move: move.number)


def state_at(moves: Iterable[Move], *, at: datetime, on_record: datetime) -> State | None:
    """The state at `at`, as it was on record at `on_record`: the same answer for ever (R-29). None before there was an agreement."""
    begun = [move.to for move in known(moves, on=on_record) if move.effective_at <= at]
    return begun[-1] if begun else None


def lasting_state(moves: Iterable[Move], *, at: datetime, on_record: datetime) -> State | None:
    """The state at `at` without notices, as it was on record at `on_record`: while a notice runs, what held before goes on."""
    begun = [move.to for move in known(moves, on=on_record) if move.effective_at <= at and move.to is not State.TERMINATING]
    return begun[-1] if begun else None


def gives_authority(
    moves: Iterable[Move], *, at: datetime, contingency: bool, on_record: datetime | None = None, declared: bool = False
) -> bool:
    """Whether officers may be authorized under the agreement at that moment (R-18), as on record at `on_record` (at `at` unless given).

    A contingency agreement lies dormant until its activation is on record, and again when what it was activated for has ended (R-28).
    `declared`: the declaration for which it was activated is in force.
    """
    state = lasting_state(moves, at=at, on_record=on_record or at)
    return declared and state is State.ACTIVATED if contingency else state is State.OPERATIONAL


# --- How it moves ---------------------------------------------------------------------------------------------------


def notice_ends_at(moves: Sequence[Move], rule_set: RuleSet, *, zone: str) -> datetime | None:
    """When the notice of termination that was given last has run. None when none runs, or the template names no time."""
    notice = rule_set.notice("termination")
    if not moves or moves[-1].to is not State.TERMINATING or notice is None:
        return None
    return ends_at(notice, starts_at=moves[-1].effective_at, zone=zone)


@dataclass(frozen=True, slots=True)
class Step:
    """A move that somebody asks for."""

    to: State
    effective_at: datetime
    reason: str
    exigent: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about a move: the moves so far, the template, where clocks are read, and which of the fifteen terms were found."""

    moves: Sequence[Move]
    rule_set: RuleSet
    zone: str
    terms: Collection[str]
    contingency: bool = False


def fault_of_step(standing: Standing, step: Step, *, now: datetime) -> str | None:
    """Why a move cannot be made, or None."""
    newest = standing.moves[-1]
    if step.to not in NEXT[newest.to]:
        return f"An agreement that is {newest.to} cannot become {step.to}."
    if not step.reason.strip():
        return "Say why the agreement moves."
    if step.effective_at < newest.effective_at:
        return "This would take effect before the move that came before it."
    if step.effective_at > now + FURTHEST_AHEAD:
        return "A move is recorded at most a year ahead."
    if step.to in {State.SIGNED, State.ACTIVATED}:
        return fault_of_terms(standing) or (None if step.to is State.SIGNED else _fault_of_activation(standing))
    return _fault_of_ending(standing, step) if step.to is State.TERMINATED else None


def fault_of_terms(standing: Standing) -> str | None:
    """Which of the fifteen terms an agreement for a mass influx lacks, in a sentence; or None."""
    missing = missing_terms(standing.terms) if standing.rule_set.basis == Basis.MASS_INFLUX else []
    return f"28 CFR 65.84(a)(3) asks for fifteen terms. Not found yet: {', '.join(missing)}." if missing else None


def _fault_of_activation(standing: Standing) -> str | None:
    if standing.contingency and standing.rule_set.basis == Basis.MASS_INFLUX:
        return None
    return "Only a contingency agreement for a mass influx is activated. Section 287(g) agreements never are (R-26)."


def _fault_of_ending(standing: Standing, step: Step) -> str | None:
    runs_until = notice_ends_at(standing.moves, standing.rule_set, zone=standing.zone)
    if runs_until is None or step.effective_at >= runs_until:
        return None
    notice = standing.rule_set.notice("termination")
    if step.exigent and notice is not None and notice.exigent:
        return None
    shorter = "unless circumstances are exigent" if notice is not None and notice.exigent else "and this template names no exception"
    return f"The notice has not run by then (R-19): it takes {notice.days if notice else 0} days, {shorter}."
