"""The manifest of a course revision: everything that a class is pinned to, as plain JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from lms.courses.assembly import Module
from lms.courses.course import Course, Exam, Place
from lms.courses.edition import Edition, PracticalEdition, introduction
from lms.courses.source import Tree
from lms.kernel.canonical import content_hash

Manifest = Mapping[str, Any]


def manifest_of(course: Course, tree: Tree) -> dict[str, Any]:
    """The manifest of `course`, without its number."""
    short = {"abbreviates": course.abbreviates} if course.abbreviates else {}  # left out elsewhere: other courses keep their names
    return {
        "id": course.id,
        "title": course.title,
        "program_model": course.program_model,
        "form": course.form,
        "summary": course.summary,
        "hours": course.hours,
        "day_minutes": course.day_minutes,
        "minimum_active_share": course.minimum_active_share,
        "subjects": list(course.subjects),
        "law_as_of": course.law_as_of.isoformat(),
        "modules": [_module_entry(tree.modules[place.id], place, course) for place in course.modules],
        "days": [day.content() for day in course.days],
        "retake_scope": course.retake_scope,
        "recorded_score": course.recorded_score,
        "practicals": [practical_entry(tree.practicals[one], course.day_of("practicals", one)) for one in course.practicals],
        "exams": [_exam_entry(exam, course, tree) for exam in course.exams],
        **short,
    }


def _exam_entry(exam: Exam, course: Course, tree: Tree) -> dict[str, Any]:
    reference = {"reference_html": introduction(exam.reference, facts=tree.facts)} if exam.reference else {}
    return {**exam.content(), "day": course.day_of("exams", exam.id), **reference}


def _module_entry(module: Module, place: Place, course: Course) -> dict[str, Any]:
    lessons = [lesson_entry(edition) for edition in module.taken(place)]
    return {
        "id": module.id,
        "title": module.title,
        "subject": module.subject,
        "day": place.day or min((course.day_of("lessons", lesson["id"]) for lesson in lessons), default=0),
        "terminal_objective": module.terminal_objective,
        "evaluation": module.evaluation,
        "intro_html": module.intro_html,
        "lessons": lessons,
    }


def lesson_entry(edition: Edition) -> dict[str, Any]:
    """What the manifest says of one lesson; `guide` is the name of the instructor's guide, empty without one."""
    lesson = edition.lesson
    if lesson is None:
        message = "A lesson without front matter has no place in a course."
        raise ValueError(message)
    return {
        "id": lesson.id,
        "hash": edition.hash,
        "guide": edition.guide.hash if edition.guide else "",
        "title": lesson.title,
        "minutes": lesson.minutes.content(),
        "objectives": [{"id": objective.id, "text": objective.text} for objective in lesson.objectives],
    }


def practical_entry(edition: PracticalEdition, day: int) -> dict[str, Any]:
    """What the manifest says of one practical; `pass_share` in thousandths of a percent point."""
    practical = edition.practical
    if practical is None:
        message = "A practical without front matter has no place in a course."
        raise ValueError(message)
    return {
        "id": practical.id,
        "title": practical.title,
        "hash": edition.hash,
        "minutes": practical.minutes,
        "day": day,
        "objectives": list(practical.objectives),
        "criteria": [criterion.content() for criterion in practical.criteria],
        "pass_share": practical.pass_share,
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


def with_marks(manifest: Manifest, marks: Mapping[str, int]) -> dict[str, Any]:
    """`manifest` with the pass marks of `marks` (exam id to thousandths of a percent point) where an exam has none of its own."""
    exams = [exam if exam["cut_score"] is not None else {**exam, "cut_score": marks.get(exam["id"])} for exam in manifest["exams"]]
    return {**manifest, "exams": exams}


def without_mark(manifest: Manifest) -> list[Mapping[str, Any]]:
    """The exams that nobody has set a pass mark for: R-03 keeps the course from being published."""
    return [exam for exam in manifest["exams"] if exam["cut_score"] is None]


def lessons_of(manifest: Manifest) -> list[Mapping[str, Any]]:
    """Every lesson entry in the order in which officers take them: by day where the course has days, else by module."""
    by_module = [lesson for module in manifest["modules"] for lesson in module["lessons"]]
    if not manifest.get("days"):
        return by_module
    entries = {lesson["id"]: lesson for lesson in by_module}
    return [entries[one] for day in manifest["days"] for one in day["lessons"]]


def lessons_until(manifest: Manifest, day: int) -> tuple[str, ...]:
    """The lessons of the days up to `day`; none for day 0, which says that the course has no days."""
    return tuple(lesson for entry in manifest.get("days", ()) if entry["number"] <= day for lesson in entry["lessons"])


def total_minutes(manifest: Manifest) -> int:
    """The stated minutes of the whole course: lessons and practicals, and exams where the course is laid out by days."""
    return sum(_minutes(manifest))


def _minutes(manifest: Manifest) -> Iterator[int]:
    yield from (sum(lesson["minutes"].values()) for lesson in lessons_of(manifest))
    yield from (practical["minutes"] for practical in manifest.get("practicals", ()))
    if manifest.get("days"):
        yield from (exam["minutes"] for exam in manifest["exams"])


def name_of(manifest: Manifest) -> str:
    """The name of the revision with this numbered manifest."""
    return content_hash(manifest)
