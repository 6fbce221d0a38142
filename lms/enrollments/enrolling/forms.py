"""What may be sent to enroll nominees, and to withdraw an officer."""

import uuid
from collections.abc import Iterable

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.db.types import as_id
from lms.enrollments.enrolling.rules import AskedBy
from lms.web.forms import Form

ASKED_BY = {AskedBy.COORDINATOR: "The agency", AskedBy.OFFICER: "The officer", AskedBy.PROGRAM: "The program"}


class WithdrawalForm(Form):
    """Why an officer leaves a class."""

    asked_by = RadioField("Who asked for it", [InputRequired("Choose who asked for it.")], choices=ASKED_BY)
    reason = TextAreaField(
        "Reason", [InputRequired("Say why."), Length(max=500, message="Use at most 500 characters.")], description="It stays on record."
    )


class LeavingForm(Form):
    """Why an officer leaves a waiting list."""

    reason = StringField("Reason", [InputRequired("Say why."), Length(max=200, message="Use at most 200 characters.")])


def ids_sent(texts: Iterable[str]) -> list[uuid.UUID]:
    """The ids among what was sent."""
    return [found for text in texts if (found := as_id(text)) is not None]
