"""What a complaint may say, and what may be done about one. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

LONGEST_SUMMARY: Final = 2000


class Source(StrEnum):
    """Who complained: the kind alone is kept, never a name."""

    PUBLIC = "a member of the public"
    DETAINED = "a person held or questioned"
    COUNSEL = "counsel or an organization"
    AGENCY = "somebody in the agency"
    ICE = "ICE"
    ANONYMOUS = "somebody who gave no name"


class Outcome(StrEnum):
    """How a complaint ended."""

    SUSTAINED = "sustained"
    NOT_SUSTAINED = "not sustained"
    UNFOUNDED = "unfounded"
    EXONERATED = "exonerated"
    WITHDRAWN = "withdrawn by who complained"


@dataclass(frozen=True, slots=True)
class Report:
    """A complaint as it is reported."""

    received_at: datetime
    source: Source
    summary: str
    may_bring_discipline: bool


def fault_of_report(report: Report, *, began_at: datetime, now: datetime) -> str | None:
    """Why a complaint cannot be recorded so, or None. `began_at`: when the officer's authorization was recorded or began."""
    if not report.summary.strip():
        return "Say in a few sentences what is alleged."
    if report.received_at > now:
        return "A complaint is recorded once it was received."
    return "That is before the officer was authorized." if report.received_at < began_at else None


def fault_of_resolution(*, received_at: datetime, resolved_at: datetime, note: str, now: datetime) -> str | None:
    """Why a complaint cannot be resolved so, or None."""
    if not note.strip():
        return "Say what was found."
    if resolved_at > now:
        return "A resolution is recorded once there is one."
    return "It cannot be resolved before it was received." if resolved_at < received_at else None
