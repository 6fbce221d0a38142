"""Issuing: prerequisites are read from the rows, and a crash between any two rows never makes two papers or an unstated one."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from lms.certificates import issuing, prerequisites, queries, service
from lms.certificates.authority import Authority
from lms.certificates.inspection import PaperFinding, inspect
from lms.certificates.issuing import Press, SecretsGone, WrongPaper
from lms.certificates.models import Certificate, CertificateSecret, CertificateStatement, Seal, Storing
from lms.certificates.reserving import reserve
from lms.certificates.rules import Stage
from lms.certificates.signing import REASON, CannotSign, DemoSigner, FileSigner
from lms.certificates.statement import Clear, Statement, opens
from lms.db.blobs import MemoryBlobs
from lms.db.models import Lease
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.certificates.program import TERMS, Program, another_officer, enrolled, issued, program, trained

STEPS = (issuing.state, issuing.sign, issuing.store)
REAL = replace(TERMS, demo=False)


class PulledPlug(Exception):
    """The machine died here."""


@dataclass
class CountingSigner:
    """The demonstration's signer, counting what it signs."""

    held: DemoSigner
    specimen: bool = True
    signed: int = 0

    @property
    def key_id(self) -> str:
        return self.held.key_id

    def sign(self, pdf: bytes, *, now: datetime, reason: str = REASON) -> bytes:
        self.signed += 1
        return self.held.sign(pdf, now=now, reason=reason)

    def attest(self, content: bytes, *, now: datetime) -> bytes:
        return self.held.attest(content, now=now)


@dataclass
class FailingBlobs(MemoryBlobs):
    """A store whose machine dies before, or just after, it has put something away."""

    kept: dict[str, bytes] = field(default_factory=dict)
    dies: str = ""

    def put(self, content: bytes) -> str:
        if self.dies == "before":
            raise PulledPlug
        digest = super().put(content)
        if self.dies == "after":
            raise PulledPlug
        return digest


@pytest.fixture(scope="module")
def held() -> DemoSigner:
    return DemoSigner.throw_away(name="Delegated Authority Training", now=datetime.fromisoformat("2026-11-22T11:00:00+00:00"))


@pytest.fixture
def signer(held: DemoSigner) -> CountingSigner:
    return CountingSigner(held)


@pytest.fixture
def press(database: Database, signer: CountingSigner, clock: FrozenClock) -> Press:
    return Press(database, FailingBlobs(), signer, clock)


@dataclass
class Reserved:
    """A certificate with a number and nothing else."""

    number: str
    id: uuid.UUID
    made: Program
    enrollment_id: uuid.UUID


@pytest.fixture
def reserved(database: Database, clock: FrozenClock) -> Reserved:
    with database.writing() as session:
        made = program(session, now=clock.now())
        enrollment_id = trained(session, made, now=clock.now())
        number = issued(session, made, enrollment_id, now=clock.now())
        return Reserved(number, session.execute(select(Certificate.id)).scalar_one(), made, enrollment_id)


@contextmanager
def power_loss() -> Iterator[None]:
    with pytest.raises(PulledPlug):
        yield


def counts(database: Database) -> tuple[int, int, int]:
    """Statements, seals and storings there are."""
    with database.reading() as session:
        tables = (CertificateStatement, Seal, Storing)
        found = [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
    return found[0], found[1], found[2]


def row(database: Database, number: str) -> queries.CertificateRow:
    with database.reading() as session:
        found = queries.by_number(session, number)
    assert found is not None
    return found


@pytest.fixture
def made(session: Session, clock: FrozenClock) -> Program:
    return program(session, now=clock.now())


def test_the_queue_knows_who_is_ready_and_who_is_not(session: Session, made: Program, clock: FrozenClock) -> None:
    complete = trained(session, made, now=clock.now())
    learning = enrolled(session, made, now=clock.now(), officer=another_officer(session, made, "Sam Okafor", now=clock.now()))
    assert [one.enrollment_id for one in prerequisites.ready(session, demo=True, now=clock.now())] == [complete]
    waiting = prerequisites.waiting(session, besides=[complete], demo=True, now=clock.now())
    assert [(one.enrollment_id, one.is_ready) for one in waiting] == [(learning, False)]
    assert prerequisites.waiting_count(session, besides=[complete], now=clock.now()) == 1
    assert queries.ready_count(session, demo=True, now=clock.now()) == 1
    issued(session, made, complete, now=clock.now())
    assert queries.ready_count(session, demo=True, now=clock.now()) == 0


def test_the_database_itself_refuses_a_second_live_certificate(session: Session, made: Program, clock: FrozenClock) -> None:
    enrollment_id = trained(session, made, now=clock.now())
    (candidate,) = prerequisites.candidates(session, enrollment_ids=[enrollment_id], demo=True, now=clock.now())
    issued(session, made, enrollment_id, now=clock.now())
    with pytest.raises(IntegrityError), session.begin_nested():
        reserve(session, actor=made.certifier.identity, candidate=candidate, terms=TERMS, now=clock.now())


# --- From the number to the paper ---------------------------------------------------------------------------------------


def test_a_certificate_is_stated_signed_and_stored(database: Database, reserved: Reserved, press: Press) -> None:
    stages = []
    for step in STEPS:
        step(press, reserved.id)
        stages.append(row(database, reserved.number).stage)
    assert stages == [Stage.STATED, Stage.SIGNED, Stage.STORED]
    found = row(database, reserved.number)
    assert found.seal is not None
    assert press.blobs.read(found.seal.digest).startswith(b"%PDF-")
    with database.reading() as session:
        assert len(queries.history(session, certificate_id=found.id)) == len(STEPS) + 1


def test_the_statement_opens_with_its_salts_only(database: Database, reserved: Reserved, press: Press) -> None:
    issuing.finish(press, reserved.id)
    found = row(database, reserved.number)
    with database.reading() as session:
        stored = queries.statement_of(session, certificate_id=found.id, key_id=press.signer.key_id)
    assert stored is not None
    assert found.salts is not None
    stated = Statement.read(stored.text)
    assert opens(stated, salts=found.salts, clear=Clear(found.number, "Dana Rivera", "Palmetto County Sheriff's Office"))
    assert "Rivera" not in stored.text
    assert found.number not in stored.text
    assert stated.particulars.status_index == found.status_index


@pytest.mark.parametrize("before", range(len(STEPS) + 1))
def test_a_crash_between_any_two_rows_is_made_good(
    database: Database, reserved: Reserved, press: Press, signer: CountingSigner, before: int
) -> None:
    for step in STEPS[:before]:
        step(press, reserved.id)
    signed = row(database, reserved.number).seal
    issuing.finish(press, reserved.id)
    issuing.finish(press, reserved.id)
    found = row(database, reserved.number)
    assert found.is_stored
    assert counts(database) == (1, 1, 1)
    assert signer.signed == 1
    assert found.seal is not None
    assert signed is None or signed.digest == found.seal.digest


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_while_the_paper_is_put_away_leaves_no_second_one(
    database: Database, reserved: Reserved, press: Press, moment: str
) -> None:
    blobs = press.blobs
    assert isinstance(blobs, FailingBlobs)
    blobs.dies = moment
    with power_loss():
        issuing.finish(press, reserved.id)
    assert counts(database) == (1, 0, 0)
    assert not row(database, reserved.number).is_stored
    blobs.dies = ""
    issuing.finish(press, reserved.id)
    assert counts(database) == (1, 1, 1)


@pytest.mark.parametrize("recording", ["record_statement", "record_seal", "record_storing"])
def test_a_crash_inside_a_transaction_leaves_nothing_of_it(
    database: Database, reserved: Reserved, press: Press, monkeypatch: pytest.MonkeyPatch, recording: str
) -> None:
    real: Callable[..., None] = getattr(service, recording)

    def dying(session: Session, **values: object) -> None:
        real(session, **values)
        session.flush()
        raise PulledPlug

    monkeypatch.setattr(service, recording, dying)
    with power_loss():
        issuing.finish(press, reserved.id)
    place = ["record_statement", "record_seal", "record_storing"].index(recording)
    assert sum(counts(database)) == place
    monkeypatch.undo()
    issuing.finish(press, reserved.id)
    assert counts(database) == (1, 1, 1)


def test_nothing_is_signed_that_is_not_stated(database: Database, reserved: Reserved, press: Press, signer: CountingSigner) -> None:
    issuing.sign(press, reserved.id)
    issuing.store(press, reserved.id)
    assert counts(database) == (0, 0, 0)
    assert signer.signed == 0


def test_nothing_is_drawn_signed_or_put_away_inside_a_transaction(database: Database, reserved: Reserved, press: Press) -> None:
    lock = Lease(name="x", holder="x", until=press.clock.now())

    @dataclass
    class Writing(CountingSigner):
        def sign(self, pdf: bytes, *, now: datetime, reason: str = REASON) -> bytes:
            with database.writing() as session:  # waits for ever if a writing transaction were open
                session.merge(lock)
            return super().sign(pdf, now=now, reason=reason)

    assert isinstance(press.signer, CountingSigner)
    issuing.finish(replace(press, signer=Writing(press.signer.held)), reserved.id)
    assert row(database, reserved.number).is_stored


def test_of_two_that_sign_at_once_one_paper_counts(database: Database, reserved: Reserved, press: Press, clock: FrozenClock) -> None:
    issuing.finish(press, reserved.id)
    first = row(database, reserved.number).seal
    with database.writing() as session:
        service.record_seal(session, certificate_id=reserved.id, digest="f" * 64, size=1, key_id="late", now=clock.now())
    second = row(database, reserved.number).seal
    assert first is not None
    assert second is not None
    assert first.digest == second.digest


@pytest.mark.parametrize("table", ["certificate", "certificate_statement", "seal", "storing"])
def test_what_was_issued_cannot_be_changed(database: Database, reserved: Reserved, press: Press, table: str) -> None:
    issuing.finish(press, reserved.id)
    with pytest.raises(DatabaseError, match="never changed"), database.engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - the names stand above


def test_a_key_renewed_between_stating_and_signing_gets_a_statement_of_its_own(
    database: Database, reserved: Reserved, press: Press, clock: FrozenClock
) -> None:
    issuing.state(press, reserved.id)
    renewed = DemoSigner.throw_away(name="Delegated Authority Training", now=clock.now())
    issuing.finish(replace(press, signer=renewed), reserved.id)
    found = row(database, reserved.number)
    assert counts(database) == (2, 1, 1)
    assert found.seal is not None
    assert found.seal.key_id == renewed.key_id


def test_a_damaged_paper_is_never_called_stored(database: Database, reserved: Reserved, press: Press) -> None:
    for step in STEPS[:2]:
        step(press, reserved.id)
    blobs = press.blobs
    assert isinstance(blobs, FailingBlobs)
    blobs.kept = {digest: content + b" " for digest, content in blobs.kept.items()}
    with pytest.raises(WrongPaper):
        issuing.store(press, reserved.id)
    assert not row(database, reserved.number).is_stored


def test_real_keys_sign_no_specimen_and_a_demonstrations_no_real_paper(reserved: Reserved, press: Press, authority: Authority) -> None:
    with pytest.raises(CannotSign):
        issuing.finish(replace(press, signer=FileSigner(authority)), reserved.id)


def test_a_real_paper_is_genuine_under_its_authority(database: Database, authority: Authority, press: Press, clock: FrozenClock) -> None:
    with database.writing() as session:
        made = program(session, now=clock.now())
        number = issued(session, made, trained(session, made, now=clock.now()), now=clock.now(), terms=REAL)
    clock.advance(timedelta(seconds=5))
    issuing.finish(replace(press, signer=FileSigner(authority)), row(database, number).id)
    found = row(database, number)
    assert found.seal is not None
    content = press.blobs.read(found.seal.digest)
    assert inspect(content, roots=[authority.root], crls=authority.crls, now=clock.now()) is PaperFinding.GENUINE


def test_without_its_secrets_a_paper_cannot_be_drawn(database: Database, reserved: Reserved, press: Press) -> None:
    with database.writing() as session:
        session.delete(session.get_one(CertificateSecret, reserved.id))
    with pytest.raises(SecretsGone):
        issuing.finish(press, reserved.id)
    assert row(database, reserved.number).name == queries.NAME_GONE


def test_a_certificate_that_is_not_there_is_not_made(press: Press) -> None:
    with pytest.raises(service.NoSuchCertificate):
        issuing.finish(press, uuid.uuid4())
