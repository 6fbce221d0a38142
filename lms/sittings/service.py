"""Planning sittings, moving and cancelling them."""

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.audit import service as audit
from lms.enrollments import service as class_service
from lms.enrollments.queries import OfferingDetail, PlannedExam
from lms.enrollments.service import ClassIsOver
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.ids import new_id
from lms.sittings import queries, rules, telling
from lms.sittings.models import Sitting, SittingCancellation, SittingPlan
from lms.sittings.queries import SittingRow
from lms.sittings.rules import Plan, Stage


class NoSuchSitting(NotFound):
    """There is no such sitting."""


class NoExamToSit(Invalid):
    """The class has no such exam that is proctored."""


class WrongSitting(Invalid):
    """Something in the plan of a sitting cannot be so."""


class SittingIsOver(Conflict):
    """The sitting was cancelled, or its window has passed."""


class SittingMovedOn(Conflict):
    """Somebody changed the plan of the sitting in the meantime."""


def plan_sitting(session: Session, *, actor: Identity, offering_id: uuid.UUID, exam_id: str, plan: Plan, now: datetime) -> uuid.UUID:
    """Plan a sitting of a proctored exam of a class. Raises NoExamToSit, ClassIsOver and WrongSitting."""
    offering = class_service.locked(session, offering_id=offering_id, now=now)
    if not offering.is_open:
        raise ClassIsOver(f"This class is {offering.stage}. No sitting can be planned in it.")
    _refuse_plan(plan, offering=offering, exam=_exam(offering, exam_id), placed=0, now=now)
    sitting = Sitting(id=new_id(), offering_id=offering_id, exam_id=exam_id, planned_by=actor.user_id, at=now)
    session.add(sitting)
    session.flush()  # its plan points to it
    _keep_plan(session, actor, sitting.id, 1, plan, "Planned", now)
    told = {"class": str(offering_id), "exam": exam_id, "opens_at": plan.opens_at.isoformat(), "closes_at": plan.closes_at.isoformat()}
    note(session, actor, "planned a sitting", sitting.id, now, details=told)
    return sitting.id


def _exam(offering: OfferingDetail, exam_id: str) -> PlannedExam:
    found = next((one for one in offering.exams if one.id == exam_id and one.proctored), None)
    if found is None:
        raise NoExamToSit("The class has no such exam with a proctor. Choose one of its exams.")
    return found


def _refuse_plan(plan: Plan, *, offering: OfferingDetail, exam: PlannedExam, placed: int, now: datetime) -> None:
    fault = rules.fault_of_plan(plan, seconds=exam.minutes * 60, placed=placed, now=now)
    day = plan.opens_at.astimezone(ZoneInfo(offering.time_zone)).date()
    if fault is None and not offering.starts_on <= day <= offering.ends_on:
        fault = "The sitting lies outside the days of its class. Choose another day, or change the plan of the class first."
    if fault:
        raise WrongSitting(fault)


def _keep_plan(session: Session, actor: Identity, sitting_id: uuid.UUID, number: int, plan: Plan, reason: str, now: datetime) -> None:
    session.add(
        SittingPlan(
            sitting_id=sitting_id,
            number=number,
            opens_at=plan.opens_at,
            closes_at=plan.closes_at,
            mode=plan.mode,
            place=plan.place,
            capacity=plan.capacity,
            networks=list(plan.networks),
            seb_keys=list(plan.seb_keys),
            reason=reason,
            planned_by=actor.user_id,
            at=now,
        )
    )
    session.flush()


def note(session: Session, actor: Identity, action: str, sitting_id: uuid.UUID, now: datetime, **more: Any) -> None:
    """The entry of a change of a sitting."""
    audit.record(session, actor=actor, action=action, object_type="sitting", object_id=sitting_id, now=now, **more)


def locked(session: Session, *, sitting_id: uuid.UUID, now: datetime) -> SittingRow:
    """The sitting, which nobody else decides about until the transaction ends. Raises NoSuchSitting."""
    session.execute(select(Sitting.id).where(Sitting.id == sitting_id).with_for_update(key_share=True))
    found = queries.sitting(session, sitting_id=sitting_id, now=now)
    if found is None:
        raise NoSuchSitting("There is no such sitting.")
    return found


def still_to_hold(session: Session, *, sitting_id: uuid.UUID, now: datetime) -> SittingRow:
    """The sitting, locked, if it is neither over nor cancelled. Raises NoSuchSitting and SittingIsOver."""
    found = locked(session, sitting_id=sitting_id, now=now)
    if found.stage in {Stage.CANCELLED, Stage.OVER}:
        raise SittingIsOver(f"This sitting is {found.stage}. Nothing more is changed in it.")
    return found


def change_plan(
    session: Session, *, actor: Identity, sitting_id: uuid.UUID, plan: Plan, based_on: int, reason: str, now: datetime
) -> tuple[str, ...]:
    """Plan a sitting anew, tell its officers, and return what changed. Started exams keep the time they were given.

    Raises NoSuchSitting, SittingIsOver, SittingMovedOn and WrongSitting.
    """
    found = still_to_hold(session, sitting_id=sitting_id, now=now)
    if based_on != found.number:
        raise SittingMovedOn("Somebody changed this sitting in the meantime. Open the page again, and make your change on it as it is now.")
    offering = class_service.locked(session, offering_id=found.offering_id, now=now)
    _refuse_plan(plan, offering=offering, exam=_exam(offering, found.exam_id), placed=found.officers, now=now)
    changed = rules.changes(found.plan, plan)
    if not changed:
        return ()
    if not reason.strip():
        raise WrongSitting("Say why the sitting changes.")
    _keep_plan(session, actor, sitting_id, based_on + 1, plan, reason.strip(), now)
    details = {"changed": list(changed), "plan": based_on + 1}
    note(session, actor, "changed the plan of a sitting", sitting_id, now, reason=reason.strip(), details=details)
    if rules.TOLD & set(changed):
        moved = locked(session, sitting_id=sitting_id, now=now)
        telling.tell_date(session, moved, queries.officers(session, sitting_id=sitting_id), what=telling.MOVED, now=now)
    return changed


def cancel(session: Session, *, actor: Identity, sitting_id: uuid.UUID, reason: str, now: datetime) -> None:
    """Cancel a sitting and tell its officers. An exam that was started in it goes on. Raises NoSuchSitting, SittingIsOver, WrongSitting."""
    found = still_to_hold(session, sitting_id=sitting_id, now=now)
    if not reason.strip():
        raise WrongSitting("Say why the sitting is cancelled. Its officers read it.")
    session.add(SittingCancellation(sitting_id=sitting_id, reason=reason.strip(), cancelled_by=actor.user_id, at=now))
    note(session, actor, "cancelled a sitting", sitting_id, now, reason=reason.strip())
    telling.tell_end(session, found, queries.officers(session, sitting_id=sitting_id), reason=reason.strip(), now=now)
