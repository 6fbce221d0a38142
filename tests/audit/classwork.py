"""The acts in classes and about officers in them, each a valid call by the one whose act it is."""

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.enrollments import queries as class_queries
from lms.enrollments import service as classes
from lms.enrollments.attendance import service as attendance
from lms.enrollments.enrolling import service as enrolling
from lms.enrollments.enrolling.rules import AskedBy
from tests.audit.stage import Act, Scene, Stage
from tests.support.cast import Cast
from tests.support.factories import a_class, a_course, a_nomination, a_plan, an_enrollment

CLASS = "/classes/{offering}"
IN_CLASS = "/enrollments/{enrollment}"
PLAN = {
    "title": "Another name",
    "starts_on": "2026-11-01",
    "ends_on": "2026-12-31",
    "time_zone": "America/New_York",
    "mode": "online",
    "state": "",
    "capacity": "24",
    "day_starts": "08:00",
    "based_on": "1",
    "reason": "Asked for",
}


def acts(who: str, path: str, *, places: int = 24, **fields: Any) -> Scene:
    """Something done in a class that must be attended. `path` and the fields name the class, its one officer, and a nominee not in it."""

    def scene(stage: Stage) -> Act:
        visitor, cast = stage.visitor(who)
        things = stage.made(lambda session: furnish(session, stage, cast, places))
        sent = {name.format(**things): value.format(**things) if isinstance(value, str) else value for name, value in fields.items()}
        return Act(visitor, path.format(**things), sent)

    return scene


def furnish(session: Session, stage: Stage, cast: Cast, places: int) -> dict[str, object]:
    """The class with its officer, and a nominee of the other agency."""
    now = stage.clock.now()
    course = a_course(session, now=now, minutes={"reading": 20, "instruction": 40})
    offering = a_class(session, now=now, course_hash=course)
    enrollment = an_enrollment(session, person=cast.officer, offering_id=offering, now=now)
    if places != 24:
        plan = a_plan(capacity=places)
        classes.change_plan(session, actor=SYSTEM, offering_id=offering, plan=plan, based_on=1, reason="Smaller", now=now)
    newer = a_course(session, now=now, number=2, minutes={"reading": 20, "instruction": 40})
    nominee = a_nomination(session, person=cast.outsider, now=now)
    agencies = {"agency": cast.palmetto, "elsewhere": cast.cedar_falls, "officer": cast.officer.officer}
    return {"offering": offering, "enrollment": enrollment, "nominee": nominee, "newer": newer} | agencies


enrolls = acts("administrator", f"{CLASS}/enrollments", nominations="{nominee}")
waits = acts("administrator", f"{CLASS}/enrollments", nominations="{nominee}", places=1)


def moves_up(stage: Stage) -> Act:
    act = waits(stage)
    act.does()
    offering = act.path.split("/")[2]
    stage.made(lambda session: withdraw_everybody(session, stage, offering))
    return replace(act, path=f"/classes/{offering}/waiting-list/enrollments", fields={})


def withdraw_everybody(session: Session, stage: Stage, offering: str) -> None:
    """Free the places of a class."""
    for row in class_queries.roster(session, offering_id=uuid.UUID(offering)):
        enrolling.withdraw(
            session, actor=SYSTEM, enrollment_id=row.enrollment_id, asked_by=AskedBy.PROGRAM, reason="Left", now=stage.clock.now()
        )


def leaves_the_waiting_list(stage: Stage) -> Act:
    act = waits(stage)
    act.does()
    return replace(act, path=act.path.replace("enrollments", "waiting-list/1/ending"), fields={"reason": "Left"})


records = acts("instructor", f"{CLASS}/attendance/1", places=24, **{"mark-{enrollment}": "present"})


def makes_up(stage: Stage) -> Act:
    scene = acts("instructor", f"{IN_CLASS}/make-ups/1", minutes="30", what="One-to-one instruction", held_on="2026-11-20")
    return scene(stage)


def annuls(stage: Stage) -> Act:
    act = makes_up(stage)
    enrollment = uuid.UUID(act.path.split("/")[2])

    def make(session: Session) -> uuid.UUID:
        done: dict[str, Any] = {"minutes": 30, "what": "One-to-one instruction", "held_on": date(2026, 11, 20)}
        return attendance.make_up(session, actor=SYSTEM, enrollment_id=enrollment, day=1, now=stage.clock.now(), **done)

    return replace(act, path=f"/make-ups/{stage.made(make)}/annulment", fields={"reason": "Not done"})


CLASSWORK: dict[str, tuple[Scene, tuple[str, ...]]] = {
    "enrollments.change_plan": (acts("administrator", f"{CLASS}/plans", places=24, **PLAN), ("changed the plan of a class",)),
    "enrollments.cancel": (acts("administrator", f"{CLASS}/cancellation", reason="No instructor"), ("cancelled a class",)),
    "enrolling.enroll": (enrolls, ("enrolled an officer",)),
    "enrolling.move_up": (moves_up, ("enrolled an officer",)),
    "enrolling.leave_waiting_list": (leaves_the_waiting_list, ("took an officer off a waiting list",)),
    "enrolling.withdraw": (
        acts("administrator", f"{IN_CLASS}/withdrawal", asked_by="the agency", reason="Left the agency"),
        ("withdrew an officer from a class",),
    ),
    "timetable.set_day": (
        acts("instructor", f"{CLASS}/timetable/1", held_on="2026-11-10", starts="09:30", room="Room 4"),
        ("set a day of a timetable",),
    ),
    "attendance.record_day": (records, ("recorded attendance",)),
    "attendance.make_up": (makes_up, ("recorded hours made up",)),
    "attendance.annul_make_up": (annuls, ("annulled hours made up",)),
    "rosters.move": (
        acts("administrator", f"{CLASS}/revision", course="{newer}", reason="The law changed"),
        ("moved a class to a newer revision",),
    ),
    "agencies.move_officer": (
        acts("administrator", "/agencies/{agency}/officers/{officer}/transfer", to="{elsewhere}", reason="Hired there"),
        ("moved an officer to another agency",),
    ),
}
"""Endpoint: how it is called rightly, and the entries that this leaves."""
