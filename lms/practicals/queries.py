"""Where officers stand in practical exercises, what each rater gave as far as the reader may see it, and alarms."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.accounts.rules import Identity
from lms.courses.models import CourseRevision, PracticalRevision
from lms.enrollments.models import Enrollment, Offering
from lms.practicals import rules
from lms.practicals.models import (
    PracticalAlarm,
    PracticalAlarmAnswer,
    PracticalDecision,
    PracticalMark,
    PracticalRating,
    PracticalRepeat,
    PracticalResult,
)
from lms.practicals.rules import BOTH_RATED, SETTLED, Exercise, Given, Mark, Result, Rubric, Standing, State

OFFICERS_PER_PAGE = 50
MOST_ALARMS = 20

Standings = Mapping[uuid.UUID, Mapping[str, Standing]]
"""Where enrollments stand, by exercise. An exercise that is not there was not rated."""


def standings(session: Session, *, enrollment_ids: Collection[uuid.UUID]) -> Standings:
    """Where these enrollments stand in every exercise that was rated. One statement; none when none are asked for."""
    return _standings(session, PracticalResult.enrollment_id.in_(enrollment_ids)) if enrollment_ids else {}


def class_standings(session: Session, *, offering_id: uuid.UUID) -> Standings:
    """The same of a whole class."""
    return _standings(session, PracticalResult.enrollment_id.in_(select(Enrollment.id).where(Enrollment.offering_id == offering_id)))


def _standings(session: Session, which: ColumnElement[bool]) -> Standings:
    found: defaultdict[uuid.UUID, dict[str, Standing]] = defaultdict(dict)
    for row in session.scalars(select(PracticalResult).where(which).order_by(PracticalResult.go, PracticalResult.number)):
        found[row.enrollment_id][row.practical_id] = Standing(row.go, Result(State(row.state), row.earned, row.possible), row.at)
    return found


def waiting(session: Session, *, offering_id: uuid.UUID) -> Counter[State]:
    """How many goes of a class stand in each state."""
    return Counter(one.state for by_exercise in class_standings(session, offering_id=offering_id).values() for one in by_exercise.values())


def first_states(session: Session, *, offering_id: uuid.UUID, practical_id: str) -> list[State]:
    """How the first go of each officer of a class at an exercise stands."""
    asked = (
        select(PracticalResult.enrollment_id, PracticalResult.state)
        .join(Enrollment, Enrollment.id == PracticalResult.enrollment_id)
        .where(Enrollment.offering_id == offering_id, PracticalResult.practical_id == practical_id, PracticalResult.go == 1)
        .order_by(PracticalResult.number)
    )
    newest = {row.enrollment_id: State(row.state) for row in session.execute(asked)}
    return list(newest.values())


# --- What was given -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rated:
    """How one rater rated a go, by the newest of their ratings. `number` counts them: more than one means that it was corrected."""

    rater_id: uuid.UUID
    rater: str
    number: int
    held_on: date
    reason: str
    recorded_at: datetime
    given: Mapping[str, Given]

    @property
    def sheet(self) -> rules.Sheet:
        return {criterion: given.mark for criterion, given in self.given.items()}


@dataclass(frozen=True, slots=True)
class Decided:
    """A third rater's word."""

    passed: bool
    number: int
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """What was practiced before a further go."""

    remediation: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Go:
    """One go at an exercise: what it was rated by, what each rater gave, and where it stands."""

    standing: Standing
    edition: str
    rubric: Rubric
    rated: tuple[Rated, ...]
    decided: Decided | None
    opened: Opened | None

    @property
    def number(self) -> int:
        return self.standing.go

    @property
    def state(self) -> State:
        return self.standing.state

    def by(self, user_id: uuid.UUID | None) -> Rated | None:
        """What a rater gave."""
        return next((one for one in self.rated if one.rater_id == user_id), None)

    def seen_by(self, user_id: uuid.UUID | None) -> "Go":
        """The go as staff see it: until both raters have given theirs, nobody sees but their own."""
        return self if self.state in BOTH_RATED else replace(self, rated=tuple(one for one in self.rated if one.rater_id == user_id))

    @property
    def seen_by_officer(self) -> "Go":
        """The go as its officer sees it: ratings when they are settled."""
        return self if self.state in SETTLED else replace(self, rated=())


@dataclass(frozen=True, slots=True)
class Record:
    """Everything about an officer in one exercise, the first go first; there is always one."""

    exercise: Exercise
    goes: tuple[Go, ...]

    @property
    def newest(self) -> Go:
        return self.goes[-1]

    @property
    def standing(self) -> Standing:
        return self.newest.standing

    def seen_by(self, user_id: uuid.UUID | None) -> "Record":
        """The record as staff see it."""
        return replace(self, goes=tuple(go.seen_by(user_id) for go in self.goes))

    @property
    def seen_by_officer(self) -> "Record":
        """The record as its officer sees it."""
        return replace(self, goes=tuple(go.seen_by_officer for go in self.goes))


def records(session: Session, *, enrollment_id: uuid.UUID, manifest: Mapping[str, Any], practical_id: str | None = None) -> list[Record]:
    """An officer's exercises of a course, or one of them, with everything that was given. Six statements."""
    wanted = [one for one in rules.exercises(manifest) if practical_id in {None, one.id}]
    rated = _rated(session, enrollment_id)
    decided, opened = _decided(session, enrollment_id), _opened(session, enrollment_id)
    results = _results(session, enrollment_id)
    editions = {key: edition for key, (edition, _) in rated.items()}
    rubrics = _rubrics(session, {one.hash for one in wanted} | {*editions.values()})
    found = []
    for exercise in wanted:
        goes = []
        for standing in results.get(exercise.id) or {1: Standing()}.values():
            key = (exercise.id, standing.go)
            edition = editions.get(key, exercise.hash)
            given = rated[key][1] if key in rated else ()
            goes.append(Go(standing, edition, rubrics[edition], tuple(given), decided.get(key), opened.get(key)))
        found.append(Record(exercise, tuple(goes)))
    return found


Key = tuple[str, int]
"""An exercise and a go."""


def _rated(session: Session, enrollment_id: uuid.UUID) -> dict[Key, tuple[str, Sequence[Rated]]]:
    """By go: the edition that it is rated by, and each rater's newest rating in the order of their first ones."""
    given: defaultdict[uuid.UUID, dict[str, Given]] = defaultdict(dict)
    marks = select(PracticalMark).join(PracticalRating, PracticalRating.id == PracticalMark.rating_id)
    for mark in session.scalars(marks.where(PracticalRating.enrollment_id == enrollment_id)):
        given[mark.rating_id][mark.criterion_id] = Given(Mark(mark.mark), mark.note)
    asked = (
        select(PracticalRating, User.name)
        .join(User, User.id == PracticalRating.rater_id)
        .where(PracticalRating.enrollment_id == enrollment_id)
        .order_by(PracticalRating.number, PracticalRating.recorded_at, PracticalRating.id)
    )
    found: defaultdict[Key, dict[uuid.UUID, Rated]] = defaultdict(dict)
    editions: dict[Key, str] = {}
    for row, name in session.execute(asked):
        key = (row.practical_id, row.go)
        editions.setdefault(key, row.practical_hash)
        found[key][row.rater_id] = Rated(row.rater_id, name, row.number, row.held_on, row.reason, row.recorded_at, given[row.id])
    return {key: (editions[key], list(by_rater.values())) for key, by_rater in found.items()}


def _decided(session: Session, enrollment_id: uuid.UUID) -> dict[Key, Decided]:
    asked = (
        select(PracticalDecision, User.name)
        .outerjoin(User, User.id == PracticalDecision.decided_by)
        .where(PracticalDecision.enrollment_id == enrollment_id)
        .order_by(PracticalDecision.number)
    )
    return {
        (row.practical_id, row.go): Decided(row.passed, row.number, row.reason, name or "The system", row.at)
        for row, name in session.execute(asked)
    }


def _opened(session: Session, enrollment_id: uuid.UUID) -> dict[Key, Opened]:
    asked = (
        select(PracticalRepeat, User.name)
        .outerjoin(User, User.id == PracticalRepeat.opened_by)
        .where(PracticalRepeat.enrollment_id == enrollment_id)
    )
    return {(row.practical_id, row.go): Opened(row.remediation, name or "The system", row.at) for row, name in session.execute(asked)}


def _results(session: Session, enrollment_id: uuid.UUID) -> Mapping[str, Sequence[Standing]]:
    """Each exercise's goes, in order, by the newest result of each."""
    found: defaultdict[str, dict[int, Standing]] = defaultdict(dict)
    asked = select(PracticalResult).where(PracticalResult.enrollment_id == enrollment_id)
    for row in session.scalars(asked.order_by(PracticalResult.go, PracticalResult.number)):
        found[row.practical_id][row.go] = Standing(row.go, Result(State(row.state), row.earned, row.possible), row.at)
    return {exercise: list(goes.values()) for exercise, goes in found.items()}


def _rubrics(session: Session, hashes: Collection[str]) -> dict[str, Rubric]:
    asked = select(PracticalRevision.hash, PracticalRevision.criteria, PracticalRevision.content).where(PracticalRevision.hash.in_(hashes))
    return {
        name: rules.rubric_of(criteria, pass_share=content["pass_share"])
        for name, criteria, content in (session.execute(asked) if hashes else ())
    }


def is_settled() -> ColumnElement[bool]:
    """That the go of a rating stands settled, so that its officer may read it."""
    newest, later = aliased(PracticalResult), aliased(PracticalResult)
    same = [
        (one.enrollment_id == PracticalRating.enrollment_id, one.practical_id == PracticalRating.practical_id, one.go == PracticalRating.go)
        for one in (newest, later)
    ]
    superseded = exists().where(*same[1], later.number > newest.number)
    return exists().where(*same[0], newest.state.in_(SETTLED), ~superseded)


@dataclass(frozen=True, slots=True)
class OwnExercises:
    """An officer's own exercises in one class."""

    enrollment_id: uuid.UUID
    class_title: str
    course_title: str
    time_zone: str
    records: tuple[Record, ...]


def own(session: Session, *, actor: Identity, enrollment_id: uuid.UUID) -> OwnExercises | None:
    """The actor's own exercises in a class; None when there are none, or it is another officer's."""
    asked = (
        select(Enrollment.id, Offering.title, Offering.time_zone, CourseRevision.title.label("course"), CourseRevision.manifest)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .where(Enrollment.id == enrollment_id, Enrollment.officer_id == actor.officer_id)
    )
    row = session.execute(asked).first()
    if row is None or not rules.required(row.manifest):
        return None
    found = tuple(one.seen_by_officer for one in records(session, enrollment_id=row.id, manifest=row.manifest))
    return OwnExercises(row.id, row.title, row.course, row.time_zone, found)


# --- Alarms ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm, and what was done about it if it was answered."""

    offering_id: uuid.UUID
    practical_id: str
    class_title: str
    time_zone: str
    title: str
    failed: int
    rated: int
    raised_at: datetime
    due_at: datetime
    what: str
    by: str
    answered_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.answered_at is None


def alarms(session: Session, *, offering_id: uuid.UUID) -> list[AlarmRow]:
    """The alarms of a class, answered or not, the newest first."""
    return _alarms(session, PracticalAlarm.offering_id == offering_id)


def open_alarms(session: Session) -> list[AlarmRow]:
    """The alarms of all classes that nobody has answered, those that are due first first."""
    return sorted(_alarms(session, PracticalAlarmAnswer.offering_id.is_(None), most=MOST_ALARMS), key=lambda row: row.due_at)


def _alarms(session: Session, which: ColumnElement[bool], most: int | None = None) -> list[AlarmRow]:
    asked = (
        select(PracticalAlarm, Offering.title, Offering.time_zone, PracticalAlarmAnswer, User.name)
        .join(Offering, Offering.id == PracticalAlarm.offering_id)
        .outerjoin(
            PracticalAlarmAnswer,
            (PracticalAlarmAnswer.offering_id == PracticalAlarm.offering_id)
            & (PracticalAlarmAnswer.practical_id == PracticalAlarm.practical_id),
        )
        .outerjoin(User, User.id == PracticalAlarmAnswer.answered_by)
        .where(which)
        .order_by(PracticalAlarm.raised_at.desc(), PracticalAlarm.practical_id)
        .limit(most)
    )
    return [_alarm(*row) for row in session.execute(asked)]


def _alarm(row: PracticalAlarm, class_title: str, zone: str, answer: PracticalAlarmAnswer | None, by: str | None) -> AlarmRow:
    told = (row.offering_id, row.practical_id, class_title, zone, row.title, row.failed, row.rated, row.raised_at, row.due_at)
    if answer is None:
        return AlarmRow(*told, "", "", None)
    return AlarmRow(*told, answer.what, by or "The system", answer.at)


def alarm_sentences(session: Session, *, offering_id: uuid.UUID) -> list[str]:
    """What the page of a class says of its open alarms."""
    found = alarms(session, offering_id=offering_id)
    return [f"{row.failed} of {row.rated} officers rated failed “{row.title}” the first time." for row in found if row.is_open]
