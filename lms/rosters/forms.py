"""What may be sent to move a class to a newer revision."""

from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.web.forms import Form


class RevisionForm(Form):
    """Why a class moves, and to which revision: the one that was shown."""

    course = HiddenField()
    reason = TextAreaField(
        "Why the class moves",
        [InputRequired("Say why."), Length(max=500, message="Use at most 500 characters.")],
        description="It stays on record.",
    )
