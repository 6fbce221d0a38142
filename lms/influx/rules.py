"""What a declaration may say, who may confirm it, and when an agreement may be activated for it (R-26, R-28). Pure."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from lms.agencies.agreement_rules import READY, Basis, State
from lms.influx.period import Act, Boundaries, Kind, Reach, boundaries_at, ends_at, is_in_force
from lms.places.rules import BY_POSTAL, counties

DRILL = "This is a drill. Nothing in it gives authority, and every paper of it is void."


TRANSPORT: Final = "transport-guard"
"""The function of transporting and guarding persons already in custody, which is lawful outside the boundaries too (28 CFR 65.83(d)(4))."""


class Ground(StrEnum):
    """The circumstances of 28 CFR 65.83 in which help may be asked for."""

    ASYLUM = "a"
    ENDANGERED = "b"
    OTHER = "c"
    INFLUX = "d"


GROUNDS = {
    Ground.ASYLUM: "Asylum applications of a district exceed those of the quarter before by at least 1,000 (28 CFR 65.83(a))",
    Ground.ENDANGERED: "Lives, property, safety or welfare are endangered (28 CFR 65.83(b))",
    Ground.OTHER: "Other circumstances (28 CFR 65.83(c))",
    Ground.INFLUX: "An actual or imminent mass influx (28 CFR 65.83(d)); it alone opens activation, and training cut short",
}


@dataclass(frozen=True, slots=True)
class Instrument:
    """By what an act is done: the office, the paper, where it is published, and its three dates, which may all differ."""

    issuing_office: str
    name: str
    citation: str
    signed_on: date
    effective_at: datetime
    published_on: date | None = None


# --- Acts -----------------------------------------------------------------------------------------------------------


def fault_of_boundaries(found: Boundaries) -> str | None:
    """Why these cannot be boundaries, or None."""
    if not found.states and not found.counties:
        return "A declaration names its boundaries (28 CFR 65.83(d)(1)). Choose at least one State, or name a county."
    unknown = [*(found.states - BY_POSTAL.keys()), *(found.counties - counties().keys())]
    return f"Nobody knows the place {unknown[0]}." if unknown else None


def fault_of_period(begins: datetime | None, ends: datetime | None) -> str | None:
    """Why these cannot be begin and end, or None."""
    if begins is None or ends is None:
        return "A declaration states a begin and an end (28 CFR 65.83(d)(1))."
    return "The end lies before the begin. Check the two dates." if ends <= begins else None


def fault_of_act(before: Sequence[Act], act: Act, *, now: datetime) -> str | None:
    """Why an act cannot be added to the acts that were confirmed before it, or None. The first is the declaration itself."""
    if act.kind is Kind.DECLARED:
        return fault_of_period(act.begins_at, act.ends_at) or fault_of_boundaries(act.boundaries or Boundaries())
    if not before:
        return "The declaration itself waits for a second person first."
    if act.kind is not Kind.PUBLISHED and any(one.kind is Kind.TERMINATED for one in before):
        return "This declaration was ended. What comes after it is a declaration of its own."
    if act.kind is Kind.EXTENDED:
        return _fault_of_extension(before, act, now=now)
    if act.kind is Kind.BOUNDED:
        return fault_of_boundaries(act.boundaries or Boundaries())
    return None


def _fault_of_extension(before: Sequence[Act], act: Act, *, now: datetime) -> str | None:
    ended = ends_at(before, known=now)
    if ended is not None and act.ends_at is not None and act.ends_at <= ended:
        return "The extension ends before the declaration does. An earlier end is another act: ending the declaration."
    return fault_of_period(act.begins_at, act.ends_at)


def fault_of_confirmation(*, recorded_by: uuid.UUID | None, confirmed_by: uuid.UUID | None, is_confirmed: bool) -> str | None:
    """Why a person cannot confirm what another recorded, or None."""
    if is_confirmed:
        return "This is confirmed already."
    if confirmed_by is None or confirmed_by == recorded_by:
        return "A second person confirms. Nobody confirms what they recorded themselves."
    return None


# --- Activation -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration as far as decisions rest on it."""

    drill: bool
    grounds: frozenset[Ground]
    acts: tuple[Act, ...]

    @property
    def is_mass_influx(self) -> bool:
        return Ground.INFLUX in self.grounds

    def is_in_force(self, at: datetime, *, known: datetime) -> bool:
        return is_in_force(self.acts, at=at, known=known)

    def boundaries(self, at: datetime, *, known: datetime) -> Boundaries:
        """The boundaries at a moment; none at all before the first took effect."""
        return boundaries_at(self.acts, at=at, known=known) or Boundaries()


@dataclass(frozen=True, slots=True)
class Standing:
    """An agreement as far as its activation rests on it. `activated`: for this declaration, or in this drill, already."""

    basis: str
    contingency: bool
    state: State | None
    missing_terms: Sequence[str]
    procedure: str
    reach: Reach
    activated: bool = False


def faults_of_declaration(declared: Declared, *, at: datetime, now: datetime) -> list[str]:
    """Why nothing can be activated under a declaration, or nothing."""
    faults = []
    if not declared.is_mass_influx:
        faults.append("The declaration does not name a mass influx (28 CFR 65.83(d)).")
    if not declared.is_in_force(now, known=now):
        faults.append("The declaration is not in force now (28 CFR 65.83(d)(5)).")
    elif at > now or not declared.is_in_force(at, known=now):
        faults.append("The agencies were told at a moment at which the declaration was not in force, or which has not come.")
    return faults


def faults_of_activation(found: Standing) -> list[str]:
    """Every reason why an agreement cannot be activated; none when it can (R-23, R-26, R-28)."""
    if found.basis != Basis.MASS_INFLUX:
        return ["An agreement under section 287(g) is never activated (R-26)."]
    if not found.contingency:
        return ["It is no contingency agreement: it needs no activation (28 CFR 65.84(a)(2))."]
    faults = []
    if found.activated:
        faults.append("It is activated already.")
    if found.state not in READY:
        faults.append(f"The agreement is {found.state or 'not yet made'}; it must be signed (R-28).")
    if found.missing_terms:
        faults.append(f"Terms of 28 CFR 65.84(a)(3) not found: {', '.join(found.missing_terms)} (R-23).")
    if not found.procedure:
        faults.append("Its activation procedure is not recorded (28 CFR 65.84(a)(2)).")
    if found.reach is Reach.OUTSIDE:
        faults.append("The agency lies outside the boundaries (28 CFR 65.83(d)(4)).")
    return faults


@dataclass(frozen=True, slots=True)
class Told:
    """How the agencies were told (28 CFR 65.84(a)(3)(xv)): when, in which way, and whom."""

    at: datetime
    how: str
    whom: str


def fault_of_told(told: Told) -> str | None:
    """What is missing from the record of telling, or None."""
    return None if told.how.strip() and told.whom.strip() else "Say how the agencies were told, and whom (28 CFR 65.84(a)(3)(xv))."


# --- Limits of authority --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Activated:
    """That an agreement was activated for a declaration: from when, and since when that is on record."""

    declared: Declared
    effective_at: datetime
    recorded_at: datetime


def is_awake(activations: Collection[Activated], *, at: datetime, known: datetime) -> bool:
    """Whether a contingency agreement was activated for a declaration in force at `at`, as known at `known` (R-28). Drills wake nothing."""
    return any(
        not one.declared.drill
        and one.effective_at <= at
        and one.recorded_at <= known
        and one.declared.is_mass_influx
        and one.declared.is_in_force(at, known=known)
        for one in activations
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """What the law of a mass influx takes from an authorization at a moment: a sentence and its source."""

    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody acts: a State, and the county if it is known."""

    state: str
    county: str = ""


@dataclass(frozen=True, slots=True)
class Basis103:
    """An agreement as far as authority during a mass influx rests on it."""

    basis: str
    contingency: bool
    activations: tuple[Activated, ...] = ()
    declarations: tuple[Declared, ...] = field(default=())

    def declared(self, *, at: datetime, known: datetime) -> list[Declared]:
        """The declarations of a mass influx that could wake it, of what had taken effect and was on record; no drill is one."""
        activated = [one.declared for one in self.activations if one.effective_at <= at and one.recorded_at <= known]
        return [one for one in (activated if self.contingency else self.declarations) if not one.drill and one.is_mass_influx]


def bounded_by(found: Basis103, *, at: datetime, known: datetime) -> tuple[Boundaries, ...]:
    """The boundaries of each declaration that is in force for authority on this basis, by what was known (28 CFR 65.83(d)(1))."""
    return tuple(one.boundaries(at, known=known) for one in found.declared(at=at, known=known) if one.is_in_force(at, known=known))


def limits(found: Basis103, *, at: datetime, known: datetime, place: Place | None = None, in_custody: bool = False) -> list[Limit]:
    """Why there is no authority under an agreement at `at`, by what was known; nothing for one of section 287(g), which never mixes (R-26).

    `declarations`: those for which an agreement that is no contingency agreement was made. `in_custody`: transporting and guarding persons
    already in custody, which is lawful outside the boundaries too (28 CFR 65.83(d)(4)).
    """
    if found.basis != Basis.MASS_INFLUX:
        return []
    if found.contingency and not is_awake(found.activations, at=at, known=known):
        return [Limit("The contingency agreement lies dormant: no declaration for which it was activated is in force.", "R-28")]
    running = [one for one in found.declared(at=at, known=known) if one.is_in_force(at, known=known)]
    if not running:
        return [Limit("No declaration of a mass influx is in force.", "28 CFR 65.83(d)(5)")]
    if place is None or in_custody:
        return []
    counties_of_place = {place.county} if place.county else set()
    reach = [one.boundaries(at, known=known).reach(state=place.state, counties=counties_of_place) for one in running]
    inside = Reach.WHOLLY in reach
    return [] if inside else [Limit("The place is not shown to lie inside the boundaries.", "28 CFR 65.83(d)(4)")]
