"""A practical exercise as its author writes it: front matter, a part for officers, and a part for role players and raters."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.courses.blocks import Block, blocks_in
from lms.courses.front import Page, page_from
from lms.courses.guide import section_faults
from lms.courses.lesson import figure_faults
from lms.courses.lint import citation_faults, citations_in, listed_faults, prose_lines, text_faults
from lms.facts.faults import Fault
from lms.facts.fields import Fields
from lms.facts.source import Fact

KEYS = ("id", "title", "objectives", "minutes", "pass_share", "law_as_of", "review_by", "facts", "criteria")
CRITERION_KEYS = ("id", "text", "points", "critical")
FOR_OFFICERS = ("Setting", "What you are given", "What you do", "Mock documents")
FOR_STAFF = ("For role players", "For raters")
OPTIONAL = ("Mock documents",)
WHOLE = 100_000


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is rated. Missing a critical one fails the exercise whatever the points."""

    id: str
    text: str
    points: int
    critical: bool

    def content(self) -> dict[str, Any]:
        return {"id": self.id, "text": self.text, "points": self.points, "critical": self.critical}


@dataclass(frozen=True, slots=True)
class Practical:
    """One practical exercise. `pass_share` in thousandths of a percent point: "80" is 80,000."""

    id: str
    title: str
    objectives: tuple[str, ...]
    minutes: int
    pass_share: int
    law_as_of: date
    review_by: date
    facts: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    path: str
    id_line: int


@dataclass(frozen=True, slots=True)
class Exercise:
    """What came of reading a practical. `practical` is None when the front matter says too little to know what it is."""

    page: Page
    practical: Practical | None
    blocks: tuple[Block, ...]
    faults: tuple[Fault, ...]

    @property
    def parts(self) -> tuple[str, str]:
        """The body for officers, and the body for staff."""
        lines = self.page.body.splitlines()
        fenced = {at for block in self.blocks for at in range(block.start, block.end)}
        cut = next((at for at, text in enumerate(lines) if at not in fenced and text.strip() == f"## {FOR_STAFF[0]}"), len(lines))
        return "\n".join(lines[:cut]), "\n".join(lines[cut:])


def practical_from(text: str, *, path: str, facts: Mapping[str, Fact], today: date, diagrams: Collection[str] = ()) -> Exercise:
    """Read the practical in `text`, on the register `facts` and with these `diagrams`."""
    page = page_from(text, path=path)
    fields = page.fields("practical")
    if page.values:
        fields.expect(KEYS)
    identity, title, minutes = fields.permanent_id(), fields.text("title"), fields.whole("minutes", 1)
    objectives, listed, criteria = fields.texts("objectives"), fields.texts("facts"), _criteria(page, fields)
    share = fields.thousandths("pass_share", WHOLE)
    law_as_of = fields.past_day("law_as_of", today)
    review_by = fields.review_day(law_as_of, today)
    if "objectives" in fields.values and not objectives:
        fields.fault("objectives", "The practical exercises no objective", "name the enabling objectives of lessons, as in [WARR-1]")
    blocks, faults = blocks_in(page.body, path=path, first_line=page.body_line)
    faults.extend(figure_faults(blocks, path=path, known=diagrams))
    faults = [*page.faults, *faults, *_body_faults(page, blocks, facts), *_listed_faults(page, listed, facts), *fields.faults]
    practical = None
    if identity and title and share is not None and law_as_of is not None and review_by is not None:
        practical = Practical(
            identity,
            title,
            tuple(objectives),
            minutes,
            share,
            law_as_of,
            review_by,
            tuple(listed),
            criteria,
            path,
            fields.line_of("id"),
        )
    return Exercise(page, practical, tuple(blocks), tuple(sorted(set(faults))))


def _criteria(page: Page, fields: Fields) -> tuple[Criterion, ...]:
    entries: Any = fields.values.get("criteria")
    if "criteria" in fields.values and (not isinstance(entries, list) or not entries):
        fields.fault("criteria", "The practical has no list of criteria", "write `- {id: C1, text: ..., points: 2, critical: false}` lines")
        return ()
    found: list[Criterion] = []
    for at, entry in enumerate(entries or []):
        line = page.entry_line("criteria", at)
        own = Fields("criterion", page.path, line, entry if isinstance(entry, dict) else {})
        own.expect(CRITERION_KEYS)
        criterion = Criterion(own.permanent_id(), own.text("text"), own.whole("points", 1), own.truth("critical"))
        if criterion.id in {earlier.id for earlier in found}:
            own.fault("id", f"Two criteria are called {criterion.id}", "give this one an id of its own")
        fields.faults.extend(own.faults)
        found.append(criterion)
    return tuple(found)


def _body_faults(page: Page, blocks: list[Block], facts: Mapping[str, Fact]) -> list[Fault]:
    lines = list(prose_lines(page.body, blocks, first_line=page.body_line))
    numbered = list(enumerate(page.body.splitlines(), start=page.body_line))
    faults = [*text_faults(lines, path=page.path), *citation_faults(numbered, facts, path=page.path)]
    sections = FOR_OFFICERS + FOR_STAFF
    faults.extend(section_faults(page.body, sections, path=page.path, optional=OPTIONAL, first_line=page.body_line))
    faults.extend(
        Fault(page.path, block.line, f"A practical holds a {block.kind}", "write it as text; checks and scenarios belong in lessons")
        for block in blocks
        if block.kind in {"check", "scenario"}
    )
    return faults


def _listed_faults(page: Page, listed: list[str], facts: Mapping[str, Fact]) -> list[Fault]:
    line = page.lines.get("facts", 1)
    faults = [
        Fault(page.path, line, f"The register has no fact {one}", "cite one it has, or add the fact first")
        for one in sorted({*listed} - {*facts})
    ]
    if "facts" in page.values:
        faults.extend(listed_faults({*listed}, {*citations_in(page.body)}, path=page.path, line=line))
    return faults
