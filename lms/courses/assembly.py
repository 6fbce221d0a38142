"""What a course is made of, and whether it fits together: modules, hours, days, practicals, subjects and exams."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from lms.courses.aims import against_bank
from lms.courses.course import Course, Day, Exam, Place
from lms.courses.edition import Edition, PracticalEdition
from lms.courses.lesson import Lesson
from lms.facts.faults import Fault
from lms.facts.standing import Counted, Counts


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

    def taken(self, place: Place) -> tuple[Edition, ...]:
        """The lessons that a course takes of the module, in the module's order."""
        return tuple(one for one in self.lessons if not place.lessons or (one.lesson and one.lesson.id in place.lessons))


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a course holds: its lessons, practicals and exams with their minutes, by id and in order."""

    modules: Mapping[str, tuple[Lesson, ...]]
    practicals: Mapping[str, int]
    exams: Mapping[str, int]

    @property
    def lessons(self) -> Mapping[str, int]:
        return {lesson.id: lesson.minutes.total for lessons in self.modules.values() for lesson in lessons}

    def minutes(self, day: Day) -> int:
        """What a day takes. What the course does not hold is told elsewhere and takes nothing."""
        held = ((self.lessons, day.lessons), (self.practicals, day.practicals), (self.exams, day.exams))
        return sum(minutes.get(identity, 0) for minutes, identities in held for identity in identities)


def practical_faults(practicals: Mapping[str, PracticalEdition], modules: Mapping[str, Module]) -> list[Fault]:
    """Every objective of a practical that no lesson teaches."""
    taught = {one.id for module in modules.values() for edition in module.lessons if edition.lesson for one in edition.lesson.objectives}
    return [
        Fault(found.path, found.id_line, f"No lesson has the objective {objective}", "name enabling objectives of lessons")
        for edition in practicals.values()
        if (found := edition.practical)
        for objective in found.objectives
        if objective not in taught
    ]


def course_faults(course: Course, modules: Mapping[str, Module], practicals: Mapping[str, PracticalEdition], banks: Counts) -> list[Fault]:
    """What is wrong between a course, its modules, its practicals and the banks of its exams."""
    faults = [
        Fault(course.path, place.line, f"There is no module {place.id} that can be read", "correct it, or name another")
        for place in course.modules
        if place.id not in modules
    ]
    held = [(place, modules[place.id]) for place in course.modules if place.id in modules]
    for place, module in held:
        faults.extend(_taken_faults(course, place, module))
    faults.extend(
        Fault(course.path, course.hours_line, f"There is no practical {one} that can be read", f"correct courses/practicals/{one}.md")
        for one in course.practicals
        if one not in practicals
    )
    contents = contents_of(course, modules, practicals)
    taught = {one.id for lessons in contents.modules.values() for lesson in lessons for one in lesson.objectives}
    whole = len(held) == len(course.modules)
    if whole and not faults:
        faults.extend(_hours_faults(course, contents))
        faults.extend(_day_faults(course, contents))
        faults.extend(_subject_faults(course, {module.subject for _, module in held}))
        faults.extend(_exercise_faults(course, practicals, taught))
    for exam in course.exams:
        if exam.bank not in banks:
            faults.append(Fault(course.path, exam.line, f"There is no question bank {exam.bank}", "add it, or name another in `bank`"))
        else:
            faults.extend(_exam_faults(course, exam, banks[exam.bank], taught if whole else None))
    return faults


def contents_of(course: Course, modules: Mapping[str, Module], practicals: Mapping[str, PracticalEdition]) -> Contents:
    """What `course` holds of what can be read."""
    return Contents(
        {
            place.id: tuple(edition.lesson for edition in modules[place.id].taken(place) if edition.lesson)
            for place in course.modules
            if place.id in modules
        },
        {one: found.minutes for one in course.practicals if one in practicals and (found := practicals[one].practical)},
        {exam.id: exam.minutes for exam in course.exams},
    )


def _taken_faults(course: Course, place: Place, module: Module) -> list[Fault]:
    there = {edition.lesson.id for edition in module.lessons if edition.lesson}
    return [
        Fault(course.path, place.line, f"The module {module.id} has no lesson {one}", f"take of it: {', '.join(sorted(there))}")
        for one in place.lessons
        if one not in there
    ]


def _hours_faults(course: Course, contents: Contents) -> list[Fault]:
    total = sum(contents.lessons.values()) + sum(contents.practicals.values())
    named = "lessons and practicals" if contents.practicals else "lessons"
    if course.days:
        total += sum(contents.exams.values())
        named = "lessons, practicals and exams"
    if total == course.hours * 60:
        return []
    what = f"The {named} take {total} minutes, and {course.hours} hours are {course.hours * 60}"
    return [Fault(course.path, course.hours_line, what, "correct the hours, or the minutes of lessons")]


def _day_faults(course: Course, contents: Contents) -> Iterator[Fault]:
    if not course.days:
        return
    for kind, held in (("lessons", contents.lessons), ("practicals", contents.practicals), ("exams", contents.exams)):
        yield from _placed_faults(course, kind, held)
    for lessons in contents.modules.values():
        order = [one for day in course.days for one in day.lessons if one in {lesson.id for lesson in lessons}]
        if sorted(order, key=[lesson.id for lesson in lessons].index) != order:
            what = f"The lessons {', '.join(order)} stand in another order than in their module"
            yield Fault(course.path, course.days[0].line, what, "keep the order of the module")
    for day in course.days:
        minutes = contents.minutes(day)
        if minutes != course.day_minutes:
            what = f"Day {day.number} takes {minutes} minutes, and a day of this course has {course.day_minutes}"
            yield Fault(course.path, day.line, what, "move a lesson, practical or exam, or correct its minutes")


def _placed_faults(course: Course, kind: str, held: Mapping[str, int]) -> Iterator[Fault]:
    """Everything stands on exactly one day, and nothing on a day that the course does not hold."""
    one = kind.removesuffix("s")
    placed = Counter(identity for day in course.days for identity in getattr(day, kind))
    for day in course.days:
        for identity in getattr(day, kind):
            if identity not in held:
                yield Fault(
                    course.path, day.line, f"Day {day.number} names the {one} {identity}, which the course does not hold", "correct it"
                )
            elif placed[identity] > 1:
                yield Fault(course.path, day.line, f"The {one} {identity} stands on {placed[identity]} days", "leave it on one")
    for identity in held:
        if identity not in placed:
            yield Fault(
                course.path, course.days[0].line, f"The {one} {identity} stands on no day", "place it, or take it out of the course"
            )


def _subject_faults(course: Course, taught: AbstractSet[str]) -> list[Fault]:
    missing = [subject for subject in course.subjects if subject not in taught]
    return [Fault(course.path, course.hours_line, f"No module teaches {one}", "add one, or take it out of subjects") for one in missing]


def _exercise_faults(course: Course, practicals: Mapping[str, PracticalEdition], taught: AbstractSet[str]) -> list[Fault]:
    return [
        Fault(
            course.path, course.hours_line, f"The practical {one} exercises {objective}, which no lesson of the course teaches", "teach it"
        )
        for one in course.practicals
        if (found := practicals[one].practical)
        for objective in found.objectives
        if objective not in taught
    ]


def _exam_faults(course: Course, exam: Exam, bank: Counted, taught: AbstractSet[str] | None) -> Iterator[Fault]:
    """`taught` is None while a module is missing: what is not known is not told."""
    for objective, count in exam.specification.items():
        line = exam.lines.get(objective, exam.line)
        if taught is not None and objective not in taught:
            yield Fault(course.path, line, f"No lesson of the course has the objective {objective}", "examine what is taught")
        needed, there = exam.needed(count), bank.get(objective, 0)
        if there < needed:
            what = f"{objective} needs {needed} questions (a first paper and its retakes), and bank {exam.bank} has {there}"
            yield Fault(course.path, line, what, "write more questions, or ask for fewer")
    for key, warning, what, fix in against_bank(exam.aims, exam.specification, bank, exam.bank):
        yield Fault(course.path, exam.aims.lines.get(key, exam.line), what, fix, warning=warning)


def short_faults(courses: Iterable[Course]) -> Iterator[Fault]:
    """A short form takes modules of the whole course, of the same program model, and adds none."""
    known = {course.id: course for course in courses}
    for course in known.values():
        whole = known.get(course.abbreviates)
        if course.abbreviates and (whole is None or whole.abbreviates or whole.program_model != course.program_model):
            what = f"There is no whole course {course.abbreviates} of the model {course.program_model}"
            yield Fault(course.path, course.hours_line, what, "name one in `abbreviates`")
        elif whole is not None:
            held = {place.id for place in whole.modules}
            for place in course.modules:
                if place.id not in held:
                    what = f"The course {whole.id} has no module {place.id}"
                    yield Fault(course.path, place.line, what, "take it out: a short form adds nothing")
