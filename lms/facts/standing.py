"""What stands in the two content trees, counted without judging it: objectives of lessons, questions of banks."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import yaml

from lms.facts.located import document


class Counted(Counter[str]):
    """Of one bank: objective to the number of questions that are scored; beside it those only being tried out, and the authors' guesses."""

    def __init__(self) -> None:
        super().__init__()
        self.pilots: Counter[str] = Counter()
        self.levels: Counter[tuple[str, str]] = Counter()


Counts = Mapping[str, Counted]
"""Bank to what it holds."""


def front_matter(text: str) -> tuple[str, int]:
    """The YAML between the two `---` lines at the start of `text`, and the number of the line after them; ("", 1) without."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        return "", 1
    for at in range(1, len(lines)):
        if lines[at].strip() == "---":
            return "\n".join(lines[1:at]), at + 2
    return "", 1


def objectives_in(courses: Path) -> frozenset[str]:
    """The ids of every objective of every lesson below `courses` that can be read."""
    found: set[str] = set()
    for path in sorted((courses / "modules").glob("*/*.md")):
        head, _ = front_matter(path.read_text(encoding="utf-8"))
        try:
            values = yaml.safe_load(head)
        except yaml.YAMLError:
            continue
        entries = values.get("objectives") if isinstance(values, dict) else None
        if isinstance(entries, list):
            found.update(entry["id"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str))
    return frozenset(found)


def questions_in(banks: Path) -> Counts:
    """For each bank folder below `banks`: how many questions can be read, by objective."""
    return {folder.parent.name: _by_objective(folder.parent) for folder in sorted(banks.glob("*/bank.toml"))}


def _by_objective(folder: Path) -> Counted:
    counted = Counted()
    for path in sorted(folder.rglob("*.toml")):
        for table in document(path.read_text(encoding="utf-8"), path=str(path)).called("question"):
            objective = table.values.get("objective")
            if isinstance(objective, str) and table.values.get("pilot") is True:
                counted.pilots[objective] += 1
            elif isinstance(objective, str):
                counted[objective] += 1
                counted.levels[objective, str(table.values.get("difficulty"))] += 1
    return counted


def beside(folder: Path, name: str, otherwise: Path) -> Path:
    """The folder called `name` beside `folder`, else `otherwise`: the two content trees usually lie together."""
    sibling = folder.resolve().parent / name
    return sibling if sibling.is_dir() else otherwise
