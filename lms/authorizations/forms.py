"""What may be sent about certifications, authorizations, refreshers, complaints and questions about a moment."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput

from lms.accounts.forms import OnceForm
from lms.agencies.agreement_forms import SHORT, Checkboxes
from lms.agencies.agreement_queries import AgreementDetail
from lms.agencies.forms import CHOOSE
from lms.agencies.rule_sets import MODELS, shipped
from lms.agencies.rules import STATES
from lms.authorizations.authorizing import Draft
from lms.authorizations.certifying import Act
from lms.authorizations.complaint_rules import LONGEST_SUMMARY, Outcome, Report, Source
from lms.authorizations.queries import AuthorizationRow, NoticeRow, ReceiptRow, Supervisor
from lms.authorizations.refresher_rules import TITLES, Demand, Plan, RefresherKind
from lms.authorizations.refreshing import Outcome as Settled
from lms.authorizations.refreshing import RequirementRow
from lms.authorizations.rules import MoveKind, Reason, Step
from lms.authorizations.service import LONGEST_NOTE
from lms.places.rules import BY_POSTAL, counties_of
from lms.web.forms import Form, within_reach

PHONE = r"^\+?[0-9() .\-]{7,24}( ?(x|ext\.?) ?[0-9]{1,6})?$"
PROPERTY = ("Credential", "Badge", "Access card or token", "Vehicle", "Other equipment")


def _id(value: object) -> uuid.UUID | None:
    """The id of a choice, as it is offered or as it was sent; None while nothing is chosen."""
    if value in {"", None}:
        return None
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))


def _offered(found: Iterable[tuple[uuid.UUID, str]]) -> list[tuple[str | uuid.UUID, str]]:
    """What may be chosen, with nothing chosen for the person; none where there is nothing."""
    choices = list(found)
    return [*CHOOSE.items(), *choices] if choices else []


def _note(label: str, description: str = "", *, needed: str = "Say why: the record keeps it.") -> TextAreaField:
    rules = [InputRequired(needed), Length(max=LONGEST_NOTE, message=f"Use at most {LONGEST_NOTE} characters.")]
    return TextAreaField(label, rules, description=description)


def _day(label: str, description: str = "", *, needed: bool = True) -> DateField:
    first = InputRequired("Enter the day.") if needed else Optional()
    return DateField(label, [first, within_reach], description=description)


def moment_of(day: Any, clock: time | None, *, zone: str) -> datetime:
    """The moment of a day and a time on the clock in the zone; without a time, the beginning of the day."""
    return datetime.combine(day, clock or time(), ZoneInfo(zone)).astimezone(UTC)


class ListForm(OnceForm):
    """A certification list."""

    certificates = SelectMultipleField(
        "Officers",
        [InputRequired("Choose at least one officer.")],
        coerce=uuid.UUID,
        validate_choice=False,
        choices=[],
        option_widget=CheckboxInput(),
    )
    official = StringField("ICE official", [InputRequired("Enter the name of the ICE official."), SHORT])
    position = StringField("Position", [InputRequired("Enter the position of the ICE official."), SHORT])
    dated_on = _day("Dated", "The day of the official's act.")

    @property
    def is_sent(self) -> bool:
        return bool(self.form_id.raw_data)

    @property
    def act(self) -> Act:
        return Act(self.certificates.data, self.official.data, self.position.data, self.dated_on.data)


class StrikingForm(Form):
    """Why an entry is struck."""

    reason = _note("Reason")


class LetterForm(OnceForm):
    """A new authorization under an agreement that was chosen."""

    functions = Checkboxes("Functions", [InputRequired("Choose at least one function.")])
    whole_state = BooleanField("The whole State")
    counties = SelectMultipleField(
        "Counties", validate_choice=False, description="Unless it is the whole State. Hold Ctrl or Command to choose several."
    )
    starts_on = _day("Begins on", "In the agency's time zone. Today means from now on.")
    ends_on = _day("Ends before the time of the template", "Leave it empty for the template's own end.", needed=False)
    position = StringField(
        "Position of the supervising officer",
        [InputRequired("Enter the position: the statute asks for it."), SHORT],
        description="As in Supervisory Detention and Deportation Officer.",
    )
    supervisor = StringField("Name of the supervising officer", [InputRequired("Enter the name."), SHORT])
    phone = TelField(
        "Telephone to reach the supervising officer now",
        [InputRequired("Enter a telephone number."), Regexp(PHONE, message="Enter a telephone number, as in 555-0142 ext. 7.")],
    )
    email = EmailField(
        "E-mail of the supervising officer",
        [
            InputRequired("Enter an e-mail address."),
            Length(max=254),
            Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message="Enter a whole e-mail address."),
        ],
    )
    field_office = StringField("ICE field office", [InputRequired("Enter the field office."), SHORT])

    def offer(self, agreement: AgreementDetail, state: str) -> None:
        """What the agreement allows, and where."""
        named = [one for one in agreement.rule_set.functions if one.id in agreement.functions]
        self.functions.choices = {one.id: one.text for one in named}
        self.whole_state.label.text = f"The whole State of {STATES[state]}"
        self.counties.choices = [(one.fips, one.name) for one in counties_of(state)]

    def draft(self, agreement_id: uuid.UUID, state: str) -> Draft:
        """The letter that is asked for."""
        chosen = (BY_POSTAL[state].fips,) if self.whole_state.data else tuple(self.counties.data or ())
        told = Supervisor(self.supervisor.data, self.position.data, self.phone.data, self.email.data, self.field_office.data)
        return Draft(agreement_id, tuple(self.functions.data), chosen, self.starts_on.data, self.ends_on.data, told)


class MoveForm(Form):
    """A move of an authorization."""

    kind = RadioField(
        "What happens", [InputRequired("Choose what happens.")], choices={one.value: one.value.capitalize() for one in MoveKind}
    )
    reason = SelectField(
        "Because", [InputRequired("Choose a reason.")], choices=CHOOSE | {one.value: one.value.capitalize() for one in Reason}
    )
    note = _note("In a sentence or two", "It stays on record. The officer reads it.")
    on = _day("Takes effect on", "In the agency's time zone.", needed=False)
    at = TimeField(
        "Time of day", [Optional()], description="Without a day it takes effect at once; without a time, at the beginning of the day."
    )
    until = _day("Until", "Only for a suspension that ends by itself, at the beginning of that day.", needed=False)

    def step(self, zone: str, now: datetime) -> Step:
        """The move that is asked for."""
        kind = MoveKind(self.kind.data)
        effective_at = moment_of(self.on.data, self.at.data, zone=zone) if self.on.data else now
        until = moment_of(self.until.data, None, zone=zone) if self.until.data and kind is MoveKind.SUSPENSION else None
        return Step(kind, effective_at, Reason(self.reason.data), self.note.data, until)


class NoticeForm(Form):
    """That a notice was given."""

    notice = SelectField("Notice", [InputRequired("Choose the notice.")], coerce=_id)
    note = _note("How and to whom", needed="Say how and to whom the notice was given.")
    on = _day("Given on", "Without a day: now.", needed=False)
    at = TimeField("Time of day", [Optional()])

    def offer(self, rows: Iterable[NoticeRow]) -> None:
        """The notices that have not been given."""
        self.notice.choices = _offered((row.id, row.label) for row in rows if row.given_at is None)

    def given_at(self, zone: str, now: datetime) -> datetime:
        """The moment that was entered, or now."""
        return moment_of(self.on.data, self.at.data, zone=zone) if self.on.data else now


class ReceiptForm(Form):
    """Something handed to the officer."""

    kind = SelectField("What", [InputRequired("Choose what was handed out.")], choices=CHOOSE | {one: one for one in PROPERTY})
    serial = StringField("Serial number", [InputRequired("Enter the serial number, or what tells the thing apart."), SHORT])
    issued_on = _day("Handed out on")


class ReturnForm(Form):
    """Something that came back."""

    receipt = SelectField("What", [InputRequired("Choose what came back.")], coerce=_id)
    returned_on = _day("Came back on")
    note = StringField("Note", [Optional(), SHORT])

    def offer(self, rows: Iterable[ReceiptRow]) -> None:
        """What is still out."""
        self.receipt.choices = _offered((row.id, f"{row.kind} {row.serial}") for row in rows if row.returned_on is None)


class RefresherForm(Form):
    """Further training that is asked for."""

    kind = SelectField("What", [InputRequired("Choose what is asked for.")])
    title = StringField("Course or description", [InputRequired("Say which training it is."), SHORT])
    due_on = _day("Due on")

    def offer(self, coming: Plan) -> None:
        """What the template asks for from time to time, and what ICE may ask for beside it."""
        self.kind.choices = {one.value: one.value.capitalize() for one in (coming.kind, RefresherKind.AD_HOC)}
        if not self.title.data and not self.is_sent:
            self.title.data, self.due_on.data = TITLES[coming.kind], coming.due_on or coming.not_before

    @property
    def is_sent(self) -> bool:
        return self.kind.raw_data is not None and bool(self.kind.raw_data)

    @property
    def wanted(self) -> Demand:
        return Demand(RefresherKind(self.kind.data), self.title.data, self.due_on.data)


class SettlementForm(Form):
    """How a requirement was settled."""

    requirement = SelectField("Training", [InputRequired("Choose the training.")], coerce=_id)
    outcome = RadioField("How", [InputRequired("Choose one.")], choices={one.value: one.value.capitalize() for one in Settled})
    on = _day("On")
    note = StringField("Note", [Optional(), SHORT], description="Say why, when ICE waives it.")

    def offer(self, rows: Iterable[RequirementRow]) -> None:
        """What is owed."""
        self.requirement.choices = _offered((row.id, f"{row.title}, due {row.due_on}") for row in rows if row.outcome is None)


class ComplaintForm(OnceForm):
    """A complaint about an officer."""

    on = _day("Received on", "In the agency's time zone.")
    at = TimeField("Time of day", [InputRequired("Enter the time: the clock runs from it.")])
    source = SelectField(
        "Who complained",
        [InputRequired("Choose who complained.")],
        choices=CHOOSE | {one.value: one.value.capitalize() for one in Source},
        description="Only the kind is kept. Leave names out.",
    )
    summary = TextAreaField(
        "What is alleged",
        [
            InputRequired("Say in a few sentences what is alleged."),
            Length(max=LONGEST_SUMMARY, message=f"Use at most {LONGEST_SUMMARY} characters."),
        ],
    )
    may_bring_discipline = BooleanField("It may bring discipline")

    def told(self, zone: str) -> Report:
        """The complaint as it was entered."""
        received_at = moment_of(self.on.data, self.at.data, zone=zone)
        return Report(received_at, Source(self.source.data), self.summary.data, bool(self.may_bring_discipline.data))


class AgencyComplaintForm(ComplaintForm):
    """A complaint that a coordinator reports about an officer of the own agency."""

    officer = SelectField("Officer", [InputRequired("Choose the officer.")], coerce=_id)

    def offer(self, rows: list[AuthorizationRow]) -> None:
        """The agency's authorized officers."""
        self.officer.choices = _offered((row.id, f"{row.officer}, {row.model} ({row.number})") for row in rows)


class ResolutionForm(Form):
    """How a complaint ended."""

    outcome = RadioField("Outcome", [InputRequired("Choose the outcome.")], choices={one.value: one.value.capitalize() for one in Outcome})
    on = _day("Resolved on", "In the agency's time zone.")
    note = _note("What was found", needed="Say what was found.")

    def resolved_at(self, zone: str, now: datetime) -> datetime:
        """The end of that day, or now when it is today."""
        return min(now, moment_of(self.on.data, time(23, 59, 59), zone=zone))


class QuestionForm(Form):
    """A question about an officer at a moment."""

    number = StringField("Certificate number", [Optional(), Length(max=100)])
    name = StringField("Name of the officer", [Optional(), SHORT])
    agency = StringField("Agency", [Optional(), SHORT], description="Its full name.")
    function = SelectField("Function", [InputRequired("Choose the function.")])
    state = SelectField("State", [InputRequired("Choose the State.")], choices=CHOOSE | STATES)
    county = StringField("County", [Optional(), SHORT], description="Without one, the whole State is asked about.")
    on = _day("On", "In the agency's time zone. Today means now.")
    at = TimeField("Time of day", [Optional()], description="Without one, the end of the day.")
    known_on = _day("As known at the end of", "Without a day, everything that is on record now counts.", needed=False)

    def offer(self) -> None:
        """Every function of every template."""
        self.function.choices = [*CHOOSE.items(), *function_choices()]

    def asked_at(self, zone: str, now: datetime) -> datetime:
        """The moment asked about."""
        return _moment_or_end(self.on.data, self.at.data, zone, now)

    def known_at(self, zone: str, now: datetime) -> datetime:
        """As known when."""
        return _moment_or_end(self.known_on.data, None, zone, now) if self.known_on.data else now


def _moment_or_end(day: Any, clock: time | None, zone: str, now: datetime) -> datetime:
    """A moment on a day, its end unless told; today's end is now."""
    if clock is None and day == now.astimezone(ZoneInfo(zone)).date():
        return now
    return moment_of(day, clock or time(23, 59, 59, 999_000), zone=zone)


def function_choices() -> list[tuple[str, str]]:
    """(id, text) of the functions of all templates, with the models that have them."""
    found: dict[str, tuple[str, list[str]]] = {}
    for rule_set in shipped():
        for one in rule_set.functions:
            _, models = found.setdefault(one.id, (one.text, []))
            models.append(rule_set.model)
    return [(name, f"{text} ({', '.join(model for model in MODELS if model in models)})") for name, (text, models) in found.items()]
