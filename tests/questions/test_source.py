"""Reading question banks: every fault on its line, and no question hidden by another's."""

from pathlib import Path

import pytest

from lms.facts.faults import Fault
from lms.facts.source import register_from, register_in
from lms.questions.source import Bank, banks_in, questions_from
from tests.support.writing import BANK, QUESTIONS, TODAY, change, line_of, question, register, write_program

FACTS, _ = register_from(register(), path="facts.toml", today=TODAY)


def read(folder: Path) -> tuple[tuple[Bank, ...], list[Fault]]:
    facts, _ = register_in(folder / "courses", today=TODAY)
    return banks_in(folder / "question_banks", facts=facts, objectives={"ONE-1", "TWO-1"}, today=TODAY)


def test_a_bank_without_faults_is_read_whole(tmp_path: Path) -> None:
    banks, faults = read(write_program(tmp_path))
    assert faults == []
    (bank,) = banks
    assert (bank.id, bank.public, len(bank.questions)) == ("mini", True, 4)
    assert [choice.correct for choice in bank.questions[0].choices] == [True, False, False, False]
    alone, faults = banks_in(tmp_path / "question_banks/mini", facts=FACTS, objectives={"ONE-1"}, today=TODAY)
    assert (alone, faults) == (banks, [])


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('citation = "8 U.S.C. 1357(g)(1)"\n', "", "no `citation`"),
        ('citation = "8', 'weight = 2\ncitation = "8', "Nobody knows the key `weight`"),
        ('fact = "IL-01"', 'fact = "IL-99"', "which the register does not have"),
        ('fact = "IL-01"', 'fact = "IL-02.1"', "rests on a contested fact"),
        ('fact = "IL-01"', 'fact = "OLD-01"', "rests on a superseded fact"),
        ('fact = "IL-01"', 'fact = "CR-14"', "without naming the court"),
        ('objective = "ONE-1"', 'objective = "SIX-1"', "no objective of any lesson"),
        ('stem = "Which', 'stem = "" #', "is not a text"),
        ('stem = "Which', "stem = Which", "cannot be read as TOML"),
        ("correct = true", "correct = false", "not exactly one correct choice"),
        ('why = "Mistakes news for law."', "correct = true", "not exactly one correct choice"),
        ('why = "Mistakes news for law."\n', "", "no `why`"),
        ("correct = true\n", 'correct = true\nwhy = "Because."\n', "says why it is plausible"),
        ('text = "Call the newspaper."', 'text = "Read the paper."', "Two choices say the same"),
        ('[[question.choice]]\ntext = "Ask the cook."\nwhy = "Mistakes rank for authority."\n', "", "has 3 choices"),
        ('id = "ONE-1-01"', 'id = "ONE-1-02"', "used twice"),
        ('id = "ONE-1-01"', 'id = "ONE 1"', "is not a permanent id"),
    ],
)
def test_a_fault_is_told_and_hides_no_other_question(tmp_path: Path, old: str, new: str, what: str) -> None:
    write_program(tmp_path)
    change(tmp_path, QUESTIONS, old, new)
    banks, faults = read(tmp_path)
    assert [fault for fault in faults if what in fault.what], faults
    assert {fault.path for fault in faults} == {str(tmp_path / QUESTIONS)}
    assert {"ONE-1-02", "ONE-1-03", "ONE-1-04"} <= {one.id for one in banks[0].questions}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("public = true", 'public = "yes"', "neither true nor false"),
        ('id = "mini"', 'id = "other"', "is not the folder's name"),
        ("law_as_of = 2026-11-22", "law_as_of = 2026-11-23", "lies in the future"),
        ('title = "A small bank"\n', "", "no `title`"),
    ],
)
def test_a_fault_of_the_bank_itself_is_told(tmp_path: Path, old: str, new: str, what: str) -> None:
    write_program(tmp_path)
    change(tmp_path, BANK, old, new)
    banks, faults = read(tmp_path)
    assert banks == ()
    assert [what in fault.what for fault in faults] == [True]


def test_the_line_of_a_fault_is_exact(tmp_path: Path) -> None:
    write_program(tmp_path)
    change(tmp_path, QUESTIONS, 'stem = "Which act comes first (ONE-1-03)?"', "stem = Which")
    assert [fault.line for fault in read(tmp_path)[1]] == [line_of(tmp_path, QUESTIONS, "stem = Which")]


def test_a_question_on_one_courts_holding_may_name_the_court() -> None:
    text = question("ONE-1-01", fact="CR-14", stem="What did the Fourth Circuit hold in the case of the deputies")
    assert questions_from(text, path="q.toml", facts=FACTS, objectives={"ONE-1"})[1] == []


def test_a_file_whose_keys_are_mostly_the_longest_is_told() -> None:
    text = "".join(question(f"Q-{number}") for number in range(4)).replace("Read the paper.", "Read the whole paper before the release.")
    _, faults = questions_from(text, path="q.toml", facts=FACTS, objectives={"ONE-1"})
    assert [fault.what for fault in faults] == ["In 60 percent or more of the questions the correct choice is the longest"]


def test_what_is_no_bank_is_told(tmp_path: Path) -> None:
    assert [fault.what for fault in read(tmp_path)[1]] == ["There is no question bank"]
    write_program(tmp_path)
    (tmp_path / QUESTIONS).write_text('title = "x"\n[[answer]]\ntext = "x"\n')
    found = [fault.what for fault in read(tmp_path)[1]]
    assert len(found) == 3
    assert {"Nobody knows the table [[answer]] here", "The bank holds no questions"} < set(found)


def test_a_question_to_be_tried_out_says_so_and_is_another_edition() -> None:
    text = question("Q-1")
    (plain,), faults = questions_from(text, path="q.toml", facts=FACTS, objectives={"ONE-1"})
    assert faults == []
    tried = text.replace("scenario = false\n", "scenario = false\npilot = true\n")
    (pilot,), faults = questions_from(tried, path="q.toml", facts=FACTS, objectives={"ONE-1"})
    assert faults == []
    assert (plain.pilot, pilot.pilot) == (False, True)
    assert "pilot" not in plain.content()
    assert pilot.content()["pilot"] is True
    assert plain.hash != pilot.hash
    _, (fault,) = questions_from(tried.replace("pilot = true", 'pilot = "yes"'), path="q.toml", facts=FACTS, objectives={"ONE-1"})
    assert "`pilot` is neither true nor false" in fault.what
