"""An officer's first page: the next step, hours, the exams with their gates, certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.certificates import queries as certificates
from lms.certificates.queries import CertificateRow
from lms.enrollments.attendance.queries import hours_of
from lms.enrollments.hours import HoursAttended
from lms.enrollments.lessons import lesson_queries
from lms.enrollments.lessons import queries as lessons
from lms.enrollments.lessons.queries import ExamRow, Training
from lms.enrollments.lessons.rules import minutes_left
from lms.enrollments.timetable import queries as timetables
from lms.enrollments.timetable.queries import Timetable
from lms.enrollments.timetable.rules import minutes_of, spoken_time
from lms.exams import planning
from lms.exams import rules as exams
from lms.exams.planning import ExamPlan
from lms.exams.retakes import Standing
from lms.home.rules import ExamFacts, NextStep, first_not_passed, next_step
from lms.practicals import queries as practicals
from lms.practicals.rules import Standing as PracticalStanding
from lms.practicals.rules import State as PracticalState
from lms.sittings.queries import Due

ADMISSION = "Admitted by a proctor"
"""The gate that is met in the exam room, when everything else is."""


@dataclass(frozen=True, slots=True)
class GateRow:
    """A condition of an exam, as the component shows it."""

    label: str
    state: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class ExamCard:
    """One exam of a course: where the officer stands in it, and which gates are met."""

    exam: ExamRow
    standing: Standing
    gates: tuple[GateRow, ...]
    is_open: bool
    sitting: Due | None
    """The sitting in which the officer is due, where there is one."""
    zone: str
    """The clock of the class."""
    is_due: bool

    @property
    def is_settled(self) -> bool:
        """Whether nothing more can be done about it."""
        return self.standing in {Standing.PASSED, Standing.DISQUALIFIED}


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A certificate of the officer: its number, the word for its standing, and whether the paper can be had."""

    number: str
    shown: str
    issued_at: datetime
    is_stored: bool


@dataclass(frozen=True, slots=True)
class TodayRow:
    """The training day that is held today: when it begins, and where."""

    number: int
    title: str
    begins: str
    room: str


@dataclass(frozen=True, slots=True)
class PracticalCard:
    """A practical exercise of a course, and where the officer stands in it."""

    title: str
    standing: PracticalStanding


@dataclass(frozen=True, slots=True)
class CourseCard:
    """One course of an officer and the next step in it. `minutes_left` are those of the next lesson."""

    training: Training
    step: NextStep
    minutes_left: int
    exams: tuple[ExamCard, ...]
    papers: tuple[PaperRow, ...]
    today: TodayRow | None
    hours: HoursAttended
    practicals: tuple[PracticalCard, ...]

    @property
    def next_exam(self) -> ExamCard | None:
        """The exam that the next step is about."""
        place = first_not_passed([ExamFacts(card.standing, card.is_open) for card in self.exams])
        return None if place is None else self.exams[place]


def courses_of(session: Session, *, actor: Identity, now: datetime) -> list[CourseCard]:
    """The officer's courses: those in which something can be done first, then the newest class first."""
    if actor.officer_id is None:
        return []
    held = certificates.certificates_of(session, officer_id=actor.officer_id, now=now)
    cards = [_course(session, actor, training, held, now) for training in lessons.trainings(session, actor=actor, now=now)]
    return sorted(cards, key=lambda card: card.step in {NextStep.CLASS_OVER, NextStep.DISQUALIFIED, NextStep.STOPPED})


def _course(session: Session, actor: Identity, training: Training, held: Sequence[CertificateRow], now: datetime) -> CourseCard:
    plans = planning.plans(session, enrollment_id=training.enrollment_id, officer_id=actor.officer_id)
    cards = tuple(_exam(session, plan, exam, now) for plan, exam in zip(plans, training.exams, strict=True))
    papers = tuple(
        PaperRow(row.number, row.shown(now), row.reserved_at, row.is_stored) for row in held if row.enrollment_id == training.enrollment_id
    )
    exercises = _practicals(session, training)
    lesson = training.next_lesson
    spent = 0 if lesson is None else lesson_queries.seconds_spent(session, enrollment_id=training.enrollment_id, lesson_id=lesson.id)
    timetable = timetables.of_officer(session, actor=actor, enrollment_id=training.enrollment_id, now=now) if training.is_running else None
    return CourseCard(
        training=training,
        step=next_step(
            class_state=training.class_state,
            lessons_left=sum(not row.is_complete for row in training.lessons),
            exams=[ExamFacts(card.standing, card.is_open, card.is_due) for card in cards],
            has_paper=any(paper.is_stored for paper in papers),
            practicals_left=sum(one.standing.state is not PracticalState.PASSED for one in exercises),
        ),
        minutes_left=0 if lesson is None else minutes_left(minutes=lesson.online, seconds=spent),
        exams=cards,
        papers=papers,
        today=_today(timetable),
        hours=_hours(session, training, timetable),
        practicals=exercises,
    )


def _practicals(session: Session, training: Training) -> tuple[PracticalCard, ...]:
    if not training.practicals:
        return ()
    found = practicals.standings(session, enrollment_ids=[training.enrollment_id]).get(training.enrollment_id, {})
    return tuple(PracticalCard(one.title, found.get(one.id, PracticalStanding())) for one in training.practicals)


def _today(found: Timetable | None) -> TodayRow | None:
    day = None if found is None else found.today
    return None if day is None else TodayRow(day.number, day.title, spoken_time(minutes_of(day.starts)), day.room)


def _hours(session: Session, training: Training, found: Timetable | None) -> HoursAttended:
    if found is None:
        return HoursAttended(())
    return hours_of(session, manifests={training.enrollment_id: found.offering.manifest})[training.enrollment_id]


def _exam(session: Session, plan: ExamPlan, exam: ExamRow, now: datetime) -> ExamCard:
    tries = planning.all_tries(session, enrollment_id=plan.enrollment_id)
    facts = planning.readiness(session, exam=plan, found=tries, now=now)
    gates = exams.gates(facts)
    rows = tuple(GateRow(gate.name, "met" if gate.met else "not met", gate.why, gate.source) for gate in gates)
    sitting = planning.sitting_of(session, exam=plan, now=now)
    due = all(gate.met for gate in gates if gate.name != ADMISSION)
    return ExamCard(
        exam,
        facts.standing,
        rows,
        is_open=all(gate.met for gate in gates),
        sitting=sitting,
        zone=plan.time_zone,
        is_due=due,
    )
