"""Attendance of a class: who owes hours, the sheet of a day, and hours made up."""

import uuid
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.enrollments import queries as classes
from lms.enrollments.attendance import queries, service
from lms.enrollments.attendance.forms import AnnulmentForm, CorrectionForm, Line, MakeUpForm, sheet_of, sheet_sent
from lms.enrollments.attendance.rules import MARK_LABELS, Mark
from lms.enrollments.attendance.service import CannotMakeUp, CorrectionNeedsReason, NotInClass
from lms.enrollments.enrolling import queries as enrolling
from lms.enrollments.enrolling.queries import EnrolledOfficer
from lms.enrollments.hours import DayHours, hours_of_day
from lms.enrollments.queries import RosterRow
from lms.enrollments.timetable import queries as timetables
from lms.enrollments.timetable.queries import Timetable
from lms.enrollments.timetable.rules import Day
from lms.enrollments.timetable.service import NoSuchDay
from lms.enrollments.viewing import class_seen
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("attendance", __name__, template_folder="templates")


@blueprint.get("/classes/<uuid:offering_id>/attendance")
@access(Permission.CLASS_READ)
def attendance(offering_id: uuid.UUID) -> ResponseReturnValue:
    """The attendance of a class: its days, who owes hours, what was made up."""
    found = class_seen(offering_id)
    roster = _roster(offering_id)
    return page(
        "attendance/attendance.html",
        offering=found,
        roster=roster,
        hours=queries.hours_of(session(), manifests={row.enrollment_id: found.manifest for row in roster}),
        timetable=timetables.timetable(session(), offering=found, now=now()),
        days=queries.recorded_days(session(), offering_id=offering_id),
        made_up=queries.make_ups(session(), offering_id=offering_id),
        records=current_identity().may(Permission.ATTENDANCE_RECORD),
    )


def _roster(offering_id: uuid.UUID) -> list[RosterRow]:
    return [row for row in classes.roster(session(), offering_id=offering_id) if row.is_in_class]


@blueprint.get("/classes/<uuid:offering_id>/attendance/<int:day>")
@access(Permission.ATTENDANCE_RECORD)
def sheet(offering_id: uuid.UUID, day: int) -> ResponseReturnValue:
    """The sheet of a training day: every officer of the class on one page."""
    timetable, one = _day(offering_id, day)
    recorded = queries.recorded_on(session(), offering_id=offering_id, day=day)
    preset = Mark.PRESENT.value if request.args.get("everyone") == "present" else ""
    lines = sheet_of(_roster(offering_id), recorded, preset=preset)
    return _sheet(timetable, one, lines, CorrectionForm())


@blueprint.post("/classes/<uuid:offering_id>/attendance/<int:day>")
@access(Permission.ATTENDANCE_RECORD)
def record_day(offering_id: uuid.UUID, day: int) -> ResponseReturnValue:
    """Record the attendance of a training day, or correct it."""
    timetable, one = _day(offering_id, day)
    recorded = queries.recorded_on(session(), offering_id=offering_id, day=day)
    lines, form = sheet_sent(_roster(offering_id), recorded, request.form, whole=one.course_day.counted), CorrectionForm.from_request()
    if not form.validate() or any(line.fault for line in lines):
        return _sheet(timetable, one, lines, form, status=422)
    sent: dict[str, Any] = {"entries": {line.enrollment_id: line.entry for line in lines if line.entry}, "reason": form.reason.data or ""}
    try:
        service.record_day(session(), actor=current_identity(), offering_id=offering_id, day=day, now=now(), **sent)
    except CorrectionNeedsReason as refusal:
        form.reason.errors = [str(refusal)]
        return _sheet(timetable, one, lines, form, status=422)
    return redirect(url_for("attendance.attendance", offering_id=offering_id), 303)


def _day(offering_id: uuid.UUID, number: int) -> tuple[Timetable, Day]:
    timetable = timetables.timetable(session(), offering=class_seen(offering_id), now=now())
    one = timetable.day(number)
    if one is None:
        raise NoSuchDay("This course has no such day.")
    return timetable, one


def _sheet(timetable: Timetable, one: Day, lines: list[Line], form: CorrectionForm, *, status: int = 200) -> ResponseReturnValue:
    has_come = one.held_on is not None and (one.number in timetable.over or one == timetable.today)
    shown = {"offering": timetable.offering, "day": one, "lines": lines, "form": form, "has_come": has_come, "marks": MARK_LABELS}
    return page("attendance/sheet.html", status=status, **shown)


@blueprint.get("/enrollments/<uuid:enrollment_id>/make-ups/<int:day>")
@access(Permission.ATTENDANCE_RECORD)
def new_make_up(enrollment_id: uuid.UUID, day: int) -> ResponseReturnValue:
    """The form for hours of a training day that an officer made up."""
    officer, hours = _owing(enrollment_id, day)
    return page("attendance/make_up.html", officer=officer, hours=hours, form=MakeUpForm(data={"minutes": hours.owed}))


@blueprint.post("/enrollments/<uuid:enrollment_id>/make-ups/<int:day>")
@access(Permission.ATTENDANCE_RECORD)
def make_up(enrollment_id: uuid.UUID, day: int) -> ResponseReturnValue:
    """Record hours made up."""
    officer, hours = _owing(enrollment_id, day)
    form = MakeUpForm.from_request()
    if not form.validate():
        return page("attendance/make_up.html", officer=officer, hours=hours, form=form, status=422)
    sent = {"minutes": form.minutes.data, "what": form.what.data, "held_on": form.held_on.data}
    try:
        service.make_up(session(), actor=current_identity(), enrollment_id=enrollment_id, day=day, now=now(), **sent)
    except CannotMakeUp as refusal:
        form.form_errors.append(str(refusal))
        return page("attendance/make_up.html", officer=officer, hours=hours, form=form, status=422)
    return redirect(url_for("attendance.attendance", offering_id=officer.offering_id), 303)


def _owing(enrollment_id: uuid.UUID, day: int) -> tuple[EnrolledOfficer, DayHours]:
    officer = enrolling.enrolled_officer(session(), enrollment_id=enrollment_id)
    if officer is None or officer.withdrawn_at is not None:
        raise NotInClass("There is no such officer in this class.")
    manifest = class_seen(officer.offering_id).manifest
    hours = hours_of_day(queries.hours_of(session(), manifests={enrollment_id: manifest})[enrollment_id], manifest, day)
    if hours is None:
        raise NoSuchDay("This course has no such day.")
    return officer, hours


@blueprint.get("/make-ups/<uuid:make_up_id>/annulment")
@access(Permission.ATTENDANCE_RECORD)
def annulment(make_up_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why hours made up count no more."""
    return page("attendance/annulment.html", made_up=_made_up(make_up_id), form=AnnulmentForm())


@blueprint.post("/make-ups/<uuid:make_up_id>/annulment")
@access(Permission.ATTENDANCE_RECORD)
def annul_make_up(make_up_id: uuid.UUID) -> ResponseReturnValue:
    """Let hours made up count no more."""
    made_up, form = _made_up(make_up_id), AnnulmentForm.from_request()
    if not form.validate():
        return page("attendance/annulment.html", made_up=made_up, form=form, status=422)
    offering_id = service.annul_make_up(session(), actor=current_identity(), make_up_id=make_up_id, reason=form.reason.data, now=now())
    return redirect(url_for("attendance.attendance", offering_id=offering_id), 303)


def _made_up(make_up_id: uuid.UUID) -> queries.MakeUpRow:
    found = queries.make_up(session(), make_up_id=make_up_id)
    if found is None:
        raise service.NoSuchMakeUp("There is no such make-up that counts.")
    return found
