"""The exam engine's laws, tried on everything hypothesis can think of. Rules named as in the program's list: R-04, R-06, R-09."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exams import rules, timing
from lms.exams.retakes import Standing
from lms.exams.rules import (
    AnswerState,
    Entry,
    KeyedQuestion,
    Kind,
    Policy,
    Readiness,
    Score,
)
from lms.questions.items import POINT

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICY = Policy("Final", seconds=3600, grace_seconds=60, cut_score=70_000, retakes=1, questions=40)

# --- Steps and folding ---

Sent = tuple[int, str | None, bool]
changes = st.lists(
    st.tuples(st.integers(1, 5), st.one_of(st.none(), st.sampled_from(["aa", "bb", "cc"])), st.booleans()),
    max_size=20,
)


def chain_of(found: list[Sent], *, closed: bool = False) -> list[Entry]:
    chain = [rules.chained(after=None, kind=Kind.STARTED, at=NOON, actor="officer", payload={"paper": "p"})]
    revisions: Counter[int] = Counter()
    for seconds, (position, choice, flagged) in enumerate(found, 1):
        revisions[position] += 1
        payload = {"position": position, "response": choice, "flagged": flagged, "revision": revisions[position]}
        at = NOON + timedelta(seconds=seconds)
        chain.append(rules.chained(after=chain[-1], kind=Kind.ANSWERED, at=at, actor="officer", payload=payload))
    if closed:
        payload = {"closed_at": (NOON + timedelta(hours=1)).isoformat(timespec="milliseconds")}
        chain.append(rules.chained(after=chain[-1], kind=Kind.SUBMITTED, at=NOON + timedelta(hours=1), actor="officer", payload=payload))
    return chain


@given(changes)
def test_an_untouched_chain_holds_and_folds_to_the_newest_answers(found: list[Sent]) -> None:
    chain = chain_of(found, closed=True)
    state = rules.fold(chain)
    assert rules.chain_holds(chain)
    assert state.started_at == NOON
    assert (state.closed_at, state.closed_by) == (NOON + timedelta(hours=1), Kind.SUBMITTED)
    newest = {position: (choice, flagged) for position, choice, flagged in found}
    assert {position: (one.response, one.flagged) for position, one in state.answers.items()} == newest


@given(changes.filter(bool), st.data())
def test_a_chain_with_a_step_missing_reordered_or_altered_does_not_hold(found: list[Sent], data: st.DataObject) -> None:
    chain = chain_of(found, closed=True)
    index = data.draw(st.integers(0, len(chain) - 2))
    missing = chain[:index] + chain[index + 1 :]
    swapped = [*chain[:index], chain[index + 1], chain[index], *chain[index + 2 :]]
    altered = [*chain[:index], replace(chain[index], payload={**chain[index].payload, "response": "zz"}), *chain[index + 1 :]]
    later = [*chain[:index], replace(chain[index], at=chain[index].at + timedelta(milliseconds=1)), *chain[index + 1 :]]
    for broken in (missing, swapped, altered, later):
        assert not rules.chain_holds(broken)


def test_a_refused_change_is_kept_in_the_chain_and_changes_no_answer() -> None:
    chain = chain_of([(1, "aa", False)])
    refused = {"position": 1, "choice": "bb", "flagged": False, "revision": 1, "based_on": 0}
    chain.append(rules.chained(after=chain[-1], kind=Kind.CONFLICTED, at=NOON, actor="officer", payload=refused))
    assert rules.chain_holds(chain)
    assert rules.fold(chain).answers[1].response == "aa"


# --- Time ---


@given(st.integers(1, 30_000), st.integers(0, 300), st.integers(-400_000, 400_000))
def test_nothing_is_accepted_after_the_grace_and_closing_is_never_after_the_deadline(seconds: int, grace: int, offset: int) -> None:
    policy = replace(POLICY, seconds=seconds, grace_seconds=grace)
    due_at = timing.due_at_start(NOON, policy)
    moment = timing.deadline_at_start(NOON, policy) + timedelta(milliseconds=offset)
    assert timing.accepts(moment, due_at) is (offset <= grace * 1000)
    assert timing.is_late(moment, due_at, policy) is (offset > 0)
    assert timing.closing_moment(moment, due_at, policy) == min(moment, timing.deadline_at_start(NOON, policy))


def test_a_closed_attempt_accepts_nothing() -> None:
    assert not timing.accepts(NOON, None)


# --- Scoring (R-04) ---


@given(st.integers(1, 400), st.data())
def test_exactly_the_cut_score_passes_and_anything_below_fails(asked: int, data: st.DataObject) -> None:
    """R-04: compared by cross-multiplication, so nothing is ever rounded up."""
    right = data.draw(st.integers(0, asked))
    found = Score(right * POINT, asked * POINT, right, asked, {})
    assert found.passes(70_000) is (right * 10 >= asked * 7)
    assert found.thousandths <= right * 100_000 / asked < found.thousandths + 1


def test_seventy_percent_of_forty_is_twenty_eight() -> None:
    assert Score(28, 40, 28, 40, {}).passes(70_000)
    assert not Score(27, 40, 27, 40, {}).passes(70_000)
    assert not Score(69_999, 100_000, 0, 1, {}).passes(70_000)


def test_an_exam_without_questions_is_never_passed() -> None:
    assert not Score(0, 0, 0, 0, {}).passes(0)
    assert Score(0, 0, 0, 0, {}).thousandths == 0


def test_a_score_counts_right_answers_in_all_and_by_objective() -> None:
    keys = [KeyedQuestion(1, "A", "x"), KeyedQuestion(2, "A", "y"), KeyedQuestion(3, "B", "z")]
    answers = {1: AnswerState(1, "x"), 2: AnswerState(1, "x")}
    found = rules.score(answers, keys)
    assert (found.right, found.asked, found.by_objective) == (1, 3, {"A": (1, 2), "B": (0, 1)})


# --- Gates ---

READY = Readiness(16, 16, 480, 480, running=True, standing=Standing.IN_TRAINING, proctored=True, admitted=True)


@pytest.mark.parametrize(
    ("facts", "unmet"),
    [
        (READY, []),
        (replace(READY, lessons_done=15), ["All lessons completed"]),
        (replace(READY, minutes_done=450), ["All hours credited"]),
        (replace(READY, running=False), ["Your class is running"]),
        (replace(READY, admitted=False), ["Admitted by a proctor"]),
        (replace(READY, admitted=False, proctored=False), []),
        (replace(READY, standing=Standing.PASSED), ["An attempt is open to you"]),
        (replace(READY, standing=Standing.DISQUALIFIED), ["An attempt is open to you"]),
        (replace(READY, standing=Standing.RETAKE_OFFERED), []),
    ],
)
def test_each_unmet_condition_closes_its_own_gate(facts: Readiness, unmet: list[str]) -> None:
    """R-01."""
    assert [gate.name for gate in rules.gates(facts) if not gate.met] == unmet


def test_every_gate_says_why_and_by_which_rule() -> None:
    assert all(gate.why and gate.source for gate in rules.gates(replace(READY, minutes_done=450, minutes=470)))
