"""The review between a failed exam and its retake: what to read again, and the gate of the Jail Enforcement Model (R-05)."""

import pytest
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import Identity, identity_with
from lms.exams import acts, planning, remediation, rules
from lms.exams.acts import Act, Reason
from lms.exams.remediation import NoFailedAttempt, NothingToReview, OwnReview, Review, WrongReview
from lms.exams.rules import Gate
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.web.application import Application
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import cast_of
from tests.support.exam_room import EXAM, Room, furnish
from tests.support.exam_site import exam_site


def instructor() -> Identity:
    return identity_with(frozenset({Role.INSTRUCTOR}), user_id=new_id(), name="Ivan Castellanos")


def review_gate(session: Session, room: Room, clock: FrozenClock) -> Gate | None:
    plan = planning.plan_to_admit(session, enrollment_id=room.enrollment_id, exam_id=EXAM)
    found = planning.all_tries(session, enrollment_id=room.enrollment_id)
    gates = rules.gates(planning.readiness(session, exam=plan, found=found, now=clock.now()))
    return next((gate for gate in gates if gate.name == "Reviewed before the retake"), None)


def a_review(clock: FrozenClock, minutes: int = 45) -> Review:
    return Review("The two powers, by cases", minutes, clock.now().date())


def test_where_one_remedial_is_all_there_is_the_review_comes_first(session: Session, clock: FrozenClock) -> None:
    """R-05: review, then one remedial."""
    room = furnish(session, now=clock.now(), changed={"retake_scope": "course"})
    assert review_gate(session, room, clock) is None
    failed = room.takes(session, now=clock.now(), right=False)
    gate = review_gate(session, room, clock)
    assert gate is not None
    assert not gate.met
    remediation.record(session, actor=instructor(), attempt_id=failed, review=a_review(clock), now=clock.now())
    session.flush()
    gate = review_gate(session, room, clock)
    assert gate is not None
    assert gate.met
    room.takes(session, now=clock.now(), right=True)


def test_where_each_exam_has_its_retake_nobody_asks_for_a_review(session: Session, clock: FrozenClock) -> None:
    """R-06."""
    room = furnish(session, now=clock.now())
    room.takes(session, now=clock.now(), right=False)
    assert review_gate(session, room, clock) is None


def test_a_review_needs_a_failed_attempt_that_counts_an_instructor_and_a_time(session: Session, clock: FrozenClock) -> None:
    room = furnish(session, now=clock.now())
    failed = room.takes(session, now=clock.now(), right=False)
    with pytest.raises(NoFailedAttempt):
        remediation.record(session, actor=instructor(), attempt_id=new_id(), review=a_review(clock), now=clock.now())
    with pytest.raises(OwnReview):
        remediation.record(session, actor=room.officer, attempt_id=failed, review=a_review(clock), now=clock.now())
    with pytest.raises(WrongReview, match="how many minutes"):
        remediation.record(session, actor=instructor(), attempt_id=failed, review=a_review(clock, minutes=0), now=clock.now())
    early = Review("Too early", 30, clock.now().date().replace(day=1))
    with pytest.raises(WrongReview, match="between the day of the failed exam and today"):
        remediation.record(session, actor=instructor(), attempt_id=failed, review=early, now=clock.now())
    act = Act(room.proctor, Reason.POWER, "The room was dark.", clock.now(), confirmed_by=room.stranger)
    acts.void(session, act, attempt_id=failed)
    session.flush()
    with pytest.raises(NothingToReview):
        remediation.record(session, actor=instructor(), attempt_id=failed, review=a_review(clock), now=clock.now())


def test_the_officer_and_the_instructor_see_the_lessons_in_which_points_were_lost(app: Application, site: Site, clock: FrozenClock) -> None:
    exam = exam_site(app, site, clock)
    with site.database.writing() as session:
        cast = cast_of(session, now=clock.now())
        failed = exam.room.takes(session, now=clock.now(), right=False)
    shown = exam.officer().opens(f"/attempts/{failed}/result").text
    assert "Review before the retake" in shown
    assert "A small lesson</a>" in shown
    desk = Visitor(app).signs_in_as(cast.instructor)
    assert f"/attempts/{failed}/reviews" in desk.opens(f"/classes/{exam.room.offering_id}/summary").text
    page = f"/attempts/{failed}/reviews"
    assert "A small lesson" in desk.opens(page).text
    assert desk.sends(page, reviewed="", minutes="30", held_on="2026-11-22").status_code == 422
    kept = desk.sends(page, reviewed="By cases", minutes="0", held_on="2026-11-22")
    assert (kept.status_code, "By cases" in kept.text) == (422, True)
    assert desk.sends(page, reviewed="By cases", minutes="30", held_on="2026-11-22").status_code == 303
    assert "By cases" in desk.opens(page).text
