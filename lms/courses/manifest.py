"""The manifest of a course revision: everything that a class is pinned to, as plain JSON."""

from collections.abc import Mapping
from typing import Any

from lms.courses.course import Course
from lms.courses.edition import Edition
from lms.courses.source import Module, Tree
from lms.kernel.canonical import content_hash

Manifest = Mapping[str, Any]


def manifest_of(course: Course, tree: Tree) -> dict[str, Any]:
    """The manifest of `course`, without its number."""
    return {
        "id": course.id,
        "title": course.title,
        "program_model": course.program_model,
        "summary": course.summary,
        "hours": course.hours,
        "minimum_active_share": course.minimum_active_share,
        "subjects": list(course.subjects),
        "law_as_of": course.law_as_of.isoformat(),
        "modules": [_module_entry(tree.modules[place.id], place.day) for place in course.modules],
        "exams": [exam.content() for exam in course.exams],
    }


def _module_entry(module: Module, day: int) -> dict[str, Any]:
    return {
        "id": module.id,
        "title": module.title,
        "subject": module.subject,
        "day": day,
        "terminal_objective": module.terminal_objective,
        "evaluation": module.evaluation,
        "intro_html": module.intro_html,
        "lessons": [lesson_entry(edition) for edition in module.lessons],
    }


def lesson_entry(edition: Edition) -> dict[str, Any]:
    """What the manifest says of one lesson."""
    lesson = edition.lesson
    if lesson is None:
        message = "A lesson without front matter has no place in a course."
        raise ValueError(message)
    return {
        "id": lesson.id,
        "hash": edition.hash,
        "title": lesson.title,
        "minutes": lesson.minutes.content(),
        "objectives": [{"id": objective.id, "text": objective.text} for objective in lesson.objectives],
    }


def with_lesson(manifest: Manifest, edition: Edition) -> dict[str, Any]:
    """`manifest` with the entry of `edition`'s lesson replaced, and without its number."""
    entry = lesson_entry(edition)
    changed = {key: value for key, value in manifest.items() if key != "number"}
    changed["modules"] = [
        {**module, "lessons": [entry if lesson["id"] == entry["id"] else lesson for lesson in module["lessons"]]}
        for module in manifest["modules"]
    ]
    return changed


def lessons_of(manifest: Manifest) -> list[Mapping[str, Any]]:
    """Every lesson entry in the order of the course."""
    return [lesson for module in manifest["modules"] for lesson in module["lessons"]]


def total_minutes(manifest: Manifest) -> int:
    """The stated minutes of the whole course."""
    return sum(sum(lesson["minutes"].values()) for lesson in lessons_of(manifest))


def name_of(manifest: Manifest) -> str:
    """The name of the revision with this numbered manifest."""
    return content_hash(manifest)
