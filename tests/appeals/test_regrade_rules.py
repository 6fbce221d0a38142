"""Scoring again as a replay of what was answered (R-08): what it may do to results, and what never."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lms.appeals.regrade_rules import Closed, Figures, Flip, Line, Question, digest, fault_of_correction, fault_of_picture, picture, replay
from lms.exams import rules as exams
from lms.exams.correction_rules import Change, Corrected, CorrectionKind, in_words, key_after
from lms.exams.rules import AnswerState, KeyedQuestion, Policy
from lms.questions.items import POINT

POLICY = Policy(title="Final", seconds=3600, grace_seconds=60, cut_score=70_000, retakes=1, questions=10)
CHOICES = "abcd"
ENROLLMENT = uuid.UUID(int=1)


def closed(key: str, given_: str, *, change: Corrected | None = None, at: int = 1, ordinal: int = 1, policy: Policy = POLICY) -> Closed:
    """An attempt of as many questions as `key` has letters, answered by `given_` ("-" is no answer), with a change at one position."""
    keyed = [KeyedQuestion(n, "AUTH-1", letter) for n, letter in enumerate(key, 1)]
    answers = {n: AnswerState(1, None if letter == "-" else letter) for n, letter in enumerate(given_, 1)}
    score = exams.score(answers, keyed)
    before = Figures(score.points, score.out_of, score.thousandths, score.thousandths, score.passes(policy.cut_score))
    changes = {} if change is None else {at: change}
    return Closed(uuid.uuid4(), ENROLLMENT, "final", ordinal, policy, answers, {}, keyed, {}, changes, before)


EXCLUDED = Corrected(CorrectionKind.EXCLUDED)
LETTERS = st.text(CHOICES, min_size=2, max_size=12)


@st.composite
def attempts(draw: st.DrawFn, kind: CorrectionKind | None = None) -> Closed:
    """A closed attempt whose first question is excluded, gets another key, or counts again."""
    key = draw(LETTERS)
    answers = draw(st.text(CHOICES + "-", min_size=len(key), max_size=len(key)))
    chosen = kind or draw(st.sampled_from(CorrectionKind))
    accepted = tuple(draw(st.lists(st.sampled_from(CHOICES), min_size=1, max_size=3, unique=True)))
    return closed(key, answers, change=Corrected(chosen, accepted), at=draw(st.integers(1, len(key))))


def only(one: Closed, *, hold_harmless: bool) -> Line:
    (line,) = picture([one], hold_harmless=hold_harmless)
    return line


@given(attempts())
def test_a_replay_gives_the_stored_score(one: Closed) -> None:
    """R-08: scoring again without a change gives what was scored."""
    score = replay(one)
    assert (score.points, score.out_of, score.thousandths) == (one.before.points, one.before.out_of, one.before.score)


@given(attempts())
def test_by_default_nobody_loses_by_the_programs_mistake(one: Closed) -> None:
    """R-08: where the released result would fall it stands, and it stands as it was."""
    line = only(one, hold_harmless=True)
    assert line.after.score >= line.before.score
    assert line.flip is not Flip.LOST
    if line.stands:
        assert line.after == line.before


@given(attempts(CorrectionKind.EXCLUDED))
def test_excluding_a_question_that_was_answered_wrongly_lowers_nobody(one: Closed) -> None:
    """R-08: not even where results may fall."""
    (position,) = one.change
    wrong = replace(one, answers={**one.answers, position: AnswerState(1, None)})
    score = replay(wrong)
    before = Figures(score.points, score.out_of, score.thousandths, score.thousandths, score.passes(POLICY.cut_score))
    line = only(replace(wrong, before=before), hold_harmless=False)
    assert line.after.score >= line.before.score
    assert not line.stands


@given(attempts(CorrectionKind.EXCLUDED))
def test_an_excluded_question_is_asked_no_longer(one: Closed) -> None:
    line = only(one, hold_harmless=False)
    assert line.after.out_of == line.before.out_of - POINT
    assert line.before.points - line.after.points in {0, POINT}


@given(attempts(CorrectionKind.RESTORED))
def test_a_question_that_counts_again_changes_nothing_that_was_not_corrected(one: Closed) -> None:
    assert only(one, hold_harmless=False).before == only(one, hold_harmless=False).after


@given(attempts(CorrectionKind.KEY))
def test_only_answers_that_the_corrected_key_names_count(one: Closed) -> None:
    ((position, corrected),) = one.change.items()
    key = {question.position: question for question in key_after(one.key, one.change)}
    given_there = one.answers[position].response
    assert (exams.earned(key[position], given_there) == POINT) == (given_there in corrected.accepted)
    assert all(key[other.position] == other for other in one.key if other.position != position)


def test_who_flips_each_way_is_told() -> None:
    """R-08: 6 of 10 becomes 6 of 9, still failed; 7 of 10 becomes 6 of 9 where the question was right, and 7 of 9 where not."""
    failed = closed("aaaaaaaaaa", "aaaaaabbbb", change=EXCLUDED, at=10)
    passes = closed("aaaaaaaaaa", "aaaaaaabbb", change=EXCLUDED, at=1)
    gains = closed("aaaaaaaaaa", "aaaaaabbbb", change=Corrected(CorrectionKind.KEY, ("b",)), at=10)
    assert [only(one, hold_harmless=False).flip for one in (failed, passes, gains)] == [Flip.NONE, Flip.LOST, Flip.GAINED]
    assert only(passes, hold_harmless=True).stands


def test_exactly_the_pass_mark_passes_after_scoring_again() -> None:
    """R-08 and R-04: 7 of 10, out of 7 of 11, passes."""
    line = only(closed("aaaaaaaaaaa", "aaaaaaabbbb", change=EXCLUDED, at=11), hold_harmless=True)
    assert (line.before.passed, line.after.score, line.after.passed) == (False, 70_000, True)


def test_a_retake_whose_first_failure_is_gone_is_recorded_as_scored() -> None:
    """R-07 follows R-08: what was recorded as the pass mark rested on a failure that is none any longer."""
    policy = replace(POLICY, recorded="cut score")
    first = closed("aaaaaaaaaa", "aaaaaabbbb", change=Corrected(CorrectionKind.KEY, ("b",)), at=10, policy=policy)
    second = closed("aaaaaaaaaa", "aaaaaaaaaa", ordinal=2, policy=policy)
    second = replace(second, before=replace(second.before, recorded=70_000))
    lines = picture([second, first], hold_harmless=True)
    assert [line.holds for line in lines] == [True, False]
    assert lines[1].after.recorded == 100_000
    assert picture([second], hold_harmless=True)[0].after.recorded == 100_000


def test_attempts_that_nothing_touches_are_not_listed() -> None:
    assert picture([closed("aaa", "aab")], hold_harmless=True) == []


def test_a_picture_is_named_by_all_that_is_in_it() -> None:
    one = closed("aaaa", "aaab", change=EXCLUDED)
    lines = picture([one], hold_harmless=False)
    name = digest(lines, kind=CorrectionKind.EXCLUDED, accepted=(), hold_harmless=False)
    changed = [replace(lines[0], after=replace(lines[0].after, points=0))]
    others = {
        digest(changed, kind=CorrectionKind.EXCLUDED, accepted=(), hold_harmless=False),
        digest(lines, kind=CorrectionKind.KEY, accepted=(), hold_harmless=False),
        digest(lines, kind=CorrectionKind.EXCLUDED, accepted=(1,), hold_harmless=False),
        digest(lines, kind=CorrectionKind.EXCLUDED, accepted=(), hold_harmless=True),
    }
    assert len(others | {name}) == 5
    assert digest(reversed(lines), kind=CorrectionKind.EXCLUDED, accepted=(), hold_harmless=False) == name


QUESTION = Question(choices=4, published=(1,))


def faults(question: Question) -> Sequence[bool]:
    """Whether each of four corrections is refused."""
    asked = [(CorrectionKind.EXCLUDED, ()), (CorrectionKind.RESTORED, ()), (CorrectionKind.KEY, (1,)), (CorrectionKind.KEY, (1, 2))]
    return [bool(fault_of_correction(question, kind, accepted)) for kind, accepted in asked]


def test_a_correction_must_change_something() -> None:
    """R-08: what counts already is not asked for again."""
    assert faults(QUESTION) == [False, True, True, False]
    assert faults(replace(QUESTION, newest=CorrectionKind.EXCLUDED)) == [True, False, False, False]
    assert faults(replace(QUESTION, newest=CorrectionKind.KEY, accepted=(1, 2))) == [False, False, False, True]
    assert faults(replace(QUESTION, newest=CorrectionKind.RESTORED)) == [False, True, True, False]


def test_a_corrected_key_names_some_choices_and_not_all() -> None:
    for accepted in ((), (4,), (0, 1, 2, 3)):
        assert fault_of_correction(QUESTION, CorrectionKind.KEY, accepted)


def test_a_paper_keeps_at_least_one_question() -> None:
    assert fault_of_picture(picture([closed("a", "a", change=EXCLUDED)], hold_harmless=False))
    assert not fault_of_picture(picture([closed("ab", "ab", change=EXCLUDED)], hold_harmless=False))


def test_what_happened_is_told_in_words() -> None:
    up = Change(68_000, 70_000, 68_000, 70_000, passed_before=False, passed_after=True)
    down = Change(70_000, 66_666, 70_000, 66_666, passed_before=True, passed_after=False)
    recorded = Change(80_000, 80_000, 70_000, 80_000, passed_before=True, passed_after=True)
    same = replace(up, after=68_000, recorded_after=68_000, passed_after=False)
    assert in_words("question excluded", up, position=12) == (
        "Question 12 was excluded: your score went from 68.00% to 70.00%. You passed by it."
    )
    assert in_words("key corrected", down, position=3).endswith("your score went from 70.00% to 66.66%. It is no longer a pass.")
    assert in_words("an earlier attempt was voided", recorded) == (
        "Scored again: an earlier attempt was voided: what stands on your record went from 70.00% to 80.00%."
    )
    assert in_words("question counted again", same, position=1).endswith("your score stayed at 68.00%.")
    assert in_words("question excluded", None, position=2).endswith("so your result stands as it was told to you.")
