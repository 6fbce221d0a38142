"""Reading a whole courses folder: what is wrong between files."""

from pathlib import Path

import pytest

from lms.courses import edition
from lms.courses.renderer import RenderingRefused
from lms.courses.source import Tree, tree_in
from lms.facts.faults import Fault
from lms.facts.standing import beside, objectives_in, questions_in
from tests.support.writing import COURSE, LESSON, OTHER_LESSON, QUESTIONS, REGISTER, TODAY, change, line_of, write_program


def read(folder: Path) -> tuple[Tree, list[Fault]]:
    return tree_in(folder / "courses", today=TODAY, banks=questions_in(folder / "question_banks"), reader=edition)


def told(folder: Path) -> list[tuple[str, int, str]]:
    return [(str(Path(fault.path).relative_to(folder)), fault.line, fault.what) for fault in read(folder)[1]]


def test_a_folder_without_faults_is_read_whole(tmp_path: Path) -> None:
    tree, faults = read(write_program(tmp_path))
    assert faults == []
    (course,) = tree.courses
    assert (course.minimum_active_share, course.hours) == (400, 1)
    (exam,) = course.exams
    assert (exam.cut_score, exam.shared_share, dict(exam.specification)) == (70_000, 0, {"ONE-1": 2})
    assert "<p>Why this module matters.</p>" in tree.modules["first"].intro_html


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        (OTHER_LESSON, "id: lesson-two", "id: lesson-one", "The lesson id lesson-one is used twice"),
        (OTHER_LESSON, "  - id: TWO-1", "  - id: ONE-1", "The objective id ONE-1 is used twice"),
        (OTHER_LESSON, 'id = "CHK-TWO-1-1"', 'id = "CHK-ONE-1-1"', "The check id CHK-ONE-1-1 is used twice"),
        ("courses/modules/first/module.md", "id: first", "id: other", "is not the folder's name"),
        ("courses/modules/first/module.md", "subject: immigration law", "subject: law", "`subject` is `law`"),
        ("courses/modules/first/module.md", "Why this module matters.", "Why [IL-01].", "introduction cites a fact"),
        ("courses/modules/first/module.md", "Why this module matters.", "", "no introduction"),
        ("courses/modules/first/module.md", "title: The first module\n", "", "no `title`"),
        (COURSE, 'id = "second"', 'id = "third"', "no module third"),
        (COURSE, 'id = "second"', 'id = "first"', "The module first stands twice"),
        (COURSE, "hours = 1", "hours = 2", "The lessons take 60 minutes, and 2 hours are 120"),
        (COURSE, '"0.4"', '"1.4"', "is not a decimal text between 0 and 1"),
        (COURSE, '"0.4"', "0.4", "is not a decimal text between 0 and 1"),
        (COURSE, '"70.00"', '"170.00"', "is not a decimal text between 0 and 100"),
        (COURSE, 'cut_score = "70.00"\n', "", "no `cut_score`"),
        (COURSE, '"civil rights law"]', '"racial profiling avoidance"]', "No module teaches racial profiling avoidance"),
        (COURSE, '"civil rights law"]', '"magic"]', "Nobody knows the subject `magic`"),
        (COURSE, '"ONE-1" = 2', '"ONE-1" = 3', "ONE-1 needs 6 questions (a first paper and its retakes), and bank mini has 4"),
        (COURSE, '"ONE-1" = 2', '"THREE-1" = 1', "No lesson of the course has the objective THREE-1"),
        (COURSE, '"ONE-1" = 2', '"ONE-1" = 0', "not a whole number of at least 1"),
        (COURSE, 'bank = "mini"', 'bank = "missing"', "no question bank missing"),
        (COURSE, 'program_model = "WSO"', 'program_model = "ABC"', "`program_model` is `ABC`"),
        (COURSE, "hours = 1", 'hours = 1\nabbreviates = "whole"', "no whole course whole of the model WSO"),
        (COURSE, "hours = 1", 'hours = 1\nabbreviates = "mini"', "no whole course mini of the model WSO"),
        (COURSE, "day = 1", "day = 2", "days of the modules go back"),
        (COURSE, "law_as_of = 2026-11-22", "law_as_of = 2027-01-01", "lies in the future"),
        (REGISTER, 'status = "settled"', 'status = "sure"', "`status` is `sure`"),
    ],
)
def test_a_fault_between_files_is_told_once(tmp_path: Path, name: str, old: str, new: str, what: str) -> None:
    write_program(tmp_path)
    change(tmp_path, name, old, new)
    found = [fault for fault in told(tmp_path) if what in fault[2]]
    assert [fault[0] for fault in found] == [name], told(tmp_path)


def test_the_second_use_of_an_id_is_told_on_its_line_with_the_first_place(tmp_path: Path) -> None:
    write_program(tmp_path)
    change(tmp_path, OTHER_LESSON, 'id = "CHK-TWO-1-1"', 'id = "CHK-ONE-1-1"')
    (path, line, what) = told(tmp_path)[0]
    assert (path, line) == (OTHER_LESSON, line_of(tmp_path, OTHER_LESSON, "```check"))
    assert f"{LESSON}:{line_of(tmp_path, LESSON, '```check')}" in what


def test_an_objective_with_too_few_questions_is_told_on_its_own_line(tmp_path: Path) -> None:
    write_program(tmp_path)
    change(tmp_path, COURSE, '"ONE-1" = 2', '"ONE-1" = 3')
    assert told(tmp_path)[0][1] == line_of(tmp_path, COURSE, '"ONE-1" = 3')


def test_a_retake_that_may_share_questions_needs_fewer(tmp_path: Path) -> None:
    write_program(tmp_path)
    change(tmp_path, COURSE, '"ONE-1" = 2', '"ONE-1" = 3')
    change(tmp_path, COURSE, 'shared_share = "0"', 'shared_share = "0.7"')
    assert told(tmp_path) == []


def test_a_task_force_exam_may_wait_for_its_mark_and_no_other_exam_may(tmp_path: Path) -> None:
    """R-03: the task force agreement names no figure; the others name 70."""
    write_program(tmp_path)
    change(tmp_path, COURSE, 'cut_score = "70.00"\n', "")
    assert [what for _, _, what in told(tmp_path)] == ["The exam has no `cut_score`"]
    change(tmp_path, COURSE, 'program_model = "WSO"', 'program_model = "TFM"')
    tree, faults = read(tmp_path)
    assert faults == []
    assert tree.courses[0].exams[0].cut_score is None


def test_a_module_needs_its_own_file_lessons_and_a_case(tmp_path: Path) -> None:
    write_program(tmp_path)
    (tmp_path / "courses/modules/first/module.md").unlink()
    (tmp_path / OTHER_LESSON).unlink()
    found = {what for _, _, what in told(tmp_path)}
    assert {"The module has no module.md", "The module has no lessons"} <= found
    write_program(tmp_path)
    change(tmp_path, LESSON, "??? question", "!!! question")
    assert [what for _, _, what in told(tmp_path)] == ["The module has neither a scenario nor a worked case"]


def test_a_folder_with_nothing_in_it_is_told(tmp_path: Path) -> None:
    assert [fault.what for fault in read(tmp_path)[1]] == ["There is no register of law"]


def test_what_stands_in_the_trees_is_counted_without_judging_it(tmp_path: Path) -> None:
    write_program(tmp_path)
    assert objectives_in(tmp_path / "courses") == {"ONE-1", "TWO-1"}
    assert questions_in(tmp_path / "question_banks") == {"mini": {"ONE-1": 4}}
    change(tmp_path, LESSON, "title: Title", "title: a: b")
    change(tmp_path, QUESTIONS, 'rationale = "The', "rationale = The")
    assert objectives_in(tmp_path / "courses") == {"TWO-1"}
    assert questions_in(tmp_path / "question_banks") == {"mini": {"ONE-1": 3}}
    assert beside(tmp_path / "courses", "question_banks", Path("elsewhere")) == tmp_path / "question_banks"
    assert beside(tmp_path / "courses", "nothing", Path("elsewhere")) == Path("elsewhere")


def test_a_text_that_cannot_be_rendered_is_a_fault_and_hides_no_other(tmp_path: Path) -> None:
    class Refusing:
        def lesson_edition(self, source: str, **given: object) -> edition.Edition:
            del source, given
            raise RenderingRefused("The text takes too long. Simplify it.")

        def practical_edition(self, source: str, **given: object) -> edition.PracticalEdition:
            del source, given
            raise RenderingRefused("The text takes too long. Simplify it.")

        def introduction(self, body: str, *, facts: object) -> str:
            del body, facts
            raise RenderingRefused("The text takes too long. Simplify it.")

    write_program(tmp_path)
    banks = questions_in(tmp_path / "question_banks")
    _, faults = tree_in(tmp_path / "courses", today=TODAY, banks=banks, reader=Refusing())
    told_lessons = [fault.path for fault in faults if fault.what == "The lesson cannot be rendered"]
    assert told_lessons == [str(tmp_path / LESSON), str(tmp_path / OTHER_LESSON)]
    assert [fault.what for fault in faults].count("The introduction cannot be rendered") == 2


def test_a_register_without_any_course_is_told(tmp_path: Path) -> None:
    write_program(tmp_path)
    (tmp_path / COURSE).unlink()
    assert [what for _, _, what in told(tmp_path)] == ["There is no course"]


def test_an_exam_needs_a_specification(tmp_path: Path) -> None:
    write_program(tmp_path)
    change(tmp_path, COURSE, '[exam.specification]\n"ONE-1" = 2\n', 'specification = "all"\n')
    assert any("names no objectives" in what for _, _, what in told(tmp_path))
