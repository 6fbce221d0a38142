"""What may be sent about sittings, their people and accommodations."""

import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.agencies.agreement_forms import Checkboxes
from lms.agencies.clocks import start_of
from lms.enrollments.forms import lines_of
from lms.enrollments.queries import PlannedExam
from lms.sittings import rules
from lms.sittings.accommodating import Asked
from lms.sittings.queries import FreeOfficer
from lms.sittings.rules import MODE_LABELS, Category, Grant, Mode, Plan
from lms.web.forms import Form, within_reach

CHOOSE = {"": "Choose one"}
REASON = [InputRequired("Say why."), Length(max=500, message="Use at most 500 characters.")]
MINUTES = [Optional(), NumberRange(0, rules.MOST_MINUTES, f"Enter from 0 to {rules.MOST_MINUTES} minutes.")]


class SittingForm(Form):
    """What is planned of a sitting, on the clock of its class."""

    day = DateField("Day", [InputRequired("Enter the day of the sitting."), within_reach])
    opens = TimeField("Opens at", [InputRequired("Enter when officers may start.")], description="From then on officers may start.")
    closes = TimeField(
        "Closes at",
        [InputRequired("Enter when the window closes.")],
        description="Every exam ends then, except for what an accommodation adds.",
    )
    mode = RadioField("Where it is held", [InputRequired("Choose where the sitting is held.")], choices=MODE_LABELS)
    place = StringField(
        "Room, or how officers connect",
        [InputRequired("Enter the room, or how officers connect."), Length(max=200, message="Use at most 200 characters.")],
        description="Officers read it in their notice. For example: Training room 2, 100 Main Street.",
    )
    capacity = IntegerField(
        "Places",
        [InputRequired("Enter how many officers find a place."), NumberRange(1, rules.LARGEST_SITTING, "Enter from 1 to 500 places.")],
    )
    networks = TextAreaField(
        "Networks",
        description="Ranges of addresses from which the exam may be started, one a line, as in 192.0.2.0/24. Empty: from everywhere.",
    )
    seb_keys = TextAreaField(
        "Safe Exam Browser Config Keys",
        description="One a line. Then only a browser with such settings starts the exam. It never takes the place of the ticket.",
    )

    def validate_networks(self, field: TextAreaField) -> None:
        """Every line is a range of addresses."""
        _every_line(field, rules.fault_of_network)

    def validate_seb_keys(self, field: TextAreaField) -> None:
        """Every line is a Config Key."""
        _every_line(field, lambda line: rules.fault_of_key(line.lower()))

    def plan(self, zone: str) -> Plan:
        """What was sent, once it is found valid."""
        return Plan(
            opens_at=_moment(self.day.data, self.opens.data, zone),
            closes_at=_moment(self.day.data, self.closes.data, zone),
            mode=Mode(self.mode.data),
            place=" ".join(self.place.data.split()),
            capacity=self.capacity.data,
            networks=tuple(lines_of(self.networks.data)),
            seb_keys=tuple(line.lower() for line in lines_of(self.seb_keys.data)),
        )


def _every_line(field: TextAreaField, fault_of: rules.Fault) -> None:
    fault = next((fault for line in lines_of(field.data) if (fault := fault_of(line))), None)
    if fault:
        raise ValidationError(fault)


def _moment(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


class NewSittingForm(SittingForm):
    """A new sitting of a class."""

    exam = SelectField("Exam", [InputRequired("Choose the exam.")])

    def offer(self, exams: Iterable[PlannedExam]) -> None:
        """The exams with a proctor to choose from."""
        named = {one.id: f"{one.title} ({one.minutes} minutes)" for one in exams if one.proctored}
        self.exam.choices = CHOOSE | named


class ChangedSittingForm(SittingForm):
    """A plan of a sitting that takes the place of another."""

    based_on = HiddenField()
    reason = TextAreaField("Why it changes", REASON, description="It stays on record beside the change.")

    @property
    def number_seen(self) -> int:
        """The number of the plan that the person changed; 0 when it came back without one."""
        return int(self.based_on.data) if (self.based_on.data or "").isdecimal() and len(self.based_on.data) < 9 else 0


def as_sent(plan: Plan, number: int, zone: str) -> dict[str, object]:
    """A plan as the form shows it."""
    opens, closes = plan.opens_at.astimezone(ZoneInfo(zone)), plan.closes_at.astimezone(ZoneInfo(zone))
    return {
        "day": opens.date(),
        "opens": opens.time(),
        "closes": closes.time(),
        "mode": plan.mode.value,
        "place": plan.place,
        "capacity": plan.capacity,
        "networks": "\n".join(plan.networks),
        "seb_keys": "\n".join(plan.seb_keys),
        "based_on": str(number),
    }


class OfficersForm(Form):
    """Officers who get a place."""

    officers = Checkboxes("Officers of the class without a place")

    def offer(self, found: Iterable[FreeOfficer]) -> None:
        """The officers to choose from."""
        self.officers.choices = {str(one.enrollment_id): f"{one.name}, {one.agency}" for one in found}

    @property
    def chosen(self) -> list[uuid.UUID]:
        return [uuid.UUID(text) for text in self.officers.data or []]


class ProctorForm(Form):
    """Somebody who is to proctor."""

    proctor = SelectField("Proctor", [InputRequired("Choose a proctor.")])

    def offer(self, found: Iterable[tuple[uuid.UUID, str]]) -> None:
        """The proctors to choose from."""
        self.proctor.choices = CHOOSE | {str(one): name for one, name in found}


class ReasonForm(Form):
    """Why somebody or something is taken out."""

    reason = TextAreaField("Reason", REASON)


class AccommodationForm(Form):
    """What is granted to an officer. It has no place for a word about health, and none is to be entered."""

    percent = IntegerField(
        "Time, in percent of the exam's",
        [InputRequired("Enter the time in percent."), NumberRange(100, rules.MOST_PERCENT, f"Enter from 100 to {rules.MOST_PERCENT}.")],
        description="100 is the exam's own time; 150 is time and a half.",
    )
    extra_minutes = IntegerField("Minutes more, on top", MINUTES)
    rest_minutes = IntegerField("Minutes of rest breaks", MINUTES, description="The proctor pauses the exam for them.")
    category = RadioField(
        "Reason",
        [InputRequired("Choose a reason.")],
        choices={one.value: one.value.capitalize() for one in Category},
        description="The category only. Details stay with whoever approved it.",
    )
    approved_by = StringField(
        "Approved by",
        [InputRequired("Name who approved it."), Length(max=120, message="Use at most 120 characters.")],
        description="Name and position. For example: Ana Ortiz, disability program manager.",
    )
    starts_on = DateField("First day", [InputRequired("Enter the first day."), within_reach])
    ends_on = DateField("Last day", [Optional(), within_reach], description="Empty: until it is ended.")

    def asked(self, zone: str) -> Asked:
        """What was sent, once it is found valid."""
        last = self.ends_on.data
        return Asked(
            grant=Grant(self.percent.data, self.extra_minutes.data or 0, self.rest_minutes.data or 0),
            category=Category(self.category.data),
            approved_by=" ".join(self.approved_by.data.split()),
            starts_at=start_of(self.starts_on.data, zone=zone),
            ends_at=start_of(last + timedelta(days=1), zone=zone) if last else None,
        )
