"""Nominating officers one by one or by file, withdrawing, screening, deciding."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Invitation
from lms.accounts.permissions import Role
from lms.accounts.rules import Identity, normalized_email
from lms.agencies import inviting
from lms.agencies import nomination_queries as queries
from lms.agencies.agreement_rules import NOMINATING
from lms.agencies.inviting import Guest
from lms.agencies.models import (
    Agreement,
    Nomination,
    NominationBatch,
    NominationInvitation,
    NominationOutcome,
    NominationScreening,
    Nominee,
    ProgramDocument,
)
from lms.agencies.nomination_file import Row, rows_of
from lms.agencies.nomination_queries import KnownNominee, Nominating, NominationDetail
from lms.agencies.nomination_rules import (
    Candidate,
    Outcome,
    fault_of_candidate,
    fault_of_decision,
    identity_name,
    is_same,
    person_of,
    screenable,
)
from lms.agencies.telling import Facts, person_reader, tell
from lms.audit import service as audit
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.ids import digest, new_id
from lms.notices.rules import Kind


class NoSuchNomination(NotFound):
    """There is no such nomination or agreement, or not one that this person may act on."""


class NotAccepted(Invalid):
    """What was sent about a nominee cannot be accepted."""


class NotOpenForNominations(Conflict):
    """The agreement is not signed, or no longer in force (R-14)."""


class AlreadyNominated(Conflict):
    """The person is nominated under this agreement already."""


class AlreadyDecided(Conflict):
    """The nomination has an outcome."""


class NotEligible(Conflict):
    """The nomination cannot be decided so."""


class NotApproved(Conflict):
    """Only an approved nominee is invited from a nomination."""


class Fate(StrEnum):
    """What becomes of a row of a file."""

    NEW = "will be nominated"
    THERE = "nominated already"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Planned:
    """A row of a file and what becomes of it."""

    row: Row
    fate: Fate
    nominee_id: uuid.UUID | None = None


# --- Nominating -----------------------------------------------------------------------------------------------------


def nominate(
    session: Session,
    *,
    actor: Identity,
    agreement_id: uuid.UUID,
    candidate: Candidate,
    now: datetime,
    substitute_for: uuid.UUID | None = None,
) -> uuid.UUID:
    """Put one officer forward under an agreement; as a substitute for one who was declined or withdrawn, if told. Returns the id."""
    under = _locked(session, actor=actor, agreement_id=agreement_id, now=now)
    wrong = fault_of_candidate(candidate, today=under.today)
    if wrong:
        raise NotAccepted(f"{wrong[0].capitalize()}: {wrong[1]}.")
    if substitute_for is not None:
        _require_place(session, actor=actor, agreement_id=agreement_id, substitute_for=substitute_for, now=now)
    (planned,) = _planned(session, under, [Row(1, candidate.name, candidate)])
    if planned.fate is not Fate.NEW:
        raise AlreadyNominated(f"{candidate.name} is nominated under this agreement already. Withdraw that nomination to send another.")
    return _add(session, actor=actor, under=under, planned=planned, now=now, substitute_for=substitute_for)


def _locked(session: Session, *, actor: Identity, agreement_id: uuid.UUID, now: datetime) -> Nominating:
    session.execute(select(Agreement.id).where(Agreement.id == agreement_id).with_for_update())
    under = queries.nominating(session, identity=actor, agreement_id=agreement_id, now=now)
    if under is None:
        raise NoSuchNomination("There is no such agreement.")
    if under.state not in NOMINATING:
        raise NotOpenForNominations(f"This agreement is {under.state}: nominations need one that is signed (R-14).")
    return under


def _require_place(session: Session, *, actor: Identity, agreement_id: uuid.UUID, substitute_for: uuid.UUID, now: datetime) -> None:
    first = queries.nomination(session, identity=actor, nomination_id=substitute_for, now=now)
    if first is None or first.agreement_id != agreement_id:
        raise NoSuchNomination("There is no such nomination.")
    if first.outcome not in {Outcome.DECLINED, Outcome.WITHDRAWN}:
        raise NotAccepted("A substitute takes the place of somebody who was declined or withdrawn.")
    if first.substitute is not None:
        raise AlreadyNominated("There is a substitute for this nomination already.")
    if first.rule_set.substitutes.value is False:
        raise NotAccepted("This template takes no substitutes.")


def _planned(session: Session, under: Nominating, rows: Sequence[Row]) -> list[Planned]:
    """What becomes of each row, asked in two statements however many rows there are."""
    people = [person_of(row.candidate) for row in rows if row.candidate]
    known = queries.known_nominees(session, people=people) if people else []
    nominated = queries.open_nominations(session, agreement_id=under.id, nominee_ids=[one.id for one in known])
    return [_plan_of(row, known, nominated) for row in rows]


def _plan_of(row: Row, known: Sequence[KnownNominee], nominated: dict[uuid.UUID, tuple[uuid.UUID, Candidate]]) -> Planned:
    if row.candidate is None:
        return Planned(row, Fate.REFUSED)
    same = [one.id for one in known if is_same(person_of(row.candidate), one.person)]
    there = next((nominated[found] for found in same if found in nominated), None)
    if there is None:
        return Planned(row, Fate.NEW, same[0] if same else None)
    if _kept(row.candidate) == _kept(there[1]):
        return Planned(row, Fate.THERE)
    what, fix = "this person is nominated already, with other facts", "withdraw that nomination first, or leave this row out"
    return Planned(Row(row.line, row.label, None, what, fix), Fate.REFUSED)


def _kept(candidate: Candidate) -> tuple[object, ...]:
    answers = sorted(candidate.answers.items())
    return candidate.name, normalized_email(candidate.email), candidate.sworn_on, answers, candidate.consent_by, candidate.consent_on


def _add(
    session: Session,
    *,
    actor: Identity,
    under: Nominating,
    planned: Planned,
    now: datetime,
    batch_id: uuid.UUID | None = None,
    substitute_for: uuid.UUID | None = None,
) -> uuid.UUID:
    candidate = planned.row.candidate
    if candidate is None:
        raise NotAccepted("This row cannot be taken in.")
    made = Nomination(
        id=new_id(),
        nominee_id=planned.nominee_id or _new_nominee(session, candidate, now=now),
        agreement_id=under.id,
        batch_id=batch_id,
        substitute_for=substitute_for,
        name=" ".join(candidate.name.split()),
        email=normalized_email(candidate.email),
        sworn_on=candidate.sworn_on,
        answers=dict(candidate.answers),
        consent_by=candidate.consent_by,
        consent_on=candidate.consent_on,
        nominated_by=actor.user_id,
        recorded_at=now,
    )
    session.add(made)
    session.flush()  # substitutes and outcomes point to it
    details = {"agreement": str(under.id), "person": audit.commitment(made.email), "batch": str(batch_id or "")}
    _tell(session, actor, "nominated an officer", made.id, under.agency_id, now, details=details)
    return made.id


def _new_nominee(session: Session, candidate: Candidate, *, now: datetime) -> uuid.UUID:
    nominee = Nominee(
        id=new_id(),
        email=normalized_email(candidate.email),
        normalized_name=identity_name(candidate.name),
        sworn_on=candidate.sworn_on,
        recorded_at=now,
    )
    session.add(nominee)
    session.flush()  # nominations point to it
    return nominee.id


def _tell(
    session: Session, actor: Identity, action: str, nomination_id: uuid.UUID, agency_id: uuid.UUID, now: datetime, **more: Any
) -> None:
    audit.record(
        session, actor=actor, action=action, object_type="nomination", object_id=nomination_id, agency_id=agency_id, now=now, **more
    )


# --- A file of them -------------------------------------------------------------------------------------------------


def plan_of_file(session: Session, *, under: Nominating, text: str) -> list[Planned]:
    """What would become of each row of a file. Changes nothing."""
    return _planned(session, under, rows_of(text, rule_set=under.rule_set, today=under.today))


def take_in(session: Session, *, actor: Identity, agreement_id: uuid.UUID, text: str, now: datetime) -> tuple[uuid.UUID | None, int]:
    """Nominate the sound rows of a file; refused ones stay out, those nominated already stay as they are.

    Returns the batch, by which it can be undone, and how many are new. The same file again changes nothing.
    """
    under = _locked(session, actor=actor, agreement_id=agreement_id, now=now)
    new = [planned for planned in plan_of_file(session, under=under, text=text) if planned.fate is Fate.NEW]
    if not new:
        return None, 0
    batch = NominationBatch(id=new_id(), agreement_id=under.id, digest=digest(text), recorded_by=actor.user_id, recorded_at=now)
    session.add(batch)
    session.flush()  # nominations point to it
    for planned in new:
        _add(session, actor=actor, under=under, planned=planned, now=now, batch_id=batch.id)
    return batch.id, len(new)


def withdraw_batch(session: Session, *, actor: Identity, batch_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """Undo a file: withdraw those of its nominations that nobody has decided. Returns the agency."""
    batch = session.get(NominationBatch, batch_id)
    if batch is not None:
        session.execute(select(Agreement.id).where(Agreement.id == batch.agreement_id).with_for_update())
    open_ones = queries.undecided_of_batch(session, identity=actor, batch_id=batch_id)
    if not open_ones:
        raise NoSuchNomination("There is nothing of this file to withdraw.")
    for nomination_id, agency_id in open_ones:
        _end(session, actor=actor, nomination_id=nomination_id, outcome=Outcome.WITHDRAWN, reason="The file was taken back", now=now)
        _tell(session, actor, "withdrew a nomination", nomination_id, agency_id, now, details={"batch": str(batch_id)})
    return open_ones[0][1]


# --- What becomes of one --------------------------------------------------------------------------------------------


def withdraw(session: Session, *, actor: Identity, nomination_id: uuid.UUID, reason: str, now: datetime) -> None:
    """Take a nomination back while nobody has decided it."""
    found = _undecided(session, actor=actor, nomination_id=nomination_id, now=now)
    _require_own(actor, found)
    if not reason.strip():
        raise NotAccepted("Say why.")
    _end(session, actor=actor, nomination_id=nomination_id, outcome=Outcome.WITHDRAWN, reason=reason, now=now)
    _tell(session, actor, "withdrew a nomination", nomination_id, found.agency_id, now, reason=reason.strip())


def _locked_nomination(session: Session, *, actor: Identity, nomination_id: uuid.UUID, now: datetime) -> NominationDetail:
    session.execute(select(Nomination.id).where(Nomination.id == nomination_id).with_for_update())
    found = queries.nomination(session, identity=actor, nomination_id=nomination_id, now=now)
    if found is None:
        raise NoSuchNomination("There is no such nomination.")
    return found


def _undecided(session: Session, *, actor: Identity, nomination_id: uuid.UUID, now: datetime) -> NominationDetail:
    found = _locked_nomination(session, actor=actor, nomination_id=nomination_id, now=now)
    if found.outcome is not None:
        raise AlreadyDecided(f"This nomination is {found.outcome} already.")
    return found


def _require_own(actor: Identity, found: NominationDetail) -> None:
    if not queries.may_nominate(actor, found.agency_id):
        raise NoSuchNomination("There is no such nomination.")


def _end(session: Session, *, actor: Identity, nomination_id: uuid.UUID, outcome: Outcome, reason: str, now: datetime) -> None:
    session.add(NominationOutcome(nomination_id=nomination_id, outcome=outcome, reason=reason.strip(), decided_by=actor.user_id, at=now))


def screen(session: Session, *, actor: Identity, nomination_id: uuid.UUID, test: str, met: bool, note: str, now: datetime) -> None:
    """Record what screening found for one test of the template. A later result counts instead; both stay.

    What must be so before the authorization alone may still be screened once the nomination is approved.
    """
    found = _locked_nomination(session, actor=actor, nomination_id=nomination_id, now=now)
    if test not in {one.id for one in found.rule_set.eligibility if one.kind == "screened"}:
        raise NotAccepted("This template has no such test for the program to screen.")
    if test not in {one.id for one in screenable(found.rule_set, outcome=found.outcome)}:
        raise AlreadyDecided(f"This nomination is {found.outcome} already.")
    numbers = select(NominationScreening.number).where(NominationScreening.nomination_id == nomination_id, NominationScreening.test == test)
    number = max(session.scalars(numbers), default=0) + 1
    row = {"met": met, "note": note.strip(), "recorded_by": actor.user_id, "recorded_at": now}
    session.add(NominationScreening(nomination_id=nomination_id, test=test, number=number, **row))
    _tell(session, actor, "screened a nominee", nomination_id, found.agency_id, now, details={"test": test, "met": met})


def decide(session: Session, *, actor: Identity, nomination_id: uuid.UUID, outcome: Outcome, reason: str, now: datetime) -> None:
    """Approve or decline a nomination. It is approved only when every condition of training is met (R-13, R-14)."""
    found = _undecided(session, actor=actor, nomination_id=nomination_id, now=now)
    is_own = actor.user_id is not None and actor.user_id == found.nominated_by
    fault = fault_of_decision(found.gates, outcome=outcome, reason=reason, is_own=is_own)
    if fault:
        raise NotEligible(fault)
    _end(session, actor=actor, nomination_id=nomination_id, outcome=outcome, reason=reason, now=now)
    _tell(session, actor, f"{outcome} a nomination", nomination_id, found.agency_id, now, reason=reason.strip())
    _write_to_agency(session, found, outcome=outcome, reason=reason, now=now)


def _write_to_agency(session: Session, found: NominationDetail, *, outcome: Outcome, reason: str, now: datetime) -> None:
    reader = person_reader(session, user_id=found.nominated_by, agency_id=found.agency_id)
    if reader is None:
        return
    facts: Facts = {"outcome": outcome, "officer": found.candidate.name, "model": found.rule_set.title, "when": now, "reason": reason}
    path = f"/nominations/{found.id}"
    tell(session, reader=reader, kind=Kind.NOMINATION_DECIDED, key=f"nomination:{found.id}", facts=facts, path=path, now=now)


def invite(session: Session, *, actor: Identity, nomination_id: uuid.UUID, form_id: uuid.UUID, now: datetime) -> str:
    """Invite an approved nominee into the agency, and return the secret of the link. Whoever takes it up is the officer nominated."""
    found = queries.nomination(session, identity=actor, nomination_id=nomination_id, now=now)
    if found is None:
        raise NoSuchNomination("There is no such nomination.")
    if found.outcome != Outcome.APPROVED:
        raise NotApproved("Only a nominee who was approved is invited. Open the nomination again.")
    guest = Guest(found.candidate.email, found.candidate.name, Role.OFFICER, found.agency_id)
    secret = inviting.invite(session, actor=actor, guest=guest, form_id=form_id, now=now)
    session.flush()  # the row below points to it
    made = session.execute(select(Invitation.id).where(Invitation.form_id == form_id)).scalar_one()
    session.add(NominationInvitation(invitation_id=made, nomination_id=nomination_id))
    session.flush()
    return secret


def add_evidence(
    session: Session, *, actor: Identity, nomination_id: uuid.UUID, title: str, digest: str, size: int, now: datetime
) -> uuid.UUID:
    """Put a stored PDF to a nomination that nobody has decided. Returns the document's id."""
    found = _undecided(session, actor=actor, nomination_id=nomination_id, now=now)
    _require_own(actor, found)
    document = ProgramDocument(
        id=new_id(),
        nomination_id=nomination_id,
        title=title.strip(),
        digest=digest,
        size=size,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(document)
    _tell(session, actor, "added evidence to a nomination", nomination_id, found.agency_id, now, details={"sha256": digest})
    return document.id
