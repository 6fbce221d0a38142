"""What may be sent by the lesson editor."""

import uuid
from typing import Any

from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from lms.courses.renderer import LARGEST
from lms.web.forms import Form

LONGEST_NOTE = 500


def _not_too_long(_form: Form, field: Any) -> None:
    if len((field.data or "").encode()) > LARGEST:
        raise ValidationError(f"The text is longer than {LARGEST // 1024} KB. Split it into two lessons.")


class LessonForm(Form):
    """A lesson's text, the edition it is based on, and the newest draft that its author has seen."""

    source = TextAreaField("Lesson text (Markdown)", [InputRequired("The text is empty."), _not_too_long])
    based_on = HiddenField(validators=[InputRequired("The form is incomplete. Open the lesson again.")])
    seen = HiddenField()
    then = HiddenField()

    @property
    def seen_draft(self) -> uuid.UUID | None:
        """The id in `seen`; None for none, and for what is no id."""
        return draft_id_in(self.seen.data)


class PublicationForm(Form):
    """The draft to be published, and what is new in it."""

    draft = HiddenField(validators=[InputRequired("The form is incomplete. Open the lesson again.")])
    note = TextAreaField(
        "What is new",
        [InputRequired("Say what is new."), Length(max=LONGEST_NOTE, message=f"Say it in at most {LONGEST_NOTE} characters.")],
        description="One or two sentences for the instructors who read the list of revisions later.",
    )

    @property
    def draft_id(self) -> uuid.UUID | None:
        """The id in `draft`; None for what is no id."""
        return draft_id_in(self.draft.data)


def draft_id_in(text: str | None) -> uuid.UUID | None:
    """The id written in `text`, or None when it is none."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
