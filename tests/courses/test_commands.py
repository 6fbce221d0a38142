"""The command line: faults by path, line and fix; publishing that says what it did."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms.courses import queries
from lms.courses.commands import courses
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.kernel.content import banks_root
from lms.questions.commands import banks
from tests.support.writing import BANK, COURSE, LESSON, QUESTIONS, REGISTER, change, line_of, write_program


@dataclass
class OpenSite:
    """What the command line opens for a command."""

    database: Database
    clock: FrozenClock


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return write_program(tmp_path / "program")


def ran(group: object, *words: object, site: OpenSite | None = None) -> Result:
    return CliRunner().invoke(group, [str(word) for word in words], obj=site, catch_exceptions=False)  # type: ignore[arg-type] # a group


def test_checking_without_faults_says_what_there_is(program: Path) -> None:
    result = ran(courses, "check", program / "courses")
    assert result.exit_code == 0, result.output
    assert "No faults: 1 course(s), 2 modules, 2 lessons, 0 practicals, 5 facts." in result.output
    result = ran(banks, "check", program / "question_banks")
    assert result.exit_code == 0, result.output
    assert "No faults: 4 questions in 1 bank(s)." in result.output


def test_checking_names_file_line_and_fix(program: Path) -> None:
    change(program, LESSON, "## What the paper says", "# What the paper says")
    change(program, QUESTIONS, 'fact = "IL-01"', 'fact = "IL-99"')
    result = ran(courses, "check", program / "courses")
    assert result.exit_code == 1
    line = line_of(program, LESSON, "# What the paper says")
    assert (
        f"{program / LESSON}:{line}: This is a heading of the first level, which is the page's title. Fix: start it with ##."
        in result.output
    )
    result = ran(banks, "check", program / "question_banks")
    assert result.exit_code == 1
    assert f"{program / QUESTIONS}:1: ONE-1-01 rests on IL-99" in result.output


def test_a_warning_is_told_and_does_not_fail(program: Path) -> None:
    change(program, REGISTER, "review_by = 2027-05-01", "review_by = 2026-11-02")
    result = ran(courses, "check", program / "courses")
    assert result.exit_code == 0
    assert "Warning: IL-01 was to be reviewed by 2026-11-02" in result.output


def test_a_text_that_cannot_be_rendered_is_a_fault_of_its_file(program: Path) -> None:
    change(program, LESSON, "The deputy reads", "[" * 32_000)
    result = ran(courses, "check", program / "courses")
    assert result.exit_code == 1
    assert f"{program / LESSON}:1: The lesson cannot be rendered" in result.output


def test_publishing_says_what_is_new_and_then_that_nothing_changed(program: Path, database: Database, clock: FrozenClock) -> None:
    site = OpenSite(database, clock)
    for group, folder, said in ((banks, "question_banks", "Bank mini"), (courses, "courses", "Course mini")):
        first = ran(group, "publish", program / folder, site=site)
        assert first.exit_code == 0, first.output
        assert f"{said}: published revision 1" in first.output
        assert f"{said}: nothing changed since revision 1" in ran(group, "publish", program / folder, site=site).output


def test_publishing_keeps_the_note(program: Path, sqlite: Database, clock: FrozenClock) -> None:
    ran(courses, "publish", program / "courses", "--note", "The new form", site=OpenSite(sqlite, clock))
    with sqlite.reading() as session:
        found = queries.head(session, "mini")
    assert found is not None
    assert found.note == "The new form"


def test_with_one_fault_nothing_is_published(program: Path, sqlite: Database, clock: FrozenClock) -> None:
    change(program, COURSE, "hours = 1", "hours = 2")
    change(program, BANK, "public = true", "public = 1")
    site = OpenSite(sqlite, clock)
    for group, folder in ((banks, "question_banks"), (courses, "courses")):
        result = ran(group, "publish", program / folder, site=site)
        assert result.exit_code == 1
        assert "1 fault(s); nothing was published." in result.output
    with sqlite.reading() as session:
        assert queries.courses(session) == ()


def test_folders_elsewhere_may_be_named(program: Path, tmp_path: Path) -> None:
    moved = tmp_path / "far" / "mini"
    moved.parent.mkdir()
    (program / "question_banks/mini").rename(moved)
    result = ran(banks, "check", moved, "--courses", program / "courses")
    assert result.exit_code == 0, result.output
    result = ran(courses, "check", program / "courses", "--banks", moved.parent)
    assert result.exit_code == 0, result.output


def test_a_closed_bank_is_imported_from_outside_and_a_public_one_is_not(program: Path, sqlite: Database, clock: FrozenClock) -> None:
    site = OpenSite(sqlite, clock)
    words = ("import", program / "question_banks", "--courses", program / "courses")
    refused = ran(banks, *words, site=site)
    assert refused.exit_code == 1
    assert "These banks say that anyone can read them: mini." in refused.output
    change(program, BANK, "public = true", "public = false")
    done = ran(banks, *words, site=site)
    assert done.exit_code == 0, done.output
    assert "Bank mini: revision 1 is in use (4 questions" in done.output


def test_no_bank_is_imported_from_the_folders_of_the_program(sqlite: Database, clock: FrozenClock) -> None:
    refused = ran(banks, "import", banks_root() / "library", site=OpenSite(sqlite, clock))
    assert refused.exit_code == 1
    assert "lies in the program's own folders" in refused.output


def test_the_report_counts_each_course_and_the_library(program: Path) -> None:
    told = ran(courses, "report", program / "courses")
    assert told.exit_code == 0, told.output
    assert "A small course (mini)" in told.output
    assert "4 questions, at least 0 for each objective" in told.output
    (course, library) = json.loads(ran(courses, "report", program / "courses", "--json").output)
    assert (course["course"], course["lessons"], course["minutes"]["reading"], library["course"]) == ("mini", 2, 2, "")


def test_a_course_without_its_mark_is_told_and_not_published(program: Path, sqlite: Database, clock: FrozenClock) -> None:
    change(program, COURSE, 'program_model = "WSO"', 'program_model = "TFM"')
    change(program, COURSE, 'cut_score = "70.00"\n', "")
    assert "Course mini: it cannot be published yet." in ran(courses, "check", program / "courses").output
    done = ran(courses, "publish", program / "courses", site=OpenSite(sqlite, clock))
    assert done.exit_code == 0
    assert "Course mini: not published: no pass mark." in done.output
    assert "R-03" in done.output
