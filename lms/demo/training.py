"""How officers of the demonstration learn, attend and are examined: through the services, but for signs of life and checks.

Reading a lesson leaves a row a minute, and the demonstration's officers read hundreds of lessons: those rows are written together. The
service that completes the lesson judges them as it judges those of a browser.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.courses import queries as courses
from lms.enrollments import queries as classes
from lms.enrollments.attendance import service as attendance
from lms.enrollments.attendance.rules import Entry, Mark
from lms.enrollments.hours import online_minutes, training_days
from lms.enrollments.lessons import service as lessons
from lms.enrollments.lessons.rules import required_seconds
from lms.enrollments.models import CheckAnswer, Heartbeat
from lms.exams import queries as sheets
from lms.exams import service as exams
from lms.exams import starting
from lms.exams.service import Change
from lms.kernel.ids import new_id, token
from lms.questions import security

PAUSE = timedelta(minutes=12)
A_SIGN = 58
"""Seconds from one sign of life to the next."""


_RIGHT: Final[dict[str, list[tuple[str, str]]]] = {}


class NothingPublished(RuntimeError):
    """The shipped content is published before the demonstration is filled."""


@dataclass(frozen=True, slots=True)
class Learner:
    """An officer in a class."""

    identity: Identity
    enrollment_id: uuid.UUID


def course_of(session: Session, course_id: str) -> courses.CourseRow:
    """The published course."""
    found = courses.head(session, course_id)
    if found is None:
        message = "The shipped courses must be published before the demonstration is filled."
        raise NothingPublished(message)
    return found


def lessons_of(session: Session, course_id: str) -> list[str]:
    """The lessons of a course in the order in which they are taken."""
    manifest = course_of(session, course_id).manifest
    if manifest.get("days"):
        return [lesson for day in manifest["days"] for lesson in day["lessons"]]
    return [lesson["id"] for module in manifest["modules"] for lesson in module["lessons"]]


def studies(session: Session, who: Learner, *, course_id: str, wanted: Collection[str], now: datetime) -> datetime:
    """Read these lessons of the course one after the other from `now` on, answer their checks right and complete them."""
    manifest = course_of(session, course_id).manifest
    known = {lesson["id"]: lesson for module in manifest["modules"] for lesson in module["lessons"]}
    for lesson_id in wanted:
        needed = required_seconds(minutes=online_minutes(known[lesson_id]["minutes"]), share=int(manifest["minimum_active_share"]))
        now = _reads(session, who, lesson_id, seconds=needed, now=now)
        now = _answers(session, who, lesson_id, known[lesson_id]["hash"], now=now)
        lessons.complete(session, actor=who.identity, enrollment_id=who.enrollment_id, lesson_id=lesson_id, now=now)
        session.flush()
        now += PAUSE
    return now


def _reads(session: Session, who: Learner, lesson_id: str, *, seconds: int, now: datetime) -> datetime:
    """Signs of life for so many seconds: the first one earns nothing, and each later one what has passed since."""
    signs: list[dict[str, Any]] = []
    for number in range(-(-seconds // A_SIGN) + 1):
        at = now + timedelta(seconds=number * A_SIGN)
        earned = A_SIGN if number else 0
        signs.append({"id": new_id(), "enrollment_id": who.enrollment_id, "lesson_id": lesson_id, "at": at, "seconds": earned})
    session.execute(insert(Heartbeat), signs)
    last: datetime = signs[-1]["at"]
    return last


def _answers(session: Session, who: Learner, lesson_id: str, lesson_hash: str, *, now: datetime) -> datetime:
    rows: list[dict[str, Any]] = []
    for check_id, choice_id in _right_choices(session, lesson_hash):
        given = {"check_id": check_id, "choice_id": choice_id, "correct": True}
        rows.append({"id": new_id(), "enrollment_id": who.enrollment_id, "lesson_id": lesson_id, "at": now, **given})
        now += timedelta(seconds=20)
    if rows:
        session.execute(insert(CheckAnswer), rows)
    return now


def _right_choices(session: Session, lesson_hash: str) -> list[tuple[str, str]]:
    """(check, right choice) of an edition, read once however many officers take it: an edition never changes."""
    if lesson_hash not in _RIGHT:
        keys = ((check_id, courses.check_key(session, lesson_hash, check_id)) for check_id in courses.check_ids(session, lesson_hash))
        _RIGHT[lesson_hash] = [(check_id, key.correct) for check_id, key in keys if key is not None]
    return _RIGHT[lesson_hash]


def attends(session: Session, *, actor: Identity, offering_id: uuid.UUID, day: int, marks: dict[uuid.UUID, Mark], now: datetime) -> None:
    """Record a training day of a class: whoever came late missed half an hour, whoever was absent all of it."""
    offering = classes.offering(session, offering_id=offering_id, now=now)
    if offering is None:
        return
    whole = next(one.counted for one in training_days(offering.manifest) if one.number == day)
    minutes = {Mark.PRESENT: whole, Mark.LATE: max(1, whole - 30)}
    entries = {one: Entry(mark, minutes.get(mark, 0)) for one, mark in marks.items()}
    attendance.record_day(session, actor=actor, offering_id=offering_id, day=day, entries=entries, reason="", now=now)


def sits(session: Session, who: Learner, *, exam: str, proctor: Identity, right: int, now: datetime) -> tuple[uuid.UUID, datetime]:
    """Take an exam with so many right answers. Returns the attempt, and when it was handed in."""
    security.sign(session, actor=proctor, now=now)
    code = starting.admit(
        session, actor=proctor, enrollment_id=who.enrollment_id, exam_id=exam, identity_document="Agency photo ID", now=now
    )
    attempt = starting.start(session, actor=who.identity, enrollment_id=who.enrollment_id, exam_id=exam, code=code, now=now)
    paper = sheets.sheet(session, actor=who.identity, attempt_id=attempt).paper_hash
    for question in sheets.keys(session, paper_hash=paper):
        now += timedelta(seconds=48)
        exams.note_view(session, attempt_id=attempt, position=question.position, now=now)
        choice = question.key
        if question.position > right:
            shown = sheets.question(session, paper_hash=paper, position=question.position)
            choice = next(one.id for one in shown.choices if one.id != question.key)
        change = Change(question.position, choice, flagged=False, revision=0, key=token())
        exams.answer(session, actor=who.identity, attempt_id=attempt, change=change, now=now)
    exams.submit(session, actor=who.identity, attempt_id=attempt, now=now)
    return attempt, now
