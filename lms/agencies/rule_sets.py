"""The rules of an agreement's template as data: `rule_sets/*.toml`, each value with its source, and what is wrong with a file. Pure values.

A value that the source does not name is None, never a guess: `unstated = true` stands in the file, and the source says where it was sought.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from lms.kernel.canonical import content_hash

T = TypeVar("T")
FOLDER = Path(__file__).parent / "rule_sets"
MODELS = {
    "JEM": "Jail Enforcement Model",
    "WSO": "Warrant Service Officer",
    "TFM": "Task Force Model",
    "INFLUX": "Mass influx response",
}
"""Program models by their short names. INFLUX is none of section 287(g): its authority is 8 U.S.C. 1103(a)(10)."""
BASES = {"287g": "Section 287(g), 8 U.S.C. 1357(g)", "103a10": "Mass influx, 8 U.S.C. 1103(a)(10)"}
BASIS_OF_MODEL = {"JEM": "287g", "WSO": "287g", "TFM": "287g", "INFLUX": "103a10"}
KEYS = (
    *("id", "title", "model", "revision", "basis", "training", "substitutes"),
    *("eligibility", "exams", "authorization", "refresher", "notice", "function"),
)
SCOPES = ("each", "final")
RETAKE_SCOPES = ("course", "exam")
TEST_KINDS = ("attested", "service", "screened")
STAGES = ("training", "authorization")
HUNDRED_PERCENT = 100_000
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MARK = re.compile(r"(\d{1,3})\.(\d{2})")
HEADER = re.compile(r"^\[\[?\s*([\w-]+)\s*\]?\]")


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value and where it is written. None: the source names no value."""

    value: T | None
    source: str


@dataclass(frozen=True, slots=True)
class EligibilityTest:
    """What a nominee must be. `attested` by the agency, `service` of so many years, `screened` by the program; `before` what it counts."""

    id: str
    kind: str
    label: str
    before: str
    years: int
    source: str


@dataclass(frozen=True, slots=True)
class Exams:
    """What must be passed. `pass_mark` and `recorded_retake_score` in thousandths of a percent point."""

    scope: Sourced[str]
    pass_mark: Sourced[int]
    retakes: Sourced[int]
    retake_scope: Sourced[str]
    failures_to_disqualify: Sourced[int]
    recorded_retake_score: Sourced[int]


@dataclass(frozen=True, slots=True)
class Notice:
    """A clock: so many hours or calendar days. `exigent`: exigent circumstances cut it short."""

    id: str
    label: str
    hours: int
    days: int
    without_weekends: bool
    exigent: bool
    source: str


@dataclass(frozen=True, slots=True)
class Function:
    """One thing that officers under the model may be authorized to do."""

    id: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one template revision. `content` is what the file says, to be kept with the agreement under `hash`."""

    id: str
    title: str
    model: str
    revision: str
    basis: str
    training: Sourced[str]
    substitutes: Sourced[bool]
    eligibility: tuple[EligibilityTest, ...]
    exams: Exams
    authorization_months: Sourced[int]
    refresher_not_before_months: Sourced[int]
    refresher_due_months: Sourced[int]
    notices: tuple[Notice, ...]
    functions: tuple[Function, ...]
    content: Mapping[str, Any] = field(repr=False)

    @property
    def hash(self) -> str:
        return content_hash(self.content)

    @property
    def function_ids(self) -> frozenset[str]:
        return frozenset(function.id for function in self.functions)

    def notice(self, notice_id: str) -> Notice | None:
        """The clock of that name, or None when the template has none."""
        return next((notice for notice in self.notices if notice.id == notice_id), None)


@dataclass(frozen=True, slots=True, order=True)
class RuleSetFault:
    """One thing wrong with a file, with its line."""

    path: str
    line: int
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}. Fix: {self.fix}."


class BrokenRuleSets(RuntimeError):
    """The shipped rule sets have faults: an installation does not start on them."""


@dataclass(slots=True)
class _Reading:
    """The table `name` (the `number`th of its name) of one file while it is read, and the faults found in the file so far."""

    path: str
    text: str
    faults: list[RuleSetFault]
    values: Mapping[str, Any]
    name: str = ""
    number: int = 0

    def inner(self, name: str, values: object, number: int = 0) -> "_Reading":
        return _Reading(self.path, self.text, self.faults, values if isinstance(values, dict) else {}, name, number)

    def fault(self, key: str, what: str, fix: str) -> None:
        self.faults.append(RuleSetFault(self.path, _line(self.text, self.name, self.number, key), what, fix))

    def known(self, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Fault what is missing and what nobody knows."""
        required = tuple(required)
        where = f" in [{self.name}]" if self.name else ""
        for key in required:
            if key not in self.values:
                self.fault(key, f"`{key}` is missing{where}", f"add `{key}`")
        for key in self.values:
            if key not in {*required, *optional}:
                self.fault(key, f"Nobody knows `{key}`{where}", "remove it")

    def text_of(self, key: str) -> str:
        value = self.values.get(key, "")
        if isinstance(value, str) and value.strip():
            return value.strip()
        if key in self.values:
            self.fault(key, f"`{key}` is not a text", f"write {key} as text, not empty")
        return ""

    def one_of(self, key: str, allowed: Iterable[str]) -> str:
        value, allowed = self.text_of(key), tuple(allowed)
        if value and value not in allowed:
            self.fault(key, f"`{key}` is `{value}`", f"use one of: {', '.join(allowed)}")
        return value

    def id_of(self, key: str = "id") -> str:
        value = self.text_of(key)
        if value and not ID.fullmatch(value):
            self.fault(key, f"`{value}` is not an id", "use small letters, digits and single hyphens")
        return value

    def count(self, key: str) -> int:
        value = self.values.get(key, 0)
        if key in self.values and not _is_count(value):
            self.fault(key, f"`{key}` is not a whole number above zero", "write a whole number without quotes")
            return 0
        return int(value)

    def truth(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.fault(key, f"`{key}` is neither true nor false", "write true or false, without quotes")
        return value is True

    def sourced(self, key: str, read: Callable[[Any], T | None], wanted: str) -> Sourced[T]:
        """A value with its source, or the word that the source names none."""
        table = self.values.get(key)
        if table is None:
            return Sourced(None, "")
        if not isinstance(table, dict) or set(table) not in ({"value", "source"}, {"unstated", "source"}):
            self.fault(
                key,
                f"`{key}` is not a value with its source",
                'write { value = ..., source = "..." } or { unstated = true, source = "..." }',
            )
            return Sourced(None, "")
        source = table["source"]
        if not isinstance(source, str) or not source.strip():
            self.fault(key, f"`{key}` has no source", "say where the value is written")
            return Sourced(None, "")
        value = read(table["value"]) if "value" in table else None
        if "value" in table and value is None:
            self.fault(key, f"`{key}` is not {wanted}", f"write {wanted}")
        if table.get("unstated", True) is not True:
            self.fault(key, f"`unstated` of `{key}` is not true", "write unstated = true, or give a value")
        return Sourced(value, source.strip())

    def tables(self, key: str) -> list["_Reading"]:
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self.fault(key, f"`{key}` is not a list of tables", f"write [[{key}]]")
            return []
        return [self.inner(key, one, number) for number, one in enumerate(found)]


def rule_set_from(text: str, *, path: str) -> tuple[RuleSet | None, list[RuleSetFault]]:
    """The rule set that a file holds, or None; with its faults, all of them at once."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [RuleSetFault(path, 1, f"This cannot be read as TOML: {error}", "correct the line, its quotes above all")]
    return rule_set_of(values, path=path, text=text)


def rule_set_of(values: Mapping[str, Any], *, path: str = "", text: str = "") -> tuple[RuleSet | None, list[RuleSetFault]]:
    """The rule set that `values` say: of a file, or as it was kept with an agreement."""
    reading = _Reading(path, text, [], values)
    reading.known(KEYS[:-2], ("notice", "function"))
    model, basis = reading.one_of("model", MODELS), reading.one_of("basis", BASES)
    if BASIS_OF_MODEL.get(model, basis) != basis:
        reading.fault("basis", f"The basis of {model} is not {basis} (R-26)", f"write {BASIS_OF_MODEL[model]}")
    refresher, authorization = (
        reading.inner("refresher", values.get("refresher")),
        reading.inner("authorization", values.get("authorization")),
    )
    authorization.known(("months",))
    refresher.known(("not_before_months", "due_months"))
    found = RuleSet(
        id=reading.id_of(),
        title=reading.text_of("title"),
        model=model,
        revision=reading.text_of("revision"),
        basis=basis,
        training=reading.sourced("training", _text, "a text"),
        substitutes=reading.sourced("substitutes", _truth, "true or false"),
        eligibility=_distinct(reading, "eligibility", _test),
        exams=_exams(reading.inner("exams", values.get("exams"))),
        authorization_months=authorization.sourced("months", _count, "a number of months"),
        refresher_not_before_months=refresher.sourced("not_before_months", _count, "a number of months"),
        refresher_due_months=refresher.sourced("due_months", _count, "a number of months"),
        notices=_distinct(reading, "notice", _notice),
        functions=_distinct(reading, "function", _function),
        content=values,
    )
    if not found.functions:
        reading.fault("function", "The template names no function", "add [[function]]")
    return (None if reading.faults else found), sorted(reading.faults)


def _exams(reading: _Reading) -> Exams:
    reading.known(("scope", "pass_mark", "retakes", "retake_scope", "failures_to_disqualify", "recorded_retake_score"))
    return Exams(
        scope=reading.sourced("scope", _one_of(SCOPES), f"one of: {', '.join(SCOPES)}"),
        pass_mark=reading.sourced("pass_mark", _mark, 'a percentage such as "70.00"'),
        retakes=reading.sourced("retakes", _count, "a number of retakes"),
        retake_scope=reading.sourced("retake_scope", _one_of(RETAKE_SCOPES), f"one of: {', '.join(RETAKE_SCOPES)}"),
        failures_to_disqualify=reading.sourced("failures_to_disqualify", _count, "a number of failures"),
        recorded_retake_score=reading.sourced("recorded_retake_score", _mark, 'a percentage such as "70.00"'),
    )


def _test(reading: _Reading) -> EligibilityTest:
    reading.known(("id", "kind", "label", "before", "source"), ("years",))
    kind, years = reading.one_of("kind", TEST_KINDS), reading.count("years")
    if (kind == "service") is not (years > 0):
        reading.fault("years", "Only a test of service has years, and it must", 'give years with kind = "service" alone')
    return EligibilityTest(
        reading.id_of(), kind, reading.text_of("label"), reading.one_of("before", STAGES), years, reading.text_of("source")
    )


def _notice(reading: _Reading) -> Notice:
    reading.known(("id", "label", "source"), ("hours", "days", "without_weekends", "exigent"))
    hours, days, without_weekends = reading.count("hours"), reading.count("days"), reading.truth("without_weekends")
    if bool(hours) is bool(days) or (without_weekends and days):
        reading.fault("id", "A clock has either hours or days, and leaves out weekends in hours only", "give one of them")
    return Notice(
        reading.id_of(), reading.text_of("label"), hours, days, without_weekends, reading.truth("exigent"), reading.text_of("source")
    )


def _function(reading: _Reading) -> Function:
    reading.known(("id", "text", "source"))
    return Function(reading.id_of(), reading.text_of("text"), reading.text_of("source"))


Entry = TypeVar("Entry", EligibilityTest, Notice, Function)


def _distinct(reading: _Reading, key: str, read: Callable[[_Reading], Entry]) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for table in reading.tables(key):
        entry = read(table)
        if entry.id in found:
            table.fault("id", f"`{entry.id}` stands twice among the tables [[{key}]]", "keep one of them")
        found[entry.id] = entry
    return tuple(found.values())


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _count(value: Any) -> int | None:
    return value if _is_count(value) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _mark(value: Any) -> int | None:
    """A percentage with two digits after the point, in thousandths of a percent point: 69.99 never becomes 70 (R-04)."""
    match = MARK.fullmatch(value) if isinstance(value, str) else None
    mark = int(match[1]) * 1000 + int(match[2]) * 10 if match else 0
    return mark if 0 < mark <= HUNDRED_PERCENT else None


def _one_of(allowed: tuple[str, ...]) -> Callable[[Any], str | None]:
    return lambda value: value if value in allowed else None


def _line(text: str, name: str, number: int, key: str) -> int:
    """The line of `key` in the `number`th table `name`; the table's own when the key is not there."""
    current, seen, start = "", 0, 1
    for line, content in enumerate(text.splitlines(), 1):
        header = HEADER.match(content)
        if header:
            current = header[1]
            seen += current == name
            start = line if current == name and seen == number + 1 else start
        inside = current == name and (not name or seen == number + 1)
        if inside and re.match(rf"{re.escape(key)}\s*=", content):
            return line
    return start


def rule_sets_in(folder: Path) -> tuple[tuple[RuleSet, ...], list[RuleSetFault]]:
    """Every rule set of a folder by id, and every fault."""
    faults: list[RuleSetFault] = []
    found: dict[str, RuleSet] = {}
    for path in sorted(folder.glob("*.toml")):
        rule_set, wrong = rule_set_from(path.read_text(encoding="utf-8"), path=path.name)
        faults.extend(wrong)
        if rule_set is not None and rule_set.id != path.stem:
            faults.append(RuleSetFault(path.name, 1, f"The id {rule_set.id} is not the file's name", "name the file by the id"))
        elif rule_set is not None:
            found[rule_set.id] = rule_set
    return tuple(found.values()), faults


@cache
def shipped() -> tuple[RuleSet, ...]:
    """The rule sets that come with the program. Raises BrokenRuleSets with every fault."""
    found, faults = rule_sets_in(FOLDER)
    if faults:
        raise BrokenRuleSets("\n".join(str(fault) for fault in faults))
    return found


def shipped_rule_set(rule_set_id: str) -> RuleSet | None:
    """The shipped rule set of that id, or None."""
    return next((found for found in shipped() if found.id == rule_set_id), None)
