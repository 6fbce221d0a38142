"""Who was nominated for the course of a class, what stands in the way of each, and who waits for a place."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Grant, InvitationUse, Officer, User
from lms.accounts.permissions import Role
from lms.accounts.queries import held
from lms.agencies import agreement_queries as agreements
from lms.agencies import queries as agencies
from lms.agencies.agreement_rules import NOMINATING, State, state_at
from lms.agencies.models import Agency, Agreement, Membership, Nomination, NominationInvitation, NominationOutcome
from lms.agencies.nomination_rules import Gate, Outcome
from lms.agencies.queries import serving
from lms.enrollments.enrolling import rules
from lms.enrollments.enrolling.rules import Place, Standing
from lms.enrollments.models import Enrollment, Offering, WaitingEnd, WaitingPlace, Withdrawal
from lms.enrollments.queries import OfferingDetail

PER_PAGE = 50
MOST_OFFICERS = 200
"""Officers of one agency that are shown without a nomination."""


@dataclass(frozen=True, slots=True)
class NomineeRow:
    """Somebody who may come into a class or not, and every condition of it."""

    nomination_id: uuid.UUID | None
    officer_id: uuid.UUID | None
    name: str
    agency_id: uuid.UUID
    agency: str
    standing: Standing

    @property
    def unmet(self) -> tuple[Gate, ...]:
        """What stands in the way."""
        return rules.unmet(rules.gates(self.standing))

    @property
    def may_come(self) -> bool:
        return not self.unmet


def officer_of_nomination() -> ColumnElement[uuid.UUID]:
    """The officer whom a nomination is about: whoever took up its invitation, else who signs in with an address nominated under."""
    other = aliased(Nomination)
    addresses = select(other.email).where(other.nominee_id == Nomination.nominee_id).correlate(Nomination)
    by_invitation = (
        select(Officer.id)
        .join(InvitationUse, InvitationUse.user_id == Officer.user_id)
        .join(NominationInvitation, NominationInvitation.invitation_id == InvitationUse.invitation_id)
        .where(NominationInvitation.nomination_id == Nomination.id)
        .correlate(Nomination)
        .limit(1)
        .scalar_subquery()
    )
    by_address = (
        select(Officer.id)
        .join(User, User.id == Officer.user_id)
        .where(User.email.in_(addresses))
        .correlate(Nomination)
        .order_by(Officer.created_at, Officer.id)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(by_invitation, by_address)


def _nominations(model: str, *conditions: ColumnElement[bool]) -> Any:
    columns = (Nomination.id, Nomination.name, Agreement.id, Agreement.contingency, Agency.id, Agency.name)
    return (
        select(*columns, NominationOutcome.outcome, officer_of_nomination().label("officer_id"))
        .select_from(Nomination)
        .join(Agreement, Agreement.id == Nomination.agreement_id)
        .join(Agency, Agency.id == Agreement.agency_id)
        .outerjoin(NominationOutcome, NominationOutcome.nomination_id == Nomination.id)
        .where(Agreement.model.in_(rules.models_for(model)), *conditions)
    )


def _hoped_for(offering: OfferingDetail, agency_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    """Approved or undecided, and neither in the class nor on its waiting list."""
    officer = officer_of_nomination()
    inside = exists().where(
        Enrollment.offering_id == offering.id,
        Enrollment.officer_id == officer,
        ~exists().where(Withdrawal.enrollment_id == Enrollment.id),
    )
    listed = exists().where(WaitingPlace.officer_id == officer, waits(offering.id))
    outcome = or_(NominationOutcome.outcome.is_(None), NominationOutcome.outcome == Outcome.APPROVED)
    return [outcome, ~inside, ~listed, *([Agency.id == agency_id] if agency_id else [])]


def nominees(
    session: Session, *, offering: OfferingDetail, now: datetime, agency_id: uuid.UUID | None = None, page: int = 1
) -> list[NomineeRow]:
    """One page of those nominated for the course of a class who are not in it, by agency and name. Six statements."""
    asked = _nominations(offering.program_model, *_hoped_for(offering, agency_id))
    asked = asked.order_by(Agency.name, Agency.id, Nomination.name, Nomination.id).offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    return _rows(session, offering, session.execute(asked).all(), now)


def nominee_count(session: Session, *, offering: OfferingDetail, agency_id: uuid.UUID | None = None) -> int:
    """How many the pages of `nominees` show."""
    asked = _nominations(offering.program_model, *_hoped_for(offering, agency_id)).subquery()
    return session.scalar(select(func.count()).select_from(asked)) or 0


def chosen(session: Session, *, offering: OfferingDetail, nomination_ids: Collection[uuid.UUID], now: datetime) -> list[NomineeRow]:
    """These nominations for the course of a class, whoever of them is in it already included."""
    asked = _nominations(offering.program_model, Nomination.id.in_(nomination_ids)).order_by(Agency.name, Nomination.name, Nomination.id)
    return _rows(session, offering, session.execute(asked).all(), now)


def _rows(session: Session, offering: OfferingDetail, found: Sequence[Any], now: datetime) -> list[NomineeRow]:
    moves = agreements.moves_of(session, {row[2] for row in found})
    officers = {row.officer_id for row in found if row.officer_id}
    served = agencies.agencies_served(session, officer_ids=officers, now=now)
    active = _active(session, officers, now)
    places = places_of(session, offering_id=offering.id, officer_ids=officers)
    rows = []
    for nomination_id, name, agreement_id, contingency, agency_id, agency, outcome, officer_id in found:
        standing = Standing(
            model=offering.program_model,
            agreement_state=state_at(moves[agreement_id], at=now, on_record=now),
            dormant=contingency,
            outcome=outcome,
            nominated=True,
            has_account=officer_id is not None,
            serves_here=served.get(officer_id) == agency_id,
            holds_role=(officer_id, agency_id) in active,
            place=places.get(officer_id, Place.NONE),
        )
        rows.append(NomineeRow(nomination_id, officer_id, name, agency_id, agency, standing))
    return rows


def _active(session: Session, officers: Collection[uuid.UUID], now: datetime) -> frozenset[tuple[uuid.UUID, uuid.UUID | None]]:
    asked = select(Officer.id, Grant.agency_id).join(Grant, and_(Grant.user_id == Officer.user_id, Grant.role == Role.OFFICER))
    return frozenset((row[0], row[1]) for row in session.execute(asked.where(Officer.id.in_(officers), held(now))))


def places_of(session: Session, *, offering_id: uuid.UUID, officer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Place]:
    """Where these officers stand with a class; those who have nothing to do with it are left out."""
    waiting = select(WaitingPlace.officer_id).where(waits(offering_id), WaitingPlace.officer_id.in_(officer_ids))
    found = dict.fromkeys(session.scalars(waiting), Place.WAITING)
    inside = select(Enrollment.officer_id, Withdrawal.at).outerjoin(Withdrawal, Withdrawal.enrollment_id == Enrollment.id)
    for officer_id, left_at in session.execute(inside.where(Enrollment.offering_id == offering_id, Enrollment.officer_id.in_(officer_ids))):
        found[officer_id] = Place.ENROLLED if left_at is None else Place.WITHDREW
    return found


def officers_without(session: Session, *, offering: OfferingDetail, agency_id: uuid.UUID, now: datetime) -> list[NomineeRow]:
    """Officers of an agency whom nobody nominated for the course of a class, by name."""
    asked = (
        select(Officer.id, Officer.name, Agency.name)
        .join(Membership, Membership.officer_id == Officer.id)
        .join(Agency, Agency.id == Membership.agency_id)
        .where(Agency.id == agency_id, serving(now))
        .order_by(Officer.name, Officer.id)
        .limit(MOST_OFFICERS)
    )
    serve = session.execute(asked).all()
    hoped = _nominations(offering.program_model, Agency.id == agency_id).subquery()
    nominated = frozenset(session.scalars(select(hoped.c.officer_id)))
    places = places_of(session, offering_id=offering.id, officer_ids=[row[0] for row in serve])
    state = _agreement_state(session, agency_id=agency_id, model=offering.program_model, now=now)
    return [
        NomineeRow(None, officer_id, name, agency_id, agency, _not_nominated(offering.program_model, state))
        for officer_id, name, agency in serve
        if officer_id not in nominated and places.get(officer_id) is not Place.ENROLLED
    ]


def _not_nominated(model: str, state: State | None) -> Standing:
    return Standing(
        model=model,
        agreement_state=state,
        dormant=False,
        outcome=None,
        nominated=False,
        has_account=True,
        serves_here=True,
        holds_role=True,
        place=Place.NONE,
    )


def _agreement_state(session: Session, *, agency_id: uuid.UUID, model: str, now: datetime) -> State | None:
    asked = select(Agreement.id).where(Agreement.agency_id == agency_id, Agreement.model.in_(rules.models_for(model)))
    found = session.scalars(asked.order_by(Agreement.recorded_at.desc(), Agreement.id).limit(20)).all()
    moves = agreements.moves_of(session, found)
    states = [state_at(moves[one], at=now, on_record=now) for one in found]
    return next((state for state in states if state in NOMINATING), next(iter(states), None))


def agencies_of_model(session: Session, *, model: str) -> list[agencies.AgencyName]:
    """The agencies that have or had an agreement under which officers take a course of this model, by name."""
    agreed = exists().where(Agreement.agency_id == Agency.id, Agreement.model.in_(rules.models_for(model)))
    asked = select(Agency.id, Agency.name, Agency.state).where(agreed).order_by(Agency.name, Agency.state)
    return [agencies.AgencyName(*row) for row in session.execute(asked)]


def waits(offering_id: uuid.UUID) -> ColumnElement[bool]:
    """That a place is on the waiting list of a class and still waits."""
    ended = exists().where(WaitingEnd.offering_id == WaitingPlace.offering_id, WaitingEnd.number == WaitingPlace.number)
    return and_(WaitingPlace.offering_id == offering_id, ~ended)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """An officer who waits for a place."""

    number: int
    nomination_id: uuid.UUID
    officer_id: uuid.UUID
    name: str
    agency: str
    at: datetime


def waiting_list(session: Session, *, offering_id: uuid.UUID) -> list[WaitingRow]:
    """Those who wait for a place in a class, in their order."""
    asked = (
        select(WaitingPlace.number, WaitingPlace.nomination_id, WaitingPlace.officer_id, Officer.name, Agency.name, WaitingPlace.at)
        .join(Officer, Officer.id == WaitingPlace.officer_id)
        .join(Nomination, Nomination.id == WaitingPlace.nomination_id)
        .join(Agreement, Agreement.id == Nomination.agreement_id)
        .join(Agency, Agency.id == Agreement.agency_id)
        .where(waits(offering_id))
        .order_by(WaitingPlace.number)
        .limit(MOST_OFFICERS)
    )
    return [WaitingRow(*row) for row in session.execute(asked)]


@dataclass(frozen=True, slots=True)
class EnrolledOfficer:
    """An officer in a class, for whoever withdraws them."""

    enrollment_id: uuid.UUID
    offering_id: uuid.UUID
    agency_id: uuid.UUID
    name: str
    agency: str
    class_title: str
    withdrawn_at: datetime | None


def enrolled_officer(session: Session, *, enrollment_id: uuid.UUID) -> EnrolledOfficer | None:
    """The enrollment with its names, or None when there is none."""
    asked = (
        select(Enrollment.id, Offering.id, Agency.id, Officer.name, Agency.name, Offering.title, Withdrawal.at)
        .join(Offering, Offering.id == Enrollment.offering_id)
        .join(Officer, Officer.id == Enrollment.officer_id)
        .join(Agency, Agency.id == Enrollment.agency_id)
        .outerjoin(Withdrawal, Withdrawal.enrollment_id == Enrollment.id)
        .where(Enrollment.id == enrollment_id)
    )
    row = session.execute(asked).first()
    return None if row is None else EnrolledOfficer(*row)
