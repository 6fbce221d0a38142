"""A lesson as its author writes it: front matter, running text, checks and scenarios, read into frozen values with every fault."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.courses.blocks import Block, Check, Scenario, blocks_in, check_from, figure_from, scenario_from
from lms.courses.front import Page, page_from
from lms.courses.lint import (
    citation_faults,
    citations_in,
    grade_faults,
    listed_faults,
    prose_lines,
    reading_faults,
    text_faults,
    words_in,
)
from lms.facts.faults import Fault
from lms.facts.fields import Fields
from lms.facts.rules import key_is_longest, keys_given_away, why_not_scored
from lms.facts.source import Fact

KEYS = ("id", "title", "objectives", "minutes", "evaluation", "law_as_of", "review_by", "facts")
KINDS_OF_TIME = ("reading", "instruction", "laboratory", "practice")
WORKED_CASE = "??? question"


@dataclass(frozen=True, slots=True)
class Objective:
    """An enabling objective: what the officer can do afterwards."""

    id: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Minutes:
    """The stated time of a lesson, each kind apart. Reading and practice are earned online, instruction and laboratory in class."""

    reading: int
    instruction: int
    laboratory: int
    practice: int

    @property
    def total(self) -> int:
        return self.reading + self.instruction + self.laboratory + self.practice

    def content(self) -> dict[str, int]:
        return {kind: getattr(self, kind) for kind in KINDS_OF_TIME}


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson. `id_line` is where its id stands; `has_case` says whether a scenario or a worked case is in it."""

    id: str
    title: str
    objectives: tuple[Objective, ...]
    minutes: Minutes
    evaluation: str
    law_as_of: date
    review_by: date
    facts: tuple[str, ...]
    checks: tuple[Check, ...]
    scenarios: tuple[Scenario, ...]
    has_case: bool
    words: int
    path: str
    id_line: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a lesson. `lesson` is None when the front matter says too little to know what it is."""

    page: Page
    blocks: tuple[Block, ...]
    lesson: Lesson | None
    words: int
    faults: tuple[Fault, ...]


def lesson_from(text: str, *, path: str, facts: Mapping[str, Fact], today: date, diagrams: Collection[str] = ()) -> Reading:
    """Read the lesson in `text`, on the register `facts` and with these `diagrams`; what is right is kept beside every fault."""
    page = page_from(text, path=path)
    fields = page.fields("lesson")
    if page.values:
        fields.expect(KEYS)
    objectives, minutes = _objectives(page, fields), _minutes(fields)
    law_as_of = fields.past_day("law_as_of", today)
    review_by = fields.review_day(law_as_of, today)
    blocks, block_faults = blocks_in(page.body, path=path, first_line=page.body_line)
    checks, scenarios, inner_faults = _inside(blocks, path)
    inner_faults.extend(figure_faults(blocks, path=path, known=diagrams))
    lines = list(prose_lines(page.body, blocks, first_line=page.body_line))
    words = words_in(lines)
    lesson = None
    identity, title, evaluation = fields.permanent_id(), fields.text("title"), fields.text("evaluation")
    listed = fields.texts("facts")
    if identity and title and law_as_of is not None and review_by is not None and minutes is not None:
        has_case = bool(scenarios) or any(WORKED_CASE in line for _, line in lines)
        lesson = Lesson(
            identity,
            title,
            objectives,
            minutes,
            evaluation,
            law_as_of,
            review_by,
            tuple(listed),
            tuple(checks),
            tuple(scenarios),
            has_case,
            words,
            path,
            fields.line_of("id"),
        )
    faults = [*page.faults, *fields.faults, *block_faults, *inner_faults, *text_faults(lines, path=path)]
    faults.extend(_fact_faults(page, listed, facts))
    if minutes is not None:
        faults.extend(reading_faults(words, minutes.reading, path=path, line=fields.line_of("minutes")))
    faults.extend(grade_faults(lines, path=path, line=page.body_line))
    faults.extend(_check_faults(checks, objectives, facts, path=path, line=page.body_line))
    return Reading(page, tuple(blocks), lesson, words, tuple(sorted(set(faults))))


def _objectives(page: Page, fields: Fields) -> tuple[Objective, ...]:
    entries: Any = fields.values.get("objectives")
    if "objectives" in fields.values and (not isinstance(entries, list) or not entries):
        fields.fault("objectives", "The lesson has no list of objectives", "write `- id: ...` and `text: ...` under objectives")
        return ()
    found = []
    for at, entry in enumerate(entries or []):
        line = page.entry_line("objectives", at)
        own = Fields("objective", page.path, line, entry if isinstance(entry, dict) else {})
        own.expect(("id", "text"))
        identity, text = own.permanent_id(), own.text("text")
        fields.faults.extend(own.faults)
        if identity and text:
            found.append(Objective(identity, text, line))
    return tuple(found)


def _minutes(fields: Fields) -> Minutes | None:
    value = fields.values.get("minutes")
    if not isinstance(value, dict):
        if "minutes" in fields.values:
            fields.fault(
                "minutes", "`minutes` does not name its kinds", "write {reading: 10, instruction: 20, laboratory: 15, practice: 15}"
            )
        return None
    own = Fields("lesson's minutes", fields.path, fields.line_of("minutes"), value)
    own.expect(KINDS_OF_TIME)
    reading, instruction, laboratory, practice = (own.whole(kind) for kind in KINDS_OF_TIME)
    fields.faults.extend(own.faults)
    return None if own.faults else Minutes(reading, instruction, laboratory, practice)


def _inside(blocks: Iterable[Block], path: str) -> tuple[list[Check], list[Scenario], list[Fault]]:
    checks: list[Check] = []
    scenarios: list[Scenario] = []
    faults: list[Fault] = []
    for block in blocks:
        if block.kind == "check":
            check, found = check_from(block, path=path)
            checks.extend([check] if check else [])
            faults.extend(found)
        elif block.kind == "scenario":
            scenario, found = scenario_from(block, path=path)
            scenarios.extend([scenario] if scenario else [])
            faults.extend(found)
    return checks, scenarios, faults


def figure_faults(blocks: Iterable[Block], *, path: str, known: Collection[str]) -> list[Fault]:
    """Every diagram that is not there or not described."""
    return [fault for block in blocks if block.kind == "diagram" for fault in figure_from(block, path=path, known=known)[1]]


def _fact_faults(page: Page, listed: list[str], facts: Mapping[str, Fact]) -> list[Fault]:
    lines = [(page.body_line + at, text) for at, text in enumerate(page.body.splitlines())]
    line = page.lines.get("facts", 1)
    faults = citation_faults(lines, facts, path=page.path)
    faults.extend(
        Fault(page.path, line, f"{one} is listed twice", "list it once") for one in sorted({x for x in listed if listed.count(x) > 1})
    )
    faults.extend(
        Fault(page.path, line, f"The register has no fact {one}", "cite one it has, or add the fact first")
        for one in sorted({*listed} - {*facts})
    )
    if "facts" in page.values:
        faults.extend(listed_faults({*listed}, {*citations_in(page.body)}, path=page.path, line=line))
    return faults


def _check_faults(
    checks: list[Check], objectives: tuple[Objective, ...], facts: Mapping[str, Fact], *, path: str, line: int
) -> list[Fault]:
    known = {objective.id for objective in objectives}
    faults = []
    if not checks:
        faults.append(Fault(path, line, "The lesson has no check of understanding", "add ```check blocks at its end"))
    for check in checks:
        if known and check.objective not in known:
            what = f"{check.id} checks {check.objective}, which is no objective of this lesson"
            faults.append(Fault(path, check.line, what, f"use one of: {', '.join(sorted(known))}"))
        faults.extend(_key_faults(check, facts, path))
    if keys_given_away([key_is_longest(one.correct.text, [c.text for c in one.choices if not c.correct]) for one in checks]):
        what = "In 60 percent or more of the checks the correct choice is the longest"
        faults.append(Fault(path, checks[0].line, what, "shorten correct choices or fill out the others"))
    return faults


def _key_faults(check: Check, facts: Mapping[str, Fact], path: str) -> list[Fault]:
    """What a check rests on is what the feedback to its correct choice cites."""
    key = check.correct
    cited = citations_in(key.feedback)
    if not cited:
        return [Fault(path, key.line, f"The correct choice of {check.id} rests on no fact", "cite the fact in its feedback")]
    faults = []
    for fact in (facts[one] for one in cited if one in facts):
        why = why_not_scored(fact.status, fact.jurisdiction, fact.court, stem=check.prompt)
        if why:
            faults.append(Fault(path, key.line, f"{check.id} {why[0]} ({fact.id})", why[1]))
    return faults
