"""Retakes in a course by the terms of each agreement, on stored attempts."""

import pytest
from sqlalchemy.orm import Session

from lms.enrollments import queries as classes
from lms.exams import acts, planning, remediation
from lms.exams.acts import Act, Reason
from lms.exams.models import ExamResult
from lms.exams.remediation import Review
from lms.exams.retakes import Standing
from lms.exams.starting import NotReady
from lms.kernel.clock import FrozenClock
from lms.rosters import queries as rosters
from lms.rosters.rules import Standing as ClassStanding
from tests.support.exam_room import EXAM, Room, an_exam, furnish

FIRST = "small-first"
TWO_EXAMS = {"exams": [an_exam(exam_id=FIRST), an_exam()]}


def standing(session: Session, room: Room, exam_id: str, clock: FrozenClock) -> Standing:
    plan = planning.plan_to_admit(session, enrollment_id=room.enrollment_id, exam_id=exam_id)
    found = planning.all_tries(session, enrollment_id=room.enrollment_id)
    return planning.readiness(session, exam=plan, found=found, now=clock.now()).standing


def in_class(session: Session, room: Room, clock: FrozenClock) -> ClassStanding:
    offering = classes.offering(session, offering_id=room.offering_id, now=clock.now())
    assert offering is not None
    return rosters.summary(session, offering=offering, now=clock.now()).rows[0].progress.standing


def test_one_remedial_in_the_whole_training_a_second_failure_in_another_exam_disqualifies(session: Session, clock: FrozenClock) -> None:
    """R-05."""
    room = furnish(session, now=clock.now(), changed={**TWO_EXAMS, "retake_scope": "course"})
    room.takes(session, now=clock.now(), right=False, exam_id=FIRST)
    assert (standing(session, room, FIRST, clock), in_class(session, room, clock)) == (Standing.RETAKE_OFFERED, ClassStanding.RETAKE)
    room.takes(session, now=clock.now(), right=False)
    assert {standing(session, room, one, clock) for one in (FIRST, EXAM)} == {Standing.DISQUALIFIED}
    assert in_class(session, room, clock) is ClassStanding.DISQUALIFIED
    with pytest.raises(NotReady, match="twice in this training, retakes included"):
        room.admits(session, now=clock.now(), exam_id=FIRST)


def test_a_remedial_that_was_passed_leaves_none_for_the_next_exam(session: Session, clock: FrozenClock) -> None:
    """R-05."""
    room = furnish(session, now=clock.now(), per_objective=12, changed={**TWO_EXAMS, "retake_scope": "course"})
    failed = room.takes(session, now=clock.now(), right=False, exam_id=FIRST)
    review = Review("The lost objectives", 30, clock.now().date())
    remediation.record(session, actor=room.proctor, attempt_id=failed, review=review, now=clock.now())
    session.flush()
    room.takes(session, now=clock.now(), right=True, exam_id=FIRST)
    assert (standing(session, room, FIRST, clock), standing(session, room, EXAM, clock)) == (Standing.PASSED, Standing.IN_TRAINING)
    room.takes(session, now=clock.now(), right=False)
    assert (standing(session, room, FIRST, clock), standing(session, room, EXAM, clock)) == (Standing.PASSED, Standing.DISQUALIFIED)


def test_where_each_exam_counts_apart_a_failure_in_one_takes_nothing_from_the_other(session: Session, clock: FrozenClock) -> None:
    """R-06."""
    room = furnish(session, now=clock.now(), changed=TWO_EXAMS)
    for exam_id in (FIRST, EXAM):
        room.takes(session, now=clock.now(), right=False, exam_id=exam_id)
    assert {standing(session, room, one, clock) for one in (FIRST, EXAM)} == {Standing.RETAKE_OFFERED}
    room.takes(session, now=clock.now(), right=False)
    assert (standing(session, room, FIRST, clock), standing(session, room, EXAM, clock)) == (
        Standing.RETAKE_OFFERED,
        Standing.DISQUALIFIED,
    )


@pytest.mark.parametrize(("recorded", "stands"), [("cut score", 70_000), ("as scored", 100_000)])
def test_a_passed_retake_is_recorded_as_the_policy_says_and_its_own_score_kept(
    session: Session, clock: FrozenClock, recorded: str, stands: int
) -> None:
    """R-07."""
    room = furnish(session, now=clock.now(), changed={"recorded_score": recorded})
    room.takes(session, now=clock.now(), right=False)
    result = session.get_one(ExamResult, room.takes(session, now=clock.now(), right=True))
    assert (result.score, result.recorded_score, result.passed) == (100_000, stands, True)


def test_a_pass_at_the_first_try_is_recorded_as_scored(session: Session, clock: FrozenClock) -> None:
    """R-07."""
    room = furnish(session, now=clock.now(), changed={"recorded_score": "cut score"})
    assert session.get_one(ExamResult, room.takes(session, now=clock.now(), right=True)).recorded_score == 100_000


def test_when_the_failure_before_is_voided_the_retake_was_none_and_is_recorded_as_scored(session: Session, clock: FrozenClock) -> None:
    """R-07."""
    room = furnish(session, now=clock.now(), changed={"recorded_score": "cut score"})
    failed = room.takes(session, now=clock.now(), right=False)
    passed = room.takes(session, now=clock.now(), right=True)
    act = Act(room.proctor, Reason.POWER, "The room was dark.", clock.now(), confirmed_by=room.stranger)
    acts.void(session, act, attempt_id=failed)
    session.flush()
    result = session.get_one(ExamResult, passed)
    assert (result.score, result.recorded_score, result.number) == (100_000, 100_000, 2)
