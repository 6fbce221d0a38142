"""Two persons dispose of what a schedule allows, and of nothing else; every chain and ledger verifies afterwards."""

import io
import json
import zipfile
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.audit.entries import AUDIT, reference_of
from lms.audit.models import AuditEntry
from lms.certificates import service as certificates
from lms.certificates.models import Certificate, CertificateSecret
from lms.certificates.reserving import Terms
from lms.db.blobs import MemoryBlobs
from lms.db.session import Database
from lms.enrollments.models import Completion, Heartbeat
from lms.exams import messages
from lms.kernel.clock import FrozenClock
from lms.kernel.errors import NotFound
from lms.kernel.ids import new_id
from lms.notices import service as notices
from lms.notices.models import Notice
from lms.notices.rules import WORDINGS, Kind
from lms.notices.service import Recipient
from lms.proctoring import incidents
from lms.proctoring.incidents import Noted
from lms.proctoring.rules import IncidentKind
from lms.retention import own_data, queries, service
from lms.retention.rules import RecordClass
from lms.retention.service import NothingToDispose, NotSchedulable, OwnProposal
from lms.settings import Settings
from lms.sittings import accommodating
from lms.sittings.accommodating import Asked
from lms.sittings.rules import Category, Grant
from tests.certificates.program import program, trained
from tests.proctoring.sitting import furnish
from tests.support.cast import Cast, Person, cast_of, person

YEARS = timedelta(days=366 * 3)


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return cast_of(session, now=clock.now())


@pytest.fixture
def second(session: Session, clock: FrozenClock) -> Person:
    return person(session, name="Nils Aronson", role=Role.ADMINISTRATOR, now=clock.now())


def told(session: Session, who: Person, now: datetime) -> None:
    to = Recipient(who.name, who.email, who.user_id)
    notices.write(session, kind=Kind.RESULT, key=f"{who.email}:{now}", to=to, facts=WORDINGS[Kind.RESULT].facts, path="/", now=now)


def scheduled(session: Session, cast: Cast, now: datetime) -> None:
    service.set_schedule(
        session, actor=cast.administrator.identity, record_class=RecordClass.NOTICES, years=3, authority="Schedule 4", now=now
    )


def kept(session: Session) -> list[str]:
    return sorted(session.scalars(select(Notice.email)))


def test_two_persons_dispose_of_what_is_old_enough_and_the_rest_stays(
    session: Session, cast: Cast, second: Person, clock: FrozenClock
) -> None:
    told(session, cast.officer, clock.now())
    clock.advance(YEARS)
    told(session, cast.outsider, clock.now())
    scheduled(session, cast, clock.now())
    proposal = service.propose(
        session, actor=cast.administrator.identity, record_class=RecordClass.NOTICES, reason="The year's review", now=clock.now()
    )
    with pytest.raises(OwnProposal):
        service.confirm(session, actor=cast.administrator.identity, proposal_id=proposal, now=clock.now())
    assert service.confirm(session, actor=second.identity, proposal_id=proposal, now=clock.now()) == 1
    assert kept(session) == [cast.outsider.email]
    with pytest.raises(NotFound):
        service.confirm(session, actor=second.identity, proposal_id=proposal, now=clock.now())
    (row,) = queries.proposals(session)
    assert (row.outcome, row.disposed, row.decider) == ("disposed of", 1, "Nils Aronson")


def test_a_hold_set_after_the_proposal_protects_what_it_covers(session: Session, cast: Cast, second: Person, clock: FrozenClock) -> None:
    told(session, cast.officer, clock.now())
    told(session, cast.outsider, clock.now())
    clock.advance(YEARS)
    scheduled(session, cast, clock.now())
    actor, now = cast.administrator.identity, clock.now()
    proposal = service.propose(session, actor=actor, record_class=RecordClass.NOTICES, reason="Review", now=now)
    held = service.hold(session, actor=actor, record_class=None, officer=cast.officer.email, reason="Rivera v. Doe", now=now)
    assert service.confirm(session, actor=second.identity, proposal_id=proposal, now=now) == 1
    assert kept(session) == [cast.officer.email]
    with pytest.raises(NothingToDispose):
        service.propose(session, actor=actor, record_class=RecordClass.NOTICES, reason="Review", now=now)
    service.lift(session, actor=actor, hold_id=held, reason="Settled", now=now)
    service.propose(session, actor=actor, record_class=RecordClass.NOTICES, reason="Review", now=now)


def test_a_hold_on_everything_stops_every_disposal(session: Session, cast: Cast, second: Person, clock: FrozenClock) -> None:
    told(session, cast.officer, clock.now())
    clock.advance(YEARS)
    scheduled(session, cast, clock.now())
    actor, now = cast.administrator.identity, clock.now()
    proposal = service.propose(session, actor=actor, record_class=RecordClass.NOTICES, reason="Review", now=now)
    service.hold(session, actor=actor, record_class=None, officer="", reason="Inspector general", now=now)
    with pytest.raises(NothingToDispose, match="legal hold"):
        service.confirm(session, actor=second.identity, proposal_id=proposal, now=now)
    service.decline(session, actor=actor, proposal_id=proposal, now=now)
    assert kept(session) == [cast.officer.email]


def test_what_cannot_be_scheduled_or_found_is_refused(session: Session, cast: Cast, clock: FrozenClock) -> None:
    actor, now = cast.administrator.identity, clock.now()
    with pytest.raises(NotSchedulable):
        service.set_schedule(session, actor=actor, record_class=RecordClass.AUDIT, years=3, authority="Schedule 4", now=now)
    with pytest.raises(NotFound, match="No officer"):
        service.hold(session, actor=actor, record_class=None, officer="nobody@example.gov", reason="Case", now=now)
    with pytest.raises(NotFound):
        service.lift(session, actor=actor, hold_id=new_id(), reason="Settled", now=now)
    with pytest.raises(NothingToDispose):
        service.propose(session, actor=actor, record_class=RecordClass.NOTICES, reason="Review", now=now)


def test_outside_a_disposal_the_database_refuses_to_delete(database: Database, clock: FrozenClock) -> None:
    with database.writing() as session:
        told(session, cast_of(session, now=clock.now()).officer, clock.now())
    with pytest.raises(DBAPIError, match="never changed"), database.writing() as session:
        session.execute(delete(Notice))


def test_the_audit_trail_verifies_after_a_disposal(session: Session, cast: Cast, second: Person, clock: FrozenClock) -> None:
    """R-34: what went is told by entries that stay, and every entry is where it was."""
    told(session, cast.officer, clock.now())
    clock.advance(YEARS)
    scheduled(session, cast, clock.now())
    proposal = service.propose(
        session, actor=cast.administrator.identity, record_class=RecordClass.NOTICES, reason="Review", now=clock.now()
    )
    before = AUDIT.texts(session, [reference_of(one) for one in session.scalars(select(AuditEntry.id))])
    assert len(before) > 10
    service.confirm(session, actor=second.identity, proposal_id=proposal, now=clock.now())
    after = AUDIT.texts(session, list(before))
    assert after == before
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "disposed of records")).one()
    assert entry.details["count"] == 1


def test_everybody_downloads_their_own_data_and_nobody_elses(session: Session, cast: Cast, clock: FrozenClock) -> None:
    told(session, cast.officer, clock.now())
    packed = own_data.archive(session, identity=cast.officer.identity, blobs=MemoryBlobs(), now=clock.now())
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert set(opened.namelist()) == {"README.txt", "data.json"}
        text = opened.read("data.json").decode()
    data = json.loads(text)
    assert data["account"][0]["email"] == cast.officer.email
    assert data["agencies"][0]["name"] == "Palmetto County Sheriff's Office"
    assert [one["kind"] for one in data["notices"]] == ["exam result"]
    assert not {"password_hash", "token_digest", "seed", "salts"} & set(text.replace('"', " ").split())
    assert cast.outsider.email not in text
    theirs = own_data.own_data(session, identity=cast.outsider.identity, now=clock.now())
    assert theirs["notices"] == []


def test_own_data_tells_what_happened_around_ones_exams_and_not_the_words_about_others(session: Session, clock: FrozenClock) -> None:
    now = clock.now()
    held = furnish(session, now=now, officers=2)
    held.arrives(session, 0, now=now)
    attempt = held.begins(session, 0, now=now)
    actor, officer = held.proctor.identity, held.seats[0].who
    assert officer.officer_id is not None
    messages.send(session, actor=actor, attempt_ids=[attempt], text="Ten minutes are left.", now=now)
    noted = Noted(IncidentKind.CONDUCT, "Whispered with Avery Quill.", now, frozenset({held.seats[0].enrollment_id}))
    incidents.note(session, actor=actor, sitting_id=held.sitting_id, noted=noted, form_id=new_id(), now=now)
    granted = Asked(Grant(150, 0, 10), Category.DISABILITY, "Ana Ortiz, program manager", now)
    accommodating.grant(session, actor=held.cast.administrator.identity, officer_id=officer.officer_id, asked=granted, now=now)
    session.flush()
    data = own_data.own_data(session, identity=officer, now=now)
    assert [one["time_percent"] for one in data["accommodations"]] == [150]
    assert [one["place"] for one in data["places_in_sittings"]] == ["Training room 2"]
    assert [one["identity_document"] for one in data["identity_checks"]] == ["Passport"]
    assert [one["text"] for one in data["messages_in_exams"]] == ["Ten minutes are left."]
    assert [one["kind"] for one in data["incidents"]] == [IncidentKind.CONDUCT]
    assert [one["kind"] for one in data["steps_of_exams"]] == ["started"]
    assert "Avery" not in json.dumps(data)
    theirs = own_data.own_data(session, identity=held.seats[1].who, now=now)
    assert not any(theirs[kind] for kind in ("accommodations", "identity_checks", "messages_in_exams", "incidents", "steps_of_exams"))
    assert len(own_data.own_data(session, identity=actor, now=now)["sittings_proctored"]) == 1


def test_names_and_reading_traces_go_and_what_rests_on_them_stays(session: Session, second: Person, clock: FrozenClock) -> None:
    made = program(session, now=clock.now())
    enrollment_id = trained(session, made, now=clock.now())
    (number,) = certificates.issue(
        session, actor=made.certifier.identity, enrollment_ids=[enrollment_id], terms=Terms.of(Settings()), now=clock.now()
    )
    session.add(Heartbeat(id=new_id(), enrollment_id=enrollment_id, lesson_id="any", at=clock.now(), seconds=30))
    completed = session.scalar(select(func.count()).select_from(Completion))
    clock.advance(YEARS)
    for name, table in ((RecordClass.READING_TRACES, Heartbeat), (RecordClass.CERTIFICATE_NAMES, CertificateSecret)):
        actor, now = made.cast.administrator.identity, clock.now()
        service.set_schedule(session, actor=actor, record_class=name, years=2, authority="Schedule 4", now=now)
        proposal = service.propose(session, actor=actor, record_class=name, reason="Review", now=now)
        assert service.confirm(session, actor=second.identity, proposal_id=proposal, now=now) == 1
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert session.scalar(select(func.count()).select_from(Completion)) == completed
    assert session.scalars(select(Certificate.number)).all() == [number]
