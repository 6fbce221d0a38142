"""Reading a lesson: signs of life, answers to checks, completion. Every one of them belongs to the officer who acts."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.courses import queries as courses
from lms.enrollments.lessons import lesson_queries, rules
from lms.enrollments.lessons.lesson_queries import LessonAtHand
from lms.enrollments.lessons.rules import ClassState, GateKind
from lms.enrollments.models import CheckAnswer, Completion, Heartbeat
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.ids import new_id


class NoSuchLesson(NotFound):
    """There is no such lesson in an enrollment of this officer."""


class ClassNotRunning(Conflict):
    """Nothing is recorded before the first day of a class or after its last."""


class LessonLocked(Conflict):
    """A lesson before this one is not complete."""


class NoAnswer(Invalid):
    """What was sent is none of the check's choices."""


class ChecksNotPassed(Conflict):
    """A check of the lesson was never answered right."""


class TooLittleTime(Conflict):
    """Less than the course's minimum was actively spent in the lesson."""


REFUSALS: dict[GateKind, type[Conflict]] = {GateKind.CHECKS: ChecksNotPassed, GateKind.TIME: TooLittleTime}


@dataclass(frozen=True, slots=True)
class Spent:
    """What a sign of life earned, and what the lesson has earned in all. In seconds."""

    credited: int
    total: int


def beat(
    session: Session, *, actor: Identity, enrollment_id: uuid.UUID, lesson_id: str, now: datetime, claimed: int | None = None
) -> Spent:
    """Record a sign of life; `claimed` is the active time in seconds that the browser counted, which can only lower the credit.

    Raises NoSuchLesson, ClassNotRunning and LessonLocked.
    """
    lesson = _open_lesson(session, actor=actor, enrollment_id=enrollment_id, lesson_id=lesson_id, now=now)
    return _credit(session, lesson, now=now, claimed=claimed)


def _open_lesson(session: Session, *, actor: Identity, enrollment_id: uuid.UUID, lesson_id: str, now: datetime) -> LessonAtHand:
    _one_at_a_time(session, actor)
    lesson = lesson_queries.lesson_at_hand(session, actor=actor, enrollment_id=enrollment_id, lesson_id=lesson_id, now=now)
    if lesson is None:
        raise NoSuchLesson("There is no such lesson.")
    if lesson.class_state is ClassState.NOT_STARTED:
        raise ClassNotRunning("Your class has not begun. Come back on its first day.")
    if lesson.class_state is ClassState.ENDED:
        raise ClassNotRunning("Your class is over, so nothing more is recorded. Ask whoever runs your program about another class.")
    if lesson.class_state is ClassState.STOPPED:
        raise ClassNotRunning("You withdrew from this class, or it was cancelled, so nothing more is recorded in it.")
    if lesson.is_locked:
        raise LessonLocked("This lesson opens when the lessons before it are complete. Go to your course page and take the next one first.")
    return lesson


def _one_at_a_time(session: Session, actor: Identity) -> None:
    """On PostgreSQL two requests of one officer wait for each other here; SQLite has one writer at a time anyway."""
    session.execute(select(Officer.id).where(Officer.id == actor.officer_id).with_for_update(key_share=True))


def _credit(session: Session, lesson: LessonAtHand, *, now: datetime, claimed: int | None) -> Spent:
    seconds = rules.credit(last=lesson.last_sign, now=now, claimed=claimed, earned=lesson.earned, minutes=lesson.minutes)
    if seconds is None:
        return Spent(0, lesson.earned)
    session.add(Heartbeat(id=new_id(), enrollment_id=lesson.enrollment_id, lesson_id=lesson.lesson_id, at=now, seconds=seconds))
    return Spent(seconds, lesson.earned + seconds)


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a check of understanding."""

    check_id: str
    id: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is said to an answer, as sanitized HTML, whether it was right, and the seconds now earned by the lesson."""

    html: str
    correct: bool
    total: int


def answer_check(
    session: Session,
    *,
    actor: Identity,
    enrollment_id: uuid.UUID,
    lesson_id: str,
    choice: Choice,
    now: datetime,
    claimed: int | None = None,
) -> Feedback:
    """Answer a check of understanding, as often as it takes. The same answer again, or one after the right one, adds no row.

    Raises what `beat` raises, NoSuchLesson for an unknown check, and NoAnswer.
    """
    lesson = _open_lesson(session, actor=actor, enrollment_id=enrollment_id, lesson_id=lesson_id, now=now)
    key = courses.check_key(session, lesson.lesson_hash, choice.check_id)
    if key is None:
        raise NoSuchLesson("There is no such check.")
    if choice.id not in key.feedback:
        raise NoAnswer("Choose one of the answers first.")
    spent = _credit(session, lesson, now=now, claimed=claimed)
    correct = choice.id == key.correct
    before = lesson_queries.answers(session, enrollment_id=enrollment_id, lesson_id=lesson_id).get(choice.check_id)
    if before is None or not (before.passed or before.choice_id == choice.id):
        session.add(
            CheckAnswer(
                id=new_id(),
                enrollment_id=enrollment_id,
                lesson_id=lesson_id,
                check_id=choice.check_id,
                choice_id=choice.id,
                correct=correct,
                at=now,
            )
        )
    return Feedback(key.feedback[choice.id], correct, spent.total)


def complete(
    session: Session, *, actor: Identity, enrollment_id: uuid.UUID, lesson_id: str, now: datetime, claimed: int | None = None
) -> Completion:
    """Complete a lesson: its minutes of reading and practice are credited. A second time changes nothing.

    Raises what `beat` raises, ChecksNotPassed and TooLittleTime; the sign of life stays recorded when the caller keeps the session.
    """
    lesson = _open_lesson(session, actor=actor, enrollment_id=enrollment_id, lesson_id=lesson_id, now=now)
    already = session.get(Completion, (enrollment_id, lesson_id))
    if already is not None:
        return already
    spent = _credit(session, lesson, now=now, claimed=claimed)
    for gate in gates_of(session, lesson, seconds=spent.total):
        if not gate.met:
            raise REFUSALS[gate.kind](f"{gate.label}: {gate.reason}")
    completion = Completion(
        enrollment_id=enrollment_id,
        lesson_id=lesson_id,
        lesson_hash=lesson.lesson_hash,
        credited_minutes=lesson.minutes,
        active_seconds=spent.total,
        at=now,
    )
    session.add(completion)
    _note_completion(session, actor, lesson, completion)
    return completion


def gates_of(session: Session, lesson: LessonAtHand, *, seconds: int) -> tuple[rules.Gate, ...]:
    """The gates of completing `lesson` after `seconds` of active time."""
    given = lesson_queries.answers(session, enrollment_id=lesson.enrollment_id, lesson_id=lesson.lesson_id)
    return rules.completion_gates(
        checks=courses.check_ids(session, lesson.lesson_hash),
        right={check for check, answer in given.items() if answer.passed},
        seconds=seconds,
        minutes=lesson.minutes,
        share=_share(session, lesson),
    )


def _share(session: Session, lesson: LessonAtHand) -> int:
    revision = courses.revision(session, lesson.course_hash)
    return 0 if revision is None else int(revision.manifest["minimum_active_share"])


def _note_completion(session: Session, actor: Identity, lesson: LessonAtHand, completion: Completion) -> None:
    audit.record(
        session,
        actor=actor,
        action="completed a lesson",
        object_type="enrollment",
        object_id=lesson.enrollment_id,
        agency_id=lesson.agency_id,
        details={
            "lesson": lesson.lesson_id,
            "lesson_hash": lesson.lesson_hash,
            "credited_minutes": completion.credited_minutes,
            "active_seconds": completion.active_seconds,
        },
        now=completion.at,
    )
