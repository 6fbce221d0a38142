"""How much a course teaches, and how much the whole library holds: counted from the files."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lms.courses.edition import Edition
from lms.courses.lesson import KINDS_OF_TIME
from lms.courses.source import Tree
from lms.facts.standing import Counts


@dataclass(frozen=True, slots=True)
class Report:
    """The counts of one course, or of the library when `course` is empty. `minutes` by kind; `fewest_questions` of any one objective."""

    course: str
    title: str
    modules: int
    lessons: int
    guides: int
    words: int
    objectives: int
    minutes: Mapping[str, int]
    checks: int
    scenarios: int
    questions: int
    fewest_questions: int
    practicals: int
    exams: int
    days: int
    state: str

    def content(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def text(self) -> str:
        """As it is printed."""
        hours = "; ".join(f"{kind} {_hours(minutes)}" for kind, minutes in self.minutes.items() if minutes)
        heading = f"{self.title} ({self.course})" if self.course else self.title
        lines = [
            f"{heading}{f': {self.state}' if self.state else ''}",
            f"  {self.modules} modules, {self.lessons} lessons ({self.guides} with a guide), {self.words:,} words",
            f"  {self.objectives} objectives, {self.checks} checks, {self.scenarios} scenarios",
            f"  {self.questions} questions, at least {self.fewest_questions} for each objective",
            f"  {self.practicals} practicals, {self.exams} exams{f', {self.days} days' if self.days else ''}",
            f"  Hours: {hours}; in all {_hours(sum(self.minutes.values()))}",
        ]
        return "\n".join(lines)


def reports(tree: Tree, banks: Counts) -> list[Report]:
    """One report for each course in the order of the tree, and the library's last."""
    found = []
    for course in tree.courses:
        taken = {place.id: tree.modules[place.id].taken(place) for place in course.modules if place.id in tree.modules}
        practicals = [one for one in course.practicals if one in tree.practicals]
        used = {exam.bank for exam in course.exams} or set(banks)
        counts = {bank: banks[bank] for bank in used if bank in banks}
        unmarked = any(exam.cut_score is None for exam in course.exams)
        minutes = _practical_minutes(tree, practicals), sum(exam.minutes for exam in course.exams) if course.days else 0
        found.append(
            _report(
                (course.id, course.title, "no pass mark yet (R-03)" if unmarked else ""),
                taken,
                counts,
                minutes,
                (len(practicals), len(course.exams), len(course.days)),
            )
        )
    whole = {module.id: module.lessons for module in tree.modules.values()}
    exams = sum(len(course.exams) for course in tree.courses)
    minutes = _practical_minutes(tree, tree.practicals), 0
    return [*found, _report(("", "The library", ""), whole, banks, minutes, (len(tree.practicals), exams, 0))]


def _practical_minutes(tree: Tree, practicals: Iterable[str]) -> int:
    return sum(found.minutes for one in practicals if (found := tree.practicals[one].practical))


def _report(
    named: tuple[str, str, str],
    modules: Mapping[str, tuple[Edition, ...]],
    banks: Counts,
    minutes: tuple[int, int],
    counts: tuple[int, int, int],
) -> Report:
    editions = [one for lessons in modules.values() for one in lessons]
    lessons = [one.lesson for one in editions if one.lesson]
    objectives = {objective.id for lesson in lessons for objective in lesson.objectives}
    questions: Counter[str] = Counter()
    for bank in banks.values():
        questions.update({objective: count for objective, count in bank.items() if objective in objectives})
    kinds = {kind: sum(lesson.minutes.content()[kind] for lesson in lessons) for kind in KINDS_OF_TIME}
    return Report(
        course=named[0],
        title=named[1],
        modules=len(modules),
        lessons=len(editions),
        guides=sum(one.guide is not None for one in editions),
        words=sum(one.words for one in editions),
        objectives=len(objectives),
        minutes=kinds | {"practicals": minutes[0], "exams": minutes[1]},
        checks=sum(len(lesson.checks) for lesson in lessons),
        scenarios=sum(len(lesson.scenarios) for lesson in lessons),
        questions=sum(questions.values()),
        fewest_questions=min((questions[one] for one in objectives), default=0),
        practicals=counts[0],
        exams=counts[1],
        days=counts[2],
        state=named[2],
    )


def _hours(minutes: int) -> str:
    whole, rest = divmod(minutes, 60)
    return f"{whole} h {rest} min" if rest else f"{whole} h"
