"""Diagrams as they are drawn: courses/diagrams/<id>.svg, read against a list of what may stand in them and written anew from that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Final
from xml.parsers import expat

from lms.facts.faults import Fault
from lms.facts.fields import PERMANENT_ID

NAMESPACE: Final = "http://www.w3.org/2000/svg"
ELEMENTS: Final = frozenset(
    "svg title desc g defs marker rect circle ellipse line polyline polygon path text tspan".split()  # noqa: SIM905 - a list of names reads best so
)
ATTRIBUTES: Final = frozenset(
    "id class x y dx dy width height rx ry cx cy r x1 y1 x2 y2 points d transform text-anchor dominant-baseline "  # noqa: SIM905 - as above
    "marker-start marker-end orient refX refY markerWidth markerHeight markerUnits viewBox".split()
)
CLASSES: Final = frozenset(
    {"d-box", "d-line", "d-accent", "d-warn", "d-good", "d-muted", "d-arrow", "d-text", "d-title", "d-small", "d-strong", "d-on-accent"}
)
"""The looks that the stylesheet gives; a diagram has no colors of its own, so that it fits light, dark and print."""
VALUE: Final = re.compile(r"[A-Za-z0-9 .,()+%\n-]*")
REFERENCE: Final = re.compile(r"url\(#([\w.-]+)\)")
TEXT_IN: Final = frozenset({"title", "desc", "text", "tspan"})


def diagrams_in(folder: Path) -> tuple[Mapping[str, str], list[Fault]]:
    """The diagrams of the courses folder `folder` as clean SVG by id; a faulty one is left out and told."""
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for path in sorted((folder / "diagrams").glob("*.svg")):
        svg, own = diagram_from(path.read_text(encoding="utf-8"), identity=path.stem, path=str(path))
        faults.extend(own)
        if not own:
            found[path.stem] = svg
    return found, faults


def diagram_from(text: str, *, identity: str, path: str) -> tuple[str, list[Fault]]:
    """The drawing in `text` written anew with nothing in it that is not on the lists, and its faults."""
    drawing = _Drawing(identity, path)
    if not PERMANENT_ID.fullmatch(identity):
        drawing.fault(1, f"`{identity}` is not a permanent id", "name the file with letters, digits, single hyphens and dots")
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, given: drawing.start(name, given, parser.CurrentLineNumber)
    parser.EndElementHandler = drawing.end
    parser.CharacterDataHandler = lambda said: drawing.say(said, parser.CurrentLineNumber)
    parser.StartDoctypeDeclHandler = lambda *_: drawing.fault(parser.CurrentLineNumber, "The drawing declares a document type", "remove it")
    parser.ProcessingInstructionHandler = lambda *_: drawing.fault(
        parser.CurrentLineNumber, "The drawing holds an instruction", "remove it"
    )
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        drawing.fault(error.lineno, f"The drawing cannot be read: {expat.ErrorString(error.code)}", "correct the line")
        return "", drawing.faults
    drawing.finish()
    return "".join(drawing.written), drawing.faults


@dataclass(slots=True)
class _Drawing:
    """A drawing while it is read."""

    identity: str
    path: str
    written: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)

    def fault(self, line: int, what: str, fix: str) -> None:
        self.faults.append(Fault(self.path, line, what, fix))

    def start(self, name: str, given: Mapping[str, str], line: int) -> None:
        if not self.open and name != "svg":
            self.fault(line, "The drawing does not begin with <svg>", "make it the outermost element")
        if name not in ELEMENTS or (self.open and name == "svg"):
            self.fault(line, f"A drawing may not hold <{name}>", f"use only: {', '.join(sorted(ELEMENTS - {'svg'}))}")
        if name == "svg" and not re.fullmatch(r"0 0 \d+ \d+", given.get("viewBox", "")):
            self.fault(line, "The drawing has no viewBox from 0 0", 'write viewBox="0 0 720 400"')
        attributes = [(key, value) for key, value in given.items() if not (name == "svg" and key in {"xmlns", "role"})]
        for key, value in attributes:
            self._look_at(name, key, value, line)
        self.open.append(name)
        kept = "".join(f' {key}="{escape(value)}"' for key, value in attributes)
        self.written.append(f"<{name}{kept}>")

    def _look_at(self, name: str, key: str, value: str, line: int) -> None:
        """Tell what is wrong with one attribute of an element `name`."""
        mine = f"{self.identity}-"
        if key not in ATTRIBUTES or (name == "svg" and key in {"width", "height"}):
            self.fault(line, f"A drawing may not use `{key}` on <{name}>", "remove it; colors and sizes of type come from the classes")
        elif key == "class":
            strange = sorted({*value.split()} - CLASSES)
            if strange:
                self.fault(line, f"Nobody knows the class `{strange[0]}`", f"use: {', '.join(sorted(CLASSES))}")
        elif key == "id":
            if not value.startswith(mine):
                self.fault(line, f"The id `{value}` could stand twice on a page", f"begin it with {mine}")
        elif key.startswith("marker-"):
            reference = REFERENCE.fullmatch(value)
            if reference is None or not reference[1].startswith(mine):
                self.fault(line, f"`{key}` points to `{value}`", f"point to a marker of this drawing: url(#{mine}arrow)")
        elif not VALUE.fullmatch(value):
            self.fault(line, f"`{key}` holds `{value}`", "use numbers and words only")

    def say(self, said: str, line: int) -> None:
        within = self.open[-1] if self.open else ""
        if within in TEXT_IN:
            self.said[within] = self.said.get(within, "") + said
            self.written.append(escape(said, quote=False))
        elif said.strip():
            self.fault(line, "There is text outside <text>, <title> and <desc>", "put it into one of them")

    def end(self, name: str) -> None:
        self.open.pop()
        self.written.append(f"</{name}>")

    def finish(self) -> None:
        for name in ("title", "desc"):
            if not self.said.get(name, "").strip():
                self.fault(1, f"The drawing has no <{name}>", f"write <{name}> as its first lines, for those who hear it")
