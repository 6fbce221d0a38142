"""When a certificate may be issued, what stage it is at and whether it counts at a given moment. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

SUBJECTS: Final = (
    "immigration law",
    "enforcement fundamentals and procedures",
    "civil rights law",
    "sensitivity and cultural awareness",
)
"""What the training must cover (28 CFR 65.84(a)(3)(iv)), in the words in which courses name their subjects."""
PROGRAM_MODELS: Final = {
    "JEM": "Jail Enforcement",
    "TFM": "Task Force",
    "WSO": "Warrant Service Officer",
    "INFLUX": "Mass Influx Response",
    "": "Any",
}
ON_PUBLIC_BANK: Final = "The examination was drawn on a question bank that anyone can read."
STATUS_INDEXES: Final = 131_072
"""Places of the first status list; further lists double the room."""


class Status(StrEnum):
    """The words in which a certificate's standing is told."""

    VALID = "valid"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    EXPIRED = "expired"
    DRILL = "drill"


class RevocationReason(StrEnum):
    """Why a certificate was revoked."""

    ERROR = "issued in error"
    RECORD = "training record wrong"
    EXAM = "examination does not count"
    REQUEST = "asked for by the officer"
    OTHER = "another reason"


PUBLIC_REASONS: Final = {
    RevocationReason.ERROR: "It was issued in error.",
    RevocationReason.RECORD: "The record of training behind it was found to be wrong.",
    RevocationReason.EXAM: "The examination behind it does not count.",
    RevocationReason.REQUEST: "The officer asked for it.",
    RevocationReason.OTHER: "The issuer no longer stands behind it.",
}
"""What a person who holds the paper is told of it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that holds from a moment on, and since when we knew."""

    effective_at: datetime
    recorded_at: datetime

    def holds(self, *, at: datetime, known: datetime) -> bool:
        """Whether it was so at `at`, by what was recorded until `known`."""
        return self.effective_at <= at and self.recorded_at <= known


@dataclass(frozen=True, slots=True)
class Suspended:
    """A suspension, and its end if it has one."""

    begun: Fact
    ended: Fact | None = None

    def holds(self, *, at: datetime, known: datetime) -> bool:
        """Whether the suspension was in force."""
        ended = self.ended is not None and self.ended.holds(at=at, known=known)
        return self.begun.holds(at=at, known=known) and not ended


@dataclass(frozen=True, slots=True)
class Life:
    """Everything that decides whether a certificate counts.

    `ended`: the declaration on which a time-boxed one rests was ended early. `drill`: it was made in a drill, and never counts.
    """

    issued_at: datetime
    expires_at: datetime | None = None
    revoked: Fact | None = None
    superseded: Fact | None = None
    suspensions: tuple[Suspended, ...] = ()
    ended: Fact | None = None
    drill: bool = False


def validity(life: Life, *, at: datetime, known: datetime | None = None) -> Status | None:
    """The standing at the moment `at`, by what was recorded until `known` (until `at` unless given); None before it was issued.

    What is final goes before what may pass: revoked, superseded, expired, suspended. What was made in a drill is never valid (R-24).
    """
    known = known or at
    if at < life.issued_at:
        return None
    words = (
        (Status.DRILL, life.drill),
        (Status.REVOKED, _holds(life.revoked, at, known)),
        (Status.SUPERSEDED, _holds(life.superseded, at, known)),
        (Status.EXPIRED, (life.expires_at is not None and life.expires_at <= at) or _holds(life.ended, at, known)),
        (Status.SUSPENDED, any(one.holds(at=at, known=known) for one in life.suspensions)),
    )
    return next((word for word, holds in words if holds), Status.VALID)


def _holds(fact: Fact | None, at: datetime, known: datetime) -> bool:
    return fact is not None and fact.holds(at=at, known=known)


class Stage(StrEnum):
    """How far the issuing of a certificate has come. Only what is stored is delivered."""

    RESERVED = "reserved"
    STATED = "stated"
    SIGNED = "signed"
    STORED = "stored"


def stage(*, stated: bool, signed: bool, stored: bool) -> Stage:
    """The stage that the rows of a certificate give."""
    if stored:
        return Stage.STORED
    if signed:
        return Stage.SIGNED
    return Stage.STATED if stated else Stage.RESERVED


@dataclass(frozen=True, slots=True)
class ExamFacts:
    """One exam of the course and how the officer passed it. `admitted`: a proctor's admission was used for the attempt that passed."""

    title: str
    proctored: bool
    passed: bool
    admitted: bool
    public: bool


class Earlier(StrEnum):
    """What there is already for an enrollment."""

    NOTHING = "nothing"
    CERTIFICATE = "certificate"
    REVOKED = "revoked certificate"


@dataclass(frozen=True, slots=True)
class Record:
    """What decides whether a certificate may be issued on an enrollment. `undrawable`: what the paper cannot show, in a sentence.

    `attended` and `to_attend` are minutes; `ended` says why the training ended before its time, and is empty where it did not.
    `abbreviates`: the course that this one is a short form of, when it is one. `examined`: minutes of the exams that were passed, in a
    course laid out by days, whose hours count them.
    """

    lessons_done: int
    lessons: int
    minutes_done: int
    minutes: int
    attended: int
    to_attend: int
    ended: str
    subjects: frozenset[str]
    exams: tuple[ExamFacts, ...]
    practicals_passed: int
    practicals: int
    acknowledged: bool
    demo: bool
    undrawable: str
    earlier: Earlier
    abbreviates: str = ""
    examined: int = 0

    @property
    def minutes_in_all(self) -> int:
        """The minutes that a certificate tells: worked online, attended or made up, and examined."""
        return self.minutes_done + self.attended + self.examined

    @property
    def on_public_bank(self) -> bool:
        """Whether a proctored exam was drawn on a bank that anyone can read."""
        return any(exam.public for exam in self.exams if exam.proctored)


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of issuing: whether it is met, why, and which rule asks for it."""

    label: str
    met: bool
    reason: str
    source: str

    @property
    def state(self) -> str:
        """How pages show it."""
        return "met" if self.met else "not met"


def gates(record: Record) -> tuple[Gate, ...]:
    """Every condition of issuing a full certificate, met or not."""
    return (
        *_whole(record.abbreviates),
        *ended_gates(record.ended),
        _lessons(record),
        _hours(record),
        *attendance_gates(record),
        _subjects(record.subjects),
        *exam_gates(record.exams),
        *_practicals(record),
        *acknowledgment_gates(record),
        *drawing_gates(record.undrawable),
        *_earlier(record.earlier),
    )


def unmet(found: Iterable[Gate]) -> tuple[Gate, ...]:
    """The conditions that are not met."""
    return tuple(gate for gate in found if not gate.met)


def _whole(abbreviates: str) -> list[Gate]:
    if not abbreviates:
        return []
    reason = "This class takes an abbreviated course, which never gives a full certificate. By an order it gives one that ends with it."
    return [Gate("The whole course", False, reason, "R-24")]


def _lessons(record: Record) -> Gate:
    met = record.lessons > 0 and record.lessons_done >= record.lessons
    return Gate("All lessons completed", met, f"{record.lessons_done} of {record.lessons} lessons are complete.", "R-01")


def _hours(record: Record) -> Gate:
    met = record.minutes_done >= record.minutes
    reason = f"{duration(record.minutes_done)} of {duration(record.minutes)} are credited."
    return Gate("All hours credited", met, reason, "R-01; 28 CFR 65.84(a)(3)(iv)")


def attendance_gates(record: Record) -> list[Gate]:
    if not record.to_attend:
        return []
    owed = record.to_attend - record.attended
    reason = f"{duration(record.attended)} of {duration(record.to_attend)} are attended or made up."
    return [Gate("Hours attended", owed <= 0, f"{reason} {duration(owed)} are owed." if owed > 0 else reason, "R-01; R-33")]


def ended_gates(ended: str) -> list[Gate]:
    return [Gate("In the class to its end", False, ended, "R-01")] if ended else []


def _subjects(covered: frozenset[str]) -> Gate:
    missing = [subject for subject in SUBJECTS if subject not in covered]
    reason = f"The course does not teach {_listed(missing)}." if missing else "The course covers all four."
    return Gate("The four subjects covered", not missing, reason, "R-02; 28 CFR 65.84(a)(3)(iv)")


def exam_gates(exams: Sequence[ExamFacts]) -> list[Gate]:
    if not exams:
        return [Gate("An exam passed", False, "The course has no exam.", "R-01")]
    return [_exam(exam) for exam in exams]


def _exam(exam: ExamFacts) -> Gate:
    if not exam.passed:
        return Gate(f"{exam.title} passed", False, "It has not been passed.", "R-01")
    if exam.proctored and not exam.admitted:
        return Gate(f"{exam.title} passed", False, "It was passed, but no proctor's admission was used for it.", "R-11")
    return Gate(f"{exam.title} passed", True, "Passed after a proctor checked identity." if exam.proctored else "Passed.", "R-01")


def _practicals(record: Record) -> list[Gate]:
    if not record.practicals:
        return []
    reason = f"{record.practicals_passed} of {record.practicals} practical exercises are passed."
    return [Gate("Practical exercises passed", record.practicals_passed >= record.practicals, reason, "R-01")]


def acknowledgment_gates(record: Record) -> list[Gate]:
    if not record.on_public_bank or record.demo:
        return []
    reason = "An administrator has accepted it for this class."
    if not record.acknowledged:
        reason = "Anyone can read the question bank of the exam. An administrator must accept that for the class first."
    return [Gate("Public question bank accepted", record.acknowledged, reason, "policy of this program")]


def drawing_gates(undrawable: str) -> list[Gate]:
    return [Gate("The paper can be drawn", False, undrawable, "names are shown right or not at all")] if undrawable else []


def _earlier(earlier: Earlier) -> list[Gate]:
    if earlier is Earlier.CERTIFICATE:
        return [
            Gate("No certificate yet", False, "There is a certificate already. Correct it if the paper is wrong.", "one for each class")
        ]
    if earlier is Earlier.REVOKED:
        return [Gate("Nothing revoked", False, "The certificate of this class was revoked, and revoking is final.", "one for each class")]
    return []


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def duration(minutes: int) -> str:
    """Minutes in words: "8 hours", "1 hour 30 minutes", "45 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = [_counted(hours, "hour")] if hours else []
    if rest or not hours:
        parts.append(_counted(rest, "minute"))
    return " ".join(parts)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def status_list_size(taken: int) -> int:
    """How many status indexes to draw from when `taken` are: room for half as many again, so that drawing finds a free one soon."""
    size = STATUS_INDEXES
    while taken * 4 >= size * 3:
        size *= 2
    return size
