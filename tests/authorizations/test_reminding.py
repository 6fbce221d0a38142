"""Officers and coordinators are reminded in time and once, on the agency's clock, on both databases."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.agencies.models import Agency
from lms.authorizations import refreshing, reminding
from lms.authorizations.models import Authorization
from lms.authorizations.refresher_rules import Demand, RefresherKind
from lms.authorizations.refreshing import Outcome
from lms.authorizations.reminding import Due
from lms.authorizations.rules import MoveKind
from lms.authorizations.sweeps import send_reminders
from lms.kernel.clock import FrozenClock
from lms.notices.models import Notice, NoticeWaiting
from lms.notices.rules import Kind
from lms.web.site import Site
from tests.authorizations.authority import Office, office
from tests.certificates.program import another_officer

DAY = timedelta(days=1)
OFFICER, COORDINATOR = "dana.rivera@example.gov", "hollis.greene@example.gov"


@pytest.fixture
def task_force(session: Session, clock: FrozenClock) -> Office:
    return office(session, "tfm-2025", now=clock.now())


def works(session: Session, now: datetime) -> list[Due]:
    """What the sweep does, in this session."""
    found = reminding.due(session, now=now, limit=50)
    for one in found:
        reminding.remind(session, one, now=now)
    session.flush()
    return found


def told(session: Session, kind: Kind) -> list[tuple[str, str]]:
    """To whom, and the subject."""
    asked = select(Notice.email, Notice.subject).where(Notice.kind == kind).order_by(Notice.written_at, Notice.email)
    return [(email, subject) for email, subject in session.execute(asked)]


def end_of(session: Session, authorization_id: uuid.UUID) -> datetime:
    found = session.get_one(Authorization, authorization_id).ends_at
    assert found is not None
    return found


def test_the_end_of_an_authorization_is_told_four_times_to_the_officer_and_the_coordinator(
    session: Session, task_force: Office, clock: FrozenClock
) -> None:
    end = end_of(session, task_force.authorized(session, now=clock.now()))
    assert works(session, end - 91 * DAY) == []
    for days in (90, 60, 30, 7):
        assert [one.days for one in works(session, end - days * DAY)] == [days]
        assert works(session, end - days * DAY + timedelta(hours=1)) == []
    assert works(session, end) == []
    name = "days until the authorization of Dana Rivera ends"
    assert told(session, Kind.EXPIRING) == [(who, f"{days} {name}") for days in (90, 60, 30, 7) for who in (OFFICER, COORDINATOR)]


def test_whoever_could_not_be_told_in_time_is_told_once_of_what_is_left(session: Session, task_force: Office, clock: FrozenClock) -> None:
    end = end_of(session, task_force.authorized(session, now=clock.now()))
    assert [one.days for one in works(session, end - 20 * DAY)] == [30]
    assert works(session, end - 19 * DAY) == []
    assert [subject[:7] for _, subject in told(session, Kind.EXPIRING)] == ["20 days"] * 2


@pytest.mark.parametrize(("zone", "hour"), [("America/New_York", 5), ("Pacific/Honolulu", 10)])
def test_the_day_of_a_reminder_begins_on_the_agencys_clock(session: Session, clock: FrozenClock, zone: str, hour: int) -> None:
    made = office(session, "tfm-2025", now=clock.now())
    session.execute(update(Agency).where(Agency.id == made.made.cast.palmetto).values(time_zone=zone))
    session.expire_all()
    end = end_of(session, made.authorized(session, now=clock.now()))
    midnight = datetime(2028, 10, 23, hour - 1, tzinfo=UTC)  # thirty days before, when daylight saving time still holds in New York
    midnight += timedelta(hours=1) if zone == "Pacific/Honolulu" else timedelta()
    works(session, end - 60 * DAY)
    assert works(session, midnight - timedelta(seconds=1)) == []
    assert [one.days for one in works(session, midnight)] == [30]
    body = session.scalars(select(Notice.body).where(Notice.subject.startswith("30 days"))).first()
    assert body is not None
    assert f"ends at Nov 22, 2028, 12:00 AM {'EST' if hour == 5 else 'HST'}" in body


def test_nobody_is_reminded_of_the_end_of_what_has_ended(session: Session, task_force: Office, clock: FrozenClock) -> None:
    made = task_force.authorized(session, now=clock.now())
    task_force.moves(session, made, MoveKind.REVOCATION, now=clock.now())
    assert works(session, end_of(session, made) - 5 * DAY) == []


def test_an_authorization_that_has_no_end_of_its_own_is_not_told(session: Session, clock: FrozenClock) -> None:
    office(session, now=clock.now()).authorized(session, now=clock.now())
    assert works(session, clock.now() + 300 * DAY) == []


def test_training_that_is_due_is_told_twice_and_not_once_it_is_settled(session: Session, clock: FrozenClock) -> None:
    there = office(session, now=clock.now())
    actor, made = there.made.cast.supervisor.identity, there.authorized(session, now=clock.now())
    due_on = date(2027, 2, 1)
    wanted = Demand(RefresherKind.AD_HOC, "Detainers", due_on)
    ids = [refreshing.demand(session, actor=actor, authorization_id=made, wanted=wanted, now=clock.now()) for _ in range(2)]
    session.flush()
    begin = datetime(2027, 1, 2, 5, tzinfo=UTC)
    assert works(session, begin - timedelta(seconds=1)) == []
    assert {one.days for one in works(session, begin)} == {30}
    assert works(session, begin) == []
    assert told(session, Kind.REFRESHER_DUE) == [
        (who, "Training due by February 1, 2027: Detainers") for who in (OFFICER, OFFICER, COORDINATOR, COORDINATOR)
    ]
    later = begin + 25 * DAY
    refreshing.settle(session, actor=actor, requirement_id=ids[0], outcome=Outcome.COMPLETED, on=date(2027, 1, 20), note="", now=later)
    session.flush()
    assert [(one.object_id, one.days) for one in works(session, later)] == [(ids[1], 7)]
    assert works(session, datetime(2027, 2, 2, 5, tzinfo=UTC)) == []


def test_the_worker_reminds_everybody_once(site: Site, clock: FrozenClock) -> None:
    with site.database.writing() as session:
        there = office(session, "tfm-2025", now=clock.now())
        for officer in (there.made.cast.officer, another_officer(session, there.made, "Bo Lee", now=clock.now())):
            end = end_of(session, there.authorized(session, officer, now=clock.now()))
    clock.advance(end - clock.now() - 7 * DAY)
    assert [send_reminders(site), send_reminders(site)] == [2, 0]
    with site.database.reading() as session:
        assert [email for email, _ in told(session, Kind.EXPIRING)] == ["bo.lee@example.gov", OFFICER, COORDINATOR, COORDINATOR]
        asked = select(NoticeWaiting.path).join(Notice, Notice.id == NoticeWaiting.notice_id)
        paths = session.scalars(asked.where(Notice.kind == Kind.EXPIRING))
        assert set(paths) == {"/authorization", f"/agencies/{there.made.cast.palmetto}"}
