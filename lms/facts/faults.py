"""A fault in an authored file: where it stands, what is wrong, and how to put it right."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong on one line. A `warning` is told and refuses nothing."""

    path: str
    line: int
    what: str
    fix: str
    warning: bool = False

    def __str__(self) -> str:
        kind = "Warning: " if self.warning else ""
        return f"{self.path}:{self.line}: {kind}{self.what}. Fix: {self.fix}."


def refusing(faults: Iterable[Fault]) -> list[Fault]:
    """The faults that stand in the way of publishing, warnings left out."""
    return [fault for fault in faults if not fault.warning]
