"""The exam engine's laws: drawing, chaining, folding, deadlines, scoring and standing. Pure functions of what was recorded."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from lms.exams import points
from lms.exams.retakes import ONE_EACH, Recorded, Scope, Standing, Terms, try_words
from lms.kernel.canonical import canonical
from lms.questions.items import POINT, ItemType

GENESIS = "0" * 64
WHOLE = 100_000
"""One hundred percent, in thousandths of a percent point."""


class Kind(StrEnum):
    """What a step records."""

    STARTED = "started"
    ANSWERED = "answered"
    CONFLICTED = "conflicted"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    SIGNALED = "signaled"
    SUBMITTED = "submitted"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    REINSTATED = "reinstated"
    VOIDED = "voided"
    RELEASED = "released"


RELEASED: Final = ""
"""What stands for a device after a proctor released the exam, until the next browser takes it."""


def is_other_device(bound: str | None, shown: str | None) -> bool:
    """Whether a browser that shows this digest is another than the one that holds the exam. While none holds it, none is."""
    return bool(bound) and bound != shown


CLOSING = frozenset({Kind.SUBMITTED, Kind.EXPIRED, Kind.TERMINATED})


@dataclass(frozen=True, slots=True)
class Policy:
    """An exam's rule, frozen when an attempt starts. Times in seconds; `cut_score` in thousandths of a percent point.

    `seconds` is the officer's own time, an accommodation included; of it `extra_seconds` go beyond the exam's. `window_end` is the end of
    the sitting in ISO form, or empty: nobody's time runs beyond it, except by the extra seconds. Of the `questions` shown, `pilots` are
    only being tried out. `release` says when results come out (`release_rules.py`). Of written answers `second_share` (thousandths) get a
    second marker; two marks further apart than `marks_apart` (thousandths of the points) a third. `reference` is the
    hash of what may be looked up, or empty.
    """

    title: str
    seconds: int
    grace_seconds: int
    cut_score: int
    retakes: int
    questions: int
    extra_seconds: int = 0
    window_end: str = ""
    retake_scope: str = Scope.EXAM
    recorded: str = Recorded.AS_SCORED
    pilots: int = 0
    release: str = "at once"
    second_share: int = 0
    marks_apart: int = 250
    calculator: bool = False
    full_screen: bool = False
    reference: str = ""

    @property
    def terms(self) -> Terms:
        """How often the exam may be taken again."""
        return Terms(self.retakes, Scope(self.retake_scope), Recorded(self.recorded))


# --- Steps ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One step as the rules see it. `actor` is a user id in text, or empty for the system."""

    number: int
    kind: Kind
    at: datetime
    actor: str
    payload: Mapping[str, object]
    previous: str
    hash: str


def chained(*, after: Entry | None, kind: Kind, at: datetime, actor: str, payload: Mapping[str, object]) -> Entry:
    """The step that follows `after` (or begins a chain), with its hash over everything in it and the hash before."""
    number = 1 if after is None else after.number + 1
    previous = GENESIS if after is None else after.hash
    return Entry(number, kind, at, actor, payload, previous, link(number, kind, at, actor, payload, previous))


def link(number: int, kind: str, at: datetime, actor: str, payload: Mapping[str, object], previous: str) -> str:
    """SHA-256 over the canonical text of a step and the hash of the step before it."""
    body = {"actor": actor, "at": at.isoformat(timespec="milliseconds"), "kind": str(kind), "number": number, "payload": payload}
    return hashlib.sha256(f"{previous}\n{canonical(body)}".encode()).hexdigest()


def chain_holds(entries: Sequence[Entry]) -> bool:
    """Whether no step is missing, added, reordered or altered."""
    previous = GENESIS
    for number, entry in enumerate(entries, 1):
        expected = link(number, entry.kind, entry.at, entry.actor, entry.payload, previous)
        if (entry.number, entry.previous, entry.hash) != (number, previous, expected):
            return False
        previous = entry.hash
    return True


@dataclass(frozen=True, slots=True)
class AnswerState:
    """The newest state of one question. `revision` counts its changes; `response`: see `responses.py`, None for no answer."""

    revision: int = 0
    response: Any = None
    flagged: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AttemptState:
    """What the steps of an attempt add up to."""

    started_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: Kind | None = None
    voided: bool = False
    extended: timedelta = timedelta()
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    answers: Mapping[int, AnswerState] = field(default_factory=dict)

    @property
    def paused_at(self) -> datetime | None:
        """Since when the attempt rests; None while it runs."""
        return self.pauses[-1][0] if self.pauses and self.pauses[-1][1] is None else None

    @property
    def is_open(self) -> bool:
        """Whether the attempt has begun and nothing has closed it."""
        return self.started_at is not None and self.closed_by is None


def fold(entries: Iterable[Entry]) -> AttemptState:
    """The state that these steps give, in their order."""
    state = AttemptState()
    answers: dict[int, AnswerState] = {}
    for entry in entries:
        if entry.kind is Kind.ANSWERED:
            answers[_position(entry)] = _answer_state(entry)
        else:
            state = _after(state, entry)
    return replace(state, answers=answers)


def _after(state: AttemptState, entry: Entry) -> AttemptState:
    """The state after a step that is no answer. Conflicts and signals are kept for a hearing; they change nothing."""
    changes: dict[str, Any] = {}
    match entry.kind:
        case Kind.STARTED:
            changes = {"started_at": entry.at}
        case Kind.PAUSED:
            changes = {"pauses": (*state.pauses, (entry.at, None))}
        case Kind.RESUMED:
            changes = {"pauses": _ended(state.pauses, entry.at)}
        case Kind.EXTENDED:
            changes = {"extended": state.extended + _length(entry)}
        case Kind.REINSTATED:
            changes = {"closed_at": None, "closed_by": None, "extended": state.extended + _length(entry)}
        case Kind.VOIDED:
            changes = {"voided": True}
        case Kind.SUBMITTED | Kind.EXPIRED | Kind.TERMINATED:
            closed_at = datetime.fromisoformat(str(entry.payload["closed_at"]))
            changes = {"closed_at": closed_at, "closed_by": entry.kind, "pauses": _ended(state.pauses, closed_at)}
    return replace(state, **changes)


def _ended(pauses: tuple[tuple[datetime, datetime | None], ...], at: datetime) -> tuple[tuple[datetime, datetime | None], ...]:
    if not pauses or pauses[-1][1] is not None:
        return pauses
    return (*pauses[:-1], (pauses[-1][0], at))


def _length(entry: Entry) -> timedelta:
    return timedelta(milliseconds=int(str(entry.payload["milliseconds"])))


def _position(entry: Entry) -> int:
    return int(str(entry.payload["position"]))


def _answer_state(entry: Entry) -> AnswerState:
    revision = int(str(entry.payload["revision"]))
    return AnswerState(revision, response_in(entry.payload), bool(entry.payload["flagged"]), entry.at)


def response_in(payload: Mapping[str, Any]) -> Any:
    """The response that a step holds. The first steps called it `choice`; they are never written anew."""
    return payload["response"] if "response" in payload else payload.get("choice")


def answers_hash(answers: Mapping[int, AnswerState]) -> str:
    """SHA-256 over the canonical text of every answer: question, revision, what was given, flag. A receipt carries it."""
    given = [[position, one.revision, one.response, one.flagged] for position, one in sorted(answers.items())]
    return hashlib.sha256(canonical(given).encode()).hexdigest()


# --- Scoring --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeyedQuestion:
    """What scoring knows of one question of a paper. `key` by type: see `PaperKey`; `points` in thousandths of a point.

    One that is only being tried out is not `scored`. `also`: what counts as right beside the key, once it was corrected (R-08).
    """

    position: int
    objective: str
    key: Any
    type: str = ItemType.SINGLE
    points: int = POINT
    partial: bool = False
    scored: bool = True
    also: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Score:
    """Points earned of those to be had, in thousandths; and how many questions earned all of theirs, in all and by objective."""

    points: int
    out_of: int
    right: int
    asked: int
    by_objective: Mapping[str, tuple[int, int]]

    @property
    def thousandths(self) -> int:
        """The score in thousandths of a percent point, cut: 69.999 is never shown or counted as 70 (R-04)."""
        return self.points * WHOLE // self.out_of if self.out_of else 0

    @property
    def is_whole(self) -> bool:
        """Whether each question was worth one point and earned all or nothing, so that points and questions are the same."""
        return (self.points, self.out_of) == (self.right * POINT, self.asked * POINT)

    def passes(self, cut_score: int) -> bool:
        """Whether the score reaches the cut score: exactly reaching it passes; no rounding, by cross-multiplication (R-04)."""
        return self.out_of > 0 and self.points * WHOLE >= cut_score * self.out_of


NOTHING_AWARDED: Final[Mapping[int, int]] = {}


def score(answers: Mapping[int, AnswerState], keys: Iterable[KeyedQuestion], *, awarded: Mapping[int, int] = NOTHING_AWARDED) -> Score:
    """The score of these answers against a paper's key; `awarded`: what markers gave for written answers, by position.

    Questions that are only being tried out count for nothing.
    """
    tally: dict[str, tuple[int, int]] = {}
    total = out_of = 0
    for question in (one for one in keys if one.scored):
        got = earned(question, answers.get(question.position, AnswerState()).response, awarded=awarded)
        total, out_of = total + got, out_of + question.points
        right, asked = tally.get(question.objective, (0, 0))
        tally[question.objective] = (right + (got == question.points), asked + 1)
    counted = [sum(pair[index] for pair in tally.values()) for index in (0, 1)]
    return Score(total, out_of, counted[0], counted[1], tally)


def earned(question: KeyedQuestion, response: Any, *, awarded: Mapping[int, int] = NOTHING_AWARDED) -> int:
    """What a response earns of a question, in thousandths of a point."""
    if question.type == ItemType.WRITTEN:
        return min(awarded.get(question.position, 0), question.points) if response is not None else 0
    if isinstance(response, str) and response in question.also:
        return question.points
    return points.earned(question.type, question.key, response, points=question.points, partial=question.partial)


def unmarked(answers: Mapping[int, AnswerState], keys: Iterable[KeyedQuestion], *, awarded: Mapping[int, int]) -> list[int]:
    """The positions of written answers that no marks stand for. A question left open needs none: it earns nothing."""
    written = (one.position for one in keys if one.type == ItemType.WRITTEN and one.scored and one.position not in awarded)
    return sorted(one for one in written if answers.get(one, AnswerState()).response is not None)


# --- Gates -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of starting an exam: whether it is met, why, and which rule asks for it."""

    name: str
    met: bool
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """What decides whether an officer may start an exam. `failed`: how many failures count against it so far."""

    lessons_done: int
    lessons: int
    minutes_done: int
    minutes: int
    running: bool
    standing: Standing
    proctored: bool
    admitted: bool
    terms: Terms = ONE_EACH
    failed: int = 0
    reviewed: bool | None = None
    """Whether an instructor reviewed the failed exam before its retake; None where nobody asks."""
    program_model: str = ""
    sitting: str | None = None
    """When the officer's sitting may be started, in words; None where the officer has a place in none."""
    sitting_is_open: bool = False


TRAINING_LAW: Final = {"INFLUX": "28 CFR 65.84(a)(3)(iv): completed and certified"}
"""Why training must be complete, where that is not section 287(g): the two never mix (R-26)."""
SECTION_287G: Final = "8 U.S.C. 1357(g)(2): adequate training, certified in writing"


def gates(facts: Readiness) -> list[Gate]:
    """Every condition of starting the exam, met or not, in the order in which people meet them."""
    missing = facts.lessons - facts.lessons_done
    found = [
        Gate(
            "Your class is running",
            facts.running,
            "The class is under way." if facts.running else "The class has not begun or is over. Ask whoever runs your program.",
            "Dates of the class",
        ),
        Gate(
            "All lessons completed",
            missing == 0,
            f"{facts.lessons_done} of {facts.lessons} lessons are complete." + (f" {missing} to go." if missing else ""),
            TRAINING_LAW.get(facts.program_model, SECTION_287G),
        ),
        Gate(
            "All hours credited",
            facts.minutes_done >= facts.minutes,
            f"{_hours(facts.minutes_done)} of {_hours(facts.minutes)} hours are credited.",
            "Course plan: stated hours",
        ),
        Gate(
            "An attempt is open to you",
            facts.standing not in _NO_TRY,
            try_words(facts.standing, terms=facts.terms, failed=facts.failed),
            facts.terms.source,
        ),
    ]
    if facts.reviewed is not None:
        why = "Your instructor reviewed the failed exam with you." if facts.reviewed else "Ask your instructor: the review comes first."
        found.append(Gate("Reviewed before the retake", facts.reviewed, why, "JEM agreement, training section: review, then one exam"))
    if facts.sitting is not None:
        found.append(Gate("Your sitting is open", facts.sitting_is_open, facts.sitting, "Plan of the sitting"))
    if facts.proctored:
        given = "code" if facts.sitting is None else "ticket"
        why = "The proctor has checked your identity." if facts.admitted else f"The proctor checks your identity and gives you a {given}."
        found.append(Gate("Admitted by a proctor", facts.admitted, why, "Exam rule: proctored, identity checked in person"))
    return found


_NO_TRY = frozenset({Standing.PASSED, Standing.DISQUALIFIED, Standing.WAITING})


def _hours(minutes: int) -> str:
    whole, rest = divmod(minutes, 60)
    return f"{whole}" if not rest else f"{whole}:{rest:02d}"
