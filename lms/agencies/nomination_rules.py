"""Who is eligible and why, who is the same person, and what may be decided about a nomination (R-13, R-14). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from lms.accounts.rules import normalized_email, normalized_name
from lms.agencies.agreement_rules import NOMINATING, State
from lms.agencies.rule_sets import EligibilityTest, RuleSet

NUMBERS = {1: "one year's", 2: "two years'", 3: "three years'", 5: "five years'"}


class Outcome(StrEnum):
    """How a nomination ends."""

    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


DECIDED = (Outcome.APPROVED, Outcome.DECLINED)


class GateState(StrEnum):
    """Whether a condition holds."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition: whether it holds, why, what would change it, its source, and what it must come before."""

    id: str
    label: str
    state: GateState
    why: str
    change: str
    source: str
    before: str = "training"

    @property
    def reason(self) -> str:
        """Why, and what would change it."""
        return " ".join(part for part in (self.why, self.change) if part)

    @property
    def holds_up_approval(self) -> bool:
        return self.before == "training" and self.state is not GateState.MET


@dataclass(frozen=True, slots=True)
class Candidate:
    """A nominee as the agency puts them forward. An answer that is missing is unknown."""

    name: str
    email: str
    sworn_on: date | None
    answers: Mapping[str, bool]
    consent_by: str
    consent_on: date | None


@dataclass(frozen=True, slots=True)
class Screening:
    """What the program found for one test."""

    met: bool
    note: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else decides: the agreement's template and state, what screening found, and the day in the agency's time zone."""

    rule_set: RuleSet
    agreement_state: State | None
    today: date
    screenings: Mapping[str, Screening] = field(default_factory=dict)


# --- Eligibility ----------------------------------------------------------------------------------------------------


def gates(candidate: Candidate, around: Circumstances) -> list[Gate]:
    """Every condition of a nomination, in the order in which people ask them."""
    tests = (_gate_of_test(test, candidate, around) for test in around.rule_set.eligibility)
    return [_agreement_gate(around), _consent_gate(candidate, around), *tests]


def _agreement_gate(around: Circumstances) -> Gate:
    state, model = around.agreement_state, around.rule_set.model
    met = state in NOMINATING
    return Gate(
        "agreement",
        f"The agency has a signed {model} agreement",
        GateState.MET if met else GateState.NOT_MET,
        f"The agreement is {state or 'not yet made'}.",
        "" if met else "An agreement that is signed or operational would change it.",
        "8 U.S.C. 1357(g)(1); 28 CFR 65.84(a)(1); R-14",
    )


def _consent_gate(candidate: Candidate, around: Circumstances) -> Gate:
    label, source = "The department head consents", "8 U.S.C. 1103(a)(10); 28 CFR 65.83(d)(3); asked of every nomination here"
    if not candidate.consent_by or candidate.consent_on is None:
        return Gate("consent", label, GateState.UNKNOWN, "No consent is on record.", "The name of the head and the day would.", source)
    if candidate.consent_on > around.today:
        why = f"The consent is dated {candidate.consent_on}, which has not come."
        return Gate("consent", label, GateState.NOT_MET, why, f"Met from {candidate.consent_on}.", source)
    return Gate("consent", label, GateState.MET, f"{candidate.consent_by}, {candidate.consent_on}.", "", source)


def _gate_of_test(test: EligibilityTest, candidate: Candidate, around: Circumstances) -> Gate:
    if test.kind == "service":
        state, why, change = _service(test, candidate, around)
    elif test.kind == "screened":
        state, why, change = _screened(around.screenings.get(test.id))
    else:
        state, why, change = _attested(candidate.answers.get(test.id))
    return Gate(test.id, test.label, state, why, change, test.source, test.before)


def _service(test: EligibilityTest, candidate: Candidate, around: Circumstances) -> tuple[GateState, str, str]:
    needed = f"{around.rule_set.model} needs {NUMBERS.get(test.years, f'{test.years} years')} experience"
    if candidate.sworn_on is None:
        return GateState.UNKNOWN, f"{needed}; the day of being sworn is not on record.", "A new nomination with that day would."
    enough_on = years_later(candidate.sworn_on, test.years)
    if enough_on > around.today:
        return GateState.NOT_MET, f"{needed}; sworn {candidate.sworn_on}.", f"Met from {enough_on}."
    return GateState.MET, f"Sworn {candidate.sworn_on}.", ""


def _screened(found: Screening | None) -> tuple[GateState, str, str]:
    if found is None:
        return GateState.UNKNOWN, "No result is on record.", "The result of screening would change it."
    note = found.note or "Recorded by the program."
    return (GateState.MET, note, "") if found.met else (GateState.NOT_MET, note, "A new result would change it.")


def _attested(answer: bool | None) -> tuple[GateState, str, str]:
    if answer is None:
        return GateState.UNKNOWN, "The agency has not said.", "A new nomination that says so would change it."
    return (
        (GateState.MET, "Attested by the agency.", "") if answer else (GateState.NOT_MET, "The agency says no.", "A substitute would help.")
    )


def years_later(day: date, years: int) -> date:
    """The same day so many years later; March 1 where a leap day has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def verdict(found: Iterable[Gate]) -> str:
    """What the gates say together, in one sentence."""
    holding = [gate for gate in found if gate.holds_up_approval]
    failed = [gate for gate in holding if gate.state is GateState.NOT_MET]
    if failed:
        return "Not eligible: " + " ".join(gate.why for gate in failed)
    return "Not known yet: " + " ".join(f"{gate.label}: {gate.why}" for gate in holding) if holding else "Eligible."


def screenable(rule_set: RuleSet, *, outcome: str | None) -> list[EligibilityTest]:
    """What the program may still screen: everything until it decides, then what must be so before the authorization (R-13)."""
    if outcome not in {None, Outcome.APPROVED}:
        return []
    return [test for test in rule_set.eligibility if test.kind == "screened" and (outcome is None or test.before == "authorization")]


# --- Deciding -------------------------------------------------------------------------------------------------------


def fault_of_decision(found: Sequence[Gate], *, outcome: Outcome, reason: str, is_own: bool) -> str | None:
    """Why this cannot be decided so, or None. `is_own`: the same person made the nomination."""
    if is_own:
        return "Somebody else decides on a nomination that you made."
    if outcome not in DECIDED:
        return "A nomination is approved or declined."
    if not reason.strip():
        return "Say why."
    return verdict(found) if outcome is Outcome.APPROVED and any(gate.holds_up_approval for gate in found) else None


# --- Who is who -----------------------------------------------------------------------------------------------------


def identity_name(name: str) -> str:
    """A name as persons are compared by it: the order of its parts does not matter either."""
    return " ".join(sorted(normalized_name(name).split()))


@dataclass(frozen=True, slots=True)
class Person:
    """What tells a person apart: addresses, or the name together with the day of being sworn."""

    name: str
    emails: frozenset[str]
    sworn_on: date | None


def person_of(candidate: Candidate) -> Person:
    return Person(identity_name(candidate.name), frozenset({normalized_email(candidate.email)}), candidate.sworn_on)


def is_same(one: Person, other: Person) -> bool:
    """Whether two are the same person: one address in common, or the same name and the same day of being sworn."""
    if one.emails & other.emails:
        return True
    return one.sworn_on is not None and (one.name, one.sworn_on) == (other.name, other.sworn_on)


def fault_of_candidate(candidate: Candidate, *, today: date) -> tuple[str, str] | None:
    """What is wrong with what an agency says of a nominee, and how to put it right; or None."""
    if not identity_name(candidate.name):
        return "there is no name", "write the full name"
    if len(candidate.name) > 120 or not candidate.name.isprintable():
        return "the name cannot be kept", "use at most 120 letters"
    mailbox, _, domain = candidate.email.partition("@")
    if not mailbox or "." not in domain or " " in candidate.email.strip() or len(candidate.email) > 254 or "@" in domain:
        return "the e-mail address is not whole", "write it as name@agency.gov"
    if candidate.sworn_on is not None and not today - timedelta(days=36_600) < candidate.sworn_on <= today:
        return f"the day of being sworn is {candidate.sworn_on}", "give a day that has come"
    return None
