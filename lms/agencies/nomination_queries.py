"""Nominations with their gates and outcomes, as far as the asker may see the agency; and who was nominated before."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.permissions import Permission
from lms.accounts.rules import Identity
from lms.agencies import agreement_queries as agreements
from lms.agencies.agreement_rules import State, state_at
from lms.agencies.models import (
    Agency,
    Agreement,
    Nomination,
    NominationOutcome,
    NominationScreening,
    Nominee,
    RuleSetRevision,
)
from lms.agencies.nomination_rules import Candidate, Circumstances, Gate, Outcome, Person, Screening, gates, verdict
from lms.agencies.queries import seen_by
from lms.agencies.rule_sets import RuleSet

PER_PAGE = 50
Listed = Select[uuid.UUID, str, str, str, datetime, str, uuid.UUID | None]


def today_in(zone: str, now: datetime) -> date:
    """The day that people of a time zone have at `now`."""
    return now.astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True, slots=True)
class NominationRow:
    """A nomination in a list. Without an outcome it waits."""

    id: uuid.UUID
    name: str
    model: str
    agency: str
    recorded_at: datetime
    outcome: str | None
    batch_id: uuid.UUID | None


def nominations(session: Session, *, identity: Identity, agency_id: uuid.UUID, page: int = 1) -> list[NominationRow]:
    """One page of an agency's nominations, the newest first."""
    return _rows(session, _listed(identity).where(Agreement.agency_id == agency_id), page)


def nomination_count(session: Session, *, identity: Identity, agency_id: uuid.UUID) -> int:
    """How many nominations an agency has made."""
    asked = select(func.count()).select_from(Nomination).join(Agreement).join(Agency).where(Agency.id == agency_id, seen_by(identity))
    return session.scalar(asked) or 0


def waiting(session: Session, *, identity: Identity, page: int = 1) -> list[NominationRow]:
    """One page of the nominations of all agencies that wait for a decision, the oldest first."""
    asked = _listed(identity).where(NominationOutcome.nomination_id.is_(None)).order_by(None)
    return _rows(session, asked.order_by(Nomination.recorded_at, Nomination.id), page)


def waiting_count(session: Session, *, identity: Identity) -> int:
    """How many nominations wait for a decision."""
    asked = select(func.count()).select_from(Nomination).join(Agreement).join(Agency).outerjoin(NominationOutcome)
    return session.scalar(asked.where(seen_by(identity), NominationOutcome.nomination_id.is_(None))) or 0


def _listed(identity: Identity) -> Listed:
    columns = (
        Nomination.id,
        Nomination.name,
        Agreement.model,
        Agency.name,
        Nomination.recorded_at,
        NominationOutcome.outcome,
        Nomination.batch_id,
    )
    asked = select(*columns).select_from(Nomination).join(Agreement).join(Agency).outerjoin(NominationOutcome)
    return asked.where(seen_by(identity)).order_by(Nomination.recorded_at.desc(), Nomination.id)


def _rows(session: Session, asked: Listed, page: int) -> list[NominationRow]:
    return [NominationRow(*row) for row in session.execute(asked.offset((page - 1) * PER_PAGE).limit(PER_PAGE))]


@dataclass(frozen=True, slots=True)
class NominationDetail:
    """One nomination with what decides about it."""

    id: uuid.UUID
    nominee_id: uuid.UUID
    agreement_id: uuid.UUID
    agency_id: uuid.UUID
    agency: str
    time_zone: str
    candidate: Candidate
    rule_set: RuleSet
    gates: list[Gate]
    nominated_by: uuid.UUID | None
    recorded_at: datetime
    batch_id: uuid.UUID | None
    substitute_for: uuid.UUID | None
    substitute: uuid.UUID | None
    outcome: str | None
    reason: str
    decided_at: datetime | None
    decided_by: str

    @property
    def verdict(self) -> str:
        return verdict(self.gates)


def nomination(session: Session, *, identity: Identity, nomination_id: uuid.UUID, now: datetime) -> NominationDetail | None:
    """The nomination, or None when there is none or the person may not see its agency: the two look alike."""
    asked = (
        select(Nomination, Agency, RuleSetRevision.content, NominationOutcome, User.name)
        .join(Agreement, Agreement.id == Nomination.agreement_id)
        .join(Agency, Agency.id == Agreement.agency_id)
        .join(RuleSetRevision, RuleSetRevision.hash == Agreement.rule_set_hash)
        .outerjoin(NominationOutcome, NominationOutcome.nomination_id == Nomination.id)
        .outerjoin(User, User.id == NominationOutcome.decided_by)
        .where(Nomination.id == nomination_id, seen_by(identity))
    )
    row = session.execute(asked).first()
    if row is None:
        return None
    found, agency, content, ended, decider = row
    moment = ended.at if ended else now  # a nomination that is decided shows what was so when it was decided
    moves = agreements.moves_of(session, [found.agreement_id])[found.agreement_id]
    around = Circumstances(
        agreements.kept_rules(content),
        state_at(moves, at=moment, on_record=moment),
        today_in(agency.time_zone, moment),
        _screenings(session, found.id),
    )
    candidate = _candidate(found)
    return NominationDetail(
        id=found.id,
        nominee_id=found.nominee_id,
        agreement_id=found.agreement_id,
        agency_id=agency.id,
        agency=agency.name,
        time_zone=agency.time_zone,
        candidate=candidate,
        rule_set=around.rule_set,
        gates=gates(candidate, around),
        nominated_by=found.nominated_by,
        recorded_at=found.recorded_at,
        batch_id=found.batch_id,
        substitute_for=found.substitute_for,
        substitute=session.scalar(select(Nomination.id).where(Nomination.substitute_for == found.id)),
        outcome=ended.outcome if ended else None,
        reason=ended.reason if ended else "",
        decided_at=ended.at if ended else None,
        decided_by=decider or "",
    )


def _candidate(found: Nomination) -> Candidate:
    return Candidate(found.name, found.email, found.sworn_on, found.answers, found.consent_by, found.consent_on)


def _screenings(session: Session, nomination_id: uuid.UUID) -> dict[str, Screening]:
    asked = select(NominationScreening).where(NominationScreening.nomination_id == nomination_id).order_by(NominationScreening.number)
    return {row.test: Screening(row.met, row.note) for row in session.scalars(asked)}


def others_of_nominee(session: Session, *, identity: Identity, nominee_id: uuid.UUID, but: uuid.UUID) -> list[NominationRow]:
    """The other nominations of the same person, in agencies that the asker may see."""
    return _rows(session, _listed(identity).where(Nomination.nominee_id == nominee_id, Nomination.id != but), 1)


@dataclass(frozen=True, slots=True)
class Nominating:
    """An agreement under which somebody may nominate."""

    id: uuid.UUID
    agency_id: uuid.UUID
    agency: str
    rule_set: RuleSet
    state: State | None
    today: date


def nominating(session: Session, *, identity: Identity, agreement_id: uuid.UUID, now: datetime) -> Nominating | None:
    """The agreement for somebody who coordinates its agency; None for everybody else and when there is none."""
    found = agreements.agreement(session, identity=identity, agreement_id=agreement_id)
    if found is None or not may_nominate(identity, found.agency_id):
        return None
    state = found.state(at=now, on_record=now)
    return Nominating(found.id, found.agency_id, found.agency, found.rule_set, state, today_in(found.time_zone, now))


def may_nominate(identity: Identity, agency_id: uuid.UUID) -> bool:
    """Whether the person nominates officers of this agency."""
    return identity.may(Permission.NOMINATION_MAKE) and agency_id in identity.agency_ids


@dataclass(frozen=True, slots=True)
class KnownNominee:
    """A person who was nominated before."""

    id: uuid.UUID
    person: Person


def known_nominees(session: Session, *, people: Collection[Person]) -> list[KnownNominee]:
    """Everybody nominated before who may be one of `people`, with every address they were nominated under."""
    names, emails = {person.name for person in people}, {email for person in people for email in person.emails}
    of_address = select(Nomination.nominee_id).where(Nomination.email.in_(emails))
    meant = or_(Nominee.normalized_name.in_(names), Nominee.email.in_(emails), Nominee.id.in_(of_address))
    asked = select(Nominee, Nomination.email).outerjoin(Nomination, Nomination.nominee_id == Nominee.id).where(meant)
    found: dict[uuid.UUID, KnownNominee] = {}
    for nominee, email in session.execute(asked.order_by(Nominee.recorded_at, Nominee.id)):
        known = found.get(nominee.id)
        person = known.person if known else Person(nominee.normalized_name, frozenset({nominee.email}), nominee.sworn_on)
        found[nominee.id] = KnownNominee(nominee.id, replace(person, emails=person.emails | ({email} if email else set())))
    return list(found.values())


def open_nominations(
    session: Session, *, agreement_id: uuid.UUID, nominee_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[uuid.UUID, Candidate]]:
    """For each of these people who is nominated under the agreement, undecided or approved: the nomination and what it says."""
    asked = (
        select(Nomination)
        .outerjoin(NominationOutcome, NominationOutcome.nomination_id == Nomination.id)
        .where(
            Nomination.agreement_id == agreement_id,
            Nomination.nominee_id.in_(nominee_ids),
            or_(NominationOutcome.outcome.is_(None), NominationOutcome.outcome == Outcome.APPROVED),
        )
    )
    return {row.nominee_id: (row.id, _candidate(row)) for row in session.scalars(asked)}


def undecided_of_batch(session: Session, *, identity: Identity, batch_id: uuid.UUID) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(nomination, agency) of a file's nominations that nobody has decided, for somebody who coordinates the agency."""
    own = true() if identity.user_id is None else Agreement.agency_id.in_(identity.agency_ids)
    asked = (
        select(Nomination.id, Agreement.agency_id)
        .join(Agreement, Agreement.id == Nomination.agreement_id)
        .outerjoin(NominationOutcome, NominationOutcome.nomination_id == Nomination.id)
        .where(Nomination.batch_id == batch_id, own, NominationOutcome.nomination_id.is_(None))
        .order_by(Nomination.recorded_at, Nomination.id)
    )
    return [(row[0], row[1]) for row in session.execute(asked)]
