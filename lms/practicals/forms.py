"""What may be sent about practical exercises: a rating criterion by criterion, a decision, a repeat, the answer to an alarm."""

from collections.abc import Mapping
from dataclasses import dataclass

from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.practicals.rules import Criterion, Given, Mark, Rubric, fault_of_given
from lms.web.forms import Form, within_reach

LENGTH = Length(max=500, message="Use at most 500 characters.")


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion on the form: what stands or was typed, and what is wrong with it."""

    criterion: Criterion
    mark: str
    note: str
    fault: str = ""


def lines_of(rubric: Rubric, given: Mapping[str, Given]) -> list[Line]:
    """The form as it stands."""
    shown = ((one, given.get(one.id)) for one in rubric.criteria)
    return [Line(one, said.mark.value if said else "", said.note if said else "") for one, said in shown]


def lines_sent(rubric: Rubric, sent: Mapping[str, str]) -> list[Line]:
    """The form as it was sent, each line with what is wrong with it."""
    lines = []
    for one in rubric.criteria:
        mark, note = sent.get(f"mark-{one.id}", ""), sent.get(f"note-{one.id}", "").strip()
        fault = fault_of_given(one, Given(Mark(mark), note) if mark in set(Mark) else None)
        lines.append(Line(one, mark, note, fault or ""))
    return lines


def given_in(lines: list[Line]) -> dict[str, Given]:
    """What sound lines say."""
    return {line.criterion.id: Given(Mark(line.mark), " ".join(line.note.split())) for line in lines}


class RatingForm(Form):
    """When the exercise was held, and why a rating is corrected."""

    held_on = DateField("Held on", [InputRequired("Enter the day on which the exercise was held."), within_reach])
    reason = TextAreaField("Why you correct your rating", [LENGTH], description="Both ratings stay on record.")


class DecisionForm(Form):
    """A third rater's word."""

    passed = RadioField(
        "Outcome", [InputRequired("Say whether the officer passed.")], choices={"yes": "The officer passed", "no": "The officer failed"}
    )
    reason = TextAreaField("Reason", [InputRequired("Say why."), LENGTH], description="Both raters and the officer read it.")


class RepeatForm(Form):
    """What was practiced before a repeat."""

    remediation = TextAreaField(
        "What was practiced since",
        [InputRequired("Say what was practiced since the failure."), LENGTH],
        description="For example: an hour on serving the warrant with Iris Takeda, on November 20.",
    )


class AnswerForm(Form):
    """What was done about an alarm."""

    what = TextAreaField(
        "What was looked at, and what was done",
        [InputRequired("Say what was looked at and what was done."), LENGTH],
        description="For example: the scenario gave no time to read the paper; it was changed, and the five officers practice again.",
    )
