"""Reading the fields of an authored table: each wrong one becomes a fault on its own line, and hides no other."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from lms.facts.faults import Fault

PERMANENT_ID = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")


@dataclass(slots=True)
class Fields:
    """The fields of one `thing` ("question", "lesson" ...), with the line of each key, and the faults found so far."""

    thing: str
    path: str
    line: int
    values: Mapping[str, object]
    lines: Mapping[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)

    def fault(self, key: str, what: str, fix: str) -> None:
        self.faults.append(Fault(self.path, self.line_of(key), what, fix))

    def expect(self, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Fault every required key that is missing and every key that nobody knows."""
        required = list(required)
        known = {*required, *optional}
        for key in required:
            if key not in self.values:
                self.faults.append(Fault(self.path, self.line, f"The {self.thing} has no `{key}`", f"add `{key}`"))
        for key in self.values:
            if key not in known:
                self.fault(key, f"Nobody knows the key `{key}` in a {self.thing}", f"remove it, or use one of: {', '.join(sorted(known))}")

    def text(self, key: str) -> str:
        """The text under `key`; empty, with a fault, when it is not a text with something in it."""
        value = self.values.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if key in self.values:
            self.fault(key, f"`{key}` is not a text", f"write {key} as text, not empty")
        return ""

    def permanent_id(self, key: str = "id") -> str:
        """The permanent id under `key`: letters, digits, hyphens and dots."""
        value = self.text(key)
        if value and not PERMANENT_ID.fullmatch(value):
            self.fault(key, f"`{value}` is not a permanent id", "use letters, digits, single hyphens and dots")
            return ""
        return value

    def whole(self, key: str, least: int = 0) -> int:
        """The whole number under `key`, at least `least`."""
        value = self.values.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        if key in self.values:
            self.fault(key, f"`{key}` is not a whole number of at least {least}", "write a whole number without quotes")
        return least

    def truth(self, key: str) -> bool:
        value = self.values.get(key)
        if key in self.values and not isinstance(value, bool):
            self.fault(key, f"`{key}` is neither true nor false", "write true or false, without quotes")
        return value is True

    def day(self, key: str) -> date | None:
        value = self.values.get(key)
        if type(value) is date:
            return value
        if key in self.values:
            self.fault(key, f"`{key}` is not a date", "write it as 2026-11-22, without quotes")
        return None

    def past_day(self, key: str, today: date) -> date | None:
        """The date under `key`, which must not lie after `today`."""
        value = self.day(key)
        if value is not None and value > today:
            self.fault(key, f"`{key}` lies in the future ({value})", "give the day on which the law was last looked at")
        return value

    def review_day(self, law_as_of: date | None, today: date) -> date | None:
        """The date under `review_by`, which lies after `law_as_of`; a warning, and no fault, when it has passed."""
        value = self.day("review_by")
        if value is None:
            return None
        line = self.line_of("review_by")
        if law_as_of is not None and value <= law_as_of:
            self.fault(
                "review_by", f"`review_by` ({value}) does not lie after `law_as_of` ({law_as_of})", "give the day of the next review"
            )
        elif value < today:
            what = f"This {self.thing} was to be reviewed by {value}"
            self.faults.append(Fault(self.path, line, what, "read it again, then move law_as_of and review_by", warning=True))
        return value

    def one_of(self, key: str, allowed: Iterable[str]) -> str:
        value = self.text(key)
        allowed = list(allowed)
        if value and value not in allowed:
            self.fault(key, f"`{key}` is `{value}`", f"use one of: {', '.join(allowed)}")
            return ""
        return value

    def thousandths(self, key: str, most: int) -> int | None:
        """A decimal written as text ("70.00", "0.4") in thousandths, between 0 and `most`; None, with a fault, when it is none."""
        if key not in self.values:
            return None
        value = self.values[key]
        number = _decimal(value) if isinstance(value, str) else None
        if number is not None and number * 1000 == int(number * 1000) and 0 <= number * 1000 <= most:
            return int(number * 1000)
        self.fault(key, f"`{key}` is not a decimal text between 0 and {Decimal(most) / 1000}", 'write it in quotes, as in "0.4" or "70.00"')
        return None

    def texts(self, key: str) -> list[str]:
        """The list of texts under `key`."""
        value = self.values.get(key)
        if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
            return [item.strip() for item in value]
        if key in self.values:
            self.fault(key, f"`{key}` is not a list of texts", "write it as [one, two]")
        return []


def _decimal(text: str) -> Decimal | None:
    if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?", text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern admits decimals only
        return None
