"""The fenced blocks of a lesson: checks of understanding, branching scenarios and diagrams, read from TOML with their lines."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lms.facts.faults import Fault
from lms.facts.located import Document, Table, document

FENCE = re.compile(r"^(?P<indent>\s*)(?P<marks>`{3,}|~{3,})\s*(?P<kind>[^\s`{]*)\s*$")
SCENE_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
KINDS = ("check", "scenario", "diagram")
PLAIN_KINDS = ("", "text")
SCENES = range(6, 13)
ENDINGS = ("sound", "unsound")


@dataclass(frozen=True, slots=True)
class Block:
    """One fence. `line` is the line of its first marks in the file, `start` and `end` its lines in the body (from 0, end excluded)."""

    kind: str
    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a check. `id` is a letter in written order."""

    id: str
    text: str
    feedback: str
    correct: bool
    line: int


@dataclass(frozen=True, slots=True)
class Check:
    """One question of a check of understanding."""

    id: str
    objective: str
    prompt: str
    choices: tuple[Choice, ...]
    line: int

    @property
    def correct(self) -> Choice:
        return next(choice for choice in self.choices if choice.correct)


@dataclass(frozen=True, slots=True)
class Way:
    """A choice in a scene: what the deputy does, and the scene it leads to."""

    text: str
    to: str
    line: int


@dataclass(frozen=True, slots=True)
class Scene:
    """One moment of a scenario; with `ending` ("sound", "unsound") it is a last one."""

    id: str
    text: str
    ways: tuple[Way, ...]
    ending: str
    line: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """A branching case; it starts with its first scene."""

    id: str
    title: str
    scenes: tuple[Scene, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A diagram shown in a text: its id, what it says in words, and the sentence below it."""

    id: str
    alt: str
    caption: str
    line: int


def blocks_in(body: str, *, path: str, first_line: int = 1) -> tuple[list[Block], list[Fault]]:
    """Every fence of `body`, whose first line is line `first_line` of its file."""
    lines = body.splitlines()
    blocks: list[Block] = []
    faults: list[Fault] = []
    at = 0
    while at < len(lines):
        opening = FENCE.match(lines[at])
        if opening is None:
            at += 1
            continue
        end = _closing(lines, at, opening["marks"])
        if end is None:
            faults.append(
                Fault(path, first_line + at, "This block is never closed", f"end it with {opening['marks']} on a line of its own")
            )
            end = len(lines)
        block = Block(opening["kind"], first_line + at, at, min(end + 1, len(lines)), "\n".join(lines[at + 1 : end]))
        faults.extend(_misplaced(block, opening["indent"], path))
        blocks.append(block)
        at = block.end
    return blocks, faults


def _closing(lines: list[str], start: int, marks: str) -> int | None:
    return next((at for at in range(start + 1, len(lines)) if lines[at].strip() == marks), None)


def _misplaced(block: Block, indent: str, path: str) -> list[Fault]:
    if block.kind not in KINDS + PLAIN_KINDS:
        return [Fault(path, block.line, f"Nobody knows a block called `{block.kind}`", f"use {', '.join(KINDS)}, or text for plain text")]
    if block.kind in KINDS and indent:
        return [Fault(path, block.line, f"The {block.kind} block is indented", "start its marks in the first column")]
    return []


def check_from(block: Block, *, path: str) -> tuple[Check | None, list[Fault]]:
    """The check written in `block`, or None; with its faults."""
    read = document(block.text, path=path, first_line=block.line + 1)
    fields = read.head.fields("check", path)
    fields.line = block.line
    fields.expect(("id", "objective", "prompt"))
    identity, objective, prompt = fields.permanent_id(), fields.permanent_id("objective"), fields.text("prompt")
    faults = [*read.faults, *_strange_tables(read, ("choice",), path), *fields.faults]
    choices = []
    for at, table in enumerate(read.called("choice")):
        choice, found = _choice(table, "abcdefghij"[at : at + 1] or str(at), path)
        faults.extend(found)
        choices.append(choice)
    if len(choices) not in {3, 4}:
        faults.append(Fault(path, block.line, f"The check has {len(choices)} choices", "give it 3 or 4"))
    if sum(choice.correct for choice in choices) != 1:
        faults.append(Fault(path, block.line, "The check has not exactly one correct choice", "write `correct = true` on one choice"))
    if faults:
        return None, faults
    return Check(identity, objective, prompt, tuple(choices), block.line), []


def _choice(table: Table, identity: str, path: str) -> tuple[Choice, list[Fault]]:
    fields = table.fields("choice", path)
    fields.expect(("text", "feedback"), ("correct",))
    choice = Choice(identity, fields.text("text"), fields.text("feedback"), fields.truth("correct"), table.line)
    return choice, fields.faults


def scenario_from(block: Block, *, path: str) -> tuple[Scenario | None, list[Fault]]:
    """The scenario written in `block`, or None; with its faults."""
    read = document(block.text, path=path, first_line=block.line + 1)
    fields = read.head.fields("scenario", path)
    fields.line = block.line
    fields.expect(("id", "title"))
    identity, title = fields.permanent_id(), fields.text("title")
    faults = [*read.faults, *_strange_tables(read, ("scene",), path), *fields.faults]
    scenes = []
    for table in read.called("scene"):
        scene, found = _scene(table, path)
        faults.extend(found)
        scenes.append(scene)
    if not read.faults:
        faults.extend(_story_faults(scenes, block.line, path))
    if faults:
        return None, faults
    return Scenario(identity, title, tuple(scenes), block.line), []


def _scene(table: Table, path: str) -> tuple[Scene, list[Fault]]:
    fields = table.fields("scene", path)
    fields.expect(("id", "text"), ("choice", "ending"))
    identity = fields.text("id")
    if identity and not SCENE_ID.fullmatch(identity):
        fields.fault("id", f"`{identity}` is not the id of a scene", "use lower-case words with hyphens")
    ending = fields.one_of("ending", ENDINGS) if "ending" in fields.values else ""
    ways = []
    for nested in table.nested.get("choice", ()):
        inner = nested.fields("choice", path)
        inner.expect(("text", "to"))
        ways.append(Way(inner.text("text"), inner.text("to"), inner.line_of("to")))
        fields.faults.extend(inner.faults)
    if bool(ways) == ("ending" in fields.values):
        fields.fault(
            "ending", f"The scene `{identity}` must have either choices or an ending", "add choices, or write ending as sound or unsound"
        )
    return Scene(identity, fields.text("text"), tuple(ways), ending, table.line), fields.faults


def _story_faults(scenes: list[Scene], line: int, path: str) -> list[Fault]:
    known = {scene.id: scene for scene in scenes}
    faults = []
    for at, scene in enumerate(scenes):
        if any(scene.id == earlier.id for earlier in scenes[:at]):
            faults.append(Fault(path, scene.line, f"Two scenes are called `{scene.id}`", "give this one an id of its own"))
    faults.extend(
        Fault(path, way.line, f"The choice leads to `{way.to}`, and there is no such scene", "write the scene, or lead elsewhere")
        for scene in scenes
        for way in scene.ways
        if way.to and way.to not in known
    )
    reached = _reached(scenes, known)
    faults.extend(
        Fault(path, scene.line, f"No choice leads to the scene `{scene.id}`", "lead to it, or remove it")
        for scene in scenes
        if scene.id not in reached
    )
    ends = {name: sum(scene.ending == name for scene in scenes) for name in ENDINGS}
    if len(scenes) not in SCENES:
        faults.append(Fault(path, line, f"The scenario has {len(scenes)} scenes", f"give it {SCENES[0]} to {SCENES[-1]}"))
    if ends["sound"] < 1 or ends["unsound"] < 2:
        faults.append(Fault(path, line, "The scenario lacks endings", "give it at least one sound and two unsound endings"))
    return [*faults, *_endless(scenes, known, path)]


def _reached(scenes: list[Scene], known: Mapping[str, Scene]) -> set[str]:
    found: set[str] = set()
    waiting = [scenes[0].id] if scenes else []
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found.add(name)
            waiting.extend(way.to for way in known[name].ways)
    return found


def _endless(scenes: list[Scene], known: Mapping[str, Scene], path: str) -> list[Fault]:
    ended = {scene.id for scene in scenes if not scene.ways}
    before = -1
    while len(ended) != before:
        before = len(ended)
        ended |= {scene.id for scene in scenes if any(way.to in ended for way in scene.ways)}
    lost = [scene for scene in scenes if scene.id not in ended and all(way.to in known for way in scene.ways)]
    return [Fault(path, scene.line, f"From the scene `{scene.id}` no ending can be reached", "lead to an ending") for scene in lost]


def figure_from(block: Block, *, path: str, known: Collection[str]) -> tuple[Figure | None, list[Fault]]:
    """The diagram shown by `block`, or None; `known` are the ids of those that there are."""
    read = document(block.text, path=path, first_line=block.line + 1)
    fields = read.head.fields("diagram", path)
    fields.line = block.line
    fields.expect(("id", "alt", "caption"))
    identity, alt, caption = fields.permanent_id(), fields.text("alt"), fields.text("caption")
    if identity and identity not in known:
        fields.fault("id", f"There is no diagram {identity}", f"draw courses/diagrams/{identity}.svg, or name one that is there")
    faults = [*read.faults, *_strange_tables(read, ("none",), path), *fields.faults]
    return (None, faults) if faults else (Figure(identity, alt, caption, block.line), [])


def _strange_tables(read: Document, known: tuple[str, ...], path: str) -> list[Fault]:
    return [
        Fault(path, table.line, f"Nobody knows the table [[{name}]] here", f"use [[{known[0]}]]")
        for name, tables in read.tables.items()
        if name not in known
        for table in tables
    ]
