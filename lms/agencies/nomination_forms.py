"""What may be sent about nominees."""

from typing import Any

from wtforms import DateField, EmailField, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.agencies.agreement_forms import SHORT
from lms.agencies.nomination_rules import Candidate, Gate, GateState, screenable
from lms.agencies.rule_sets import RuleSet
from lms.web.forms import Form, within_reach

ANSWERS = {"yes": True, "no": False}
ANSWER_CHOICES = {"yes": "Yes", "no": "No", "": "Not known"}


class NominationForm(Form):
    """One nominee. The questions that the template asks come beside it, as fields named for its tests."""

    name = StringField("Full name", [InputRequired("Enter the officer's name."), Length(max=120, message="Use at most 120 characters.")])
    email = EmailField("Work e-mail", [InputRequired("Enter the officer's e-mail address."), Length(max=254)])
    sworn_on = DateField("Sworn as an officer on", [Optional(), within_reach], description="In whichever agency that was.")
    consent_by = StringField("Department head who consents", [Optional(), SHORT], description="Name and title.")
    consent_on = DateField("Date of the consent", [Optional(), within_reach])

    def candidate(self, answers: dict[str, bool]) -> Candidate:
        """The nominee."""
        return Candidate(
            name=" ".join(self.name.data.split()),
            email=self.email.data.strip(),
            sworn_on=self.sworn_on.data,
            answers=answers,
            consent_by=" ".join((self.consent_by.data or "").split()),
            consent_on=self.consent_on.data,
        )


def questions_of(rule_set: RuleSet) -> type[Form]:
    """A form of one question for each test that the agency attests."""
    tests = [test for test in rule_set.eligibility if test.kind == "attested"]
    fields: dict[str, Any] = {
        f"test_{test.id.replace('-', '_')}": RadioField(test.label, choices=ANSWER_CHOICES, default="", description=test.source)
        for test in tests
    }
    return type("QuestionsForm", (Form,), fields)


def answers_of(form: Any, rule_set: RuleSet) -> dict[str, bool]:
    """The answers sent, by test; what is not known is left out."""
    tests = [test for test in rule_set.eligibility if test.kind == "attested"]
    said = {test.id: form[f"test_{test.id.replace('-', '_')}"].data for test in tests}
    return {test_id: ANSWERS[answer] for test_id, answer in said.items() if answer in ANSWERS}


class NominationFileForm(Form):
    """A file of nominees."""

    file = FileField("CSV file", description="UTF-8, at most 500 rows.")


class ReasonForm(Form):
    """Why something ends."""

    reason = TextAreaField("Reason", [InputRequired("Say why."), Length(max=500, message="Use at most 500 characters.")])


class DecisionForm(ReasonForm):
    """A decision."""

    outcome = RadioField("Decision", [InputRequired("Choose a decision.")], choices={"approved": "Approve", "declined": "Decline"})


class ScreeningForm(Form):
    """What screening found for one test."""

    test = SelectField("Test", [InputRequired("Choose what was screened.")])
    result = RadioField("Result", [InputRequired("Choose the result.")], choices={"met": "Met", "not met": "Not met"})
    note = StringField("Note", [SHORT], description="Leave out what the record does not need.")

    def offer(self, rule_set: RuleSet, *, outcome: str | None) -> None:
        """The tests of the template that the program may still screen."""
        self.test.choices = {test.id: test.label for test in screenable(rule_set, outcome=outcome)}

    @property
    def is_met(self) -> bool:
        return bool(self.result.data == GateState.MET)


def shown(gates: list[Gate]) -> list[dict[str, str]]:
    """Gates as the component shows them."""
    return [{"label": gate.label, "state": gate.state, "reason": _reason(gate), "source": gate.source} for gate in gates]


def _reason(gate: Gate) -> str:
    return gate.reason if gate.before == "training" else f"{gate.reason} Needed before authorization."
