"""Who is in a sitting: its officers, and the proctors named for it (R-11)."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts import queries as accounts
from lms.accounts.models import Grant, User
from lms.accounts.permissions import Role
from lms.accounts.rules import Identity
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.sittings import proctors, queries, rules, telling
from lms.sittings.models import SittingOfficer, SittingOfficerRemoval, SittingProctor, SittingProctorEnd
from lms.sittings.proctor_rules import Tie, refusal, ties_to_sitting
from lms.sittings.queries import SittingRow
from lms.sittings.service import note, still_to_hold


class NobodyChosen(Invalid):
    """No officer was chosen, or one who has a place already or is not in the class."""


class SittingIsFull(Conflict):
    """There are fewer places left than officers chosen."""


class NotPlaced(NotFound):
    """The officer has no place in the sitting."""


class NotNamed(NotFound):
    """The person is not named to proctor the sitting."""


class NoProctor(Invalid):
    """The person does not hold the role of proctor, or is named already."""


class TiedProctor(Forbidden):
    """Nobody proctors a sitting of a class they taught, of their own agency's officers, or their own (R-11)."""


class ReasonNeeded(Invalid):
    """Taking somebody out of a sitting takes a reason."""


def place_officers(
    session: Session, *, actor: Identity, sitting_id: uuid.UUID, enrollment_ids: Collection[uuid.UUID], now: datetime
) -> None:
    """Give officers of the class a place in the sitting, all of them or none, and tell them when and where it is.

    Raises NoSuchSitting, SittingIsOver, NobodyChosen, SittingIsFull and TiedProctor.
    """
    found = still_to_hold(session, sitting_id=sitting_id, now=now)
    chosen = set(enrollment_ids)
    if not chosen or chosen - {one.enrollment_id for one in queries.free_officers(session, of=found, now=now)}:
        raise NobodyChosen("Choose officers of the class who have no place in a sitting of this exam yet. The list shows them.")
    if rules.is_full(capacity=found.plan.capacity, placed=found.officers, more=len(chosen)):
        left = found.plan.capacity - found.officers
        raise SittingIsFull(
            f"{left} of {found.plan.capacity} places are left, and you chose {len(chosen)}. Plan more places, or choose fewer."
        )
    _refuse_ties(session, found, chosen, now)
    for one in sorted(chosen):
        asked = select(func.max(SittingOfficer.number)).where(SittingOfficer.sitting_id == sitting_id, SittingOfficer.enrollment_id == one)
        number = (session.scalar(asked) or 0) + 1
        session.add(SittingOfficer(sitting_id=sitting_id, enrollment_id=one, number=number, placed_by=actor.user_id, at=now))
    session.flush()
    note(session, actor, "gave officers a place in a sitting", sitting_id, now, details={"enrollments": sorted(str(one) for one in chosen)})
    told = [one for one in queries.officers(session, sitting_id=sitting_id) if one.enrollment_id in chosen]
    telling.tell_date(session, found, told, what=telling.SCHEDULED, now=now)


def _refuse_ties(session: Session, found: SittingRow, chosen: Collection[uuid.UUID], now: datetime) -> None:
    there = queries.proctors_named(session, sitting_id=found.id)
    sides = proctors.sides_of(session, user_ids=[one.user_id for one in there], now=now)
    officers = proctors.officers_of(session, enrollment_ids=chosen)
    for one in there:
        tied = ties_to_sitting(sides[one.user_id], offering_id=found.offering_id, officers=officers)
        if tied:
            raise TiedProctor(refusal(one.name, tied))


def remove_officer(
    session: Session, *, actor: Identity, sitting_id: uuid.UUID, enrollment_id: uuid.UUID, reason: str, now: datetime
) -> None:
    """Take an officer's place away and tell the officer. An exam that was started goes on. Raises NotPlaced and ReasonNeeded."""
    found = still_to_hold(session, sitting_id=sitting_id, now=now)
    there = queries.officers(session, sitting_id=sitting_id, enrollment_id=enrollment_id)
    if not there:
        raise NotPlaced("This officer has no place in the sitting.")
    if not reason.strip():
        raise ReasonNeeded("Say why the officer loses the place. The officer reads it.")
    session.add(
        SittingOfficerRemoval(
            sitting_id=sitting_id,
            enrollment_id=enrollment_id,
            number=there[0].number,
            reason=reason.strip(),
            removed_by=actor.user_id,
            at=now,
        )
    )
    details = {"enrollment": str(enrollment_id)}
    note(session, actor, "took an officer out of a sitting", sitting_id, now, reason=reason.strip(), details=details)
    telling.tell_end(session, found, there, reason=reason.strip(), now=now)


# --- Proctors by name -----------------------------------------------------------------------------------------------


def eligible(session: Session, *, of: SittingRow, now: datetime) -> list[tuple[uuid.UUID, str, tuple[Tie, ...]]]:
    """Everybody with the role of proctor who is not named yet: id, name, and the ties that keep them from it. Six statements."""
    asked = (
        select(User.id, User.name)
        .join(Grant, Grant.user_id == User.id)
        .where(Grant.role == Role.PROCTOR, accounts.held(now), ~accounts.disabled())
        .order_by(User.name, User.id)
        .limit(rules.LARGEST_SITTING)
        .distinct()
    )
    named = {one.user_id for one in queries.proctors_named(session, sitting_id=of.id)}
    people = [(user_id, name) for user_id, name in session.execute(asked) if user_id not in named]
    sides = proctors.sides_of(session, user_ids=[user_id for user_id, _ in people], now=now)
    placed = [one.enrollment_id for one in queries.officers(session, sitting_id=of.id)]
    officers = proctors.officers_of(session, enrollment_ids=placed)
    return [(one, name, ties_to_sitting(sides[one], offering_id=of.offering_id, officers=officers)) for one, name in people]


def tied_proctors(session: Session, *, of: SittingRow, now: datetime) -> dict[uuid.UUID, tuple[Tie, ...]]:
    """The named proctors of a sitting who have become involved since, and how. Six statements."""
    there = [one.user_id for one in queries.proctors_named(session, sitting_id=of.id)]
    sides = proctors.sides_of(session, user_ids=there, now=now)
    placed = [one.enrollment_id for one in queries.officers(session, sitting_id=of.id)]
    officers = proctors.officers_of(session, enrollment_ids=placed)
    found = {one: ties_to_sitting(sides[one], offering_id=of.offering_id, officers=officers) for one in there}
    return {one: ties for one, ties in found.items() if ties}


def name_proctor(session: Session, *, actor: Identity, sitting_id: uuid.UUID, user_id: uuid.UUID, now: datetime) -> None:
    """Name somebody to proctor the sitting. Raises NoSuchSitting, SittingIsOver, NoProctor and TiedProctor (R-11)."""
    found = still_to_hold(session, sitting_id=sitting_id, now=now)
    person = next((one for one in eligible(session, of=found, now=now) if one[0] == user_id), None)
    if person is None:
        raise NoProctor("Choose somebody with the role of proctor who is not named for this sitting yet.")
    if person[2]:
        raise TiedProctor(refusal(person[1], person[2]))
    asked = select(func.max(SittingProctor.number)).where(SittingProctor.sitting_id == sitting_id, SittingProctor.user_id == user_id)
    number = (session.scalar(asked) or 0) + 1
    session.add(SittingProctor(sitting_id=sitting_id, user_id=user_id, number=number, named_by=actor.user_id, at=now))
    note(session, actor, "named a proctor for a sitting", sitting_id, now, details={"proctor": str(user_id)})


def end_proctor(session: Session, *, actor: Identity, sitting_id: uuid.UUID, user_id: uuid.UUID, reason: str, now: datetime) -> None:
    """Take a proctor off the sitting. What the proctor did in it stays. Raises NotNamed and ReasonNeeded."""
    still_to_hold(session, sitting_id=sitting_id, now=now)
    there = next((one for one in queries.proctors_named(session, sitting_id=sitting_id) if one.user_id == user_id), None)
    if there is None:
        raise NotNamed("This person is not named for the sitting.")
    if not reason.strip():
        raise ReasonNeeded("Say why the proctor leaves the sitting.")
    end = {"user_id": user_id, "number": there.number, "reason": reason.strip(), "ended_by": actor.user_id, "at": now}
    session.add(SittingProctorEnd(sitting_id=sitting_id, **end))
    details = {"proctor": str(user_id)}
    note(session, actor, "took a proctor off a sitting", sitting_id, now, reason=reason.strip(), details=details)
