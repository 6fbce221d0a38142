"""What may be sent by the lesson editor, and by whoever enters a pass mark."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from lms.courses.course import WHOLE
from lms.courses.pass_marks import Mark
from lms.courses.renderer import LARGEST
from lms.courses.service import Texts
from lms.web.forms import Form, within_reach

LONGEST_NOTE = 500


def _not_too_long(_form: Form, field: Any) -> None:
    if len((field.data or "").encode()) > LARGEST:
        raise ValidationError(f"The text is longer than {LARGEST // 1024} KB. Split it into two lessons.")


class LessonForm(Form):
    """A lesson's text, its instructor's guide, the edition they are based on, and the newest draft that their author has seen."""

    source = TextAreaField("Lesson text (Markdown)", [InputRequired("The text is empty."), _not_too_long])
    guide = TextAreaField("Instructor's guide (Markdown)", [Optional(), _not_too_long])
    based_on = HiddenField(validators=[InputRequired("The form is incomplete. Open the lesson again.")])
    seen = HiddenField()
    then = HiddenField()

    @property
    def texts(self) -> Texts:
        """What was written."""
        return Texts(self.source.data or "", self.guide.data or "")

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


class PassMarkForm(Form):
    """A pass mark that ICE has set."""

    percent = StringField(
        "Pass mark in percent",
        [InputRequired("Enter the pass mark."), Regexp(r"\s*\d{1,3}(\.\d{1,2})?\s*$", message="Write a number such as 70 or 72.50.")],
        description="Exactly this passes; nothing is rounded up.",
    )
    source = StringField(
        "Where ICE says so",
        [InputRequired("Say where ICE has set the figure."), Length(max=300, message="Use at most 300 characters.")],
        description="The letter, message or document, with its date.",
    )
    set_on = DateField("Set on", [InputRequired("Enter the day on which ICE set it."), within_reach])

    @property
    def mark(self) -> Mark:
        """What was entered. Only of a form that is valid."""
        day = self.set_on.data
        return Mark(int(Decimal((self.percent.data or "0").strip()) * WHOLE), (self.source.data or "").strip(), day or date.min)


def draft_id_in(text: str | None) -> uuid.UUID | None:
    """The id written in `text`, or None when it is none."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
