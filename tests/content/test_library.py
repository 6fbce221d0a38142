"""The library as a whole: everything taught once, asked often enough, and nothing made by filling a pattern."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from lms.courses.blocks import blocks_in
from lms.courses.front import page_from
from lms.courses.lint import CITATION, HARDEST_GRADE, prose_lines, reading_grade
from lms.courses.manifest import manifest_of, total_minutes
from lms.facts.rules import key_is_longest
from lms.facts.source import Status
from lms.kernel.content import banks_root, courses_root
from lms.questions.items import ItemType
from lms.questions.source import Question
from tests.content.test_shipped import banks, editions, shipped

WORDS = re.compile(r"[a-z0-9']+")
SENTENCES = re.compile(r"(?<=[.!?])[\"')*_]*\s+|\n\s*\n|\n\s*(?:[-*+>|]|\d+\.)\s|\|")
LONG_SENTENCE = 10
FEWEST_QUESTIONS = 4
NAME_OR_NUMBER = re.compile(r"\b(?:[A-Z][\w'-]*|\d[\w.,:/-]*)\b")
EVERYTHING = re.compile(r"\b(?:all|none|any|both) of (?:the )?(?:above|these answers|them above)\b|\bboth [a-d] and [a-d]\b", re.IGNORECASE)


@cache
def questions() -> tuple[Question, ...]:
    return tuple(question for bank in banks()[0] for question in bank.questions)


def test_every_shipped_bank_is_public_for_a_live_one_never_enters_the_repository() -> None:
    assert {path.parent.name for path in banks_root().glob("*/bank.toml")} == {bank.id for bank in banks()[0] if bank.public}


def test_every_exam_draws_on_the_library_but_the_practice_for_all_types() -> None:
    drawn = {(course.id, exam.bank) for course in shipped()[0].courses for exam in course.exams}
    assert {bank for course, bank in drawn if course != "practice"} == {"library"}
    assert ("practice", "practice") in drawn


def test_the_practice_bank_has_a_question_of_every_type_and_a_scenario() -> None:
    practice = [question for question in questions() if question.id.startswith("PRACTICE-")]
    assert {question.type for question in practice} == set(ItemType)
    assert [question.setting["part"] for question in practice if question.part_of] == [1, 2]


def singles() -> tuple[Question, ...]:
    """The questions with one correct choice of four."""
    return tuple(question for question in questions() if question.type is ItemType.SINGLE)


def test_every_objective_is_taught_by_one_lesson_checked_and_asked_often_enough() -> None:
    taught = Counter(objective.id for one in editions() if one.lesson for objective in one.lesson.objectives)
    checked = {check.objective for one in editions() if one.lesson for check in one.lesson.checks}
    asked = Counter(question.objective for question in questions())
    assert [objective for objective, lessons in taught.items() if lessons != 1] == []
    assert sorted(set(taught) - checked) == []
    assert {objective: asked[objective] for objective in taught if asked[objective] < FEWEST_QUESTIONS} == {}


def test_a_quarter_of_the_questions_put_the_officer_into_a_situation() -> None:
    assert sum(question.scenario for question in questions()) * 4 >= len(questions())


def test_questions_of_every_difficulty_are_there() -> None:
    counted = Counter(question.difficulty for question in questions())
    assert set(counted) == {"easy", "medium", "hard"}
    assert min(counted.values()) * 10 >= len(questions())


def sentences_in(text: str) -> Iterator[str]:
    """The sentences of `text` in lower case without marks, those of ten words or more."""
    for sentence in SENTENCES.split(CITATION.sub(" ", text)):
        words = WORDS.findall(sentence.casefold().replace("\u2019", "'"))
        if len(words) >= LONG_SENTENCE:
            yield " ".join(words)


def repeated(texts: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Sentence to the places that hold it, for those that stand in more than one; `texts` are (place, text)."""
    places: dict[str, set[str]] = {}
    for place, text in texts:
        for sentence in sentences_in(text):
            places.setdefault(sentence, set()).add(place)
    return {sentence: sorted(found) for sentence, found in places.items() if len(found) > 1}


def lesson_texts() -> Iterator[tuple[str, str]]:
    """Each lesson with its running text, its checks and its scenes."""
    for one in editions():
        if one.lesson is None:
            continue
        said = [choice.text + "\n\n" + choice.feedback for check in one.lesson.checks for choice in check.choices]
        said.extend(check.prompt for check in one.lesson.checks)
        for scenario in one.lesson.scenarios:
            said.extend(scene.text for scene in scenario.scenes)
            said.extend(way.text for scene in scenario.scenes for way in scene.ways)
        page = page_from(one.source, path="")
        lines = prose_lines(page.body, blocks_in(page.body, path="")[0], first_line=1)
        yield one.lesson.id, "\n\n".join(["\n".join(text for _, text in lines), *said])


def test_no_long_sentence_stands_in_two_lessons() -> None:
    assert repeated(lesson_texts()) == {}


def test_a_sentence_in_two_places_would_be_found_whatever_its_marks_and_citations() -> None:
    one = "Tell the supervisor at once, and write down the name of whoever answered [IL-01]."
    two = "Nothing else. Tell the supervisor at once and write down the name of *whoever* answered!"
    assert list(repeated([("a", one), ("b", two)])) == ["tell the supervisor at once and write down the name of whoever answered"]
    assert repeated([("a", one), ("a", two)]) == {}


def bare(stem: str) -> str:
    """A stem without the names and numbers that could stand for others."""
    return " ".join(WORDS.findall(NAME_OR_NUMBER.sub(" ", stem).casefold()))


def test_no_stem_is_another_with_other_names_and_numbers() -> None:
    seen: dict[str, list[str]] = {}
    for question in questions():
        seen.setdefault(bare(question.stem), []).append(question.id)
    assert [ids for ids in seen.values() if len(ids) > 1] == []


def test_a_stem_with_other_names_and_numbers_would_be_found() -> None:
    assert bare("Deputy Osei finds 3 papers for Luis. What now?") == bare("Deputy Marsh finds 12 papers for Ana. What now?")
    assert bare("Deputy Osei finds a paper.") != bare("Deputy Osei loses a paper.")


def test_no_choice_stands_for_the_others() -> None:
    choices = [(question.id, choice.text) for question in questions() for choice in question.choices]
    assert [(identity, text) for identity, text in choices if EVERYTHING.search(text)] == []


def longest(found: Iterable[Question]) -> list[bool]:
    """For each question, whether its correct choice is the longest."""
    return [
        key_is_longest(
            next(choice.text for choice in question.choices if choice.correct),
            [choice.text for choice in question.choices if not choice.correct],
        )
        for question in found
    ]


def test_the_correct_choice_is_not_told_by_its_length_in_any_file() -> None:
    files: dict[str, list[Question]] = {}
    for question in singles():
        files.setdefault(question.path, []).append(question)
    shares = {Path(path).name: longest(found) for path, found in files.items()}
    assert {
        name: sum(found) for name, found in shares.items() if len(found) >= FEWEST_QUESTIONS and sum(found) * 10 >= len(found) * 4
    } == {}
    every = longest(singles())
    assert sum(every) * 10 < len(every) * 4


def test_the_correct_choice_stands_in_every_place_about_as_often() -> None:
    places = Counter(next(at for at, choice in enumerate(question.choices) if choice.correct) for question in singles())
    assert len(places) == 4
    assert min(places.values()) * 100 >= len(questions()) * 17
    assert max(places.values()) * 100 <= len(questions()) * 33


def test_what_is_scored_is_settled_and_nothing_superseded_is_cited() -> None:
    facts = shipped()[0].facts
    assert [question.id for question in questions() if facts[question.fact].status is not Status.SETTLED] == []
    cited = {fact for one in editions() for fact in one.rendered.cited}
    practised = {fact for one in shipped()[0].practicals.values() for fact in one.facts}
    assert [fact for fact in sorted(cited | practised) if facts[fact].status is Status.SUPERSEDED] == []


@pytest.mark.parametrize("place", range(3))
def test_every_lesson_reads_at_grade_twelve_or_below(place: int) -> None:
    for one in editions()[place::3]:
        page = page_from(one.source, path="")
        lines = prose_lines(page.body, blocks_in(page.body, path="")[0], first_line=1)
        assert reading_grade(text for _, text in lines) <= HARDEST_GRADE, one.lesson


def test_the_papers_count_what_ships_rightly() -> None:
    tree = shipped()[0]
    lessons = sum(len(module.lessons) for module in tree.modules.values())
    counts = {"modules": len(tree.modules), "lessons": lessons, "facts": len(tree.facts), "questions": sum(1 for _ in questions())}
    readme, changelog = ((courses_root().parent / name).read_text(encoding="utf-8") for name in ("README.md", "CHANGELOG.md"))
    assert f"{counts['modules']} modules and {lessons} lessons" in " ".join(readme.split())
    assert "eighteen practical exercises" in " ".join(readme.split())
    assert len(tree.practicals) == 18
    told = " ".join(changelog.split())
    for said in (f"{counts['modules']} modules and {lessons} lessons", f"{counts['facts']} facts", f"{counts['questions']:,} questions"):
        assert said in told


def test_every_course_adds_up_hour_by_hour() -> None:
    tree = shipped()[0]
    for course in tree.courses:
        manifest = manifest_of(course, tree)
        assert total_minutes(manifest) == course.hours * 60, course.id
        for lesson in (lesson for module in manifest["modules"] for lesson in module["lessons"]):
            assert set(lesson["minutes"]) == {"reading", "instruction", "laboratory", "practice"}


def test_every_practical_is_taken_by_a_course_and_names_objectives_that_are_taught() -> None:
    tree = shipped()[0]
    taught = {objective.id for one in editions() if one.lesson for objective in one.lesson.objectives}
    taken = {one for course in tree.courses for one in course.practicals}
    assert set(tree.practicals) == taken
    for edition in tree.practicals.values():
        assert edition.practical is not None
        assert set(edition.practical.objectives) <= taught
        assert any(criterion.critical for criterion in edition.practical.criteria)
        assert "For raters" in edition.staff_html
        assert "For raters" not in edition.officer_html
