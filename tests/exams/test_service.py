"""The exam engine on real databases: what is acknowledged is kept, what is refused leaves no trace that counts."""

import uuid
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import SYSTEM
from lms.audit.models import AuditEntry
from lms.db.session import Database
from lms.exams import planning, queries, rules, service, starting
from lms.exams.models import Attempt, AttemptHead, ExamResult, PaperKey, Step
from lms.exams.papers import NoBank
from lms.exams.queries import NoSuchAttempt
from lms.exams.responses import UnknownChoice
from lms.exams.retakes import Standing, Terms
from lms.exams.rules import Kind
from lms.exams.service import AttemptClosed, Change, KeyReused
from lms.exams.starting import InvolvedProctor, NotReady, TooManyCodes, UnderWay, WrongCode
from lms.facts.service import publish as publish_facts
from lms.facts.source import Status
from lms.kernel.clock import FrozenClock
from tests.support.exam_room import EXAM, Room, furnish, in_minutes
from tests.support.factories import a_fact


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


@pytest.fixture
def room(session: Session, now: datetime) -> Room:
    return furnish(session, now=now)


@pytest.fixture
def attempt(session: Session, room: Room, now: datetime) -> uuid.UUID:
    return room.starts(session, now=now)


def choices_of(session: Session, attempt_id: uuid.UUID, position: int) -> list[str]:
    paper = session.get_one(Attempt, attempt_id).paper_hash
    return [one.id for one in queries.question(session, paper_hash=paper, position=position).choices]


def key_of(session: Session, attempt_id: uuid.UUID, position: int) -> str:
    paper = session.get_one(Attempt, attempt_id).paper_hash
    return str(session.get_one(PaperKey, (paper, position)).key)


def saves(session: Session, room: Room, attempt_id: uuid.UUID, now: datetime, **change: object) -> service.Receipt:
    values: dict[str, object] = {"position": 1, "flagged": False, "revision": 0, "key": str(uuid.uuid4()), "response": None, **change}
    return service.answer(session, actor=room.officer, attempt_id=attempt_id, change=Change(**values), now=now)  # type: ignore[arg-type]


def answers_all(session: Session, room: Room, attempt_id: uuid.UUID, now: datetime, *, right: int) -> None:
    for position in range(1, room.questions + 1):
        key = key_of(session, attempt_id, position)
        wrong = next(one for one in choices_of(session, attempt_id, position) if one != key)
        saves(session, room, attempt_id, now, position=position, response=key if position <= right else wrong)


def steps(session: Session, attempt_id: uuid.UUID) -> list[Step]:
    return list(session.scalars(select(Step).where(Step.attempt_id == attempt_id).order_by(Step.number)))


def test_starting_twice_gives_one_attempt(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    again = starting.start(session, actor=room.officer, enrollment_id=room.enrollment_id, exam_id=EXAM, code="", now=now)
    assert again == attempt
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_a_code_is_good_once_for_one_officer_and_ten_minutes(session: Session, room: Room, now: datetime) -> None:
    code = room.admits(session, now=now)
    with pytest.raises(NotReady, match="Admitted by a proctor"):
        starting.start(session, actor=room.officer, enrollment_id=room.enrollment_id, exam_id=EXAM, code=code, now=in_minutes(now, 10.1))
    code = room.admits(session, now=now)
    attempt = starting.start(session, actor=room.officer, enrollment_id=room.enrollment_id, exam_id=EXAM, code=f" {code.lower()} ", now=now)
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    room.admits(session, now=now)
    with pytest.raises(WrongCode):
        starting.start(session, actor=room.officer, enrollment_id=room.enrollment_id, exam_id=EXAM, code=code, now=now)


def test_after_five_wrong_codes_the_door_closes_for_a_while(session: Session, room: Room, now: datetime) -> None:
    code = room.admits(session, now=now)
    for _ in range(5):
        starting.note_wrong_code(session, actor=room.officer, enrollment_id=room.enrollment_id, exam_id=EXAM, now=now)
    with pytest.raises(TooManyCodes):
        starting.start(session, actor=room.officer, enrollment_id=room.enrollment_id, exam_id=EXAM, code=code, now=in_minutes(now, 1))


def test_nobody_admits_themselves(session: Session, room: Room, now: datetime) -> None:
    """R-11."""
    with pytest.raises(InvolvedProctor):
        starting.admit(
            session, actor=room.officer, enrollment_id=room.enrollment_id, exam_id=EXAM, identity_document="Agency photo ID", now=now
        )


def test_an_officer_with_lessons_left_is_not_admitted(session: Session, now: datetime) -> None:
    """R-01."""
    unready = furnish(session, now=now, finished=False)
    with pytest.raises(NotReady, match="0 of 1 lessons"):
        unready.admits(session, now=now)


def test_every_saved_answer_is_one_step_with_a_receipt(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    choice = choices_of(session, attempt, 1)[0]
    receipt = saves(session, room, attempt, now, response=choice, flagged=True)
    assert (receipt.revision, receipt.response, receipt.at, receipt.conflict) == (1, choice, now, False)
    assert [step.kind for step in steps(session, attempt)] == [Kind.STARTED, Kind.ANSWERED]
    assert queries.answers_of(session, attempt_id=attempt)[1].flagged


def test_a_resend_with_the_same_key_gives_one_step_and_the_same_receipt(
    session: Session, room: Room, attempt: uuid.UUID, now: datetime
) -> None:
    choice = choices_of(session, attempt, 1)[0]
    receipts = {saves(session, room, attempt, in_minutes(now, n), response=choice, key="k") for n in range(3)}
    assert len(receipts) == 1
    assert len(steps(session, attempt)) == 2


def test_what_stands_already_is_not_stored_again(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    assert saves(session, room, attempt, now).revision == 0  # nothing chosen, nothing to store
    choice = choices_of(session, attempt, 1)[0]
    first = saves(session, room, attempt, now, response=choice)
    again = saves(session, room, attempt, in_minutes(now, 1), response=choice, revision=1)
    assert again == first
    assert len(steps(session, attempt)) == 2


def test_an_officer_who_is_sitting_the_exam_gets_no_second_code(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    with pytest.raises(UnderWay, match="goes on"):
        room.admits(session, now=now)
    assert session.get(Attempt, attempt) is not None


def test_the_same_key_with_another_answer_is_refused(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    first, second = choices_of(session, attempt, 1)[:2]
    saves(session, room, attempt, now, response=first, key="k")
    with pytest.raises(KeyReused):
        saves(session, room, attempt, now, response=second, key="k")


def test_an_older_revision_changes_nothing_and_both_are_kept(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    first, second = choices_of(session, attempt, 1)[:2]
    saves(session, room, attempt, now, response=first)
    refused = saves(session, room, attempt, now, response=second, revision=0, key="stale")
    assert refused.conflict
    assert refused.response == first
    assert queries.answers_of(session, attempt_id=attempt)[1].response == first
    kept = steps(session, attempt)[-1]
    assert (kept.kind, kept.payload["response"], kept.payload["based_on"]) == (Kind.CONFLICTED, second, 0)
    assert saves(session, room, attempt, now, response=second, revision=0, key="stale").conflict  # a resend says the same
    assert len(steps(session, attempt)) == 3


def test_a_choice_of_another_question_is_refused(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    with pytest.raises(UnknownChoice):
        saves(session, room, attempt, now, response=choices_of(session, attempt, 2)[0])


def test_an_answer_in_the_grace_is_kept_and_marked_late_and_none_is_stored_after_it(
    session: Session, room: Room, attempt: uuid.UUID, now: datetime
) -> None:
    choice, other = choices_of(session, attempt, 1)[:2]
    saves(session, room, attempt, in_minutes(now, 60), response=choice)
    saves(session, room, attempt, in_minutes(now, 61), response=other, position=1, revision=1)
    assert ["late" in step.payload for step in steps(session, attempt)[1:]] == [False, True]
    with pytest.raises(AttemptClosed):
        saves(session, room, attempt, in_minutes(now, 61.001), response=choice, revision=2)
    assert len(steps(session, attempt)) == 3


@pytest.mark.parametrize("who", ["stranger", "proctor"])
def test_another_persons_attempt_is_an_attempt_that_does_not_exist(
    session: Session, room: Room, attempt: uuid.UUID, now: datetime, who: str
) -> None:
    other = getattr(room, who)
    change = Change(position=1, response=None, flagged=True, revision=0, key="k")
    for attempt_id in (attempt, uuid.uuid4()):
        with pytest.raises(NoSuchAttempt, match="There is no such attempt"):
            service.answer(session, actor=other, attempt_id=attempt_id, change=change, now=now)
        with pytest.raises(NoSuchAttempt, match="There is no such attempt"):
            queries.sheet(session, actor=other, attempt_id=attempt_id)
        with pytest.raises(NoSuchAttempt, match="There is no such attempt"):
            service.submit(session, actor=other, attempt_id=attempt_id, now=now)


def test_handing_in_scores_at_once_and_again_changes_nothing(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    answers_all(session, room, attempt, now, right=5)
    for minutes in (30, 31):
        service.submit(session, actor=room.officer, attempt_id=attempt, now=in_minutes(now, minutes))
    result = session.get_one(ExamResult, attempt)
    assert (result.right, result.asked, result.passed, result.closed_at) == (5, 6, True, in_minutes(now, 30))
    assert [step.kind for step in steps(session, attempt)].count(Kind.SUBMITTED) == 1
    assert session.get_one(AttemptHead, attempt).due_at is None


def test_an_expired_attempt_closes_at_its_deadline_whenever_that_is_noticed(
    session: Session, room: Room, attempt: uuid.UUID, now: datetime
) -> None:
    answers_all(session, room, attempt, now, right=6)
    assert service.close_expired(session, now=in_minutes(now, 61)) == 0
    late = in_minutes(now, 60 * 24 * 3)
    shown = queries.outcome(session, shown=queries.sheet(session, actor=room.officer, attempt_id=attempt), now=late)
    assert shown is not None
    assert (shown.passed, shown.closed_at) == (True, in_minutes(now, 60))  # computed on reading, before anybody wrote it
    assert service.close_expired(session, now=late) == 1
    assert service.close_expired(session, now=late) == 0
    result = session.get_one(ExamResult, attempt)
    assert (result.closed_at, result.recorded_at, result.right) == (in_minutes(now, 60), late, 6)


def test_a_failed_exam_offers_one_retake_on_another_paper_and_failing_that_disqualifies(
    session: Session, room: Room, attempt: uuid.UUID, now: datetime
) -> None:
    """R-06 and R-09."""
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    second = room.starts(session, now=in_minutes(now, 5))
    papers = [session.get_one(Attempt, one).paper_hash for one in (attempt, second)]
    drawn = [planning.drawn_questions(session, paper_hashes=[paper]) for paper in papers]
    assert drawn[0].isdisjoint(drawn[1])
    service.submit(session, actor=room.officer, attempt_id=second, now=in_minutes(now, 6))
    found = planning.tries(session, enrollment_id=room.enrollment_id, exam_id=EXAM)
    assert planning.standing_of(found, exam_id=EXAM, terms=Terms(1)) is Standing.DISQUALIFIED
    with pytest.raises(NotReady, match="ends this training"):
        room.starts(session, now=in_minutes(now, 7))


def test_an_attempt_left_open_is_closed_by_the_next_start(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    second = room.starts(session, now=in_minutes(now, 120))
    assert session.get_one(Attempt, second).ordinal == 2
    assert session.get_one(ExamResult, attempt).closed_at == in_minutes(now, 60)


def test_the_chain_holds_and_the_projection_is_what_the_steps_give(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    answers_all(session, room, attempt, now, right=3)
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    assert rules.chain_holds(queries.entries(session, attempt_id=attempt))
    assert service.rebuilt(session, attempt_id=attempt) == queries.answers_of(session, attempt_id=attempt)


def test_saving_an_answer_takes_at_most_three_statements(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    choice = choices_of(session, attempt, 1)[0]
    seen: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: seen.append(args[2]))
    saves(session, room, attempt, now, response=choice)
    assert len(seen) == 3


def test_admission_start_and_closing_each_leave_one_audit_entry(session: Session, room: Room, attempt: uuid.UUID, now: datetime) -> None:
    service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
    session.flush()
    actions = list(session.scalars(select(AuditEntry.action)))
    assert sorted(actions) == ["admitted an officer to an exam", "handed in an exam", "started an exam"]


Act = tuple[str, int, int, bool]
ACTS = st.lists(
    st.tuples(st.sampled_from(["save", "resend", "stale", "submit", "wait"]), st.integers(1, 6), st.integers(0, 3), st.booleans()),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_happens_what_was_acknowledged_is_what_stands(
    database: Database, clock: FrozenClock, acts: list[tuple[str, int, int, bool]]
) -> None:
    """A random life of an attempt against the plainest model of it: the last acknowledged change of each question counts."""
    start = clock.now()
    with database.engine.connect() as connection, Session(connection, expire_on_commit=False) as session:
        room = furnish(session, now=start)
        attempt = room.starts(session, now=start)
        _lives(session, room, attempt, start, acts)
        session.rollback()


def _lives(session: Session, room: Room, attempt: uuid.UUID, now: datetime, acts: list[Act]) -> None:
    model: dict[int, tuple[int, str, bool]] = {}
    sent: dict[int, Change] = {}
    closed = False
    for number, (act, position, index, flagged) in enumerate(acts):
        if act == "wait":
            now = in_minutes(now, 7)
        elif act == "submit":
            service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
            closed = True
        else:
            choice = choices_of(session, attempt, position)[index]
            revision = model.get(position, (0, "", False))[0]
            change = Change(position, choice, flagged, max(0, revision - (act == "stale")), f"key {number}")
            change = sent.get(position, change) if act == "resend" else change
            try:
                receipt = service.answer(session, actor=room.officer, attempt_id=attempt, change=change, now=now)
            except AttemptClosed:
                closed = True
                continue
            if not receipt.conflict and receipt.revision > revision:
                model[position] = (receipt.revision, choice, flagged)
                sent[position] = change
    answers = queries.answers_of(session, attempt_id=attempt)
    assert {n: (one.revision, one.response, one.flagged) for n, one in answers.items()} == model
    assert rules.chain_holds(queries.entries(session, attempt_id=attempt))
    assert service.rebuilt(session, attempt_id=attempt) == answers
    if closed:
        service.submit(session, actor=room.officer, attempt_id=attempt, now=now)
        assert session.get_one(ExamResult, attempt).asked == room.questions


def test_r_32_a_question_is_drawn_while_its_fact_is_settled(session: Session, room: Room, now: datetime) -> None:
    publish_facts(session, actor=SYSTEM, facts={"IL-01": a_fact("IL-01")}, now=now)
    assert room.starts(session, now=now)


@pytest.mark.parametrize("status", [Status.CONTESTED, Status.SUPERSEDED, None])
def test_r_32_a_question_whose_fact_is_no_longer_settled_is_drawn_for_no_new_paper(
    session: Session, room: Room, now: datetime, status: Status | None
) -> None:
    changed = a_fact("IL-01", status=status) if status else a_fact("IL-02")
    publish_facts(session, actor=SYSTEM, facts={changed.id: changed}, now=now)
    with pytest.raises(NoBank, match="A paper cannot be drawn"):
        room.starts(session, now=now)
