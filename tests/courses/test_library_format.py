"""The formats of guides, practicals, diagrams and days: what is right is read, and each fault is told."""

from pathlib import Path

import pytest

from lms.courses import edition
from lms.courses.blocks import blocks_in
from lms.courses.diagrams import diagram_from
from lms.courses.edition import lesson_edition, practical_edition
from lms.courses.guide import guide_faults
from lms.courses.lesson import lesson_from
from lms.courses.lint import reading_grade, syllables
from lms.courses.manifest import lessons_of, lessons_until, manifest_of, total_minutes
from lms.courses.markdown import render
from lms.courses.report import reports
from lms.courses.source import Tree, tree_in
from lms.facts.faults import Fault
from lms.facts.source import register_from
from lms.facts.standing import questions_in
from tests.support.writing import COURSE, LESSON, TODAY, change, lesson, register, write_program

FACTS, _ = register_from(register(), path="facts", today=TODAY)
GUIDE = """## Plan

| Minutes | What happens |
| --- | --- |
| 15 | Officers say what a paper is. |
| 15 | In pairs, they read one [IL-01]. |

## Discuss

- What would you ask first?

## Common mistakes

1. Reading the name only.
"""
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 200">
<title>Two boxes</title>
<desc>A box on the left and a box on the right.</desc>
<defs><marker id="two-tip" markerWidth="8" markerHeight="8" refX="4" refY="4" orient="auto">
<path class="d-arrow" d="M0 0 L8 4 L0 8"/></marker></defs>
<rect class="d-box d-accent" x="10" y="10" width="200" height="80" rx="4"/>
<line class="d-line" x1="210" y1="50" x2="300" y2="50" marker-end="url(#two-tip)"/>
<text class="d-text" x="20" y="40">Warrant &amp; paper</text>
</svg>
"""
PRACTICAL = """---
id: desk
title: At the desk
objectives: [ONE-1]
minutes: 60
pass_share: "80"
law_as_of: 2026-11-22
review_by: 2027-05-22
facts: [IL-01]
criteria:
  - {id: C1, text: Reads the paper first, points: 2, critical: true}
  - {id: C2, text: Calls in time, points: 3, critical: false}
---
## Setting

A release desk at noon.

## What you are given

A paper.

## What you do

Serve it [IL-01].

## Mock documents

> Fictional paper of Palmetto County

## For role players

You are tired.

## For raters

Look at the order of acts.
"""
FIGURE = '```diagram\nid = "two"\nalt = "Two boxes side by side."\ncaption = "The two papers."\n```\n'


def told(faults: object) -> list[str]:
    assert isinstance(faults, list | tuple)
    return [fault.what for fault in faults if isinstance(fault, Fault)]


def test_a_guide_as_it_should_be_has_no_fault() -> None:
    assert guide_faults(GUIDE, path="g", minutes=30, facts=FACTS) == []


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("| 15 | Officers", "| 12 | Officers", "12 is not a number of minutes for one row"),
        ("| 15 | Officers", "| 10 | Officers", "The plan takes 25 minutes, and the lesson 30"),
        ("| 15 | Officers", "| about | Officers", "This row does not say minutes and what happens"),
        ("| Minutes | What happens |", "| Time | What happens |", "The plan is no table of minutes"),
        ("## Discuss", "## Talk", "There is no section `## Discuss`"),
        ("- What would you ask first?", "What would you ask first?", "The section `## Discuss` is no list"),
        ("- What would you ask first?\n", "", "The section `## Discuss` is empty"),
        ("## Plan", "Hello.\n\n## Plan", "There is text before the first section"),
        ("[IL-01]", "[IL-99]", "The register has no fact IL-99"),
        ("## Plan", "---\nid: x\n---\n## Plan", "A guide has no front matter"),
    ],
)
def test_each_fault_of_a_guide_is_told(old: str, new: str, what: str) -> None:
    assert what in told(guide_faults(GUIDE.replace(old, new, 1), path="g", minutes=30, facts=FACTS))


def test_a_lesson_keeps_its_name_when_only_its_guide_changes() -> None:
    text = lesson("lesson-one", "ONE-1")
    bare = lesson_edition(text, path="one.md", facts=FACTS, today=TODAY)
    guided = lesson_edition(text, path="one.md", facts=FACTS, today=TODAY, guide=GUIDE)
    other = lesson_edition(text, path="one.md", facts=FACTS, today=TODAY, guide=GUIDE.replace("tired", "alert") + "2. Haste.\n")
    assert bare.guide is None
    assert guided.guide is not None
    assert other.guide is not None
    assert bare.hash == guided.hash == other.hash
    assert guided.guide.hash != other.guide.hash
    assert "<table>" in guided.guide.html
    assert "Officers say" not in guided.rendered.html


def test_a_practical_is_read_in_two_parts() -> None:
    found = practical_edition(PRACTICAL, path="desk.md", facts=FACTS, today=TODAY)
    assert found.faults == ()
    assert found.practical is not None
    assert found.practical.pass_share == 80_000
    assert [one.points for one in found.practical.criteria] == [2, 3]
    assert "Fictional paper" in found.officer_html
    assert "You are tired" not in found.officer_html
    assert "You are tired" in found.staff_html
    assert found.facts == ("IL-01",)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("minutes: 60", "minutes: none", "`minutes` is not a whole number of at least 1"),
        ('pass_share: "80"', 'pass_share: "180"', "`pass_share` is not a decimal text between 0 and 100"),
        ("points: 3,", "points: 0,", "`points` is not a whole number of at least 1"),
        ("id: C2", "id: C1", "Two criteria are called C1"),
        ("critical: false", "critical: no one", "`critical` is neither true nor false"),
        ("## For raters", "## For judges", "There is no section `## For raters`"),
        ("facts: [IL-01]", "facts: [IL-02]", "IL-01 is cited and not listed"),
        ("review_by: 2027-05-22", "review_by: 2026-11-22", "`review_by` (2026-11-22) does not lie after `law_as_of` (2026-11-22)"),
        ("A paper.\n", '```check\nid = "X"\n```\n', "A practical holds a check"),
    ],
)
def test_each_fault_of_a_practical_is_told(old: str, new: str, what: str) -> None:
    assert what in told(practical_edition(PRACTICAL.replace(old, new, 1), path="desk.md", facts=FACTS, today=TODAY).faults)


def test_a_practical_without_mock_documents_will_do() -> None:
    text = PRACTICAL.replace("## Mock documents\n\n> Fictional paper of Palmetto County\n\n", "")
    assert practical_edition(text, path="desk.md", facts=FACTS, today=TODAY).faults == ()


def test_a_drawing_is_written_anew_and_shown_with_its_words() -> None:
    svg, faults = diagram_from(SVG, identity="two", path="two.svg")
    assert faults == []
    assert "Warrant &amp; paper" in svg
    text = f"## One\n\n{FIGURE}\nAfter.\n"
    html = render(text, facts=FACTS, blocks=blocks_in(text, path="x")[0], diagrams={"two": svg}).html
    assert '<svg role="img" aria-label="The two papers." viewBox="0 0 720 200">' in html
    assert "<p>Two boxes side by side.</p>" in html
    assert "<figcaption>The two papers.</figcaption>" in html


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("<rect ", "<script>alert(1)</script><rect ", "A drawing may not hold <script>"),
        ("<rect ", "<image/><rect ", "A drawing may not hold <image>"),
        ('x="10"', 'style="fill:red"', "A drawing may not use `style` on <rect>"),
        ('x="10"', 'onload="x"', "A drawing may not use `onload` on <rect>"),
        ('class="d-text"', 'class="red"', "Nobody knows the class `red`"),
        ('id="two-tip"', 'id="tip"', "The id `tip` could stand twice on a page"),
        ("url(#two-tip)", "url(https://example.com)", "`marker-end` points to `url(https://example.com)`"),
        ('x="10"', 'x="javascript:1"', "`x` holds `javascript:1`"),
        ("<desc>A box on the left and a box on the right.</desc>", "", "The drawing has no <desc>"),
        ('viewBox="0 0 720 200"', 'width="720"', "The drawing has no viewBox from 0 0"),
        ("<svg", "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg", "The drawing declares a document type"),
        ("</svg>", "", "The drawing cannot be read: no element found"),
        ("<rect ", "loose <rect ", "There is text outside <text>, <title> and <desc>"),
    ],
)
def test_each_fault_of_a_drawing_is_told(old: str, new: str, what: str) -> None:
    assert what in told(diagram_from(SVG.replace(old, new, 1), identity="two", path="two.svg")[1])


def test_a_diagram_that_is_not_there_is_told_on_its_line_and_not_shown() -> None:
    text = lesson("lesson-one", "ONE-1", body=FIGURE)
    faults = lesson_from(text, path="x", facts=FACTS, today=TODAY).faults
    line = next(at for at, one in enumerate(text.splitlines(), 1) if one == 'id = "two"')
    assert [(fault.line, fault.what) for fault in faults] == [(line, "There is no diagram two")]
    assert "cannot be shown" in lesson_edition(text, path="x", facts=FACTS, today=TODAY).rendered.html
    assert lesson_from(text, path="x", facts=FACTS, today=TODAY, diagrams={"two"}).faults == ()


def test_the_grade_of_a_text_grows_with_its_sentences_and_words() -> None:
    easy = ["The deputy reads the paper.", "", "She makes a call."]
    hard = ["Notwithstanding jurisdictional considerations, administrative determinations necessitate comprehensive documentation."]
    assert reading_grade(easy) < 4
    assert reading_grade(hard) > 20
    assert reading_grade(["# Notwithstanding jurisdictional considerations", "| Administrative | determinations |"]) == 0
    assert [syllables(word) for word in ("jail", "made", "table", "authority", "wanted", "served")] == [1, 1, 2, 4, 2, 1]


def test_a_lesson_that_reads_too_hard_is_told() -> None:
    hard = "Notwithstanding administrative determinations, jurisdictional considerations necessitate individualized documentation. " * 9
    faults = lesson_from(lesson("lesson-one", "ONE-1", body=hard), path="x", facts=FACTS, today=TODAY).faults
    assert any(what.startswith("The text reads at grade") for what in told(faults))


DAYS = """
day_minutes = 90
practicals = ["desk"]
"""
TWO_DAYS = """
[[day]]
number = 1
title = "The second paper"
lessons = ["lesson-two"]
exams = ["mini-final"]

[[day]]
number = 2
title = "The first paper"
lessons = ["lesson-one"]
practicals = ["desk"]
"""


def days(folder: Path) -> Path:
    """The small program laid out by two days of ninety minutes, with its modules in another order than its days."""
    write_program(folder)
    (folder / "courses/practicals").mkdir()
    (folder / "courses/practicals/desk.md").write_text(PRACTICAL)
    change(folder, COURSE, "hours = 1\n", f"hours = 3\n{DAYS}")
    path = folder / COURSE
    path.write_text(path.read_text() + TWO_DAYS)
    return folder


def read(folder: Path) -> tuple[Tree, list[Fault]]:
    return tree_in(folder / "courses", today=TODAY, banks=questions_in(folder / "question_banks"), reader=edition)


def test_a_course_by_days_adds_up_and_is_taken_in_their_order(tmp_path: Path) -> None:
    tree, faults = read(days(tmp_path))
    assert faults == []
    manifest = manifest_of(tree.courses[0], tree)
    assert [lesson["id"] for lesson in lessons_of(manifest)] == ["lesson-two", "lesson-one"]
    assert total_minutes(manifest) == 180
    assert [(one["id"], one["day"], one["pass_share"]) for one in manifest["practicals"]] == [("desk", 2, 80_000)]
    assert [exam["day"] for exam in manifest["exams"]] == [1]
    assert (lessons_until(manifest, 1), lessons_until(manifest, 0)) == (("lesson-two",), ()), "an exam waits for the lessons up to its day"
    assert [module["day"] for module in manifest["modules"]] == [1, 1]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('lessons = ["lesson-two"]\n', "", "The lesson lesson-two stands on no day"),
        ('lessons = ["lesson-one"]', 'lessons = ["lesson-one", "lesson-two"]', "The lesson lesson-two stands on 2 days"),
        ('lessons = ["lesson-one"]', 'lessons = ["lesson-nine"]', "Day 2 names the lesson lesson-nine, which the course does not hold"),
        ("number = 2", "number = 3", "Day 3 stands where day 2 belongs"),
        ("day_minutes = 90", "day_minutes = 60", "Day 1 takes 90 minutes, and a day of this course has 60"),
        ("day_minutes = 90\n", "", "`day_minutes` and [[day]] go together"),
        ("hours = 3", "hours = 2", "The lessons, practicals and exams take 180 minutes, and 2 hours are 120"),
        ('practicals = ["desk"]\n', 'practicals = ["door"]\n', "There is no practical door that can be read"),
    ],
)
def test_each_fault_of_a_course_by_days_is_told(tmp_path: Path, old: str, new: str, what: str) -> None:
    days(tmp_path)
    change(tmp_path, COURSE, old, new)
    assert what in told(read(tmp_path)[1])


def test_a_course_may_take_some_lessons_of_a_module(tmp_path: Path) -> None:
    write_program(tmp_path)
    change(tmp_path, COURSE, 'id = "second"\nday = 1', 'id = "second"\nlessons = ["lesson-nine"]')
    assert "The module second has no lesson lesson-nine" in told(read(tmp_path)[1])
    change(tmp_path, COURSE, "lesson-nine", "lesson-two")
    tree, faults = read(tmp_path)
    assert faults == []
    (found, library) = reports(tree, questions_in(tmp_path / "question_banks"))
    assert (found.lessons, library.lessons, found.fewest_questions) == (2, 2, 0)
    assert "2 modules, 2 lessons" in found.text


def test_a_course_of_no_single_model_is_one(tmp_path: Path) -> None:
    write_program(tmp_path)
    change(tmp_path, COURSE, 'program_model = "WSO"', 'program_model = ""\nform = "refresher"')
    tree, faults = read(tmp_path)
    assert faults == []
    assert (tree.courses[0].program_model, tree.courses[0].form) == ("", "refresher")


def test_a_guide_beside_no_lesson_and_a_practical_by_another_name_are_told(tmp_path: Path) -> None:
    days(tmp_path)
    (tmp_path / LESSON).with_name("09-lost.guide.md").write_text(GUIDE)
    (tmp_path / "courses/practicals/desk.md").rename(tmp_path / "courses/practicals/door.md")
    found = told(read(tmp_path)[1])
    assert "This guide stands beside no lesson" in found
    assert "The id `desk` is not the file's name `door`" in found
