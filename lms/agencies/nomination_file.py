"""Nominations as a file of comma-separated values: each wrong row told by its line, with what to do. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lms.agencies.nomination_rules import Candidate, fault_of_candidate, is_same, person_of
from lms.agencies.rule_sets import RuleSet

LARGEST = 256 * 1024
MOST_ROWS = 500
COLUMNS = ("name", "email", "sworn_on", "consent_by", "consent_on")
ANSWERS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: the nominee it puts forward, or what is wrong and how to put it right."""

    line: int
    label: str
    candidate: Candidate | None
    what: str = ""
    fix: str = ""


class _Wrong(ValueError):
    """What is wrong with a row, and the fix."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def columns(rule_set: RuleSet) -> list[str]:
    """The columns of a file for nominations under the template: one for each test that the agency attests."""
    return [*COLUMNS, *(test.id for test in rule_set.eligibility if test.kind == "attested")]


def rows_of(text: str, *, rule_set: RuleSet, today: date) -> list[Row]:
    """Every row of the file. A fault of the whole file is a single row on line 1."""
    try:
        return list(_rows(text.removeprefix("\ufeff"), rule_set, today))
    except csv.Error as error:
        return [Row(1, "", None, f"this is no file of comma-separated values ({error})", "save it again as CSV in UTF-8")]


def _rows(text: str, rule_set: RuleSet, today: date) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names = [name.strip().lower() for name in next(reader, [])]
    fault = _fault_of_head(names, columns(rule_set))
    if fault:
        yield Row(1, "", None, *fault)
        return
    accepted: list[tuple[int, Candidate]] = []
    start, count = reader.line_num + 1, 0
    for cells in reader:
        line, start = start, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            yield Row(line, "", None, f"the file has more than {MOST_ROWS} rows", "send the rest as another file")
            return
        yield _row(line, cells, names, rule_set, today, accepted)


def _fault_of_head(names: list[str], wanted: list[str]) -> tuple[str, str] | None:
    missing = [name for name in wanted if name not in names]
    if missing:
        return f"the columns {', '.join(missing)} are missing", f"begin the file with the line {','.join(wanted)}"
    extra = [name for name in names if name not in wanted]
    if extra or len(set(names)) != len(names):
        return f"nobody knows the columns {', '.join(extra) or 'that stand twice'}", f"keep only {','.join(wanted)}"
    return None


def _row(line: int, cells: list[str], names: list[str], rule_set: RuleSet, today: date, accepted: list[tuple[int, Candidate]]) -> Row:
    label = cells[names.index("name")].strip() if len(cells) > names.index("name") else ""
    try:
        candidate = _sound(cells, names, rule_set, today)
        _require_new(candidate, accepted)
    except _Wrong as wrong:
        return Row(line, label, None, wrong.what, wrong.fix)
    accepted.append((line, candidate))
    return Row(line, candidate.name, candidate)


def _sound(cells: list[str], names: list[str], rule_set: RuleSet, today: date) -> Candidate:
    if len(cells) != len(names):
        raise _Wrong(f"the row has {len(cells)} cells, and the head {len(names)}", "put texts with a comma in double quotes")
    candidate = _candidate(dict(zip(names, (cell.strip() for cell in cells), strict=True)), rule_set)
    wrong = fault_of_candidate(candidate, today=today)
    if wrong:
        raise _Wrong(*wrong)
    return candidate


def _candidate(cells: Mapping[str, str], rule_set: RuleSet) -> Candidate:
    attested = {test.id: cells[test.id] for test in rule_set.eligibility if test.kind == "attested"}
    return Candidate(
        name=" ".join(cells["name"].split()),
        email=cells["email"],
        sworn_on=_day(cells, "sworn_on"),
        answers={test_id: _answer(test_id, said) for test_id, said in attested.items() if said},
        consent_by=" ".join(cells["consent_by"].split()),
        consent_on=_day(cells, "consent_on"),
    )


def _answer(column: str, said: str) -> bool:
    if said.lower() not in ANSWERS:
        raise _Wrong(f"{column} is “{said[:40]}”", "write yes or no, or leave it empty if you do not know")
    return ANSWERS[said.lower()]


def _day(cells: Mapping[str, str], column: str) -> date | None:
    if not cells[column]:
        return None
    try:
        return date.fromisoformat(cells[column])
    except ValueError:
        raise _Wrong(f"{column} is “{cells[column][:40]}”, which is no date", "write it as 2025-03-01: year, month, day") from None


def _require_new(candidate: Candidate, accepted: list[tuple[int, Candidate]]) -> None:
    earlier = next((line for line, other in accepted if is_same(person_of(candidate), person_of(other))), None)
    if earlier is not None:
        raise _Wrong(f"this is the same person as on line {earlier}", "keep one of the two rows")
