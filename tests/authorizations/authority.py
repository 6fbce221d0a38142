"""An agency's officers who are certified and authorized, by the services that the pages call."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.agencies import agreement_service as agreements
from lms.agencies import nomination_service as nominations
from lms.agencies.agreement_rules import State, Step
from lms.agencies.models import Agency
from lms.authorizations import authorizing, certifying, service
from lms.authorizations.authorizing import Draft
from lms.authorizations.certifying import Act
from lms.authorizations.queries import Supervisor
from lms.authorizations.rules import MoveKind, Reason
from lms.authorizations.rules import Step as AuthorizationStep
from lms.certificates.models import Certificate, CertificateStatement, Seal, Storing
from lms.certificates.reserving import Terms
from lms.kernel.ids import new_id
from lms.places.rules import BY_POSTAL
from tests.agencies.program import rules
from tests.certificates.program import TERMS, Program, issued, program, trained
from tests.support.cast import Person
from tests.support.factories import a_nomination, an_agreement

SUPERVISOR = Supervisor("Marcus Hale", "Supervisory Detention and Deportation Officer", "555-0142", "marcus.hale@example.gov", "Atlanta")
TAUGHT = {"influx-2003": "wso-2025"}
"""Templates whose officers take the course of another."""
MODELS = {"wso-2025": "WSO", "tfm-2025": "TFM", "jem-2025": "JEM", "four-week": "JEM", "influx-2003": "WSO"}


def stored(session: Session, number: str, *, now: datetime) -> uuid.UUID:
    """The id of a certificate whose paper is stored; one is put down where there is none."""
    found = session.scalars(select(Certificate).where(Certificate.number == number)).one()
    if session.get(Storing, found.id) is None:
        session.add(CertificateStatement(certificate_id=found.id, key_id="test", text="{}", hash="0" * 64, at=now))
        session.add(Seal(certificate_id=found.id, digest=f"test-{number}", size=1, key_id="test", at=now))
        session.flush()
        session.add(Storing(certificate_id=found.id, at=now))
        session.flush()
    return found.id


def nominated(session: Session, made: Program, officer: Person, rule_set_id: str, *, now: datetime) -> uuid.UUID:
    """An approved nomination of an officer, screened for everything."""
    found = a_nomination(session, person=officer, now=now, rule_set_id=rule_set_id)
    for test in rules(rule_set_id).eligibility:
        if test.kind == "screened" and test.before == "authorization":
            actor = made.cast.administrator.identity
            nominations.screen(session, actor=actor, nomination_id=found, test=test.id, met=True, note="", now=now)
            session.flush()
    return found


def draft(agreement_id: uuid.UUID, rule_set_id: str = "wso-2025", *, starts_on: date, state: str = "SC", **changes: Any) -> Draft:
    """A letter for everything that the template names, in the whole State."""
    functions = tuple(sorted(rules(rule_set_id).function_ids))
    made = Draft(agreement_id, functions, (BY_POSTAL[state].fips,), starts_on, None, SUPERVISOR)
    return replace(made, **changes)


@dataclass(frozen=True, slots=True)
class Office:
    """A program with an agreement, and officers who can be brought to any stage."""

    made: Program
    agreement_id: uuid.UUID
    rule_set_id: str
    coordinator: Person
    state: str

    def certificate(self, session: Session, officer: Person, *, now: datetime, terms: Terms = TERMS) -> str:
        """A certificate whose paper is stored."""
        number = issued(
            session,
            self.made,
            trained(session, self.made, now=now, officer=officer, rule_set_id=TAUGHT.get(self.rule_set_id, self.rule_set_id)),
            now=now,
            terms=terms,
        )
        stored(session, number, now=now)
        return number

    def lists(self, session: Session, *numbers: str, now: datetime, terms: Terms = TERMS) -> uuid.UUID:
        """A certification list of these certificates."""
        ids = [session.scalars(select(Certificate.id).where(Certificate.number == number)).one() for number in numbers]
        act = Act(ids, "Dana Whitcomb", "Deputy Assistant Director", now.date())
        made = certifying.certify(session, actor=self.made.certifier.identity, act=act, terms=terms, form_id=new_id(), now=now)
        session.flush()
        return made

    def certified(self, session: Session, officer: Person, *, now: datetime, terms: Terms = TERMS) -> str:
        """An officer with a certificate, on a list, with an approved nomination."""
        number = self.certificate(session, officer, now=now, terms=terms)
        self.lists(session, number, now=now, terms=terms)
        nominated(session, self.made, officer, self.rule_set_id, now=now)
        return number

    def authorizes(self, session: Session, number: str, *, now: datetime, terms: Terms = TERMS, **changes: Any) -> uuid.UUID:
        """An authorization on a certificate."""
        day = changes.pop("starts_on", now.date())
        letter = draft(self.agreement_id, self.rule_set_id, starts_on=day, state=self.state, **changes)
        actor = self.made.cast.supervisor.identity
        made = authorizing.authorize(session, actor=actor, number=number, draft=letter, terms=terms, form_id=new_id(), now=now)
        session.flush()
        return made

    def authorized(self, session: Session, officer: Person | None = None, *, now: datetime, **changes: Any) -> uuid.UUID:
        """An officer, usually Dana Rivera, brought all the way."""
        number = self.certified(session, officer or self.made.cast.officer, now=now)
        return self.authorizes(session, number, now=now, **changes)

    def moves(self, session: Session, authorization_id: uuid.UUID, kind: MoveKind, *, now: datetime, **changes: Any) -> None:
        """A move of an authorization."""
        facts: dict[str, Any] = {"effective_at": now, "reason": Reason.ICE, "note": "As decided", "until": None} | changes
        step = AuthorizationStep(kind, **facts)
        service.move(session, actor=self.made.cast.supervisor.identity, authorization_id=authorization_id, step=step, now=now)
        session.flush()

    def ends_agreement(self, session: Session, *states: State, now: datetime) -> None:
        """Moves of the agreement, from now on."""
        for state in states:
            step = Step(state, now, "As agreed", exigent=True)
            agreements.move_agreement(
                session, actor=self.made.cast.administrator.identity, agreement_id=self.agreement_id, step=step, now=now
            )
            session.flush()

    def terminates(self, session: Session, *, now: datetime) -> None:
        """The end of the agreement, whose notice has run."""
        self.ends_agreement(session, State.TERMINATING, now=now - timedelta(days=91))
        self.ends_agreement(session, State.TERMINATED, now=now)


def office(
    session: Session, rule_set_id: str = "wso-2025", *, now: datetime, made: Program | None = None, coordinator: Person | None = None
) -> Office:
    """A program and an operational agreement on a template, of Palmetto County unless told."""
    found = made or program(session, now=now, model=MODELS[rule_set_id])
    who = coordinator or found.cast.coordinator
    assert who.agency_id is not None
    agreement_id = an_agreement(session, agency_id=who.agency_id, now=now, rule_set_id=rule_set_id)
    state = session.execute(select(Agency.state).where(Agency.id == who.agency_id)).scalar_one()
    return Office(found, agreement_id, rule_set_id, who, state)
