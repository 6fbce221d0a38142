"""What a marker sends, and the date on which results come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wtforms import BooleanField, DateField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.grading.rules import Criterion
from lms.web.forms import Form, within_reach


class MarkForm(Form):
    """A marker's comment, and the wish for a second marker. The points come by criterion."""

    comment = TextAreaField(
        "Comment",
        [Length(max=2000, message="Use at most 2000 characters.")],
        description="For the record: why the points are as they are. The officer does not see it before an appeal.",
    )
    second_wanted = BooleanField(
        "Ask for a second marker", description="For an answer that the rubric does not settle. Say why in the comment."
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion on the form: what was typed, and what is wrong with it."""

    criterion: Criterion
    typed: str = ""
    fault: str = ""


def lines_sent(rubric: Sequence[Criterion], sent: Mapping[str, str]) -> list[Line]:
    """The criteria as they were sent, each with what is wrong with it."""
    lines = []
    for one in rubric:
        typed = sent.get(f"points-{one.id}", "")
        sound = typed.isdecimal() and len(typed) < 4 and int(typed) <= one.points
        lines.append(Line(one, typed, "" if sound else f"Choose 0 to {one.points} points."))
    return lines


class ReleaseForm(Form):
    """The day on which the results of an exam come out."""

    released_on = DateField("Results come out on", [InputRequired("Enter the day."), within_reach])
    reason = TextAreaField("Why then", [InputRequired("Say why."), Length(max=500, message="Use at most 500 characters.")])
