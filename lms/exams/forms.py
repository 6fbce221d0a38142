"""What may be sent while sitting an exam."""

from typing import Any

from flask import request
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from lms.exams.service import Change
from lms.kernel.errors import Invalid
from lms.kernel.ids import token
from lms.web.forms import Form


class StartForm(Form):
    """The rules acknowledged, and the proctor's code."""

    rules_read = BooleanField(
        "I have read these rules and will keep them.", validators=[InputRequired("Confirm that you have read the rules.")]
    )
    code = StringField(
        "Code from the proctor", validators=[Length(max=40)], description="Eight letters and digits, good once and for ten minutes."
    )


def change_sent(position: int) -> Change:
    """The change of an answer that a page or its script sent. Raises Invalid when it cannot be one."""
    found: Any = request.form
    choice = found.get("choice") or None
    key = found.get("key") or token()
    revision = found.get("revision", "")
    if not revision.isdecimal() or len(revision) > 9 or len(key) > 100 or len(choice or "") > 40:
        raise Invalid("The page sent something this exam does not know. Reload it; what was saved is kept.")
    return Change(position=position, choice=choice, flagged=found.get("flagged") in {"1", "on"}, revision=int(revision), key=key)
