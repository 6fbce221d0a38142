"""What an officer does next. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.enrollments.lessons.rules import ClassState
from lms.exams.retakes import Standing


class NextStep(StrEnum):
    """The one thing that an officer's first page puts first."""

    WAIT_FOR_CLASS = "wait for the class"
    LESSON = "go on with a lesson"
    SITTING = "go on with the exam"
    RESULT = "wait for the result of the exam"
    EXAM = "start the exam"
    ADMISSION = "be admitted to the exam"
    PRACTICE = "pass the practical exercises"
    CERTIFICATE = "wait for the certificate"
    PAPER = "download the certificate"
    DISQUALIFIED = "the training has ended"
    CLASS_OVER = "the class is over"
    STOPPED = "the officer withdrew, or the class was cancelled"


@dataclass(frozen=True, slots=True)
class ExamFacts:
    """What is known of one exam of a course. `is_open`: every gate is met, so that it may be started now.

    `is_due`: only a proctor's admission may be missing, as on the day of an exam in a course that is laid out by days.
    """

    standing: Standing
    is_open: bool
    is_due: bool = False


DECIDED = {Standing.DISQUALIFIED: NextStep.DISQUALIFIED, Standing.SITTING: NextStep.SITTING, Standing.WAITING: NextStep.RESULT}
"""Standings in any exam of a course that decide the next step whatever else is so, in this order."""


def next_step(
    *, class_state: ClassState, lessons_left: int, exams: Sequence[ExamFacts], has_paper: bool = False, practicals_left: int = 0
) -> NextStep:
    """What comes next: a try under way before everything else, then the exam of the day, lessons, the first exam not passed, practicals.

    `has_paper`: a certificate of this class lies ready.
    """
    if has_paper:
        return NextStep.PAPER
    if class_state is ClassState.STOPPED:
        return NextStep.STOPPED
    standings = {exam.standing for exam in exams}
    decided = next((step for standing, step in DECIDED.items() if standing in standings), None)
    if decided is not None:
        return decided
    if not lessons_left and standings <= {Standing.PASSED}:
        return NextStep.PRACTICE if practicals_left else NextStep.CERTIFICATE
    if class_state is not ClassState.RUNNING:
        return NextStep.WAIT_FOR_CLASS if class_state is ClassState.NOT_STARTED else NextStep.CLASS_OVER
    place = first_not_passed(exams)
    is_due = place is not None and exams[place].is_due
    return NextStep.LESSON if lessons_left and not is_due else _exam_step(exams)


def _exam_step(exams: Sequence[ExamFacts]) -> NextStep:
    place = first_not_passed(exams)
    return NextStep.EXAM if place is not None and exams[place].is_open else NextStep.ADMISSION


def first_not_passed(exams: Sequence[ExamFacts]) -> int | None:
    """The place of the first exam that is not passed; None when all are."""
    return next((place for place, exam in enumerate(exams) if exam.standing is not Standing.PASSED), None)
