"""Recording letters of interest, agreements, their moves, terms and documents."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies import agreement_queries as queries
from lms.agencies.agreement_rules import TERMS, Basis, Component, Standing, State, Step, fault_of_agreement, fault_of_step
from lms.agencies.models import (
    ActivationProcedure,
    Agency,
    Agreement,
    AgreementMove,
    AgreementTerm,
    LetterOfInterest,
    ProgramDocument,
    RuleSetRevision,
)
from lms.agencies.rule_sets import MODELS, RuleSet, shipped_rule_set
from lms.audit import service as audit
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.ids import new_id

LARGEST_DOCUMENT = 5 * 1024 * 1024


class NoSuchAgency(NotFound):
    """There is no such agency."""


class NoSuchAgreement(NotFound):
    """There is no such agreement, or not one that this person may know of."""


class NotSo(Invalid):
    """An agreement cannot say this, or cannot move so."""


class AlreadyDrafted(Conflict):
    """The form was sent before, and its agreement is made."""


class NotADocument(Invalid):
    """What was uploaded is not a PDF file of an acceptable size."""


def record_letter(
    session: Session, *, actor: Identity, agency_id: uuid.UUID, models: Collection[str], signed_by: str, dated_on: date, now: datetime
) -> uuid.UUID:
    """Record that an agency wants to take part under these program models. Returns the letter's id."""
    _require_agency(session, agency_id)
    if not models or not set(models) <= MODELS.keys() or not signed_by.strip():
        raise NotSo("A letter names at least one program model and who signed it.")
    letter = LetterOfInterest(
        id=new_id(),
        agency_id=agency_id,
        models=sorted(set(models)),
        signed_by=" ".join(signed_by.split()),
        dated_on=dated_on,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(letter)
    session.flush()  # agreements point to it
    details = {"models": letter.models}
    audit.record(
        session,
        actor=actor,
        action="recorded a letter of interest",
        object_type="letter of interest",
        object_id=letter.id,
        agency_id=agency_id,
        details=details,
        now=now,
    )
    return letter.id


def _require_agency(session: Session, agency_id: uuid.UUID) -> None:
    if session.scalar(select(Agency.id).where(Agency.id == agency_id)) is None:
        raise NoSuchAgency("There is no such agency.")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new agreement says. `effective_at`: since when there is a draft."""

    rule_set_id: str
    basis: Basis
    component: Component
    contingency: bool
    functions: tuple[str, ...]
    letter_id: uuid.UUID | None
    effective_at: datetime


def draft_agreement(
    session: Session, *, actor: Identity, agency_id: uuid.UUID, draft: Draft, form_id: uuid.UUID, now: datetime
) -> uuid.UUID:
    """Begin an agreement on a shipped template, whose rules are kept with it as they are now. Returns its id."""
    _require_agency(session, agency_id)
    if session.scalar(select(Agreement.id).where(Agreement.form_id == form_id)) is not None:
        raise AlreadyDrafted("This agreement is already drafted.")
    rule_set = _rule_set(session, agency_id, draft)
    if draft.effective_at > now:
        raise NotSo("A draft is dated today or before.")
    _keep_rules(session, rule_set, now=now)
    agreement = Agreement(
        id=new_id(),
        agency_id=agency_id,
        letter_id=draft.letter_id,
        model=rule_set.model,
        basis=draft.basis,
        component=draft.component,
        contingency=draft.contingency,
        rule_set_hash=rule_set.hash,
        functions=sorted(draft.functions),
        form_id=form_id,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(agreement)
    session.flush()  # moves point to it
    first = Step(State.DRAFT, draft.effective_at, "Drafted")
    _add_move(session, actor=actor, agreement_id=agreement.id, number=1, step=first, now=now)
    details = {"rule_set": rule_set.id, "basis": draft.basis, "component": draft.component, "contingency": draft.contingency}
    _tell(session, actor, "drafted an agreement", agreement.id, agency_id, now, details=details)
    return agreement.id


def _rule_set(session: Session, agency_id: uuid.UUID, draft: Draft) -> RuleSet:
    rule_set = shipped_rule_set(draft.rule_set_id)
    if rule_set is None:
        raise NotSo("Choose one of the templates.")
    fault = fault_of_agreement(rule_set, basis=draft.basis, contingency=draft.contingency, functions=draft.functions)
    if fault:
        raise NotSo(fault)
    if draft.letter_id is not None:
        letter = session.scalar(
            select(LetterOfInterest).where(LetterOfInterest.id == draft.letter_id, LetterOfInterest.agency_id == agency_id)
        )
        if letter is None or rule_set.model not in letter.models:
            raise NotSo(f"The letter of interest does not name {rule_set.model}.")
    return rule_set


def _keep_rules(session: Session, rule_set: RuleSet, *, now: datetime) -> None:
    if session.get(RuleSetRevision, rule_set.hash) is None:
        session.add(RuleSetRevision(hash=rule_set.hash, rule_set_id=rule_set.id, content=dict(rule_set.content), recorded_at=now))
        session.flush()  # agreements point to it


def _add_move(session: Session, *, actor: Identity, agreement_id: uuid.UUID, number: int, step: Step, now: datetime) -> None:
    session.add(
        AgreementMove(
            agreement_id=agreement_id,
            number=number,
            to_state=step.to,
            effective_at=step.effective_at,
            recorded_at=now,
            recorded_by=actor.user_id,
            reason=step.reason.strip(),
            exigent=step.exigent,
        )
    )


def _tell(
    session: Session,
    actor: Identity,
    action: str,
    agreement_id: uuid.UUID,
    agency_id: uuid.UUID,
    now: datetime,
    **more: Any,
) -> None:
    audit.record(session, actor=actor, action=action, object_type="agreement", object_id=agreement_id, agency_id=agency_id, now=now, **more)


def move_agreement(session: Session, *, actor: Identity, agreement_id: uuid.UUID, step: Step, now: datetime) -> None:
    """Record that an agreement moves into another state. The row stays for ever; a mistake is put right by another move."""
    if step.to is State.ACTIVATED:
        raise NotSo("An agreement is activated from the page of a declaration, by the procedure that it names.")
    _move(session, actor=actor, agreement_id=agreement_id, step=step, now=now)


def activate_agreement(
    session: Session, *, actor: Identity, agreement_id: uuid.UUID, effective_at: datetime, reason: str, now: datetime
) -> int:
    """Record that a contingency agreement was activated, which the caller has found to be so. Returns the number of the move."""
    step = Step(State.ACTIVATED, effective_at, reason)
    return _move(session, actor=actor, agreement_id=agreement_id, step=step, now=now, action="activated an agreement")


def _move(
    session: Session, *, actor: Identity, agreement_id: uuid.UUID, step: Step, now: datetime, action: str = "moved an agreement"
) -> int:
    session.execute(select(Agreement.id).where(Agreement.id == agreement_id).with_for_update())
    found = queries.agreement(session, identity=actor, agreement_id=agreement_id)
    if found is None:
        raise NoSuchAgreement("There is no such agreement.")
    standing = Standing(found.moves, found.rule_set, found.time_zone, found.terms_found, found.contingency)
    fault = fault_of_step(standing, step, now=now)
    if fault:
        raise NotSo(fault)
    number = found.moves[-1].number + 1
    _add_move(session, actor=actor, agreement_id=agreement_id, number=number, step=step, now=now)
    details = {"to": step.to, "effective_at": step.effective_at.isoformat(), "exigent": step.exigent}
    _tell(session, actor, action, agreement_id, found.agency_id, now, reason=step.reason.strip(), details=details)
    return number


def record_procedure(session: Session, *, actor: Identity, agreement_id: uuid.UUID, text: str, now: datetime) -> bool:
    """Record by which procedure a contingency agreement is activated, as it says itself (28 CFR 65.84(a)(2)). Whether that is new."""
    session.execute(select(Agreement.id).where(Agreement.id == agreement_id).with_for_update())
    found = queries.agreement(session, identity=actor, agreement_id=agreement_id)
    if found is None:
        raise NoSuchAgreement("There is no such agreement.")
    if not found.contingency:
        raise NotSo("Only a contingency agreement has a procedure of activation.")
    text = text.strip()
    if text == found.procedure:
        return False
    number = 1 + (session.scalar(select(func.max(ActivationProcedure.number)).where(ActivationProcedure.agreement_id == agreement_id)) or 0)
    who = {"recorded_by": actor.user_id, "recorded_at": now}
    session.add(ActivationProcedure(agreement_id=agreement_id, number=number, text=text, **who))
    _tell(session, actor, "recorded the activation procedure of an agreement", agreement_id, found.agency_id, now)
    return True


def record_terms(session: Session, *, actor: Identity, agreement_id: uuid.UUID, places: Mapping[str, str], now: datetime) -> int:
    """Record where each of the fifteen terms stands in an agreement; an empty place means not found. Returns how many changed."""
    session.execute(select(Agreement.id).where(Agreement.id == agreement_id).with_for_update())
    found = queries.agreement(session, identity=actor, agreement_id=agreement_id)
    if found is None:
        raise NoSuchAgreement("There is no such agreement.")
    if found.basis != Basis.MASS_INFLUX:
        raise NotSo("Only an agreement for a mass influx has the fifteen terms of 28 CFR 65.84(a)(3).")
    before = {term.id: term for term in found.terms}
    changed = [term for term in TERMS if term in places and before[term].place != places[term].strip()]
    for term in changed:
        place = places[term].strip()
        session.add(
            AgreementTerm(
                agreement_id=agreement_id,
                term=term,
                number=before[term].number + 1,
                found=bool(place),
                place=place,
                recorded_by=actor.user_id,
                recorded_at=now,
            )
        )
    if changed:
        _tell(session, actor, "recorded terms of an agreement", agreement_id, found.agency_id, now, details={"terms": changed})
    return len(changed)


def checked_pdf(content: bytes) -> bytes:
    """The bytes of an upload. Raises NotADocument unless they are a PDF file of an acceptable size."""
    if len(content) > LARGEST_DOCUMENT:
        raise NotADocument(f"The file is larger than {LARGEST_DOCUMENT // 1024 // 1024} MB. Make it smaller, or send it in parts.")
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise NotADocument("This is not a whole PDF file. Save the document as PDF and choose that file.")
    return content


def add_document(
    session: Session, *, actor: Identity, agreement_id: uuid.UUID, title: str, digest: str, size: int, now: datetime
) -> uuid.UUID:
    """Put a stored PDF to an agreement. Returns the document's id."""
    found = queries.agreement(session, identity=actor, agreement_id=agreement_id)
    if found is None:
        raise NoSuchAgreement("There is no such agreement.")
    document = ProgramDocument(
        id=new_id(),
        agreement_id=agreement_id,
        title=title.strip(),
        digest=digest,
        size=size,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(document)
    _tell(session, actor, "added a document to an agreement", agreement_id, found.agency_id, now, details={"sha256": digest})
    return document.id
