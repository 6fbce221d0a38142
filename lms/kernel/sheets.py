"""Sheets of comma-separated values that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula."""


def cell(value: object) -> str:
    """A value for a spreadsheet: what would be taken for a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def sheet(headings: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A whole sheet as text, every cell in quotation marks."""
    written = io.StringIO()
    lines = csv.writer(written, quoting=csv.QUOTE_ALL)
    lines.writerow(headings)
    lines.writerows([cell(value) for value in row] for row in rows)
    return written.getvalue()
