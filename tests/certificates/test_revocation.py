"""Revoking, suspending, lifting and correcting: each says why, counts from its moment on, and leaves what was."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Permission
from lms.audit.models import AuditEntry
from lms.certificates import prerequisites, queries, service
from lms.certificates.fonts import MissingGlyph
from lms.certificates.models import Revocation
from lms.certificates.queries import CertificateRow
from lms.certificates.reserving import NotReady, OwnCertificate
from lms.certificates.rules import PUBLIC_REASONS, RevocationReason, Status
from lms.certificates.service import NoReason, NoSuchCertificate, NotInForce, NotSuspended
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.certificates.program import TERMS, Program, issued, program, trained


@pytest.fixture
def made(session: Session, clock: FrozenClock) -> Program:
    return program(session, now=clock.now())


@pytest.fixture
def number(session: Session, made: Program, clock: FrozenClock) -> str:
    found = issued(session, made, trained(session, made, now=clock.now()), now=clock.now())
    clock.advance(timedelta(hours=1))
    return found


def row(session: Session, number: str) -> CertificateRow:
    session.flush()
    found = queries.by_number(session, number)
    assert found is not None
    return found


def status(session: Session, number: str, at: datetime) -> Status:
    return row(session, number).status(at)


def corrects(session: Session, made: Program, number: str, clock: FrozenClock, name: str = "Dana Q. Rivera") -> str:
    actor = made.certifier.identity
    return service.correct(session, actor=actor, number=number, name=name, reason="Initial missing", terms=TERMS, now=clock.now())


def revokes(session: Session, made: Program, number: str, clock: FrozenClock, note: str = "Reported by the agency") -> None:
    reason = RevocationReason.ERROR
    service.revoke(session, actor=made.certifier.identity, number=number, reason=reason, note=note, now=clock.now())


def suspends(session: Session, made: Program, number: str, clock: FrozenClock) -> None:
    service.suspend(session, actor=made.certifier.identity, number=number, note="Under review", now=clock.now())


def lifts(session: Session, made: Program, number: str, clock: FrozenClock) -> None:
    service.lift(session, actor=made.certifier.identity, number=number, note="Cleared", now=clock.now())


def entries(session: Session, number: str) -> list[AuditEntry]:
    session.flush()
    return list(session.scalars(select(AuditEntry).where(AuditEntry.object_id == str(row(session, number).id)).order_by(AuditEntry.at)))


def test_a_revoked_certificate_counts_no_more_from_that_moment_on(session: Session, made: Program, number: str, clock: FrozenClock) -> None:
    revokes(session, made, number, clock)
    assert status(session, number, clock.now()) is Status.REVOKED
    assert status(session, number, clock.now() - timedelta(milliseconds=1)) is Status.VALID
    stored = session.scalars(select(Revocation)).one()
    assert (stored.reason, stored.public_reason) == (RevocationReason.ERROR, PUBLIC_REASONS[RevocationReason.ERROR])
    entry = entries(session, number)[-1]
    assert (entry.action, entry.actor_id) == ("revoked a certificate", made.certifier.user_id)
    assert "Reported by the agency" in (entry.reason or "")


def test_revoking_is_final(session: Session, made: Program, number: str, clock: FrozenClock) -> None:
    revokes(session, made, number, clock)
    for again in (revokes, suspends, corrects):
        with pytest.raises(NotInForce):
            again(session, made, number, clock)
    with pytest.raises(NotSuspended):
        lifts(session, made, number, clock)
    (candidate,) = prerequisites.candidates(session, enrollment_ids=[row(session, number).enrollment_id], demo=True, now=clock.now())
    assert [gate.label for gate in candidate.unmet] == ["Nothing revoked"]
    with pytest.raises(NotReady, match="final"):
        issued(session, made, candidate.enrollment_id, now=clock.now())


def test_a_suspension_lasts_until_it_is_lifted(session: Session, made: Program, number: str, clock: FrozenClock) -> None:
    suspends(session, made, number, clock)
    begun = clock.now()
    with pytest.raises(NotInForce, match="suspended"):
        suspends(session, made, number, clock)
    clock.advance(timedelta(hours=1))
    lifts(session, made, number, clock)
    assert status(session, number, begun) is Status.SUSPENDED
    assert status(session, number, clock.now()) is Status.VALID
    with pytest.raises(NotSuspended):
        lifts(session, made, number, clock)
    clock.advance(timedelta(hours=1))
    suspends(session, made, number, clock)
    assert status(session, number, clock.now()) is Status.SUSPENDED
    assert len(entries(session, number)) == 4


def test_a_suspended_certificate_can_be_revoked_but_not_corrected(session: Session, made: Program, number: str, clock: FrozenClock) -> None:
    suspends(session, made, number, clock)
    with pytest.raises(NotInForce):
        corrects(session, made, number, clock)
    revokes(session, made, number, clock)
    assert status(session, number, clock.now()) is Status.REVOKED


def test_a_correction_gives_a_new_number_and_supersedes_the_old(session: Session, made: Program, number: str, clock: FrozenClock) -> None:
    corrected = corrects(session, made, number, clock)
    old, new = row(session, number), row(session, corrected)
    assert corrected != number
    assert (old.status(clock.now()), new.status(clock.now())) == (Status.SUPERSEDED, Status.VALID)
    assert (old.name, new.name) == ("Dana Rivera", "Dana Q. Rivera")
    assert old.token != new.token
    assert old.supersession is not None
    assert old.supersession.replaced_by == new.id
    assert queries.replaced_number(session, new.id) == number
    assert entries(session, number)[-1].action == "replaced a certificate by a corrected one"
    assert [found.number for found in queries.certificates_of(session, officer_id=old.officer_id, now=clock.now())] == [corrected, number]


def test_what_was_replaced_stays_so(session: Session, made: Program, number: str, clock: FrozenClock) -> None:
    corrected = corrects(session, made, number, clock)
    for deed in (revokes, suspends, corrects):
        with pytest.raises(NotInForce, match="superseded"):
            deed(session, made, number, clock)
    assert corrects(session, made, corrected, clock, name="Dana R. Rivera") not in {number, corrected}


def test_a_correction_is_refused_where_issuing_would_be(session: Session, made: Program, number: str, clock: FrozenClock) -> None:
    with pytest.raises(MissingGlyph, match="李"):
        corrects(session, made, number, clock, name="李 Rivera")
    both = replace(made.cast.officer.identity, permissions=frozenset(Permission))
    with pytest.raises(OwnCertificate):
        service.correct(session, actor=both, number=number, name="Dana", reason="x", terms=TERMS, now=clock.now())


def test_whoever_takes_something_away_says_why(session: Session, made: Program, number: str, clock: FrozenClock) -> None:
    with pytest.raises(NoReason):
        revokes(session, made, number, clock, note="  ")


def test_a_number_that_was_never_issued_is_refused(session: Session, made: Program, clock: FrozenClock) -> None:
    with pytest.raises(NoSuchCertificate):
        revokes(session, made, "F00000000000000000", clock)


def test_a_certificate_is_found_by_number_or_name(session: Session, made: Program, number: str, clock: FrozenClock) -> None:
    corrects(session, made, number, clock, name="Dána O'Rivera")
    assert len(queries.certificates(session)) == 2
    assert [found.number for found in queries.certificates(session, asked=f"{number[0]}-{number[1:5]}-{number[5:9]}")] == [number]
    assert queries.certificate_count(session, asked="dana o rivera") == 1
    assert queries.certificate_count(session, asked="RIVERA") == 2
    assert queries.certificates(session, asked="100%") == []
    assert queries.certificates(session, page=2) == []


def test_two_decisions_at_once_do_not_both_count(database: Database, clock: FrozenClock) -> None:
    with database.writing() as session:
        made = program(session, now=clock.now())
        number = issued(session, made, trained(session, made, now=clock.now()), now=clock.now())
    with database.writing() as session:
        revokes(session, made, number, clock)
    with database.writing() as session, pytest.raises(NotInForce):
        corrects(session, made, number, clock)


def test_a_correction_before_the_paper_was_made_leaves_one_paper_to_make(
    session: Session, made: Program, number: str, clock: FrozenClock
) -> None:
    assert queries.unfinished(session, limit=9) == [row(session, number).id]
    corrected = corrects(session, made, number, clock)
    assert queries.unfinished(session, limit=9) == [row(session, corrected).id]
    revokes(session, made, corrected, clock)
    assert queries.unfinished(session, limit=9) == []
    assert row(session, corrected).shown(clock.now()) == "revoked"
