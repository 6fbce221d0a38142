"""Whether a sitting is ready: each condition met or not, and what to do about it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LEAST_FREE_BYTES: Final = 1024**3
NAMES_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a sitting before it opens. Names are of people; `unready` is (officer, why)."""

    proctors: tuple[str, ...]
    tied: tuple[str, ...]
    unsigned: tuple[str, ...]
    officers: int
    unready: tuple[tuple[str, str], ...]
    without_paper: tuple[str, ...]
    bank_fault: str
    worker_alive: bool
    free_bytes: int
    accommodations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: what it is, whether it is met, and what to do or what is known."""

    label: str
    met: bool
    says: str


def conditions(facts: Facts) -> list[Condition]:
    """Every condition of a sitting, in the order in which they are looked after."""
    return [*_people(facts), *_papers(facts), *_site(facts)]


def _people(facts: Facts) -> list[Condition]:
    unready = _listed([f"{name} ({why})" for name, why in facts.unready])
    granted = _listed([f"{name}: {words}" for name, words in facts.accommodations])
    return [
        _condition("A proctor is named", bool(facts.proctors), _listed(facts.proctors), "Name a proctor."),
        _condition(
            "No proctor is involved",
            not facts.tied,
            "Checked against class and agencies.",
            f"Name somebody else for {_listed(facts.tied)}.",
        ),
        _condition(
            "Every proctor has signed the test-security agreement",
            bool(facts.proctors) and not facts.unsigned,
            "All signatures count at the end of the window.",
            f"Ask for a signature on the page Test security: {_listed(facts.unsigned) or 'the proctor to be named'}.",
        ),
        _condition("Officers have a place", facts.officers > 0, f"{facts.officers} have one.", "Add officers."),
        _condition("Every officer may start", not facts.unready, "Lessons, hours and tries are as they must be.", f"Not yet: {unready}."),
        _condition("Accommodations are known", True, granted or "Nobody in this sitting has one.", ""),
    ]


def _papers(facts: Facts) -> list[Condition]:
    missing = len(facts.without_paper)
    return [
        _condition("The question bank fills every paper", not facts.bank_fault, "There are enough questions.", facts.bank_fault),
        _condition(
            "Papers are drawn",
            facts.officers > 0 and not missing,
            f"{facts.officers} lie ready.",
            f"{missing or 'No'} {'paper is' if missing == 1 else 'papers are'} "
            f"{'missing: ' + _listed(facts.without_paper) if missing else 'needed yet'}. "
            "They are drawn two hours before the window, or now by the button below.",
        ),
    ]


def _site(facts: Facts) -> list[Condition]:
    free = f"{facts.free_bytes / LEAST_FREE_BYTES:.1f} GiB are free"
    return [
        _condition(
            "The worker is running",
            facts.worker_alive,
            "It closes exams at their deadlines.",
            "Start the worker process: without it, exams are closed and notices sent late. Ask whoever runs the machine.",
        ),
        _condition(
            "There is room on the disk",
            facts.free_bytes >= LEAST_FREE_BYTES,
            f"{free}.",
            f"Only {free}. Make room: when the disk is full no answer can be stored.",
        ),
    ]


def _condition(label: str, met: bool, known: str, remedy: str) -> Condition:
    return Condition(label, met, known if met else remedy)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more
