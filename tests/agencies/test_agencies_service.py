"""Agencies are created once, shown to those who may see them, and joined by invitation."""

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import queries as account_queries
from lms.accounts import service as accounts
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM, Identity
from lms.agencies import queries, service
from lms.agencies.models import Membership
from lms.agencies.rules import KIND_LABELS, STATES, TIME_ZONES, AgencyKind
from lms.agencies.service import AgencyExists, NoSuchPlace
from lms.audit.models import AuditEntry
from lms.kernel.clock import FrozenClock
from lms.kernel.errors import Invalid
from tests.support.cast import Cast, Person, cast_of, person

CEDAR_FALLS = "Cedar Falls Police Department"


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return cast_of(session, now=clock.now())


def create(session: Session, cast: Cast, clock: FrozenClock, name: str, state: str, time_zone: str = "America/Chicago") -> uuid.UUID:
    actor = cast.administrator.identity
    return service.create_agency(session, actor=actor, name=name, kind=AgencyKind.POLICE, state=state, time_zone=time_zone, now=clock.now())


def invites(session: Session, whom: Person, role: Role, agency_id: uuid.UUID, clock: FrozenClock) -> str:
    return accounts.invite(session, actor=SYSTEM, email=whom.email, name=whom.name, role=role, agency_id=agency_id, now=clock.now())


def signed_in(session: Session, whom: Person, clock: FrozenClock) -> Identity:
    opened = accounts.open_session(session, user_id=whom.user_id, browser="", now=clock.now())
    found = account_queries.identity_of(session, token=opened.secret, now=clock.now())
    assert found is not None
    return found


def test_every_kind_has_a_label_and_all_states_and_territories_are_offered() -> None:
    assert set(KIND_LABELS) == set(AgencyKind)
    assert len(STATES) == 50 + 1 + 5
    assert all("/" in name for name in TIME_ZONES)


def test_an_agency_is_created_with_an_audit_entry(session: Session, cast: Cast, clock: FrozenClock) -> None:
    made = create(session, cast, clock, " Mesa  Verde Police ", "CO")
    found = queries.agency(session, identity=cast.administrator.identity, agency_id=made)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.object_id == str(made))).one()
    assert found is not None
    assert found.name == "Mesa Verde Police"
    assert (entry.actor_id, entry.agency_id) == (cast.administrator.user_id, made)


@pytest.mark.parametrize(
    ("name", "state", "zone", "refusal"),
    [
        (f" {CEDAR_FALLS} ", "IA", "America/Chicago", AgencyExists),
        (" ", "IA", "America/Chicago", Invalid),
        ("Other Police", "XX", "America/Chicago", NoSuchPlace),
        ("Other Police", "IA", "Mars/Olympus", NoSuchPlace),
    ],
)
def test_an_agency_that_exists_or_lies_nowhere_is_refused(
    session: Session, cast: Cast, clock: FrozenClock, name: str, state: str, zone: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        create(session, cast, clock, name, state, zone)


def test_the_same_name_in_another_state_is_another_agency(session: Session, cast: Cast, clock: FrozenClock) -> None:
    create(session, cast, clock, CEDAR_FALLS, "WA")
    labels = [found.label for found in queries.agency_names(session)]
    assert labels[:2] == [f"{CEDAR_FALLS}, IA", f"{CEDAR_FALLS}, WA"]


def test_an_administrator_sees_all_agencies_with_their_counts(session: Session, cast: Cast, clock: FrozenClock) -> None:
    rows = queries.agencies(session, identity=cast.administrator.identity, now=clock.now())
    assert [(row.name, row.officers, row.coordinators) for row in rows] == [
        (CEDAR_FALLS, 1, 1),
        ("Palmetto County Sheriff's Office", 1, 1),
    ]
    assert queries.agency_count(session, identity=cast.administrator.identity) == 2


def test_a_coordinator_sees_only_the_agency_they_coordinate(session: Session, cast: Cast, clock: FrozenClock) -> None:
    coordinator = cast.coordinator.identity
    rows = queries.agencies(session, identity=coordinator, now=clock.now())
    assert [row.id for row in rows] == [cast.palmetto]
    assert queries.agency_count(session, identity=coordinator) == 1
    assert [row.name for row in queries.officers(session, identity=coordinator, agency_id=cast.palmetto, now=clock.now())] == [
        "Dana Rivera"
    ]
    assert queries.agency(session, identity=coordinator, agency_id=cast.cedar_falls) is None
    assert queries.officers(session, identity=coordinator, agency_id=cast.cedar_falls, now=clock.now()) == []
    assert queries.coordinators(session, identity=coordinator, agency_id=cast.cedar_falls, now=clock.now()) == []


def test_serving_in_an_agency_gives_no_sight_of_it(session: Session, cast: Cast, clock: FrozenClock) -> None:
    assert queries.agencies(session, identity=signed_in(session, cast.officer, clock), now=clock.now()) == []


def test_coordinating_one_agency_gives_no_sight_of_the_one_served_in(session: Session, cast: Cast, clock: FrozenClock) -> None:
    secret = invites(session, cast.outsider, Role.COORDINATOR, cast.palmetto, clock)
    service.take_up_as(session, actor=cast.outsider.identity, secret=secret, now=clock.now())
    rows = queries.agencies(session, identity=signed_in(session, cast.outsider, clock), now=clock.now())
    assert [row.id for row in rows] == [cast.palmetto]


def test_an_officer_who_takes_up_an_invitation_joins_the_agency(session: Session, cast: Cast, clock: FrozenClock) -> None:
    served = queries.agencies_served(session, officer_ids=[cast.officer.officer, cast.outsider.officer], now=clock.now())
    assert served == {cast.officer.officer: cast.palmetto, cast.outsider.officer: cast.cedar_falls}


def test_joining_the_agency_already_served_in_changes_nothing(session: Session, cast: Cast, clock: FrozenClock) -> None:
    service.join(session, officer_id=cast.officer.officer, agency_id=cast.palmetto, now=clock.now())
    rows = session.scalars(select(Membership).where(Membership.officer_id == cast.officer.officer)).all()
    assert len(rows) == 1


def test_an_officer_who_changes_agencies_is_counted_in_the_new_one_only(session: Session, cast: Cast, clock: FrozenClock) -> None:
    before = clock.now()
    clock.at = clock.at.replace(year=2027)
    secret = invites(session, cast.officer, Role.OFFICER, cast.cedar_falls, clock)
    service.take_up_as(session, actor=cast.officer.identity, secret=secret, now=clock.now())
    officer = cast.officer.officer
    assert queries.agencies_served(session, officer_ids=[officer], now=clock.now()) == {officer: cast.cedar_falls}
    assert queries.agencies_served(session, officer_ids=[officer], now=before) == {officer: cast.palmetto}
    rows = queries.agencies(session, identity=cast.administrator.identity, now=clock.now())
    assert [row.officers for row in rows] == [2, 0]


def test_an_officer_whose_role_ended_stays_listed_and_says_so(session: Session, cast: Cast, clock: FrozenClock) -> None:
    administrator = cast.administrator.identity
    grants = {row.user_id: row.grant_id for row in account_queries.people(session, now=clock.now())}
    accounts.end_grant(session, actor=administrator, grant_id=grants[cast.officer.user_id], reason="Left", now=clock.now())
    rows = queries.officers(session, identity=administrator, agency_id=cast.palmetto, now=clock.now())
    assert [(row.name, row.active) for row in rows] == [("Dana Rivera", False)]


def test_lists_are_cut_into_pages(session: Session, cast: Cast, clock: FrozenClock) -> None:
    for number in range(queries.AGENCIES_PER_PAGE):
        create(session, cast, clock, f"Agency {number:03}", "OH")
    administrator = cast.administrator.identity
    pages = [queries.agencies(session, identity=administrator, now=clock.now(), page=number) for number in (1, 2, 3)]
    assert [len(rows) for rows in pages] == [queries.AGENCIES_PER_PAGE, 2, 0]


def test_staff_join_no_agency(session: Session, cast: Cast, clock: FrozenClock) -> None:
    person(session, name="Omar Haddad", role=Role.PROCTOR, now=clock.now())
    assert cast.proctor.officer_id is None
    assert len(session.scalars(select(Membership)).all()) == 2
