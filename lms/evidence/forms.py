"""What is sent to take the evidence of an exam out."""

from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from lms.web.forms import Form


class EvidenceForm(Form):
    """What it is for, and whether the key goes with it."""

    reason = StringField(
        "What it is for",
        [InputRequired("Say what the evidence is for."), Length(max=300, message="Use at most 300 characters.")],
        description="For example: hearing of December 3, case 26-114.",
    )
    key = RadioField(
        "The right answers",
        [InputRequired("Choose whether the right answers go with it.")],
        choices=[
            SelectChoice("without", "Leave them out: for a copy that is handed on"),
            SelectChoice("with", "Include them: only for who may see exam content"),
        ],
    )
