"""The front matter of a Markdown file: YAML whose every key keeps its line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from lms.facts.faults import Fault
from lms.facts.fields import Fields
from lms.facts.standing import front_matter


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown file taken apart. `body_line` is the line on which the body starts."""

    path: str
    values: Mapping[str, Any]
    lines: Mapping[str, int]
    entries: Mapping[str, tuple[int, ...]]
    body: str
    body_line: int
    faults: tuple[Fault, ...]

    def fields(self, thing: str) -> Fields:
        return Fields(thing, self.path, 1, self.values, self.lines)

    def entry_line(self, key: str, at: int) -> int:
        """The line of entry number `at` (from 0) of the list under `key`."""
        lines = self.entries.get(key, ())
        return lines[at] if at < len(lines) else self.lines.get(key, 1)


def page_from(text: str, *, path: str) -> Page:
    """Take `text` apart. A front matter that is missing or unreadable is a fault; the body is there all the same."""
    head, body_line = front_matter(text)
    body = "\n".join(text.splitlines()[body_line - 1 :])
    if not head:
        fault = Fault(path, 1, "There is no front matter", "start the file with --- and the keys, and end them with ---")
        return Page(path, {}, {}, {}, body, body_line, (fault,))
    try:
        node = yaml.compose(head, Loader=yaml.SafeLoader)
        values = yaml.safe_load(head)
    except (yaml.YAMLError, ValueError) as error:
        return Page(path, {}, {}, {}, body, body_line, (_unreadable(error, path),))
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        return Page(path, {}, {}, {}, body, body_line, (Fault(path, 2, "The front matter has no keys", "write `key: value` lines"),))
    lines = {str(key.value): key.start_mark.line + 2 for key, _ in node.value}
    entries = {
        str(key.value): tuple(item.start_mark.line + 2 for item in value.value)
        for key, value in node.value
        if isinstance(value, yaml.SequenceNode)
    }
    return Page(path, {str(key): value for key, value in values.items()}, lines, entries, body, body_line, _repeated(node, path))


def _repeated(node: yaml.MappingNode, path: str) -> tuple[Fault, ...]:
    seen: set[str] = set()
    faults = []
    for key, _ in node.value:
        if str(key.value) in seen:
            faults.append(Fault(path, key.start_mark.line + 2, f"The key `{key.value}` stands twice", "keep one of them"))
        seen.add(str(key.value))
    return tuple(faults)


def _unreadable(error: Exception, path: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    fix = "correct the line; put a text that holds a colon or a quote in quotes"
    return Fault(path, (mark.line if mark else 0) + 2, f"The front matter cannot be read: {problem}", fix)
