"""The demonstration's mass influx: wholly fictional, down to the office that declares it."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.accounts.rules import Identity
from lms.agencies import agreement_service as agreements
from lms.agencies import nomination_service as nominations
from lms.agencies.agreement_rules import TERMS, Basis, Component, State, Step
from lms.agencies.agreement_service import Draft as AgreementDraft
from lms.agencies.nomination_rules import Candidate, Outcome
from lms.courses import queries as courses
from lms.courses.queries import CourseRow
from lms.enrollments import service as classes
from lms.enrollments import tracks
from lms.enrollments.rules import Plan
from lms.influx import order_queries, order_service, queries, service
from lms.influx.order_rules import Necessity, ScopeLesson, ScopeModule, Treatment
from lms.influx.order_service import Consent
from lms.influx.order_service import Draft as OrderDraft
from lms.influx.period import Boundaries, Kind
from lms.influx.rules import Ground, Instrument, Told
from lms.influx.service import Change, Draft
from lms.kernel.ids import new_id

WHOLE: Final = "influx"
SHORT: Final = "influx-abbreviated"
EXAM: Final = "influx-abbreviated-final"
OFFICE: Final = "Office of the Demonstration (fictional)"
ZONE: Final = "America/New_York"
LASTS: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Actors:
    """Who records, and who confirms."""

    first: Identity
    second: Identity


def agree(session: Session, *, actor: Identity, agency_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """A contingency agreement of an agency, signed with its fifteen terms and its procedure of activation. Returns its id."""
    draft = AgreementDraft(
        rule_set_id="influx-2003",
        basis=Basis.MASS_INFLUX,
        component=Component.ICE,
        contingency=True,
        functions=("duties-named", "transport-guard"),
        letter_id=None,
        effective_at=now,
    )
    made = agreements.draft_agreement(session, actor=actor, agency_id=agency_id, draft=draft, form_id=new_id(), now=now)
    session.flush()
    places = {term: f"Section {number}" for number, term in enumerate(TERMS, 1)}
    agreements.record_terms(session, actor=actor, agreement_id=made, places=places, now=now)
    text = "The duty officer of the agency is called at the number in Appendix A, then written to; both are recorded here."
    agreements.record_procedure(session, actor=actor, agreement_id=made, text=text, now=now)
    session.flush()
    step = Step(State.SIGNED, now, "Signed by both parties")
    agreements.move_agreement(session, actor=actor, agreement_id=made, step=step, now=now)
    session.flush()
    return made


def nominate(
    session: Session,
    *,
    coordinator: Identity,
    decider: Identity,
    agreement_id: uuid.UUID,
    head: str,
    nominees: Iterable[tuple[str, str]],
    now: datetime,
) -> list[uuid.UUID]:
    """Officers (name and address) put forward under the contingency agreement and approved: they train ahead of any influx (R-28)."""
    nominated = []
    sworn_on = now.date() - timedelta(days=4 * 365)
    for name, email in nominees:
        candidate = Candidate(name, email, sworn_on, {"us-citizen": True}, head, now.date())
        made = nominations.nominate(session, actor=coordinator, agreement_id=agreement_id, candidate=candidate, now=now)
        session.flush()
        nominations.decide(session, actor=decider, nomination_id=made, outcome=Outcome.APPROVED, reason="Every condition is met.", now=now)
        session.flush()
        nominated.append(made)
    return nominated


def declare(session: Session, *, actors: Actors, agreement_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """A declaration for Florida in force from `now` on, and the agreement activated for it. Returns the declaration's id."""
    instrument = Instrument(OFFICE, "Fictional finding of a mass influx", "Demonstration notice 1", now.date(), now)
    change = Change(Kind.DECLARED, now, now + LASTS, Boundaries(frozenset({"FL"})))
    draft = Draft(
        "Demonstration influx (fictional)", drill=False, grounds=(Ground.INFLUX,), time_zone=ZONE, instrument=instrument, change=change
    )
    made = service.declare(session, actor=actors.first, draft=draft, form_id=new_id(), now=now)
    _confirm(session, actors, made, now)
    told = Told(now, "By telephone and by letter", "The duty officer")
    service.activate(session, actor=actors.first, declaration_id=made, agreement_ids=[agreement_id], told=told, now=now)
    session.flush()
    return made


def drill(session: Session, *, actors: Actors, agreement_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """A drill elsewhere that ran for a day, on an agreement that stays dormant: marked as a drill wherever it shows. Returns its id."""
    change = Change(Kind.DECLARED, now, now + LASTS, Boundaries(frozenset({"NV"})))
    instrument = Instrument(OFFICE, "Order of a drill (fictional)", "Demonstration notice 2", now.date(), now)
    zone = "America/Los_Angeles"
    draft = Draft("Autumn drill", drill=True, grounds=(Ground.INFLUX,), time_zone=zone, instrument=instrument, change=change)
    made = service.declare(session, actor=actors.first, draft=draft, form_id=new_id(), now=now)
    _confirm(session, actors, made, now)
    told = Told(now, "By telephone, as a drill", "The duty officer")
    service.activate(session, actor=actors.first, declaration_id=made, agreement_ids=[agreement_id], told=told, now=now)
    over = now + timedelta(days=1)
    ending = Instrument(OFFICE, "End of the drill (fictional)", "Demonstration notice 3", over.date(), over)
    service.change(session, actor=actors.first, declaration_id=made, instrument=ending, change=Change(Kind.TERMINATED), now=over)
    _confirm(session, actors, made, over)
    return made


def _confirm(session: Session, actors: Actors, declaration_id: uuid.UUID, now: datetime) -> None:
    """The second person confirms the newest act."""
    session.flush()
    found = queries.declaration(session, declaration_id)
    if found is not None:
        service.confirm(session, actor=actors.second, declaration_id=declaration_id, act_id=found.acts[-1].id, now=now)
    session.flush()


def order(
    session: Session,
    *,
    actors: Actors,
    declaration_id: uuid.UUID,
    officers: Mapping[uuid.UUID, uuid.UUID],
    now: datetime,
) -> uuid.UUID:
    """An order that lets these officers take the short form, and the class in which they do. Returns the class's id."""
    whole, short = courses.head(session, WHOLE), courses.head(session, SHORT)
    found = queries.declaration(session, declaration_id)
    if whole is None or short is None or found is None:
        message = "The shipped courses must be published before the demonstration is filled."
        raise RuntimeError(message)
    today = now.astimezone(ZoneInfo(ZONE)).date()
    draft = _order_draft(whole, short, officers, today, found.ends_at(now) or now)
    made = order_service.order(session, actor=actors.first, declaration_id=declaration_id, draft=draft, form_id=new_id(), now=now)
    session.flush()
    order_service.confirm(session, actor=actors.second, order_id=made, now=now)
    offering = classes.open_offering(
        session,
        actor=actors.first,
        course_hash=short.hash,
        plan=Plan(title="Influx response class 26-A", starts_on=today, ends_on=today + LASTS, time_zone=ZONE, weekends=True),
        now=now,
    )
    session.flush()
    ordered = order_queries.order(session, made)
    if ordered is not None:
        tracks.put_on_track(session, actor=actors.first, order=ordered, offering_id=offering, officer_ids=officers.keys(), now=now)
    return offering


def _order_draft(whole: CourseRow, short: CourseRow, officers: Mapping[uuid.UUID, uuid.UUID], today: date, ends_at: datetime) -> OrderDraft:
    consent = Consent("Sheriff Ana Ortiz", today, "Letter of consent")
    return OrderDraft(
        decider="Robin Example (fictional)",
        office=OFFICE,
        necessities=frozenset({Necessity.SAFETY}),
        available=6,
        needed=40,
        finding="A demonstration: arrivals doubled within two days, and six officers were free to be sent.",
        course_id=whole.course_id,
        course_title=whole.title,
        scope=_scope(whole, short),
        agreements=dict.fromkeys(officers.values(), consent),
        officers=dict(officers),
        ends_at=ends_at,
    )


def _scope(whole: CourseRow, short: CourseRow) -> tuple[ScopeModule, ...]:
    """What the short form teaches is kept, the rest waived."""
    kept = {module["id"] for module in short.manifest["modules"]}
    return tuple(
        ScopeModule(
            module["id"],
            module["title"],
            module["subject"],
            Treatment.KEPT if module["id"] in kept else Treatment.WAIVED,
            tuple(ScopeLesson(one["id"], one["title"], sum(one["minutes"].values()), module["id"] in kept) for one in module["lessons"]),
        )
        for module in whole.manifest["modules"]
    )
