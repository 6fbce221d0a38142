"""Planning sittings, placing officers, naming proctors, and what each is told or refused; on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Grant as RoleGrant
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.enrollments import service as classes
from lms.enrollments.models import Enrollment, OfferingInstructor
from lms.enrollments.service import ClassIsOver
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.notices.models import Notice
from lms.sittings import accommodating, placing, queries, service
from lms.sittings.accommodating import Asked, EndedAlready, NoSuchOfficer, OwnAccommodation, WrongAccommodation
from lms.sittings.models import AccommodationEnd
from lms.sittings.placing import NobodyChosen, NoProctor, NotNamed, NotPlaced, ReasonNeeded, SittingIsFull, TiedProctor
from lms.sittings.rules import Category, Grant
from lms.sittings.service import NoExamToSit, NoSuchSitting, SittingIsOver, SittingMovedOn, WrongSitting
from tests.sittings.ground import MINUTE, Ground, a_plan, sits
from tests.support.exam_room import EXAM, furnish


@pytest.fixture
def ground(session: Session, clock: FrozenClock) -> Ground:
    return sits(session, furnish(session, now=clock.now()), now=clock.now())


def subjects(session: Session) -> list[str]:
    return list(session.scalars(select(Notice.subject).order_by(Notice.written_at)))


def changes(
    session: Session, ground: Ground, clock: FrozenClock, *, based_on: int = 1, reason: str = "Another room", **what: object
) -> tuple[str, ...]:
    plan = a_plan(clock.now(), **what)  # type: ignore[arg-type] # the values of a plan by their names
    return service.change_plan(
        session, actor=ground.planner, sitting_id=ground.sitting_id, plan=plan, based_on=based_on, reason=reason, now=clock.now()
    )


# --- Planning -------------------------------------------------------------------------------------------------------


def test_officers_are_told_when_they_are_placed_moved_and_called_off(session: Session, clock: FrozenClock, ground: Ground) -> None:
    assert subjects(session) == ["Exam scheduled: Small final"]
    body = session.scalars(select(Notice.body)).one()
    assert "Training room 2" in body
    assert "EST" in body
    clock.advance(MINUTE)
    assert changes(session, ground, clock, begins=10) == ("start", "end")
    clock.advance(MINUTE)
    service.cancel(session, actor=ground.planner, sitting_id=ground.sitting_id, reason="No power", now=clock.now())
    session.flush()
    assert subjects(session) == ["Exam scheduled: Small final", "Exam moved: Small final", "Exam called off: Small final"]


def test_a_change_that_officers_need_not_know_tells_nobody(session: Session, clock: FrozenClock, ground: Ground) -> None:
    assert changes(session, ground, clock, capacity=9) == ("places",)
    assert len(subjects(session)) == 1
    assert [row.changed for row in queries.history(session, sitting_id=ground.sitting_id)] == [("places",), ()]


def test_the_same_plan_again_changes_nothing_and_an_old_one_is_refused(session: Session, clock: FrozenClock, ground: Ground) -> None:
    assert changes(session, ground, clock) == ()
    changes(session, ground, clock, place="Room 9")
    with pytest.raises(SittingMovedOn):
        changes(session, ground, clock, place="Room 10")
    with pytest.raises(WrongSitting, match="Say why"):
        changes(session, ground, clock, based_on=2, reason=" ", place="Room 10")


def test_a_sitting_lies_within_its_class_and_is_of_an_exam_with_a_proctor(session: Session, clock: FrozenClock) -> None:
    room = furnish(session, now=clock.now())
    asked: dict[str, Any] = {"actor": SYSTEM, "offering_id": room.offering_id, "now": clock.now()}
    with pytest.raises(WrongSitting, match="outside the days"):
        service.plan_sitting(session, exam_id=EXAM, plan=a_plan(clock.now() + timedelta(days=90)), **asked)
    with pytest.raises(NoExamToSit):
        service.plan_sitting(session, exam_id="another", plan=a_plan(clock.now()), **asked)
    with pytest.raises(WrongSitting, match="takes 60 minutes"):
        service.plan_sitting(session, exam_id=EXAM, plan=a_plan(clock.now(), minutes=59), **asked)
    classes.cancel(session, actor=SYSTEM, offering_id=room.offering_id, reason="Storm", now=clock.now())
    session.flush()
    with pytest.raises(ClassIsOver):
        service.plan_sitting(session, exam_id=EXAM, plan=a_plan(clock.now()), **asked)


def test_nothing_is_changed_in_a_sitting_that_is_over_or_cancelled(session: Session, clock: FrozenClock, ground: Ground) -> None:
    clock.advance(115 * MINUTE)
    with pytest.raises(SittingIsOver):
        changes(session, ground, clock, place="Room 9")
    with pytest.raises(NoSuchSitting):
        service.cancel(session, actor=ground.planner, sitting_id=new_id(), reason="No power", now=clock.now())


# --- Officers -------------------------------------------------------------------------------------------------------


def test_an_officer_has_one_place_and_gets_another_after_losing_it(session: Session, clock: FrozenClock, ground: Ground) -> None:
    place: dict[str, Any] = {"actor": ground.planner, "sitting_id": ground.sitting_id, "now": clock.now()}
    who = ground.room.enrollment_id
    with pytest.raises(NobodyChosen):
        placing.place_officers(session, enrollment_ids=[who], **place)
    with pytest.raises(ReasonNeeded):
        placing.remove_officer(session, enrollment_id=who, reason="", **place)
    placing.remove_officer(session, enrollment_id=who, reason="Ill", **place)
    session.flush()
    assert queries.officers(session, sitting_id=ground.sitting_id) == []
    with pytest.raises(NotPlaced):
        placing.remove_officer(session, enrollment_id=who, reason="Ill", **place)
    placing.place_officers(session, enrollment_ids=[who], **place)
    session.flush()
    (again,) = queries.officers(session, sitting_id=ground.sitting_id)
    assert (again.enrollment_id, again.number) == (who, 2)
    assert len(subjects(session)) == 3


def test_a_sitting_takes_no_more_officers_than_it_has_places(session: Session, clock: FrozenClock) -> None:
    first, second = (furnish(session, now=clock.now()) for _ in range(2))
    moved = Enrollment(
        id=new_id(),
        offering_id=first.offering_id,
        officer_id=second.officer.officer_id,
        agency_id=session.get_one(Enrollment, second.enrollment_id).agency_id,
        enrolled_at=clock.now(),
    )
    session.add(moved)
    session.flush()
    ground = sits(session, first, now=clock.now(), plan=a_plan(clock.now(), capacity=1))
    with pytest.raises(SittingIsFull, match="0 of 1 places are left"):
        placing.place_officers(session, actor=ground.planner, sitting_id=ground.sitting_id, enrollment_ids=[moved.id], now=clock.now())


# --- Proctors -------------------------------------------------------------------------------------------------------


def taught(session: Session, ground: Ground) -> None:
    session.add(OfferingInstructor(offering_id=ground.room.offering_id, number=1, user_id=ground.room.proctor.user_id))


def serves(session: Session, ground: Ground) -> None:
    agency_id = session.get_one(Enrollment, ground.room.enrollment_id).agency_id
    at = session.scalars(select(RoleGrant.effective_at).limit(1)).one()
    who = ground.room.proctor.user_id
    session.add(RoleGrant(id=new_id(), user_id=who, role=Role.COORDINATOR, agency_id=agency_id, effective_at=at, recorded_at=at))


@pytest.mark.parametrize(("tie", "said"), [(taught, "instructor of record of the class"), (serves, "in the agency of one of its officers")])
def test_nobody_involved_is_named(session: Session, clock: FrozenClock, tie: object, said: str) -> None:
    """R-11."""
    ground = sits(session, furnish(session, now=clock.now()), now=clock.now(), named=False)
    assert callable(tie)
    tie(session, ground)
    session.flush()
    who = ground.room.proctor.user_id
    assert who is not None
    with pytest.raises(TiedProctor, match=said):
        placing.name_proctor(session, actor=ground.planner, sitting_id=ground.sitting_id, user_id=who, now=clock.now())


def test_an_officer_of_a_proctors_agency_gets_no_place(session: Session, clock: FrozenClock) -> None:
    """R-11: the tie is looked for whoever comes second."""
    ground = sits(session, furnish(session, now=clock.now()), now=clock.now(), placed=False)
    serves(session, ground)
    session.flush()
    chosen = [ground.room.enrollment_id]
    with pytest.raises(TiedProctor, match="Pat Lindqvist cannot proctor this sitting"):
        placing.place_officers(session, actor=ground.planner, sitting_id=ground.sitting_id, enrollment_ids=chosen, now=clock.now())


def test_a_proctor_is_named_once_and_taken_off_with_a_reason(session: Session, clock: FrozenClock, ground: Ground) -> None:
    who = ground.room.proctor.user_id
    assert who is not None
    asked: dict[str, Any] = {"actor": ground.planner, "sitting_id": ground.sitting_id, "user_id": who, "now": clock.now()}
    with pytest.raises(NoProctor):
        placing.name_proctor(session, **asked)
    with pytest.raises(ReasonNeeded):
        placing.end_proctor(session, reason=" ", **asked)
    placing.end_proctor(session, reason="Ill", **asked)
    session.flush()
    with pytest.raises(NotNamed):
        placing.end_proctor(session, reason="Ill", **asked)
    assert not queries.is_named(session, sitting_id=ground.sitting_id, user_id=who)
    placing.name_proctor(session, **asked)
    session.flush()
    assert [one.number for one in queries.proctors_named(session, sitting_id=ground.sitting_id)] == [2]


# --- Accommodations -------------------------------------------------------------------------------------------------


def test_an_officer_has_one_accommodation_at_a_time(session: Session, clock: FrozenClock, ground: Ground) -> None:
    officer_id, now = ground.room.officer.officer_id, clock.now()
    assert officer_id is not None
    given: dict[str, Any] = {"actor": ground.planner, "officer_id": officer_id}
    first = accommodating.grant(session, asked=Asked(Grant(125), Category.LANGUAGE, "Ana Ortiz", now), now=now, **given)
    second = accommodating.grant(session, asked=Asked(Grant(150), Category.OTHER, "Ana Ortiz", now), now=clock.advance(MINUTE), **given)
    session.flush()
    assert accommodating.granted(session, officer_ids=[officer_id], now=clock.now()) == {officer_id: Grant(150)}
    assert session.get_one(AccommodationEnd, first).reason == "Replaced by another one"
    with pytest.raises(EndedAlready):
        accommodating.end(session, actor=ground.planner, accommodation_id=first, reason="Over", now=clock.now())
    assert accommodating.end(session, actor=ground.planner, accommodation_id=second, reason="Over", now=clock.now()) == officer_id
    session.flush()
    assert accommodating.granted(session, officer_ids=[officer_id], now=clock.now()) == {}
    assert session.scalar(select(func.count()).select_from(AccommodationEnd)) == 2


def test_an_accommodation_counts_from_its_first_day_to_its_last(session: Session, clock: FrozenClock, ground: Ground) -> None:
    officer_id, now = ground.room.officer.officer_id, clock.now()
    assert officer_id is not None
    asked = Asked(Grant(150), Category.OTHER, "Ana Ortiz", now + MINUTE, now + 2 * MINUTE)
    accommodating.grant(session, actor=ground.planner, officer_id=officer_id, asked=asked, now=now)
    session.flush()
    found = [bool(accommodating.granted(session, officer_ids=[officer_id], now=now + minutes * MINUTE)) for minutes in (0, 1, 2)]
    assert found == [False, True, False]


def test_nobody_grants_an_accommodation_to_themselves_or_without_an_approval(session: Session, clock: FrozenClock, ground: Ground) -> None:
    officer_id, now = ground.room.officer.officer_id, clock.now()
    assert officer_id is not None
    asked = Asked(Grant(150), Category.OTHER, "Ana Ortiz", now)
    with pytest.raises(OwnAccommodation):
        accommodating.grant(session, actor=ground.room.officer, officer_id=officer_id, asked=asked, now=now)
    nobody = Asked(Grant(150), Category.OTHER, " ", now)
    with pytest.raises(WrongAccommodation, match="who approved"):
        accommodating.grant(session, actor=ground.planner, officer_id=officer_id, asked=nobody, now=now)
    with pytest.raises(NoSuchOfficer):
        accommodating.grant(session, actor=ground.planner, officer_id=new_id(), asked=asked, now=now)
