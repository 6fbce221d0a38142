"""Training taken in another class, credited in a class of the whole course: lessons completed, and days attended (R-25)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.courses.manifest import lessons_of
from lms.courses.models import CourseLesson, CourseRevision
from lms.enrollments.attendance.queries import hours_of
from lms.enrollments.hours import HoursAttended, training_days
from lms.enrollments.models import Completion, Enrollment, MakeUp, Offering
from lms.kernel.errors import NotFound
from lms.kernel.ids import new_id


def carry(session: Session, *, actor: Identity, enrollment: Enrollment, now: datetime) -> None:
    """Credit here what the officer did in other classes: lessons of the very editions, and hours in person on days attended."""
    offering = session.get(Offering, enrollment.offering_id)
    if offering is None:
        raise NotFound("There is no such class.")
    _carry_lessons(session, actor, enrollment, offering, now)
    _carry_hours(session, actor, enrollment, offering, now)


def _carry_lessons(session: Session, actor: Identity, enrollment: Enrollment, offering: Offering, now: datetime) -> None:
    """Lessons count as they were completed then."""
    held = select(CourseLesson.lesson_id, CourseLesson.lesson_hash).where(CourseLesson.course_hash == offering.course_hash)
    taught = {row[0]: row[1] for row in session.execute(held)}
    rows = session.scalars(
        select(Completion)
        .join(Enrollment, Enrollment.id == Completion.enrollment_id)
        .where(Enrollment.officer_id == enrollment.officer_id)
        .order_by(Completion.at)
    ).all()
    there = {row.lesson_id for row in rows if row.enrollment_id == enrollment.id}
    carried: dict[str, Completion] = {}
    for row in rows:
        if row.lesson_id not in there and taught.get(row.lesson_id) == row.lesson_hash:
            carried.setdefault(row.lesson_id, row)
    for row in carried.values():
        spent = {"credited_minutes": row.credited_minutes, "active_seconds": row.active_seconds, "at": row.at}
        session.add(Completion(enrollment_id=enrollment.id, lesson_id=row.lesson_id, lesson_hash=row.lesson_hash, **spent))
    if carried:
        _tell(session, actor, "credited lessons completed in another class", enrollment, now, lessons=sorted(carried))


def _carry_hours(session: Session, actor: Identity, enrollment: Enrollment, offering: Offering, now: datetime) -> None:
    """Hours of instruction and laboratory are credited as made up on the day to which they belong here, once."""
    attended = _attended(session, enrollment)
    if not attended:
        return
    manifest = session.get_one(CourseRevision, offering.course_hash).manifest
    known, own = _editions(manifest), hours_of(session, manifests={enrollment.id: manifest})[enrollment.id]
    credited: dict[str, int] = {}
    for day in training_days(manifest):
        minutes = sum(part.required for part in day.parts if known.get(part.id) in attended)
        recorded = next((one for one in own.days if one.day == day.number), None)
        if minutes and recorded is not None and recorded.attended is None and not recorded.made_up:
            titles = "; ".join(sorted({attended[known[part.id]] for part in day.parts if known.get(part.id) in attended}))
            held_on = now.astimezone(ZoneInfo(offering.time_zone)).date()
            facts = {"day": day.number, "minutes": minutes, "what": f"Attended in another class: {titles}", "held_on": held_on}
            session.add(MakeUp(id=new_id(), enrollment_id=enrollment.id, **facts, recorded_by=actor.user_id, recorded_at=now))
            credited[str(day.number)] = minutes
    if credited:
        _tell(session, actor, "credited hours attended in another class", enrollment, now, minutes_by_day=credited)


def _attended(session: Session, enrollment: Enrollment) -> Mapping[str, str]:
    """The editions of lessons on days of which the officer owes nothing in other classes, with the title of that class."""
    asked = (
        select(Enrollment.id, Offering.title, CourseRevision.manifest)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(CourseRevision, CourseRevision.hash == Offering.course_hash)
        .where(Enrollment.officer_id == enrollment.officer_id, Enrollment.id != enrollment.id)
    )
    rows = session.execute(asked).all()
    hours = hours_of(session, manifests={row[0]: row[2] for row in rows})
    found: dict[str, str] = {}
    for enrollment_id, title, manifest in rows:
        known = _editions(manifest)
        for lesson_id in _lessons_attended(manifest, hours[enrollment_id]):
            found.setdefault(known[lesson_id], title)
    return found


def _lessons_attended(manifest: Mapping[str, Any], hours: HoursAttended) -> list[str]:
    settled = {one.day for one in hours.days if not one.owed}
    days = (day for day in training_days(manifest) if day.number in settled)
    return [part.id for day in days for part in day.parts if part.kind == "lesson" and part.required]


def _editions(manifest: Mapping[str, Any]) -> Mapping[str, str]:
    return {lesson["id"]: lesson["hash"] for lesson in lessons_of(manifest)}


def _tell(session: Session, actor: Identity, action: str, enrollment: Enrollment, now: datetime, **details: object) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="enrollment",
        object_id=enrollment.id,
        agency_id=enrollment.agency_id,
        details=details,
        now=now,
    )
