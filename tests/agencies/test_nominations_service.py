"""Nominating one by one and by file, screening, deciding, substituting and undoing, on both databases."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.agencies import agreement_queries as agreements
from lms.agencies import agreement_service as moving
from lms.agencies import nomination_queries as queries
from lms.agencies import nomination_service as service
from lms.agencies.agreement_rules import State, Step
from lms.agencies.models import Nomination, Nominee
from lms.agencies.nomination_queries import NominationDetail
from lms.agencies.nomination_rules import Outcome
from lms.agencies.nomination_service import (
    AlreadyDecided,
    AlreadyNominated,
    Fate,
    NoSuchNomination,
    NotAccepted,
    NotEligible,
    NotOpenForNominations,
)
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from tests.agencies.program import NOON, agreement, candidate, entries, operational
from tests.support.cast import Cast, cast_of
from tests.support.statements import statements_on

HEAD = "name,email,sworn_on,consent_by,consent_on,us-citizen\n"
FILE = HEAD + "Jo Park,jo.park@example.gov,2020-03-01,Sheriff,2026-11-01,yes\nBo Lee,bo.lee@example.gov,2025-03-01,Sheriff,2026-11-01,yes\n"


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return cast_of(session, now=clock.now())


@pytest.fixture
def under(session: Session, cast: Cast) -> uuid.UUID:
    return operational(session, cast)


def nominated(
    session: Session, cast: Cast, under: uuid.UUID, name: str = "Jo Park", instead: uuid.UUID | None = None, **changes: Any
) -> uuid.UUID:
    who = candidate(name, **changes)
    return service.nominate(session, actor=cast.coordinator.identity, agreement_id=under, candidate=who, substitute_for=instead, now=NOON)


def seen(session: Session, cast: Cast, nomination_id: uuid.UUID) -> NominationDetail:
    session.flush()
    found = queries.nomination(session, identity=cast.program_officer.identity, nomination_id=nomination_id, now=NOON)
    assert found is not None
    return found


def decided(session: Session, cast: Cast, nomination_id: uuid.UUID, outcome: Outcome) -> None:
    service.decide(session, actor=cast.program_officer.identity, nomination_id=nomination_id, outcome=outcome, reason="Looked at", now=NOON)
    session.flush()


def test_a_nomination_that_is_approved_keeps_who_why_and_when(session: Session, cast: Cast, under: uuid.UUID) -> None:
    made = nominated(session, cast, under)
    assert seen(session, cast, made).verdict == "Eligible."
    decided(session, cast, made, Outcome.APPROVED)
    found = seen(session, cast, made)
    assert (found.outcome, found.reason, found.decided_by, found.decided_at) == ("approved", "Looked at", "Lena Okonkwo", NOON)
    assert entries(session, made) == ["approved a nomination", "nominated an officer"]
    with pytest.raises(AlreadyDecided):
        decided(session, cast, made, Outcome.DECLINED)


def test_a_nominee_without_two_years_is_not_approved_but_substituted_once(session: Session, cast: Cast, under: uuid.UUID) -> None:
    first = nominated(session, cast, under, sworn_on=date(2025, 3, 1))
    with pytest.raises(NotEligible, match="TFM needs two years' experience; sworn 2025-03-01"):
        decided(session, cast, first, Outcome.APPROVED)
    with pytest.raises(NotAccepted):
        nominated(session, cast, under, "Too Early", first)
    decided(session, cast, first, Outcome.DECLINED)
    second = nominated(session, cast, under, "Bo Lee", first)
    assert (seen(session, cast, second).substitute_for, seen(session, cast, first).substitute) == (first, second)
    with pytest.raises(AlreadyNominated):
        nominated(session, cast, under, "Cy Diaz", first)
    with pytest.raises(NoSuchNomination):
        nominated(session, cast, under, "Cy Diaz", new_id())


def test_the_same_person_twice_is_caught_however_the_name_is_written(session: Session, cast: Cast, under: uuid.UUID) -> None:
    nominated(session, cast, under)
    with pytest.raises(AlreadyNominated):
        nominated(session, cast, under, "PARK, Jo", email="another@example.gov")
    with pytest.raises(AlreadyNominated):
        nominated(session, cast, under, "Josephine Park-Lee", email="Jo.Park@example.gov")


def test_an_officer_who_changes_agency_keeps_the_record(session: Session, cast: Cast, under: uuid.UUID) -> None:
    first = nominated(session, cast, under)
    there = operational(session, cast, agency=cast.cedar_falls)
    moving = candidate(email="jo.park@cedar.example.gov")
    second = service.nominate(session, actor=cast.outsider_coordinator.identity, agreement_id=there, candidate=moving, now=NOON)
    assert session.scalar(select(func.count()).select_from(Nominee)) == 1
    nominee_id = seen(session, cast, second).nominee_id
    for reader, count in ((cast.program_officer, 1), (cast.outsider_coordinator, 0)):
        rows = queries.others_of_nominee(session, identity=reader.identity, nominee_id=nominee_id, but=second)
        assert [row.id for row in rows] == [first] * count


def test_nominations_need_a_signed_agreement_of_the_own_agency(session: Session, cast: Cast, under: uuid.UUID) -> None:
    """R-14."""
    with pytest.raises(NotOpenForNominations):
        nominated(session, cast, agreement(session, cast))
    for stranger in (cast.outsider_coordinator, cast.program_officer, cast.officer):
        with pytest.raises(NoSuchNomination):
            service.nominate(session, actor=stranger.identity, agreement_id=under, candidate=candidate(), now=NOON)
    with pytest.raises(NotAccepted, match="not whole"):
        nominated(session, cast, under, email="jo.park")


def test_a_withdrawn_nomination_makes_room_and_a_decided_one_is_not_withdrawn(session: Session, cast: Cast, under: uuid.UUID) -> None:
    made, actor = nominated(session, cast, under), cast.coordinator.identity
    with pytest.raises(NotAccepted):
        service.withdraw(session, actor=actor, nomination_id=made, reason=" ", now=NOON)
    for stranger in (cast.outsider_coordinator, cast.program_officer):
        with pytest.raises(NoSuchNomination):
            service.withdraw(session, actor=stranger.identity, nomination_id=made, reason="x", now=NOON)
    service.withdraw(session, actor=actor, nomination_id=made, reason="Left", now=NOON)
    session.flush()
    again = nominated(session, cast, under)
    decided(session, cast, again, Outcome.APPROVED)
    with pytest.raises(AlreadyDecided):
        service.withdraw(session, actor=actor, nomination_id=again, reason="Left", now=NOON)
    assert entries(session, made) == ["nominated an officer", "withdrew a nomination"]


def test_screening_is_recorded_and_the_newest_result_counts(session: Session, cast: Cast) -> None:
    under = operational(session, cast, "jem-2025")
    made = nominated(session, cast, under, answers={"us-citizen": True, "authority-to-enforce": True, "facility-security": True})
    for met, note, says in ((False, "Record found.", "Not eligible: Record found."), (True, "Explained", "Eligible.")):
        service.screen(session, actor=cast.program_officer.identity, nomination_id=made, test="background", met=met, note=note, now=NOON)
        assert seen(session, cast, made).verdict == says
    with pytest.raises(NotAccepted):
        service.screen(session, actor=cast.program_officer.identity, nomination_id=made, test="us-citizen", met=True, note="", now=NOON)
    assert entries(session, made).count("screened a nominee") == 2


def test_what_was_decided_stays_as_it_was_when_the_agreement_moves_on(session: Session, cast: Cast, under: uuid.UUID) -> None:
    made, later = nominated(session, cast, under), NOON + timedelta(days=30)
    decided(session, cast, made, Outcome.APPROVED)
    step = Step(State.SUSPENDED, NOON + timedelta(days=1), "Under review")
    moving.move_agreement(session, actor=cast.program_officer.identity, agreement_id=under, step=step, now=later)
    session.flush()
    found = queries.nomination(session, identity=cast.program_officer.identity, nomination_id=made, now=later)
    assert found is not None
    assert found.verdict == "Eligible."
    with pytest.raises(NotOpenForNominations):
        service.nominate(session, actor=cast.coordinator.identity, agreement_id=under, candidate=candidate("Bo Lee"), now=later)


def test_a_file_is_planned_without_changing_anything_and_taken_in_once(session: Session, cast: Cast, under: uuid.UUID) -> None:
    actor = cast.coordinator.identity
    found = queries.nominating(session, identity=actor, agreement_id=under, now=NOON)
    assert found is not None
    text = FILE + "Cy Diaz,cy,2020-01-01,,,\n"
    assert [one.fate for one in service.plan_of_file(session, under=found, text=text)] == [Fate.NEW, Fate.NEW, Fate.REFUSED]
    assert session.scalar(select(func.count()).select_from(Nomination)) == 0
    batch, count = service.take_in(session, actor=actor, agreement_id=under, text=text, now=NOON)
    assert count == 2
    assert service.take_in(session, actor=actor, agreement_id=under, text=text, now=NOON) == (None, 0)
    fates = [one.fate for one in service.plan_of_file(session, under=found, text=text)]
    assert fates == [Fate.THERE, Fate.THERE, Fate.REFUSED]
    changed = service.plan_of_file(session, under=found, text=FILE.replace("2020-03-01", "2019-03-01"))
    assert (changed[0].fate, changed[0].row.line) == (Fate.REFUSED, 2)
    assert batch is not None


def test_a_file_is_undone_as_far_as_nobody_decided(session: Session, cast: Cast, under: uuid.UUID) -> None:
    actor = cast.coordinator.identity
    batch, _ = service.take_in(session, actor=actor, agreement_id=under, text=FILE, now=NOON)
    assert batch is not None
    rows = {row.name: row.id for row in queries.nominations(session, identity=actor, agency_id=cast.palmetto)}
    decided(session, cast, rows["Jo Park"], Outcome.APPROVED)
    with pytest.raises(NoSuchNomination):
        service.withdraw_batch(session, actor=cast.outsider_coordinator.identity, batch_id=batch, now=NOON)
    assert service.withdraw_batch(session, actor=actor, batch_id=batch, now=NOON) == cast.palmetto
    session.flush()
    outcomes = {row.name: row.outcome for row in queries.nominations(session, identity=actor, agency_id=cast.palmetto)}
    assert outcomes == {"Jo Park": "approved", "Bo Lee": "withdrawn"}
    with pytest.raises(NoSuchNomination):
        service.withdraw_batch(session, actor=actor, batch_id=batch, now=NOON)
    assert service.take_in(session, actor=actor, agreement_id=under, text=FILE, now=NOON)[1] == 1


def test_planning_a_file_costs_the_same_however_long_it_is(database: Database, session: Session, cast: Cast, under: uuid.UUID) -> None:
    found = queries.nominating(session, identity=cast.coordinator.identity, agreement_id=under, now=NOON)
    assert found is not None
    text = HEAD + "".join(f"Jo {n},jo{n}@example.gov,2020-03-01,Sheriff,2026-11-01,yes\n" for n in range(200))
    with statements_on(database) as statements:
        planned = service.plan_of_file(session, under=found, text=text)
    assert len(planned) == 200
    assert len(statements) <= 2


def test_evidence_belongs_to_the_agency_that_nominates(session: Session, cast: Cast, under: uuid.UUID) -> None:
    made = nominated(session, cast, under)
    sent: dict[str, Any] = {"title": "Consent", "digest": "e" * 64, "size": 5}
    document = service.add_evidence(session, actor=cast.coordinator.identity, nomination_id=made, now=NOON, **sent)
    session.flush()
    assert agreements.document_digest(session, identity=cast.coordinator.identity, document_id=document) == "e" * 64
    assert agreements.document_digest(session, identity=cast.outsider_coordinator.identity, document_id=document) is None
    with pytest.raises(NoSuchNomination):
        service.add_evidence(session, actor=cast.program_officer.identity, nomination_id=made, now=NOON, **sent)
    assert "added evidence to a nomination" in entries(session, made)


def test_what_waits_is_counted_and_seen_by_those_who_may(session: Session, cast: Cast, under: uuid.UUID) -> None:
    made = nominated(session, cast, under)
    program_officer = cast.program_officer.identity
    assert [row.id for row in queries.waiting(session, identity=program_officer)] == [made]
    assert queries.waiting_count(session, identity=program_officer) == 1
    assert queries.nomination_count(session, identity=cast.outsider_coordinator.identity, agency_id=cast.palmetto) == 0
    assert queries.nominations(session, identity=cast.outsider_coordinator.identity, agency_id=cast.palmetto) == []
    decided(session, cast, made, Outcome.DECLINED)
    assert queries.waiting_count(session, identity=program_officer) == 0
