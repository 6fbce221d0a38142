"""Reading questions of every type: what is stored, and each fault on its line with what to do."""

from pathlib import Path

import pytest

from lms.facts.source import register_from
from lms.questions.items import ItemType
from lms.questions.source import Question, questions_from
from tests.support.writing import TODAY, register

FACTS, _ = register_from(register(), path="facts.toml", today=TODAY)
HEAD = """[[question]]
id = "{id}"
objective = "ONE-1"
fact = "IL-01"
difficulty = "easy"
scenario = false
stem = "What of {id}?"
rationale = "The statute says so."
citation = "8 U.S.C. 1357(g)(1)"
"""
CHOICE = '[[question.choice]]\ntext = "{text}"\n{more}\n'
RIGHT, WRONG = "correct = true", 'why = "A mistake."'
BODIES = {
    "multiple": 'type = "multiple"\npartial = true\n'
    + "".join(CHOICE.format(text=text, more=more) for text, more in (("a", RIGHT), ("b", RIGHT), ("c", WRONG), ("d", WRONG))),
    "true-false": 'type = "true-false"\nanswer = false\nwhy = "A mistake."\n',
    "ordering": 'type = "ordering"\norder = ["one", "two", "three"]\n',
    "matching": 'type = "matching"\nothers = ["left over"]\n'
    + "".join(f'[[question.pair]]\nleft = "l{n}"\nright = "r{n}"\n' for n in range(3)),
    "numeric": 'type = "numeric"\nanswer = "48"\ntolerance = "0.5"\nunit = "hours"\n',
    "short": 'type = "short"\naccepted = ["I-205", "205"]\n',
    "written": 'type = "written"\nmodel = "In full."\n'
    '[[question.criterion]]\nid = "a"\ntext = "Says a"\npoints = 2\n[[question.criterion]]\nid = "b"\ntext = "Says b"\npoints = 3\n',
}
SCENE = '[[scenario]]\nid = "SCENE"\ntext = "A deputy stands there."\n\n'


def read(text: str) -> tuple[list[Question], list[str]]:
    found, faults = questions_from(text, path="q.toml", facts=FACTS, objectives={"ONE-1", "TWO-1"})
    return found, [str(fault) for fault in faults]


def written(name: str, identity: str = "ONE-1-01") -> str:
    return HEAD.format(id=identity) + BODIES[name]


@pytest.mark.parametrize("name", sorted(BODIES))
def test_every_type_is_read_and_stored_under_its_type(name: str) -> None:
    found, faults = read(written(name))
    assert faults == []
    (question,) = found
    assert question.type is ItemType(name)
    assert question.content()["type"] == name
    assert question.content().get("points") == (5000 if name == "written" else None)


def test_true_or_false_keeps_why_only_the_wrong_word() -> None:
    (question,), _ = read(written("true-false"))
    assert [(one.text, one.correct, one.why) for one in question.choices] == [("True", False, "A mistake."), ("False", True, "")]


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        ("multiple", 'type = "multiple"', 'type = "many"', "`type` is `many`"),
        ("multiple", RIGHT, WRONG, "0 of 4 choices are correct"),
        ("multiple", 'text = "a"', 'text = "b"', "Two choices say the same"),
        ("multiple", "partial = true", 'partial = "yes"', "neither true nor false"),
        ("true-false", "answer = false\n", "", "has no `answer`"),
        ("true-false", 'why = "A mistake."\n', "", "has no `why`"),
        ("ordering", ', "three"', "", "has 2 lines"),
        ("ordering", '"two"', '"one"', "Two lines say the same"),
        ("ordering", "order = ", "choice = ", "has no `order`"),
        ("matching", 'right = "r1"', 'right = "r2"', "Two lines say the same on the right"),
        ("matching", '"left over"', '"r0"', "Two lines say the same on the right"),
        ("matching", 'left = "l1"\n', "", "The pair has no `left`"),
        ("numeric", '"48"', "48.0", "not a decimal text"),
        ("numeric", '"48"', '"NaN"', "not a decimal text"),
        ("numeric", '"48"', '"4e1"', "not a decimal text"),
        ("numeric", '"0.5"', '"-1"', "below zero"),
        ("numeric", 'unit = "hours"', "partial = true", "Nobody knows the key `partial`"),
        ("short", '["I-205", "205"]', "[]", "No answer is accepted"),
        ("short", '"205"', '"i-205"', "stands twice"),
        ("written", "points = 2", "points = 0", "not a whole number of at least 1"),
        ("written", "points = 2", "points = 21", "worth 21 points"),
        ("written", 'id = "b"', 'id = "a"', "Two criteria have one id"),
        ("written", 'model = "In full."\n', "", "has no `model`"),
        ("short", 'type = "short"', 'type = "short"\npoints = 50', "worth 50 points"),
        ("short", 'type = "short"', 'type = "short"\npart_of = "NONE"', "this file has no such scenario"),
    ],
)
def test_a_fault_of_a_type_is_told_with_its_line_and_what_to_do(name: str, old: str, new: str, what: str) -> None:
    text = written(name).replace(old, new)
    assert text != written(name)
    _, faults = read(text)
    (told,) = [fault for fault in faults if what in fault]
    assert told.startswith("q.toml:")
    assert "Fix: " in told


def test_the_questions_of_a_scenario_carry_its_text_and_their_place() -> None:
    parts = [written(name, f"ONE-1-0{n}").replace("type =", 'part_of = "SCENE"\ntype =') for n, name in enumerate(("short", "numeric"), 1)]
    found, faults = read(SCENE + "".join(parts))
    assert faults == []
    place = {"group": "SCENE", "parts": 2, "text": "A deputy stands there."}
    assert [dict(one.setting) for one in found] == [place | {"part": 1}, place | {"part": 2}]


def test_a_scenario_needs_two_questions_of_one_objective() -> None:
    alone = written("short").replace("type =", 'part_of = "SCENE"\ntype =')
    assert [fault for fault in read(SCENE + alone)[1] if "has 1 question(s)" in fault]
    other = alone.replace("ONE-1-01", "ONE-1-02").replace('objective = "ONE-1"', 'objective = "TWO-1"')
    assert [fault for fault in read(SCENE + alone + other)[1] if "several objectives" in fault]
    assert [fault for fault in read(SCENE + SCENE + alone + other)[1] if "stands twice" in fault]


def test_a_single_choice_question_keeps_the_name_it_always_had() -> None:
    """Shipped questions were published under hashes: another form of the same question would be another edition."""
    choices = (("a", RIGHT), ("b", WRONG), ("c", WRONG), ("d", WRONG))
    (question,), faults = read(HEAD.format(id="ONE-1-01") + "".join(CHOICE.format(text=text, more=more) for text, more in choices))
    assert faults == []
    assert set(question.content()) == {"stem", "choices", "rationale", "citation", "fact", "difficulty", "scenario"}
    assert Path(question.path).name == "q.toml"
