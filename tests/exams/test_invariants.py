"""The twenty invariants of the exam engine, each a test named after its number, on both databases where a database has a part in it.

1. an acknowledged answer is there after every process was killed:
   tests/faults/test_faults.py::test_every_process_is_killed
2. steps have no gap and their chain holds: here; in any order of acts tests/exams/test_machine.py
3. the same key twice is one step: here; fifty at once,
   tests/security/test_exam_attacks.py::test_a_captured_save_sent_fifty_times_is_one_step
4. a stale revision is refused and both texts are kept: here; as 409 tests/exams/test_views.py
5. no answer after the deadline and its grace: here
6. an answer inside the grace is kept and marked late: here
7. closed by the worker and by a reader at once is one close: here
8. the close is at the deadline, not when the worker came: here
9. the deadline never moves earlier, and moves only by a recorded act: here
10. a pause adds exactly its length: here
11. time and a half widens the window too: here
12. starting twice is one attempt: here; twenty at once,
   tests/security/test_exam_attacks.py::test_starting_twenty_times_at_once_gives_one_attempt
13. a paper is a function of its recipe and its seed: here; with everything kept,
   tests/exams/test_papers.py::test_a_paper_keeps_everything_it_was_drawn_from_and_is_drawn_again_the_same
14. content changed after the start changes nothing: here
15. the score of the steps is the score that is stored: here
16. a dry run of scoring again changes no row:
   tests/appeals/test_regrading.py::test_a_dry_run_lists_everybody_concerned_and_changes_no_row
17. an officer never receives a key or another officer's text:
   tests/security/test_canaries.py::test_no_byte_that_an_officer_receives_tells_a_key_or_why
18. a browser that sits an exam reaches nothing else:
   tests/security/test_lockdown.py::test_only_pages_of_the_attempt_that_runs_are_open
19. voiding keeps the record: here
20. the points of the questions add up to the total exactly: here
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM, identity_with
from lms.courses.models import CourseRevision
from lms.db.session import Database
from lms.exams import acts, drawing, papers, queries, rules, service, starting, timing
from lms.exams.acts import Act, Reason
from lms.exams.models import Attempt, AttemptAnswer, AttemptHead, ExamResult, ExamScoring, Paper, PaperKey, PaperQuestion, Step
from lms.exams.rules import AnswerState, KeyedQuestion, Kind, Policy
from lms.exams.service import AttemptClosed, Change, Receipt
from lms.exams.timing import Accommodation
from lms.facts.service import publish as publish_facts
from lms.facts.source import Status
from lms.kernel.ids import new_id
from lms.questions.models import BankQuestion, BankRevision, QuestionRevision
from tests.support.exam_room import EXAM, OBJECTIVES, Room, content, furnish
from tests.support.factories import a_fact

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
GRACE = timedelta(seconds=60)
SECOND = identity_with(frozenset({Role.PROCTOR}), user_id=new_id(), name="Second Proctor")
milliseconds = st.integers(1, 3_000_000).map(lambda count: timedelta(milliseconds=count))

on_databases = settings(
    max_examples=8, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
saves = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 3), st.booleans()), min_size=1, max_size=8)


@dataclass(slots=True)
class Sitting:
    """An attempt begun at noon, of sixty minutes, in a transaction that leaves nothing behind."""

    session: Session
    room: Room
    attempt: uuid.UUID

    @classmethod
    @contextmanager
    def begun(cls, database: Database) -> Iterator[Self]:
        with database.engine.connect() as connection, Session(connection, expire_on_commit=False) as session:
            room = furnish(session, now=NOON)
            yield cls(session, room, room.starts(session, now=NOON))
            session.rollback()

    def choice(self, position: int, index: int) -> str:
        """One of the choices of a question, by its place."""
        paper = self.session.get_one(Attempt, self.attempt).paper_hash
        return queries.question(self.session, paper_hash=paper, position=position).choices[index].id

    def saves(self, position: int, index: int, *, flagged: bool = False, at: datetime = NOON, **other: Any) -> Receipt:
        """Answer a question on the newest revision, unless `other` says which."""
        stands = queries.answers_of(self.session, attempt_id=self.attempt).get(position, AnswerState())
        sent: dict[str, Any] = {"revision": stands.revision, "key": str(uuid.uuid4())} | other
        change = Change(position, self.choice(position, index), flagged, **sent)
        return service.answer(self.session, actor=self.room.officer, attempt_id=self.attempt, change=change, now=at)

    def steps(self) -> list[rules.Entry]:
        return queries.entries(self.session, attempt_id=self.attempt)

    def due(self) -> datetime:
        """Until when an answer is taken."""
        found = self.session.get_one(AttemptHead, self.attempt).due_at
        assert found is not None
        return found

    def act(self, at: datetime) -> Act:
        return Act(self.room.proctor, Reason.TECHNICAL, "It happened.", at, SECOND)

    def submits(self, at: datetime) -> ExamResult:
        service.submit(self.session, actor=self.room.officer, attempt_id=self.attempt, now=at)
        self.session.flush()
        return self.session.get_one(ExamResult, self.attempt)


@on_databases
@given(found=saves)
def test_invariant_02_steps_have_no_gap_and_their_chain_holds(database: Database, found: list[tuple[int, int, bool]]) -> None:
    with Sitting.begun(database) as sitting:
        for position, index, flagged in found:
            sitting.saves(position, index, flagged=flagged)
        sitting.submits(NOON + MINUTE)
        steps = sitting.steps()
        assert [step.number for step in steps] == list(range(1, len(steps) + 1))
        assert rules.chain_holds(steps)
        assert not any(rules.chain_holds(steps[:gap] + steps[gap + 1 :]) for gap in range(len(steps) - 1))


@on_databases
@given(times=st.integers(2, 5), later=milliseconds)
def test_invariant_03_the_same_key_twice_is_one_step(database: Database, times: int, later: timedelta) -> None:
    with Sitting.begun(database) as sitting:
        receipts = {sitting.saves(1, 2, at=NOON + later * n, key="once", revision=0) for n in range(times)}
        assert len(receipts) == 1
        assert [step.kind for step in sitting.steps()] == [Kind.STARTED, Kind.ANSWERED]


@on_databases
@given(changes=st.integers(1, 4), behind=st.integers(1, 4))
def test_invariant_04_a_stale_revision_is_refused_and_both_texts_are_kept(database: Database, changes: int, behind: int) -> None:
    with Sitting.begun(database) as sitting:
        for n in range(changes):
            sitting.saves(1, n % 2)
        stands, refused = sitting.choice(1, (changes - 1) % 2), sitting.choice(1, 3)
        receipt = sitting.saves(1, 3, revision=max(0, changes - behind))
        assert (receipt.conflict, receipt.response, receipt.revision) == (True, stands, changes)
        kept = sitting.steps()
        assert kept[-1].kind is Kind.CONFLICTED
        assert refused in kept[-1].payload.values()
        assert stands in kept[-2].payload.values()


@on_databases
@given(late=milliseconds)
def test_invariant_05_no_answer_after_the_deadline_and_its_grace(database: Database, late: timedelta) -> None:
    with Sitting.begun(database) as sitting:
        with pytest.raises(AttemptClosed):
            sitting.saves(1, 0, at=NOON + HOUR + GRACE + late)
        assert [step.kind for step in sitting.steps()] == [Kind.STARTED]


@on_databases
@given(offset=st.integers(-60_000, 60_000).map(lambda count: timedelta(milliseconds=count)))
def test_invariant_06_an_answer_inside_the_grace_is_kept_and_marked_late(database: Database, offset: timedelta) -> None:
    with Sitting.begun(database) as sitting:
        sitting.saves(1, 0, at=NOON + HOUR + offset)
        assert sitting.steps()[-1].payload.get("late", False) is (offset > timedelta())
        assert queries.answers_of(sitting.session, attempt_id=sitting.attempt)[1].revision == 1


@pytest.mark.parametrize("seconds", [61, 3600])
def test_invariant_07_closed_by_the_worker_and_by_a_reader_at_once_is_one_close(database: Database, seconds: int) -> None:
    with database.writing() as session:
        room = furnish(session, now=NOON)
        attempt = room.starts(session, now=NOON)
    now = NOON + HOUR + timedelta(seconds=seconds)

    def worker() -> None:
        with database.writing() as own:
            service.close_expired(own, now=now)

    def reader() -> None:
        with database.writing() as own:
            service.submit(own, actor=room.officer, attempt_id=attempt, now=now)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(one) for one in [worker, reader] * 4]:
            done.result()
    with database.reading() as session:
        assert [step.kind for step in queries.entries(session, attempt_id=attempt)] == [Kind.STARTED, Kind.EXPIRED]
        counted = [session.scalar(select(func.count()).select_from(table)) for table in (ExamResult, ExamScoring)]
        assert counted == [1, 1]
        assert session.get_one(ExamResult, attempt).closed_at == NOON + HOUR


@on_databases
@given(noticed=st.integers(1, 10_000_000), by_worker=st.booleans())
def test_invariant_08_the_close_is_at_the_deadline_not_when_the_worker_came(database: Database, noticed: int, *, by_worker: bool) -> None:
    with Sitting.begun(database) as sitting:
        now = NOON + HOUR + GRACE + timedelta(seconds=noticed)
        if by_worker:
            assert service.close_expired(sitting.session, now=now) == 1
            sitting.session.flush()
        result = sitting.submits(now)
        assert (result.closed_at, result.recorded_at) == (NOON + HOUR, now)


ACTS = st.lists(st.tuples(st.sampled_from(["pause", "extend", "give back", "save"]), milliseconds), min_size=1, max_size=5)


@on_databases
@given(found=ACTS)
def test_invariant_09_the_deadline_never_moves_earlier_and_moves_only_by_a_recorded_act(
    database: Database, found: list[tuple[str, timedelta]]
) -> None:
    with Sitting.begun(database) as sitting:
        now = NOON
        for does, length in found:
            now += timedelta(seconds=30)
            before, steps = sitting.due(), len(sitting.steps())
            if does == "save":
                sitting.saves(1, steps % 4, at=now)
            elif does == "extend":
                acts.extend(sitting.session, sitting.act(now), attempt_id=sitting.attempt, more=length)
            elif does == "give back":
                acts.give_back(sitting.session, sitting.act(now), attempt_id=sitting.attempt, since=now - length, until=now)
            else:
                acts.pause(sitting.session, sitting.act(now), attempt_id=sitting.attempt)
                now += length
                acts.resume(sitting.session, sitting.act(now), attempt_id=sitting.attempt)
            added = sitting.steps()[steps:]
            assert sitting.due() >= before
            assert sitting.due() == before or {step.kind for step in added} <= {Kind.EXTENDED, Kind.PAUSED, Kind.RESUMED} != set()
            assert sitting.due() == before or added, "the deadline moved and nothing says why"


@on_databases
@given(begins=st.integers(0, 59 * 60_000), length=milliseconds)
def test_invariant_10_a_pause_adds_exactly_its_length(database: Database, begins: int, length: timedelta) -> None:
    with Sitting.begun(database) as sitting:
        before, at = sitting.due(), NOON + timedelta(milliseconds=begins)
        acts.pause(sitting.session, sitting.act(at), attempt_id=sitting.attempt)
        acts.resume(sitting.session, sitting.act(at + length), attempt_id=sitting.attempt)
        assert sitting.due() == before + length


@patient
@given(begins=st.integers(-120, 120), window=st.integers(1, 240), factor=st.integers(1000, 3000), minutes=st.integers(1, 240))
def test_invariant_11_time_and_a_half_widens_the_window_too(begins: int, window: int, factor: int, minutes: int) -> None:
    """Whoever has more time may begin as late as the others and still has all of it."""
    extra = Accommodation(factor=factor).extra_seconds(minutes * 60)
    end = (NOON + window * MINUTE).isoformat()
    plain = Policy("Final", minutes * 60, 60, 70_000, 1, 6, window_end=end)
    longer = Policy("Final", minutes * 60 + extra, 60, 70_000, 1, 6, extra_seconds=extra, window_end=end)
    start = NOON + begins * MINUTE
    assert timing.deadline_at_start(start, longer) - timing.deadline_at_start(start, plain) == timedelta(seconds=extra)


def test_invariant_11_sixty_minutes_at_eleven_and_a_window_to_five_past_twelve_reach_to_12_35() -> None:
    eleven = NOON - HOUR
    extra = Accommodation(factor=1500).extra_seconds(3600)
    policy = Policy("Final", 3600 + extra, 60, 70_000, 1, 6, extra_seconds=extra, window_end=(NOON + 5 * MINUTE).isoformat())
    assert timing.deadline_at_start(eleven, policy) == NOON + 30 * MINUTE  # all of the ninety minutes
    assert max(timing.deadline_at_start(eleven + n * MINUTE, policy) for n in range(65)) == NOON + 35 * MINUTE


@on_databases
@given(after=st.lists(st.integers(0, 60 * 60_000), min_size=1, max_size=4))
def test_invariant_12_starting_twice_is_one_attempt(database: Database, after: list[int]) -> None:
    with Sitting.begun(database) as sitting:
        for later in after:
            now = NOON + timedelta(milliseconds=later)
            again = starting.start(
                sitting.session, actor=sitting.room.officer, enrollment_id=sitting.room.enrollment_id, exam_id=EXAM, code="", now=now
            )
            assert again == sitting.attempt
        assert len(sitting.steps()) == 1


@on_databases
@given(later=st.integers(0, 100_000))
def test_invariant_13_a_paper_is_a_function_of_its_recipe_and_its_seed(database: Database, later: int) -> None:
    with Sitting.begun(database) as sitting:
        attempt = sitting.session.get_one(Attempt, sitting.attempt)
        _content_changes(sitting.session, now=NOON + timedelta(seconds=later))
        paper = sitting.session.get_one(Paper, attempt.paper_hash)
        again = papers.drawn_again(sitting.session, paper)
        assert drawing.paper_hash(again, seed=paper.seed) == paper.hash
        other = drawing.paper_hash(again, seed="00" * 32)
        assert other != paper.hash


def _content_changes(session: Session, *, now: datetime) -> None:
    """The bank gets another edition with other questions, the law changes, and the course gets another revision with another pass mark."""
    newer = BankRevision(hash="newer", bank_id="small", number=2, title="Newer", public=True, law_as_of="2026-11-22", published_at=now)
    made = [
        QuestionRevision(hash=f"new {n}", question_id=f"ONE-1-{n}", objective=OBJECTIVES[0], content=content("NEW", n), published_at=now)
        for n in range(3)
    ]
    session.add_all([newer, *made])
    session.flush()
    session.add_all([BankQuestion(bank_hash="newer", question_hash=one.hash) for one in made])
    publish_facts(session, actor=SYSTEM, facts={"IL-01": a_fact("IL-01", status=Status.SUPERSEDED)}, now=now)
    course = session.get_one(CourseRevision, "course")
    manifest = {**course.manifest, "exams": [{**exam, "cut_score": 100_000, "minutes": 1} for exam in course.manifest["exams"]]}
    values = {"course_id": course.course_id, "title": course.title, "program_model": course.program_model, "note": "harder"}
    session.add(CourseRevision(hash="harder", number=2, manifest=manifest, published_by=None, published_at=now, **values))
    session.flush()


def _shown(session: Session, paper_hash: str) -> list[Any]:
    kept = []
    for table in (PaperQuestion, PaperKey):
        rows = session.execute(select(table.__table__).where(table.paper_hash == paper_hash).order_by(table.position))
        kept += [tuple(row) for row in rows]
    return kept


@on_databases
@given(found=saves)
def test_invariant_14_content_changed_after_the_start_changes_nothing(database: Database, found: list[tuple[int, int, bool]]) -> None:
    with Sitting.begun(database) as sitting:
        paper_hash = sitting.session.get_one(Attempt, sitting.attempt).paper_hash
        before, due = _shown(sitting.session, paper_hash), sitting.due()
        _content_changes(sitting.session, now=NOON + MINUTE)
        for position, index, flagged in found:
            sitting.saves(position, index, flagged=flagged, at=NOON + 2 * MINUTE)
        assert (_shown(sitting.session, paper_hash), sitting.due()) == (before, due)
        result = sitting.submits(NOON + 3 * MINUTE)
        answers = queries.answers_of(sitting.session, attempt_id=sitting.attempt)
        assert result.right == rules.score(answers, queries.keys(sitting.session, paper_hash=paper_hash)).right
        assert result.passed is (result.right * 10 >= result.asked * 7)  # the mark of the start, not the new one


@on_databases
@given(found=saves)
def test_invariant_15_the_score_of_the_steps_is_the_score_that_is_stored(database: Database, found: list[tuple[int, int, bool]]) -> None:
    with Sitting.begun(database) as sitting:
        for position, index, flagged in found:
            sitting.saves(position, index, flagged=flagged)
        result = sitting.submits(NOON + MINUTE)
        state = rules.fold(sitting.steps())
        paper_hash = sitting.session.get_one(Attempt, sitting.attempt).paper_hash
        again = rules.score(state.answers, queries.keys(sitting.session, paper_hash=paper_hash))
        assert (again.right, again.asked, again.thousandths) == (result.right, result.asked, result.score)
        assert {name: list(pair) for name, pair in again.by_objective.items()} == result.by_objective


def _record(session: Session, attempt: uuid.UUID) -> list[Any]:
    kept: list[Any] = []
    for table in (Step, AttemptAnswer, ExamScoring, Attempt):
        own = table.__table__.c["id" if table is Attempt else "attempt_id"]
        kept.append(
            [tuple(row) for row in session.execute(select(table.__table__).where(own == attempt).order_by(*table.__table__.primary_key))]
        )
    return kept


@on_databases
@given(found=saves)
def test_invariant_19_voiding_keeps_the_record(database: Database, found: list[tuple[int, int, bool]]) -> None:
    with Sitting.begun(database) as sitting:
        for position, index, flagged in found:
            sitting.saves(position, index, flagged=flagged)
        sitting.submits(NOON + MINUTE)
        before = _record(sitting.session, sitting.attempt)
        acts.void(sitting.session, sitting.act(NOON + HOUR), attempt_id=sitting.attempt)
        sitting.session.flush()
        after = _record(sitting.session, sitting.attempt)
        assert after[0][:-1] == before[0]
        assert sitting.steps()[-1].kind is Kind.VOIDED
        assert after[1:] == before[1:]
        assert rules.chain_holds(sitting.steps())


keyed = st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), st.booleans(), st.booleans()), max_size=60)


@patient
@given(keyed)
def test_invariant_20_the_points_of_the_questions_add_up_to_the_total_exactly(found: list[tuple[str, bool, bool]]) -> None:
    """Counted in whole numbers, so that no sum depends on its order; what is only being tried out adds nothing."""
    keys = [KeyedQuestion(n, objective, "x", scored=scored) for n, (objective, _, scored) in enumerate(found, 1)]
    answers = {n: AnswerState(1, "x" if right else "y") for n, (_, right, _) in enumerate(found, 1)}
    total = rules.score(answers, keys)
    each = [rules.score(answers, [key]) for key in keys]
    assert total.right == sum(one.right for one in each) == sum(right for _, right, scored in found if scored)
    assert total.asked == sum(one.asked for one in each) == sum(scored for *_, scored in found)
    assert sum(pair[0] for pair in total.by_objective.values()) == total.right
    assert Counter({name: pair[1] for name, pair in total.by_objective.items()}) == Counter(name for name, _, scored in found if scored)


def test_the_list_above_names_all_twenty_and_tests_that_exist() -> None:
    rows = re.findall(r"^(\d+)\. ", __doc__ or "", re.MULTILINE)
    assert rows == [str(number) for number in range(1, 21)]
    for path, name in re.findall(r"(tests/\S+\.py)::(\w+)", __doc__ or ""):
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path} has no {name}"
    own = Path(__file__).read_text(encoding="utf-8")
    for number in re.findall(r"^(\d+)\. [^:]*: here", __doc__ or "", re.MULTILINE):
        assert f"def test_invariant_{int(number):02d}_" in own, number
