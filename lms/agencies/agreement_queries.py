"""Letters, agreements and their documents, as far as the asker may see the agency."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.rules import Identity
from lms.agencies.agreement_rules import TERMS, Move, State, gives_authority, notice_ends_at, state_at
from lms.agencies.models import (
    ActivationProcedure,
    Agency,
    Agreement,
    AgreementMove,
    AgreementTerm,
    LetterOfInterest,
    Nomination,
    ProgramDocument,
    RuleSetRevision,
)
from lms.agencies.queries import seen_by
from lms.agencies.rule_sets import RuleSet, rule_set_of


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter of interest."""

    id: uuid.UUID
    models: list[str]
    signed_by: str
    dated_on: date
    recorded_at: datetime


def letters(session: Session, *, identity: Identity, agency_id: uuid.UUID) -> list[LetterRow]:
    """The newest letters of an agency that the person may see."""
    columns = (
        LetterOfInterest.id,
        LetterOfInterest.models,
        LetterOfInterest.signed_by,
        LetterOfInterest.dated_on,
        LetterOfInterest.recorded_at,
    )
    asked = select(*columns).join(Agency).where(Agency.id == agency_id, seen_by(identity))
    newest = asked.order_by(LetterOfInterest.dated_on.desc(), LetterOfInterest.recorded_at.desc(), LetterOfInterest.id).limit(20)
    return [LetterRow(*row) for row in session.execute(newest)]


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement in a list, with its state now."""

    id: uuid.UUID
    model: str
    basis: str
    component: str
    contingency: bool
    state: State | None
    recorded_at: datetime


def agreements(session: Session, *, identity: Identity, agency_id: uuid.UUID, now: datetime) -> list[AgreementRow]:
    """The newest agreements of an agency that the person may see."""
    asked = select(Agreement).join(Agency).where(Agency.id == agency_id, seen_by(identity))
    found = session.scalars(asked.order_by(Agreement.recorded_at.desc(), Agreement.id).limit(100)).all()
    moves = moves_of(session, [agreement.id for agreement in found])
    return [
        AgreementRow(
            one.id,
            one.model,
            one.basis,
            one.component,
            one.contingency,
            state_at(moves[one.id], at=now, on_record=now),
            one.recorded_at,
        )
        for one in found
    ]


def moves_of(session: Session, agreement_ids: Collection[uuid.UUID] | Select[Any]) -> defaultdict[uuid.UUID, list[Move]]:
    """The moves of agreements, in order; of those that a select chooses, by one and the same statement however many they are."""
    asked = (
        select(AgreementMove, User.name)
        .outerjoin(User, User.id == AgreementMove.recorded_by)
        .where(AgreementMove.agreement_id.in_(agreement_ids))
        .order_by(AgreementMove.number)
    )
    found: defaultdict[uuid.UUID, list[Move]] = defaultdict(list)
    for row, name in session.execute(asked):
        move = Move(row.number, State(row.to_state), row.effective_at, row.recorded_at, row.reason, name or "The system")
        found[row.agreement_id].append(move)
    return found


@dataclass(frozen=True, slots=True)
class TermRow:
    """One of the fifteen terms. `number`: how often it was recorded; `place`: where it stands, empty when it was not found."""

    id: str
    text: str
    place: str
    number: int


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document that can be downloaded."""

    id: uuid.UUID
    title: str
    size: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class AgreementDetail:
    """One agreement with everything that was recorded of it."""

    id: uuid.UUID
    agency_id: uuid.UUID
    agency: str
    time_zone: str
    model: str
    basis: str
    component: str
    contingency: bool
    functions: tuple[str, ...]
    rule_set: RuleSet
    moves: list[Move]
    terms: list[TermRow]
    procedure: str

    @property
    def terms_found(self) -> frozenset[str]:
        return frozenset(term.id for term in self.terms if term.place)

    @property
    def notice_ends_at(self) -> datetime | None:
        return notice_ends_at(self.moves, self.rule_set, zone=self.time_zone)

    def state(self, *, at: datetime, on_record: datetime) -> State | None:
        """The state at a moment, as it was on record at another."""
        return state_at(self.moves, at=at, on_record=on_record)

    def gives_authority(self, at: datetime) -> bool:
        """Whether officers may be authorized under it at that moment."""
        return gives_authority(self.moves, at=at, contingency=self.contingency)


def agreement(session: Session, *, identity: Identity, agreement_id: uuid.UUID) -> AgreementDetail | None:
    """The agreement, or None when there is none or the person may not see its agency: the two look alike."""
    asked = (
        select(Agreement, Agency.name, Agency.time_zone, RuleSetRevision.content, newest_procedure())
        .join(Agency, Agency.id == Agreement.agency_id)
        .join(RuleSetRevision, RuleSetRevision.hash == Agreement.rule_set_hash)
        .where(Agreement.id == agreement_id, seen_by(identity))
    )
    row = session.execute(asked).first()
    if row is None:
        return None
    found, name, time_zone, content, procedure = row
    return AgreementDetail(
        id=found.id,
        agency_id=found.agency_id,
        agency=name,
        time_zone=time_zone,
        model=found.model,
        basis=found.basis,
        component=found.component,
        contingency=found.contingency,
        functions=tuple(found.functions),
        rule_set=kept_rules(content),
        moves=moves_of(session, [found.id])[found.id],
        terms=_terms(session, found.id),
        procedure=procedure or "",
    )


def kept_rules(content: dict[str, object]) -> RuleSet:
    """The rules that were kept with an agreement. They had no fault then."""
    found, faults = rule_set_of(content)
    if found is None:
        message = f"Rules that were kept cannot be read: {faults}"
        raise RuntimeError(message)
    return found


def _terms(session: Session, agreement_id: uuid.UUID) -> list[TermRow]:
    asked = select(AgreementTerm.term, AgreementTerm.place, AgreementTerm.number).where(AgreementTerm.agreement_id == agreement_id)
    newest = {term: (place, number) for term, place, number in session.execute(asked.order_by(AgreementTerm.number))}
    return [TermRow(term, text, *newest.get(term, ("", 0))) for term, text in TERMS.items()]


def terms_found(session: Session, agreement_ids: Collection[uuid.UUID]) -> defaultdict[uuid.UUID, set[str]]:
    """The terms that were found in each of these agreements. One statement."""
    asked = select(AgreementTerm.agreement_id, AgreementTerm.term, AgreementTerm.found).where(AgreementTerm.agreement_id.in_(agreement_ids))
    found: defaultdict[uuid.UUID, set[str]] = defaultdict(set)
    for agreement_id, term, is_found in session.execute(asked.order_by(AgreementTerm.number)):
        (found[agreement_id].add if is_found else found[agreement_id].discard)(term)
    return found


def newest_procedure() -> Any:
    """By which procedure an agreement is activated, as recorded last: a column for statements about agreements."""
    newest = select(ActivationProcedure.text).where(ActivationProcedure.agreement_id == Agreement.id)
    return newest.order_by(ActivationProcedure.number.desc()).limit(1).correlate(Agreement).scalar_subquery()


def documents(session: Session, *, agreement_id: uuid.UUID | None = None, nomination_id: uuid.UUID | None = None) -> list[DocumentRow]:
    """The newest documents of an agreement or a nomination that the asker was shown to see."""
    of_one = ProgramDocument.nomination_id == nomination_id if nomination_id else ProgramDocument.agreement_id == agreement_id
    asked = select(ProgramDocument.id, ProgramDocument.title, ProgramDocument.size, ProgramDocument.recorded_at).where(of_one)
    newest = asked.order_by(ProgramDocument.recorded_at.desc(), ProgramDocument.id).limit(100)
    return [DocumentRow(*row) for row in session.execute(newest)]


def document_digest(session: Session, *, identity: Identity, document_id: uuid.UUID) -> str | None:
    """The digest of a document, or None when there is none or the person may not see its agency: the two look alike."""
    asked = (
        select(ProgramDocument.digest)
        .outerjoin(Nomination, Nomination.id == ProgramDocument.nomination_id)
        .join(Agreement, (Agreement.id == ProgramDocument.agreement_id) | (Agreement.id == Nomination.agreement_id))
        .join(Agency, Agency.id == Agreement.agency_id)
        .where(ProgramDocument.id == document_id, seen_by(identity))
    )
    return session.scalar(asked)
