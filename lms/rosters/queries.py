"""Where the officers of a class or of an agency stand, and whom a move to a newer revision would concern."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.accounts.rules import Identity
from lms.agencies.models import Agency
from lms.agencies.queries import agency_of, seen_by
from lms.courses.models import CourseRevision
from lms.enrollments import queries as classes
from lms.enrollments.attendance.queries import hours_of
from lms.enrollments.hours import HoursAttended
from lms.enrollments.models import Attendance, Completion, Enrollment, Heartbeat, Offering, OfferingNumber, Withdrawal
from lms.enrollments.queries import OfferingDetail
from lms.enrollments.rules import class_number
from lms.exams import retakes, timing
from lms.exams.models import Attempt, AttemptHead, ExamResult
from lms.exams.planning import scope_of
from lms.exams.retakes import Result, Terms
from lms.practicals import queries as practicals
from lms.practicals import rules as practical_rules
from lms.rosters import rules
from lms.rosters.rules import Difference, Facts, Standing, Totals

PER_PAGE = 50
MOST_EXPORTED = 5_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one officer is in one class."""

    standing: Standing
    started: bool
    lessons_done: int
    lessons: int
    hours: HoursAttended
    practicals_passed: int
    practicals: int
    failed: uuid.UUID | None = None
    """The newest failed attempt, to be reviewed before its retake."""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One officer in the summary of a class."""

    enrollment_id: uuid.UUID
    name: str
    agency: str
    enrolled_at: datetime
    progress: Progress


@dataclass(frozen=True, slots=True)
class Summary:
    """What a class came to, officer by officer."""

    rows: tuple[SummaryRow, ...]
    totals: Totals


def summary(session: Session, *, offering: OfferingDetail, now: datetime) -> Summary:
    """The summary of a class. Seven statements at most."""
    roster = classes.roster(session, offering_id=offering.id)
    found = _progress(session, [(row.enrollment_id, offering.manifest, not row.is_in_class) for row in roster], now)
    rows = tuple(SummaryRow(row.enrollment_id, row.name, row.agency, row.enrolled_at, found[row.enrollment_id]) for row in roster)
    return Summary(rows, rules.totals((row.progress.standing, row.progress.started) for row in rows))


def totals_of(session: Session, *, offering_ids: Collection[uuid.UUID], now: datetime) -> dict[uuid.UUID, Totals]:
    """What each of these classes came to. Seven statements at most, however many classes."""
    manifests = (
        select(CourseRevision.hash, CourseRevision.manifest)
        .join(Offering, Offering.course_hash == CourseRevision.hash)
        .where(Offering.id.in_(offering_ids))
    )
    by_hash: dict[str, Mapping[str, Any]] = {row.hash: row.manifest for row in session.execute(manifests.distinct())}
    enrolled = (
        select(Enrollment.id, Enrollment.offering_id, Offering.course_hash, classes.withdrawn())
        .join(Offering, Offering.id == Enrollment.offering_id)
        .where(Enrollment.offering_id.in_(offering_ids))
    )
    rows = session.execute(enrolled).all()
    found = _progress(session, [(one, by_hash[course_hash], withdrawn) for one, _, course_hash, withdrawn in rows], now)
    officers: dict[uuid.UUID, list[tuple[Standing, bool]]] = {one: [] for one in offering_ids}
    for one, offering_id, _, _ in rows:
        officers[offering_id].append((found[one].standing, found[one].started))
    return {one: rules.totals(standings) for one, standings in officers.items()}


Asked = Sequence[tuple[uuid.UUID, Mapping[str, Any], bool]]
"""Enrollments with the manifest of their course, and whether the officer withdrew."""


def _progress(session: Session, asked: Asked, now: datetime) -> dict[uuid.UUID, Progress]:
    ids = [one for one, _, _ in asked]
    done, tried, begun = _completions(session, ids), _tries(session, ids), _begun(session, ids)
    hours = hours_of(session, manifests={one: manifest for one, manifest, _ in asked})
    rated = practicals.standings(session, enrollment_ids=[one for one, manifest, _ in asked if practical_rules.required(manifest)])
    found = {}
    for one, manifest, withdrawn in asked:
        lessons = {lesson["id"] for module in manifest["modules"] for lesson in module["lessons"]}
        complete = lessons & done[one]
        exercises = practical_rules.required(manifest)
        passed = practical_rules.passed_count(exercises, rated.get(one, {}))
        facts = Facts(
            withdrawn=withdrawn,
            started=bool(done[one]) or one in begun or one in rated or one in tried,
            exams=_standings(tried.get(one, []), manifest, now),
            lessons_left=len(lessons) - len(complete),
            owed=hours[one].owed,
            practicals_left=len(exercises) - passed,
        )
        did = (len(complete), len(lessons), hours[one], passed, len(exercises))
        found[one] = Progress(rules.standing(facts), facts.started, *did, _failed(tried.get(one, [])))
    return found


def _completions(session: Session, ids: Collection[uuid.UUID]) -> defaultdict[uuid.UUID, set[str]]:
    found: defaultdict[uuid.UUID, set[str]] = defaultdict(set)
    for one, lesson_id in session.execute(select(Completion.enrollment_id, Completion.lesson_id).where(Completion.enrollment_id.in_(ids))):
        found[one].add(lesson_id)
    return found


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt: whether it passed, once it is closed; and its time."""

    attempt_id: uuid.UUID
    exam_id: str
    passed: bool | None
    due_at: datetime | None
    paused_at: datetime | None


Tries = list[Tried]


def _tries(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Tries]:
    asked = (
        select(Attempt.enrollment_id, Attempt.id, Attempt.exam_id, ExamResult.passed, AttemptHead.due_at, AttemptHead.paused_at)
        .join(AttemptHead, AttemptHead.attempt_id == Attempt.id)
        .outerjoin(ExamResult, ExamResult.attempt_id == Attempt.id)
        .where(Attempt.enrollment_id.in_(ids), ExamResult.voided.is_not(True))  # a voided one is as if it had not been
        .order_by(Attempt.created_at, Attempt.ordinal)
    )
    found: dict[uuid.UUID, Tries] = {}
    for one, attempt_id, exam_id, passed, due_at, paused_at in session.execute(asked):
        found.setdefault(one, []).append(Tried(attempt_id, exam_id, passed, due_at, paused_at))
    return found


def _failed(tries: Tries) -> uuid.UUID | None:
    return next((one.attempt_id for one in reversed(tries) if one.passed is False), None)


def _standings(tries: Tries, manifest: Mapping[str, Any], now: datetime) -> tuple[retakes.Standing, ...]:
    """The standing in each exam of the course: a failure may count in all of them (R-05)."""
    results = [Result(one.exam_id, one.passed) for one in tries if one.passed is not None]
    sitting = {one.exam_id for one in tries if one.passed is None and timing.is_open(now, one.due_at, one.paused_at)}
    waiting = {one.exam_id for one in tries if one.passed is None and one.due_at is None}
    scope = scope_of(manifest)
    return tuple(
        retakes.standing(
            results,
            exam_id=exam["id"],
            terms=Terms(int(exam["retakes"]), scope),
            open_attempt=exam["id"] in sitting,
            waiting=exam["id"] in waiting,
        )
        for exam in manifest["exams"]
    )


def _begun(session: Session, ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    read = exists().where(Heartbeat.enrollment_id == Enrollment.id)
    attended = exists().where(Attendance.enrollment_id == Enrollment.id, Attendance.minutes > 0)
    return frozenset(session.scalars(select(Enrollment.id).where(Enrollment.id.in_(ids), or_(read, attended))))


# --- By agency ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One officer of an agency in one class."""

    name: str
    class_number: str
    class_title: str
    program_model: str
    starts_on: date
    ends_on: date
    cancelled: bool
    progress: Progress


def training(
    session: Session, *, identity: Identity, agency_id: uuid.UUID, now: datetime, page: int = 1, most: int = PER_PAGE
) -> list[TrainingRow]:
    """One page of the classes of those who serve in an agency now, as far as the person may see it, the newest class first."""
    columns = (Enrollment.id, Officer.name, OfferingNumber.year, OfferingNumber.ordinal, Offering, CourseRevision.manifest)
    asked = (
        _of_agency(select(*columns, Withdrawal.at, classes.cancelled()), identity, agency_id)
        .join(OfferingNumber, OfferingNumber.offering_id == Offering.id)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .outerjoin(Withdrawal, Withdrawal.enrollment_id == Enrollment.id)
        .order_by(Offering.starts_on.desc(), Officer.name, Enrollment.id)
        .offset((page - 1) * most)
        .limit(most)
    )
    rows = session.execute(asked).all()
    found = _progress(session, [(row[0], row[5], row[6] is not None) for row in rows], now)
    return [
        TrainingRow(
            name=name,
            class_number=class_number(year, ordinal),
            class_title=offering.title,
            program_model=manifest["program_model"],
            starts_on=offering.starts_on,
            ends_on=offering.ends_on,
            cancelled=called_off,
            progress=found[enrollment_id],
        )
        for enrollment_id, name, year, ordinal, offering, manifest, _, called_off in rows
    ]


def training_count(session: Session, *, identity: Identity, agency_id: uuid.UUID) -> int:
    """How many rows the pages of `training` show."""
    return session.scalar(_of_agency(select(func.count(Enrollment.id)), identity, agency_id)) or 0


def _of_agency(asked: Any, identity: Identity, agency_id: uuid.UUID) -> Any:
    """Enrollments of officers who serve in the agency now: one who has moved is seen by the new agency, and not by the old."""
    return (
        asked.select_from(Enrollment)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .join(Agency, Agency.id == agency_of(Enrollment.officer_id))
        .where(Agency.id == agency_id, seen_by(identity))
    )


# --- Moving to a newer revision -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom a move to a newer revision concerns: by name, with how many of their completed lessons change; and who sits an exam."""

    completed: tuple[tuple[str, int], ...]
    sitting: tuple[str, ...]


def concerned(session: Session, *, offering_id: uuid.UUID, difference: Difference, now: datetime) -> Concerned:
    """Whom a move of the class would concern. Two statements."""
    asked = (
        select(Officer.name, func.count(Completion.lesson_id))
        .join(Enrollment, Enrollment.officer_id == Officer.id)
        .join(Completion, Completion.enrollment_id == Enrollment.id)
        .where(Enrollment.offering_id == offering_id, ~classes.withdrawn(), Completion.lesson_id.in_(difference.concerned))
        .group_by(Officer.id, Officer.name)
        .order_by(Officer.name, Officer.id)
    )
    completed = tuple((name, count) for name, count in session.execute(asked))
    return Concerned(completed, sitting(session, offering_id=offering_id, now=now))


def sitting(session: Session, *, offering_id: uuid.UUID, now: datetime) -> tuple[str, ...]:
    """The officers of a class whose exam is under way, by name."""
    asked = (
        select(Officer.name, AttemptHead.due_at, AttemptHead.paused_at)
        .join(Attempt, Attempt.officer_id == Officer.id)
        .join(AttemptHead, AttemptHead.attempt_id == Attempt.id)
        .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
        .where(Enrollment.offering_id == offering_id, AttemptHead.due_at.is_not(None))
        .order_by(Officer.name)
    )
    return tuple(name for name, due_at, paused_at in session.execute(asked) if timing.is_open(now, due_at, paused_at))
