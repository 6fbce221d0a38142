"""What a proctor's console says: where an officer stands, what calls for attention, and which acts need a second person. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from lms.exams import timing
from lms.exams.rules import AttemptState, Entry, Kind, Policy

QUIET_AFTER: Final = timedelta(minutes=10)
"""How long an attempt may run without a saved answer before somebody should look."""
ALONE: Final = 4
"""One person alone may add, in all, this part of the exam's time: a quarter."""


class Place(StrEnum):
    """Where an officer stands in a sitting."""

    NOT_ARRIVED = "not arrived"
    CHECKED_IN = "checked in"
    RUNNING = "running"
    PAUSED = "paused"
    HANDED_IN = "handed in"
    TIMED_OUT = "timed out"
    TERMINATED = "terminated"
    VOIDED = "voided"

    @property
    def is_open(self) -> bool:
        """Whether the officer's attempt is under way."""
        return self in {Place.RUNNING, Place.PAUSED}


CLOSED_AS: Final = {Kind.SUBMITTED: Place.HANDED_IN, Kind.EXPIRED: Place.TIMED_OUT, Kind.TERMINATED: Place.TERMINATED}


def place_of(state: AttemptState | None, *, checked_in: bool, due_at: datetime | None, now: datetime) -> Place:
    """Where an officer stands. An attempt whose time has passed is timed out, whether or not anybody has written that yet."""
    if state is None:
        return Place.CHECKED_IN if checked_in else Place.NOT_ARRIVED
    if state.voided:
        return Place.VOIDED
    if state.closed_by is not None:
        return CLOSED_AS[state.closed_by]
    if state.paused_at is not None:
        return Place.PAUSED
    return Place.RUNNING if timing.is_open(now, due_at) else Place.TIMED_OUT


# --- Signals --------------------------------------------------------------------------------------------------------


SECOND_DEVICE: Final = "second-device"
LEFT_PAGE: Final = "left-page"
FULL_SCREEN_LEFT: Final = "fullscreen-left"
SAID: Final[Mapping[str, str]] = {
    LEFT_PAGE: "left the exam page",
    "returned": "came back to the exam page",
    FULL_SCREEN_LEFT: "left full screen",
    "fullscreen-entered": "went to full screen",
    SECOND_DEVICE: "a second device tried to write",
    "device-taken": "another device took the exam",
    "paper-delivered": "the questions were delivered to the device",
}
"""Signals in words. Each is evidence of what was seen; none is a finding."""
_ENDS: Final[Mapping[str, str]] = {"returned": LEFT_PAGE, "fullscreen-entered": FULL_SCREEN_LEFT}


@dataclass(frozen=True, slots=True)
class Signals:
    """What the signals of an attempt add up to: how often each came, and what still holds."""

    counts: Mapping[str, int] = field(default_factory=dict)
    is_away: bool = False
    is_windowed: bool = False
    second_device: bool = False


def signals_of(entries: Iterable[Entry]) -> Signals:
    """The signals of an attempt, by its steps. Coming back ends being away; a release ends the alarm about a second device."""
    counts: dict[str, int] = {}
    holding: set[str] = set()
    for entry in entries:
        if entry.kind is Kind.RELEASED:
            holding.discard(SECOND_DEVICE)
        elif entry.kind is Kind.SIGNALED:
            signal = str(entry.payload.get("signal", ""))
            counts[signal] = counts.get(signal, 0) + 1
            holding.add(signal)
            holding.discard(_ENDS.get(signal, ""))
    return Signals(counts, LEFT_PAGE in holding, FULL_SCREEN_LEFT in holding, SECOND_DEVICE in holding)


class Alarm(StrEnum):
    """What somebody should look at now, what presses most first. It ends by itself when its cause does, and accuses nobody."""

    SECOND_DEVICE = "A second device waits for you"
    INCIDENT = "Incident without a ruling"
    AWAY = "Is away from the exam page"
    WINDOWED = "Is out of full screen"
    QUIET = "Nothing saved for 10 minutes"


def alarms(place: Place, signals: Signals, *, last_sign: datetime | None, incidents: int, now: datetime) -> tuple[Alarm, ...]:
    """What calls for attention about one officer, what presses most first. `last_sign`: the last saved answer or the last act."""
    running = place is Place.RUNNING
    found = {
        Alarm.SECOND_DEVICE: place.is_open and signals.second_device,
        Alarm.INCIDENT: incidents > 0,
        Alarm.AWAY: running and signals.is_away,
        Alarm.WINDOWED: running and signals.is_windowed,
        Alarm.QUIET: running and last_sign is not None and now - last_sign >= QUIET_AFTER,
    }
    return tuple(alarm for alarm, holds in found.items() if holds)


# --- Acts -----------------------------------------------------------------------------------------------------------


class ActKind(StrEnum):
    """What a proctor may do from the console to one officer or to several at once."""

    PAUSE = "pause"
    RESUMPTION = "resumption"
    EXTENSION = "extension"
    TIME_LOST = "time-lost"
    MESSAGE = "message"
    RELEASE = "release"
    TERMINATION = "termination"

    @property
    def label(self) -> str:
        """What the button says."""
        return _LABELS[self]

    def fits(self, place: Place) -> bool:
        """Whether the act can be done to an officer who is in this place."""
        return place in _FITS[self]


_LABELS: Final = {
    ActKind.PAUSE: "Pause",
    ActKind.RESUMPTION: "Resume",
    ActKind.EXTENSION: "Give more time",
    ActKind.TIME_LOST: "Give back lost time",
    ActKind.MESSAGE: "Send a message",
    ActKind.RELEASE: "Release the device",
    ActKind.TERMINATION: "End the exam",
}
_OPEN: Final = frozenset({Place.RUNNING, Place.PAUSED})
_RUNNING: Final = frozenset({Place.RUNNING})
_FITS: Final = {
    ActKind.PAUSE: _RUNNING,
    ActKind.RESUMPTION: frozenset({Place.PAUSED}),
    ActKind.EXTENSION: _RUNNING,
    ActKind.TIME_LOST: _RUNNING,
    ActKind.MESSAGE: _OPEN,
    ActKind.RELEASE: _OPEN,
    ActKind.TERMINATION: _OPEN,
}


# --- Acts that need a second person ---------------------------------------------------------------------------------


def more_than_alone(policy: Policy, *, given: timedelta, more: timedelta) -> bool:
    """Whether `more` time, beside what was given already, goes beyond what one person may give alone."""
    return (given + more) * ALONE > timedelta(seconds=policy.seconds)


class Asked(StrEnum):
    """An act that can change the outcome of an exam: one person asks for it, another does it."""

    EXTENSION = "more than a quarter of the exam's time"
    REINSTATEMENT = "open a closed exam again"
    VOIDING = "rule that an exam does not count"


def standing_mark(state: AttemptState, *, scoring: int) -> dict[str, object]:
    """What decides the outcome of an attempt, as a request remembers it. `scoring` is the number of the scoring that counts, 0 for none.

    Answers, pauses and signals are not in it: the officer goes on while a request waits.
    """
    return {
        "closed_by": str(state.closed_by or ""),
        "closed_at": state.closed_at.isoformat(timespec="milliseconds") if state.closed_at else "",
        "voided": state.voided,
        "extended_ms": state.extended // timedelta(milliseconds=1),
        "scoring": scoring,
    }


def what_changed(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """Why a request no longer fits the attempt, as a sentence; empty while nothing that matters has changed."""
    return next((said for name, said in _CHANGED.items() if before.get(name) != after.get(name)), "")


_CHANGED: Final[Mapping[str, str]] = {
    "voided": "The attempt was voided after this was asked for.",
    "closed_by": "The attempt was closed, or opened again, after this was asked for.",
    "closed_at": "The attempt was closed again after this was asked for.",
    "extended_ms": "The attempt was given time after this was asked for.",
    "scoring": "The attempt was scored again after this was asked for.",
}


class Outcome(StrEnum):
    """What became of a request."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"


# --- Incidents ------------------------------------------------------------------------------------------------------


class IncidentKind(StrEnum):
    """What an incident is about."""

    IDENTITY = "identity in doubt"
    CONDUCT = "conduct of an officer"
    MATERIAL = "material or a device that is not allowed"
    HELP = "help from somebody else"
    TECHNICAL = "technical trouble"
    ROOM = "trouble in the room"
    MEDICAL = "medical"
    PROGRAM = "a question or the program"
    OTHER = "something else"


class Ruling(StrEnum):
    """What a proctor decides about an incident."""

    NOTHING = "explained: nothing further"
    WARNED = "the officer was warned"
    TIME = "lost time was given back"
    ENDED = "the exam was ended"
    REFERRED = "put before the program"


def fault_of_moment(happened_at: datetime, *, since: datetime, now: datetime) -> str | None:
    """Why an incident cannot have happened then, or None. `since`: when the sitting may first have had officers at its door."""
    if happened_at > now:
        return "This moment has not come yet. Enter when it happened."
    if happened_at < since:
        return "That is before the sitting. Enter when it happened."
    return None
