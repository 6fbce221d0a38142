"""Accommodations: granting one to an officer, ending it, and which one is in force at a moment."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer
from lms.accounts.rules import Identity
from lms.agencies.models import Agency
from lms.agencies.queries import agency_of
from lms.audit import service as audit
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id
from lms.sittings import rules
from lms.sittings.models import Accommodation, AccommodationEnd
from lms.sittings.rules import Category, Grant

ROWS_PER_PAGE = 50
NOTHING = Grant()


class NoSuchOfficer(NotFound):
    """There is no such officer."""


class NoSuchAccommodation(NotFound):
    """There is no such accommodation."""


class WrongAccommodation(Invalid):
    """Something in an accommodation cannot be so."""


class OwnAccommodation(Forbidden):
    """Nobody decides about an accommodation of their own."""


class EndedAlready(Conflict):
    """The accommodation has ended."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be granted: how much, in which category, approved by whom, from when until when."""

    grant: Grant
    category: Category
    approved_by: str
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccommodationRow:
    """One accommodation. `ends_at` is when it ends or ended, or None."""

    id: uuid.UUID
    officer_id: uuid.UUID
    officer: str
    grant: Grant
    category: str
    approved_by: str
    starts_at: datetime
    ends_at: datetime | None
    ended: str | None
    """Why it was ended before its time; None when it was not."""

    def is_in_force(self, now: datetime) -> bool:
        """Whether it counts at `now`."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)

    def is_settled(self, now: datetime) -> bool:
        """Whether it has ended, so that nothing is left to end."""
        return self.ends_at is not None and self.ends_at <= now


@dataclass(frozen=True, slots=True)
class OfficerName:
    """An officer, the agency served in, and its clock."""

    id: uuid.UUID
    user_id: uuid.UUID
    name: str
    agency: str
    time_zone: str


def officer(session: Session, *, officer_id: uuid.UUID) -> OfficerName:
    """The officer. Raises NoSuchOfficer."""
    asked = (
        select(Officer.id, Officer.user_id, Officer.name, Agency.name, Agency.time_zone)
        .outerjoin(Agency, Agency.id == agency_of(Officer.id))
        .where(Officer.id == officer_id)
    )
    row = session.execute(asked).first()
    if row is None:
        raise NoSuchOfficer("There is no such officer.")
    return OfficerName(row[0], row[1], row[2], row[3] or "no agency", row[4] or "UTC")


def _asked() -> Any:
    return (
        select(Accommodation, Officer.name, AccommodationEnd)
        .join(Officer, Officer.id == Accommodation.officer_id)
        .outerjoin(AccommodationEnd, AccommodationEnd.accommodation_id == Accommodation.id)
        .order_by(Accommodation.starts_at.desc(), Accommodation.recorded_at.desc(), Accommodation.id)
    )


def accommodation(session: Session, *, accommodation_id: uuid.UUID) -> AccommodationRow | None:
    """The accommodation, or None when there is none. One statement."""
    found = session.execute(_asked().where(Accommodation.id == accommodation_id)).first()
    return None if found is None else _row(*found)


def accommodations(session: Session, *, officer_id: uuid.UUID | None = None, page: int = 1) -> list[AccommodationRow]:
    """One page of the accommodations, of one officer or of all, the newest first. One statement."""
    asked = _asked().offset((page - 1) * ROWS_PER_PAGE).limit(ROWS_PER_PAGE)
    if officer_id is not None:
        asked = asked.where(Accommodation.officer_id == officer_id)
    return [_row(row, name, end) for row, name, end in session.execute(asked)]


def _row(row: Accommodation, name: str, end: AccommodationEnd | None) -> AccommodationRow:
    ends = [moment for moment in (row.ends_at, end.at if end else None) if moment is not None]
    return AccommodationRow(
        id=row.id,
        officer_id=row.officer_id,
        officer=name,
        grant=_grant(row),
        category=row.category,
        approved_by=row.approved_by,
        starts_at=row.starts_at,
        ends_at=min(ends, default=None),
        ended=end.reason if end else None,
    )


def _grant(row: Accommodation) -> Grant:
    return Grant(row.time_percent, row.extra_minutes, row.rest_minutes)


def accommodation_count(session: Session) -> int:
    """How many accommodations there are."""
    return session.scalar(select(func.count()).select_from(Accommodation)) or 0


def granted(session: Session, *, officer_ids: Collection[uuid.UUID], now: datetime) -> dict[uuid.UUID, Grant]:
    """What is granted to each of these officers at `now`; officers without an accommodation are left out. One statement."""
    ended = exists().where(AccommodationEnd.accommodation_id == Accommodation.id, AccommodationEnd.at <= now)
    asked = select(Accommodation).where(
        Accommodation.officer_id.in_(officer_ids),
        Accommodation.starts_at <= now,
        or_(Accommodation.ends_at.is_(None), Accommodation.ends_at > now),
        ~ended,
    )
    rows = session.scalars(asked.order_by(Accommodation.recorded_at, Accommodation.id))
    return {row.officer_id: _grant(row) for row in rows}


def grant(session: Session, *, actor: Identity, officer_id: uuid.UUID, asked: Asked, now: datetime) -> uuid.UUID:
    """Grant an accommodation, which counts in every exam started from then on; one that stood before ends with it.

    Raises NoSuchOfficer, OwnAccommodation and WrongAccommodation.
    """
    session.execute(select(Officer.id).where(Officer.id == officer_id).with_for_update(key_share=True))
    person = officer(session, officer_id=officer_id)
    _refuse_own(actor, person)
    fault = rules.fault_of_grant(asked.grant, starts_at=asked.starts_at, ends_at=asked.ends_at)
    if fault or not asked.approved_by.strip():
        raise WrongAccommodation(fault or "Name who approved it.")
    for row in accommodations(session, officer_id=officer_id):
        if not row.is_settled(now) and row.ended is None:
            session.add(AccommodationEnd(accommodation_id=row.id, reason="Replaced by another one", ended_by=actor.user_id, at=now))
    made = Accommodation(
        id=new_id(),
        officer_id=officer_id,
        time_percent=asked.grant.percent,
        extra_minutes=asked.grant.extra_minutes,
        rest_minutes=asked.grant.rest_minutes,
        category=asked.category,
        approved_by=asked.approved_by.strip(),
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(made)
    session.flush()
    _note(session, actor, "granted an accommodation", made.id, officer_id, now)
    return made.id


def _refuse_own(actor: Identity, person: OfficerName) -> None:
    if actor.user_id == person.user_id:
        raise OwnAccommodation("This accommodation is your own. Somebody else decides about it.")


def end(session: Session, *, actor: Identity, accommodation_id: uuid.UUID, reason: str, now: datetime) -> uuid.UUID:
    """End an accommodation now, and return whose it was. Exams under way keep their time.

    Raises NoSuchAccommodation, OwnAccommodation, EndedAlready and WrongAccommodation.
    """
    row = session.get(Accommodation, accommodation_id)
    if row is None:
        raise NoSuchAccommodation("There is no such accommodation.")
    _refuse_own(actor, officer(session, officer_id=row.officer_id))
    if session.get(AccommodationEnd, accommodation_id) is not None or (row.ends_at is not None and row.ends_at <= now):
        raise EndedAlready("This accommodation has ended already.")
    if not reason.strip():
        raise WrongAccommodation("Say why it ends.")
    session.add(AccommodationEnd(accommodation_id=accommodation_id, reason=reason.strip(), ended_by=actor.user_id, at=now))
    _note(session, actor, "ended an accommodation", accommodation_id, row.officer_id, now, reason=reason.strip())
    return row.officer_id


def _note(session: Session, actor: Identity, action: str, which: uuid.UUID, whose: uuid.UUID, now: datetime, **more: Any) -> None:
    details = {"officer": str(whose)}
    audit.record(session, actor=actor, action=action, object_type="accommodation", object_id=which, details=details, now=now, **more)
