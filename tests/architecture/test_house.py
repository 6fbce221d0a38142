"""The numbers and the orders of the house, held by reading the source."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "lms").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE = 600
LONGEST_FUNCTION = 60
CLOCK = "lms/kernel/clock.py"
MAY_COMMIT = {"lms/db/session.py"}
WALL_CLOCK = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
"""What tells the moment when it is called on datetime, date or time."""
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_ours(path: Path) -> bool:
    return "migrations/versions" not in path.as_posix()


def trees(paths: list[Path]) -> Iterator[tuple[str, ast.Module]]:
    for path in filter(is_ours, paths):
        yield name_of(path), ast.parse(path.read_text(encoding="utf-8"))


def test_the_walk_finds_the_house() -> None:
    assert len(SOURCES) > 100
    assert len(TESTS) > 20


def test_no_file_is_too_long() -> None:
    lengths = {name_of(path): path.read_text(encoding="utf-8").count("\n") for path in filter(is_ours, SOURCES + TESTS)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    functions = (
        (f"{name}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for name, tree in trees(SOURCES + TESTS)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert [name for name, lines in functions if lines > LONGEST_FUNCTION] == []


def test_every_module_says_what_it_is() -> None:
    assert [name for name, tree in trees(SOURCES + TESTS) if not ast.get_docstring(tree)] == []


def test_only_the_transaction_commits() -> None:
    committing = {name for name, tree in trees(SOURCES) for call in calls(tree) if call.func.attr == "commit"}
    assert committing == MAY_COMMIT


def calls(tree: ast.Module) -> Iterator["MethodCall"]:
    """The calls of a method or of a function of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield MethodCall(node.func)


class MethodCall:
    """A call `of.attr(...)`."""

    def __init__(self, func: ast.Attribute) -> None:
        self.func = func
        self.of = func.value.attr if isinstance(func.value, ast.Attribute) else getattr(func.value, "id", "")


def test_only_one_module_reads_the_clock() -> None:
    reading = {
        name
        for name, tree in trees(SOURCES)
        for call in calls(tree)
        if call.of in {"datetime", "date", "time"} and call.func.attr in WALL_CLOCK
    }
    assert reading == {CLOCK}


def test_no_own_module_is_imported_inside_a_function() -> None:
    deferred = [
        f"{name}:{inner.lineno}"
        for name, tree in trees(SOURCES)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.ImportFrom) and (inner.module or "").startswith("lms")
    ]
    assert deferred == []


@pytest.mark.parametrize("word", ["skip", "skipif", "xfail", "importorskip"])
def test_no_test_is_skipped(word: str) -> None:
    marked = re.compile(rf"pytest\.(mark\.)?{word}\b")
    assert [name_of(path) for path in TESTS if marked.search(path.read_text(encoding="utf-8"))] == []


def pins(lock: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Package: version and hashes, as a lock pins them."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {match[1]: (match[2], frozenset(re.findall(r"sha256:[0-9a-f]{64}", match[3]))) for match in PINNED.finditer(text)}


def test_what_is_tested_is_what_is_served() -> None:
    serving, developing = pins("requirements.lock"), pins("requirements-dev.lock")
    assert len(serving) > 30
    assert all(hashes for _, hashes in developing.values())
    assert {name: pin for name, pin in serving.items() if developing.get(name) != pin} == {}


def test_every_dependency_is_in_the_lock() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[\[=><]", line)[0].lower() for line in declared}
    assert names - set(pins("requirements.lock")) == set()


def test_no_key_can_enter_an_archive() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert {"*.key", "*.pem", "*.p12", "*.db", "instance"} <= set(build["exclude"])
    assert "force-include" not in build["targets"]["wheel"]
