"""The acts about sittings and accommodations, each a valid call by the one whose act it is."""

import uuid
from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.sittings import accommodating
from lms.sittings.accommodating import Asked
from lms.sittings.rules import Category, Grant
from tests.audit.stage import Act, Scene, Stage
from tests.sittings.ground import Ground, sits
from tests.support.browser import Visitor
from tests.support.cast import FAST_HASH
from tests.support.exam_room import EXAM
from tests.support.exam_room import furnish as furnish_exam

SITTING = "/sittings/{sitting}"
OFFICER = "/sittings/{sitting}/officers/{enrollment}"
DOOR = "/sittings/{sitting}/door/{enrollment}"
WINDOW = {"day": "2026-11-22", "opens": "06:00", "closes": "12:00", "mode": "room", "place": "Room 9", "capacity": "5"}
GRANTED = {"percent": "150", "category": "disability", "approved_by": "Ana Ortiz", "starts_on": "2026-11-22"}
NOTHING: Mapping[str, str] = {}
CHECKED = {"document": "Passport", "checked": "y"}


def _ground(session: Session, stage: Stage, *, people: bool) -> Ground:
    now = stage.clock.now()
    room = furnish_exam(session, now=now)
    session.execute(update(User).values(password_hash=FAST_HASH))
    return sits(session, room, now=now, named=people, placed=people)


def acts(who: str, path: str, fields: Mapping[str, str] = NOTHING, *, people: bool = True, ticket: bool = False) -> Scene:
    """Something done about a sitting by its planner or its proctor; without `people` it has neither officer nor proctor."""

    def scene(stage: Stage) -> Act:
        def make(session: Session) -> tuple[Ground, uuid.UUID, uuid.UUID]:
            ground, now = _ground(session, stage, people=people), stage.clock.now()
            officer_id = ground.room.officer.officer_id
            assert officer_id is not None
            asked = Asked(Grant(150), Category.OTHER, "Ana Ortiz", now)
            granted = accommodating.grant(session, actor=ground.planner, officer_id=officer_id, asked=asked, now=now)
            if ticket:
                ground.ticket(session, now=now)
            return ground, officer_id, granted

        ground, officer_id, granted = stage.made(make)
        person = ground.planner if who == "planner" else ground.room.proctor
        address = path.format(
            sitting=ground.sitting_id,
            enrollment=ground.room.enrollment_id,
            offering=ground.room.offering_id,
            proctor=ground.room.proctor.user_id,
            officer=officer_id,
            granted=granted,
        )
        known = {"enrollment": ground.room.enrollment_id, "proctor": ground.room.proctor.user_id}
        filled: dict[str, object] = {name: value.format(**known) for name, value in fields.items()}
        return Act(Visitor(stage.app).signs_in_as(person), address, filled)

    return scene


SITTINGS: dict[str, tuple[Scene, tuple[str, ...]]] = {
    "sittings.plan_sitting": (acts("planner", "/classes/{offering}/sittings", WINDOW | {"exam": EXAM}), ("planned a sitting",)),
    "sittings.change_plan": (
        acts("planner", f"{SITTING}/plans", WINDOW | {"based_on": "1", "reason": "Another room"}),
        ("changed the plan of a sitting",),
    ),
    "sittings.cancel": (acts("planner", f"{SITTING}/cancellation", {"reason": "No power"}), ("cancelled a sitting",)),
    "sitting_people.place": (
        acts("planner", f"{SITTING}/officers", {"officers": "{enrollment}"}, people=False),
        ("gave officers a place in a sitting",),
    ),
    "sitting_people.remove": (acts("planner", f"{OFFICER}/removal", {"reason": "Ill"}), ("took an officer out of a sitting",)),
    "sitting_people.name": (
        acts("planner", f"{SITTING}/proctors", {"proctor": "{proctor}"}, people=False),
        ("named a proctor for a sitting",),
    ),
    "sitting_people.end_proctor": (
        acts("planner", f"{SITTING}/proctors/{{proctor}}/ending", {"reason": "Ill"}),
        ("took a proctor off a sitting",),
    ),
    "accommodations.grant": (acts("planner", "/officers/{officer}/accommodations", GRANTED), ("granted an accommodation",)),
    "accommodations.end": (acts("planner", "/accommodations/{granted}/ending", {"reason": "Over"}), ("ended an accommodation",)),
    "readiness.draw_papers": (acts("planner", f"{SITTING}/papers"), ("drew the papers of a sitting ahead",)),
    "door.check_identity": (acts("proctor", f"{DOOR}/identity", CHECKED), ("checked an officer's identity at a sitting",)),
    "door.issue_all": (acts("proctor", f"{SITTING}/tickets"), ("issued tickets for a sitting",)),
    "door.issue": (acts("proctor", f"{DOOR}/ticket"), ("issued tickets for a sitting",)),
    "door.revoke": (acts("proctor", f"{DOOR}/ticket-revocation", {"reason": "Lost"}, ticket=True), ("revoked a ticket of a sitting",)),
}
"""Endpoint: how it is called rightly, and the entries that this leaves."""
