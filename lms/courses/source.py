"""The courses folder: modules, lessons and courses read into frozen values, with every fault of the whole tree."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lms.courses.course import SUBJECTS, Course, Exam, course_from
from lms.courses.edition import Edition, introduction_faults
from lms.courses.front import page_from
from lms.courses.lesson import Lesson
from lms.courses.renderer import Reader
from lms.facts.faults import Fault
from lms.facts.source import Fact, Register, register_in
from lms.facts.standing import Counts
from lms.kernel.errors import Refusal

MODULE_KEYS = ("id", "title", "subject", "terminal_objective", "evaluation", "law_as_of")
MODULE_FILE = "module.md"


@dataclass(frozen=True, slots=True)
class Module:
    """A module and its lessons in order."""

    id: str
    title: str
    subject: str
    terminal_objective: str
    evaluation: str
    law_as_of: date
    intro_html: str
    lessons: tuple[Edition, ...]
    path: str
    id_line: int


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything that a courses folder holds."""

    facts: Register
    modules: Mapping[str, Module]
    courses: tuple[Course, ...]


def tree_in(
    folder: Path, *, today: date, banks: Counts, reader: Reader, say: Callable[[str], None] = lambda _: None
) -> tuple[Tree, list[Fault]]:
    """Read the courses folder `folder`; `banks` says how many questions each bank has for each objective."""
    facts, faults = register_in(folder, today=today)
    modules: dict[str, Module] = {}
    for path in sorted((folder / "modules").glob("*/")):
        say(f"Reading {path}")
        module, found = module_in(path, facts=facts, today=today, reader=reader)
        faults.extend(found)
        if module is not None and module.id not in modules:
            modules[module.id] = module
    faults.extend(_repeated_ids(modules.values()))
    courses = []
    for path in sorted(folder.glob("*/course.toml")):
        course, found = course_from(path.read_text(encoding="utf-8"), path=str(path), today=today)
        faults.extend(found)
        if course is not None:
            courses.append(course)
            faults.extend(course_faults(course, modules, banks))
    if not courses and not faults:
        faults.append(Fault(str(folder), 1, "There is no course", "add <course>/course.toml"))
    return Tree(facts, modules, tuple(courses)), sorted(set(faults))


def module_in(folder: Path, *, facts: Mapping[str, Fact], today: date, reader: Reader) -> tuple[Module | None, list[Fault]]:
    """The module in `folder`, or None when its own file cannot be used; its lessons are looked at either way."""
    path = folder / MODULE_FILE
    lessons, faults = _lessons_in(folder, facts=facts, today=today, reader=reader)
    if not path.is_file():
        return None, [*faults, Fault(str(path), 1, "The module has no module.md", "add it, or remove the folder")]
    source = path.read_text(encoding="utf-8")
    page = page_from(source, path=str(path))
    fields = page.fields("module")
    if page.values:
        fields.expect(MODULE_KEYS)
    identity, title = fields.permanent_id(), fields.text("title")
    if identity and identity != folder.name:
        fields.fault("id", f"The id `{identity}` is not the folder's name `{folder.name}`", "make them the same")
    subject = fields.one_of("subject", SUBJECTS)
    terminal_objective, evaluation = fields.text("terminal_objective"), fields.text("evaluation")
    law_as_of = fields.past_day("law_as_of", today)
    if not lessons:
        fields.fault("id", "The module has no lessons", "add <nn>-<name>.md")
    elif not any(edition.lesson and edition.lesson.has_case for edition in lessons):
        fields.fault("id", "The module has neither a scenario nor a worked case", "add one to any of its lessons")
    faults = [*page.faults, *fields.faults, *introduction_faults(source, path=str(path)), *faults]
    intro_html, found = _introduction(page.body, facts=facts, path=str(path), reader=reader)
    faults.extend(found)
    if page.faults or not identity or law_as_of is None:
        return None, faults
    made = Module(
        identity, title, subject, terminal_objective, evaluation, law_as_of, intro_html, tuple(lessons), str(path), fields.line_of("id")
    )
    return made, faults


def _introduction(body: str, *, facts: Mapping[str, Fact], path: str, reader: Reader) -> tuple[str, list[Fault]]:
    try:
        return reader.introduction(body, facts=facts), []
    except Refusal as refusal:
        return "", [Fault(path, 1, "The introduction cannot be rendered", str(refusal).rstrip("."))]


def _lessons_in(folder: Path, *, facts: Mapping[str, Fact], today: date, reader: Reader) -> tuple[list[Edition], list[Fault]]:
    editions: list[Edition] = []
    faults: list[Fault] = []
    for path in sorted(path for path in folder.glob("*.md") if path.name != MODULE_FILE):
        try:
            editions.append(reader.lesson_edition(path.read_text(encoding="utf-8"), path=str(path), facts=facts, today=today))
        except Refusal as refusal:
            faults.append(Fault(str(path), 1, "The lesson cannot be rendered", str(refusal).rstrip(".")))
        else:
            faults.extend(editions[-1].faults)
    return editions, faults


def _repeated_ids(modules: Iterable[Module]) -> list[Fault]:
    seen: dict[tuple[str, str], tuple[str, int]] = {}
    faults = []
    for kind, identity, path, line in _ids(modules):
        first = seen.setdefault((kind, identity), (path, line))
        if first != (path, line):
            what = f"The {kind} id {identity} is used twice (first at {first[0]}:{first[1]})"
            faults.append(Fault(path, line, what, "give this one an id of its own; never change an id that was published"))
    return faults


def _ids(modules: Iterable[Module]) -> list[tuple[str, str, str, int]]:
    return [one for module in modules for edition in module.lessons for one in _lesson_ids(edition.lesson)]


def _lesson_ids(lesson: Lesson | None) -> list[tuple[str, str, str, int]]:
    if lesson is None:
        return []
    found = [("lesson", lesson.id, lesson.path, lesson.id_line)]
    found.extend(("objective", one.id, lesson.path, one.line) for one in lesson.objectives)
    found.extend(("check", one.id, lesson.path, one.line) for one in lesson.checks)
    found.extend(("scenario", one.id, lesson.path, one.line) for one in lesson.scenarios)
    return found


def course_faults(course: Course, modules: Mapping[str, Module], banks: Counts) -> list[Fault]:
    """What is wrong between a course, its modules and the banks of its exams."""
    faults = [
        Fault(course.path, place.line, f"There is no module {place.id} that can be read", "correct it, or name another")
        for place in course.modules
        if place.id not in modules
    ]
    held = [modules[place.id] for place in course.modules if place.id in modules]
    whole = len(held) == len(course.modules)
    if whole:
        faults.extend(_hours_faults(course, held))
        faults.extend(_subject_faults(course, held))
    taught = {one.id for module in held for edition in module.lessons if edition.lesson for one in edition.lesson.objectives}
    for exam in course.exams:
        if exam.bank not in banks:
            faults.append(Fault(course.path, exam.line, f"There is no question bank {exam.bank}", "add it, or name another in `bank`"))
        else:
            faults.extend(_exam_faults(course, exam, banks[exam.bank], taught if whole else None))
    return faults


def _exam_faults(course: Course, exam: Exam, bank: Mapping[str, int], taught: AbstractSet[str] | None) -> Iterator[Fault]:
    """`taught` is None while a module is missing: what is not known is not told."""
    for objective, count in exam.specification.items():
        line = exam.lines.get(objective, exam.line)
        if taught is not None and objective not in taught:
            yield Fault(course.path, line, f"No lesson of the course has the objective {objective}", "examine what is taught")
        needed, there = exam.needed(count), bank.get(objective, 0)
        if there < needed:
            what = f"{objective} needs {needed} questions (a first paper and its retakes), and bank {exam.bank} has {there}"
            yield Fault(course.path, line, what, "write more questions, or ask for fewer")


def _hours_faults(course: Course, held: list[Module]) -> list[Fault]:
    total = sum(edition.lesson.minutes.total for module in held for edition in module.lessons if edition.lesson)
    if total == course.hours * 60:
        return []
    what = f"The lessons take {total} minutes, and {course.hours} hours are {course.hours * 60}"
    return [Fault(course.path, course.hours_line, what, "correct the hours, or the minutes of lessons")]


def _subject_faults(course: Course, held: list[Module]) -> list[Fault]:
    taught = {module.subject for module in held}
    missing = [subject for subject in course.subjects if subject not in taught]
    return [Fault(course.path, course.hours_line, f"No module teaches {one}", "add one, or take it out of subjects") for one in missing]
