"""An instructor's guide beside a lesson: a plan by the quarter hour, questions to discuss, common mistakes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lms.courses.blocks import blocks_in
from lms.courses.lint import citation_faults, prose_lines, text_faults
from lms.facts.faults import Fault
from lms.facts.source import Fact

SUFFIX = ".guide.md"
SECTIONS = ("Plan", "Discuss", "Common mistakes")
PLAN_HEADER = ("minutes", "what happens")
STEP = 5
LONGEST_ROW = 30
SECTION = re.compile(r"^##\s+(\S.*?)\s*$")
LIST_ENTRY = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+\S")


def sections_in(body: str, *, first_line: int = 1) -> list[tuple[str, int, list[str]]]:
    """(title, line, lines below it) of each section that a heading of the second level begins; what stands before has no title."""
    found: list[tuple[str, int, list[str]]] = [("", first_line, [])]
    fence = ""
    for at, text in enumerate(body.splitlines()):
        fence = _fence_after(fence, text)
        heading = None if fence else SECTION.match(text)
        if heading:
            found.append((heading[1], first_line + at, []))
        else:
            found[-1][2].append(text)
    return found


def _fence_after(fence: str, text: str) -> str:
    mark = re.match(r"^(`{3,}|~{3,})", text)
    if mark is None:
        return fence
    return "" if fence else mark[1]


def section_faults(body: str, titles: Iterable[str], *, path: str, optional: tuple[str, ...] = (), first_line: int = 1) -> list[Fault]:
    """Every section that is missing, strange, empty or out of order."""
    wanted = tuple(titles)
    found = sections_in(body, first_line=first_line)
    faults = [
        Fault(path, first_line, f"There is no section `## {title}`", "add it")
        for title in wanted
        if title not in optional and title not in [name for name, _, _ in found]
    ]
    for name, line, lines in found:
        filled = any(text.strip() for text in lines)
        if name and name not in wanted:
            faults.append(Fault(path, line, f"Nobody knows the section `## {name}`", f"use: {', '.join(wanted)}"))
        elif bool(name) != filled:
            what = f"The section `## {name}` is empty" if name else "There is text before the first section"
            faults.append(Fault(path, line, what, "write it" if name else "move it below a heading"))
    order = [wanted.index(name) for name, _, _ in found if name in wanted]
    if order != sorted({*order}):
        faults.append(Fault(path, first_line, "The sections are out of order, or one stands twice", f"order them: {', '.join(wanted)}"))
    return faults


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One row of a plan."""

    minutes: int
    text: str
    line: int


def guide_faults(text: str, *, path: str, minutes: int | None, facts: Mapping[str, Fact]) -> list[Fault]:
    """What is wrong with the guide in `text`, whose lesson takes `minutes` in all."""
    if text.lstrip().startswith("---"):
        return [Fault(path, 1, "A guide has no front matter", "remove it; the lesson beside it says everything")]
    blocks, faults = blocks_in(text, path=path)
    lines = list(prose_lines(text, blocks, first_line=1))
    faults = [*faults, *section_faults(text, SECTIONS, path=path), *text_faults(lines, path=path)]
    faults.extend(citation_faults(list(enumerate(text.splitlines(), start=1)), facts, path=path))
    for name, line, below in sections_in(text):
        if name == "Plan":
            faults.extend(_plan_faults(list(_plan_rows(below, line + 1, faults, path)), line, minutes, path))
        elif name in SECTIONS and not any(LIST_ENTRY.match(entry) for entry in below):
            faults.append(Fault(path, line, f"The section `## {name}` is no list", "begin each entry with a hyphen"))
    return sorted(set(faults))


def _plan_rows(lines: list[str], first_line: int, faults: list[Fault], path: str) -> Iterator[PlanRow]:
    table = [(first_line + at, text) for at, text in enumerate(lines) if text.lstrip().startswith("|")]
    cells = [(line, [cell.strip() for cell in text.strip().strip("|").split("|")]) for line, text in table]
    if not cells or tuple(cell.casefold() for cell in cells[0][1]) != PLAN_HEADER:
        faults.append(Fault(path, first_line - 1, "The plan is no table of minutes", "begin it with | Minutes | What happens |"))
        return
    for line, row in cells[2:]:
        if len(row) != len(PLAN_HEADER) or not row[0].isdecimal() or not row[1]:
            faults.append(Fault(path, line, "This row does not say minutes and what happens", "write | 15 | What happens |"))
        else:
            yield PlanRow(int(row[0]), row[1], line)


def _plan_faults(rows: list[PlanRow], line: int, minutes: int | None, path: str) -> list[Fault]:
    faults = [
        Fault(path, row.line, f"{row.minutes} is not a number of minutes for one row", f"use multiples of {STEP} up to {LONGEST_ROW}")
        for row in rows
        if row.minutes % STEP or not 0 < row.minutes <= LONGEST_ROW
    ]
    total = sum(row.minutes for row in rows)
    if rows and minutes is not None and total != minutes:
        faults.append(Fault(path, line, f"The plan takes {total} minutes, and the lesson {minutes}", "correct the rows"))
    return faults
