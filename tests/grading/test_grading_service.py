"""Marking on a real database: blind, by nobody involved, once, and scored when the last mark stands."""

import uuid
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import Identity
from lms.audit.models import AuditEntry
from lms.enrollments.models import OfferingInstructor
from lms.exams.models import Attempt, ExamResult, ResultWait, WrittenAnswer, WrittenScore
from lms.grading import queries, service
from lms.grading.models import MarkingTurn, WrittenMark
from lms.grading.queries import AnswerToMark, NoSuchTurn
from lms.grading.service import Given, NothingToMark, WrongMarks
from lms.kernel.clock import FrozenClock
from lms.questions.security import AgreementNeeded
from tests.support.cast import Cast, cast_of, person
from tests.support.factories import a_class, a_course, an_enrollment
from tests.support.marking import a_written_answer

FULL = Given({"apart": 2, "step": 3}, "", second_wanted=False)
POOR = Given({"apart": 1, "step": 0}, "", second_wanted=False)


@dataclass(frozen=True, slots=True)
class Desk:
    """A class with two written answers, and people who may mark."""

    session: Session
    cast: Cast
    offering_id: uuid.UUID
    now: datetime

    def marks(self, who: Identity, given: Given = FULL) -> uuid.UUID:
        turn = service.take(self.session, actor=who, now=self.now)
        service.mark(self.session, actor=who, turn_id=turn, given=given, now=self.now)
        self.session.flush()
        return self.session.get_one(MarkingTurn, turn).answer_id

    def another(self, name: str = "Noor Hadid") -> Identity:
        made = person(self.session, name=name, role=Role.INSTRUCTOR, now=self.now)
        self.session.flush()
        return made.identity


def furnished(session: Session, now: datetime, *, count: int = 1, **policy: object) -> Desk:
    cast = cast_of(session, now=now)
    offering_id = a_class(session, now=now, course_hash=a_course(session, now=now, course="written"), title="Written")
    enrollment_id = an_enrollment(session, person=cast.officer, offering_id=offering_id, now=now)
    for number in range(count):
        a_written_answer(session, enrollment_id=enrollment_id, now=now, exam=f"exam-{number}", **policy)
    return Desk(session, cast, offering_id, now)


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


def test_the_first_mark_stands_and_scores_the_attempt(session: Session, now: datetime) -> None:
    desk = furnished(session, now)
    answer = session.get_one(WrittenAnswer, desk.marks(desk.cast.instructor.identity, POOR))
    assert session.get_one(WrittenScore, (answer.id, 1)).points == 1000
    result = session.get_one(ExamResult, answer.attempt_id)
    assert (result.points, result.out_of, result.passed) == (1000, 5000, False)
    assert session.get(ResultWait, answer.attempt_id) is None
    with pytest.raises(NothingToMark):
        service.take(session, actor=desk.cast.certifier.identity, now=now)


def test_what_a_marker_is_shown_names_neither_officer_nor_agency_nor_class(session: Session, now: datetime) -> None:
    desk = furnished(session, now)
    turn = service.take(session, actor=desk.cast.instructor.identity, now=now)
    found = queries.answer_to_mark(session, actor=desk.cast.instructor.identity, turn_id=turn)
    told = " ".join(str(getattr(found, one.name)) for one in fields(AnswerToMark))
    for secret in ("Dana", "Rivera", "Palmetto", "Written", str(desk.offering_id), str(desk.cast.officer.officer)):
        assert secret not in told


def test_nobody_marks_an_answer_of_a_class_they_taught_or_of_their_own_agency(session: Session, now: datetime) -> None:
    """R-11: as with proctoring."""
    desk = furnished(session, now)
    instructor = desk.cast.instructor.identity
    turn = service.take(session, actor=instructor, now=now)
    session.add(OfferingInstructor(offering_id=desk.offering_id, number=1, user_id=instructor.user_id))
    session.flush()
    with pytest.raises(service.TiedMarker):
        service.mark(session, actor=instructor, turn_id=turn, given=FULL, now=now)
    own = desk.another("Ola Berg")
    assert queries.desk(session, actor=instructor, now=now).tied == 1
    assert [one.is_tied for one in queries.waiting(session, actor=own, now=now + timedelta(hours=1))] == [False]


def test_who_has_not_signed_the_agreement_sees_no_answer(session: Session, now: datetime) -> None:
    """R-10."""
    desk = furnished(session, now)
    with pytest.raises(AgreementNeeded):
        service.take(session, actor=desk.cast.outsider.identity, now=now)
    assert session.scalar(select(func.count()).select_from(MarkingTurn)) == 0


def test_opening_an_answer_twice_gives_one_turn_and_another_marker_gets_another_answer(session: Session, now: datetime) -> None:
    desk = furnished(session, now, count=2)
    first = service.take(session, actor=desk.cast.instructor.identity, now=now)
    assert service.take(session, actor=desk.cast.instructor.identity, now=now) == first
    other = service.take(session, actor=desk.cast.certifier.identity, now=now)
    turns = {session.get_one(MarkingTurn, one).answer_id for one in (first, other)}
    assert len(turns) == 2
    opened = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "opened a written answer to mark it")
    assert session.scalar(opened) == 2


def test_an_answer_left_open_is_offered_to_others_after_half_an_hour(session: Session, now: datetime) -> None:
    desk = furnished(session, now)
    service.take(session, actor=desk.cast.instructor.identity, now=now)
    certifier = desk.cast.certifier.identity
    assert queries.waiting(session, actor=certifier, now=now + timedelta(minutes=29)) == []
    assert len(queries.waiting(session, actor=certifier, now=now + timedelta(minutes=31))) == 1


def test_two_markers_who_agree_give_their_mean_and_nobody_marks_twice(session: Session, now: datetime) -> None:
    desk = furnished(session, now, second_share=1000, marks_apart=250)
    instructor = desk.cast.instructor.identity
    answer = session.get_one(WrittenAnswer, desk.marks(instructor))
    assert session.get(ExamResult, answer.attempt_id) is None
    with pytest.raises(NothingToMark):
        service.take(session, actor=instructor, now=now)
    desk.marks(desk.cast.certifier.identity, Given({"apart": 2, "step": 2}, "", second_wanted=False))
    assert session.get_one(ExamResult, answer.attempt_id).points == 4500


def test_of_two_who_differ_the_third_decides(session: Session, now: datetime) -> None:
    desk = furnished(session, now, second_share=1000, marks_apart=250)
    answer = session.get_one(WrittenAnswer, desk.marks(desk.cast.instructor.identity, FULL))
    desk.marks(desk.cast.certifier.identity, POOR)
    assert session.get_one(ResultWait, answer.attempt_id).unmarked == 1
    desk.marks(desk.another(), Given({"apart": 2, "step": 1}, "", second_wanted=False))
    assert session.get_one(ExamResult, answer.attempt_id).points == 3000
    assert session.scalars(select(WrittenMark.number).order_by(WrittenMark.number)).all() == [1, 2, 3]


def test_a_marker_asks_for_a_second_one_with_a_reason(session: Session, now: datetime) -> None:
    desk = furnished(session, now)
    turn = service.take(session, actor=desk.cast.instructor.identity, now=now)
    with pytest.raises(WrongMarks, match="why a second marker"):
        service.mark(
            session, actor=desk.cast.instructor.identity, turn_id=turn, given=Given(FULL.by_criterion, " ", second_wanted=True), now=now
        )
    asked = Given(FULL.by_criterion, "The rubric is silent on this.", second_wanted=True)
    service.mark(session, actor=desk.cast.instructor.identity, turn_id=turn, given=asked, now=now)
    assert session.scalar(select(func.count()).select_from(ExamResult)) == 0


@pytest.mark.parametrize("points", [{"apart": 3, "step": 0}, {"apart": -1, "step": 0}, {"apart": 1}])
def test_points_beyond_the_rubric_are_refused(session: Session, now: datetime, points: dict[str, int]) -> None:
    desk = furnished(session, now)
    turn = service.take(session, actor=desk.cast.instructor.identity, now=now)
    with pytest.raises(WrongMarks, match="Give 0 to"):
        service.mark(session, actor=desk.cast.instructor.identity, turn_id=turn, given=Given(points, "", second_wanted=False), now=now)


def test_an_answer_that_somebody_else_opened_does_not_exist(session: Session, now: datetime) -> None:
    desk = furnished(session, now)
    turn = service.take(session, actor=desk.cast.instructor.identity, now=now)
    with pytest.raises(NoSuchTurn):
        service.mark(session, actor=desk.cast.certifier.identity, turn_id=turn, given=FULL, now=now)
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1
