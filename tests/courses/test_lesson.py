"""Reading one lesson: its values, and every fault on its line."""

import pytest

from lms.courses.lesson import Reading, lesson_from
from lms.facts.source import register_from
from tests.support.writing import TODAY, check, lesson, register, scenario

FACTS, _ = register_from(register(), path="facts.toml", today=TODAY)


def read(text: str) -> Reading:
    return lesson_from(text, path="lesson.md", facts=FACTS, today=TODAY)


def changed(old: str, new: str, text: str | None = None) -> tuple[Reading, int]:
    """The lesson with `old` replaced, and the line on which it stood."""
    text = lesson("lesson-one", "ONE-1") if text is None else text
    assert old in text
    return read(text.replace(old, new, 1)), text[: text.index(old)].count("\n") + 1


def told(reading: Reading) -> list[tuple[int, str]]:
    return [(fault.line, fault.what) for fault in reading.faults]


def test_a_lesson_without_faults_is_read_whole() -> None:
    reading = read(lesson("lesson-one", "ONE-1", body=scenario()))
    assert reading.faults == ()
    found = reading.lesson
    assert found is not None
    assert (found.id, found.title, found.minutes.total, found.facts) == ("lesson-one", "Title of lesson-one", 30, ("IL-01",))
    assert [(one.id, one.text, one.line) for one in found.objectives] == [("ONE-1", "Name the one thing.", 5)]
    assert [one.id for one in found.checks] == ["CHK-ONE-1-1"]
    assert [len(one.scenes) for one in found.scenarios] == [6]
    assert found.has_case


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("title: Title of lesson-one\n", "", "no `title`"),
        ("evaluation: Check", "evaluations: Check", "Nobody knows the key `evaluations`"),
        ("id: lesson-one", "id: lesson one", "is not a permanent id"),
        ("    text: Name the one thing.\n", "", "no `text`"),
        ("minutes: {reading: 1, instruction: 0, laboratory: 0, practice: 29}", "minutes: 30", "does not name its kinds"),
        ("practice: 29", 'practice: "29"', "not a whole number"),
        ("law_as_of: 2026-11-22", "law_as_of: 2026-11-23", "lies in the future"),
        ("facts: [IL-01]", "facts: [IL-01, IL-02]", "IL-02 is listed and never cited"),
        ("facts: [IL-01]", "facts: []", "IL-01 is cited and not listed"),
        ("facts: [IL-01]", "facts: [IL-01, IL-01]", "IL-01 is listed twice"),
        ("reading: 1,", "reading: 9,", "do not fit"),
        ("## What the paper says", "# What the paper says", "heading of the first level"),
        ("## What the paper says", "What the paper says\n===", "heading of the first level"),
        ("## What the paper says", "### What the paper says", "skips from level 1 to level 3"),
        ("The deputy reads", "<b>The deputy</b> reads", "holds HTML"),
        ("The deputy reads", "The deputy <!-- hidden --> reads", "holds HTML"),
        ("The deputy reads", "See https://example.org and", "holds the address https://example.org"),
        ("The deputy reads", "See [this](page.html) and", "holds a link"),
        ("The deputy reads", "See ![a picture](page.png) and", "Pictures cannot be shown"),
        ("It rests on the statute [IL-01]", "It rests on the statute [IL-01] [IL-99]", "no fact IL-99"),
        ("It rests on the statute [IL-01]", "It rests on the statute [IL-01] [IL-02, IL-01]", "is not a citation"),
        ("It rests on the statute [IL-01]", "It rests on the statute [IL-01] [OLD-01]", "superseded"),
        ("??? question", "??? danger", "Nobody knows a box called `danger`"),
        ("```check", "```chekc", "Nobody knows a block called `chekc`"),
        ("```check", "  ```check", "is indented"),
        ('objective = "ONE-1"', 'objective = "TWO-1"', "no objective of this lesson"),
        ("correct = true\n", "", "not exactly one correct choice"),
        ('feedback = "Yes [IL-01]."', 'feedback = "Yes."', "rests on no fact"),
        ('feedback = "Yes [IL-01]."', 'feedback = "Yes [IL-02.1]."', "rests on a contested fact"),
        ('feedback = "Yes [IL-01]."', 'feedback = "Yes [CR-14]."', "without naming the court"),
        ('prompt = "What comes first?"', "prompt = What", "cannot be read as TOML"),
    ],
)
def test_a_fault_is_told(old: str, new: str, what: str) -> None:
    reading, _ = changed(old, new)
    assert [fault.what for fault in reading.faults if what in fault.what], reading.faults


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("law_as_of: 2026-11-22", "law_as_of: 2026-11-23", "lies in the future"),
        ("    text: Name", "    txt: Name", "no `text`"),
        ("facts: [IL-01]", "facts: []", "IL-01 is cited and not listed"),
        ("The deputy reads", "<b>The deputy</b> reads", "holds HTML"),
        ("```check", "```chekc", "Nobody knows a block"),
        ('objective = "ONE-1"', "objective = ONE", "cannot be read as TOML"),
    ],
)
def test_the_line_of_a_fault_is_exact(old: str, new: str, what: str) -> None:
    reading, line = changed(old, new)
    expected = {"no `text`": line - 1}.get(what, line)
    assert expected in [fault.line for fault in reading.faults if what in fault.what]


def test_one_bad_line_hides_no_other() -> None:
    text = lesson("lesson-one", "ONE-1").replace("law_as_of: 2026-11-22", "law_as_of: soon").replace("## What", "# What")
    text = text.replace('text = "Read the paper."', "text = ")
    found = [fault.what for fault in read(text).faults]
    assert len([one for one in found if "is not a date" in one or "first level" in one or "TOML" in one]) == 3


def test_an_unreadable_front_matter_is_told_and_the_text_is_looked_at_all_the_same() -> None:
    reading, line = changed("title: Title of lesson-one", "title: one: two: three")
    assert reading.lesson is None
    assert (line, True) in [(fault.line, "cannot be read" in fault.what) for fault in reading.faults]
    again, _ = changed("title: Title of lesson-one", "title: one: two", lesson("lesson-one", "ONE-1").replace("## What", "# What"))
    assert any("first level" in fault.what for fault in again.faults)


@pytest.mark.parametrize("text", ["", "Only text.\n", "---\n- a\n- b\n---\nText.\n", "---\nid: x\nText.\n", "---\nid: [\n---\nText.\n"])
def test_a_file_that_is_no_lesson_is_told(text: str) -> None:
    reading = read(text)
    assert reading.lesson is None
    assert reading.faults


def test_a_key_written_twice_is_told() -> None:
    reading, line = changed("title: Title of lesson-one", "title: One\ntitle: Two")
    assert (line + 1, "The key `title` stands twice") in told(reading)


def test_a_block_never_closed_is_told_where_it_opens() -> None:
    text = lesson("lesson-one", "ONE-1").rstrip().removesuffix("```")
    reading = read(text)
    assert any(fault.what == "This block is never closed" and fault.line == 24 for fault in reading.faults), told(reading)


def test_checks_whose_correct_choice_is_mostly_the_longest_are_told() -> None:
    long = 'text = "Read the paper twice, then call the supervisor."'
    checks = "\n".join(check(f"CHK-{n}", "ONE-1").replace('text = "Read the paper."', long) for n in range(4))
    reading = read(lesson("lesson-one", "ONE-1").replace(check("CHK-ONE-1-1", "ONE-1"), checks))
    assert [fault.what for fault in reading.faults] == ["In 60 percent or more of the checks the correct choice is the longest"]


def test_a_lesson_without_checks_is_told() -> None:
    reading = read(lesson("lesson-one", "ONE-1").replace(check("CHK-ONE-1-1", "ONE-1"), ""))
    assert [fault.what for fault in reading.faults] == ["The lesson has no check of understanding"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('to = "called"', 'to = "calling"', "there is no such scene"),
        ('to = "called"', 'to = "guessed"', "No choice leads to the scene `called`"),
        ('to = "sound"', 'to = "read"', "No choice leads to the scene `sound`"),
        ('ending = "sound"', 'ending = "fine"', "`ending` is `fine`"),
        ('ending = "sound"\n', "", "either choices or an ending"),
        ('id = "guessed"', 'id = "ignored"', "Two scenes are called `ignored`"),
        ('id = "guessed"', 'id = "Guessed"', "is not the id of a scene"),
        ('title = "The paper at noon"\n', "", "no `title`"),
        ('text = "Guess."\n', "", "no `text`"),
        ('[[scene]]\nid = "read"', '[[moment]]\nid = "read"', "Nobody knows the table [[moment]]"),
        ('text = """The supervisor answers."""', 'text = """The supervisor answers.', "cannot be read as TOML"),
    ],
)
def test_a_scenario_that_cannot_be_played_is_told(old: str, new: str, what: str) -> None:
    text = lesson("lesson-one", "ONE-1", body=scenario())
    reading, _ = changed(old, new, text)
    assert [fault for fault in reading.faults if what in fault.what], told(reading)
    assert reading.lesson is not None
    assert reading.lesson.scenarios == ()


def test_a_scenario_with_too_few_scenes_and_endings_is_told() -> None:
    short = '```scenario\nid = "S"\ntitle = "T"\n[[scene]]\nid = "start"\ntext = "Over."\nending = "sound"\n```\n'
    found = [fault.what for fault in read(lesson("lesson-one", "ONE-1", body=short)).faults]
    assert found == ["The scenario has 1 scenes", "The scenario lacks endings"]


def test_from_every_scene_an_ending_can_be_reached() -> None:
    text = scenario().replace('ending = "sound"', '[[scene.choice]]\ntext = "Again."\nto = "called"')
    found = read(lesson("lesson-one", "ONE-1", body=text)).faults
    assert {fault.what for fault in found if "no ending can be reached" in fault.what} == {
        "From the scene `called` no ending can be reached",
        "From the scene `sound` no ending can be reached",
    }
