"""What each step of an attempt says in a timeline. Pure: no answer is told, only that one was saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from lms.exams import timing
from lms.exams.rules import CLOSING, AttemptState, Entry, Kind, Policy, fold
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


@dataclass(frozen=True, slots=True)
class Setting:
    """The exam's rule as it counts for the officer, and the zone in which times are told."""

    policy: Policy
    zone: str

    def clock(self, moment: datetime) -> str:
        """A moment of the day of the exam: "8:00:00 AM EST"."""
        local = moment.astimezone(ZoneInfo(self.zone))
        return f"{local.hour % 12 or 12}:{local:%M:%S %p %Z}"


MOVES_THE_END: Final = frozenset({Kind.STARTED, Kind.RESUMED, Kind.EXTENDED, Kind.REINSTATED})
TELLS_THE_STATE: Final = MOVES_THE_END | CLOSING
"""Steps of which a reader must know what the attempt had come to with them."""
_WORDS: Final = {
    Kind.PAUSED: "Exam paused: the time stands still",
    Kind.RESUMED: "Exam resumed",
    Kind.RELEASED: "Released: the next device that opens the exam writes",
    Kind.SUBMITTED: "Handed in by the officer",
    Kind.EXPIRED: "Closed at its deadline",
    Kind.TERMINATED: "Ended by a proctor before its time",
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


def what(steps: Sequence[Entry], step: Entry, setting: Setting) -> str:
    """What one of the steps of an attempt says, by what the attempt had come to with it."""
    return _told(step, fold(steps[: step.number]), setting) if step.kind in TELLS_THE_STATE else _words_of(step)


def _words_of(step: Entry) -> str:
    """What a step says that neither moves the end nor closes the exam, without the answer that it holds."""
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
        case _:
            return _WORDS[step.kind]


def _told(step: Entry, after: AttemptState, setting: Setting) -> str:
    """What a step says that moves the end of the exam or closes it: with the end as it stands `after` it, or what had been answered."""
    if step.kind in CLOSING:
        answered = sum(one.response is not None for one in after.answers.values())
        when = f" at {setting.clock(after.closed_at)}" if after.closed_at and after.closed_at != step.at else ""
        return f"{_WORDS[step.kind]}{when}, {answered} of {setting.policy.questions} questions answered"
    end = timing.deadline(after, setting.policy, now=step.at)
    return f"{_moved(step, setting)}; the exam ends at {setting.clock(end)}"


def _moved(step: Entry, setting: Setting) -> str:
    match step.kind:
        case Kind.STARTED:
            extra = setting.policy.extra_seconds
            granted = f", {spoken(timedelta(seconds=extra))} of them by an accommodation" if extra else ""
            return f"Exam started, with {spoken(timedelta(seconds=setting.policy.seconds))}{granted}"
        case Kind.EXTENDED:
            return f"{_given(step, setting)}: {spoken(_length(step))}"
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
    return f"{str(step.payload['reason']).capitalize()}: {step.payload['note']}{place}"


def spoken(length: timedelta) -> str:
    """A length of time as people say it: "19 min 4 s"."""
    minutes, seconds = divmod(length // timedelta(seconds=1), 60)
    return " ".join(part for part in (f"{minutes} min" if minutes else "", f"{seconds} s" if seconds or not minutes else "") if part)


def _given(step: Entry, setting: Setting) -> str:
    if "lost_from" not in step.payload:
        return "Time given"
    since, until = (setting.clock(datetime.fromisoformat(str(step.payload[name]))) for name in ("lost_from", "lost_to"))
    return f"Time lost from {since} to {until} given back"


def _length(step: Entry) -> timedelta:
    return timedelta(milliseconds=int(str(step.payload["milliseconds"])))
