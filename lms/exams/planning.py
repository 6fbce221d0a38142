"""What is known before an exam: its plan, the tries so far, and whether every gate is met."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.agencies.models import Agency
from lms.courses.manifest import lessons_until
from lms.courses.models import CourseLesson, CourseRevision, LessonRevision
from lms.enrollments.hours import online_minutes
from lms.enrollments.models import Completion, Enrollment, Offering
from lms.enrollments.queries import goes_on
from lms.exams import remediation, retakes, timing
from lms.exams.models import (
    Admission,
    AdmissionUse,
    Attempt,
    AttemptHead,
    ExamResult,
    PaperKey,
)
from lms.exams.release_rules import Release
from lms.exams.retakes import Recorded, Result, Scope, Standing, Terms
from lms.exams.rules import Policy, Readiness
from lms.exams.selection import WHOLE, Recipe
from lms.kernel.errors import NotFound
from lms.kernel.ids import digest
from lms.notices.rules import spoken
from lms.sittings import accommodating
from lms.sittings import queries as sittings
from lms.sittings.queries import Due
from lms.sittings.rules import WHOLE_PERCENT, Stage


class NoSuchExam(NotFound):
    """There is no such exam, or it is not this person's."""


@dataclass(frozen=True, slots=True)
class ExamPlan:
    """An exam as an officer's class defines it."""

    enrollment_id: uuid.UUID
    officer_id: uuid.UUID
    agency_id: uuid.UUID
    officer_name: str
    agency_name: str
    offering_id: uuid.UUID
    offering_title: str
    course_hash: str
    course_title: str
    time_zone: str
    starts_on: date
    ends_on: date
    goes_on: bool
    exam_id: str
    bank_id: str
    policy: Policy
    proctored: bool
    recipe: Recipe
    rule: str
    program_model: str
    reference_html: str = ""
    lessons: tuple[str, ...] = ()
    """The lessons before the exam, in a course by days: those of its day and of the days before. Empty where every lesson comes first."""


GRACE_SECONDS = 60
MARKS_APART = 250
"""Two marks may differ by a quarter of the points, where a course says nothing else."""


def plans(session: Session, *, enrollment_id: uuid.UUID, officer_id: uuid.UUID | None) -> list[ExamPlan]:
    """The exams of an officer's own enrollment, in the course's order; none when it is another's."""
    return _plans(session, Enrollment.id == enrollment_id, Enrollment.officer_id == officer_id)


def _plans(session: Session, *conditions: ColumnElement[bool]) -> list[ExamPlan]:
    row = session.execute(
        select(Enrollment, Offering, CourseRevision.title, CourseRevision.manifest, Officer.name, Agency.name, goes_on())
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .join(Agency, Agency.id == Enrollment.agency_id)
        .where(*conditions)
    ).first()
    return [] if row is None else [_plan(row, exam) for exam in row[3]["exams"]]


def _plan(row: Any, exam: Mapping[str, Any]) -> ExamPlan:
    enrollment, offering, course_title, manifest, officer_name, agency_name, still = row
    recipe = recipe_of(exam)
    policy = Policy(
        title=exam["title"],
        seconds=int(exam["minutes"]) * 60,
        grace_seconds=GRACE_SECONDS,
        cut_score=int(exam["cut_score"]),
        retakes=int(exam["retakes"]),
        questions=recipe.count + recipe.pilots,
        retake_scope=scope_of(manifest),
        recorded=manifest.get("recorded_score", Recorded.AS_SCORED),
        pilots=recipe.pilots,
        release=exam.get("release", Release.AT_ONCE),
        second_share=int(exam.get("second_share", 0)),
        marks_apart=int(exam.get("marks_apart", MARKS_APART)),
        calculator=bool(exam.get("calculator", False)),
        full_screen=bool(exam.get("full_screen", False)),
        reference=digest(exam["reference_html"]) if exam.get("reference_html") else "",
    )
    return ExamPlan(
        enrollment_id=enrollment.id,
        officer_id=enrollment.officer_id,
        agency_id=enrollment.agency_id,
        officer_name=officer_name,
        agency_name=agency_name,
        offering_id=offering.id,
        offering_title=offering.title,
        course_hash=offering.course_hash,
        course_title=course_title,
        time_zone=offering.time_zone,
        starts_on=offering.starts_on,
        ends_on=offering.ends_on,
        goes_on=still,
        exam_id=exam["id"],
        bank_id=exam["bank"],
        policy=policy,
        proctored=bool(exam["proctored"]),
        recipe=recipe,
        rule=exam["rule"],
        program_model=manifest["program_model"],
        reference_html=exam.get("reference_html", ""),
        lessons=lessons_until(manifest, exam.get("day", 0)),
    )


def recipe_of(exam: Mapping[str, Any]) -> Recipe:
    """What an exam asks of its papers, as a course revision says it; one from before more could be asked names objectives only."""
    exposure = exam.get("exposure", {})
    return Recipe(
        objectives={str(objective): int(count) for objective, count in exam["specification"].items()},
        difficulty=exam.get("difficulty", {}),
        right_share=exam.get("right_share"),
        pilots=exam.get("pilots", 0),
        shared_share=int(exam["shared_share"]),
        exposure_papers=exposure.get("papers", 0),
        most_exposure=exposure.get("most", WHOLE),
    )


def scope_of(manifest: Mapping[str, Any]) -> Scope:
    """What the number of retakes counts for in a course; a revision from before this was asked says nothing, and means each exam."""
    return Scope(manifest.get("retake_scope", Scope.EXAM))


def plan(session: Session, *, enrollment_id: uuid.UUID, exam_id: str, officer_id: uuid.UUID | None) -> ExamPlan:
    """One exam of an officer's own enrollment. Raises NoSuchExam, also when the enrollment is another officer's."""
    return _of(plans(session, enrollment_id=enrollment_id, officer_id=officer_id), exam_id)


def plan_to_admit(session: Session, *, enrollment_id: uuid.UUID, exam_id: str) -> ExamPlan:
    """One exam of anybody's enrollment, for the proctor who admits to it. Raises NoSuchExam."""
    return _of(_plans(session, Enrollment.id == enrollment_id), exam_id)


def own_policy(session: Session, *, exam: ExamPlan, sitting: Due | None, now: datetime) -> Policy:
    """The rule of the exam as it counts for its officer now: with the accommodation in force, within the window of the sitting."""
    found = accommodating.granted(session, officer_ids=[exam.officer_id], now=now).get(exam.officer_id, accommodating.NOTHING)
    granted = timing.Accommodation(found.percent * timing.WHOLE_FACTOR // WHOLE_PERCENT, found.extra_minutes, found.rest_minutes)
    return timing.accommodated(exam.policy, granted, window_end=None if sitting is None else sitting.plan.closes_at)


def _of(found: list[ExamPlan], exam_id: str) -> ExamPlan:
    chosen = next((one for one in found if one.exam_id == exam_id), None)
    if chosen is None:
        raise NoSuchExam("There is no such exam.")
    return chosen


@dataclass(frozen=True, slots=True)
class TryRow:
    """One attempt of an officer at an exam. `result` is empty while it is open."""

    attempt_id: uuid.UUID
    exam_id: str
    ordinal: int
    started_at: datetime
    paper_hash: str
    policy: Policy
    due_at: datetime | None
    paused_at: datetime | None
    passed: bool | None
    score: int | None
    closed_at: datetime | None
    voided: bool

    @property
    def waits(self) -> bool:
        """Whether it is closed and its result is not out yet."""
        return self.passed is None and self.due_at is None


def tries(session: Session, *, enrollment_id: uuid.UUID, exam_id: str) -> list[TryRow]:
    """The attempts of an enrollment at an exam, in order."""
    return [one for one in all_tries(session, enrollment_id=enrollment_id) if one.exam_id == exam_id]


def all_tries(session: Session, *, enrollment_id: uuid.UUID) -> list[TryRow]:
    """The attempts of an enrollment at every exam of its course, in order."""
    rows = session.execute(
        select(Attempt, AttemptHead, ExamResult)
        .join(AttemptHead, AttemptHead.attempt_id == Attempt.id)
        .outerjoin(ExamResult, ExamResult.attempt_id == Attempt.id)
        .where(Attempt.enrollment_id == enrollment_id)
        .order_by(Attempt.created_at, Attempt.ordinal)
    )
    return [
        TryRow(
            attempt_id=attempt.id,
            exam_id=attempt.exam_id,
            ordinal=attempt.ordinal,
            started_at=attempt.created_at,
            paper_hash=attempt.paper_hash,
            policy=Policy(**attempt.policy),
            due_at=head.due_at,
            paused_at=head.paused_at,
            passed=result.passed if result else None,
            score=result.score if result else None,
            closed_at=result.closed_at if result else None,
            voided=bool(result and result.voided),
        )
        for attempt, head, result in rows
    ]


def results_of(found: Iterable[TryRow]) -> list[Result]:
    """The results among these tries; a voided one is as if it had not been."""
    return [Result(one.exam_id, passed=bool(one.passed)) for one in found if one.passed is not None and not one.voided]


def standing_of(found: Sequence[TryRow], *, exam_id: str, terms: Terms) -> Standing:
    """The standing in an exam that the tries at every exam of the course give."""
    undecided = [one for one in found if one.exam_id == exam_id and one.passed is None]
    waiting = any(one.waits for one in undecided)
    return retakes.standing(
        results_of(found), exam_id=exam_id, terms=terms, open_attempt=any(not one.waits for one in undecided), waiting=waiting
    )


def readiness(session: Session, *, exam: ExamPlan, found: Sequence[TryRow], now: datetime) -> Readiness:
    """Everything that decides whether the exam may be started. `found`: the tries at every exam of the course."""
    required = _required(session, exam=exam)
    asked = select(Completion.lesson_id, Completion.credited_minutes).where(Completion.enrollment_id == exam.enrollment_id)
    done = {lesson_id: credited for lesson_id, credited in session.execute(asked) if lesson_id in required}
    standing = standing_of(found, exam_id=exam.exam_id, terms=exam.policy.terms)
    today = now.astimezone(ZoneInfo(exam.time_zone)).date()
    sitting = sitting_of(session, exam=exam, now=now)
    return Readiness(
        lessons_done=len(done),
        lessons=len(required),
        minutes_done=sum(done.values()),
        minutes=sum((required | done).values()),
        running=exam.goes_on and exam.starts_on <= today <= exam.ends_on,
        standing=standing,
        proctored=exam.proctored,
        admitted=_admitted(session, exam, sitting, now),
        terms=exam.policy.terms,
        failed=retakes.failures(results_of(found), exam_id=exam.exam_id, terms=exam.policy.terms),
        reviewed=_reviewed(session, exam, found) if standing is Standing.RETAKE_OFFERED else None,
        program_model=exam.program_model,
        sitting=None if sitting is None else _window(sitting, exam.time_zone),
        sitting_is_open=sitting is not None and sitting.stage is Stage.OPEN,
    )


def sitting_of(session: Session, *, exam: ExamPlan, now: datetime) -> Due | None:
    """The sitting in which the exam's officer is due: the open one, or the next; None where the officer has a place in none."""
    return sittings.due(session, enrollment_id=exam.enrollment_id, now=now).get(exam.exam_id)


def _admitted(session: Session, exam: ExamPlan, sitting: Due | None, now: datetime) -> bool:
    if sitting is not None:
        return sitting.checked
    return bool(open_admissions(session, enrollment_id=exam.enrollment_id, exam_id=exam.exam_id, now=now))


def _window(sitting: Due, zone: str) -> str:
    opens, closes = spoken(sitting.plan.opens_at, zone), spoken(sitting.plan.closes_at, zone)
    return f"It may be started from {opens} until {closes}. Where: {sitting.plan.place}."


def _reviewed(session: Session, exam: ExamPlan, found: Sequence[TryRow]) -> bool | None:
    """Whether the newest failure was reviewed, in a training with one remedial exam in all: its agreement asks for the review."""
    if exam.policy.terms.scope is not Scope.COURSE:
        return None
    failed = [one.attempt_id for one in found if one.exam_id == exam.exam_id and one.passed is False and not one.voided]
    return remediation.is_reviewed(session, attempt_id=failed[-1])


def _required(session: Session, *, exam: ExamPlan) -> dict[str, int]:
    """The minutes that completing each lesson before the exam credits; a complete one asks for those of the edition it was completed on."""
    asked = (
        select(CourseLesson.lesson_id, LessonRevision.minutes)
        .join(CourseLesson, CourseLesson.lesson_hash == LessonRevision.hash)
        .where(CourseLesson.course_hash == exam.course_hash)
    )
    if exam.lessons:
        asked = asked.where(CourseLesson.lesson_id.in_(exam.lessons))
    return {lesson_id: online_minutes(minutes) for lesson_id, minutes in session.execute(asked)}


def open_admissions(session: Session, *, enrollment_id: uuid.UUID, exam_id: str, now: datetime) -> list[Admission]:
    """Admissions that were neither used nor have expired, the newest first."""
    used = exists().where(AdmissionUse.admission_id == Admission.id)
    return list(
        session.scalars(
            select(Admission)
            .where(Admission.enrollment_id == enrollment_id, Admission.exam_id == exam_id, Admission.expires_at > now, ~used)
            .order_by(Admission.admitted_at.desc())
        )
    )


def drawn_questions(session: Session, *, paper_hashes: Sequence[str]) -> frozenset[str]:
    """The questions that stood in these papers, by hash."""
    return frozenset(session.scalars(select(PaperKey.question_hash).where(PaperKey.paper_hash.in_(paper_hashes))))
