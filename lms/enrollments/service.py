"""Opening classes, changing their plans, cancelling them, and accepting that a class is examined on a public bank."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.courses import queries as courses
from lms.enrollments import bank_queries, queries, rules
from lms.enrollments.models import (
    Offering,
    OfferingCancellation,
    OfferingInstructor,
    OfferingNumber,
    OfferingPin,
    OfferingPlan,
    PublicBankAcknowledgement,
)
from lms.enrollments.queries import OfferingDetail
from lms.enrollments.rules import Plan, Stage
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id


class NoSuchClass(NotFound):
    """There is no such class."""


class NotTheNewest(Conflict):
    """A class opens only on the newest revision of a published course."""


class WrongPlan(Invalid):
    """A class cannot be planned so."""


class PlanMovedOn(Conflict):
    """Somebody changed the plan since the person looked."""


class ClassIsOver(Conflict):
    """The class is finished or was cancelled."""


class NothingToAcknowledge(Conflict):
    """No proctored exam of the class is drawn on a public bank."""


# --- Opening --------------------------------------------------------------------------------------------------------


def open_offering(session: Session, *, actor: Identity, course_hash: str, plan: Plan, now: datetime) -> uuid.UUID:
    """Open a class on the newest revision of a course, to which it stays pinned. Returns its id."""
    _require_head(session, course_hash=course_hash)
    plan = _sound(session, plan, before=frozenset(), now=now)
    opened = Offering(
        id=new_id(),
        course_hash=course_hash,
        title=plan.title,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        time_zone=plan.time_zone,
        opened_by=actor.user_id,
        opened_at=now,
    )
    session.add(opened)
    session.flush()  # everything else points to it
    number = _number(session, opened.id, year=plan.starts_on.year)
    session.add(OfferingPin(offering_id=opened.id, number=1, course_hash=course_hash, reason="Opened", pinned_by=actor.user_id, at=now))
    _add_plan(session, actor=actor, offering_id=opened.id, number=1, plan=plan, reason="Opened", now=now)
    _tell(session, actor, "opened a class", opened.id, now, details={"course": course_hash, "number": number})
    return opened.id


def _require_head(session: Session, *, course_hash: str) -> None:
    chosen = courses.revision(session, course_hash)
    if chosen is None:
        raise NotFound("There is no such course.")
    head = courses.head(session, chosen.course_id)
    if head is None or head.hash != course_hash:
        raise NotTheNewest("A newer revision of this course was published in the meantime. Choose it, and open the class again.")


def _sound(session: Session, plan: Plan, *, before: frozenset[uuid.UUID], now: datetime) -> Plan:
    """The plan with its spaces tidied. Raises WrongPlan. Who was an instructor of record `before` may stay one."""
    tidy = replace(plan, title=" ".join(plan.title.split()), place=" ".join(plan.place.split()), days_off=tuple(sorted(set(plan.days_off))))
    fault = rules.fault_of_plan(tidy)
    if fault:
        raise WrongPlan(fault)
    if not tidy.instructors - before <= queries.instructors_to_name(session, now=now).keys():
        raise WrongPlan("Only people who hold the role of instructor can be instructors of record.")
    return tidy


def _number(session: Session, offering_id: uuid.UUID, *, year: int) -> str:
    """The next number of the year. Of two that are taken at once the second fails on its unique key, and is run again."""
    ordinal = (session.scalar(select(func.max(OfferingNumber.ordinal)).where(OfferingNumber.year == year)) or 0) + 1
    session.add(OfferingNumber(offering_id=offering_id, year=year, ordinal=ordinal))
    session.flush()
    return rules.class_number(year, ordinal)


def _add_plan(session: Session, *, actor: Identity, offering_id: uuid.UUID, number: int, plan: Plan, reason: str, now: datetime) -> None:
    session.add(
        OfferingPlan(
            offering_id=offering_id,
            number=number,
            title=plan.title,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            time_zone=plan.time_zone,
            mode=plan.mode,
            place=plan.place,
            state=plan.state,
            capacity=plan.capacity,
            day_starts=plan.day_starts,
            weekends=plan.weekends,
            days_off=[day.isoformat() for day in plan.days_off],
            reason=reason,
            planned_by=actor.user_id,
            at=now,
        )
    )
    session.flush()  # its instructors point to it
    session.add_all(OfferingInstructor(offering_id=offering_id, number=number, user_id=one) for one in sorted(plan.instructors))
    session.flush()


def _tell(session: Session, actor: Identity, action: str, offering_id: uuid.UUID, now: datetime, **more: Any) -> None:
    audit.record(session, actor=actor, action=action, object_type="offering", object_id=offering_id, now=now, **more)


# --- Changing and cancelling ----------------------------------------------------------------------------------------


def locked(session: Session, *, offering_id: uuid.UUID, now: datetime) -> OfferingDetail:
    """The class, which nobody else decides about until the transaction ends. Raises NoSuchClass."""
    session.execute(select(Offering.id).where(Offering.id == offering_id).with_for_update())
    found = queries.offering(session, offering_id=offering_id, now=now)
    if found is None:
        raise NoSuchClass("There is no such class.")
    return found


def change_plan(
    session: Session, *, actor: Identity, offering_id: uuid.UUID, plan: Plan, based_on: int, reason: str, now: datetime
) -> tuple[str, ...]:
    """Plan a class anew, and return what changed. The plan before stays on record; the same plan again changes nothing."""
    found = locked(session, offering_id=offering_id, now=now)
    if found.cancelled:
        raise ClassIsOver("This class was cancelled. Open another one.")
    if based_on != found.plan_number:
        raise PlanMovedOn("Somebody changed this plan in the meantime. Open the page again, and make your change on the plan as it is now.")
    plan = _sound(session, plan, before=found.plan.instructors, now=now)
    if plan.capacity < found.taken:
        raise WrongPlan(f"{found.taken} officers are in the class. Its capacity cannot be less.")
    if not reason.strip():
        raise WrongPlan("Say why the plan changes.")
    changed = rules.changes(found.plan, plan)
    if not changed:
        return ()
    _add_plan(session, actor=actor, offering_id=offering_id, number=based_on + 1, plan=plan, reason=reason.strip(), now=now)
    offering = session.get_one(Offering, offering_id)
    offering.title, offering.starts_on, offering.ends_on, offering.time_zone = plan.title, plan.starts_on, plan.ends_on, plan.time_zone
    details = {"changed": list(changed), "plan": based_on + 1}
    _tell(session, actor, "changed the plan of a class", offering_id, now, reason=reason.strip(), details=details)
    return changed


def cancel(session: Session, *, actor: Identity, offering_id: uuid.UUID, reason: str, now: datetime) -> None:
    """End a class before its time. What was recorded in it stays."""
    found = locked(session, offering_id=offering_id, now=now)
    if found.stage in {Stage.CANCELLED, Stage.FINISHED}:
        raise ClassIsOver(f"This class is {found.stage} already.")
    if not reason.strip():
        raise WrongPlan("Say why the class is cancelled.")
    session.add(OfferingCancellation(offering_id=offering_id, reason=reason.strip(), cancelled_by=actor.user_id, at=now))
    _tell(session, actor, "cancelled a class", offering_id, now, reason=reason.strip())


def pin(session: Session, *, actor: Identity, offering_id: uuid.UUID, course_hash: str, reason: str, now: datetime) -> None:
    """Put a class on another revision of its course from now on. Whether that may be, the caller has asked."""
    numbers = select(func.max(OfferingPin.number)).where(OfferingPin.offering_id == offering_id)
    number = (session.scalar(numbers) or 0) + 1
    session.add(
        OfferingPin(offering_id=offering_id, number=number, course_hash=course_hash, reason=reason, pinned_by=actor.user_id, at=now)
    )
    offering = session.get_one(Offering, offering_id)
    before, offering.course_hash = offering.course_hash, course_hash
    details = {"from": before, "to": course_hash}
    _tell(session, actor, "moved a class to a newer revision", offering_id, now, reason=reason, details=details)


# --- Public banks ---------------------------------------------------------------------------------------------------


def acknowledge_public_bank(session: Session, *, actor: Identity, offering_id: uuid.UUID, now: datetime) -> None:
    """Record an administrator's acceptance that the class is examined on a public bank; a second time changes nothing."""
    if session.get(Offering, offering_id) is None:
        raise NoSuchClass("There is no such class.")
    if actor.user_id is None:
        raise Forbidden("Only a person can accept this.")
    if not bank_queries.relies_on_public_bank(session, offering_id=offering_id):
        raise NothingToAcknowledge("No proctored exam of this class is drawn on a public bank: there is nothing to accept.")
    if bank_queries.public_bank_acknowledged(session, offering_id):
        return
    wording = rules.PUBLIC_BANK_WORDING
    session.add(PublicBankAcknowledgement(offering_id=offering_id, acknowledged_by=actor.user_id, at=now, wording=wording))
    _tell(session, actor, "accepted a public question bank", offering_id, now, reason=wording)
