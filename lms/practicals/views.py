"""Practical exercises of a class: the grid, an officer's record, rating, deciding, repeating, alarms; and an officer's own results."""

import uuid
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lms.accounts.permissions import Permission
from lms.enrollments import queries as classes
from lms.enrollments.enrolling import queries as enrolling
from lms.enrollments.enrolling.queries import EnrolledOfficer
from lms.enrollments.viewing import class_seen
from lms.kernel.errors import Refusal
from lms.practicals import queries, rules, service
from lms.practicals.forms import AnswerForm, DecisionForm, Line, RatingForm, RepeatForm, given_in, lines_of, lines_sent
from lms.practicals.queries import AlarmRow, Record
from lms.practicals.service import (
    AlreadyDecided,
    AlreadyRated,
    CorrectionNeedsReason,
    DeciderRated,
    NoSuchAlarm,
    NoSuchExercise,
    NothingToDecide,
    NothingToRepeat,
    Rating,
    WrongRating,
)
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("practicals", __name__, template_folder="templates")


@blueprint.get("/classes/<uuid:offering_id>/practicals")
@access(Permission.CLASS_READ)
def grid(offering_id: uuid.UUID) -> ResponseReturnValue:
    """The officers of a class by its practical exercises, and the alarms about them."""
    found, number = class_seen(offering_id), page_asked()
    roster = [row for row in classes.roster(session(), offering_id=offering_id) if row.is_in_class]
    shown = roster[(number - 1) * queries.OFFICERS_PER_PAGE : number * queries.OFFICERS_PER_PAGE]
    return page(
        "practicals/grid.html",
        offering=found,
        exercises=rules.exercises(found.manifest),
        officers=shown,
        standings=queries.class_standings(session(), offering_id=offering_id),
        unrated=rules.Standing(),
        alarms=queries.alarms(session(), offering_id=offering_id),
        number=number,
        pages=pages_of(len(roster), queries.OFFICERS_PER_PAGE),
        manages=current_identity().may(Permission.CLASS_MANAGE),
        rates=current_identity().may(Permission.PRACTICAL_RATE),
    )


def _record(enrollment_id: uuid.UUID, practical_id: str) -> tuple[EnrolledOfficer, str, Record]:
    """An officer's exercise as the person may see it, with the time zone of the class."""
    officer = enrolling.enrolled_officer(session(), enrollment_id=enrollment_id)
    if officer is None:
        raise NoSuchExercise("There is no such officer in a class.")
    offering = class_seen(officer.offering_id)
    found = queries.records(session(), enrollment_id=enrollment_id, manifest=offering.manifest, practical_id=practical_id)
    if not found:
        raise NoSuchExercise("The course of this class has no such practical exercise.")
    return officer, offering.time_zone, found[0].seen_by(current_identity().user_id)


@blueprint.get("/enrollments/<uuid:enrollment_id>/practicals/<practical_id>/record")
@access(Permission.CLASS_READ)
def record(enrollment_id: uuid.UUID, practical_id: str) -> ResponseReturnValue:
    """Everything about an officer in one exercise. Until both raters have given theirs, each sees only their own."""
    officer, zone, found = _record(enrollment_id, practical_id)
    may = current_identity().may
    rates, manages = may(Permission.PRACTICAL_RATE), may(Permission.CLASS_MANAGE)
    mine = found.newest.by(current_identity().user_id)
    return page("practicals/record.html", officer=officer, zone=zone, record=found, mine=mine, rates=rates, manages=manages)


@blueprint.get("/enrollments/<uuid:enrollment_id>/practicals/<practical_id>/rating")
@access(Permission.PRACTICAL_RATE)
def rating(enrollment_id: uuid.UUID, practical_id: str) -> ResponseReturnValue:
    """The form for one's own rating of the newest go, filled with what one gave before."""
    officer, zone, found = _record(enrollment_id, practical_id)
    mine = found.newest.by(current_identity().user_id)
    lines = lines_of(found.newest.rubric, mine.given if mine else {})
    today = now().astimezone(ZoneInfo(zone)).date()
    return _rating(officer, found, lines, RatingForm(data={"held_on": mine.held_on if mine else today}))


@blueprint.post("/enrollments/<uuid:enrollment_id>/practicals/<practical_id>/rating")
@access(Permission.PRACTICAL_RATE)
def rate(enrollment_id: uuid.UUID, practical_id: str) -> ResponseReturnValue:
    """Rate the newest go, or correct one's rating."""
    officer, _, found = _record(enrollment_id, practical_id)
    lines, form = lines_sent(found.newest.rubric, request.form), RatingForm.from_request()
    if not form.validate() or any(line.fault for line in lines):
        return _rating(officer, found, lines, form, status=422)
    sent = Rating(form.held_on.data, given_in(lines), form.reason.data or "")
    try:
        service.rate(session(), actor=current_identity(), enrollment_id=enrollment_id, practical_id=practical_id, rating=sent, now=now())
    except CorrectionNeedsReason as refusal:
        form.reason.errors = [str(refusal)]
        return _rating(officer, found, lines, form, status=422)
    except (WrongRating, AlreadyRated, AlreadyDecided) as refusal:
        form.form_errors.append(str(refusal))
        return _rating(officer, found, lines, form, status=422 if isinstance(refusal, WrongRating) else 409)
    return _back(enrollment_id, practical_id)


def _rating(officer: EnrolledOfficer, found: Record, lines: list[Line], form: RatingForm, *, status: int = 200) -> ResponseReturnValue:
    mine = found.newest.by(current_identity().user_id)
    return page("practicals/rating.html", officer=officer, record=found, lines=lines, form=form, mine=mine, status=status)


def _back(enrollment_id: uuid.UUID, practical_id: str) -> Response:
    return redirect(url_for("practicals.record", enrollment_id=enrollment_id, practical_id=practical_id), 303)


@blueprint.get("/enrollments/<uuid:enrollment_id>/practicals/<practical_id>/decision")
@access(Permission.PRACTICAL_RATE)
def decision(enrollment_id: uuid.UUID, practical_id: str) -> ResponseReturnValue:
    """The form for a third rater's decision, below what the two gave."""
    officer, zone, found = _record(enrollment_id, practical_id)
    return page("practicals/decision.html", officer=officer, zone=zone, record=found, form=DecisionForm())


@blueprint.post("/enrollments/<uuid:enrollment_id>/practicals/<practical_id>/decision")
@access(Permission.PRACTICAL_RATE)
def decide(enrollment_id: uuid.UUID, practical_id: str) -> ResponseReturnValue:
    """Decide where the two raters differ."""
    officer, zone, found = _record(enrollment_id, practical_id)
    form, shown = DecisionForm.from_request(), {"officer": officer, "zone": zone, "record": found}
    if not form.validate():
        return page("practicals/decision.html", **shown, form=form, status=422)
    sent = {"passed": form.passed.data == "yes", "reason": form.reason.data}
    try:
        service.decide(session(), actor=current_identity(), enrollment_id=enrollment_id, practical_id=practical_id, now=now(), **sent)
    except (NothingToDecide, DeciderRated) as refusal:
        form.form_errors.append(str(refusal))
        return page("practicals/decision.html", **shown, form=form, status=_status(refusal))
    return _back(enrollment_id, practical_id)


def _status(refusal: Refusal) -> int:
    return 403 if isinstance(refusal, DeciderRated) else 409


@blueprint.get("/enrollments/<uuid:enrollment_id>/practicals/<practical_id>/repeat")
@access(Permission.CLASS_READ)
def repeat(enrollment_id: uuid.UUID, practical_id: str) -> ResponseReturnValue:
    """The form for a further go after a failure."""
    officer, _, found = _record(enrollment_id, practical_id)
    return page("practicals/repeat.html", officer=officer, record=found, form=RepeatForm())


@blueprint.post("/enrollments/<uuid:enrollment_id>/practicals/<practical_id>/repeat")
@access(Permission.CLASS_READ)
def open_repeat(enrollment_id: uuid.UUID, practical_id: str) -> ResponseReturnValue:
    """Open a further go; beyond the first repeat only the program does."""
    officer, _, found = _record(enrollment_id, practical_id)
    form = RepeatForm.from_request()
    if not form.validate():
        return page("practicals/repeat.html", officer=officer, record=found, form=form, status=422)
    sent = {"practical_id": practical_id, "remediation": form.remediation.data}
    try:
        service.open_repeat(session(), actor=current_identity(), enrollment_id=enrollment_id, now=now(), **sent)
    except NothingToRepeat as refusal:
        form.form_errors.append(str(refusal))
        return page("practicals/repeat.html", officer=officer, record=found, form=form, status=409)
    return _back(enrollment_id, practical_id)


@blueprint.get("/classes/<uuid:offering_id>/practicals/<practical_id>/alarm")
@access(Permission.CLASS_MANAGE)
def alarm(offering_id: uuid.UUID, practical_id: str) -> ResponseReturnValue:
    """The form for what was done about an alarm."""
    return page("practicals/alarm.html", alarm=_alarm(offering_id, practical_id), form=AnswerForm())


@blueprint.post("/classes/<uuid:offering_id>/practicals/<practical_id>/alarm")
@access(Permission.CLASS_MANAGE)
def answer_alarm(offering_id: uuid.UUID, practical_id: str) -> ResponseReturnValue:
    """Answer an alarm with what was done about it."""
    found, form = _alarm(offering_id, practical_id), AnswerForm.from_request()
    if not form.validate():
        return page("practicals/alarm.html", alarm=found, form=form, status=422)
    sent = {"practical_id": practical_id, "what": form.what.data}
    service.answer_alarm(session(), actor=current_identity(), offering_id=offering_id, now=now(), **sent)
    return redirect(url_for("practicals.grid", offering_id=offering_id), 303)


def _alarm(offering_id: uuid.UUID, practical_id: str) -> AlarmRow:
    found = queries.alarms(session(), offering_id=offering_id)
    shown = next((row for row in found if row.practical_id == practical_id and row.is_open), None)
    if shown is None:
        raise NoSuchAlarm("There is no such alarm, or it was answered already.")
    return shown


@blueprint.get("/enrollments/<uuid:enrollment_id>/practical-results")
@access(Permission.COURSE_TAKE)
def own(enrollment_id: uuid.UUID) -> ResponseReturnValue:
    """An officer's own results: each criterion when the go is settled, and what to practice."""
    found = queries.own(session(), actor=current_identity(), enrollment_id=enrollment_id)
    if found is None:
        raise NoSuchExercise("There are no practical exercises of yours here.")
    return page("practicals/own.html", own=found)
