"""What a certifier sends."""

import uuid

from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput

from lms.certificates.rules import PUBLIC_REASONS, RevocationReason
from lms.web.forms import Form

LONGEST_NOTE = 1000
LONGEST_NAME = 120


def _note(label: str, description: str) -> TextAreaField:
    rules = [InputRequired("Say why: the record keeps it."), Length(max=LONGEST_NOTE, message=f"Use at most {LONGEST_NOTE} characters.")]
    return TextAreaField(label, rules, description=description)


class IssueForm(Form):
    """Officers to issue a certificate to. Whether each may be given one is the service's to say, from the rows."""

    officers = SelectMultipleField(
        "Officers",
        [InputRequired("Choose at least one officer.")],
        coerce=uuid.UUID,
        validate_choice=False,
        choices=[],
        option_widget=CheckboxInput(),
    )


class RevocationForm(Form):
    """Why a certificate is revoked."""

    reason = RadioField(
        "Reason",
        [InputRequired("Choose a reason.")],
        choices=[
            SelectChoice(str(reason), f"{str(reason).capitalize()}. Told to whoever holds the paper: “{PUBLIC_REASONS[reason]}”")
            for reason in RevocationReason
        ],
    )
    note = _note("Note for the record", "Seen by certifiers only.")


class NoteForm(Form):
    """Why a certificate is suspended, or a suspension lifted."""

    note = _note("Note for the record", "Seen by certifiers only.")


class CorrectionForm(Form):
    """What is printed anew, and why."""

    name = StringField(
        "Name to print",
        [InputRequired("Enter the name."), Length(max=LONGEST_NAME, message=f"Use at most {LONGEST_NAME} characters.")],
        description="Everything else is read anew from the records.",
    )
    note = _note("What was wrong", "Seen by certifiers only.")
