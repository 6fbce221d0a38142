"""What each step of an attempt says in a timeline. Pure: no answer is told, only that one was saved."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lms.exams.rules import Entry, Kind
from lms.proctoring import rules


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, what, why and by whom. `number` is that of the step, 0 for what is none; `about` is its kind for the eye.

    `recorded_at` is set where something was written down later than it happened.
    """

    at: datetime
    number: int
    what: str
    why: str = ""
    who: str = ""
    about: str = ""
    recorded_at: datetime | None = None


_WORDS: Final = {
    Kind.STARTED: "Exam started",
    Kind.PAUSED: "Exam paused: the time stands still",
    Kind.RESUMED: "Exam resumed",
    Kind.RELEASED: "Released: the next device that opens the exam writes",
    Kind.SUBMITTED: "Handed in by the officer",
    Kind.EXPIRED: "Closed at its deadline",
    Kind.TERMINATED: "Ended by a proctor before its time; what was saved is scored",
    Kind.VOIDED: "Ruled not to count",
}
_ABOUT: Final = {
    Kind.ANSWERED: "saved",
    Kind.CONFLICTED: "saved",
    Kind.SIGNALED: "signal",
    Kind.STARTED: "course",
    Kind.SUBMITTED: "course",
    Kind.EXPIRED: "course",
}


def about_of(kind: Kind) -> str:
    """The kind of a step's line: saved, signal, course of the exam, or an act of somebody."""
    return _ABOUT.get(kind, "act")


def words_of(step: Entry) -> str:
    """What a step says, without the answer that it holds."""
    said = step.payload
    match step.kind:
        case Kind.ANSWERED:
            flagged = ", flagged" if said.get("flagged") else ""
            late = ", in the grace after the deadline" if said.get("late") else ""
            return f"Question {said.get('position')} saved, change {said.get('revision')}{flagged}{late}"
        case Kind.CONFLICTED:
            return f"Question {said.get('position')}: a save from an older page changed nothing and is kept"
        case Kind.SIGNALED:
            signal = str(said.get("signal", ""))
            return f"Seen: {rules.SAID.get(signal, signal)}"
        case Kind.EXTENDED:
            back = "Lost time given back" if "lost_from" in said else "Time given"
            return f"{back}: {spoken(_length(step))}"
        case Kind.REINSTATED:
            return f"Opened again, {spoken(_length(step))} after its deadline" if _length(step) else "Opened again"
        case _:
            return _WORDS[step.kind]


def reason_of(step: Entry) -> str:
    """Why somebody did it, and on which question the officer was; empty for what needs no reason."""
    if "reason" not in step.payload:
        return ""
    question = step.payload.get("question")
    place = f" The officer was on question {question}." if question else ""
    return f"{step.payload['reason']}: {step.payload['note']}{place}"


def spoken(length: timedelta) -> str:
    """A length of time as people say it: "19 min 4 s"."""
    minutes, seconds = divmod(length // timedelta(seconds=1), 60)
    return " ".join(part for part in (f"{minutes} min" if minutes else "", f"{seconds} s" if seconds or not minutes else "") if part)


def _length(step: Entry) -> timedelta:
    return timedelta(milliseconds=int(str(step.payload["milliseconds"])))
