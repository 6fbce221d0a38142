"""What may be sent about letters of interest, agreements and their documents."""

import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.accounts.forms import OnceForm
from lms.agencies.agreement_queries import AgreementDetail, LetterRow
from lms.agencies.agreement_rules import NEXT, TERMS, Component, State, Step
from lms.agencies.clocks import start_of
from lms.agencies.rule_sets import MODELS, RuleSet, shipped
from lms.db.types import as_id
from lms.web.forms import Form, within_reach

STATE_LABELS = {
    State.DRAFT: "Draft",
    State.SIGNED: "Signed by both parties",
    State.OPERATIONAL: "Operational",
    State.ACTIVATED: "Activated for a declaration",
    State.SUSPENDED: "Suspended",
    State.TERMINATING: "Notice of termination given",
    State.TERMINATED: "Ended",
}
LETTER_MODELS = {model: f"{label} ({model})" for model, label in MODELS.items()}
SHORT = Length(max=200, message="Use at most 200 characters.")


class Checkboxes(SelectMultipleField):
    """A group of checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class LetterForm(Form):
    """A letter of interest."""

    models = Checkboxes("Program models", [InputRequired("Choose at least one program model.")], choices=LETTER_MODELS)
    signed_by = StringField(
        "Signed by", [InputRequired("Enter who signed the letter."), SHORT], description="Name and title, as in Sheriff Ana Ortiz."
    )
    dated_on = DateField("Date of the letter", [InputRequired("Enter the date of the letter."), within_reach])


class TemplateForm(Form):
    """The template of a new agreement."""

    rule_set = RadioField("Template", [InputRequired("Choose the template of the agreement.")])

    def offer(self) -> None:
        """The templates that come with the program."""
        self.rule_set.choices = {found.id: found.title for found in shipped()}


class AgreementForm(OnceForm):
    """A new agreement on a template that was chosen."""

    letter = SelectField("Letter of interest", validate_choice=False)  # whose letter it is, the service knows
    component = RadioField(
        "Component that accepts the services", [InputRequired("Choose ICE or CBP.")], choices={one.value: one.value for one in Component}
    )
    functions = Checkboxes("Functions that the agreement names", [InputRequired("Choose at least one function.")])
    contingency = BooleanField("It is a contingency agreement: it lies dormant until it is activated")
    dated_on = DateField("Draft as of", [InputRequired("Enter the date of the draft."), within_reach])

    def offer(self, rule_set: RuleSet, letters: list[LetterRow]) -> None:
        """What the template and the letters allow."""
        self.functions.choices = {one.id: one.text for one in rule_set.functions}
        fitting = {str(one.id): f"{one.dated_on}, {one.signed_by}" for one in letters if rule_set.model in one.models}
        self.letter.choices = {"": "None"} | fitting
        if rule_set.basis != "103a10":
            del self.contingency

    @property
    def is_contingency(self) -> bool:
        return bool(self.contingency.data) if self.contingency else False

    @property
    def letter_id(self) -> uuid.UUID | None:
        return as_id(self.letter.data or "")


class MoveForm(Form):
    """A move of an agreement."""

    to = RadioField("New state", [InputRequired("Choose the new state.")])
    on = DateField(
        "Takes effect on",
        [InputRequired("Enter the day on which it takes effect."), within_reach],
        description="In the agency's time zone.",
    )
    at = TimeField("Time of day", [Optional()], description="Without one, the beginning of the day.")
    exigent = BooleanField("Exigent circumstances cut the notice short")
    reason = TextAreaField(
        "Reason",
        [InputRequired("Say why the agreement moves."), Length(max=500, message="Use at most 500 characters.")],
        description="It stays on record. A suspension says how long it lasts and how the agency may respond.",
    )

    def offer(self, agreement: AgreementDetail) -> None:
        """The states that may follow."""
        newest = agreement.moves[-1].to
        self.to.choices = {one.value: STATE_LABELS[one] for one in NEXT[newest] if one is not State.ACTIVATED}
        notice = agreement.rule_set.notice("termination")
        if newest is not State.TERMINATING or notice is None or not notice.exigent:
            del self.exigent

    def step(self, zone: str) -> Step:
        """The move that is asked for."""
        if self.at.data:
            effective_at = datetime.combine(self.on.data, self.at.data, ZoneInfo(zone)).astimezone(UTC)
        else:
            effective_at = start_of(self.on.data, zone=zone)
        exigent = bool(self.exigent.data) if self.exigent else False
        return Step(State(self.to.data), effective_at, self.reason.data, exigent)


class ProcedureForm(Form):
    """How a contingency agreement is activated."""

    procedure = TextAreaField(
        "How the agreement is activated",
        [Length(max=2000, message="Use at most 2,000 characters.")],
        description="The precise procedure that the agreement itself names: who is told, how, and what then happens (28 CFR 65.84(a)(2)).",
    )


class DateForm(Form):
    """On which day, and as known on which day."""

    on = DateField("On", [Optional(), within_reach])
    known = DateField("As on record on", [Optional(), within_reach])


class DocumentForm(Form):
    """A PDF with a title."""

    title = StringField("Title", [InputRequired("Say what the document is."), SHORT])
    document = FileField("PDF file", description="At most 5 MB.")


def places_sent(form: dict[str, str]) -> dict[str, str]:
    """Where each of the fifteen terms was found, as sent by fields named for the terms."""
    return {term: form[f"term-{term}"].strip()[:200] for term in TERMS if f"term-{term}" in form}
