"""The rules of the templates are data with sources; a file with faults is refused with all of them."""

from pathlib import Path
from typing import Any

import pytest

from lms.agencies import rule_sets
from lms.agencies.rule_sets import FOLDER, RuleSet, Sourced, rule_set_from, rule_set_of, rule_sets_in, shipped
from lms.courses.course import course_from
from tests.agencies.program import TODAY, rules
from tests.support.writing import COURSE, write_program

WSO = (FOLDER / "wso-2025.toml").read_text(encoding="utf-8")


def faults_of(text: str) -> list[str]:
    found, faults = rule_set_from(text, path="wso-2025.toml")
    assert found is None
    return [str(fault) for fault in faults]


def sourced_values(found: RuleSet) -> list[Sourced[Any]]:
    values = [getattr(found, name) for name in found.__slots__] + [getattr(found.exams, name) for name in found.exams.__slots__]
    return [value for value in values if isinstance(value, Sourced)]


def test_the_templates_of_2025_and_the_older_forms_are_shipped() -> None:
    assert {found.id for found in shipped()} == {"jem-2025", "wso-2025", "tfm-2025", "five-week-2005", "four-week", "influx-2003"}


def test_models_name_seven_two_and_nine_functions() -> None:
    assert [len(rules(name).functions) for name in ("jem-2025", "wso-2025", "tfm-2025")] == [7, 2, 9]


@pytest.mark.parametrize("found", shipped(), ids=lambda found: found.id)
def test_every_value_names_its_source(found: RuleSet) -> None:
    sources = [value.source for value in sourced_values(found)]
    for entries in (found.eligibility, found.notices, found.functions):
        sources += [entry.source for entry in entries]
    assert len(sources) > 10
    assert all(sources)


def test_pass_marks_are_data_and_the_task_force_template_has_none() -> None:
    marks = {name: rules(name).exams.pass_mark.value for name in ("jem-2025", "wso-2025", "tfm-2025")}
    assert marks == {"jem-2025": 70_000, "wso-2025": 70_000, "tfm-2025": None}


def test_the_model_whose_template_names_no_mark_is_the_one_whose_exams_wait_for_it(tmp_path: Path) -> None:
    """R-03: without a mark such a course can be read and kept, and tests/courses/test_pass_marks.py shows that it is not published."""
    write_program(tmp_path)
    text = (tmp_path / COURSE).read_text(encoding="utf-8").replace('cut_score = "70.00"\n', "")
    for name in ("jem-2025", "wso-2025", "tfm-2025"):
        found = rules(name)
        model = text.replace('program_model = "WSO"', f'program_model = "{found.model}"')
        course, faults = course_from(model, path="course.toml", today=TODAY)
        waits = course is not None and course.exams[0].cut_score is None
        assert waits is (found.exams.pass_mark.value is None), faults


def test_a_retake_is_one_in_the_whole_course_under_jem_and_one_for_the_exam_under_wso() -> None:
    jem, wso = rules("jem-2025").exams, rules("wso-2025").exams
    assert (jem.retakes.value, jem.retake_scope.value, jem.scope.value) == (1, "course", "each")
    assert (wso.retakes.value, wso.retake_scope.value, wso.scope.value) == (1, "exam", "final")


def test_authority_lasts_two_years_under_tfm_one_under_the_old_form_and_else_until_revoked() -> None:
    found = {one.id: one.authorization_months.value for one in shipped()}
    assert (found["tfm-2025"], found["four-week"], found["jem-2025"], found["wso-2025"]) == (24, 12, None, None)


def test_a_jem_refresher_is_not_due_before_two_years() -> None:
    assert rules("jem-2025").refresher_not_before_months.value == 24


def test_what_was_kept_with_an_agreement_reads_as_it_did() -> None:
    for found in shipped():
        again, faults = rule_set_of(found.content)
        assert faults == []
        assert again == found
        assert again.hash == found.hash


def test_another_revision_is_added_by_a_file(tmp_path: Path) -> None:
    text = WSO.replace('id = "wso-2025"', 'id = "wso-2027"').replace('revision = "02/15/2025"', 'revision = "01/05/2027"')
    (tmp_path / "wso-2027.toml").write_text(text, encoding="utf-8")
    (found,), faults = rule_sets_in(tmp_path)
    assert faults == []
    assert (found.id, found.revision, found.notice("complaint") is not None, found.notice("none")) == ("wso-2027", "01/05/2027", True, None)


def test_a_file_that_is_not_named_by_its_id_is_told(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(WSO, encoding="utf-8")
    found, (fault,) = rule_sets_in(tmp_path)
    assert found == ()
    assert "is not the file's name" in str(fault)


def test_an_installation_does_not_start_on_broken_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.toml").write_text("id = 1", encoding="utf-8")
    monkeypatch.setattr(rule_sets, "FOLDER", tmp_path)
    with pytest.raises(rule_sets.BrokenRuleSets, match=r"broken\.toml"):
        shipped.__wrapped__()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('model = "WSO"', 'model = "XYZ"', "`model` is `XYZ`"),
        ('basis = "287g"', 'basis = "103a10"', "The basis of WSO is not 103a10 (R-26)"),
        ('title = "Warrant', 'caption = "Warrant', "Nobody knows `caption`"),
        ('title = "Warrant Service Officer, template of February 15, 2025"', 'title = ""', "`title` is not a text"),
        ('id = "wso-2025"', 'id = "WSO 2025"', "is not an id"),
        ('{ value = "70.00"', '{ value = "69.999"', '`pass_mark` is not a percentage such as "70.00"'),
        ('{ value = "70.00"', '{ value = "100.01"', '`pass_mark` is not a percentage such as "70.00"'),
        ('{ value = "70.00"', "{ value = 70", '`pass_mark` is not a percentage such as "70.00"'),
        ("retakes = { value = 1,", "retakes = { value = true,", "`retakes` is not a number of retakes"),
        ('scope = { value = "final"', 'scope = { value = "some"', "`scope` is not one of"),
        ("substitutes = { unstated = true", "substitutes = { unstated = false", "is not true"),
        ("substitutes = { unstated = true", 'substitutes = { value = "yes"', "`substitutes` is not true or false"),
        ('training = { value = "Eight hours, given by ICE"', "training = { value = 8", "`training` is not a text"),
        ('source = "ICE on the Warrant Service Officer model" }', 'source = "" }', "`training` has no source"),
        (', source = "ICE on the Warrant Service Officer model" }', " }", "`training` is not a value with its source"),
        ('kind = "screened"', 'kind = "service"', "Only a test of service has years"),
        ('before = "authorization"', 'before = "lunch"', "`before` is `lunch`"),
        ("hours = 48", "hours = 0", "`hours` is not a whole number above zero"),
        ("hours = 48", "hours = 48\ndays = 2", "A clock has either hours or days"),
        ("without_weekends = true", 'without_weekends = "yes"', "is neither true nor false"),
        ('id = "removal-warrants"', 'id = "arrest-warrants"', "stands twice"),
        ("[exams]\nscope", "[exam]\nscope", "`exams` is missing"),
        ('[[notice]]\nid = "citizenship-claim"', '[[notices]]\nid = "citizenship-claim"', "Nobody knows `notices`"),
        ('id = "wso-2025"', 'id = "wso-2025', "cannot be read as TOML"),
    ],
)
def test_a_fault_is_told_with_the_fix(old: str, new: str, what: str) -> None:
    assert old in WSO
    assert any(what in fault and "Fix: " in fault for fault in faults_of(WSO.replace(old, new, 1))), faults_of(WSO.replace(old, new, 1))


def test_a_fault_is_told_on_its_line() -> None:
    wrong = 'id = "Removal"'
    text = WSO.replace('id = "removal-warrants"', wrong)
    (fault,) = faults_of(text)
    assert fault.startswith(f"wso-2025.toml:{text.splitlines().index(wrong) + 1}: ")


def test_a_template_names_functions_in_a_list() -> None:
    head = WSO[: WSO.index("[[function]]")]
    assert any("names no function" in fault for fault in faults_of(head))
    assert any("is not a list of tables" in fault for fault in faults_of(head + '[function]\nid = "one"\n'))
