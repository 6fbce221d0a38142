"""Reminding officers and their coordinators in time, each once: that an authorization ends, that training is due."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from lms.agencies.clocks import start_of
from lms.agencies.models import Agency
from lms.agencies.nomination_queries import today_in
from lms.agencies.rule_sets import MODELS
from lms.agencies.rules import TIME_ZONES
from lms.agencies.telling import Facts, coordinator_readers, officer_reader, tell
from lms.authorizations import queries
from lms.authorizations.informing import PATH
from lms.authorizations.listing import has_ended
from lms.authorizations.models import Authorization, RefresherRequirement, RefresherSettlement, Reminder
from lms.authorizations.queries import AuthorizationRow
from lms.authorizations.reminder_rules import DAYS, About, left, reached
from lms.notices.rules import Kind


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose time has come: about what, under which authorization, by which day, and how many days before it that is."""

    about: About
    object_id: uuid.UUID
    authorization_id: uuid.UUID
    on: date
    days: int


def due(session: Session, *, now: datetime, limit: int) -> list[Due]:
    """The reminders that were not written yet, the most urgent of each kind first. Two statements."""
    ending = [(one, one, today_in(zone, at), zone) for one, at, zone in session.execute(_ending(now).limit(limit)) if at is not None]
    owed = [(one, under, on, zone) for one, under, on, zone in session.execute(_owed(now).limit(limit))]
    found = []
    for about, rows in ((About.ENDING, ending), (About.TRAINING, owed)):
        for object_id, authorization_id, on, zone in rows:
            days = reached(DAYS[about], on=on, today=today_in(zone, now))
            found += [Due(about, object_id, authorization_id, on, days)] if days is not None else []
    return found


def _ending(now: datetime) -> Select[uuid.UUID, datetime | None, str]:
    """Authorizations that end by themselves soon, and whose people were not told so since."""
    waiting = [
        and_(
            Agency.time_zone == zone,
            Authorization.ends_at < start_of(today_in(zone, now) + timedelta(days=days + 1), zone=zone),
            _untold(Authorization.id, days),
        )
        for zone in TIME_ZONES
        for days in DAYS[About.ENDING]
    ]
    return (
        select(Authorization.id, Authorization.ends_at, Agency.time_zone)
        .join(Agency, Agency.id == Authorization.agency_id)
        .where(Authorization.ends_at > now, ~has_ended(now), or_(*waiting))
        .order_by(Authorization.ends_at, Authorization.id)
    )


def _owed(now: datetime) -> Select[uuid.UUID, uuid.UUID, date, str]:
    """Training that is due soon under authorizations that go on, and whose people were not told so since."""
    settled = exists().where(RefresherSettlement.requirement_id == RefresherRequirement.id)
    waiting = [
        and_(
            Agency.time_zone == zone,
            RefresherRequirement.due_on.between(today_in(zone, now), today_in(zone, now) + timedelta(days=days)),
            _untold(RefresherRequirement.id, days),
        )
        for zone in TIME_ZONES
        for days in DAYS[About.TRAINING]
    ]
    return (
        select(RefresherRequirement.id, RefresherRequirement.authorization_id, RefresherRequirement.due_on, Agency.time_zone)
        .join(Authorization, Authorization.id == RefresherRequirement.authorization_id)
        .join(Agency, Agency.id == Authorization.agency_id)
        .where(~settled, ~has_ended(now), or_(*waiting))
        .order_by(RefresherRequirement.due_on, RefresherRequirement.id)
    )


def _untold(object_id: Any, days: int) -> ColumnElement[bool]:
    """That nobody was reminded so late, or later."""
    return ~exists().where(Reminder.object_id == object_id, Reminder.days <= days)


def remind(session: Session, one: Due, *, now: datetime) -> None:
    """Write to the officer and to the coordinators of the agency, and remember it, so that the reminder is written once."""
    row = queries.by_id(session, one.authorization_id)
    if row is None or session.get(Reminder, (one.object_id, one.days)) is not None:
        return
    kind, facts = _ending_told(row, one, now) if one.about is About.ENDING else _owed_told(session, row, one)
    told: dict[str, Any] = {"kind": kind, "key": f"{kind}:{one.object_id}:{one.days}", "facts": facts, "now": now}
    tell(session, reader=officer_reader(session, officer_id=row.officer_id, agency_id=row.agency_id), path=PATH, **told)
    for reader in coordinator_readers(session, agency_id=row.agency_id, now=now):
        tell(session, reader=reader, path=f"/agencies/{row.agency_id}", **told)
    session.add(Reminder(object_id=one.object_id, days=one.days, about=one.about, at=now))


def _ending_told(row: AuthorizationRow, one: Due, now: datetime) -> tuple[Kind, Facts]:
    remaining = left(on=one.on, today=today_in(row.time_zone, now))
    facts = {"left": remaining, "officer": row.officer, "model": MODELS[row.model], "agency": row.agency}
    return Kind.EXPIRING, facts | {"end": row.authority.ends_at or now}


def _owed_told(session: Session, row: AuthorizationRow, one: Due) -> tuple[Kind, Facts]:
    required = session.get_one(RefresherRequirement, one.object_id)
    return Kind.REFRESHER_DUE, {
        "officer": row.officer,
        "training": required.title,
        "day": required.due_on,
        "not_before": required.not_before or "now",
    }
