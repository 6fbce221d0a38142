"""What may be sent about challenges and appeals, and to have exams scored again."""

from collections.abc import Sequence

from wtforms import IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.appeals.rules import MOVES, Outcome, Ruling, State
from lms.exams.correction_rules import CorrectionKind
from lms.web.forms import Form

LONGEST = 4000
READ_BY_OFFICER = "The officer reads this. Write no exam question and no answer here."
OUTCOME_LABELS = {
    Outcome.FAILED: "The exam was not passed",
    Outcome.TERMINATED: "The exam was ended before its time",
    Outcome.VOIDED: "The exam was voided and does not count",
    Outcome.DISQUALIFIED: "The training ended: disqualified",
}
STATE_LABELS = {
    State.UNDER_REVIEW: "Take it under review",
    State.UPHELD: "Uphold it: the officer is right",
    State.DENIED: "Deny it: the outcome stands",
    State.RETURNED: "Return it: it cannot be decided as it is",
}
KIND_LABELS = {
    CorrectionKind.EXCLUDED: "Exclude it: scores are worked out of the other questions",
    CorrectionKind.KEY: "Correct its key: the choices named count as right",
    CorrectionKind.RESTORED: "Count it again as it was published",
}


def _words(label: str, missing: str, description: str = "") -> TextAreaField:
    rules = [InputRequired(missing), Length(max=LONGEST, message=f"Use at most {LONGEST} characters.")]
    return TextAreaField(label, rules, description=description)


class ChallengeForm(Form):
    """Which question, and what is wrong with it."""

    position = IntegerField("Number of the question", [InputRequired("Enter the number of the question, as the exam showed it.")])
    claim = _words(
        "What is wrong with it",
        "Say what is wrong with the question.",
        "For example: two answers are right, or the law has changed. The program looks the question up; you need not copy it.",
    )


class RulingForm(Form):
    """The decision on a challenge."""

    ruling = RadioField(
        "Decision",
        [InputRequired("Choose a decision.")],
        choices=[
            SelectChoice(str(Ruling.UPHELD), "Uphold it: the question is wrong"),
            SelectChoice(str(Ruling.REJECTED), "Reject it: the question stands"),
        ],
    )
    reason = _words("Reason", "Say why: the officer is told.", READ_BY_OFFICER)


class AppealForm(Form):
    """What is appealed, and why."""

    outcome = RadioField("What do you appeal?", [InputRequired("Choose what you appeal.")], choices=[])
    statement = _words("Why it is wrong", "Say why it is wrong.", "What happened, when, and who saw it. Copy no exam question.")

    def offer(self, outcomes: Sequence[Outcome]) -> None:
        """Offer what came out of the exam."""
        self.outcome.choices = [SelectChoice(str(one), OUTCOME_LABELS[one]) for one in outcomes]


class MoveForm(Form):
    """The next step of an appeal."""

    state = RadioField("What is done", [InputRequired("Choose what is done.")], choices=[])
    reason = TextAreaField(
        "Reason",
        [Optional(), Length(max=LONGEST, message=f"Use at most {LONGEST} characters.")],
        description=f"A decision needs one. {READ_BY_OFFICER}",
    )

    def offer(self, state: State) -> None:
        """Offer the moves from a state."""
        self.state.choices = [SelectChoice(str(one), STATE_LABELS[one]) for one in MOVES.get(state, ())]


class CorrectionForm(Form):
    """What is to be done to a question; sent to look at what it would do, and again to ask for it."""

    kind = RadioField(
        "What is done to the question",
        [InputRequired("Choose what is done to the question.")],
        choices=[SelectChoice(str(kind), label) for kind, label in KIND_LABELS.items()],
    )
    accepted = SelectMultipleField(
        "Choices that count as right",
        [Optional()],
        coerce=int,
        choices=[],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description="Only where the key is corrected. Any one of them is then right.",
    )
    hold_harmless = RadioField(
        "Results that would fall",
        choices=[
            SelectChoice("yes", "They stand as they were released: nobody loses by the program's mistake"),
            SelectChoice("no", "They fall: an officer who passed may have failed"),
        ],
        default="yes",
    )

    def offer(self, choices: Sequence[str]) -> None:
        """Offer the choices of the question, by their places."""
        self.accepted.choices = [SelectChoice(place, text) for place, text in enumerate(choices)]


class ReasonForm(Form):
    """Why."""

    reason = _words("Reason", "Say why.", "Officers whose result changes read this. Write no exam question and no answer here.")
