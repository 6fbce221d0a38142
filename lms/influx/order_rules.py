"""Orders that abbreviate or waive training: what they need, how long they hold, what they leave owed (R-23, R-24, R-25). Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from lms.agencies.agreement_rules import Basis
from lms.influx.period import Interval, Reach, common, covers, ends_at, period
from lms.influx.rules import Declared

WORDING = (
    "I have read the policies and standards that apply to the duties I am to perform, and I will follow them. I know that the training "
    "I did not receive stays owed, and that I act only at the direction of the federal officers who supervise me."
)
"""What every officer agrees to before anything is issued, even when all training is waived (R-27)."""


class Necessity(StrEnum):
    """What the number of officers does not suffice to protect (28 CFR 65.84(a)(4))."""

    SAFETY = "public safety"
    HEALTH = "public health"
    SECURITY = "national security"


class Treatment(StrEnum):
    """What an order does to a module."""

    KEPT = "kept"
    SHORTENED = "shortened"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class ScopeLesson:
    """A lesson of the whole course, and whether it is still to be taken."""

    id: str
    title: str
    minutes: int
    kept: bool


@dataclass(frozen=True, slots=True)
class ScopeModule:
    """A module of the whole course and what the order does to it."""

    id: str
    title: str
    subject: str
    treatment: Treatment | None
    lessons: tuple[ScopeLesson, ...]

    @property
    def fault(self) -> str | None:
        """Why the module is not decided, or None."""
        kept = sum(lesson.kept for lesson in self.lessons)
        if self.treatment is None:
            return f"{self.title}: choose whether it is kept, shortened or waived."
        if self.treatment is Treatment.SHORTENED and not 0 < kept < len(self.lessons):
            return f"{self.title}: of a shortened module choose the lessons that are kept, at least one and not all."
        return None


@dataclass(frozen=True, slots=True)
class Covered:
    """An agreement that an order is to cover. `awake`: activated for this declaration, or in force without activation."""

    agency: str
    basis: str
    is_signed: bool
    awake: bool
    missing_terms: Sequence[str]
    reach: Reach
    consent_by: str
    consent_on: date | None
    consent_paper: str
    officers: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Everything that an order needs."""

    decider: str
    office: str
    necessities: frozenset[Necessity]
    available: int | None
    needed: int | None
    finding: str
    agreements: tuple[Covered, ...]
    scope: tuple[ScopeModule, ...]
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of an order: whether it is met, why, and its source."""

    label: str
    met: bool
    reason: str
    source: str

    @property
    def state(self) -> str:
        """How pages show it."""
        return "met" if self.met else "not met"


# --- what an order needs --------------------------------------------------------------------------------------


def gates(declared: Declared, order: Proposal, *, now: datetime, today: date) -> tuple[Gate, ...]:
    """Every condition of an order, met or not (R-23)."""
    return (
        _declaration(declared, order, now),
        _agreements(order.agreements),
        _decider(order),
        _necessities(order.necessities),
        _shortfall(order),
        _consents(order.agreements, today),
        _scope(order.scope),
    )


def unmet(found: Sequence[Gate]) -> tuple[Gate, ...]:
    """The conditions that are not met."""
    return tuple(gate for gate in found if not gate.met)


def _declaration(declared: Declared, order: Proposal, now: datetime) -> Gate:
    label, source = "A declared mass influx in force", "28 CFR 65.83(d), 65.84(a)(4); R-23, R-24"
    end = ends_at(declared.acts, known=now)
    if not declared.is_mass_influx:
        return Gate(label, False, "The declaration does not name a mass influx.", source)
    if end is None or not declared.is_in_force(now, known=now):
        return Gate(label, False, "The declaration is not in force now.", source)
    if order.ends_at > end or order.ends_at <= now:
        return Gate(label, False, "The order must end in the future, and with the declaration at the latest.", source)
    return Gate(label, True, "It is in force now.", source)


def _agreements(found: Sequence[Covered]) -> Gate:
    label, source = "Agreements that can be covered", "28 CFR 65.84(a)(3), (a)(4); R-23, R-26, R-28"
    faults = [fault for one in found if (fault := _fault_of_agreement(one))]
    if not found:
        return Gate(label, False, "No agreement is covered.", source)
    return Gate(label, not faults, " ".join(faults) or "Each is signed with all fifteen terms and in force here.", source)


def _fault_of_agreement(found: Covered) -> str | None:
    if found.basis != Basis.MASS_INFLUX:
        return f"{found.agency}: an agreement under section 287(g) never takes such an order (R-26)."
    if not found.is_signed or found.missing_terms:
        missing = f" Terms not found: {', '.join(found.missing_terms)}." if found.missing_terms else ""
        return f"{found.agency}: the agreement is not signed with all fifteen terms.{missing}"
    if not found.awake:
        return f"{found.agency}: the contingency agreement is not activated for this declaration."
    if found.reach is Reach.OUTSIDE:
        return f"{found.agency}: the agency lies outside the boundaries."
    return None if found.officers else f"{found.agency}: choose at least one officer."


def _decider(order: Proposal) -> Gate:
    named = bool(order.decider.strip() and order.office.strip())
    return Gate(
        "A named decider", named, f"{order.decider}, {order.office}." if named else "Name and office are needed.", "28 CFR 65.84(a)(4)"
    )


def _necessities(found: Collection[Necessity]) -> Gate:
    source = "28 CFR 65.84(a)(4)"
    return Gate("At least one of the three grounds", bool(found), ", ".join(sorted(found)) or "None is named.", source)


def _shortfall(order: Proposal) -> Gate:
    label, source = "A finding of too few officers", "28 CFR 65.84(a)(4)"
    if order.available is None or order.needed is None or not order.finding.strip():
        return Gate(label, False, "Give both numbers and say how they were found.", source)
    short = order.needed > order.available >= 0
    said = f"{order.available} available, {order.needed} needed."
    return Gate(label, short, said if short else f"{said} That is no shortfall.", source)


def _consents(found: Sequence[Covered], today: date) -> Gate:
    label, source = "Each department head consents", "28 CFR 65.83(d)(3); 8 U.S.C. 1103(a)(10)"
    missing = [one.agency for one in found if not one.consent_by.strip() or one.consent_on is None or not one.consent_paper.strip()]
    if missing:
        return Gate(label, False, f"Name, date or document is missing for {'; '.join(missing)}.", source)
    ahead = [one.agency for one in found if one.consent_on is not None and one.consent_on > today]
    return Gate(label, bool(found) and not ahead, f"Dated ahead: {'; '.join(ahead)}." if ahead else "Each is on record.", source)


def _scope(found: Sequence[ScopeModule]) -> Gate:
    label, source = "Module by module", "R-23"
    faults = [module.fault for module in found if module.fault]
    if faults:
        return Gate(label, False, " ".join(faults), source)
    lessened = any(not lesson.kept for module in found for lesson in module.lessons)
    return Gate(label, lessened, "Every module is decided." if lessened else "Everything is kept: no order is needed for that.", source)


# --- How long it holds, and what it makes of the training -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Extension:
    """A later end of an order, and since when it is confirmed."""

    ends_at: datetime
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """An order that was confirmed, as far as papers and debts rest on it."""

    declared: Declared
    known_at: datetime
    ends_at: datetime
    extensions: tuple[Extension, ...]
    scope: tuple[ScopeModule, ...]

    @property
    def waives_everything(self) -> bool:
        return not any(lesson.kept for module in self.scope for lesson in module.lessons)

    @property
    def kept_lessons(self) -> frozenset[str]:
        return frozenset(lesson.id for module in self.scope for lesson in module.lessons if lesson.kept)


def holds(order: Order, *, known: datetime) -> tuple[Interval, ...]:
    """When the order holds: from its confirmation to its own end, only while the declaration is in force (R-24).

    An extension of the declaration does not extend it: that takes an extension of the order.
    """
    if order.known_at > known:
        return ()
    end = max([order.ends_at, *(one.ends_at for one in order.extensions if one.known_at <= known)])
    own = Interval(order.known_at, end) if order.known_at < end else None
    return common([own], period(order.declared.acts, known=known)) if own else ()


def is_in_force(order: Order, *, at: datetime, known: datetime) -> bool:
    """Whether the order held at `at`, by what was known."""
    return covers(holds(order, known=known), at)


def good_until(order: Order, *, at: datetime) -> datetime | None:
    """When what is issued under the order at `at` ends: with the stretch of time that covers it (R-24). None when nothing does."""
    return next((one.ends_at for one in holds(order, known=at) if one.covers(at)), None)


@dataclass(frozen=True, slots=True)
class Owed:
    """What an officer still owes of a module."""

    title: str
    lessons: tuple[str, ...]
    minutes: int


def owed(scope: Sequence[ScopeModule], completed: Collection[str], *, is_certified: bool) -> tuple[Owed, ...]:
    """What was shortened or waived and is not made up yet (R-25). Nothing once the full certificate was earned; credit is kept."""
    if is_certified:
        return ()
    found = []
    for module in scope:
        left = [lesson for lesson in module.lessons if not lesson.kept and lesson.id not in completed]
        if left:
            found.append(Owed(module.title, tuple(lesson.title for lesson in left), sum(lesson.minutes for lesson in left)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the modules of the whole course, by title."""

    taken: tuple[str, ...]
    shortened: tuple[str, ...]
    waived: tuple[str, ...]


def taken(scope: Sequence[ScopeModule], completed: Collection[str]) -> Taken:
    """Modules of which every lesson was completed, some were, and none was (R-24): what was done counts, not what was ordered."""
    done = {module.title: sum(lesson.id in completed for lesson in module.lessons) for module in scope}
    size = {module.title: len(module.lessons) for module in scope}
    return Taken(
        tuple(title for title, count in done.items() if count == size[title]),
        tuple(title for title, count in done.items() if 0 < count < size[title]),
        tuple(title for title, count in done.items() if not count),
    )


def subjects_missing(scope: Sequence[ScopeModule], completed: Collection[str]) -> tuple[str, ...]:
    """The subjects of which nothing was taken."""
    begun = {module.subject for module in scope if any(lesson.id in completed for lesson in module.lessons)}
    return tuple(subject for subject in dict.fromkeys(module.subject for module in scope) if subject not in begun)


class Certified(StrEnum):
    """Where an officer under an order stands."""

    FULL = "certified"
    ABBREVIATED = "abbreviated training"
    WAIVED = "training waived"
    DRILL = "drill only"
    NOT = "not certified"


def standing(*, is_certified: bool, drill: bool, order_holds: bool, short: Certified | None) -> Certified:
    """Whether an officer is certified: by the full course, or for a time by what the order gave; else not (R-24, R-25)."""
    if is_certified:
        return Certified.FULL
    if short is None or not order_holds:
        return Certified.NOT
    return Certified.DRILL if drill else short
