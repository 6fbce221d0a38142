"""Questions of every type on a real database: what is drawn, answered, refused, scored and waited for."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.exams import acts, corrections, planning, queries, releasing, rules, service
from lms.exams.acts import Act, Reason
from lms.exams.correction_rules import CorrectionKind
from lms.exams.models import Attempt, AttemptAnswer, ExamResult, ExamScoring, PaperKey, PaperQuestion, ResultWait, Step, WrittenAnswer
from lms.exams.responses import ResponseTooLong, UnknownChoice
from lms.exams.retakes import Standing, Terms
from lms.exams.service import Change
from lms.kernel.canonical import canonical
from lms.kernel.clock import FrozenClock
from lms.notices.models import Notice
from tests.support.exam_room import EXAM, KEY_CANARY, Room, in_minutes
from tests.support.mixed import TYPED, WRITTEN_TEXT, answers_rightly, keys_of, mixed_room


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


def sits(session: Session, now: datetime, *, but: dict[str, Any] | None = None, **policy: Any) -> tuple[Room, uuid.UUID]:
    room = mixed_room(session, now=now, **policy)
    attempt = room.starts(session, now=now)
    answers_rightly(session, room, attempt, now=now, but=but)
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    session.flush()
    return room, attempt


def marks_all(session: Session, attempt: uuid.UUID, points: int, now: datetime) -> None:
    for answer in session.scalars(select(WrittenAnswer).where(WrittenAnswer.attempt_id == attempt)):
        releasing.award(session, answer=answer, points=points, cause="mark 1", now=now)
    session.flush()


def standing(session: Session, room: Room) -> Standing:
    return planning.standing_of(planning.all_tries(session, enrollment_id=room.enrollment_id), exam_id=EXAM, terms=Terms(1))


def test_every_right_answer_earns_every_point_and_the_points_of_the_questions_are_the_total(session: Session, now: datetime) -> None:
    room, attempt = sits(session, now, written=False)
    result = session.get_one(ExamResult, attempt)
    worth = [row.points for row in keys_of(session, attempt).values()]
    assert (result.points, result.out_of, result.right, result.asked) == (sum(worth), 10_000, room.questions, room.questions)
    assert (result.score, result.passed) == (100_000, True)


WRONG: dict[str, Any] = {"single": None, "true-false": None, "numeric": "48.51", "short": "I-200", "scene-1": None, "scene-2": "2"}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_one_wrong_answer_costs_that_question_and_no_other(session: Session, now: datetime, name: str) -> None:
    _, attempt = sits(session, now, written=False, but={name: WRONG[name]})
    result = session.get_one(ExamResult, attempt)
    assert result.points == result.out_of - keys_of(session, attempt)[name].points
    assert result.right == result.asked - 1


def test_a_part_counts_where_the_author_lets_it(session: Session, now: datetime) -> None:
    room = mixed_room(session, now=now, written=False)
    attempt = room.starts(session, now=now)
    keys = keys_of(session, attempt)
    order, (left, *_) = keys["ordering"].key, keys["matching"].key
    but = {
        "multiple": keys["multiple"].key[:2],
        "ordering": [order[0], order[1], order[3], order[2]],
        "matching": {left: keys["matching"].key[left]},
    }
    answers_rightly(session, room, attempt, now=now, but=but)
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    result = session.get_one(ExamResult, attempt)
    assert result.points == 10_000 - (1000 - 666) - (1000 - 333) - (1000 - 333)


def test_a_paper_shows_a_scenario_together_and_in_order_with_its_text(session: Session, now: datetime) -> None:
    room = mixed_room(session, now=now)
    attempt = room.starts(session, now=now)
    keys = keys_of(session, attempt)
    first, second = keys["scene-1"].position, keys["scene-2"].position
    assert second == first + 1
    paper = session.get_one(Attempt, attempt).paper_hash
    for place, part in ((first, 1), (second, 2)):
        shown = queries.question(session, paper_hash=paper, position=place).content
        assert (shown["part"], shown["parts"], shown["text"]) == (part, 2, TYPED["scene-1"]["text"])


def test_no_shown_question_says_what_is_right(session: Session, now: datetime) -> None:
    attempt = mixed_room(session, now=now).starts(session, now=now)
    paper = session.get_one(Attempt, attempt).paper_hash
    for shown in session.scalars(select(PaperQuestion).where(PaperQuestion.paper_hash == paper)):
        told = canonical(shown.content)
        assert KEY_CANARY not in told
        for word in ("correct", "accepted", "tolerance", "rubric", "criteria", "rationale", "model", '"answer"', '"key"'):
            assert word not in told
        key = session.get_one(PaperKey, (paper, shown.position)).key
        if isinstance(key, list | dict):
            assert canonical(key) not in told


STRANGE: dict[str, list[Any]] = {
    "single": ["nowhere", ["nowhere"], {"a": "b"}],
    "multiple": [["nowhere"], "nowhere", [None]],
    "ordering": [["nowhere"], "nowhere", {"a": "b"}],
    "matching": [{"nowhere": "nowhere"}, ["nowhere"], "nowhere"],
    "numeric": [["48"], {"value": "48"}, "\ud800", "4\0"],
    "written": [["a"], {"text": "a"}],
}


@pytest.mark.parametrize("name", sorted(STRANGE))
def test_what_cannot_be_an_answer_to_the_question_is_refused_and_nothing_is_stored(session: Session, now: datetime, name: str) -> None:
    room = mixed_room(session, now=now)
    attempt = room.starts(session, now=now)
    for number, strange in enumerate(STRANGE[name]):
        change = Change(keys_of(session, attempt)[name].position, strange, flagged=False, revision=0, key=f"{number}")
        with pytest.raises(UnknownChoice):
            service.answer(session, actor=room.officer, attempt_id=attempt, change=change, now=now)
    assert session.scalar(select(func.count()).select_from(AttemptAnswer)) == 0


def test_twenty_thousand_characters_are_kept_and_one_more_is_refused(session: Session, now: datetime) -> None:
    room = mixed_room(session, now=now)
    attempt = room.starts(session, now=now)
    position = keys_of(session, attempt)["written"].position
    fits = Change(position, "é" * 20_000, flagged=False, revision=0, key="fits")
    assert service.answer(session, actor=room.officer, attempt_id=attempt, change=fits, now=now).response == fits.response
    longer = Change(position, "é" * 20_001, flagged=False, revision=1, key="longer")
    with pytest.raises(ResponseTooLong, match="at most 20,000"):
        service.answer(session, actor=room.officer, attempt_id=attempt, change=longer, now=now)


def test_a_resend_of_the_same_answer_in_another_order_is_the_same_answer(session: Session, now: datetime) -> None:
    room = mixed_room(session, now=now)
    attempt = room.starts(session, now=now)
    row = keys_of(session, attempt)["multiple"]
    for ids in (row.key, row.key[::-1]):
        change = Change(row.position, ids, flagged=False, revision=0, key="k")
        assert service.answer(session, actor=room.officer, attempt_id=attempt, change=change, now=now).revision == 1
    assert session.scalar(select(func.count()).select_from(Step).where(Step.kind == "answered")) == 1


def test_steps_of_before_fold_and_their_chain_holds(now: datetime) -> None:
    """The first steps called a response `choice`; they are never written anew."""
    started = rules.chained(after=None, kind=rules.Kind.STARTED, at=now, actor="a", payload={})
    old = {"position": 1, "choice": "aa", "flagged": False, "revision": 1}
    chain = [started, rules.chained(after=started, kind=rules.Kind.ANSWERED, at=now, actor="a", payload=old)]
    assert rules.chain_holds(chain)
    assert rules.fold(chain).answers[1].response == "aa"


# --- Waiting for marks, and for results to come out ---


def test_an_attempt_with_a_written_answer_is_closed_and_waits_for_its_mark(session: Session, now: datetime) -> None:
    room, attempt = sits(session, now)
    assert session.get(ExamResult, attempt) is None
    assert session.get_one(ResultWait, attempt).unmarked == 1
    assert session.scalar(select(func.count()).select_from(Notice).where(Notice.key.startswith(f"result:{attempt}"))) == 0
    assert standing(session, room) is Standing.WAITING
    shown = queries.sheet(session, actor=room.officer, attempt_id=attempt)
    assert queries.outcome(session, shown=shown, now=now) is None
    marks_all(session, attempt, 2500, now)
    result = session.get_one(ExamResult, attempt)
    assert (result.points, result.out_of, result.asked) == (12_500, 15_000, room.questions)
    assert session.get(ResultWait, attempt) is None
    assert standing(session, room) is Standing.PASSED
    assert session.scalar(select(func.count()).select_from(Notice).where(Notice.key.startswith(f"result:{attempt}"))) == 1


def test_a_written_question_left_open_waits_for_nobody(session: Session, now: datetime) -> None:
    _, attempt = sits(session, now, but={"written": None})
    assert session.get_one(ExamResult, attempt).points == 10_000
    assert session.scalar(select(func.count()).select_from(WrittenAnswer)) == 0


def test_no_second_attempt_begins_while_the_first_waits(session: Session, now: datetime) -> None:
    room, attempt = sits(session, now)
    with pytest.raises(Exception, match="Its result is not out yet"):
        room.starts(session, now=in_minutes(now, 1))
    assert attempt


def test_a_waiting_attempt_can_be_voided_and_one_reinstated_is_marked_anew_only_when_its_text_changed(
    session: Session, now: datetime
) -> None:
    room, attempt = sits(session, now)
    act = Act(room.proctor, Reason.TECHNICAL, "It happened.", now, room.stranger)
    marks_all(session, attempt, 5000, now)
    acts.reinstate(session, act, attempt_id=attempt, more=in_minutes(now, 1) - now)
    session.flush()
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    session.flush()
    assert session.get_one(ExamResult, attempt).points == 15_000
    acts.reinstate(session, act, attempt_id=attempt, more=in_minutes(now, 1) - now)
    session.flush()
    position = keys_of(session, attempt)["written"].position
    change = Change(position, WRITTEN_TEXT + " And more.", flagged=False, revision=1, key="more")
    service.answer(session, actor=room.officer, attempt_id=attempt, change=change, now=now)
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    session.flush()
    assert session.get_one(ResultWait, attempt).unmarked == 1
    acts.void(session, act, attempt_id=attempt)
    session.flush()
    assert (session.get_one(ExamResult, attempt).voided, session.get(ResultWait, attempt)) == (True, None)
    assert standing(session, room) is Standing.IN_TRAINING


def test_results_on_a_date_come_out_on_that_date_and_not_before(session: Session, now: datetime) -> None:
    room, attempt = sits(session, now, but={"written": None}, release="on a date")
    assert (releasing.due(session, now=now), standing(session, room)) == ([], Standing.WAITING)
    said: dict[str, Any] = {"actor": room.proctor, "offering_id": room.offering_id, "exam_id": EXAM, "reason": "After the last class"}
    releasing.set_date(session, released_at=in_minutes(now, 5), now=now, **said)
    assert releasing.release_due(session, now=in_minutes(now, 4)) == 0
    assert releasing.release_due(session, now=in_minutes(now, 5)) == 1
    session.flush()
    assert session.get_one(ExamResult, attempt).points == 10_000
    assert session.scalar(select(func.count()).select_from(ExamScoring)) == 1


def test_a_result_that_waited_comes_out_by_what_counts_as_right_on_that_day(session: Session, now: datetime) -> None:
    """R-08: a correction between the scoring and the day of the results is not lost, and the days to appeal run from that day."""
    room, attempt = sits(session, now, but={"written": None, "single": None}, release="on a date")
    before = session.get_one(ExamScoring, (attempt, 1))
    key = keys_of(session, attempt)["single"]
    corrections.record(
        session,
        question_hash=key.question_hash,
        kind=CorrectionKind.EXCLUDED,
        accepted=(),
        reason="Two are right",
        recorded_by=room.proctor.user_id,
        now=in_minutes(now, 2),
    )
    said: dict[str, Any] = {"actor": room.proctor, "offering_id": room.offering_id, "exam_id": EXAM, "reason": "After the last class"}
    released_at = now + timedelta(days=30)
    releasing.set_date(session, released_at=released_at, now=now, **said)
    assert releasing.release_due(session, now=released_at) == 1
    session.flush()
    result = session.get_one(ExamResult, attempt)
    assert (result.points, result.out_of) == (before.points, before.out_of - key.points)
    assert (result.closed_at, result.recorded_at) == (now, released_at)


def test_results_for_all_at_once_wait_for_the_last_mark_of_the_class(session: Session, now: datetime) -> None:
    first, attempt = sits(session, now, but={"written": None}, release="when all are marked")
    session.get_one(ResultWait, attempt).unmarked = 1
    session.flush()
    assert releasing.due(session, now=now) == []
    session.get_one(ResultWait, attempt).unmarked = 0
    session.flush()
    assert releasing.release_due(session, now=now) == 1
    session.flush()
    assert standing(session, first) is Standing.PASSED or session.get_one(ExamResult, attempt).score < 70_000
