"""What must be so before an officer is authorized: each condition met or not, why, and by which source. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.agencies.agreement_rules import IN_FORCE, Basis, Move, State, gives_authority, lasting_state, state_at
from lms.agencies.nomination_rules import Gate, GateState, Outcome
from lms.authorizations.rules import Training
from lms.certificates.rules import Life, Status, validity


@dataclass(frozen=True, slots=True)
class Nominated:
    """The officer's nomination under the agreement: how it ended, and its conditions."""

    outcome: str | None
    gates: Sequence[Gate]


@dataclass(frozen=True, slots=True)
class Request:
    """An authorization that somebody wants to record, with everything that decides about it. `starts_at` is when it is to begin."""

    starts_at: datetime
    now: datetime
    model: str
    basis: str
    moves: Sequence[Move]
    certificate_model: str
    training: Training
    nomination: Nominated | None
    serves_in_agency: bool
    is_authorized_already: bool


def gates(asked: Request) -> list[Gate]:
    """Every condition of an authorization, in the order in which it comes about."""
    return [
        _nomination(asked.nomination),
        _eligibility(asked.nomination),
        _certificate(asked),
        _listed(asked),
        _model(asked),
        _serving(asked),
        _agreement(asked),
        _single(asked),
    ]


def unmet(found: Sequence[Gate]) -> list[Gate]:
    """The conditions that are not met."""
    return [gate for gate in found if gate.state is not GateState.MET]


def _gate(name: str, label: str, *, met: bool, why: str, change: str, source: str) -> Gate:
    return Gate(name, label, GateState.MET if met else GateState.NOT_MET, why, "" if met else change, source, "authorization")


def _nomination(found: Nominated | None) -> Gate:
    met = found is not None and found.outcome == Outcome.APPROVED
    why = "There is no nomination of this officer under the agreement." if found is None else f"The nomination is {_told(found.outcome)}."
    change = "A nomination that the program approves would change it."
    return _gate("nomination", "The nomination is approved", met=met, why=why, change=change, source="R-13, R-14")


def _told(outcome: str | None) -> str:
    return outcome or "not decided"


def _eligibility(found: Nominated | None) -> Gate:
    open_gates = [gate for gate in found.gates if gate.state is not GateState.MET] if found else []
    met = found is not None and not open_gates
    why = "Every condition of the template is met." if met else " ".join(f"{gate.label}: {gate.why}" for gate in open_gates)
    change = "Record the missing results on the nomination."
    return _gate("eligibility", "Found eligible", met=met, why=why or "Nothing is on record.", change=change, source="R-13; the template")


def _certificate(asked: Request) -> Gate:
    counting = [number for number, life in asked.training.certificates if _counts(life, asked)]
    why = "A full certificate is valid." if counting else "No certificate of this training is valid when the authorization begins."
    change = "A valid certificate, or a later beginning, would change it."
    return _gate("certificate", "Certified in training", met=bool(counting), why=why, change=change, source="R-01; 28 CFR 65.84(a)(3)(iv)")


def _counts(life: Life, asked: Request) -> bool:
    return validity(life, at=asked.starts_at, known=asked.now) is Status.VALID


def _listed(asked: Request) -> Gate:
    naming = [one for one in asked.training.listed if one.holds(at=asked.starts_at, known=asked.now)]
    why = f"Certification list {naming[-1].number} names the officer." if naming else "No certification list names the officer by then."
    change = "A certifier puts the certificate on a list."
    return _gate(
        "list", "Named in ICE's written certification", met=bool(naming), why=why, change=change, source="8 U.S.C. 1357(g)(2); R-15"
    )


def _model(asked: Request) -> Gate:
    met = asked.basis == Basis.MASS_INFLUX or asked.certificate_model == asked.model
    why = f"The training was for {asked.certificate_model}, the agreement is {asked.model}."
    if asked.basis == Basis.MASS_INFLUX:
        why = "A full course covers the four subjects that 28 CFR 65.84(a)(3)(iv) asks for."
    change = "Training under one model does not qualify for another."
    return _gate("model", "Trained for this model", met=met, why=why, change=change, source="R-14")


def _serving(asked: Request) -> Gate:
    why = "The officer serves there." if asked.serves_in_agency else "The officer serves in another agency."
    return _gate("agency", "Serves in the agency", met=asked.serves_in_agency, why=why, change="", source="8 U.S.C. 1357(g)(1)")


def _agreement(asked: Request) -> Gate:
    at, known = asked.starts_at, asked.now
    state = state_at(asked.moves, at=at, on_record=known)
    if asked.basis == Basis.MASS_INFLUX:
        met = state in IN_FORCE and lasting_state(asked.moves, at=at, on_record=known) is not State.SUSPENDED
        why = f"The agreement is {state or 'not yet made'}. Authority lies dormant until it is activated (R-28)."
    else:
        met = gives_authority(asked.moves, at=at, contingency=False, on_record=known)
        why = f"The agreement is {state or 'not yet made'} then."
    change = "An agreement that is operational when the authorization begins would change it."
    return _gate("agreement", "The agreement gives authority", met=met, why=why, change=change, source="8 U.S.C. 1357(g)(1); R-18")


def _single(asked: Request) -> Gate:
    why = "An authorization under this agreement has not ended." if asked.is_authorized_already else "There is none that goes on."
    change = "Withdraw or revoke that one first."
    met = not asked.is_authorized_already
    return _gate("single", "No other authorization under the agreement", met=met, why=why, change=change, source="one letter at a time")
