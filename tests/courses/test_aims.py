"""What a course may ask of its papers, and what its author is told, with the line."""

from pathlib import Path

import pytest

from lms.courses import edition
from lms.courses.course import Exam
from lms.courses.source import tree_in
from lms.exams.planning import recipe_of
from lms.exams.selection import Recipe
from lms.facts.faults import Fault
from lms.facts.standing import questions_in
from tests.support.writing import COURSE, QUESTIONS, TODAY, change, line_of, write_program

PLAIN = '[exam.specification]\n"ONE-1" = 2\n'
SHARES = '\n[exam.difficulty]\neasy = "0"\nmedium = "1"\nhard = "0"\n'
EXPOSURE = '\n[exam.exposure]\npapers = 100\nmost = "0.5"\n'
RULE = 'rule = "One retake"\n'
WHOLE = f'{RULE}right_share = "0.75"\n'


def read(folder: Path) -> tuple[list[Exam], list[Fault]]:
    tree, faults = tree_in(folder / "courses", today=TODAY, banks=questions_in(folder / "question_banks"), reader=edition)
    return [exam for course in tree.courses for exam in course.exams], faults


def asks(folder: Path, *, keys: str = RULE, tables: str = "") -> tuple[list[Exam], list[Fault]]:
    write_program(folder)
    change(folder, COURSE, RULE, keys)
    change(folder, COURSE, PLAIN, PLAIN + tables)
    return read(folder)


def test_an_exam_without_aims_says_nothing_of_them_so_that_its_course_keeps_its_name(tmp_path: Path) -> None:
    write_program(tmp_path)
    (exam,), faults = read(tmp_path)
    assert faults == []
    assert not {"pilots", "difficulty", "right_share", "exposure"} & set(exam.content())
    assert recipe_of(exam.content()) == Recipe({"ONE-1": 2})


def test_what_an_exam_asks_for_reaches_the_drawing_of_its_papers(tmp_path: Path) -> None:
    (exam,), faults = asks(tmp_path, keys=WHOLE, tables=SHARES + EXPOSURE)
    assert faults == []
    assert recipe_of(exam.content()) == Recipe(
        {"ONE-1": 2}, difficulty={"easy": 0, "medium": 1000, "hard": 0}, right_share=750, exposure_papers=100, most_exposure=500
    )


@pytest.mark.parametrize(
    ("keys", "tables", "line", "what"),
    [
        (RULE, SHARES.replace('"1"', '"0.9"'), "[exam.difficulty]", "add up to 0.9"),
        (RULE, SHARES.replace('hard = "0"', 'harsh = "0"'), "harsh", "Nobody knows the key `harsh`"),
        (RULE, SHARES.replace('hard = "0"\n', ""), "[exam.difficulty]", "has no `hard`"),
        (RULE, SHARES.replace('"1"', "1"), "medium = 1", "`medium` is not a decimal text between 0 and 1"),
        (RULE, EXPOSURE.replace("100", "0"), "papers = 0", "`papers` is not a whole number of at least 1"),
        (RULE, EXPOSURE.replace("100", "1001"), "papers = 1001", "`papers` is 1001"),
        (RULE, EXPOSURE.replace('"0.5"', '"0.4"'), "[exam.exposure]", "2 of 4 questions on ONE-1 make each stand in 0.5 of the papers"),
        (f'{RULE}right_share = "0"\n', "", "right_share", "is no aim"),
        (f'{RULE}right_share = "1.5"\n', "", "right_share", "is not a decimal text between 0 and 1"),
        (f"{RULE}pilots = -1\n", "", "pilots", "`pilots` is not a whole number of at least 0"),
        (f"{RULE}pilots = 1\n", "", "pilots", "1 questions are to be tried out, and bank mini has 0"),
        (f'{RULE}difficulty = "hard"\n', "", "difficulty", "is no table"),
        (f"{RULE}exposure = 3\n", "", "exposure", "is no table"),
    ],
)
def test_what_is_wrong_is_told_on_its_line_with_what_to_do(tmp_path: Path, keys: str, tables: str, line: str, what: str) -> None:
    _, faults = asks(tmp_path, keys=keys, tables=tables)
    (fault,) = [one for one in faults if what in one.what]
    assert fault.line == line_of(tmp_path, COURSE, line)
    assert fault.fix
    assert not fault.warning


def test_more_hard_questions_than_the_bank_has_are_a_warning_for_answers_may_say_otherwise(tmp_path: Path) -> None:
    tables = SHARES.replace('medium = "1"', 'medium = "0"').replace('hard = "0"', 'hard = "1"')
    _, faults = asks(tmp_path, tables=tables)
    (fault,) = faults
    assert "2 questions are to be hard, and by their authors' guesses a paper can hold 0" in fault.what
    assert fault.warning


def test_a_question_to_be_tried_out_counts_for_no_paper(tmp_path: Path) -> None:
    write_program(tmp_path)
    change(tmp_path, QUESTIONS, "scenario = false\n", "scenario = false\npilot = true\n")
    counted = questions_in(tmp_path / "question_banks")["mini"]
    assert sum(counted.values()) + sum(counted.pilots.values()) == 4
    assert sum(counted.pilots.values()) >= 1
    _, faults = read(tmp_path)
    assert any("ONE-1 needs 4 questions" in fault.what for fault in faults)
