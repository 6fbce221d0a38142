"""An officer's course page and lesson pages, and what a lesson page sends: signs of life, answers, completion."""

import uuid
from typing import Any

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts import notice
from lms.accounts import queries as accounts
from lms.accounts.permissions import Permission
from lms.courses import queries as courses
from lms.enrollments.lessons import lesson_queries, queries, rules, service
from lms.enrollments.lessons.reading import Reading, reading
from lms.enrollments.lessons.rules import ClassState
from lms.enrollments.lessons.service import ChecksNotPassed, Choice, NoAnswer, NoSuchLesson, TooLittleTime
from lms.web.errors import wants_json
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("lessons", __name__, template_folder="templates")


@blueprint.get("/enrollments/<uuid:enrollment_id>")
@access(Permission.COURSE_TAKE)
def course(enrollment_id: uuid.UUID) -> ResponseReturnValue:
    """The course: modules, lessons with their state, hours banked, the exam at the end."""
    training = queries.training(session(), actor=current_identity(), enrollment_id=enrollment_id, now=now())
    if training is None:
        raise NoSuchLesson("There is no such course.")
    next_lesson = training.next_lesson
    spent = lesson_queries.seconds_spent(session(), enrollment_id=enrollment_id, lesson_id=next_lesson.id) if next_lesson else 0
    left = rules.minutes_left(minutes=next_lesson.online, seconds=spent) if next_lesson else 0
    return page("lessons/course.html", training=training, next_lesson=next_lesson, minutes_left=left, hours=rules.hours)


@blueprint.get("/enrollments/<uuid:enrollment_id>/lessons/<lesson_id>")
@access(Permission.COURSE_TAKE)
def lesson(enrollment_id: uuid.UUID, lesson_id: str) -> ResponseReturnValue:
    """A lesson, once the officer has read what is recorded. Reading it writes nothing."""
    actor = current_identity()
    found = reading(session(), actor=actor, enrollment_id=enrollment_id, lesson_id=lesson_id, now=now())
    if found is None:
        raise NoSuchLesson("There is no such lesson.")
    if not accounts.has_read_notice(session(), user_id=actor.user_id, edition=notice.EDITION):
        return redirect(url_for("accounts.privacy", next=request.path), 303)
    if found.is_closed:
        return page("lessons/locked.html", status=403, training=found.training, lesson=found.lesson)
    return page(
        "lessons/lesson.html",
        reading=found,
        previous=_link(found, -1),
        next=_link(found, 1),
        unanswered=request.args.get("unanswered", ""),
        refused="refused" in request.args and not found.may_complete,
        spoken=rules.spoken,
    )


@blueprint.get("/enrollments/<uuid:enrollment_id>/practicals/<practical_id>")
@access(Permission.COURSE_TAKE)
def practical(enrollment_id: uuid.UUID, practical_id: str) -> ResponseReturnValue:
    """The sheet of a practical exercise, in the edition that the class is pinned to. What is for staff is not on it."""
    training = queries.training(session(), actor=current_identity(), enrollment_id=enrollment_id, now=now())
    place = None if training is None else next((row for row in training.practicals if row.id == practical_id), None)
    found = None if place is None else courses.practical(session(), place.hash)
    if training is None or found is None or training.class_state is ClassState.NOT_STARTED:
        raise NoSuchLesson("There is no such practical exercise, or your class has not begun.")
    return page("lessons/practical.html", training=training, practical=found)


def _link(shown: Reading, steps: int) -> tuple[str, str] | None:
    """A neighboring lesson as (title, address)."""
    found = shown.neighbor(steps)
    return None if found is None else (found.title, _address(shown.training.enrollment_id, found.id))


def _address(enrollment_id: uuid.UUID, lesson_id: str, **parts: str) -> str:
    values: dict[str, Any] = {"enrollment_id": enrollment_id, "lesson_id": lesson_id, **parts}
    return url_for("lessons.lesson", **values)


@blueprint.post("/enrollments/<uuid:enrollment_id>/lessons/<lesson_id>/beats")
@access(Permission.COURSE_TAKE)
def beat(enrollment_id: uuid.UUID, lesson_id: str) -> ResponseReturnValue:
    """A sign of life: sent by the page's script, or by the button that stands in for it."""
    spent = service.beat(
        session(), actor=current_identity(), enrollment_id=enrollment_id, lesson_id=lesson_id, now=now(), claimed=_claimed()
    )
    if wants_json():
        return jsonify(spent=spent.total)
    return _back(enrollment_id, lesson_id, "finish")


@blueprint.post("/enrollments/<uuid:enrollment_id>/lessons/<lesson_id>/checks/<check_id>/answers")
@access(Permission.COURSE_TAKE)
def answer(enrollment_id: uuid.UUID, lesson_id: str, check_id: str) -> ResponseReturnValue:
    """An answer to a check of understanding; the feedback is shown in place, or on the page one comes back to."""
    try:
        feedback = service.answer_check(
            session(),
            actor=current_identity(),
            enrollment_id=enrollment_id,
            lesson_id=lesson_id,
            choice=Choice(check_id, request.form.get("choice", "")),
            now=now(),
            claimed=_claimed(),
        )
    except NoAnswer:
        if wants_json():
            raise
        return _back(enrollment_id, lesson_id, f"check-{check_id}", unanswered=check_id)
    if wants_json():
        return jsonify(correct=feedback.correct, feedback=feedback.html, spent=feedback.total)
    return _back(enrollment_id, lesson_id, f"check-{check_id}")


@blueprint.post("/enrollments/<uuid:enrollment_id>/lessons/<lesson_id>/completion")
@access(Permission.COURSE_TAKE)
def complete(enrollment_id: uuid.UUID, lesson_id: str) -> ResponseReturnValue:
    """Complete the lesson, or come back to the gates that say what is missing; the sign of life counts either way."""
    try:
        service.complete(
            session(), actor=current_identity(), enrollment_id=enrollment_id, lesson_id=lesson_id, now=now(), claimed=_claimed()
        )
    except (ChecksNotPassed, TooLittleTime):
        if wants_json():
            raise
        return _back(enrollment_id, lesson_id, "finish", refused="yes")
    return _back(enrollment_id, lesson_id, "finish")


def _claimed() -> int | None:
    """Active seconds that the page's script counted; None when the form was sent without it."""
    return request.form.get("elapsed", None, int)


def _back(enrollment_id: uuid.UUID, lesson_id: str, anchor: str, **marks: str) -> ResponseReturnValue:
    return redirect(_address(enrollment_id, lesson_id, _anchor=anchor, **marks), 303)
