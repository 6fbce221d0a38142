"""A running installation with keys, a class, and certificates at every standing."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from lms.app import create_app, open_site
from lms.certificates import keyring, queries, service, sweeps
from lms.certificates.queries import CertificateRow
from lms.certificates.reserving import Terms
from lms.certificates.rules import RevocationReason
from lms.db.blobs import MemoryBlobs
from lms.db.session import Database
from lms.enrollments.models import Enrollment
from lms.kernel.clock import FrozenClock
from lms.settings import Settings
from lms.web.application import Application
from lms.web.site import Site
from tests.certificates.program import Program, another_officer, issued, program, trained
from tests.support.browser import Visitor
from tests.support.cast import Person

FOUNDED = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


def keys_in(folder: Path, *, specimen: bool = False) -> Path:
    """A data folder that holds an authority and its passphrases, to copy from."""
    keyring.found(folder, name="Delegated Authority Training", specimen=specimen, now=FOUNDED)
    return folder


@dataclass(frozen=True, slots=True)
class Desk:
    """The installation, its program and its clock."""

    site: Site
    app: Application
    made: Program
    clock: FrozenClock

    @property
    def certifier(self) -> Visitor:
        """A certifier's browser."""
        return self.visits(self.made.certifier)

    @property
    def stranger(self) -> Visitor:
        """Anybody's browser."""
        return Visitor(self.app)

    def visits(self, person: Person) -> Visitor:
        """The browser of somebody signed in."""
        return Visitor(self.app).signs_in_as(person)

    def trains(self, name: str = "") -> Person:
        """An officer who has completed everything: Dana Rivera, or another one of that name."""
        with self.site.database.writing() as session:
            now = self.clock.now()
            officer = another_officer(session, self.made, name, now=now) if name else self.made.cast.officer
            trained(session, self.made, now=now, officer=officer)
        return officer

    def certifies(self, officer: Person, *, finished: bool = True) -> str:
        """A certificate for an officer who was trained; its paper is made unless told."""
        with self.site.database.writing() as session:
            enrollment_id = session.execute(select(Enrollment.id).where(Enrollment.officer_id == officer.officer)).scalar_one()
            number = issued(session, self.made, enrollment_id, now=self.clock.now(), terms=Terms.of(self.site.settings))
        if finished:
            self.works()
        return number

    def works(self) -> None:
        """The periodic work, until nothing is left."""
        while sweeps.finish_papers(self.site):
            pass

    def row(self, number: str) -> CertificateRow:
        """A certificate as the program sees it."""
        with self.site.database.reading() as session:
            found = queries.by_number(session, number)
        assert found is not None
        return found

    def paper(self, number: str) -> bytes:
        """The bytes of its paper."""
        seal = self.row(number).seal
        assert seal is not None
        return self.site.blobs.read(seal.digest)

    def revokes(self, number: str) -> None:
        """Revoke a certificate."""
        sent = {"reason": RevocationReason.RECORD, "note": "An internal note"}
        with self.site.database.writing() as session:
            service.revoke(session, actor=self.made.certifier.identity, number=number, now=self.clock.now(), **sent)  # type: ignore[arg-type] # each of its own type

    def suspends(self, number: str) -> None:
        """Suspend a certificate."""
        with self.site.database.writing() as session:
            service.suspend(session, actor=self.made.certifier.identity, number=number, note="An internal note", now=self.clock.now())

    def corrects(self, number: str, name: str) -> str:
        """Correct the name on a certificate."""
        actor, terms = self.made.certifier.identity, Terms.of(self.site.settings)
        with self.site.database.writing() as session:
            sent = {"name": name, "reason": "An internal note"}
            made = service.correct(session, actor=actor, number=number, terms=terms, now=self.clock.now(), **sent)
        self.works()
        return made


def desk(database: Database, clock: FrozenClock, *, data: Path, keys: Path, demo: bool = False) -> Desk:
    """An installation whose keys are copied from `keys`."""
    shutil.copytree(keys, data)
    settings = Settings(data=data, compress=False, demo=demo, workers=1)
    site = open_site(settings, clock=clock, database=database, blobs=MemoryBlobs())
    with database.writing() as session:
        made = program(session, now=clock.now())
    clock.advance(timedelta(minutes=5))
    return Desk(site, create_app(site), made, clock)
