"""The courses folder: modules, lessons, practicals and courses read into frozen values, with every fault of the whole tree."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from lms.courses.assembly import Module, course_faults, practical_faults, short_faults
from lms.courses.course import SUBJECTS, Course, course_from
from lms.courses.diagrams import diagrams_in
from lms.courses.edition import Edition, PracticalEdition, introduction_faults
from lms.courses.front import page_from
from lms.courses.guide import SUFFIX
from lms.courses.lesson import Lesson
from lms.courses.renderer import PROCESSES, Reader
from lms.facts.faults import Fault
from lms.facts.source import Fact, Register, register_in
from lms.facts.standing import Counts
from lms.kernel.errors import Refusal

MODULE_KEYS = ("id", "title", "subject", "terminal_objective", "evaluation", "law_as_of")
MODULE_FILE = "module.md"


@dataclass(frozen=True, slots=True)
class Desk:
    """What every text is read with: the register, the diagrams by id, the day, and the reader."""

    facts: Mapping[str, Fact]
    diagrams: Mapping[str, str]
    today: date
    reader: Reader


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything that a courses folder holds."""

    facts: Register
    diagrams: Mapping[str, str]
    modules: Mapping[str, Module]
    practicals: Mapping[str, PracticalEdition]
    courses: tuple[Course, ...]


def tree_in(
    folder: Path, *, today: date, banks: Counts, reader: Reader, say: Callable[[str], None] = lambda _: None
) -> tuple[Tree, list[Fault]]:
    """Read the courses folder `folder`; `banks` says how many questions each bank has for each objective."""
    facts, faults = register_in(folder, today=today)
    diagrams, found = diagrams_in(folder)
    desk = Desk(facts, diagrams, today, reader)
    faults.extend(found)
    modules: dict[str, Module] = {}
    paths = sorted((folder / "modules").glob("*/"))
    with ThreadPoolExecutor(PROCESSES) as pool:  # the threads only wait: the renderers are processes
        for path, (module, own) in zip(paths, pool.map(partial(module_in, desk=desk), paths), strict=True):
            say(f"Reading {path}")
            faults.extend(own)
            if module is not None and module.id not in modules:
                modules[module.id] = module
    practicals, found = practicals_in(folder, desk=desk)
    faults.extend([*found, *_repeated_ids(modules.values()), *practical_faults(practicals, modules)])
    courses = []
    for path in sorted(folder.glob("*/course.toml")):
        course, found = course_from(path.read_text(encoding="utf-8"), path=str(path), today=today)
        faults.extend(found)
        if course is not None:
            courses.append(course)
            faults.extend(course_faults(course, modules, practicals, banks))
    faults.extend(short_faults(courses))
    if not courses and not faults:
        faults.append(Fault(str(folder), 1, "There is no course", "add <course>/course.toml"))
    return Tree(facts, diagrams, modules, practicals, tuple(courses)), sorted(set(faults))


def practicals_in(folder: Path, *, desk: Desk) -> tuple[dict[str, PracticalEdition], list[Fault]]:
    """The practical exercises of the courses folder by id; each file is named by its id."""
    found: dict[str, PracticalEdition] = {}
    faults: list[Fault] = []
    for path in sorted((folder / "practicals").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        try:
            edition = desk.reader.practical_edition(text, path=str(path), facts=desk.facts, today=desk.today, diagrams=desk.diagrams)
        except Refusal as refusal:
            faults.append(Fault(str(path), 1, "The practical cannot be rendered", str(refusal).rstrip(".")))
            continue
        faults.extend(edition.faults)
        practical = edition.practical
        if practical is not None and practical.id != path.stem:
            what = f"The id `{practical.id}` is not the file's name `{path.stem}`"
            faults.append(Fault(str(path), practical.id_line, what, "make them the same"))
        elif practical is not None:
            found[practical.id] = edition
    return found, faults


def module_in(folder: Path, *, desk: Desk) -> tuple[Module | None, list[Fault]]:
    """The module in `folder`, or None when its own file cannot be used; its lessons are looked at either way."""
    path = folder / MODULE_FILE
    lessons, faults = _lessons_in(folder, desk=desk)
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
    law_as_of = fields.past_day("law_as_of", desk.today)
    if not lessons:
        fields.fault("id", "The module has no lessons", "add <nn>-<name>.md")
    elif not any(edition.lesson and edition.lesson.has_case for edition in lessons):
        fields.fault("id", "The module has neither a scenario nor a worked case", "add one to any of its lessons")
    faults = [*page.faults, *fields.faults, *introduction_faults(source, path=str(path)), *faults]
    intro_html, found = _introduction(page.body, desk=desk, path=str(path))
    faults.extend(found)
    if page.faults or not identity or law_as_of is None:
        return None, faults
    made = Module(
        identity, title, subject, terminal_objective, evaluation, law_as_of, intro_html, tuple(lessons), str(path), fields.line_of("id")
    )
    return made, faults


def _introduction(body: str, *, desk: Desk, path: str) -> tuple[str, list[Fault]]:
    try:
        return desk.reader.introduction(body, facts=desk.facts), []
    except Refusal as refusal:
        return "", [Fault(path, 1, "The introduction cannot be rendered", str(refusal).rstrip("."))]


def _lessons_in(folder: Path, *, desk: Desk) -> tuple[list[Edition], list[Fault]]:
    editions: list[Edition] = []
    texts = sorted(path for path in folder.glob("*.md") if path.name != MODULE_FILE and not path.name.endswith(SUFFIX))
    faults = [
        Fault(str(path), 1, "This guide stands beside no lesson", "name it like its lesson, with .guide.md at the end")
        for path in sorted(folder.glob(f"*{SUFFIX}"))
        if path.with_name(path.name.removesuffix(SUFFIX) + ".md") not in texts
    ]
    for path in texts:
        beside = path.with_name(path.stem + SUFFIX)
        try:
            editions.append(
                desk.reader.lesson_edition(
                    path.read_text(encoding="utf-8"),
                    path=str(path),
                    facts=desk.facts,
                    today=desk.today,
                    diagrams=desk.diagrams,
                    guide=beside.read_text(encoding="utf-8") if beside.is_file() else "",
                )
            )
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
