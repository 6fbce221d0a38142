"""Markdown to HTML, for preview and page alike: rendered, citations linked, blocks drawn, and everything sanitized at the end."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Any
from xml.etree.ElementTree import Element

import markdown
from markdown.extensions import Extension
from markdown.extensions.toc import slugify_unicode
from markdown.inlinepatterns import InlineProcessor

from lms.courses.blocks import KINDS, Block, Check, Figure, Scenario, check_from, figure_from, scenario_from
from lms.courses.lint import CITATION, HEADING, citations_in
from lms.courses.sanitizer import sanitized
from lms.facts.source import Fact, Status

RENDERER = "1"
"""Part of every edition's name: raise it when the same source would come out differently."""

NO_DIAGRAMS: Mapping[str, str] = {}
EXTENSIONS = ("tables", "admonition", "pymdownx.details", "footnotes", "toc", "fenced_code", "sane_lists", "def_list", "abbr", "smarty")
EMPTY_HEADER = re.compile(r"<th[^>]*></th>")
"""The corner of a table heads nothing."""
SVG_START = re.compile(r"^<svg\b")
CHECKS_HEADING = re.compile(r"^##\s+Check of understanding\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the page's outline."""

    id: str
    title: str
    level: int

    def content(self) -> dict[str, str | int]:
        return {"id": self.id, "title": self.title, "level": self.level}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A lesson's page. Checks are apart from the text, and their keys apart from the checks."""

    html: str
    outline: tuple[Heading, ...]
    checks: tuple[Mapping[str, Any], ...]
    check_keys: Mapping[str, Mapping[str, Any]]
    cited: tuple[str, ...]


def render(
    body: str, *, facts: Mapping[str, Fact], blocks: Sequence[Block] = (), path: str = "", diagrams: Mapping[str, str] = NO_DIAGRAMS
) -> Rendered:
    """Render `body`, in which `blocks` stand. A block with faults is replaced by a sentence that says so."""
    checks = [check for block in blocks if block.kind == "check" for check in [check_from(block, path=path)[0]] if check]
    token = hashlib.sha256(body.encode()).hexdigest()[:24]
    lines, drawn = _without_blocks(body, blocks, drawing=Drawing(facts, diagrams, path), token=token)
    writer = _writer(facts, whole_page=True)
    html = writer.convert("\n".join(lines))
    figures = {place: block_html for place, block_html in drawn.items() if block_html.startswith("<figure")}
    for place, block_html in drawn.items():
        if place not in figures:
            html = html.replace(f"<p>{place}</p>", block_html)
    html = EMPTY_HEADER.sub("<td></td>", html)
    cited = sorted({*citations_in(body)} & {*facts}, key=_by_group)
    outline = [
        Heading(f"part-{entry['id']}", unescape(entry["name"]), entry["level"]) for entry in _flat(getattr(writer, "toc_tokens", []))
    ]
    if cited:
        html += _sources([facts[one] for one in cited])
        outline.append(Heading("part-sources", "Sources", 2))
    html = sanitized(html)
    for place, figure in figures.items():  # drawings are clean already, and hold what the sanitizer would not let through
        html = html.replace(f"<p>{place}</p>", figure)
    return Rendered(
        html=html,
        outline=tuple(outline),
        checks=tuple(_check_content(check, facts) for check in checks),
        check_keys={check.id: _check_key(check, facts) for check in checks},
        cited=tuple(cited),
    )


def inline(text: str, *, facts: Mapping[str, Fact]) -> str:
    """A short text (a prompt, a choice, a scene) as HTML; one paragraph comes without its paragraph tags."""
    html = sanitized(_writer(facts, whole_page=False).convert(text)).strip()
    if html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1:
        return html[3:-4]
    return html


class Citations(Extension):
    """Turns [IL-08] into a link to the entry in the page's list of sources."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        super().__init__()
        self.facts = facts

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the hook's name
        # Authors write Markdown, not HTML: what looks like HTML is shown as it was typed.
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("autolink")
        md.inlinePatterns.deregister("automail")
        md.inlinePatterns.deregister("image_link")
        md.inlinePatterns.deregister("image_reference")
        md.inlinePatterns.deregister("short_image_ref")
        # Before links (160), so that a citation is never taken for a reference.
        md.inlinePatterns.register(_Citation(self.facts, md), "citation", 175)


class _Citation(InlineProcessor):
    def __init__(self, facts: Mapping[str, Fact], md: markdown.Markdown) -> None:
        super().__init__(CITATION.pattern, md)
        self.facts = facts

    def handleMatch(  # type: ignore[override] # noqa: N802 - the hook's name and its one fitting shape
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        del data
        fact = self.facts.get(m[1])
        if fact is None:
            return None, None, None
        link = Element("a", {"class": "fact-ref" if fact.status == Status.SETTLED else "fact-ref unsettled", "href": f"#fact-{fact.id}"})
        link.text = fact.id
        return link, m.start(0), m.end(0)


def _writer(facts: Mapping[str, Fact], *, whole_page: bool) -> markdown.Markdown:
    names = EXTENSIONS if whole_page else ("sane_lists", "smarty")
    settings: dict[str, dict[str, Any]] = {}
    if whole_page:
        settings = {
            "tables": {"use_align_attribute": True},
            "toc": {"slugify": slugify_unicode, "toc_depth": "2-3"},
            "footnotes": {"BACKLINK_TITLE": "Back to the text of note {}"},
        }
    return markdown.Markdown(extensions=[*names, Citations(facts)], extension_configs=settings)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What blocks are drawn with: the register, the diagrams by id, and the path that faults name."""

    facts: Mapping[str, Fact]
    diagrams: Mapping[str, str]
    path: str


def _without_blocks(body: str, blocks: Sequence[Block], *, drawing: Drawing, token: str) -> tuple[list[str], dict[str, str]]:
    lines = body.splitlines()
    drawn: dict[str, str] = {}
    for number, block in reversed(list(enumerate(blocks))):
        if block.kind not in KINDS:
            continue
        place = f"block{token}n{number}"
        level = next((len(m[1]) for line in reversed(lines[: block.start]) if (m := HEADING.match(line))), 1) + 1
        drawn[place] = _block_html(block, drawing, min(max(level, 2), 4))
        lines[block.start : block.end] = ["", place, ""] if drawn[place] else [""]
    return _without_empty_checks_heading(lines), drawn


def _without_empty_checks_heading(lines: list[str]) -> list[str]:
    """The page draws the checks under a heading of its own, so an authored one with nothing left below it goes."""
    for at, line in enumerate(lines):
        if CHECKS_HEADING.match(line) and not any(rest.strip() for rest in lines[at + 1 :]):
            return lines[:at]
    return lines


def _block_html(block: Block, drawing: Drawing, level: int) -> str:
    drawn: str | None = None
    if block.kind == "check":
        check, faults = check_from(block, path=drawing.path)
        drawn = "" if check else None
    elif block.kind == "diagram":
        figure, faults = figure_from(block, path=drawing.path, known=drawing.diagrams)
        drawn = _figure_html(figure, drawing) if figure else None
    else:
        scenario, faults = scenario_from(block, path=drawing.path)
        drawn = _scenario_html(scenario, drawing.facts, level) if scenario else None
    if drawn is not None:
        return drawn
    count = f"{len(faults)} fault{'s' if len(faults) != 1 else ''}"
    return f'<div class="admonition warning"><p>This {block.kind} has {count} and cannot be shown.</p></div>'


def _figure_html(figure: Figure, drawing: Drawing) -> str:
    """The drawing in a frame that scrolls on a narrow screen, its caption, and what it shows in words."""
    svg = SVG_START.sub(f'<svg role="img" aria-label="{escape(figure.caption)}"', drawing.diagrams[figure.id])
    return (
        f'<figure class="diagram"><div class="diagram__frame" role="region" tabindex="0" aria-label="{escape(figure.caption)}">{svg}</div>'
        f"<figcaption>{inline(figure.caption, facts=drawing.facts)}</figcaption>"
        f'<details class="diagram__words"><summary>This diagram in words</summary><p>{escape(figure.alt)}</p></details></figure>'
    )


def _scenario_html(scenario: Scenario, facts: Mapping[str, Fact], level: int) -> str:
    """Scenes are shown one at a time by `:target`, so the links work without a script."""
    name = f"scene-{escape(scenario.id)}"
    start = f"{name}-{scenario.scenes[0].id}"
    parts = [f'<section class="scenario" aria-labelledby="{name}"><h{level} id="{name}">{escape(scenario.title)}</h{level}>']
    for number, scene in enumerate(scenario.scenes, start=1):
        look = f"scene ending {scene.ending}" if scene.ending else "scene"
        label = f"Scene {number} of {len(scenario.scenes)}"
        parts.append(f'<div class="{look}" id="{name}-{escape(scene.id)}" role="group" aria-label="{label}" tabindex="-1">')
        if scene.ending:
            parts.append(f'<p class="verdict-word">{scene.ending.capitalize()} ending</p>')
        text = inline(scene.text, facts=facts)
        parts.append(text if text.startswith("<") and "<p>" in text else f"<p>{text}</p>")
        parts.append(_ways_html(name, [(way.text, way.to) for way in scene.ways], facts))
        if scene.ending:
            parts.append(f'<p><a href="#{start}">Start the case again</a></p>')
        parts.append("</div>")
    return "".join([*parts, "</section>"])


def _ways_html(name: str, ways: Iterable[tuple[str, str]], facts: Mapping[str, Fact]) -> str:
    entries = [f'<li><a href="#{name}-{escape(to)}">{_unlinked(inline(text, facts=facts))}</a></li>' for text, to in ways]
    return f'<ul class="choices">{"".join(entries)}</ul>' if entries else ""


def _unlinked(html: str) -> str:
    return re.sub(r"</?a\b[^>]*>", "", html)


def _sources(facts: Iterable[Fact]) -> str:
    """The list of cited facts that ends every page: citation, statement, whether it is settled, and as of when."""
    entries = [
        f'<li id="fact-{escape(fact.id)}"><p><strong>{escape(fact.id)}</strong> · <cite>{escape(fact.citation)}</cite><br>'
        f"{escape(fact.statement)}<br><small>{escape(_standing(fact))}</small></p></li>"
        for fact in facts
    ]
    return f'<h2 id="sources">Sources</h2><ul class="sources">{"".join(entries)}</ul>'


def _standing(fact: Fact) -> str:
    where = f"Holding of one court ({fact.court}). " if fact.court else ""
    said = {
        Status.SETTLED: "Settled",
        Status.CONTESTED: "Not settled: follow current instruction from ICE and from your agency's counsel",
        Status.SUPERSEDED: "Superseded: wrong today",
    }[fact.status]
    return f"{where}{said}. As of {fact.as_of:%B} {fact.as_of.day}, {fact.as_of.year}."


def _check_content(check: Check, facts: Mapping[str, Fact]) -> dict[str, Any]:
    return {
        "id": check.id,
        "objective": check.objective,
        "prompt_html": inline(check.prompt, facts=facts),
        "choices": [{"id": choice.id, "html": inline(choice.text, facts=facts)} for choice in check.choices],
    }


def _check_key(check: Check, facts: Mapping[str, Fact]) -> dict[str, Any]:
    return {"correct": check.correct.id, "feedback": {choice.id: inline(choice.feedback, facts=facts) for choice in check.choices}}


def _flat(tokens: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    for entry in tokens:
        yield entry
        yield from _flat(entry["children"])


def _by_group(identity: str) -> tuple[int, list[int]]:
    group, number = identity.split("-", 1)
    order = ("IL", "CR", "RP", "CA", "OLD")
    return (order.index(group) if group in order else len(order), [int(part) for part in number.split(".") if part.isdigit()])
