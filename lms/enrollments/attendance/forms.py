"""What may be sent about attendance and hours made up: the roster of a day in one form."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.enrollments.attendance.queries import Recorded
from lms.enrollments.attendance.rules import Entry, Mark, entry_of
from lms.enrollments.queries import RosterRow
from lms.web.forms import Form, within_reach

REASON = [InputRequired("Say why."), Length(max=500, message="Use at most 500 characters.")]


@dataclass(frozen=True, slots=True)
class Line:
    """One officer on the sheet of a day: what stands or was typed, and what is wrong with it."""

    enrollment_id: uuid.UUID
    name: str
    agency: str
    mark: str
    minutes: str
    recorded: Recorded | None
    entry: Entry | None = None
    fault: str = ""


def sheet_of(roster: Sequence[RosterRow], recorded: Mapping[uuid.UUID, Recorded], *, preset: str) -> list[Line]:
    """The sheet as it stands. `preset` is the mark shown for officers of whom nothing is recorded."""
    lines = []
    for row in roster:
        stands = recorded.get(row.enrollment_id)
        mark, minutes = (stands.mark.value, str(stands.minutes)) if stands else (preset, "")
        lines.append(Line(row.enrollment_id, row.name, row.agency, mark, minutes, stands))
    return lines


def sheet_sent(roster: Sequence[RosterRow], recorded: Mapping[uuid.UUID, Recorded], sent: Mapping[str, str], *, whole: int) -> list[Line]:
    """The sheet as it was sent, each line with what it says or what is wrong with it. A line without a mark says nothing."""
    lines = []
    for row in roster:
        mark, typed = sent.get(f"mark-{row.enrollment_id}", ""), sent.get(f"minutes-{row.enrollment_id}", "").strip()
        entry = _entry(mark, typed, whole)
        fault = entry if isinstance(entry, str) else ""
        said = entry if isinstance(entry, Entry) else None
        lines.append(Line(row.enrollment_id, row.name, row.agency, mark, typed[:9], recorded.get(row.enrollment_id), said, fault))
    return lines


def _entry(mark: str, typed: str, whole: int) -> Entry | str | None:
    if not mark:
        return None
    if mark not in set(Mark):
        return "Choose one of the marks."
    minutes = int(typed) if typed.isdecimal() and typed.isascii() and len(typed) <= 5 else None
    return entry_of(Mark(mark), minutes=minutes, whole=whole)


class CorrectionForm(Form):
    """Why what was recorded is corrected."""

    reason = TextAreaField(
        "Why it is corrected",
        [Length(max=500, message="Use at most 500 characters.")],
        description="Needed only where something recorded before changes. Both stay on record.",
    )


class MakeUpForm(Form):
    """Hours made up."""

    minutes = IntegerField("Minutes made up", [InputRequired("Enter how many minutes were made up.")])
    what = StringField(
        "What was done instead",
        [InputRequired("Say what was done."), Length(max=300, message="Use at most 300 characters.")],
        description="For example: one-to-one instruction on detainers with Iris Takeda.",
    )
    held_on = DateField("Done on", [InputRequired("Enter the day on which it was done."), within_reach])


class AnnulmentForm(Form):
    """Why hours made up count no more."""

    reason = TextAreaField("Reason", REASON)
