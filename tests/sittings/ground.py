"""A sitting of the small exam: open now, with its officer and a proctor by name, planned by an administrator."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.accounts.models import Grant, User
from lms.accounts.permissions import Role
from lms.accounts.rules import Identity, identity_with
from lms.kernel.ids import new_id
from lms.sittings import placing, service, tickets
from lms.sittings.rules import Mode, Plan
from tests.support.cast import FAST_HASH
from tests.support.exam_room import EXAM, Room

MINUTE = timedelta(minutes=1)


def a_plan(now: datetime, *, begins: int = -5, minutes: int = 120, **changed: object) -> Plan:
    """A window that opened five minutes ago."""
    plan = Plan(now + begins * MINUTE, now + (begins + minutes) * MINUTE, Mode.ROOM, "Training room 2", capacity=3)
    return replace(plan, **changed)  # type: ignore[arg-type] # the values of a plan by their names


@dataclass(frozen=True, slots=True)
class Ground:
    """The sitting and its people."""

    room: Room
    planner: Identity
    sitting_id: uuid.UUID

    def checks(self, session: Session, *, now: datetime) -> None:
        """The proctor checks the officer's identity."""
        tickets.check_identity(
            session,
            actor=self.room.proctor,
            sitting_id=self.sitting_id,
            enrollment_id=self.room.enrollment_id,
            document="Passport",
            now=now,
        )

    def ticket(self, session: Session, *, now: datetime) -> str:
        """A fresh ticket of the officer."""
        chosen = [self.room.enrollment_id]
        made = tickets.issue(session, actor=self.room.proctor, sitting_id=self.sitting_id, enrollment_ids=chosen, now=now)
        return made[self.room.enrollment_id]


def planner_of(session: Session, *, now: datetime) -> Identity:
    """An administrator who can sign in."""
    user = User(id=new_id(), email=f"{new_id()}@example.org", name="Morgan Planner", password_hash=FAST_HASH, created_at=now)
    session.add(user)
    session.flush()
    session.add(Grant(id=new_id(), user_id=user.id, role=Role.ADMINISTRATOR, effective_at=now, recorded_at=now))
    return identity_with(frozenset({Role.ADMINISTRATOR}), user_id=user.id, name=user.name, email=user.email)


def sits(session: Session, room: Room, *, now: datetime, plan: Plan | None = None, named: bool = True, placed: bool = True) -> Ground:
    """Plan the sitting, name the proctor and place the officer."""
    planner = planner_of(session, now=now)
    sitting_id = service.plan_sitting(session, actor=planner, offering_id=room.offering_id, exam_id=EXAM, plan=plan or a_plan(now), now=now)
    if named:
        assert room.proctor.user_id is not None
        placing.name_proctor(session, actor=planner, sitting_id=sitting_id, user_id=room.proctor.user_id, now=now)
        session.flush()
    if placed:
        placing.place_officers(session, actor=planner, sitting_id=sitting_id, enrollment_ids=[room.enrollment_id], now=now)
        session.flush()
    return Ground(room, planner, sitting_id)
