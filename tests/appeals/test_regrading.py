"""Having exams scored again on a real database: the dry run, the two persons, the results, and what comes after (R-08)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from lms.appeals import regrade_queries as queries
from lms.appeals import regrade_service as service
from lms.appeals.models import RegradeDecision
from lms.appeals.regrade_queries import Change, NoSuchRequest
from lms.appeals.regrade_rules import Flip
from lms.appeals.regrade_service import NotCorrectable, OwnRequest, PictureChanged
from lms.audit.models import AuditEntry
from lms.db.base import Base
from lms.exams import acts, corrections, history, scoring
from lms.exams import service as exam
from lms.exams.acts import Act, Reason
from lms.exams.correction_rules import CorrectionKind
from lms.exams.models import Attempt, CorrectionEffect, ExamResult, ExamScoring
from lms.kernel.errors import Invalid
from lms.notices.models import Notice
from lms.notices.rules import Kind
from lms.questions.items import POINT
from lms.questions.security import AgreementNeeded
from tests.appeals.hall import REASON, Hall, accepting, excluding, hall, hash_at, keys_of, stranger

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=2)


@pytest.fixture
def made(session: Session) -> Hall:
    return hall(session, now=NOON)


def result(session: Session, attempt_id: object) -> ExamResult:
    session.expire_all()
    return session.get_one(ExamResult, attempt_id)


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """What is said to the database meanwhile."""
    said: list[str] = []

    def hear(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement.lstrip().split(maxsplit=1)[0].upper())

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def rows_of(session: Session) -> dict[str, int]:
    """How many rows every table has."""
    return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in Base.metadata.sorted_tables}


def test_a_dry_run_lists_everybody_concerned_and_changes_no_row(session: Session, made: Hall) -> None:
    """Invariant 16 and R-08: looking is reading, and what was looked at is what confirming does."""
    attempt = made.sits(session, now=NOON, right=6)
    before = rows_of(session)
    with statements(session) as said:
        found = queries.dry_run(session, accepting(session, attempt, 7))
    assert set(said) == {"SELECT"}
    assert rows_of(session) == before
    (line,) = found.lines
    assert (line.before.points, line.after.points, line.flip) == (6 * POINT, 7 * POINT, Flip.GAINED)
    assert found.whose[attempt].officer == "Dana Rivera"
    made.regrades(session, accepting(session, attempt, 7), now=LATER)
    after = result(session, attempt)
    assert (after.right, after.asked, after.score, after.passed) == (7, 10, 70_000, True)


def test_confirming_keeps_every_scoring_and_tells_the_officer(session: Session, made: Hall) -> None:
    attempt = made.sits(session, now=NOON, right=6)
    made.regrades(session, excluding(session, attempt, 10), now=LATER)
    scorings = session.scalars(select(ExamScoring).where(ExamScoring.attempt_id == attempt).order_by(ExamScoring.number)).all()
    assert [(one.cause, one.right, one.asked) for one in scorings] == [("closed", 6, 10), ("question excluded", 6, 9)]
    assert scorings[0].closed_at == scorings[1].closed_at
    told = session.scalars(select(Notice.kind)).all()
    assert told.count(Kind.RESCORED) == 1
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "scored an exam again")).one()
    assert (entry.reason, entry.details["before"], entry.details["after"]) == (REASON, 60_000, 66_666)
    (row,) = history.history(session, attempt_id=attempt)
    assert row.words == "Question 10 was excluded: your score went from 60.00% to 66.66%."
    assert row.reason == REASON


def test_a_result_that_would_fall_stands_and_stays_so_however_often_it_is_scored(session: Session, made: Hall) -> None:
    """R-08: 7 of 10 would be 6 of 9. The pass stays, also when the attempt is scored for another cause later."""
    attempt = made.sits(session, now=NOON, right=7)
    made.regrades(session, excluding(session, attempt, 1), now=LATER)
    assert (result(session, attempt).number, result(session, attempt).passed) == (1, True)
    scoring.scored(session, attempt=session.get_one(Attempt, attempt), cause="looked at", closed_at=NOON, now=LATER)
    assert (result(session, attempt).right, result(session, attempt).asked) == (7, 10)
    assert "so your result stands" in " ".join(row.words for row in history.history(session, attempt_id=attempt))


def test_results_fall_only_where_the_request_says_so(session: Session, made: Hall) -> None:
    attempt = made.sits(session, now=NOON, right=7)
    change = excluding(session, attempt, 1, hold_harmless=False)
    assert queries.dry_run(session, change).lost == 1
    made.regrades(session, change, now=LATER)
    assert (result(session, attempt).score, result(session, attempt).passed) == (66_666, False)


def test_whoever_asks_cannot_confirm(session: Session, made: Hall) -> None:
    attempt = made.sits(session, now=NOON, right=6)
    asked = made.asks(session, excluding(session, attempt, 1), now=LATER)
    with pytest.raises(OwnRequest):
        service.confirm(session, actor=made.first, request_id=asked, now=LATER)


def test_nothing_is_asked_or_confirmed_without_the_security_agreement(session: Session, made: Hall) -> None:
    """R-10: both look at exam content."""
    attempt = made.sits(session, now=NOON, right=6)
    change = excluding(session, attempt, 1)
    asked = made.asks(session, change, now=LATER)
    for act in (
        lambda: service.ask(session, actor=stranger(), change=change, digest="", reason=REASON, now=LATER),
        lambda: service.confirm(session, actor=stranger(), request_id=asked, now=LATER),
    ):
        with pytest.raises(AgreementNeeded):
            act()


def test_a_picture_that_changed_meanwhile_is_refused(session: Session, made: Hall) -> None:
    first = made.sits(session, now=NOON, right=0)
    change = excluding(session, first, 1)
    asked = made.asks(session, change, now=NOON + timedelta(hours=1))
    act = Act(made.room.proctor, Reason.ERROR, "Wrong room", NOON + timedelta(hours=2), confirmed_by=made.second)
    acts.void(session, act, attempt_id=first)
    session.flush()
    with pytest.raises(PictureChanged):
        service.confirm(session, actor=made.second, request_id=asked, now=LATER)
    assert session.scalar(select(func.count()).select_from(CorrectionEffect)) == 0
    with pytest.raises(PictureChanged):
        service.ask(session, actor=made.first, change=change, digest="another picture", reason=REASON, now=LATER)


def test_a_newer_request_takes_the_place_of_one_that_waits(session: Session, made: Hall) -> None:
    attempt = made.sits(session, now=NOON, right=6)
    earlier = made.asks(session, excluding(session, attempt, 1), now=LATER)
    made.asks(session, accepting(session, attempt, 1), now=LATER)
    session.flush()
    assert queries.request(session, request_id=earlier).applied is False
    with pytest.raises(NoSuchRequest):
        service.confirm(session, actor=made.second, request_id=earlier, now=LATER)


def test_a_request_that_is_declined_changes_nothing(session: Session, made: Hall) -> None:
    attempt = made.sits(session, now=NOON, right=6)
    asked = made.asks(session, excluding(session, attempt, 1), now=LATER)
    with pytest.raises(Invalid):
        service.decline(session, actor=made.second, request_id=asked, reason=" ", now=LATER)
    service.decline(session, actor=made.second, request_id=asked, reason="The question is right", now=LATER)
    session.flush()
    assert session.get_one(RegradeDecision, asked).correction_id is None
    assert result(session, attempt).number == 1
    assert queries.waiting_for(session, user_id=made.second.user_id) == 0


def test_an_exam_under_way_is_scored_with_the_correction_when_it_closes(session: Session, made: Hall) -> None:
    """R-08: the correction is a row that every later scoring consults."""
    closed = made.sits(session, now=NOON, right=0)
    under_way = made.room.starts(session, now=NOON + timedelta(hours=1))
    change = Change(hash_at(session, under_way, 1), CorrectionKind.EXCLUDED, (), hold_harmless=True)
    assert queries.dry_run(session, change).under_way == 1
    made.regrades(session, change, now=NOON + timedelta(hours=1, minutes=5))
    exam.submit(session, actor=made.room.officer, attempt_id=under_way, now=NOON + timedelta(hours=1, minutes=6))
    session.flush()
    assert (result(session, under_way).asked, result(session, closed).asked) == (9, 10)


def test_later_papers_do_not_draw_an_excluded_question(session: Session, made: Hall) -> None:
    attempt = made.sits(session, now=NOON, right=0)
    spare = corrections.excluded(session)
    bank = {f"{objective}-{number}" for objective in ("ONE-1", "TWO-1") for number in range(10)}
    unasked = sorted(bank - {key.question_hash for key in keys_of(session, attempt)})
    assert spare == frozenset()
    # ten questions stand in the first paper and ten are left for the retake: without one of them it cannot be drawn
    made.regrades(session, Change(unasked[0], CorrectionKind.EXCLUDED, (), hold_harmless=True), now=LATER)
    assert corrections.excluded(session) == {unasked[0]}
    with pytest.raises(Exception, match="A paper cannot be drawn"):
        made.room.starts(session, now=LATER)
    made.regrades(session, Change(unasked[0], CorrectionKind.RESTORED, (), hold_harmless=True), now=LATER + timedelta(minutes=1))
    retake = made.room.starts(session, now=LATER + timedelta(minutes=2))
    assert unasked[0] in {key.question_hash for key in keys_of(session, retake)}


def test_counting_a_question_again_gives_the_released_score_back(session: Session, made: Hall) -> None:
    attempt = made.sits(session, now=NOON, right=6)
    made.regrades(session, excluding(session, attempt, 10), now=LATER)
    back = Change(hash_at(session, attempt, 10), CorrectionKind.RESTORED, (), hold_harmless=False)
    made.regrades(session, back, now=LATER + timedelta(minutes=1))
    assert (result(session, attempt).right, result(session, attempt).asked, result(session, attempt).number) == (6, 10, 3)


def test_what_counts_already_is_not_asked_for(session: Session, made: Hall) -> None:
    attempt = made.sits(session, now=NOON, right=6)
    made.regrades(session, excluding(session, attempt, 10), now=LATER)
    with pytest.raises(NotCorrectable, match="excluded already"):
        made.asks(session, excluding(session, attempt, 10), now=LATER)


def test_a_voided_attempt_stays_void(session: Session, made: Hall) -> None:
    attempt = made.sits(session, now=NOON, right=6)
    acts.void(session, Act(made.room.proctor, Reason.ERROR, "Wrong room", LATER, confirmed_by=made.second), attempt_id=attempt)
    session.flush()
    assert queries.dry_run(session, accepting(session, attempt, 7)).lines == ()
    made.regrades(session, accepting(session, attempt, 7), now=LATER)
    assert (result(session, attempt).voided, result(session, attempt).passed) == (True, False)
