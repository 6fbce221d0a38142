"""A course as its author writes it: course.toml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lms.courses import aims
from lms.courses.aims import NO_AIMS, Aims
from lms.facts.faults import Fault
from lms.facts.fields import Fields
from lms.facts.located import Table, document

PROGRAM_MODELS = ("JEM", "TFM", "WSO", "INFLUX")
"""Program models. INFLUX is none of section 287(g): its authority is 8 U.S.C. 1103(a)(10)."""
NO_MODEL = ""
"""The program model of a course that belongs to none, such as a refresher."""
SUBJECTS = (
    "immigration law",
    "enforcement fundamentals and procedures",
    "civil rights law",
    "sensitivity and cultural awareness",
    "racial profiling avoidance",
)
KEYS = ("id", "title", "program_model", "summary", "hours", "minimum_active_share", "law_as_of", "subjects", "module")
ABBREVIATES = "abbreviates"
OPTIONAL_KEYS = ("form", ABBREVIATES, "retake_scope", "recorded_score", "day_minutes", "practicals", "day", "exam")
RETAKE_SCOPES = ("exam", "course")
"""What the number of retakes counts for: each exam by itself, or the whole training."""
SCOPE_OF_MODEL = {"JEM": "course"}
"""Where a course says nothing: the agreement of the Jail Enforcement Model gives one remedial exam in the whole training (R-05)."""
RECORDED_SCORES = ("as scored", "cut score")
"""What stands on the record of a passed retake: its own score, or the pass mark (R-07)."""
DAY_KEYS = ("number", "title")
OPTIONAL_DAY_KEYS = ("lessons", "practicals", "exams")
OPTIONAL_EXAM_KEYS = ("release", "second_share", "marks_apart", "calculator", "full_screen", "reference")
"""When results come out, how marks are given, what an exam lets the officer use, and whether it asks for the full screen."""
RELEASES = ("at once", "when all are marked", "on a date")
"""When results come out."""
EXAM_KEYS = ("id", "title", "bank", "minutes", "proctored", "cut_score", "retakes", "shared_share", "rule", "specification")
WHOLE = 1000
HUNDRED_PERCENT = 100_000


@dataclass(frozen=True, slots=True)
class Place:
    """A module's place in a course. `lessons` are those taken of it, all when it names none; `day` is 0 when it says none."""

    id: str
    day: int
    lessons: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a course: what stands on it, by id and in order."""

    number: int
    title: str
    lessons: tuple[str, ...]
    practicals: tuple[str, ...]
    exams: tuple[str, ...]
    line: int

    def content(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "title": self.title,
            "lessons": list(self.lessons),
            "practicals": list(self.practicals),
            "exams": list(self.exams),
        }


@dataclass(frozen=True, slots=True)
class Exam:
    """An exam of a course. `cut_score` in thousandths of a percent point, None while nobody has set it; `shared_share` in thousandths."""

    id: str
    title: str
    bank: str
    minutes: int
    proctored: bool
    cut_score: int | None
    retakes: int
    shared_share: int
    rule: str
    specification: Mapping[str, int]
    line: int
    lines: Mapping[str, int]
    aims: Aims = NO_AIMS
    said: Mapping[str, Any] = field(default_factory=dict)
    """What the author says of results and marks: `release`, `second_share`, `marks_apart` (thousandths); empty where nothing is said."""
    calculator: bool = False
    full_screen: bool = False
    reference: str = ""

    def needed(self, count: int) -> int:
        """How many questions of an objective a first paper and every retake take, when `count` of them are asked (R-09)."""
        fresh = count - count * self.shared_share // WHOLE
        return count + self.retakes * fresh

    def content(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "bank": self.bank,
            "minutes": self.minutes,
            "proctored": self.proctored,
            "cut_score": self.cut_score,
            "retakes": self.retakes,
            "shared_share": self.shared_share,
            "rule": self.rule,
            "specification": dict(self.specification),
            **self.aims.content(),
            **self.said,
            **self._extras(),
        }

    def _extras(self) -> dict[str, Any]:
        """Only what is said: an exam that says nothing of it keeps its course's name."""
        said = {"calculator": self.calculator, "full_screen": self.full_screen}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Course:
    """A course. `minimum_active_share` in thousandths of the stated time; `day_minutes` is 0 when it is not laid out by days.

    `abbreviates`: of which course it is a short form.
    """

    id: str
    title: str
    program_model: str
    form: str
    summary: str
    hours: int
    day_minutes: int
    minimum_active_share: int
    law_as_of: date
    subjects: tuple[str, ...]
    modules: tuple[Place, ...]
    days: tuple[Day, ...]
    practicals: tuple[str, ...]
    exams: tuple[Exam, ...]
    path: str
    hours_line: int
    abbreviates: str = ""
    retake_scope: str = RETAKE_SCOPES[0]
    recorded_score: str = RECORDED_SCORES[0]

    def day_of(self, kind: str, identity: str) -> int:
        """The day on which the lesson, practical or exam (`kind` in the plural) stands; 0 when the course has no days."""
        return next((day.number for day in self.days if identity in getattr(day, kind)), 0)


def course_from(text: str, *, path: str, today: date) -> tuple[Course | None, list[Fault]]:
    """The course written in `text`, or None; with its faults."""
    read = document(text, path=path)
    fields = read.head.fields("course", path)
    fields.values = {**read.head.values, **dict.fromkeys(read.tables)}
    fields.expect(KEYS, OPTIONAL_KEYS)
    head = _head(fields, today)
    places, faults = _places(read.called("module"), path)
    days, wrong_days = _days(read.called("day"), path)
    exams, wrong_exams = _exams(read.called("exam"), path, head["program_model"])
    if bool(days) != bool(head["day_minutes"]):
        fields.fault("day_minutes", "`day_minutes` and [[day]] go together", "give both, or neither")
    practicals = _practicals(fields, days)
    faults = [*read.faults, *fields.faults, *faults, *wrong_days, *wrong_exams]
    if faults or head["minimum_active_share"] is None or head["law_as_of"] is None:
        return None, faults
    made = Course(**head, modules=tuple(places), days=tuple(days), practicals=practicals, exams=tuple(exams), path=path)
    return made, []


def _head(fields: Fields, today: date) -> dict[str, Any]:
    """What stands above the tables, by the names that the course has for it."""
    model = "" if fields.values.get("program_model") == NO_MODEL else fields.one_of("program_model", PROGRAM_MODELS)
    return {
        "id": fields.permanent_id(),
        "title": fields.text("title"),
        "program_model": model,
        "form": fields.text("form") if "form" in fields.values else "",
        "summary": fields.text("summary"),
        "hours": fields.whole("hours", 1),
        "hours_line": fields.line_of("hours"),
        "day_minutes": fields.whole("day_minutes", 1) if "day_minutes" in fields.values else 0,
        "minimum_active_share": fields.thousandths("minimum_active_share", WHOLE),
        "law_as_of": fields.past_day("law_as_of", today),
        "subjects": _subjects(fields),
        "abbreviates": fields.permanent_id(ABBREVIATES) if ABBREVIATES in fields.values else "",
        "retake_scope": _said(fields, "retake_scope", RETAKE_SCOPES, SCOPE_OF_MODEL.get(model, RETAKE_SCOPES[0])),
        "recorded_score": _said(fields, "recorded_score", RECORDED_SCORES, RECORDED_SCORES[0]),
    }


def _subjects(fields: Fields) -> tuple[str, ...]:
    subjects = fields.texts("subjects")
    for subject in subjects:
        if subject not in SUBJECTS:
            fields.fault("subjects", f"Nobody knows the subject `{subject}`", f"use: {', '.join(SUBJECTS)}")
    return tuple(subjects)


def _practicals(fields: Fields, days: Sequence[Day]) -> tuple[str, ...]:
    """The practicals that the course names by itself, else those of its days."""
    return tuple(fields.texts("practicals")) or tuple(one for day in days for one in day.practicals)


def _said(fields: Fields, key: str, allowed: tuple[str, ...], otherwise: str) -> str:
    return fields.one_of(key, allowed) if key in fields.values else otherwise


def _places(tables: tuple[Table, ...], path: str) -> tuple[list[Place], list[Fault]]:
    faults: list[Fault] = []
    places = []
    for table in tables:
        fields = table.fields("module", path)
        fields.expect(("id",), ("day", "lessons"))
        day = fields.whole("day", 1) if "day" in fields.values else 0
        places.append(Place(fields.permanent_id(), day, tuple(fields.texts("lessons")), table.line))
        faults.extend(fields.faults)
    named = [place.day for place in places if place.day]
    if named != sorted(named):
        faults.append(Fault(path, places[0].line, "The days of the modules go back", "order the modules by day"))
    faults.extend(_repeated([(place.id, place.line) for place in places], "module", path))
    return places, faults


def _days(tables: tuple[Table, ...], path: str) -> tuple[list[Day], list[Fault]]:
    faults: list[Fault] = []
    days: list[Day] = []
    for table in tables:
        fields = table.fields("day", path)
        fields.expect(DAY_KEYS, OPTIONAL_DAY_KEYS)
        number, title = fields.whole("number", 1), fields.text("title")
        lessons, practicals, exams = (tuple(fields.texts(key)) if fields.values.get(key) else () for key in OPTIONAL_DAY_KEYS)
        if number != len(days) + 1:
            fields.fault("number", f"Day {number} stands where day {len(days) + 1} belongs", "number the days from 1 without a gap")
        days.append(Day(number, title, lessons, practicals, exams, table.line))
        faults.extend(fields.faults)
    return days, faults


def _repeated(ids: list[tuple[str, int]], kind: str, path: str) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for identity, line in ids:
        if identity in seen:
            faults.append(Fault(path, line, f"The {kind} {identity} stands twice", "keep one of them"))
        seen.add(identity)
    return faults


def _exams(tables: tuple[Table, ...], path: str, model: str) -> tuple[list[Exam], list[Fault]]:
    faults: list[Fault] = []
    exams: list[Exam] = []
    for table in tables:
        exam, found = _exam(table, path, model)
        faults.extend(found)
        exams.extend([exam] if exam else [])
    return exams, [*faults, *_repeated([(exam.id, exam.line) for exam in exams], "exam", path)]


def _exam(table: Table, path: str, model: str) -> tuple[Exam | None, list[Fault]]:
    fields = table.fields("exam", path)
    without_mark = "cut_score" not in fields.values and model == "TFM"
    fields.expect([key for key in EXAM_KEYS if not (without_mark and key == "cut_score")], (*OPTIONAL_EXAM_KEYS, *aims.KEYS))
    identity, title, bank, rule = fields.permanent_id(), fields.text("title"), fields.permanent_id("bank"), fields.text("rule")
    minutes, retakes, proctored = fields.whole("minutes", 1), fields.whole("retakes"), fields.truth("proctored")
    cut_score, shared_share = fields.thousandths("cut_score", HUNDRED_PERCENT), fields.thousandths("shared_share", WHOLE)
    specification, lines = _specification(table, fields)
    allowed: dict[str, Any] = {"calculator": fields.truth("calculator"), "full_screen": fields.truth("full_screen")}
    allowed["reference"] = fields.text("reference")
    aimed = aims.aims_from(table, fields)
    said = {"release": fields.one_of("release", RELEASES)} if "release" in fields.values else {}
    shares = {key: fields.thousandths(key, WHOLE) for key in ("second_share", "marks_apart") if key in fields.values}
    if fields.faults or shared_share is None:
        return None, fields.faults
    about = (identity, title, bank, minutes, proctored, cut_score, retakes, shared_share, rule, specification, table.line, lines)
    exam = Exam(*about, aimed, said | shares, **allowed)
    return exam, []


def _specification(table: Table, fields: Fields) -> tuple[Mapping[str, int], Mapping[str, int]]:
    nested = table.nested.get("specification", ())
    value = fields.values.get("specification")
    if not nested or not isinstance(value, dict) or not value:
        if "specification" in fields.values:
            fields.fault("specification", "The specification names no objectives", 'write "OBJ-1" = 2 lines under [exam.specification]')
        return {}, {}
    inner = nested[0].fields("specification", fields.path)
    counts = {objective: inner.whole(objective, 1) for objective in value}
    fields.faults.extend(inner.faults)
    return counts, nested[0].lines
