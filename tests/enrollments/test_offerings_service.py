"""Classes open on the newest revision of a course; officers are enrolled once, for the agency they serve in."""

import uuid
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.audit.models import AuditEntry
from lms.enrollments import queries, rules, service
from lms.enrollments.models import Enrollment
from lms.enrollments.service import NotAMember, NothingToAcknowledge, NotTheNewest, WrongDates
from lms.kernel.clock import FrozenClock
from lms.kernel.errors import Forbidden, Invalid, NotFound
from tests.support.cast import Cast, cast_of
from tests.support.factories import a_bank, a_class, a_completion, a_course, an_enrollment


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return cast_of(session, now=clock.now())


def opens(
    session: Session, clock: FrozenClock, course_hash: str, *, ends_on: date = date(2027, 1, 8), zone: str = "America/Denver"
) -> uuid.UUID:
    return service.open_offering(
        session,
        actor=SYSTEM,
        course_hash=course_hash,
        title=" WSO,  January ",
        starts_on=date(2027, 1, 4),
        ends_on=ends_on,
        time_zone=zone,
        now=clock.now(),
    )


def enrolls(session: Session, cast: Cast, clock: FrozenClock, offering: uuid.UUID, *officers: uuid.UUID) -> int:
    actor = cast.administrator.identity
    return service.enroll(session, actor=actor, offering_id=offering, officer_ids=list(officers), now=clock.now())


def entries(session: Session, action: str) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)) or 0


def test_a_class_opens_on_a_published_course_and_stays_pinned(session: Session, clock: FrozenClock) -> None:
    first = a_course(session, now=clock.now())
    opened = opens(session, clock, first)
    a_course(session, now=clock.now(), number=2, lessons=3)
    found = queries.offering(session, offering_id=opened)
    assert found is not None
    assert (found.title, found.course_hash, found.course_number, found.lessons, found.minutes) == ("WSO, January", first, 1, 2, 60)
    assert entries(session, "opened a class") == 1


def test_a_class_opens_only_on_the_newest_revision(session: Session, clock: FrozenClock) -> None:
    first = a_course(session, now=clock.now())
    a_course(session, now=clock.now(), number=2)
    with pytest.raises(NotTheNewest):
        opens(session, clock, first)


def test_a_class_needs_a_course_that_exists_dates_in_order_and_a_known_zone(session: Session, clock: FrozenClock) -> None:
    course = a_course(session, now=clock.now())
    with pytest.raises(NotFound):
        opens(session, clock, "0" * 64)
    with pytest.raises(WrongDates):
        opens(session, clock, course, ends_on=date(2027, 1, 3))
    with pytest.raises(Invalid):
        opens(session, clock, course, zone="Mars/Olympus")


def test_officers_are_enrolled_for_the_agency_they_serve_in(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    assert enrolls(session, cast, clock, offering, cast.officer.officer, cast.outsider.officer) == 2
    found = session.execute(select(Enrollment.officer_id, Enrollment.agency_id, Enrollment.enrolled_by)).all()
    assert {row[0]: row[1] for row in found} == {cast.officer.officer: cast.palmetto, cast.outsider.officer: cast.cedar_falls}
    assert {row[2] for row in found} == {cast.administrator.user_id}


def test_enrolling_again_changes_nothing_and_writes_no_entry(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    enrolls(session, cast, clock, offering, cast.officer.officer)
    assert enrolls(session, cast, clock, offering, cast.officer.officer, cast.outsider.officer) == 1
    assert enrolls(session, cast, clock, offering) == 0
    assert entries(session, "enrolled an officer") == 2


def test_an_officer_of_no_agency_is_not_enrolled_and_neither_is_anyone_with_them(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    with pytest.raises(NotAMember):
        enrolls(session, cast, clock, offering, cast.officer.officer, uuid.uuid4())
    assert queries.roster(session, offering_id=offering) == []


def test_nobody_is_enrolled_in_a_class_that_does_not_exist(session: Session, cast: Cast, clock: FrozenClock) -> None:
    with pytest.raises(NotFound):
        enrolls(session, cast, clock, uuid.uuid4(), cast.officer.officer)


def test_the_roster_tells_how_far_each_officer_is(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    enrollment = an_enrollment(session, person=cast.officer, offering_id=offering, now=clock.now())
    an_enrollment(session, person=cast.outsider, offering_id=offering, now=clock.now())
    a_completion(session, enrollment_id=enrollment, number=1, now=clock.now())
    rows = [(row.name, row.agency, row.lessons, row.minutes) for row in queries.roster(session, offering_id=offering)]
    assert rows == [
        ("Dana Rivera", "Palmetto County Sheriff's Office", 1, 30),
        ("Theo Lindqvist", "Cedar Falls Police Department", 0, 0),
    ]


def test_only_officers_not_in_the_class_are_offered(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    offered = queries.officers_to_enroll(session, offering_id=offering, agency_id=cast.palmetto, now=clock.now())
    assert [found.name for found in offered] == ["Dana Rivera"]
    an_enrollment(session, person=cast.officer, offering_id=offering, now=clock.now())
    assert queries.officers_to_enroll(session, offering_id=offering, agency_id=cast.palmetto, now=clock.now()) == []


def test_the_list_of_classes_counts_their_officers(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    an_enrollment(session, person=cast.officer, offering_id=offering, now=clock.now())
    assert [(row.title, row.officers) for row in queries.offerings(session)] == [("Palmetto class", 1)]
    assert queries.offering_count(session) == 1
    assert queries.offerings(session, page=2) == []


@pytest.mark.parametrize(("proctored", "public", "relies"), [(True, True, True), (True, False, False), (False, True, False)])
def test_a_class_relies_on_a_public_bank_when_its_proctored_exam_is_drawn_on_one(
    session: Session, clock: FrozenClock, proctored: bool, public: bool, relies: bool
) -> None:
    a_bank(session, now=clock.now(), public=public)
    offering = a_class(session, now=clock.now(), course_hash=a_course(session, now=clock.now(), proctored=proctored))
    assert queries.relies_on_public_bank(session, offering_id=offering) is relies


def test_a_private_edition_of_a_bank_ends_the_reliance(session: Session, cast: Cast, clock: FrozenClock) -> None:
    a_bank(session, now=clock.now())
    offering = a_class(session, now=clock.now())
    a_class(session, now=clock.now(), course_hash=a_course(session, now=clock.now(), course="second"))
    administrator = cast.administrator.identity
    assert queries.standing_notices(session, administrator)[0].startswith("2 classes are examined on a question bank that anyone can read.")
    a_bank(session, now=clock.now(), public=False, number=2)
    assert not queries.relies_on_public_bank(session, offering_id=offering)
    assert queries.standing_notices(session, administrator) == []


def test_the_standing_warning_is_for_administrators_and_only_while_a_class_relies(session: Session, cast: Cast, clock: FrozenClock) -> None:
    a_bank(session, now=clock.now())
    assert queries.standing_notices(session, cast.administrator.identity) == []
    a_class(session, now=clock.now())
    assert queries.standing_notices(session, cast.administrator.identity)[0].startswith("One class is examined")
    assert queries.standing_notices(session, cast.officer.identity) == []


def test_an_administrator_accepts_a_public_bank_once(session: Session, cast: Cast, clock: FrozenClock) -> None:
    a_bank(session, now=clock.now())
    offering = a_class(session, now=clock.now())
    assert not queries.public_bank_acknowledged(session, offering)
    for _ in range(2):
        service.acknowledge_public_bank(session, actor=cast.administrator.identity, offering_id=offering, now=clock.now())
    session.flush()
    found = queries.acknowledgement(session, offering_id=offering)
    assert queries.public_bank_acknowledged(session, offering)
    assert found is not None
    assert (found.acknowledged_by, found.at, found.wording) == (cast.administrator.user_id, clock.now(), rules.PUBLIC_BANK_WORDING)
    assert entries(session, "accepted a public question bank") == 1


def test_there_is_nothing_to_accept_without_a_public_bank_or_a_class(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    actor = cast.administrator.identity
    with pytest.raises(NothingToAcknowledge):
        service.acknowledge_public_bank(session, actor=actor, offering_id=offering, now=clock.now())
    with pytest.raises(NotFound):
        service.acknowledge_public_bank(session, actor=actor, offering_id=uuid.uuid4(), now=clock.now())
    with pytest.raises(Forbidden):
        service.acknowledge_public_bank(session, actor=SYSTEM, offering_id=offering, now=clock.now())
