"""The people of the tests: a program's staff, one agency with its own people, and a second one that must see nothing of the first."""

import uuid
from dataclasses import dataclass, fields
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.permissions import STAFF_ROLES, Role
from lms.accounts.rules import SYSTEM, Identity, identity_with
from lms.agencies import service as agencies
from lms.agencies.rules import AgencyKind
from lms.kernel.ids import new_id
from lms.questions import security_rules
from lms.questions.models import SecurityAgreement
from tests.support.passkey import factor_of

PASSWORD = "marsh heron at low tide"
FAST_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""A hash that costs next to nothing to verify: the product's parameters have a test of their own."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can act (`identity`) and sign in (`email` and PASSWORD)."""

    name: str
    email: str
    role: Role
    user_id: uuid.UUID
    agency_id: uuid.UUID | None
    officer_id: uuid.UUID | None

    @property
    def identity(self) -> Identity:
        """The person as services see them."""
        coordinated = {self.agency_id} if self.role is Role.COORDINATOR and self.agency_id else set[uuid.UUID]()
        return identity_with(
            frozenset({self.role}),
            user_id=self.user_id,
            name=self.name,
            email=self.email,
            officer_id=self.officer_id,
            agency_ids=frozenset(coordinated),
        )

    @property
    def officer(self) -> uuid.UUID:
        """The officer record of an officer."""
        assert self.officer_id is not None, f"{self.name} is not an officer"
        return self.officer_id


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody. The outsiders belong to Cedar Falls; coordinator and officer to Palmetto County; the rest to the program."""

    administrator: Person
    instructor: Person
    proctor: Person
    certifier: Person
    program_officer: Person
    supervisor: Person
    verifier: Person
    coordinator: Person
    officer: Person
    outsider_coordinator: Person
    outsider: Person
    palmetto: uuid.UUID
    cedar_falls: uuid.UUID

    @property
    def people(self) -> list[Person]:
        """Everybody as a list."""
        return [found for part in fields(self) if isinstance(found := getattr(self, part.name), Person)]


def cast_of(session: Session, *, now: datetime) -> Cast:
    """Bring the whole cast in through the services, as an installation would."""
    palmetto = _agency(session, "Palmetto County Sheriff's Office", AgencyKind.SHERIFF, "SC", "America/New_York", now)
    cedar_falls = _agency(session, "Cedar Falls Police Department", AgencyKind.POLICE, "IA", "America/Chicago", now)
    return Cast(
        administrator=person(session, name="Ruth Adeyemi", role=Role.ADMINISTRATOR, now=now),
        instructor=person(session, name="Ivan Castellanos", role=Role.INSTRUCTOR, now=now),
        proctor=person(session, name="Priya Nair", role=Role.PROCTOR, now=now),
        certifier=person(session, name="Carol Whitfield", role=Role.CERTIFIER, now=now),
        program_officer=person(session, name="Lena Okonkwo", role=Role.PROGRAM_OFFICER, now=now),
        supervisor=person(session, name="Marcus Hale", role=Role.SUPERVISOR, now=now),
        verifier=person(session, name="Vera Lund", role=Role.VERIFIER, now=now),
        coordinator=person(session, name="Hollis Greene", role=Role.COORDINATOR, agency_id=palmetto, now=now),
        officer=person(session, name="Dana Rivera", role=Role.OFFICER, agency_id=palmetto, now=now),
        outsider_coordinator=person(session, name="Marit Olsen", role=Role.COORDINATOR, agency_id=cedar_falls, now=now),
        outsider=person(session, name="Theo Lindqvist", role=Role.OFFICER, agency_id=cedar_falls, now=now),
        palmetto=palmetto,
        cedar_falls=cedar_falls,
    )


def person(session: Session, *, name: str, role: Role, now: datetime, agency_id: uuid.UUID | None = None) -> Person:
    """Invite somebody and take the invitation up. Their address is made of their name. Staff have a passkey, which `Visitor` uses."""
    email = f"{name.lower().replace(' ', '.')}@example.gov"
    secret = accounts.invite(session, actor=SYSTEM, email=email, name=name, role=role, agency_id=agency_id, now=now)
    welcome = agencies.take_up(session, secret=secret, name=name, password_hash=FAST_HASH, now=now)
    if role in STAFF_ROLES:
        signs_security(session, user_id=welcome.user_id, now=now)
        session.add(factor_of(email, user_id=welcome.user_id, created_at=now))
    session.flush()
    return Person(name, email, role, welcome.user_id, agency_id, welcome.officer_id)


def signs_security(session: Session, *, user_id: uuid.UUID, now: datetime) -> None:
    """Let a person have signed the test-security agreement."""
    signed = {"edition": security_rules.EDITION, "text_hash": security_rules.TEXT_HASH, "signed_at": now}
    session.add(SecurityAgreement(id=new_id(), user_id=user_id, **signed))


def _agency(session: Session, name: str, kind: AgencyKind, state: str, time_zone: str, now: datetime) -> uuid.UUID:
    return agencies.create_agency(session, actor=SYSTEM, name=name, kind=kind, state=state, time_zone=time_zone, now=now)
