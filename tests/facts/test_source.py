"""The register of law as it is read from its file."""

import pytest

from lms.facts.faults import Fault, refusing
from lms.facts.located import document
from lms.facts.source import Status, register_from
from tests.support.writing import TODAY, fact, register


def read(text: str) -> tuple[list[str], list[Fault]]:
    facts, faults = register_from(text, path="facts.toml", today=TODAY)
    return list(facts), faults


def test_a_register_without_faults_gives_every_fact() -> None:
    facts, faults = register_from(register(), path="facts.toml", today=TODAY)
    assert faults == []
    assert [*facts] == ["IL-01", "IL-02", "IL-02.1", "CR-14", "OLD-01"]
    assert facts["CR-14"].court == "4th Cir."
    assert facts["OLD-01"].status is Status.SUPERSEDED


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('citation = "8 U.S.C. 1357(g)(1)"\n', "", 1, "no `citation`"),
        ('source = "primary"', 'source = "primary"\nmood = "good"', 9, "Nobody knows the key `mood`"),
        ('status = "settled"', 'status = "certain"', 5, "`status` is `certain`"),
        ("as_of = 2026-11-01", "as_of = 2027-01-01", 9, "lies in the future"),
        ("as_of = 2026-11-01", 'as_of = "2026-11-01"', 9, "is not a date"),
        ('court = ""', 'court = "4th Cir."', 7, "does not go with the jurisdiction"),
        ('statement = "The statement of IL-01."', 'statement = " "', 4, "is not a text"),
        ('id = "IL-01"', 'id = "IL 01"', 2, "is not a permanent id"),
        ('statement = "The statement of IL-01."', 'statement = "The statement', 4, "cannot be read as TOML"),
    ],
)
def test_a_fault_names_its_line_and_hides_no_other_fact(old: str, new: str, line: int, what: str) -> None:
    facts, faults = read(fact("IL-01").replace(old, new) + "\n" + fact("IL-02"))
    assert facts == ["IL-02"]
    assert [(fault.line, what in fault.what) for fault in faults] == [(line, True)]
    assert f"facts.toml:{line}: " in str(faults[0])
    assert "Fix: " in str(faults[0])


def test_an_id_used_twice_is_told_with_its_first_place() -> None:
    facts, faults = read(fact("IL-01") + fact("IL-01"))
    assert facts == ["IL-01"]
    assert [(fault.line, fault.what) for fault in faults] == [(11, "The id IL-01 is used twice (first on line 1)")]


def test_a_review_that_is_late_is_a_warning_and_refuses_nothing() -> None:
    facts, faults = read(fact("IL-01").replace("2027-05-01", "2026-11-21"))
    assert facts == ["IL-01"]
    assert [(fault.line, fault.warning) for fault in faults] == [(10, True)]
    assert refusing(faults) == []


def test_an_empty_register_is_a_fault() -> None:
    assert read("")[1]


def test_every_table_keeps_the_lines_of_its_keys() -> None:
    text = 'id = "x"\n\n[[scene]]\nid = "a"\n[[scene.choice]]\ntext = "t"\nto = "b"\n[[scene.choice]]\nto = "c"\n'
    found = document(text, path="f", first_line=10)
    (scene,) = found.called("scene")
    assert found.head.lines == {"id": 10}
    assert (scene.line, dict(scene.lines)) == (12, {"id": 13})
    assert [(way.line, dict(way.lines), way.values["to"]) for way in scene.nested["choice"]] == [
        (14, {"text": 15, "to": 16}, "b"),
        (17, {"to": 18}, "c"),
    ]


def test_a_quote_left_open_ends_with_its_table() -> None:
    found = document('[[a]]\ntext = """open\n[[a]]\ntext = "closed"\n', path="f")
    assert [table.values for table in found.called("a")] == [{"text": "closed"}]
    assert [fault.line for fault in found.faults] == [2]
