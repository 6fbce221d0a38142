"""An attempt at questions of every type under everything that can happen to it, in any order, beside a small model of what must be true."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import Identity, identity_with
from lms.db.session import Database
from lms.exams import acts, queries, rules, service, starting, timing
from lms.exams.acts import Act, Reason
from lms.exams.models import Attempt, AttemptHead, ExamResult, ExamScoring, Step
from lms.exams.rules import Policy
from lms.exams.service import AttemptClosed, AttemptPaused, Change, Receipt
from lms.kernel.ids import new_id
from tests.support.exam_room import EXAM, Room
from tests.support.mixed import mixed_room, some_responses

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND = identity_with(frozenset({Role.PROCTOR}), user_id=new_id(), name="Second Proctor")
POSITIONS = st.integers(1, 9)
SHORT = st.integers(0, 25 * 60_000).map(lambda count: timedelta(milliseconds=count))


@dataclass
class Model:
    """What must be true, in as few words as possible."""

    deadline: datetime
    paused_at: datetime | None = None
    closed_at: datetime | None = None
    voided: bool = False
    answers: dict[int, tuple[int, Any, bool]] = field(default_factory=dict)
    acknowledged: dict[str, tuple[Change, Receipt]] = field(default_factory=dict)


class AttemptMachine(RuleBasedStateMachine):
    """`database` is set by the test that runs it."""

    database: Database

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.database.writing() as opened:
            yield opened

    @initialize()
    def start(self) -> None:
        self.now = NOON
        with self.session() as session:
            self.room: Room = mixed_room(session, now=self.now, written=False)
            self.attempt: uuid.UUID = self.room.starts(session, now=self.now)
            attempt = session.get_one(Attempt, self.attempt)
            self.policy = Policy(**attempt.policy)
            asked = range(1, self.room.questions + 1)
            shown = {n: queries.question(session, paper_hash=attempt.paper_hash, position=n) for n in asked}
            self.choices = {n: some_responses(one) for n, one in shown.items()}
        self.model = Model(deadline=self.now + timedelta(seconds=self.policy.seconds))

    # --- Time and the officer ---

    @property
    def due(self) -> datetime:
        return self.model.deadline + timing.grace(self.policy)

    @property
    def runs(self) -> bool:
        return self.model.closed_at is None and self.model.paused_at is None and self.now <= self.due

    @rule(passes=SHORT)
    def time_passes(self, passes: timedelta) -> None:
        self.now += passes

    @rule(position=POSITIONS, which=st.integers(0, 3), flagged=st.booleans())
    def answer(self, position: int, which: int, flagged: bool) -> None:
        revision, choice, was_flagged = self.model.answers.get(position, (0, None, False))
        wanted = self.choices[position][which % len(self.choices[position])]
        change = Change(position, wanted, flagged, revision, str(uuid.uuid4()))
        receipt = self._sends(change)
        if receipt is None:
            return
        changed = (wanted, flagged) != (choice, was_flagged)
        self.model.answers[position] = (revision + changed, wanted, flagged)
        assert (receipt.conflict, receipt.revision) == (False, revision + changed)
        if changed:
            self.model.acknowledged[change.key] = (change, receipt)

    @precondition(lambda self: bool(self.model.acknowledged))
    @rule(data=st.data())
    def resend(self, data: st.DataObject) -> None:
        """The same key again, also after the end, is answered as the first time and changes nothing."""
        change, receipt = self.model.acknowledged[data.draw(st.sampled_from(sorted(self.model.acknowledged)))]
        with self.session() as session:
            again = service.answer(session, actor=self.room.officer, attempt_id=self.attempt, change=change, now=self.now)
        assert again == receipt

    @precondition(lambda self: bool(self.model.answers))
    @rule(data=st.data())
    def stale_answer(self, data: st.DataObject) -> None:
        position = data.draw(st.sampled_from(sorted(self.model.answers)))
        revision, choice, flagged = self.model.answers[position]
        other = next(one for one in self.choices[position] if one != choice)
        receipt = self._sends(Change(position, other, flagged, revision - 1, str(uuid.uuid4())))
        if receipt is not None:
            assert receipt.conflict
            assert (receipt.revision, receipt.response, receipt.flagged) == (revision, choice, flagged)

    def _sends(self, change: Change) -> Receipt | None:
        """A change; refused exactly when the attempt does not run."""
        runs = self.runs
        try:
            with self.session() as session:
                receipt = service.answer(session, actor=self.room.officer, attempt_id=self.attempt, change=change, now=self.now)
        except AttemptPaused:
            assert self.model.paused_at is not None
            return None
        except AttemptClosed:
            assert (runs, self.model.paused_at) == (False, None)
            return None
        assert runs
        return receipt

    @rule()
    def submit(self) -> None:
        if self.model.paused_at is not None:
            return
        with self.session() as session:
            service.submit(session, actor=self.room.officer, attempt_id=self.attempt, now=self.now)
        if self.model.closed_at is None:
            self.model.closed_at = min(self.now, self.model.deadline)

    @rule()
    def the_worker_looks(self) -> None:
        with self.session() as session:
            service.close_expired(session, now=self.now)
        if self.model.closed_at is None and self.model.paused_at is None and self.now > self.due:
            self.model.closed_at = self.model.deadline

    @rule()
    def start_again(self) -> None:
        """Starting twice gives one attempt, as long as it is under way."""
        if self.model.closed_at is not None or not (self.runs or self.model.paused_at):
            return
        with self.session() as session:
            again = starting.start(
                session, actor=self.room.officer, enrollment_id=self.room.enrollment_id, exam_id=EXAM, code="", now=self.now
            )
        assert again == self.attempt

    # --- The proctor ---

    def act(self, *, confirmed_by: Identity | None = None) -> Act:
        return Act(self.room.proctor, Reason.TECHNICAL, "It happened.", self.now, confirmed_by)

    @precondition(lambda self: self.runs)
    @rule()
    def pause(self) -> None:
        with self.session() as session:
            acts.pause(session, self.act(), attempt_id=self.attempt)
        self.model.paused_at = self.now

    @precondition(lambda self: self.model.paused_at is not None)
    @rule()
    def resume(self) -> None:
        with self.session() as session:
            acts.resume(session, self.act(), attempt_id=self.attempt)
        assert self.model.paused_at is not None
        self.model.deadline += self.now - self.model.paused_at
        self.model.paused_at = None

    @precondition(lambda self: self.runs)
    @rule(more=SHORT.filter(bool))
    def extend(self, more: timedelta) -> None:
        with self.session() as session:
            acts.extend(session, self.act(confirmed_by=SECOND), attempt_id=self.attempt, more=more)
        self.model.deadline += more

    @precondition(lambda self: self.runs)
    @rule(ago=SHORT, lasted=SHORT)
    def lose_room(self, ago: timedelta, lasted: timedelta) -> None:
        since, before = self.now - ago, self.model.deadline
        with self.session() as session:
            owed = acts.give_back(session, self.act(), attempt_id=self.attempt, since=since, until=since + lasted)
        assert timedelta() <= owed <= lasted
        self.model.deadline = before + owed

    @precondition(lambda self: self.model.closed_at is None)
    @rule()
    def terminate(self) -> None:
        with self.session() as session:
            acts.terminate(session, self.act(), attempt_id=self.attempt)
        self.model.closed_at = min(self.model.paused_at or self.now, self.model.deadline)
        self.model.paused_at = None

    @precondition(lambda self: self.model.closed_at is not None and not self.model.voided)
    @rule(more=SHORT.filter(bool))
    def reinstate(self, more: timedelta) -> None:
        with self.session() as session:
            acts.reinstate(session, self.act(confirmed_by=SECOND), attempt_id=self.attempt, more=more)
        assert self.model.closed_at is not None
        self.model.deadline = self.now + (self.model.deadline - self.model.closed_at) + more
        self.model.closed_at = None

    @precondition(lambda self: self.model.closed_at is not None and not self.model.voided)
    @rule()
    def void(self) -> None:
        with self.session() as session:
            acts.void(session, self.act(confirmed_by=SECOND), attempt_id=self.attempt)
        self.model.voided = True

    # --- What is always so ---

    @invariant()
    def the_record_says_what_happened(self) -> None:
        with self.session() as session:
            entries = queries.entries(session, attempt_id=self.attempt)
            stored = queries.answers_of(session, attempt_id=self.attempt)
            head, result = session.get_one(AttemptHead, self.attempt), session.get(ExamResult, self.attempt)
            scorings = session.scalar(select(func.count()).select_from(ExamScoring).where(ExamScoring.attempt_id == self.attempt))
            numbers = session.scalars(select(Step.number).where(Step.attempt_id == self.attempt).order_by(Step.number)).all()
            keys = queries.keys(session, paper_hash=session.get_one(Attempt, self.attempt).paper_hash)
            again = service.rebuilt(session, attempt_id=self.attempt)
        state = rules.fold(entries)
        assert rules.chain_holds(entries)
        assert list(numbers) == list(range(1, len(entries) + 1))
        assert again == stored
        assert {n: (one.revision, one.response, one.flagged) for n, one in stored.items()} == self.model.answers
        assert (state.closed_at, state.paused_at, state.voided) == (self.model.closed_at, self.model.paused_at, self.model.voided)
        assert (head.due_at is None) is (self.model.closed_at is not None) is (result is not None)
        if head.due_at is not None:
            assert head.due_at == self.due
            seen = self.model.paused_at or self.now
            assert timing.deadline(state, self.policy, now=seen) == self.model.deadline
        if result is not None:
            score = rules.score(stored, keys)
            assert (result.right, result.asked, result.score) == (score.right, score.asked, score.thousandths)
            assert result.passed is (score.passes(self.policy.cut_score) and not self.model.voided)
            assert (result.closed_at, result.number, result.voided) == (self.model.closed_at, scorings, self.model.voided)


def test_whatever_happens_to_an_attempt_nothing_acknowledged_is_lost_and_the_time_is_right(database: Database) -> None:
    AttemptMachine.database = database
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    bounds = settings(max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=checks, database=None)
    run_state_machine_as_test(AttemptMachine, settings=bounds)
