"""A text turned into everything that a revision of it stores. Runs in the renderer processes: whatever it is given, it changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms.courses.front import page_from
from lms.courses.lesson import Lesson, lesson_from
from lms.courses.lint import CITATION, prose_lines, text_faults
from lms.courses.markdown import RENDERER, Rendered, render
from lms.facts.faults import Fault
from lms.facts.source import Fact
from lms.kernel.canonical import content_hash


@dataclass(frozen=True, slots=True)
class Edition:
    """A lesson's source, what was read in it and how its page looks. `lesson` is None when it cannot be told what lesson it is."""

    source: str
    hash: str
    lesson: Lesson | None
    rendered: Rendered
    words: int
    faults: tuple[Fault, ...]


def lesson_edition(source: str, *, path: str, facts: Mapping[str, Fact], today: date) -> Edition:
    """Read and render one lesson. Named by its source, the facts it cites and the renderer: the same name is the same page."""
    source = source.replace("\r\n", "\n").strip("\n") + "\n"
    reading = lesson_from(source, path=path, facts=facts, today=today)
    rendered = render(reading.page.body, facts=facts, blocks=reading.blocks, path=path)
    cited = {one: facts[one].content() for one in rendered.cited}
    name = content_hash({"source": source, "renderer": RENDERER, "facts": cited})
    return Edition(source, name, reading.lesson, rendered, reading.words, reading.faults)


def introduction(body: str, *, facts: Mapping[str, Fact]) -> str:
    """A module's introduction as HTML."""
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
