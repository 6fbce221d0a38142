"""Who may come into a class, and what would change it (R-14, R-28). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lms.agencies.agreement_rules import NOMINATING, State
from lms.agencies.nomination_rules import Gate, GateState, Outcome

INFLUX = "INFLUX"
"""The model of agreements for a mass influx: 28 CFR 65.84 asks for a course in four subjects and names no model of it."""


class Place(StrEnum):
    """Where somebody stands with one class."""

    NONE = "not in the class"
    ENROLLED = "enrolled"
    WAITING = "on the waiting list"
    WITHDREW = "withdrew"


class AskedBy(StrEnum):
    """Who asked for a withdrawal."""

    COORDINATOR = "the agency"
    OFFICER = "the officer"
    PROGRAM = "the program"


def models_for(course_model: str) -> tuple[str, ...]:
    """The models of agreements under which officers take a course: its own, and that of a mass influx, ahead of it (R-28)."""
    return (course_model,) if course_model == INFLUX else (course_model, INFLUX)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether an officer may be enrolled.

    `agreement_state` is that of the agreement that the nomination was made under, or of the agency's newest one of the model.
    """

    model: str
    agreement_state: State | None
    dormant: bool
    outcome: str | None
    nominated: bool
    has_account: bool
    serves_here: bool
    holds_role: bool
    place: Place


def gates(one: Standing) -> tuple[Gate, ...]:
    """Every condition of coming into a class, with what would change it."""
    found = [_agreement(one), _nomination(one), _account(one)]
    if one.has_account:
        found += [_service(one), _role(one)]
    return (*found, *_place(one))


def unmet(found: Iterable[Gate]) -> tuple[Gate, ...]:
    """The conditions that do not hold."""
    return tuple(gate for gate in found if gate.state is not GateState.MET)


def _gate(name: str, label: str, *, met: bool, why: str, change: str, source: str) -> Gate:
    return Gate(name, label, GateState.MET if met else GateState.NOT_MET, why, "" if met else change, source)


def _agreement(one: Standing) -> Gate:
    met = one.agreement_state in NOMINATING
    state = f"The agreement is {one.agreement_state}" if one.agreement_state else f"The agency has no agreement for {one.model}"
    why = f"{state}; authority under it lies dormant, and officers train ahead (R-28)." if met and one.dormant else f"{state}."
    return _gate(
        "agreement",
        f"The agency has a signed agreement for {one.model}",
        met=met,
        why=why,
        change="An agreement of that model that is signed or operational would change it. Another model does not count.",
        source="R-14; R-28",
    )


def _nomination(one: Standing) -> Gate:
    met = one.outcome == Outcome.APPROVED
    if not one.nominated:
        why, change = f"Nobody has nominated the officer for {one.model}.", "A nomination by the agency's coordinator would."
    elif one.outcome is None:
        why, change = "The nomination waits for a decision.", "Its approval would change it."
    else:
        why, change = f"The nomination was {one.outcome}.", "A new nomination would change it."
    return _gate("nomination", f"Nominated and approved for {one.model}", met=met, why=why, change=change, source="R-13; R-14")


def _account(one: Standing) -> Gate:
    why = "The officer has an account." if one.has_account else "The officer has not taken up an invitation yet."
    change = "Open the nomination, make an invitation, and give its link to the officer."
    return _gate("account", "Has an account", met=one.has_account, why=why, change=change, source="the record of training needs a person")


def _service(one: Standing) -> Gate:
    why = "Serves in the agency that nominated." if one.serves_here else "Serves in another agency than the one that nominated."
    change = "Move the officer on the page of the agency, or let the other agency nominate."
    return _gate("service", "Serves in the agency", met=one.serves_here, why=why, change=change, source="R-14")


def _role(one: Standing) -> Gate:
    why = "Holds the role of officer." if one.holds_role else "The role of officer has ended."
    change = "A new invitation as an officer would change it."
    return _gate("role", "Holds the role of officer", met=one.holds_role, why=why, change=change, source="policy of this program")


def _place(one: Standing) -> list[Gate]:
    if one.place is Place.NONE:
        return []
    change = "Enroll the officer in another class." if one.place is Place.WITHDREW else ""
    return [
        _gate("place", "Not in this class yet", met=False, why=f"The officer is {_AS[one.place]}.", change=change, source="one for each")
    ]


_AS = {
    Place.ENROLLED: "in this class already",
    Place.WAITING: "on the waiting list of this class",
    Place.WITHDREW: "withdrawn from this class, which is final",
}


def fault_of_enrolling(stage: str) -> str | None:
    """Why nobody comes into a class any more, or None."""
    if stage == "cancelled":
        return "This class was cancelled. Open another one."
    return "This class is over. Open another one." if stage == "finished" else None


def shared_out(coming: int, *, free: int, waiting: int) -> tuple[int, int]:
    """How many of those who come are enrolled and how many wait: nobody passes those who wait already."""
    enrolled = 0 if waiting else max(0, min(coming, free))
    return enrolled, coming - enrolled
