"""What a proctor sends from the console: acts, incidents, rulings, requests, decisions and the closing."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from lms.accounts.forms import OnceForm
from lms.agencies.agreement_forms import Checkboxes
from lms.agencies.forms import CHOOSE
from lms.exams.acts import Reason
from lms.exams.messages import LONGEST
from lms.proctoring.acting import Order
from lms.proctoring.closing import DECLARATION, Words
from lms.proctoring.console_queries import Card
from lms.proctoring.incidents import Noted
from lms.proctoring.requesting import LONGEST_MINUTES, Wanted
from lms.proctoring.rules import ActKind, Asked, IncidentKind, Ruling
from lms.web.forms import Form, within_reach

LONGEST_NOTE: Final = 1000
CLOCK: Final = ["%H:%M", "%H:%M:%S"]


def _note(label: str, needed: str, *, longest: int = LONGEST_NOTE, description: str = "") -> TextAreaField:
    rules = [InputRequired(needed), Length(max=longest, message=f"Use at most {longest} characters.")]
    return TextAreaField(label, rules, description=description)


def _list(label: str, words: Iterable[str], needed: str) -> SelectField:
    return SelectField(label, [InputRequired(needed)], choices=CHOOSE | {str(word): str(word).capitalize() for word in words})


def _moment(day: Any, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def _id(value: object) -> uuid.UUID:
    """The id of a choice, as it is offered or as it was sent."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))


def _officers(label: str) -> Checkboxes:
    return Checkboxes(label, coerce=_id, validate_choice=False, choices=[])


class ActForm(OnceForm):
    """An act on officers of a sitting: to whom, why, and a note."""

    officers = _officers("Officers")
    reason = _list("Reason", Reason, "Choose the reason.")
    note = _note("What happened", "Say in a few words what happened: the record keeps it.", longest=LONGEST)

    def offers(self, cards: Iterable[Card]) -> None:
        """Let these officers be chosen."""
        self.officers.choices = [(card.enrollment_id, f"{card.officer_name}: {card.place}") for card in cards]

    def validate_officers(self, field: Checkboxes) -> None:
        """One at least; whoever was chosen is asked for again by the service."""
        if not field.data:
            raise ValidationError("Choose at least one officer.")

    def order(self, kind: ActKind, *, zone: str) -> Order:  # noqa: ARG002 - an act with moments needs the zone
        """What is ordered."""
        return Order(kind, frozenset(self.officers.data), Reason(self.reason.data), self.note.data, self.id_shown)


class MessageForm(ActForm):
    """A message to officers. They see the words and not the reason."""

    note = _note("Message", "Write the message.", longest=LONGEST, description="The officers read these words on the exam page.")


class ExtensionForm(ActForm):
    """More time."""

    minutes = IntegerField(
        "Minutes",
        [InputRequired("Enter the minutes."), NumberRange(1, LONGEST_MINUTES, f"Enter from 1 to {LONGEST_MINUTES} minutes.")],
        description="More than a quarter of the exam's time, in all, needs a second person: it is then asked for.",
    )

    def order(self, kind: ActKind, *, zone: str) -> Order:  # noqa: ARG002 - an act with moments needs the zone
        return Order(kind, frozenset(self.officers.data), Reason(self.reason.data), self.note.data, self.id_shown, self.minutes.data)


class TimeLostForm(ActForm):
    """From when until when the room had no power or no network."""

    day = DateField("Day", [InputRequired("Enter the day."), within_reach])
    since = TimeField("Lost from", [InputRequired("Enter when it began.")], format=CLOCK, description="On the class's clock.")
    until = TimeField("Lost until", [InputRequired("Enter when it ended.")], format=CLOCK)

    def validate_until(self, field: TimeField) -> None:
        """The end lies after the beginning."""
        if field.data is not None and self.since.data is not None and field.data <= self.since.data:
            raise ValidationError("The end must come after the beginning.")

    def order(self, kind: ActKind, *, zone: str) -> Order:
        since, until = (_moment(self.day.data, one.data, zone) for one in (self.since, self.until))
        whom = frozenset(self.officers.data)
        return Order(kind, whom, Reason(self.reason.data), self.note.data, self.id_shown, since=since, until=until)


class TerminationForm(ActForm):
    """The end of exams before their time."""

    sure = BooleanField("End these exams now. What was saved is scored, and the officers cannot go on.", [InputRequired("Confirm it.")])


FORMS: Final[dict[ActKind, type[ActForm]]] = {
    ActKind.EXTENSION: ExtensionForm,
    ActKind.TIME_LOST: TimeLostForm,
    ActKind.MESSAGE: MessageForm,
    ActKind.TERMINATION: TerminationForm,
}
"""The form of each act that asks for more than whom and why."""


class IncidentForm(OnceForm):
    """Something seen in a sitting."""

    kind = _list("What it is about", IncidentKind, "Choose what it is about.")
    what = _note("What happened", "Say what was seen and heard, not what it may mean.", longest=4000)
    officers = _officers("Officers whom it concerns")
    day = DateField("Day", [InputRequired("Enter the day."), within_reach])
    clock = TimeField("Time", [InputRequired("Enter the time.")], format=CLOCK, description="When it happened, on the class's clock.")

    def offers(self, cards: Iterable[Card]) -> None:
        """Let these officers be chosen."""
        self.officers.choices = [(card.enrollment_id, card.officer_name) for card in cards]

    def noted(self, zone: str) -> Noted:
        """What is written down."""
        at = _moment(self.day.data, self.clock.data, zone)
        return Noted(IncidentKind(self.kind.data), self.what.data, at, frozenset(self.officers.data))


class RulingForm(Form):
    """What comes of an incident."""

    ruling = _list("Ruling", Ruling, "Choose the ruling.")
    note = _note("Why", "Say why: the record keeps it.")


class RequestForm(OnceForm):
    """An act that takes two persons."""

    asked = _list("What is asked for", (Asked.REINSTATEMENT, Asked.VOIDING), "Choose what is asked for.")
    minutes = IntegerField(
        "Minutes to add",
        [NumberRange(0, LONGEST_MINUTES, f"Enter from 0 to {LONGEST_MINUTES} minutes.")],
        default=0,
        description="Only for opening the exam again: the officer has these and what was left when it closed.",
    )
    reason = _list("Reason", Reason, "Choose the reason.")
    note = _note("Why", "Say why: whoever confirms reads it, and the record keeps it.")

    @property
    def wanted(self) -> Wanted:
        """What is asked for."""
        asked = Asked(self.asked.data)
        minutes = self.minutes.data if asked is Asked.REINSTATEMENT else 0
        return Wanted(asked, Reason(self.reason.data), self.note.data, minutes or 0)


class DecisionForm(Form):
    """A second person's word."""

    note = StringField("Note", [Length(max=LONGEST_NOTE)], description="Needed to decline.")


class ClosingForm(Form):
    """The end of a sitting."""

    statement = _note("Your statement: how the sitting went", "Say in your own words how the sitting went.", longest=4000)
    deviations = TextAreaField(
        "Departures from the plan", [Length(max=4000)], description="A late start, another room, a proctor who changed. Empty for none."
    )
    declared = BooleanField(DECLARATION, [InputRequired("Declare it, or let another proctor of this sitting close it.")])

    @property
    def words(self) -> Words:
        """What the proctor says."""
        return Words(self.statement.data, self.deviations.data or "")


@dataclass(frozen=True, slots=True)
class Today:
    """The day and the time on the class's clock, for forms that ask when something happened."""

    day: Any
    clock: time

    @classmethod
    def at(cls, now: datetime, zone: str) -> "Today":
        """Of a moment."""
        local = now.astimezone(ZoneInfo(zone))
        return cls(local.date(), local.time().replace(second=0, microsecond=0))
