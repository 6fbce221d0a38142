"""The content that ships: complete, sound, and enough for every paper that the exam draws."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser

import pytest

from lms.courses import edition
from lms.courses.course import SUBJECTS
from lms.courses.edition import Edition
from lms.courses.source import Tree, tree_in
from lms.facts.faults import Fault, refusing
from lms.facts.rules import key_is_longest, why_not_scored
from lms.facts.source import Status
from lms.facts.standing import objectives_in, questions_in
from lms.kernel.content import banks_root, courses_root
from lms.questions.source import Bank, banks_in
from tests.support.writing import TODAY

LESSONS = sorted(path for path in (courses_root() / "modules").glob("*/[0-9][0-9]-*.md") if not path.name.endswith(".guide.md"))


@cache
def shipped() -> tuple[Tree, tuple[Fault, ...]]:
    tree, faults = tree_in(courses_root(), today=TODAY, banks=questions_in(banks_root()), reader=edition)
    return tree, tuple(faults)


@cache
def banks() -> tuple[tuple[Bank, ...], tuple[Fault, ...]]:
    found, faults = banks_in(banks_root(), facts=shipped()[0].facts, objectives=objectives_in(courses_root()), today=TODAY)
    return found, tuple(faults)


def editions() -> list[Edition]:
    return [one for module in shipped()[0].modules.values() for one in module.lessons]


def library() -> Bank:
    return next(bank for bank in banks()[0] if bank.id == "library")


def test_the_courses_have_no_fault() -> None:
    assert "\n".join(str(fault) for fault in refusing(shipped()[1])) == ""


def test_the_question_banks_have_no_fault() -> None:
    assert "\n".join(str(fault) for fault in refusing(banks()[1])) == ""


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_lesson_renders_whole(path: object) -> None:
    found = next(one for one in editions() if one.lesson and one.lesson.path == str(path))
    assert found.lesson is not None
    html = found.rendered.html
    assert 4 <= len(found.rendered.checks) <= 6
    assert html.count('<section class="scenario"') == len(found.lesson.scenarios)
    assert set(found.rendered.cited) == set(found.lesson.facts)
    assert "cannot be shown" not in html
    assert not _twice(html), "an id stands twice"
    for heading in ("Practice at the desk", "Remember", "Sources"):
        assert heading in [entry.title for entry in found.rendered.outline]


def _twice(html: str) -> list[str]:
    ids: Counter[str] = Counter()

    class Ids(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            del tag
            ids.update(value or "" for name, value in attrs if name == "id")

    Ids().feed(html)
    return [name for name, count in ids.items() if count > 1]


def test_the_course_is_as_large_as_it_says() -> None:
    tree = shipped()[0]
    (course,) = [course for course in tree.courses if course.id == "wso"]
    lessons = [one.lesson for place in course.modules for one in tree.modules[place.id].lessons if one.lesson]
    assert course.hours == 8
    assert sum(lesson.minutes.total for lesson in lessons) == 480
    assert len(course.modules) >= 8
    assert len(lessons) >= 12
    assert set(course.subjects) == set(SUBJECTS)


def test_every_module_has_a_scenario_or_a_worked_case() -> None:
    for module in shipped()[0].modules.values():
        assert any(one.lesson and one.lesson.has_case for one in module.lessons), module.id


def test_the_bank_is_public_and_large_enough() -> None:
    bank = library()
    assert bank.public
    assert len(bank.questions) >= 120


def test_the_final_asks_forty_questions_and_can_be_drawn_twice_without_overlap() -> None:
    (course,) = [course for course in shipped()[0].courses if course.id == "wso"]
    (exam,) = course.exams
    assert sum(exam.specification.values()) == 40
    left = {question.id: question.objective for question in library().questions}
    first = _drawn(left, exam.specification)
    second = _drawn({name: objective for name, objective in left.items() if name not in first}, exam.specification)
    assert len(first) == len(second) == 40
    assert not first & second


def _drawn(questions: Mapping[str, str], specification: Mapping[str, int]) -> set[str]:
    drawn: set[str] = set()
    for objective, count in specification.items():
        of_it = sorted(name for name, found in questions.items() if found == objective)
        assert len(of_it) >= count, objective
        drawn.update(of_it[:count])
    return drawn


def test_the_exam_mark_is_the_agreements() -> None:
    (course,) = [course for course in shipped()[0].courses if course.id == "wso"]
    (exam,) = course.exams
    assert (exam.cut_score, exam.retakes, exam.shared_share, exam.proctored) == (70_000, 1, 0, True)
    assert course.minimum_active_share == 400


def test_every_objective_is_checked_and_every_objective_of_the_warrant_course_examined() -> None:
    (course,) = [course for course in shipped()[0].courses if course.id == "wso"]
    taught = {objective.id for one in editions() if one.lesson for objective in one.lesson.objectives}
    checked = {check.objective for one in editions() if one.lesson for check in one.lesson.checks}
    assert taught == checked
    of_course = {lesson.id for place in course.modules for one in shipped()[0].modules[place.id].lessons if (lesson := one.lesson)}
    asked = {objective.id for one in editions() if one.lesson and one.lesson.id in of_course for objective in one.lesson.objectives}
    assert asked == set(course.exams[0].specification)


def test_every_lesson_has_a_guide_for_whoever_teaches_it() -> None:
    without = [str(path) for path in LESSONS if not path.with_name(f"{path.stem}.guide.md").exists()]
    assert without == []


def test_the_long_courses_fill_their_days_and_spread_their_exams() -> None:
    for name, days in (("jail-enforcement", 20), ("five-week", 25)):
        (course,) = [one for one in shipped()[0].courses if one.id == name]
        assert (len(course.days), course.hours) == (days, days * 8)
        assert len(course.exams) >= 5


def test_no_question_rests_on_what_is_not_settled() -> None:
    facts = shipped()[0].facts
    for question in library().questions:
        fact = facts[question.fact]
        assert fact.status is Status.SETTLED
        assert why_not_scored(fact.status, fact.jurisdiction, fact.court, stem=question.stem) is None


def test_keys_are_not_told_by_length_or_place() -> None:
    questions = library().questions
    longest = [
        key_is_longest(
            next(choice.text for choice in question.choices if choice.correct),
            [choice.text for choice in question.choices if not choice.correct],
        )
        for question in questions
    ]
    assert sum(longest) * 10 < len(longest) * 4
    places = Counter(next(at for at, choice in enumerate(question.choices) if choice.correct) for question in questions)
    assert len(places) == 4
    assert max(places.values()) * 10 < len(questions) * 4


def test_exam_questions_are_not_the_checks_of_the_lessons() -> None:
    prompts = {check.prompt for one in editions() if one.lesson for check in one.lesson.checks}
    assert not prompts & {question.stem for question in library().questions}


def test_nothing_shipped_shows_a_key() -> None:
    for one in editions():
        shown = one.rendered.html + str(one.rendered.checks)
        for check in one.lesson.checks if one.lesson else ():
            assert check.correct.feedback not in shown
