"""The classes of records, which of them may be disposed of, and from when on (R-34). Pure. By default everything is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

LEAST_YEARS, MOST_YEARS = 1, 100


class RecordClass(StrEnum):
    """A kind of record that a schedule speaks of as a whole."""

    READING_TRACES = "reading traces"
    NOTICES = "notices"
    SESSIONS = "sign-in sessions"
    CERTIFICATE_NAMES = "names on certificates"
    TRAINING = "training records"
    EXAMS = "exam records"
    SITTINGS = "sittings and accommodations"
    CERTIFICATES = "certificates and their fates"
    PROGRAM = "agreements, nominations and authorizations"
    AUDIT = "audit trail and ledger"


@dataclass(frozen=True, slots=True)
class Described:
    """What a class holds; `since` says from when its years run; `kept` says why it is never disposed of here, or is empty."""

    holds: str
    since: str
    kept: str = ""


CLASSES: Final = {
    RecordClass.READING_TRACES: Described(
        "Each sign of life while reading a lesson, and each answer to a check of understanding. What was completed, when, and in how much "
        "active time stays.",
        "the last day of the class",
    ),
    RecordClass.NOTICES: Described("The notices that were sent, with name and address.", "the day a notice was written"),
    RecordClass.SESSIONS: Described("Which browser was signed in from when to when.", "the end of the session"),
    RecordClass.CERTIFICATE_NAMES: Described(
        "Name, salts and QR token of a certificate. Without them number and standing can still be verified, the name no longer; the paper "
        "that was handed out still verifies by its signature.",
        "the day the certificate was issued",
    ),
    RecordClass.TRAINING: Described(
        "Enrollments, completions, attendance.",
        "",
        "They are what a certificate rests on, and the certificate may be asked about for ever.",
    ),
    RecordClass.EXAMS: Described(
        "Papers, steps, messages, marks of written answers, results, corrections, challenges, appeals.",
        "",
        "The steps of an attempt are one chain: it verifies as a whole or not at all.",
    ),
    RecordClass.SITTINGS: Described(
        "Sittings with their proctors, places, identity checks, tickets, acts, incidents and signed reports; accommodations.",
        "",
        "They say under which conditions an exam was taken, which an appeal or a hearing asks about.",
    ),
    RecordClass.CERTIFICATES: Described(
        "Numbers, statements, seals, suspensions, revocations.", "", "A number must get the same answer for ever."
    ),
    RecordClass.PROGRAM: Described(
        "What gave authority, to whom, from when to when.", "", "Whether somebody had authority on a day in the past must stay answerable."
    ),
    RecordClass.AUDIT: Described("Who did what, when and why.", "", "Its entries are the leaves of a signed tree."),
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long a class is kept: `years`, or for ever when None; `authority` is the rule that says so."""

    years: int | None = None
    authority: str = ""


KEEP: Final = Schedule()


def fault_of_schedule(record_class: RecordClass, years: int | None, authority: str) -> str:
    """Why a schedule cannot be set, or nothing."""
    if years is None:
        return ""
    if CLASSES[record_class].kept:
        return f"These records are kept: {CLASSES[record_class].kept[0].lower()}{CLASSES[record_class].kept[1:]}"
    if not LEAST_YEARS <= years <= MOST_YEARS:
        return f"Enter from {LEAST_YEARS} to {MOST_YEARS} years, or leave it empty to keep the records."
    return "" if authority.strip() else "Name the rule that allows disposal, such as the agency's records schedule and its item."


def cutoff(schedule: Schedule, *, now: datetime) -> datetime | None:
    """The moment before which records of a class may be disposed of; None when they are kept. A leap day counts as the day before."""
    if schedule.years is None:
        return None
    there = now.astimezone(UTC)
    try:
        return there.replace(year=there.year - schedule.years)
    except ValueError:
        return there.replace(year=there.year - schedule.years, day=28)


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold that is in force: on a class, on one officer's records, or on both together. Empty means every one."""

    record_class: RecordClass | None
    officer: str


def held_whole(holds: Sequence[Hold], record_class: RecordClass) -> bool:
    """Whether nothing of the class may be disposed of, whoever it is about."""
    return any(hold.record_class in {None, record_class} and not hold.officer for hold in holds)


def held_officers(holds: Sequence[Hold], record_class: RecordClass) -> frozenset[str]:
    """The officers whose records of the class may not be disposed of."""
    return frozenset(hold.officer for hold in holds if hold.officer and hold.record_class in {None, record_class})


def fault_of_disposal(schedule: Schedule, holds: Sequence[Hold], record_class: RecordClass) -> str:
    """Why nothing of the class may be disposed of now, or nothing (R-34)."""
    if CLASSES[record_class].kept or schedule.years is None:
        return "These records are kept. Set how long before anything of them is disposed of."
    return "A legal hold covers all of these records. It must be lifted first." if held_whole(holds, record_class) else ""
