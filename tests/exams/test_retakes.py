"""Retakes by each agreement's terms: R-05 for the whole training, R-06 for each exam, and R-07 for what is recorded."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.exams import retakes
from lms.exams.retakes import ONE_EACH, Recorded, Result, Scope, Standing, Terms

ONE_IN_ALL = Terms(1, Scope.COURSE)
EXAMS = ("first", "second", "final")
results = st.lists(st.builds(Result, st.sampled_from(EXAMS), st.booleans()), max_size=8)
marks = st.integers(0, 100_000)


def standings(found: list[Result], terms: Terms) -> list[Standing]:
    return [retakes.standing(found, exam_id=one, terms=terms, open_attempt=False) for one in EXAMS]


@pytest.mark.parametrize(
    ("outcomes", "open_attempt", "expected"),
    [
        ([], False, Standing.IN_TRAINING),
        ([], True, Standing.SITTING),
        ([False], False, Standing.RETAKE_OFFERED),
        ([False], True, Standing.SITTING),
        ([False, False], False, Standing.DISQUALIFIED),
        ([True], False, Standing.PASSED),
        ([False, True], False, Standing.PASSED),
    ],
)
@pytest.mark.parametrize("terms", [ONE_EACH, ONE_IN_ALL])
def test_one_retake_is_offered_and_failing_it_disqualifies(
    outcomes: list[bool], open_attempt: bool, expected: Standing, terms: Terms
) -> None:
    """R-05, R-06: with one exam the two are the same."""
    found = [Result("final", one) for one in outcomes]
    assert retakes.standing(found, exam_id="final", terms=terms, open_attempt=open_attempt) is expected


@given(results, st.permutations(EXAMS), st.integers(0, 3))
def test_by_exam_what_happens_in_another_exam_changes_nothing(found: list[Result], exams: list[str], most: int) -> None:
    """R-06."""
    own = [one for one in found if one.exam_id == exams[0]]
    for open_attempt in (False, True):
        alone, among = (retakes.standing(some, exam_id=exams[0], terms=Terms(most), open_attempt=open_attempt) for some in (own, found))
        assert alone is among


@given(results)
def test_in_the_whole_training_a_second_failure_in_any_exam_closes_every_exam_that_is_not_passed(found: list[Result]) -> None:
    """R-05: at once, remedial exams included, however the failures lie among the exams."""
    failed = sum(not one.passed for one in found)
    passed = {one.exam_id for one in found if one.passed}
    for exam, standing in zip(EXAMS, standings(found, ONE_IN_ALL), strict=True):
        if exam in passed:
            assert standing is Standing.PASSED
        else:
            assert (standing is Standing.DISQUALIFIED) is (failed >= 2)


@given(results)
def test_in_the_whole_training_one_retake_at_most_is_ever_offered(found: list[Result]) -> None:
    """R-05."""
    assert standings(found, ONE_IN_ALL).count(Standing.RETAKE_OFFERED) <= 1


@given(results, st.sampled_from(EXAMS), st.sampled_from(Scope), st.integers(0, 3))
def test_a_further_failure_never_opens_what_was_closed(found: list[Result], exam: str, scope: Scope, most: int) -> None:
    """R-05, R-06."""
    before, after = (standings(some, Terms(most, scope)) for some in (found, [*found, Result(exam, passed=False)]))
    for old, new in zip(before, after, strict=True):
        assert old is not Standing.DISQUALIFIED or new is Standing.DISQUALIFIED


@given(marks, marks, st.booleans(), st.sampled_from(Recorded))
def test_only_a_passed_retake_is_recorded_as_the_pass_mark_and_only_where_the_policy_says_so(
    score: int, cut_score: int, is_retake: bool, recorded: Recorded
) -> None:
    """R-07: what is recorded never makes a pass of a failure, nor a failure of a pass, and is never more than what was reached."""
    passed = score >= cut_score
    stands = retakes.recorded_score(score, cut_score=cut_score, passed=passed, is_retake=is_retake, recorded=recorded)
    assert stands == (cut_score if passed and is_retake and recorded is Recorded.CUT_SCORE else score)
    assert (stands >= cut_score) is passed
    assert stands <= score


@given(results, st.sampled_from([ONE_EACH, ONE_IN_ALL, Terms(0), Terms(2), Terms(2, Scope.COURSE)]))
def test_every_standing_is_told_in_a_sentence(found: list[Result], terms: Terms) -> None:
    for exam, standing in zip(EXAMS, standings(found, terms), strict=True):
        failed = retakes.failures(found, exam_id=exam, terms=terms)
        assert retakes.try_words(standing, terms=terms, failed=failed).endswith(".")


def test_an_officer_whose_retake_is_used_up_is_told_so_before_the_next_exam() -> None:
    """R-05."""
    told = retakes.try_words(Standing.IN_TRAINING, terms=ONE_IN_ALL, failed=1)
    assert told == "This will be your first attempt. The retake of this training is used: failing this exam ends the training."


@given(results)
def test_passing_every_exam_needs_no_more_failures_than_there_are_retakes(found: list[Result]) -> None:
    """R-05: whoever is not disqualified anywhere has failed once at most."""
    assume(Standing.DISQUALIFIED not in standings(found, ONE_IN_ALL))
    passed = {one.exam_id for one in found if one.passed}
    assert passed == set(EXAMS) or sum(not one.passed for one in found) <= 1
