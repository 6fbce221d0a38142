"""What may be sent to open a class, to plan it anew and to cancel it."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date, time
from typing import Any

from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from lms.agencies.agreement_forms import Checkboxes
from lms.agencies.rules import STATES, TIME_ZONES
from lms.courses.queries import CourseRow
from lms.enrollments.rules import LARGEST_CLASS, MODE_LABELS, Mode, Plan, fault_of_dates
from lms.web.forms import Form, within_reach

CHOOSE = {"": "Choose one"}
NAMED = {"": "None"}
REASON = [InputRequired("Say why."), Length(max=500, message="Use at most 500 characters.")]


class PlanForm(Form):
    """What is planned of a class."""

    title = StringField(
        "Name of the class",
        [InputRequired("Enter a name for the class."), Length(max=120, message="Use at most 120 characters.")],
        description="For example: Warrant Service Officer, January 2027.",
    )
    starts_on = DateField("First day", [InputRequired("Enter the first day."), within_reach])
    ends_on = DateField("Last day", [InputRequired("Enter the last day."), within_reach])
    time_zone = SelectField("Time zone", [InputRequired("Choose the time zone of the class.")], choices=CHOOSE | TIME_ZONES)
    mode = RadioField("How it is held", [InputRequired("Choose how the class is held.")], choices=MODE_LABELS, default=Mode.ONLINE)
    place = StringField("Place", [Length(max=200, message="Use at most 200 characters.")], description="Building, street and city.")
    state = SelectField("State or territory", choices=NAMED | STATES)
    capacity = IntegerField(
        "Places",
        [
            InputRequired("Enter how many officers the class holds."),
            NumberRange(1, LARGEST_CLASS, f"A class holds from 1 to {LARGEST_CLASS}."),
        ],
        default=24,
        description="Officers beyond it wait for a place, in order.",
    )
    instructors = Checkboxes("Instructors of record")
    day_starts = TimeField("Training days begin at", [InputRequired("Enter when a training day begins.")], default=time(8))
    weekends = BooleanField("Training is also held on Saturdays and Sundays")
    days_off = TextAreaField("Days off", description="Days without training, such as holidays: one date a line, as in 2027-01-18.")

    def offer(self, instructors: Mapping[uuid.UUID, str]) -> None:
        """The instructors to choose from."""
        self.instructors.choices = {str(user_id): name for user_id, name in instructors.items()}

    def validate_ends_on(self, field: DateField) -> None:
        """The last day is not before the first."""
        fault = fault_of_dates(starts_on=self.starts_on.data, ends_on=field.data) if self.starts_on.data and field.data else None
        if fault:
            raise ValidationError(fault)

    def validate_place(self, field: StringField) -> None:
        """A class that is not held online has a place."""
        if self.mode.data != Mode.ONLINE and not (field.data or "").strip():
            raise ValidationError("Enter the place of a class that is not held online.")

    def validate_state(self, field: SelectField) -> None:
        """The place lies in a State."""
        if self.mode.data != Mode.ONLINE and not field.data:
            raise ValidationError("Choose the State of a class that is not held online.")

    def validate_days_off(self, field: TextAreaField) -> None:
        """Every line is a date."""
        for line in lines_of(field.data):
            if date_of(line) is None:
                message = f"“{line[:40]}” is no date. Write one date a line, as in 2027-01-18."
                raise ValidationError(message)

    @property
    def plan(self) -> Plan:
        """What was sent, once it is found valid."""
        return Plan(
            title=self.title.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            time_zone=self.time_zone.data,
            mode=Mode(self.mode.data),
            place=self.place.data or "",
            state=self.state.data or "",
            capacity=self.capacity.data,
            instructors=frozenset(uuid.UUID(text) for text in self.instructors.data or []),
            day_starts=self.day_starts.data.strftime("%H:%M"),
            weekends=self.weekends.data,
            days_off=tuple(day for line in lines_of(self.days_off.data) if (day := date_of(line))),
        )


def lines_of(text: str | None) -> list[str]:
    """The lines of a text that are not empty."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def date_of(text: str) -> date | None:
    """The date written in `text`, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class OfferingForm(PlanForm):
    """A new class."""

    course = SelectField(
        "Course",
        [InputRequired("Choose a course.")],
        description="The class stays on this revision; moving it to a later one is an act of its own.",
    )

    def offer_courses(self, courses: Collection[CourseRow]) -> None:
        """The courses to choose from, each at its newest revision."""
        named = {row.hash: f"{row.title} ({row.program_model}, revision {row.number}, {row.hours} hours)" for row in courses}
        self.course.choices = CHOOSE | named


class ChangedPlanForm(PlanForm):
    """A plan that takes the place of another."""

    based_on = HiddenField()
    reason = TextAreaField("Why it changes", REASON, description="It stays on record beside the change.")

    @property
    def number_seen(self) -> int:
        """The number of the plan that the person changed; 0 when it came back without one."""
        return int(self.based_on.data) if (self.based_on.data or "").isdecimal() and len(self.based_on.data) < 9 else 0


def as_sent(plan: Plan, number: int) -> dict[str, Any]:
    """A plan as the form shows it."""
    hour, minute = plan.day_starts.split(":")
    return {
        "title": plan.title,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "time_zone": plan.time_zone,
        "mode": plan.mode.value,
        "place": plan.place,
        "state": plan.state,
        "capacity": plan.capacity,
        "instructors": [str(one) for one in plan.instructors],
        "day_starts": time(int(hour), int(minute)),
        "weekends": plan.weekends,
        "days_off": "\n".join(day.isoformat() for day in plan.days_off),
        "based_on": str(number),
    }


class CancellationForm(Form):
    """Why a class is cancelled."""

    reason = TextAreaField("Reason", REASON, description="Officers and their agencies see it.")
