"""ICE's written certification: who waits, a numbered list, striking, on both databases."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authorizations import certifying, trainings
from lms.authorizations.certifying import Act, AlreadyMade, AlreadyStruck, NoSuchCertification, NotListed
from lms.authorizations.models import CertificationEntry
from lms.authorizations.rules import certified_by
from lms.certificates import service as certificates
from lms.certificates.models import Certificate
from lms.certificates.rules import RevocationReason
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from tests.agencies.program import entries
from tests.authorizations.authority import Office, office
from tests.certificates.program import TERMS, another_officer, issued, trained

HOUR = timedelta(hours=1)


@pytest.fixture
def there(session: Session, clock: FrozenClock) -> Office:
    return office(session, now=clock.now())


def act(session: Session, *numbers: str, clock: FrozenClock) -> Act:
    ids = list(session.scalars(select(Certificate.id).where(Certificate.number.in_(numbers))))
    return Act(ids, "Dana Whitcomb", "Director", clock.now().date())


def makes(session: Session, there: Office, wanted: Act, clock: FrozenClock, form_id: uuid.UUID | None = None) -> uuid.UUID:
    actor = there.made.certifier.identity
    made = certifying.certify(session, actor=actor, act=wanted, terms=TERMS, form_id=form_id or new_id(), now=clock.now())
    session.flush()
    return made


def test_only_full_certificates_that_stand_and_whose_paper_is_stored_wait(session: Session, there: Office, clock: FrozenClock) -> None:
    now = clock.now()
    ready = there.certificate(session, there.made.cast.officer, now=now)
    unfinished = another_officer(session, there.made, "Sam Okafor", now=now)
    issued(session, there.made, trained(session, there.made, now=now, officer=unfinished), now=now)
    gone = there.certificate(session, another_officer(session, there.made, "Kim Vance", now=now), now=now)
    certificates.suspend(session, actor=there.made.certifier.identity, number=gone, note="Asked", now=now)
    session.flush()
    assert [row.number for row in certifying.waiting(session)] == [ready]
    assert certifying.waiting_count(session) == 1
    assert certifying.waiting_count(session, model="TFM") == 0
    assert certifying.waiting_count(session, model="WSO", agency=there.made.cast.palmetto) == 1
    assert certifying.waiting_count(session, agency=there.made.cast.cedar_falls) == 0


def test_a_list_has_a_number_names_by_last_name_and_leaves_an_entry(session: Session, there: Office, clock: FrozenClock) -> None:
    now = clock.now()
    first = there.certificate(session, there.made.cast.officer, now=now)
    second = there.certificate(session, another_officer(session, there.made, "Zoe Adams", now=now), now=now)
    made = makes(session, there, act(session, first, second, clock=clock), clock)
    third = there.certificate(session, another_officer(session, there.made, "Kim Vance", now=now), now=now)
    other = makes(session, there, act(session, third, clock=clock), clock)
    assert [row.number for row in certifying.certifications(session)] == [2, 1]
    assert [row.name for row in certifying.entries(session, certification_id=made)] == ["Zoe Adams", "Dana Rivera"]
    assert certifying.certification_count(session) == 2
    assert certifying.waiting(session) == []
    assert entries(session, other) == ["named who passed"]


def test_a_form_sent_twice_makes_one_list(session: Session, there: Office, clock: FrozenClock) -> None:
    number, form_id = there.certificate(session, there.made.cast.officer, now=clock.now()), new_id()
    wanted = act(session, number, clock=clock)
    makes(session, there, wanted, clock, form_id)
    with pytest.raises(AlreadyMade):
        makes(session, there, wanted, clock, form_id)
    with pytest.raises(NotListed, match="on a list already"):
        makes(session, there, wanted, clock)


def test_what_cannot_be_a_list_is_refused(session: Session, there: Office, clock: FrozenClock) -> None:
    number = there.certificate(session, there.made.cast.officer, now=clock.now())
    wanted = act(session, number, clock=clock)
    for changed in (
        {"official": " "},
        {"position": ""},
        {"dated_on": clock.now().date() + timedelta(days=2)},
        {"dated_on": clock.now().date() - timedelta(days=2)},
        {"certificate_ids": ()},
        {"certificate_ids": [new_id()]},
        {"certificate_ids": [new_id() for _ in range(31)]},
    ):
        with pytest.raises(NotListed):
            makes(session, there, replace(wanted, **changed), clock)
    assert session.scalars(select(CertificationEntry.certificate_id)).all() == []


def test_an_entry_is_struck_once_its_certificate_is_revoked_and_stays_readable(session: Session, there: Office, clock: FrozenClock) -> None:
    """R-29: the answer about the time before stays."""
    number = there.certificate(session, there.made.cast.officer, now=clock.now())
    made = makes(session, there, act(session, number, clock=clock), clock)
    actor, then = there.made.certifier.identity, clock.now()
    with pytest.raises(NotListed, match="Revoke the certificate first"):
        certifying.strike(session, actor=actor, certification_id=made, number=number, reason="x", now=then)
    clock.advance(HOUR)
    certificates.revoke(session, actor=actor, number=number, reason=RevocationReason.RECORD, note="Wrong", now=clock.now())
    session.flush()
    assert certifying.to_be_struck(session) == [(made, number)]
    certifying.strike(session, actor=actor, certification_id=made, number=number, reason="Revoked", now=clock.now())
    session.flush()
    (entry,) = certifying.entries(session, certification_id=made)
    assert (entry.struck, entry.to_be_struck) == ("Revoked", False)
    with pytest.raises(AlreadyStruck):
        certifying.strike(session, actor=actor, certification_id=made, number=number, reason="x", now=clock.now())
    with pytest.raises(NoSuchCertification):
        certifying.strike(session, actor=actor, certification_id=new_id(), number=number, reason="x", now=clock.now())
    (row,) = trainings.trainings(session, trainings.of_number(number)).values()
    assert certified_by(row.training, at=then, known=clock.now()) is not None
    assert certified_by(row.training, at=clock.now(), known=clock.now()) is None


def test_a_corrected_certificate_goes_on_being_certified(session: Session, there: Office, clock: FrozenClock) -> None:
    number = there.certificate(session, there.made.cast.officer, now=clock.now())
    makes(session, there, act(session, number, clock=clock), clock)
    clock.advance(HOUR)
    actor, sent = there.made.certifier.identity, {"name": "Dana Q. Rivera", "reason": "Initial"}
    corrected = certificates.correct(session, actor=actor, number=number, terms=TERMS, now=clock.now(), **sent)
    session.flush()
    for one in (number, corrected):
        (row,) = trainings.trainings(session, trainings.of_number(one)).values()
        assert certified_by(row.training, at=clock.now(), known=clock.now()) is not None
