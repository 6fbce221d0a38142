"""Prerequisites: nothing is issued unless the rows say that everything was done, and each refusal says what is missing."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Permission
from lms.audit.models import AuditEntry
from lms.certificates import queries, service
from lms.certificates.fonts import MissingGlyph
from lms.certificates.models import Certificate
from lms.certificates.numbers import CertificateClass, class_of, parse
from lms.certificates.reserving import NotReady, OwnCertificate
from lms.certificates.rules import ON_PUBLIC_BANK, Stage
from lms.db.session import Database
from lms.enrollments import service as enrollments
from lms.kernel.clock import FrozenClock
from lms.kernel.errors import NotFound
from tests.certificates.program import TERMS, Program, another_officer, completes, enrolled, issued, passes, program, trained

REAL = replace(TERMS, demo=False)


@pytest.fixture
def session(sqlite: Database) -> Iterator[Session]:
    with sqlite.writing() as opened:
        yield opened


@pytest.fixture
def made(session: Session, clock: FrozenClock) -> Program:
    return program(session, now=clock.now())


def refusal(session: Session, made: Program, enrollment_id: uuid.UUID, clock: FrozenClock) -> NotReady:
    with pytest.raises(NotReady) as refused:
        issued(session, made, enrollment_id, now=clock.now(), terms=REAL)
    assert session.scalar(select(func.count()).select_from(Certificate)) == 0
    return refused.value


def test_a_certificate_is_reserved_with_a_number_and_an_audit_entry(session: Session, made: Program, clock: FrozenClock) -> None:
    number = issued(session, made, trained(session, made, now=clock.now()), now=clock.now())
    found = queries.by_number(session, number)
    assert found is not None
    assert parse(number) == number
    assert class_of(number) is CertificateClass.FULL
    assert (found.stage, found.name, found.facts["agency"]) == (Stage.RESERVED, "Dana Rivera", "Palmetto County Sheriff's Office")
    assert found.facts["completed_on"] == found.facts["issued_on"] == "2026-11-22"
    assert found.facts["minutes"] == 120
    assert 0 <= found.status_index < 131_072
    entry = session.scalars(select(AuditEntry).where(AuditEntry.object_id == str(found.id))).one()
    assert (entry.action, entry.actor_id, entry.agency_id) == ("issued a certificate", made.certifier.user_id, made.cast.palmetto)
    assert "Rivera" not in str(entry.details) + str(found.facts)


def test_dates_on_the_paper_are_those_of_the_class(session: Session, made: Program, clock: FrozenClock) -> None:
    evening = datetime.fromisoformat("2026-11-22T23:30:00-05:00")
    number = issued(session, made, trained(session, made, now=clock.now()), now=evening)
    found = queries.by_number(session, number)
    assert found is not None
    assert found.facts["issued_on"] == "2026-11-22"


def test_without_every_lesson_and_hour_there_is_no_certificate(session: Session, made: Program, clock: FrozenClock) -> None:
    enrollment_id = enrolled(session, made, now=clock.now())
    completes(session, made, enrollment_id, now=clock.now(), lessons=3)
    passes(session, made, enrollment_id, now=clock.now())
    assert [gate.label for gate in refusal(session, made, enrollment_id, clock).unmet] == ["All lessons completed", "All hours credited"]


def test_without_a_passed_exam_there_is_no_certificate(session: Session, made: Program, clock: FrozenClock) -> None:
    enrollment_id = enrolled(session, made, now=clock.now())
    completes(session, made, enrollment_id, now=clock.now())
    passes(session, made, enrollment_id, now=clock.now(), passed=False)
    assert "Final examination passed" in str(refusal(session, made, enrollment_id, clock))


def test_a_proctored_exam_counts_only_with_an_admission_that_was_used(session: Session, made: Program, clock: FrozenClock) -> None:
    enrollment_id = enrolled(session, made, now=clock.now())
    completes(session, made, enrollment_id, now=clock.now())
    passes(session, made, enrollment_id, now=clock.now(), admitted=False)
    assert "no proctor's admission" in str(refusal(session, made, enrollment_id, clock))


def test_a_course_without_the_four_subjects_gives_no_certificate(session: Session, clock: FrozenClock) -> None:
    made = program(session, now=clock.now(), subjects=("immigration law", "civil rights law", "racial profiling avoidance"))
    told = str(refusal(session, made, trained(session, made, now=clock.now()), clock))
    assert "does not teach enforcement fundamentals and procedures and sensitivity and cultural awareness" in told


def test_a_course_without_an_exam_gives_no_certificate(session: Session, clock: FrozenClock) -> None:
    made = program(session, now=clock.now(), exams=0)
    assert "no exam" in str(refusal(session, made, trained(session, made, now=clock.now()), clock))


def test_a_public_bank_must_be_accepted_outside_a_demonstration(session: Session, clock: FrozenClock) -> None:
    made = program(session, now=clock.now(), public=True)
    enrollment_id = trained(session, made, now=clock.now())
    assert "Anyone can read the question bank" in str(refusal(session, made, enrollment_id, clock))
    enrollments.acknowledge_public_bank(session, actor=made.cast.administrator.identity, offering_id=made.offering_id, now=clock.now())
    found = queries.by_number(session, issued(session, made, enrollment_id, now=clock.now(), terms=REAL))
    assert found is not None
    assert found.facts["acknowledgments"] == [ON_PUBLIC_BANK]
    assert ON_PUBLIC_BANK in found.facts["notes"]


def test_a_demonstration_needs_no_acceptance(session: Session, clock: FrozenClock) -> None:
    made = program(session, now=clock.now(), public=True)
    assert issued(session, made, trained(session, made, now=clock.now()), now=clock.now())


def test_a_name_the_paper_cannot_show_is_refused_by_name(session: Session, made: Program, clock: FrozenClock) -> None:
    officer = another_officer(session, made, "李 Wei", now=clock.now())
    told = str(refusal(session, made, trained(session, made, now=clock.now(), officer=officer), clock))
    assert "李" in told
    assert "CJK UNIFIED IDEOGRAPH-674E" in told


def test_a_certifier_whose_name_cannot_be_shown_is_refused(session: Session, made: Program, clock: FrozenClock) -> None:
    enrollment_id = trained(session, made, now=clock.now())
    actor = replace(made.certifier.identity, name="王")
    with pytest.raises(MissingGlyph, match="王"):
        service.issue(session, actor=actor, enrollment_ids=[enrollment_id], terms=TERMS, now=clock.now())


def test_nobody_certifies_themselves(session: Session, made: Program, clock: FrozenClock) -> None:
    enrollment_id = trained(session, made, now=clock.now())
    both = replace(made.cast.officer.identity, permissions=frozenset(Permission))
    with pytest.raises(OwnCertificate):
        service.issue(session, actor=both, enrollment_ids=[enrollment_id], terms=TERMS, now=clock.now())


def test_issuing_for_nobody_known_is_refused(session: Session, made: Program, clock: FrozenClock) -> None:
    with pytest.raises(NotFound):
        issued(session, made, uuid.uuid4(), now=clock.now())


def test_asking_twice_gives_one_certificate(session: Session, made: Program, clock: FrozenClock) -> None:
    enrollment_id = trained(session, made, now=clock.now())
    issued(session, made, enrollment_id, now=clock.now())
    again = service.issue(session, actor=made.certifier.identity, enrollment_ids=[enrollment_id], terms=TERMS, now=clock.now())
    assert again == []
    assert session.scalar(select(func.count()).select_from(Certificate)) == 1


def test_several_are_issued_at_once_or_none(session: Session, made: Program, clock: FrozenClock) -> None:
    ids = [trained(session, made, now=clock.now())]
    ids.append(enrolled(session, made, now=clock.now(), officer=another_officer(session, made, "Sam Okafor", now=clock.now())))
    with pytest.raises(NotReady, match="Sam Okafor"), session.begin_nested():
        service.issue(session, actor=made.certifier.identity, enrollment_ids=ids, terms=TERMS, now=clock.now())
    assert session.scalar(select(func.count()).select_from(Certificate)) == 0
