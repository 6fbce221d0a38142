"""Only approved nominees of an agency with a signed agreement of the model come into a class (R-14, R-28), as far as there is room."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import service as accounts
from lms.accounts.models import Grant
from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.agencies import agreement_service as agreements
from lms.agencies import nomination_service as nominations
from lms.agencies import service as agencies
from lms.agencies.agreement_rules import State, Step
from lms.db.session import Database
from lms.enrollments import queries as classes
from lms.enrollments import service as class_service
from lms.enrollments.enrolling import queries, rules, service
from lms.enrollments.enrolling.rules import AskedBy, Place, Standing
from lms.enrollments.enrolling.service import (
    AlreadyWithdrawn,
    Enrolled,
    NobodyToMoveUp,
    NoReason,
    NoSuchEnrollment,
    NoSuchNominee,
    NotQualified,
)
from lms.enrollments.models import Enrollment
from lms.enrollments.service import ClassIsOver, NoSuchClass
from lms.home.queries import own_agencies
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.notices.models import Notice
from lms.notices.rules import Kind
from tests.agencies.program import candidate, entries
from tests.support.browser import Visitor
from tests.support.cast import FAST_HASH, Cast, cast_of, person
from tests.support.factories import a_class, a_course, a_nomination, a_plan, an_agreement, an_enrollment

READY = Standing(
    model="WSO",
    agreement_state=State.OPERATIONAL,
    dormant=False,
    outcome="approved",
    nominated=True,
    has_account=True,
    serves_here=True,
    holds_role=True,
    place=Place.NONE,
)


def test_an_approved_nominee_of_an_agency_with_an_agreement_may_come() -> None:
    assert rules.unmet(rules.gates(READY)) == ()
    assert rules.unmet(rules.gates(replace(READY, agreement_state=State.SIGNED))) == ()


@pytest.mark.parametrize(
    ("changed", "gate", "change"),
    [
        ({"agreement_state": None}, "agreement", "Another model does not count"),
        ({"agreement_state": State.DRAFT}, "agreement", "signed or operational would change it"),
        ({"agreement_state": State.SUSPENDED}, "agreement", "signed or operational would change it"),
        ({"agreement_state": State.TERMINATED}, "agreement", "signed or operational would change it"),
        ({"nominated": False, "outcome": None}, "nomination", "agency's coordinator"),
        ({"outcome": None}, "nomination", "approval would change it"),
        ({"outcome": "declined"}, "nomination", "new nomination"),
        ({"outcome": "withdrawn"}, "nomination", "new nomination"),
        ({"has_account": False}, "account", "make an invitation"),
        ({"serves_here": False}, "service", "page of the agency"),
        ({"holds_role": False}, "role", "new invitation"),
        ({"place": Place.WITHDREW}, "place", "another class"),
        ({"place": Place.ENROLLED}, "place", ""),
    ],
)
def test_whatever_stands_in_the_way_is_named_with_what_would_change_it(changed: dict[str, Any], gate: str, change: str) -> None:
    """R-14: the agreement, the nomination, and the person."""
    (found,) = rules.unmet(rules.gates(replace(READY, **changed)))
    assert found.id == gate
    assert change in found.change


def test_under_a_dormant_contingency_agreement_officers_train_ahead() -> None:
    """R-28: they train; authority lies dormant."""
    found = rules.gates(replace(READY, agreement_state=State.SIGNED, dormant=True))
    assert rules.unmet(found) == ()
    assert "lies dormant" in found[0].why


@pytest.mark.parametrize(
    ("course", "agreements"), [("WSO", {"WSO", "INFLUX"}), ("JEM", {"JEM", "INFLUX"}), ("TFM", {"TFM", "INFLUX"}), ("INFLUX", {"INFLUX"})]
)
def test_one_model_does_not_stand_for_another(course: str, agreements: set[str]) -> None:
    """R-14; a mass influx asks for four subjects and names no model (R-28)."""
    assert set(rules.models_for(course)) == agreements


@given(coming=st.integers(0, 50), free=st.integers(-5, 50), waiting=st.integers(0, 5))
def test_no_place_is_given_twice_and_nobody_passes_those_who_wait(coming: int, free: int, waiting: int) -> None:
    enrolled, listed = rules.shared_out(coming, free=free, waiting=waiting)
    assert enrolled + listed == coming
    assert 0 <= enrolled <= max(0, free)
    assert not (waiting and enrolled)


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return cast_of(session, now=clock.now())


def enrolls(session: Session, cast: Cast, clock: FrozenClock, offering: uuid.UUID, *nominated: uuid.UUID) -> Enrolled:
    actor = cast.administrator.identity
    found = service.enroll(session, actor=actor, offering_id=offering, nomination_ids=list(nominated), now=clock.now())
    session.flush()
    return found


def listed(session: Session, clock: FrozenClock, offering: uuid.UUID, **more: Any) -> dict[str, list[str]]:
    """Everybody on the page of a class, with what stands in the way."""
    found = classes.offering(session, offering_id=offering, now=clock.now())
    assert found is not None
    rows = queries.nominees(session, offering=found, now=clock.now(), **more)
    assert queries.nominee_count(session, offering=found, **more) == len(rows)
    return {row.name: [gate.id for gate in row.unmet] for row in rows}


def test_approved_nominees_are_enrolled_for_their_agency_with_their_nomination(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    ours, theirs = (a_nomination(session, person=one, now=clock.now()) for one in (cast.officer, cast.outsider))
    assert listed(session, clock, offering) == {"Dana Rivera": [], "Theo Lindqvist": []}
    assert enrolls(session, cast, clock, offering, ours, theirs) == Enrolled(2, 0)
    found = session.execute(select(Enrollment.officer_id, Enrollment.agency_id, Enrollment.nomination_id, Enrollment.enrolled_by)).all()
    assert {tuple(row) for row in found} == {
        (cast.officer.officer, cast.palmetto, ours, cast.administrator.user_id),
        (cast.outsider.officer, cast.cedar_falls, theirs, cast.administrator.user_id),
    }
    assert enrolls(session, cast, clock, offering, ours) == Enrolled(0, 0)
    assert listed(session, clock, offering) == {}
    told = session.execute(select(Notice.kind, Notice.user_id).where(Notice.kind == Kind.CLASS_STARTS)).all()
    assert {row[1] for row in told} == {cast.officer.user_id, cast.outsider.user_id}
    assert len(told) == 2


def test_an_invited_nominee_who_takes_the_invitation_up_can_be_enrolled(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering, agreement = a_class(session, now=clock.now()), an_agreement(session, agency_id=cast.palmetto, now=clock.now())
    answers = dict.fromkeys(("us-citizen", "has-enforced", "discipline-consent"), True)
    made = nominations.nominate(
        session,
        actor=cast.coordinator.identity,
        agreement_id=agreement,
        candidate=candidate("Jo Park", answers=answers),
        now=clock.now(),
    )
    assert listed(session, clock, offering) == {"Jo Park": ["nomination", "account"]}
    nominations.decide(session, actor=cast.program_officer.identity, nomination_id=made, outcome="approved", reason="Fit", now=clock.now())  # type: ignore[arg-type] # as a form sends it
    secret = nominations.invite(session, actor=cast.program_officer.identity, nomination_id=made, form_id=new_id(), now=clock.now())
    session.flush()
    assert listed(session, clock, offering) == {"Jo Park": ["account"]}
    with pytest.raises(NotQualified, match="Jo Park cannot be enrolled"):
        enrolls(session, cast, clock, offering, made)
    agencies.take_up(session, secret=secret, name="Jo Park", password_hash=FAST_HASH, now=clock.now())
    session.flush()
    assert listed(session, clock, offering) == {"Jo Park": []}
    assert enrolls(session, cast, clock, offering, made) == Enrolled(1, 0)


def test_an_approval_under_another_model_does_not_open_the_class(session: Session, cast: Cast, clock: FrozenClock) -> None:
    """R-14: training under one model does not qualify for another."""
    jail = a_class(session, now=clock.now(), course_hash=a_course(session, now=clock.now(), course="jail", model="JEM"))
    nominated = a_nomination(session, person=cast.officer, now=clock.now())
    assert listed(session, clock, jail) == {}
    with pytest.raises(NoSuchNominee):
        enrolls(session, cast, clock, jail, nominated)


def test_under_a_contingency_agreement_officers_are_enrolled_ahead(session: Session, cast: Cast, clock: FrozenClock) -> None:
    """R-28."""
    offering = a_class(session, now=clock.now())
    nominated = a_nomination(session, person=cast.officer, now=clock.now(), rule_set_id="influx-2003")
    assert listed(session, clock, offering) == {"Dana Rivera": []}
    assert enrolls(session, cast, clock, offering, nominated) == Enrolled(1, 0)


def test_an_agreement_that_is_suspended_or_an_officer_who_left_holds_everybody_up(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    nominated = a_nomination(session, person=cast.officer, now=clock.now())
    agreement = an_agreement(session, agency_id=cast.palmetto, now=clock.now())
    step = Step(State.SUSPENDED, clock.now(), "Under review")
    agreements.move_agreement(session, actor=cast.program_officer.identity, agreement_id=agreement, step=step, now=clock.now())
    session.flush()
    assert listed(session, clock, offering) == {"Dana Rivera": ["agreement"]}
    with pytest.raises(NotQualified, match="signed agreement for WSO"):
        enrolls(session, cast, clock, offering, nominated)
    grant = session.scalars(select(Grant.id).where(Grant.user_id == cast.officer.user_id)).one()
    accounts.end_grant(session, actor=cast.administrator.identity, grant_id=grant, reason="Left", now=clock.now())
    session.flush()
    assert listed(session, clock, offering) == {"Dana Rivera": ["agreement", "role"]}


def test_of_one_agency_also_those_stand_there_whom_nobody_nominated(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    a_nomination(session, person=cast.outsider, now=clock.now())
    found = classes.offering(session, offering_id=offering, now=clock.now())
    assert found is not None
    rows = queries.officers_without(session, offering=found, agency_id=cast.palmetto, now=clock.now())
    assert {row.name: [gate.id for gate in row.unmet] for row in rows} == {"Dana Rivera": ["agreement", "nomination"]}
    assert queries.officers_without(session, offering=found, agency_id=cast.cedar_falls, now=clock.now()) == []
    assert listed(session, clock, offering, agency_id=cast.palmetto) == {}
    assert [one.id for one in queries.agencies_of_model(session, model="WSO")] == [cast.cedar_falls]


def test_of_several_all_are_enrolled_or_none(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    ready = a_nomination(session, person=cast.officer, now=clock.now())
    waits = a_nomination(session, person=cast.outsider, now=clock.now(), decided=False)
    with pytest.raises(NotQualified, match="waits for a decision"):
        enrolls(session, cast, clock, offering, ready, waits)
    with pytest.raises(NoSuchNominee):
        enrolls(session, cast, clock, offering, ready, uuid.uuid4())
    with pytest.raises(NoSuchClass):
        enrolls(session, cast, clock, uuid.uuid4(), ready)
    assert classes.roster(session, offering_id=offering) == []


def a_full_class(session: Session, cast: Cast, clock: FrozenClock) -> tuple[uuid.UUID, uuid.UUID]:
    """A class of one place with Dana Rivera in it, and Theo Lindqvist waiting; the class and Theo's nomination."""
    plan, course = a_plan(capacity=1), a_course(session, now=clock.now())
    offering = class_service.open_offering(session, actor=SYSTEM, course_hash=course, plan=plan, now=clock.now())
    first, second = (a_nomination(session, person=one, now=clock.now()) for one in (cast.officer, cast.outsider))
    assert enrolls(session, cast, clock, offering, first) == Enrolled(1, 0)
    assert enrolls(session, cast, clock, offering, second) == Enrolled(0, 1)
    return offering, second


def test_a_full_class_keeps_a_list_in_order_and_a_free_place_goes_to_its_head(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering, second = a_full_class(session, cast, clock)
    third = person(session, name="Ada Fields", role=Role.OFFICER, agency_id=cast.palmetto, now=clock.now())
    assert enrolls(session, cast, clock, offering, second, a_nomination(session, person=third, now=clock.now())) == Enrolled(0, 1)
    assert [row.name for row in queries.waiting_list(session, offering_id=offering)] == ["Theo Lindqvist", "Ada Fields"]
    with pytest.raises(NobodyToMoveUp):
        service.move_up(session, actor=SYSTEM, offering_id=offering, now=clock.now())
    (inside,) = classes.roster(session, offering_id=offering)
    withdraws(session, clock, inside.enrollment_id)
    fourth = person(session, name="Bo Lee", role=Role.OFFICER, agency_id=cast.palmetto, now=clock.now())
    assert enrolls(session, cast, clock, offering, a_nomination(session, person=fourth, now=clock.now())) == Enrolled(0, 1)
    assert service.move_up(session, actor=SYSTEM, offering_id=offering, now=clock.now()) == 1
    inside_now = [row.name for row in classes.roster(session, offering_id=offering) if row.is_in_class]
    assert inside_now == ["Theo Lindqvist"]
    assert [row.name for row in queries.waiting_list(session, offering_id=offering)] == ["Ada Fields", "Bo Lee"]


def test_somebody_leaves_the_waiting_list_with_a_reason(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering, second = a_full_class(session, cast, clock)
    actor = cast.administrator.identity
    with pytest.raises(NoReason):
        service.leave_waiting_list(session, actor=actor, offering_id=offering, number=1, reason=" ", now=clock.now())
    service.leave_waiting_list(session, actor=actor, offering_id=offering, number=1, reason="Another class", now=clock.now())
    with pytest.raises(NoSuchNominee):
        service.leave_waiting_list(session, actor=actor, offering_id=offering, number=1, reason="Again", now=clock.now())
    assert enrolls(session, cast, clock, offering, second) == Enrolled(0, 1)
    assert [row.number for row in queries.waiting_list(session, offering_id=offering)] == [2]


def withdraws(session: Session, clock: FrozenClock, enrollment: uuid.UUID, reason: str = "Left the agency") -> None:
    asked = AskedBy.COORDINATOR
    service.withdraw(session, actor=SYSTEM, enrollment_id=enrollment, asked_by=asked, reason=reason, now=clock.now())


def test_a_withdrawal_has_a_reason_is_final_and_leaves_the_record(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    enrollment = an_enrollment(session, person=cast.officer, offering_id=offering, now=clock.now())
    with pytest.raises(NoReason):
        withdraws(session, clock, enrollment, " ")
    with pytest.raises(NoSuchEnrollment):
        withdraws(session, clock, uuid.uuid4())
    withdraws(session, clock, enrollment)
    with pytest.raises(AlreadyWithdrawn):
        withdraws(session, clock, enrollment)
    assert entries(session, enrollment) == ["enrolled an officer", "withdrew an officer from a class"]
    with pytest.raises(NotQualified, match="withdrawn from this class, which is final"):
        enrolls(session, cast, clock, offering, a_nomination(session, person=cast.officer, now=clock.now()))


def test_nobody_comes_into_a_class_that_was_cancelled_or_is_over(session: Session, cast: Cast, clock: FrozenClock) -> None:
    nominated = a_nomination(session, person=cast.officer, now=clock.now())
    cancelled, over = (a_class(session, now=clock.now(), course_hash=a_course(session, now=clock.now(), course=c)) for c in ("one", "two"))
    class_service.cancel(session, actor=SYSTEM, offering_id=cancelled, reason="No room", now=clock.now())
    session.flush()
    with pytest.raises(ClassIsOver, match="cancelled"):
        enrolls(session, cast, clock, cancelled, nominated)
    clock.advance(timedelta(days=60))
    with pytest.raises(ClassIsOver, match="over"):
        enrolls(session, cast, clock, over, nominated)


def test_who_moved_keeps_the_record_and_the_old_agency_sees_no_more_of_it(session: Session, cast: Cast, clock: FrozenClock) -> None:
    offering = a_class(session, now=clock.now())
    an_enrollment(session, person=cast.officer, offering_id=offering, now=clock.now())

    def seen(coordinator: Any) -> list[str]:
        return [row.name for own in own_agencies(session, actor=coordinator.identity, now=clock.now()) for row in own.officers]

    assert (seen(cast.coordinator), seen(cast.outsider_coordinator)) == (["Dana Rivera"], [])
    told: dict[str, Any] = {"officer_id": cast.officer.officer, "agency_id": cast.palmetto, "to": cast.cedar_falls}
    clock.advance(timedelta(minutes=1))
    agencies.move_officer(session, actor=cast.administrator.identity, reason="Hired there", now=clock.now(), **told)
    assert (seen(cast.coordinator), seen(cast.outsider_coordinator)) == ([], ["Dana Rivera"])
    assert [row.agency for row in classes.roster(session, offering_id=offering)] == ["Palmetto County Sheriff's Office"]
    another = a_class(session, now=clock.now(), course_hash=a_course(session, now=clock.now(), course="second"))
    assert listed(session, clock, another) == {"Dana Rivera": ["service", "role"]}


def test_an_administrator_enrolls_in_the_browser_and_sees_what_others_wait_for(app: Flask, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        cast, offering = cast_of(session, now=clock.now()), a_class(session, now=clock.now())
        ready = a_nomination(session, person=cast.officer, now=clock.now())
        waits = a_nomination(session, person=cast.outsider, now=clock.now(), decided=False)
    administrator, path = Visitor(app).signs_in_as(cast.administrator), f"/classes/{offering}/enrollments"
    text = administrator.opens(path).text
    assert f'value="{ready}"' in text
    assert f'value="{waits}"' not in text
    assert "The nomination waits for a decision. Its approval would change it." in text
    assert "Choose at least one officer." in administrator.sends(path).text
    held_up = administrator.sends(path, nominations=[ready, waits])
    assert (held_up.status_code, "Theo Lindqvist cannot be enrolled." in held_up.text) == (409, True)
    assert f'id="nomination-{ready}"' in held_up.text
    page = administrator.follows(administrator.sends(path, nominations=[ready])).text
    assert "Dana Rivera" in page
    leaving = next(link for one in administrator.page.all("a") if (link := one.attributes.get("href") or "").endswith("/withdrawal"))
    assert administrator.sends(leaving, asked_by="", reason="").status_code == 422
    assert "Withdrew" in administrator.follows(administrator.sends(leaving, asked_by="the agency", reason="Left")).text
    assert "has withdrawn already" in administrator.opens(leaving).text


def test_the_waiting_list_is_worked_off_in_the_browser(app: Flask, sqlite: Database, clock: FrozenClock) -> None:
    with sqlite.writing() as session:
        cast = cast_of(session, now=clock.now())
        offering, _ = a_full_class(session, cast, clock)
        (inside,) = classes.roster(session, offering_id=offering)
    administrator, path = Visitor(app).signs_in_as(cast.administrator), f"/classes/{offering}"
    text = administrator.opens(path).text
    assert "1 of 1 taken, 1 waiting" in text
    assert "Enroll from the waiting list" not in text
    assert "1 officer waits" in administrator.opens(f"{path}/enrollments").text
    administrator.sends(f"/enrollments/{inside.enrollment_id}/withdrawal", asked_by="the officer", reason="Ill")
    assert "Enroll from the waiting list" in administrator.opens(path).text
    text = administrator.follows(administrator.sends(f"{path}/waiting-list/enrollments")).text
    assert "Waiting list" not in text
    assert administrator.sends(f"{path}/waiting-list/enrollments").status_code == 409
    assert administrator.sends(f"{path}/waiting-list/1/ending", reason="Late").status_code == 404
