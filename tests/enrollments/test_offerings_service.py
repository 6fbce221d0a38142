"""Classes open on the newest revision of a course, are planned and cancelled by rows, and tell how far their officers are."""

import uuid
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.audit.models import AuditEntry
from lms.enrollments import bank_queries, queries, rules, service
from lms.enrollments.models import Offering, OfferingPin
from lms.enrollments.rules import Plan, Stage
from lms.enrollments.service import ClassIsOver, NoSuchClass, NothingToAcknowledge, NotTheNewest, PlanMovedOn, WrongPlan
from lms.kernel.clock import FrozenClock
from lms.kernel.errors import Forbidden, NotFound
from tests.support.cast import Cast, cast_of
from tests.support.factories import a_bank, a_class, a_completion, a_course, a_plan, an_enrollment


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return cast_of(session, now=clock.now())


def opens(session: Session, clock: FrozenClock, course_hash: str, **changes: Any) -> uuid.UUID:
    dates: dict[str, Any] = {"starts_on": date(2027, 1, 4), "ends_on": date(2027, 1, 8), "time_zone": "America/Denver"}
    plan = Plan(**({"title": " WSO,  January "} | dates | changes))
    return service.open_offering(session, actor=SYSTEM, course_hash=course_hash, plan=plan, now=clock.now())


def entries(session: Session, action: str) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)) or 0


def test_a_class_opens_on_a_published_course_and_stays_pinned(session: Session, clock: FrozenClock) -> None:
    first = a_course(session, now=clock.now())
    opened = opens(session, clock, first)
    a_course(session, now=clock.now(), number=2, lessons=3)
    found = queries.offering(session, offering_id=opened, now=clock.now())
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
    with pytest.raises(WrongPlan):
        opens(session, clock, course, ends_on=date(2027, 1, 3))
    with pytest.raises(WrongPlan):
        opens(session, clock, course, time_zone="Mars/Olympus")


def test_classes_are_numbered_by_year_as_they_are_opened(session: Session, clock: FrozenClock) -> None:
    course = a_course(session, now=clock.now())
    a_class(session, now=clock.now(), course_hash=course)
    opened = [opens(session, clock, course), opens(session, clock, course)]
    found = [queries.offering(session, offering_id=one, now=clock.now()) for one in opened]
    assert [one.number if one else "" for one in found] == ["CL-2027-0001", "CL-2027-0002"]
    assert {row.number for row in queries.offerings(session, now=clock.now())} == {"CL-2026-0001", "CL-2027-0001", "CL-2027-0002"}


def test_only_instructors_are_instructors_of_record(session: Session, cast: Cast, clock: FrozenClock) -> None:
    course = a_course(session, now=clock.now())
    with pytest.raises(WrongPlan, match="role of instructor"):
        opens(session, clock, course, instructors=frozenset({cast.proctor.user_id}))
    opened = opens(session, clock, course, instructors=frozenset({cast.instructor.user_id}))
    found = queries.offering(session, offering_id=opened, now=clock.now())
    assert found is not None
    assert found.instructors == ("Ivan Castellanos",)
    (taught,) = queries.classes_taught(session, user_id=cast.instructor.user_id, now=clock.now(), most=5)
    assert taught.id == opened
    assert queries.classes_taught(session, user_id=cast.proctor.user_id, now=clock.now(), most=5) == []


def changes(session: Session, cast: Cast, clock: FrozenClock, offering: uuid.UUID, *, based_on: int = 1, **changed: Any) -> tuple[str, ...]:
    told: dict[str, Any] = {"plan": a_plan(**changed), "based_on": based_on, "reason": "The room is taken"}
    return service.change_plan(session, actor=cast.administrator.identity, offering_id=offering, now=clock.now(), **told)


def test_a_change_of_plan_is_a_row_of_its_own_and_the_newest_counts(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    later: dict[str, Any] = {"ends_on": date(2027, 1, 15), "place": "Room  4", "capacity": 30}
    assert changes(session, cast, clock, offering, **later) == ("last day", "place", "capacity")
    assert changes(session, cast, clock, offering, based_on=2, **later) == ()
    newest, first = queries.history(session, offering_id=offering)
    assert (newest.number, newest.changed, newest.reason, newest.by) == (
        2,
        ("last day", "place", "capacity"),
        "The room is taken",
        "Ruth Adeyemi",
    )
    assert (first.number, first.changed, first.plan.ends_on) == (1, (), date(2026, 12, 31))
    assert entries(session, "changed the plan of a class") == 1


def test_a_plan_that_somebody_else_changed_is_not_changed_unseen(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    changes(session, cast, clock, offering, capacity=30)
    with pytest.raises(PlanMovedOn):
        changes(session, cast, clock, offering, capacity=40)


def test_a_plan_keeps_room_for_those_who_are_in_the_class(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    for one in (cast.officer, cast.outsider):
        an_enrollment(session, person=one, offering_id=offering, now=clock.now())
    with pytest.raises(WrongPlan, match="2 officers are in the class"):
        changes(session, cast, clock, offering, capacity=1)
    told: dict[str, Any] = {"plan": a_plan(capacity=2), "based_on": 1, "reason": " "}
    with pytest.raises(WrongPlan, match="Say why"):
        service.change_plan(session, actor=SYSTEM, offering_id=offering, now=clock.now(), **told)


def test_the_class_as_it_stands_is_what_its_newest_plan_and_pin_say(session: Session, cast: Cast, clock: FrozenClock) -> None:
    """`offering` repeats the newest rows for whoever asks at every page; it never says anything else."""
    offering = a_class(session, now=clock.now())
    changes(session, cast, clock, offering, title="Renamed", starts_on=date(2026, 11, 3), time_zone="America/Denver")
    newer = a_course(session, now=clock.now(), number=2)
    service.pin(session, actor=SYSTEM, offering_id=offering, course_hash=newer, reason="The law changed", now=clock.now())
    session.flush()
    row = session.get_one(Offering, offering)
    plan = queries.history(session, offering_id=offering)[0].plan
    assert (row.title, row.starts_on, row.ends_on, row.time_zone) == (plan.title, plan.starts_on, plan.ends_on, plan.time_zone)
    pins = session.scalars(select(OfferingPin).where(OfferingPin.offering_id == offering).order_by(OfferingPin.number)).all()
    assert row.course_hash == pins[-1].course_hash == newer
    assert [pin.reason for pin in pins] == ["Opened", "The law changed"]


def test_a_class_is_cancelled_once_with_a_reason_and_stops_everything(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    actor = cast.administrator.identity
    with pytest.raises(WrongPlan):
        service.cancel(session, actor=actor, offering_id=offering, reason=" ", now=clock.now())
    service.cancel(session, actor=actor, offering_id=offering, reason="No instructor", now=clock.now())
    session.flush()
    with pytest.raises(ClassIsOver):
        service.cancel(session, actor=actor, offering_id=offering, reason="Again", now=clock.now())
    with pytest.raises(ClassIsOver):
        changes(session, cast, clock, offering, capacity=3)
    found = queries.offering(session, offering_id=offering, now=clock.now())
    assert found is not None
    assert (found.stage, found.is_open, found.cancelled and found.cancelled.reason) == (Stage.CANCELLED, False, "No instructor")
    with pytest.raises(NoSuchClass):
        service.cancel(session, actor=actor, offering_id=uuid.uuid4(), reason="None", now=clock.now())


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


def test_the_list_of_classes_counts_their_officers(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    an_enrollment(session, person=cast.officer, offering_id=offering, now=clock.now())
    assert [(row.title, row.officers) for row in queries.offerings(session, now=clock.now())] == [("Palmetto class", 1)]
    assert queries.offering_count(session) == 1
    assert queries.offerings(session, now=clock.now(), page=2) == []


@pytest.mark.parametrize(("proctored", "public", "relies"), [(True, True, True), (True, False, False), (False, True, False)])
def test_a_class_relies_on_a_public_bank_when_its_proctored_exam_is_drawn_on_one(
    session: Session, clock: FrozenClock, proctored: bool, public: bool, relies: bool
) -> None:
    a_bank(session, now=clock.now(), public=public)
    offering = a_class(session, now=clock.now(), course_hash=a_course(session, now=clock.now(), proctored=proctored))
    assert bank_queries.relies_on_public_bank(session, offering_id=offering) is relies


def test_a_private_edition_of_a_bank_ends_the_reliance(session: Session, cast: Cast, clock: FrozenClock) -> None:
    a_bank(session, now=clock.now())
    offering = a_class(session, now=clock.now())
    a_class(session, now=clock.now(), course_hash=a_course(session, now=clock.now(), course="second"))
    administrator = cast.administrator.identity
    assert bank_queries.standing_notices(session, administrator)[0].startswith(
        "2 classes are examined on a question bank that anyone can read."
    )
    a_bank(session, now=clock.now(), public=False, number=2)
    assert not bank_queries.relies_on_public_bank(session, offering_id=offering)
    assert bank_queries.standing_notices(session, administrator) == []


def test_the_standing_warning_is_for_administrators_and_only_while_a_class_relies(session: Session, cast: Cast, clock: FrozenClock) -> None:
    a_bank(session, now=clock.now())
    assert bank_queries.standing_notices(session, cast.administrator.identity) == []
    a_class(session, now=clock.now())
    assert bank_queries.standing_notices(session, cast.administrator.identity)[0].startswith("One class is examined")
    assert bank_queries.standing_notices(session, cast.officer.identity) == []


def test_an_administrator_accepts_a_public_bank_once(session: Session, cast: Cast, clock: FrozenClock) -> None:
    a_bank(session, now=clock.now())
    offering = a_class(session, now=clock.now())
    assert not bank_queries.public_bank_acknowledged(session, offering)
    for _ in range(2):
        service.acknowledge_public_bank(session, actor=cast.administrator.identity, offering_id=offering, now=clock.now())
    session.flush()
    found = bank_queries.acknowledgement(session, offering_id=offering)
    assert bank_queries.public_bank_acknowledged(session, offering)
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
