"""Recording an authorization: what it would rest on, its conditions, and the letter with everything it says frozen."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Officer, User
from lms.accounts.rules import SYSTEM, Identity, normalized_email
from lms.agencies import agreement_queries as agreements
from lms.agencies import nomination_queries as nominations
from lms.agencies import queries as agencies
from lms.agencies.agreement_queries import AgreementDetail, AgreementRow
from lms.agencies.agreement_rules import IN_FORCE, Basis
from lms.agencies.clocks import start_of
from lms.agencies.models import Agreement, Nomination, NominationOutcome, Nominee
from lms.agencies.nomination_rules import Gate
from lms.agencies.queries import AgencyDetail
from lms.agencies.rule_sets import MODELS
from lms.audit import service as audit
from lms.authorizations import queries, refreshing, trainings
from lms.authorizations.gate_rules import Nominated, Request, gates, unmet
from lms.authorizations.informing import tell_authorized
from lms.authorizations.models import Authorization
from lms.authorizations.queries import OBJECT_TYPE, Supervisor
from lms.authorizations.rules import (
    LETTER_ENTROPY,
    ends_by_rule,
    fault_of_functions,
    fault_of_places,
    letter_number,
    place_name,
)
from lms.authorizations.trainings import TrainingRow
from lms.certificates.fonts import normalized, refuse_missing
from lms.certificates.numbers import display
from lms.certificates.reserving import Terms
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id

DAYS_BACK: Final = 90
DAYS_AHEAD: Final = 90


class NoSuchTraining(NotFound):
    """There is no certificate of that number to authorize on."""


class NotReady(Conflict):
    """A condition of authorizing is not met."""


class NotSo(Invalid):
    """A letter cannot say this."""


class OwnAuthorization(Forbidden):
    """Nobody authorizes themselves."""


class AlreadyRecorded(Conflict):
    """The form was sent before, and its authorization is recorded."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Whom an authorization would be for, under which of the agency's agreements, and what it would rest on."""

    row: TrainingRow
    agency: AgencyDetail
    choices: Sequence[AgreementRow]


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter as a supervisor wants it. `ends_on`: earlier than the template's end, if told."""

    agreement_id: uuid.UUID
    functions: tuple[str, ...]
    places: tuple[str, ...]
    starts_on: date
    ends_on: date | None
    supervisor: Supervisor


def offer(session: Session, *, number: str, now: datetime) -> Offer:
    """What there is to authorize the officer of a certificate on. Raises NoSuchTraining."""
    found = trainings.trainings(session, trainings.of_number(number))
    if not found:
        raise NoSuchTraining("There is no such certificate.")
    (row,) = found.values()
    agency_id = agencies.agencies_served(session, officer_ids=[row.officer_id], now=now).get(row.officer_id, row.newest.agency_id)
    agency = agencies.agency(session, identity=SYSTEM, agency_id=agency_id)
    if agency is None:
        raise NoSuchTraining("There is no such certificate.")
    under = agreements.agreements(session, identity=SYSTEM, agency_id=agency_id, now=now)
    return Offer(row, agency, [one for one in under if one.state in IN_FORCE and _fits(one, row)])


def _fits(agreement: AgreementRow, row: TrainingRow) -> bool:
    return agreement.basis == Basis.MASS_INFLUX or agreement.model == row.model


def agreement_of(session: Session, offered: Offer, *, agreement_id: uuid.UUID) -> AgreementDetail:
    """The agreement chosen, one of the officer's own agency. Raises NoSuchTraining."""
    found = agreements.agreement(session, identity=SYSTEM, agreement_id=agreement_id)
    if found is None or found.agency_id != offered.agency.id:
        raise NoSuchTraining("There is no such agreement of the officer's agency.")
    return found


def conditions(session: Session, offered: Offer, agreement: AgreementDetail, *, starts_at: datetime, now: datetime) -> list[Gate]:
    """Every condition of authorizing the officer under the agreement, met or not."""
    row = offered.row
    going_on = (one for one in queries.of_officer(session, officer_id=row.officer_id) if one.agreement_id == agreement.id)
    asked = Request(
        starts_at=starts_at,
        now=now,
        model=agreement.model,
        basis=agreement.basis,
        moves=agreement.moves,
        certificate_model=row.model,
        training=row.training,
        nomination=_nominated(session, _nomination_id(session, agreement_id=agreement.id, officer_id=row.officer_id), now=now),
        serves_in_agency=agreement.agency_id == offered.agency.id,
        is_authorized_already=any(not one.standing_now(now).has_ended for one in going_on),
    )
    return gates(asked)


def _nomination_id(session: Session, *, agreement_id: uuid.UUID, officer_id: uuid.UUID) -> uuid.UUID | None:
    """The nomination of an officer under an agreement, by the officer's address: an approved one before any other, then the newest."""
    email = session.execute(select(User.email).join(Officer, Officer.user_id == User.id).where(Officer.id == officer_id)).scalar_one()
    meant = normalized_email(email)
    approved = exists().where(NominationOutcome.nomination_id == Nomination.id, NominationOutcome.outcome == "approved")
    asked = (
        select(Nomination.id)
        .join(Nominee, Nominee.id == Nomination.nominee_id)
        .where(Nomination.agreement_id == agreement_id, or_(Nomination.email == meant, Nominee.email == meant))
        .order_by(approved.desc(), Nomination.recorded_at.desc())
        .limit(1)
    )
    return session.scalar(asked)


def _nominated(session: Session, nomination_id: uuid.UUID | None, *, now: datetime) -> Nominated | None:
    if nomination_id is None:
        return None
    found = nominations.nomination(session, identity=SYSTEM, nomination_id=nomination_id, now=now)
    return Nominated(found.outcome, [gate for gate in found.gates if gate.id != "agreement"]) if found else None


def starts_at(day: date, *, zone: str, now: datetime) -> datetime:
    """When an authorization that begins on `day` begins: at once when that is today, else at the beginning of the day."""
    return now if day == now.astimezone(ZoneInfo(zone)).date() else start_of(day, zone=zone)


def authorize(
    session: Session, *, actor: Identity, number: str, draft: Draft, terms: Terms, form_id: uuid.UUID, now: datetime
) -> uuid.UUID:
    """Record an authorization on the certificate of that number. Its letter follows by itself. Returns the authorization's id.

    Raises NotReady with every condition that is not met, NotSo, OwnAuthorization, AlreadyRecorded, MissingGlyph.
    """
    session.execute(select(Agreement.id).where(Agreement.id == draft.agreement_id).with_for_update())
    if session.scalar(select(Authorization.id).where(Authorization.form_id == form_id)) is not None:
        raise AlreadyRecorded("This authorization is recorded already.")
    offered = offer(session, number=number, now=now)
    if actor.officer_id == offered.row.officer_id:
        raise OwnAuthorization("You cannot authorize yourself. Another supervisor must.")
    agreement = agreement_of(session, offered, agreement_id=draft.agreement_id)
    begins = _beginning(draft.starts_on, zone=agreement.time_zone, now=now)
    found = conditions(session, offered, agreement, starts_at=begins, now=now)
    if missing := unmet(found):
        raise NotReady("Not authorized: " + " ".join(f"{gate.label}: {gate.reason}" for gate in missing))
    _refuse_faults(draft, agreement, offered)
    made = _letter(session, actor, offered, agreement, draft, begins, terms, form_id, now)
    session.add(made)
    session.flush()  # refreshers point to it
    refreshing.plan_first(session, authorization_id=made.id, rule_set=agreement.rule_set, last_on=offered.row.newest.completed_on, now=now)
    _tell(session, actor, made, now)
    session.flush()  # what is told is read back
    row = queries.by_id(session, made.id)
    if row is not None:
        tell_authorized(session, row, now=now)
    return made.id


def _beginning(day: date, *, zone: str, now: datetime) -> datetime:
    begins = starts_at(day, zone=zone, now=now)
    if not -DAYS_BACK <= (begins - now).days <= DAYS_AHEAD:
        raise NotSo(f"An authorization begins at most {DAYS_BACK} days before it is recorded, and at most {DAYS_AHEAD} days after.")
    return begins


def _refuse_faults(draft: Draft, agreement: AgreementDetail, offered: Offer) -> None:
    fault = fault_of_functions(draft.functions, agreement=agreement.functions, rule_set=agreement.rule_set) or fault_of_places(
        draft.places, state=offered.agency.state
    )
    if fault:
        raise NotSo(fault)
    told = draft.supervisor
    for text in (told.name, told.position, told.phone, told.email, told.field_office, offered.row.newest.name):
        refuse_missing(text)


def _ends_at(draft: Draft, agreement: AgreementDetail, begins: datetime) -> datetime | None:
    by_rule = ends_by_rule(agreement.rule_set, starts_at=begins, zone=agreement.time_zone)
    if draft.ends_on is None:
        return by_rule
    chosen = start_of(draft.ends_on, zone=agreement.time_zone)
    if chosen <= begins:
        raise NotSo("An authorization ends after it begins.")
    if by_rule is not None and chosen > by_rule:
        raise NotSo(f"Under this template an authorization lasts at most {agreement.rule_set.authorization_months.value} months (R-17).")
    return chosen


def _letter(  # noqa: PLR0913, PLR0917 - a letter rests on this much, and is put together here alone
    session: Session,
    actor: Identity,
    offered: Offer,
    agreement: AgreementDetail,
    draft: Draft,
    begins: datetime,
    terms: Terms,
    form_id: uuid.UUID,
    now: datetime,
) -> Authorization:
    row, told = offered.row, draft.supervisor
    return Authorization(
        id=new_id(),
        number=letter_number(secrets.token_bytes(LETTER_ENTROPY)),
        officer_id=row.officer_id,
        agency_id=offered.agency.id,
        agreement_id=agreement.id,
        certificate_id=row.newest.id,
        nomination_id=_nomination_id(session, agreement_id=agreement.id, officer_id=row.officer_id),
        functions=[function.id for function in agreement.rule_set.functions if function.id in draft.functions],
        places=sorted(set(draft.places)),
        starts_at=begins,
        ends_at=_ends_at(draft, agreement, begins),
        supervisor_name=normalized(told.name),
        supervisor_position=normalized(told.position),
        supervisor_phone=told.phone,
        supervisor_email=told.email,
        field_office=normalized(told.field_office),
        facts=_facts(offered, agreement, draft, terms, actor),
        form_id=form_id,
        recorded_by=actor.user_id,
        recorded_at=now,
    )


def _facts(offered: Offer, agreement: AgreementDetail, draft: Draft, terms: Terms, actor: Identity) -> dict[str, Any]:
    listed = [one for one in offered.row.training.listed if one.struck is None]
    return {
        "agency": normalized(agreement.agency),
        "agreement": agreement.rule_set.title,
        "certificate": display(offered.row.newest.number),
        "certification": listed[-1].number,
        "demo": terms.demo,
        "disclaimer": terms.disclaimer,
        "functions": [function.text for function in agreement.rule_set.functions if function.id in draft.functions],
        "issuer": terms.issuer,
        "model": MODELS[agreement.model],
        "places": [place_name(code) for code in sorted(set(draft.places))],
        "signed_by": normalized(actor.name),
        "zone": agreement.time_zone,
    }


def _tell(session: Session, actor: Identity, made: Authorization, now: datetime) -> None:
    details = {
        "functions": made.functions,
        "places": made.places,
        "starts_at": made.starts_at.isoformat(),
        "agreement": str(made.agreement_id),
    }
    audit.record(
        session,
        actor=actor,
        action="authorized an officer",
        object_type=OBJECT_TYPE,
        object_id=made.id,
        agency_id=made.agency_id,
        details=details,
        now=now,
    )
