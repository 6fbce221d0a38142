"""An officer's first page puts one thing first."""

import itertools

import pytest

from lms.enrollments.lessons.rules import ClassState
from lms.exams.retakes import Standing
from lms.home.rules import ExamFacts, NextStep, first_not_passed, next_step

NEW = ExamFacts(Standing.IN_TRAINING, is_open=False)
OPEN = ExamFacts(Standing.IN_TRAINING, is_open=True)
RETAKE = ExamFacts(Standing.RETAKE_OFFERED, is_open=False)
SITTING = ExamFacts(Standing.SITTING, is_open=False)
PASSED = ExamFacts(Standing.PASSED, is_open=False)
DUE = ExamFacts(Standing.IN_TRAINING, is_open=False, is_due=True)
ADMITTED = ExamFacts(Standing.IN_TRAINING, is_open=True, is_due=True)
AGAIN = ExamFacts(Standing.RETAKE_OFFERED, is_open=False, is_due=True)
OUT = ExamFacts(Standing.DISQUALIFIED, is_open=False)


@pytest.mark.parametrize(
    ("state", "lessons_left", "exams", "step"),
    [
        (ClassState.NOT_STARTED, 3, [NEW], NextStep.WAIT_FOR_CLASS),
        (ClassState.RUNNING, 3, [NEW], NextStep.LESSON),
        (ClassState.RUNNING, 3, [], NextStep.LESSON),
        (ClassState.RUNNING, 0, [NEW], NextStep.ADMISSION),
        (ClassState.RUNNING, 0, [RETAKE], NextStep.ADMISSION),
        (ClassState.RUNNING, 0, [OPEN], NextStep.EXAM),
        (ClassState.RUNNING, 0, [PASSED, NEW], NextStep.ADMISSION),
        (ClassState.RUNNING, 0, [PASSED, OPEN], NextStep.EXAM),
        (ClassState.RUNNING, 0, [SITTING], NextStep.SITTING),
        (ClassState.ENDED, 0, [SITTING], NextStep.SITTING),
        (ClassState.RUNNING, 0, [PASSED], NextStep.CERTIFICATE),
        (ClassState.ENDED, 0, [PASSED], NextStep.CERTIFICATE),
        (ClassState.RUNNING, 0, [], NextStep.CERTIFICATE),
        (ClassState.ENDED, 2, [NEW], NextStep.CLASS_OVER),
        (ClassState.ENDED, 0, [NEW], NextStep.CLASS_OVER),
        (ClassState.RUNNING, 2, [OUT], NextStep.DISQUALIFIED),
        (ClassState.ENDED, 0, [PASSED, OUT], NextStep.DISQUALIFIED),
    ],
)
def test_the_next_step_is_the_one_that_can_be_taken(state: ClassState, lessons_left: int, exams: list[ExamFacts], step: NextStep) -> None:
    assert next_step(class_state=state, lessons_left=lessons_left, exams=exams) is step


@pytest.mark.parametrize(
    ("exams", "step"),
    [
        ([DUE, NEW], NextStep.ADMISSION),
        ([ADMITTED, NEW], NextStep.EXAM),
        ([PASSED, AGAIN], NextStep.ADMISSION),
        ([PASSED, NEW], NextStep.LESSON),
        ([RETAKE, DUE], NextStep.LESSON),
    ],
)
def test_in_a_course_by_days_the_exam_of_the_day_comes_before_the_lessons_of_the_next(exams: list[ExamFacts], step: NextStep) -> None:
    assert next_step(class_state=ClassState.RUNNING, lessons_left=40, exams=exams) is step


@pytest.mark.parametrize(
    ("state", "lessons_left", "exams", "step"),
    [
        (ClassState.RUNNING, 0, [PASSED], NextStep.PRACTICE),
        (ClassState.ENDED, 0, [PASSED], NextStep.PRACTICE),
        (ClassState.RUNNING, 1, [PASSED], NextStep.LESSON),
        (ClassState.RUNNING, 0, [OPEN], NextStep.EXAM),
        (ClassState.STOPPED, 0, [PASSED], NextStep.STOPPED),
    ],
)
def test_no_certificate_is_promised_while_a_practical_exercise_is_not_passed(
    state: ClassState, lessons_left: int, exams: list[ExamFacts], step: NextStep
) -> None:
    assert next_step(class_state=state, lessons_left=lessons_left, exams=exams, practicals_left=1) is step


def test_every_step_about_an_exam_has_an_exam_that_is_not_passed() -> None:
    kinds = (NEW, OPEN, RETAKE, SITTING, PASSED, OUT)
    for state, left, size in itertools.product(ClassState, (0, 1), (0, 1, 2)):
        for exams in itertools.product(kinds, repeat=size):
            step = next_step(class_state=state, lessons_left=left, exams=exams)
            if step in {NextStep.SITTING, NextStep.EXAM, NextStep.ADMISSION}:
                assert first_not_passed(exams) is not None, (state, left, exams)
            if step is NextStep.LESSON:
                assert left, (state, left, exams)


def test_a_certificate_that_lies_ready_comes_before_everything() -> None:
    for state in ClassState:
        assert next_step(class_state=state, lessons_left=0, exams=[PASSED], has_paper=True) is NextStep.PAPER
