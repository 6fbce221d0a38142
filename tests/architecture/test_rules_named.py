"""Every rule of the program is named by a test of pure rules, in its name or its docstring."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

TESTS = Path(__file__).parents[1]
RULE = re.compile(r"(?<![A-Za-z])[rR][-_](\d{2})(?!\d)")
ALL = set(range(1, 35))
IMPURE = ("sqlalchemy", "flask", "playwright", "lms.db", "lms.web", "tests.support.cast", "tests.support.town")
"""Modules without which nothing is asked of a database or a site."""
ELSEWHERE: Mapping[int, tuple[str, str]] = {}
"""By their numbers: rules that no test of pure rules can name, each with the reason and where what there is of it is held."""


def is_pure(tree: ast.Module) -> bool:
    """Whether a test module needs neither a database nor a site."""
    named = [one.module or "" for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)]
    named += [alias.name for one in ast.walk(tree) if isinstance(one, ast.Import) for alias in one.names]
    return not any(name == part or name.startswith(f"{part}.") for name in named for part in IMPURE)


def cited_in(tree: ast.Module) -> set[int]:
    """The rules that the tests of a module name."""
    tests = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]
    return {int(number) for one in tests for number in RULE.findall(f"{one.name} {ast.get_docstring(one) or ''}")}


def pure_modules() -> Iterator[ast.Module]:
    """The test modules of the features that need nothing but rules."""
    for path in sorted(TESTS.glob("*/test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.parent != Path(__file__).parent and is_pure(tree):
            yield tree


def told(rules: set[int]) -> str:
    """The rules as the program's list names them."""
    return ", ".join(f"R-{number:02}" for number in sorted(rules))


def test_every_rule_is_named_by_a_test_of_pure_rules() -> None:
    cited = {rule for tree in pure_modules() for rule in cited_in(tree)}
    assert cited <= ALL
    missing = ALL - cited - set(ELSEWHERE)
    assert not missing, f"No test of pure rules names {told(missing)}. Cite each in the docstring of the test that holds it."
    named = cited & set(ELSEWHERE)
    assert not named, f"Tests of pure rules name {told(named)} now: take these out of ELSEWHERE."


def test_every_exception_says_why_and_where() -> None:
    faults = [rule for rule, (why, where) in ELSEWHERE.items() if rule not in ALL or not why or not (TESTS.parent / where).is_file()]
    assert faults == []


def test_a_citation_counts_only_in_a_test_that_needs_no_database() -> None:
    pure = ast.parse('"""R-01."""\n\n\ndef test_r_02_holds() -> None:\n    """R-03."""\n')
    assert is_pure(pure)
    assert cited_in(pure) == {2, 3}
    assert not is_pure(ast.parse("from sqlalchemy.orm import Session\n"))
    assert not is_pure(ast.parse("import flask.testing\n"))
