"""Telling people what concerns them: to whom a notice goes, and on which clock its moments are told."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import queries as accounts
from lms.accounts.models import Grant, Officer, User
from lms.accounts.permissions import Role
from lms.agencies.models import Agency
from lms.notices import service as notices
from lms.notices.rules import Kind, spoken, spoken_day
from lms.notices.service import Recipient

Facts = Mapping[str, str | datetime | date]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever is told, and the time zone of the agency on whose account they are."""

    to: Recipient
    zone: str
    agency: str


def tell(session: Session, *, reader: Reader, kind: Kind, key: str, facts: Facts, path: str, now: datetime) -> bool:
    """Write a notice; moments among `facts` are told in the reader's time zone. Says whether there is a new one."""
    told = {name: _told(value, reader.zone) for name, value in facts.items()}
    return notices.write(session, kind=kind, key=f"{key}:{reader.to.email}", to=reader.to, facts=told, path=path, now=now)


def _told(value: str | datetime | date, zone: str) -> str:
    if isinstance(value, datetime):
        return spoken(value, zone)
    return spoken_day(value) if isinstance(value, date) else value


def officer_reader(session: Session, *, officer_id: uuid.UUID, agency_id: uuid.UUID) -> Reader:
    """The officer, on the account of an agency. One statement."""
    asked = (
        select(User.id, User.name, User.email, Agency.time_zone, Agency.name.label("agency"))
        .select_from(Officer)
        .join(User, User.id == Officer.user_id)
        .join(Agency, Agency.id == agency_id)
        .where(Officer.id == officer_id)
    )
    row = session.execute(asked).one()
    return Reader(Recipient(row.name, row.email, row.id), row.time_zone, row.agency)


def person_reader(session: Session, *, user_id: uuid.UUID | None, agency_id: uuid.UUID) -> Reader | None:
    """Somebody with an account, on the account of an agency; None when it was the system."""
    asked = (
        select(User.id, User.name, User.email, Agency.time_zone, Agency.name.label("agency"))
        .select_from(User)
        .join(Agency, Agency.id == agency_id)
        .where(User.id == user_id)
    )
    row = session.execute(asked).one_or_none()
    return None if row is None else Reader(Recipient(row.name, row.email, row.id), row.time_zone, row.agency)


def coordinator_readers(session: Session, *, agency_id: uuid.UUID, now: datetime) -> list[Reader]:
    """The agency's coordinators who can sign in. One statement."""
    asked = (
        select(User.id, User.name, User.email, Agency.time_zone, Agency.name.label("agency"))
        .select_from(Grant)
        .join(User, User.id == Grant.user_id)
        .join(Agency, Agency.id == Grant.agency_id)
        .where(Grant.agency_id == agency_id, Grant.role == Role.COORDINATOR, accounts.held(now), ~accounts.disabled())
        .order_by(User.email)
        .distinct()
    )
    return [Reader(Recipient(row.name, row.email, row.id), row.time_zone, row.agency) for row in session.execute(asked)]
