"""The timetable of a class for its staff and for its officers, and setting a day of it."""

import uuid
from datetime import time

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.agencies.rules import TIME_ZONES
from lms.enrollments.attendance import queries as attendance
from lms.enrollments.timetable import queries, service
from lms.enrollments.timetable.forms import DayForm
from lms.enrollments.timetable.queries import Timetable
from lms.enrollments.timetable.rules import Day, minutes_of, spoken_time
from lms.enrollments.timetable.service import NoSuchDay, WrongDay
from lms.enrollments.viewing import class_seen
from lms.kernel.errors import NotFound
from lms.web.guard import access, current_identity
from lms.web.pages import page
from lms.web.transaction import now, session

blueprint = Blueprint("timetable", __name__, template_folder="templates")


@blueprint.get("/classes/<uuid:offering_id>/timetable")
@access(Permission.CLASS_READ)
def timetable(offering_id: uuid.UUID) -> ResponseReturnValue:
    """The timetable of a class, for its staff and for print."""
    found = queries.timetable(session(), offering=class_seen(offering_id), now=now())
    sets = current_identity().may(Permission.ATTENDANCE_RECORD)
    return page("timetable/timetable.html", timetable=found, sets=sets, zones=TIME_ZONES, spoken_time=spoken_time)


@blueprint.get("/classes/<uuid:offering_id>/timetable/<int:day>")
@access(Permission.ATTENDANCE_RECORD)
def day(offering_id: uuid.UUID, day: int) -> ResponseReturnValue:
    """The form for one training day."""
    found, one = _day(offering_id, day)
    begins = divmod(minutes_of(one.starts), 60)
    form = DayForm(data={"held_on": one.held_on if one.is_set else None, "starts": time(*begins), "room": one.room})
    return page("timetable/day.html", timetable=found, day=one, form=form)


@blueprint.post("/classes/<uuid:offering_id>/timetable/<int:day>")
@access(Permission.ATTENDANCE_RECORD)
def set_day(offering_id: uuid.UUID, day: int) -> ResponseReturnValue:
    """Say when and where a training day is held."""
    found, one = _day(offering_id, day)
    form = DayForm.from_request()
    if not form.validate():
        return page("timetable/day.html", timetable=found, day=one, form=form, status=422)
    sent = {"held_on": form.held_on.data, "starts": form.starts.data.strftime("%H:%M"), "room": form.room.data or ""}
    try:
        service.set_day(session(), actor=current_identity(), offering_id=offering_id, day=day, now=now(), **sent)
    except WrongDay as refusal:
        form.held_on.errors = [str(refusal)]
        return page("timetable/day.html", timetable=found, day=one, form=form, status=422)
    return redirect(url_for("timetable.timetable", offering_id=offering_id), 303)


def _day(offering_id: uuid.UUID, number: int) -> tuple[Timetable, Day]:
    found = queries.timetable(session(), offering=class_seen(offering_id), now=now())
    one = found.day(number)
    if one is None:
        raise NoSuchDay("This course has no such day.")
    return found, one


@blueprint.get("/enrollments/<uuid:enrollment_id>/timetable")
@access(Permission.COURSE_TAKE)
def own(enrollment_id: uuid.UUID) -> ResponseReturnValue:
    """An officer's own timetable, with today's day first and what is recorded of each."""
    found = queries.of_officer(session(), actor=current_identity(), enrollment_id=enrollment_id, now=now())
    if found is None:
        raise NotFound("There is no such class.")
    return page(
        "timetable/own.html",
        timetable=found,
        enrollment_id=enrollment_id,
        zones=TIME_ZONES,
        spoken_time=spoken_time,
        hours=attendance.hours_of(session(), manifests={enrollment_id: found.offering.manifest})[enrollment_id],
        recorded=attendance.days_of(session(), enrollment_id=enrollment_id),
        made_up=attendance.make_ups(session(), enrollment_id=enrollment_id),
    )
