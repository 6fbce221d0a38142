"""A text turned into everything that a revision of it stores. Runs in the renderer processes: whatever it is given, it changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from lms.courses.blocks import blocks_in
from lms.courses.front import page_from
from lms.courses.guide import guide_faults
from lms.courses.lesson import Lesson, lesson_from
from lms.courses.lint import CITATION, citations_in, prose_lines, text_faults
from lms.courses.markdown import NO_DIAGRAMS, RENDERER, Rendered, render
from lms.courses.practical import Practical, practical_from
from lms.facts.faults import Fault
from lms.facts.source import Fact
from lms.kernel.canonical import content_hash


@dataclass(frozen=True, slots=True)
class Guide:
    """An instructor's guide as it is stored: its text, its page, and its name."""

    source: str
    hash: str
    html: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A lesson's source, what was read in it and how its page looks. `lesson` is None when it cannot be told what lesson it is.

    `guide` is the instructor's guide beside it; its name is its own, so that a lesson keeps its name when only the guide changes.
    """

    source: str
    hash: str
    lesson: Lesson | None
    rendered: Rendered
    words: int
    faults: tuple[Fault, ...]
    guide: Guide | None = None


@dataclass(frozen=True, slots=True)
class PracticalEdition:
    """A practical's source, what was read in it, and its pages for officers and for staff."""

    source: str
    hash: str
    practical: Practical | None
    officer_html: str
    staff_html: str
    facts: tuple[str, ...]
    faults: tuple[Fault, ...]


def lesson_edition(
    source: str, *, path: str, facts: Mapping[str, Fact], today: date, diagrams: Mapping[str, str] = NO_DIAGRAMS, guide: str = ""
) -> Edition:
    """Read and render one lesson with its `guide`, if it has one.

    Named by its source, the facts it cites, the diagrams it shows and the renderer: the same name is the same page.
    """
    source = _plain(source)
    reading = lesson_from(source, path=path, facts=facts, today=today, diagrams=diagrams)
    rendered = render(reading.page.body, facts=facts, blocks=reading.blocks, path=path, diagrams=diagrams)
    name = _name(source, rendered.cited, facts, diagrams)
    made = Edition(source, name, reading.lesson, rendered, reading.words, reading.faults)
    if not guide.strip():
        return made
    minutes = reading.lesson.minutes.total if reading.lesson else None
    beside = path.removesuffix(".md") + ".guide.md"
    faults = guide_faults(_plain(guide), path=beside, minutes=minutes, facts=facts)
    return replace(made, guide=_guide(_plain(guide), beside, facts), faults=(*made.faults, *faults))


def _guide(source: str, path: str, facts: Mapping[str, Fact]) -> Guide:
    rendered = render(source, facts=facts, blocks=blocks_in(source, path=path)[0], path=path)
    return Guide(source, _name(source, rendered.cited, facts, NO_DIAGRAMS), rendered.html)


def practical_edition(
    source: str, *, path: str, facts: Mapping[str, Fact], today: date, diagrams: Mapping[str, str] = NO_DIAGRAMS
) -> PracticalEdition:
    """Read and render one practical exercise, the officers' part apart from the staff's."""
    source = _plain(source)
    read = practical_from(source, path=path, facts=facts, today=today, diagrams=diagrams)
    pages = [
        render(part, facts=facts, blocks=blocks_in(part, path=path)[0], path=path, diagrams=diagrams).html if part.strip() else ""
        for part in read.parts
    ]
    cited = tuple(sorted({*citations_in(read.page.body)} & {*facts}))
    return PracticalEdition(source, _name(source, cited, facts, diagrams), read.practical, pages[0], pages[1], cited, read.faults)


def _name(source: str, cited: tuple[str, ...], facts: Mapping[str, Fact], diagrams: Mapping[str, str]) -> str:
    named: dict[str, object] = {"source": source, "renderer": RENDERER, "facts": {one: facts[one].content() for one in cited}}
    shown = {identity: svg for identity, svg in diagrams.items() if f'"{identity}"' in source}
    return content_hash(named | ({"diagrams": shown} if shown else {}))


def _plain(source: str) -> str:
    return source.replace("\r\n", "\n").strip("\n") + "\n"


def introduction(body: str, *, facts: Mapping[str, Fact]) -> str:
    """A module's introduction, or what an exam lets the officer look up, as HTML."""
    return render(body, facts=facts).html


def introduction_faults(source: str, *, path: str) -> list[Fault]:
    """What is wrong with the text of a module file. Citations belong in lessons, where their sources are listed."""
    page = page_from(source, path=path)
    lines = list(prose_lines(page.body, (), first_line=page.body_line))
    faults = text_faults(lines, path=path)
    faults.extend(
        Fault(path, line, "A module's introduction cites a fact", "cite it in a lesson, where its source is listed")
        for line, text in lines
        if CITATION.search(text)
    )
    if not page.body.strip():
        faults.append(Fault(path, page.body_line, "The module has no introduction", "say in two or three paragraphs why it matters"))
    return faults
